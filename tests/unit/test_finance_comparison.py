import numpy as np
import pandas as pd
import pytest

from sendlib.finance.comparison import agreement_steps, compare_with_published, within_rounding
from sendlib.finance.known import TABLES, KnownMoney
from sendlib.finance.projection import project_money
from sendlib.scenarios import load_scenario


@pytest.fixture(scope="module")
def money(project, tables):
    """Wiltshire's money for six years in which its caseload stays as it was."""
    held = {name: tables[name] for name in TABLES}
    known = KnownMoney.from_tables(held, area_code="865", origin=2025)
    counted = np.broadcast_to(known.plan_years.iloc[-1], (200, 6, len(known.plan_years.columns)))
    scenario = load_scenario(project, "baseline")
    return project_money(known, counted, scenario, plans=np.ones(200), first=2025)


@pytest.fixture(scope="module")
def beside(money, tables):
    def beside(figures=tables["council_figure"], area_code="865"):
        return compare_with_published(figures, money, area_code=area_code)

    return beside


def test_statements_that_disagree_are_all_shown_with_their_sources(beside):
    year = beside().set_index("financial_year").loc["2025-26"]
    balances = year[year["item"].str.contains("deficit$")]
    assert sorted(balances["published"]) == [-96.05e6, -96e6, -96e6]
    assert balances["source_id"].is_unique
    assert balances[["basis", "confidence", "source_id"]].notna().all(axis=None)


def test_balances_stand_next_to_closing_balances_and_shortfalls_next_to_in_year_ones(beside, money):
    frame = beside().drop_duplicates(["financial_year", "item"])
    rows = frame.set_index("financial_year").groupby("item")
    closing = rows.get_group("cumulative DSG deficit").loc["2025-26"]
    assert closing["middle"] == pytest.approx(np.median(money.before.closing[:, 0]))
    in_year = rows.get_group("high needs demand above funding").loc["2026-27"]
    assert in_year["published"] == -64e6
    assert in_year["low"] == pytest.approx(np.quantile(money.before.in_year[:, 1], 0.1))


def test_what_was_planned_and_what_came_on_top_make_one_deficit(beside):
    frame = beside()
    made = frame[frame["item"].str.contains(" and ")]
    year = made[made["financial_year"] == "2024-25"]
    assert sorted(year["published"] / 1e6) == pytest.approx([-45.74, -43.192, -38.406, -38.143])
    assert year["item"].str.contains("quarter 1|quarter 2|August|December$").all()
    assert set(year["confidence"]) == {"press"}  # the weaker of the two
    assert year["source_id"].str.contains("; ").sum() == 3
    (now,) = made.loc[made["financial_year"] == "2025-26", "published"]
    assert now == pytest.approx(-(36.513e6 + 19.069e6))


def test_inside_says_whether_a_statement_lies_in_our_range_and_nothing_where_we_have_none(beside):
    frame = beside()
    past = frame["financial_year"] < "2025-26"
    assert frame.loc[past, ["low", "inside"]].isna().all(axis=None)
    ahead = frame[~past]
    between = (ahead["low"] <= ahead["published"]) & (ahead["published"] <= ahead["high"])
    assert (ahead["inside"] == between).all()


def test_years_are_in_order_and_the_furthest_is_the_plan_for_2031(beside):
    frame = beside()
    assert frame["financial_year"].is_monotonic_increasing
    last = frame.iloc[-1]
    assert (last["financial_year"], last["item"], last["published"]) == (
        "2030-31",
        "revised plan residual deficit",
        -123.4e6,
    )


def test_an_authority_that_stated_nothing_has_no_rows(beside):
    assert beside(area_code="916").empty


def test_a_deficit_in_another_unit_is_not_taken_for_pounds(beside, tables):
    figures = tables["council_figure"]
    assert beside(figures.assign(unit="% of DSG income")).empty


