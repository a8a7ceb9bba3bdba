import numpy as np
import pandas as pd
import pytest

from sendlib.finance.account import (
    account_scores,
    accounts,
    between_balances,
    estimate_other_blocks,
    with_other_blocks,
)
from sendlib.scenarios import load_scenario

YEARS = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24")


def invented(balances, *, deficit=2e6, schools=400e6, signed=None):
    """Accounts of invented authorities with one deficit in every year, and their balances."""
    rows = [
        (code, year, deficit, schools, balance, bool(signed) and signed.get(code, "9999") <= year)
        for code, own in balances.items()
        for year, balance in zip(YEARS, own, strict=True)
    ]
    columns = ["area_code", "financial_year", "deficit_gbp", "schools_block_gbp", "balance_gbp"]
    return pd.DataFrame(rows, columns=[*columns, "agreement"])


FALLING = (0.0, -1e6, -2e6, None, -4e6)


def test_the_terms_of_wiltshires_account_come_to_its_in_year_deficit(tables):
    own = accounts(tables).query("area_code == '865'").set_index("financial_year")
    assert own.index.tolist() == list(YEARS)
    year = own.loc["2020-21"]
    paid = year["spend_gbp"] + year["maintained_gbp"] + year["deductions_gbp"]
    assert year["deficit_gbp"] == paid - year["block_gbp"]
    assert year["deficit_gbp"] == pytest.approx(13.1e6, abs=0.1e6)
    assert own["agreement"].tolist() == [False] * 4 + [True]


def test_a_change_of_two_years_is_held_against_both_years_of_the_account():
    found = between_balances(invented({"801": FALLING}))
    assert found["period"].tolist() == ["2020-21", "2021-22", "the two years to 2023-24"]
    assert found["stated_gbp"].tolist() == [1e6, 1e6, 1e6]
    assert found["account_gbp"].tolist() == [2e6] * 3


def test_a_year_that_is_missing_between_two_balances_is_no_change_of_anything():
    known = invented({"801": FALLING})
    found = between_balances(known[known["financial_year"] != "2022-23"])
    assert found["period"].tolist() == ["2020-21", "2021-22"]


def test_the_share_of_other_blocks_leaves_out_agreements_and_the_authority_that_is_scored():
    paid = tuple(None if each is None else each + 50e6 for each in FALLING)
    known = invented(
        {"801": FALLING, "802": FALLING, "803": (0.0, *paid[1:])}, signed={"803": "2020-21"}
    )
    checked = between_balances(known)
    assert estimate_other_blocks(checked).share == pytest.approx(1e6 / 400e6)
    own = known["area_code"] == "801"
    odd = known.assign(balance_gbp=known["balance_gbp"].mask(own, 9 * known["balance_gbp"]))
    plain, changed = (with_other_blocks(each).set_index("area_code") for each in (known, odd))
    assert changed.loc["801", "balanced_gbp"].equals(plain.loc["801", "balanced_gbp"])
    assert not changed.loc["802", "balanced_gbp"].equals(plain.loc["802", "balanced_gbp"])


def test_what_lasts_is_told_from_what_differs_between_two_years():
    same = {str(code): (0.0, -code * 1e4, -2 * code * 1e4, None, None) for code in range(801, 841)}
    made = estimate_other_blocks(between_balances(invented(same)))
    assert made.yearly_sd == pytest.approx(0, abs=1e-12)
    assert made.lasting_sd == pytest.approx(0.0003, rel=0.1)


def test_scores_are_by_period_and_agreement():
    balances = {"801": FALLING, "802": FALLING, "803": FALLING}
    scores = account_scores(with_other_blocks(invented(balances, signed={"803": "2021-22"})))
    assert scores["authorities"].tolist() == [3, 2, 2, 1, 1]
    assert scores["mean difference"].abs().max() == pytest.approx(0, abs=1e-3)
    assert scores["mean difference before other blocks"].tolist() == [1e6] * 5
    assert scores["share within £3m"].tolist() == [1.0] * 5


def test_the_account_comes_near_every_balance_that_was_stated(tables):
    """The bounds are those that were asked for, of authorities without an agreement."""
    checked = with_other_blocks(accounts(tables))
    free = checked[(checked["years"] == 1) & ~checked["agreement"]]
    difference = free["balanced_gbp"] - free["stated_gbp"]
    assert len(free) > 270
    assert abs(difference.mean()) < 0.5e6
    assert difference.abs().mean() <= 1.4e6
    assert (difference.abs() < 3e6).mean() > 0.89
    terms = tables["high_needs_term"]
    moved = terms[terms["term"] == "import_export"].set_index(["area_code", "financial_year"])
    key = pd.MultiIndex.from_arrays([free["area_code"], free["period"]])
    slope = np.polyfit(moved["value"].reindex(key), difference, 1)[0]
    assert abs(slope) < 0.2


def test_the_baseline_has_the_share_of_other_blocks_and_its_doubt(tables, project):
    made = estimate_other_blocks(between_balances(accounts(tables)))
    scenario = load_scenario(project, "baseline")
    levers = ("other_blocks_pct", "other_blocks_lasting_pct", "other_blocks_yearly_pct")
    stated = [scenario.value(f"finance.{name}") for name in levers]
    found = [100 * each for each in (made.share, made.lasting_sd, made.yearly_sd)]
    assert stated == pytest.approx(found, abs=0.006)