def test_sources_and_grounds_of_two_statements_are_named_in_their_order(beside):
    rows = [
        ("planned in-year high needs deficit", "2025-26", 30.0, "plan", "secondary", "s1"),
        (
            "in-year high needs variance against plan",
            "2025-26 quarter 1",
            4.0,
            "forecast",
            "press",
            "s2",
        ),
        (
            "in-year high needs variance against plan",
            "2025-26 quarter 2",
            6.0,
            "plan",
            "primary",
            "s1",
        ),
    ]
    columns = ["item", "period", "value", "basis", "confidence", "source_id"]
    figures = pd.DataFrame(rows, columns=columns).assign(area_code="865", unit="GBP million")
    told = beside(figures)[["published", "basis", "confidence", "source_id"]]
    assert beside(figures)["item"].str.partition(", ")[2].tolist() == ["quarter 1", "quarter 2"]
    assert told.to_numpy().tolist() == [
        [-34e6, "plan; forecast", "press", "s1; s2"],
        [-36e6, "plan", "secondary", "s1"],
    ]


CAP = "safety valve maximum cumulative deficit excluding payments"
PLANNED = "planned in-year high needs deficit"


@pytest.fixture(scope="module")
def figures(tables):
    return tables["council_figure"]


@pytest.fixture(scope="module")
def steps(figures):
    return agreement_steps(figures, "865").set_index("step")


def test_the_deficit_and_the_plan_of_2024_25_roll_forward_to_the_limit_of_the_agreement(steps):
    added_up = steps.loc["Balance at 31 March 2025 before payments, added up"]
    assert added_up["amount"] == pytest.approx(-84.497e6)
    limit = steps.loc["Limit of the agreement for 31 March 2025"]
    assert (limit["amount"], limit["agrees"]) == (-84.5e6, True)


def test_the_payments_of_the_department_leave_what_the_agreement_says_to_the_council(steps):
    added_up = steps.loc["Left to the council, added up"]
    assert added_up["amount"] == pytest.approx(-70.2e6)
    assert steps.loc["Left to the council in the agreement", "agrees"]


def test_every_printed_figure_has_its_source_and_only_results_agree_or_not(steps):
    made_here = steps.index.str.endswith("added up")
    assert steps.loc[~made_here, "source_id"].notna().all()
    assert steps.loc[made_here, "source_id"].isna().all()
    assert steps["agrees"].notna().sum() == 2


def test_a_result_beyond_its_rounding_does_not_agree(figures):
    value = figures["value"].mask(figures["item"] == CAP, 84.4)
    other = agreement_steps(figures.assign(value=value), "865").set_index("step")
    assert not other.loc["Limit of the agreement for 31 March 2025", "agrees"]
    assert other.loc["Left to the council in the agreement", "agrees"]


def test_a_figure_that_was_stated_again_counts_as_stated_last(figures):
    again = figures[figures["item"] == CAP].assign(value=84.6)
    both = pd.concat([figures, again], ignore_index=True)
    limit = agreement_steps(both, "865").set_index("step")
    assert limit.loc["Limit of the agreement for 31 March 2025", "amount"] == -84.6e6


def test_a_sum_of_which_a_figure_is_not_available_is_left_out(figures):
    steps = agreement_steps(figures[figures["item"] != PLANNED], "865")
    assert len(steps) == 4
    assert not steps["step"].str.contains("2025").any()


@pytest.mark.parametrize("area", ["802", "999"])
def test_an_authority_without_an_agreement_has_no_steps(figures, area):
    empty = agreement_steps(figures, area)
    assert empty.empty
    assert list(empty) == ["step", "amount", "source_id", "agrees"]


@pytest.mark.parametrize(
    ("added_up", "printed", "agrees"),
    [(84.45, 84.5, True), (84.549, 84.5, True), (84.551, 84.5, False), (69.6, 70, True)],
)
def test_a_sum_agrees_to_the_last_digit_that_was_printed(added_up, printed, agrees):
    assert within_rounding(added_up, printed) is agrees
