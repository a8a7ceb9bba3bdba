"""Evidence from published tables: invented ones, and those of England and Wiltshire."""

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_cohort import stock_after
from sendlib.cohort.axes import AGES, PLACES
from sendlib.cohort.published import FLOWS, national_pattern, published_evidence, split_by_need
from sendlib.cohort.published_tables import RECORDED, TABLES
from sendlib.errors import NotAvailableError
from sendlib.vocabulary import ENGLAND, TOTAL

STOCK_AGES = ["0-2", *map(str, range(3, 26))]
PAIR = ("mainstream", "state_special")
RESIDENTS = pd.DataFrame({"year": 2024, "age": AGES, "persons": 1000.0, "area_code": ENGLAND})
SHIFT = 0.3


def rows(code, year, ages, counts, *, column):
    """A row for each age and place, with totals, from counts of shape (age, place)."""
    wide = pd.DataFrame(counts, index=ages, columns=list(PAIR)).rename_axis(index="age")
    wide[TOTAL] = wide.sum(axis=1)
    long = wide.reset_index().melt("age", var_name="place_type", value_name="plans")
    return long.assign(area_code=code, value_status="reported", **{column: year})


def invented(code=ENGLAND, *, size=1000.0, ended=(2.0, 1.0)):
    """Two Januaries in which the new plans were recorded a year older by a known share."""
    ages = np.arange(2, 26)[:, None]
    before = np.where(ages < 19, size, 0) * np.array([[2.0, 1.0]]) * np.ones_like(ages)
    new = np.where(ages < 12, 60.0 + 40 * np.sin(ages * 2.0), 0) * np.array([[1.0, 0.5]])
    recorded = np.zeros((len(RECORDED), 2))
    for row, age in enumerate(range(2, 26)):
        for years, share in ((0, 1 - SHIFT), (1, SHIFT)):
            recorded[min(age + years - 2, len(RECORDED) - 1)] += share * new[row]
    aged = np.concatenate([np.zeros((1, 2)), before[:-1]])
    gone = np.where(ages == 19, aged, np.where(aged > 0, np.array([ended]), 0))
    now = aged + new - gone
    by_age = pd.Series(gone.sum(axis=1), STOCK_AGES)
    old = by_age[list(map(str, range(20, 26)))].sum()
    ceased = pd.concat([by_age[list(RECORDED[:-1])], pd.Series({"20-25": old})])
    by_place = dict(zip(PAIR, gone.sum(axis=0), strict=True))
    cells = [
        *((age, TOTAL, plans) for age, plans in ceased.items()),
        *((TOTAL, place, plans) for place, plans in by_place.items()),
        (TOTAL, TOTAL, ceased.sum()),
    ]
    columns = ["age", "place_type", "plans"]
    caseload = pd.DataFrame(
        {
            "area_code": code,
            "census_year": [2024, 2025],
            **dict.fromkeys(["age_band", "place_type", "primary_need"], TOTAL),
            "plans": [before.sum(), now.sum()],
            "value_status": "reported",
        }
    )
    return {
        "ehcp_caseload_by_age": pd.concat(
            [
                rows(code, 2024, STOCK_AGES, before, column="census_year"),
                rows(code, 2025, STOCK_AGES, now, column="census_year"),
            ],
            ignore_index=True,
        ),
        "ehcp_new_plans_by_age": rows(code, 2024, RECORDED, recorded, column="calendar_year"),
        "ehcp_ceased": pd.DataFrame(cells, columns=columns).assign(
            area_code=code, calendar_year=2024, reason=TOTAL, value_status="reported"
        ),
        "ehcp_caseload": caseload,
    }


def made(tables, code=ENGLAND, origin=2025):
    persons = {"residents": RESIDENTS, "population": RESIDENTS.assign(area_code=code)}
    return published_evidence(tables | persons, area_code=code, origin=origin)


@pytest.fixture(scope="module")
def held(tables):
    return {name: tables[name] for name in TABLES}


@pytest.fixture(scope="module")
def real(held, tables):
    """The published evidence of Wiltshire, its neighbours, its region and England."""
    national = national_pattern(held, origin=2025)
    neighbours = tables["neighbour"].query("area_code == '865'")["neighbour_area_code"]
    codes = ["865", *neighbours, "E12000009", ENGLAND]
    return {
        code: published_evidence(tables, area_code=code, origin=2025, national=national)
        for code in codes
    }


def test_the_share_that_is_recorded_a_year_older_is_found():
    assert national_pattern(invented(), origin=2025).shifted_share == pytest.approx(SHIFT, abs=0.02)


def test_a_balance_without_moves_is_explained_by_new_and_ended_plans_alone():
    account = made(invented()).account.set_index("place_type")
    assert account.loc["mainstream", "ended"] > account.loc["state_special", "ended"] > 0
    assert account["moved_in"].sum() == pytest.approx(account["moved_out"].sum())
    assert account["moved_in"].sum() < 0.02 * account["before"].sum()
    assert account["other_arrivals"].sum() == pytest.approx(account["other_departures"].sum())
    assert account["other_arrivals"].sum() < 0.02 * account["new_plans"].sum()


def test_a_place_withheld_at_an_age_without_a_total_is_what_all_plans_leave():
    tables = invented()
    stock = tables["ehcp_caseload_by_age"]
    mine = (stock["census_year"] == 2025) & (stock["age"] == "10")
    stock.loc[mine & (stock["place_type"] == "state_special"), "plans"] = np.nan
    no_total = (stock["census_year"] == 2025) & (stock["place_type"] == TOTAL)
    tables["ehcp_caseload_by_age"] = stock[~no_total]
    now, expected = (made(each).account["now"] for each in (tables, invented()))
    np.testing.assert_allclose(now, expected, atol=0.5)  # whole plans are shared out


def test_children_who_change_places_are_moves_and_strangers_are_arrivals():
    tables = invented()
    stock = tables["ehcp_caseload_by_age"]
    now = (stock["census_year"] == 2025) & (stock["age"] == "16")
    shift = {"mainstream": -50.0, "state_special": 80.0, TOTAL: 30.0}
    stock.loc[now, "plans"] += stock.loc[now, "place_type"].map(shift)
    change = made(tables).account[list(FLOWS)].sum() - made(invented()).account[list(FLOWS)].sum()
    assert change["moved_in"] == pytest.approx(50, abs=2)
    assert change["other_arrivals"] == pytest.approx(30, abs=1)


def test_those_who_pass_25_have_left_the_account_and_the_evidence():
    tables = invented()
    stock = tables["ehcp_caseload_by_age"]
    stock.loc[(stock["census_year"] == 2024) & (stock["age"] == "25"), "plans"] += 7
    published = made(tables)
    change = published.account[list(FLOWS)].sum() - made(invented()).account[list(FLOWS)].sum()
    assert change["before"] == 14  # seven in each place
    assert change["ended"] + change["other_departures"] == pytest.approx(14)
    assert published.evidence.before.shape[1] == 26


def test_a_withheld_place_is_settled_by_the_total_and_two_by_the_other_january():
    tables = invented()
    stock = tables["ehcp_caseload_by_age"]
    at_9 = (stock["census_year"] == 2025) & (stock["age"] == "9")
    special = at_9 & (stock["place_type"] == "state_special")
    expected = made(invented()).evidence.stock
    stock.loc[special, ["plans", "value_status"]] = [np.nan, "suppressed"]
    assert made(tables).evidence.stock == pytest.approx(expected)
    stock.loc[at_9 & (stock["place_type"] == "mainstream"), "plans"] = np.nan
    published = made(tables)
    before = published.evidence.before[0, 9, 0]
    share = published.evidence.stock[9, 0] / expected[9].sum()
    assert share == pytest.approx(before / before.sum(), abs=1e-3)
    assert any("January 2025 are not published" in note for note in published.notes)
    at_9 |= (stock["census_year"] == 2024) & (stock["age"] == "9") & (stock["place_type"] != TOTAL)
    stock.loc[at_9 & (stock["place_type"] != TOTAL), "plans"] = np.nan
    with refuses(
        NotAvailableError, *["places_not_known"] * 2, match=r"caseload.*January 2025.*\b1\b"
    ):
        made(tables)


@pytest.mark.parametrize("hidden", ["places", "all", "ages"])
def test_a_january_without_ages_or_places_borrows_them_and_holds_what_was_published(hidden):
    tables, whole = invented(), made(invented())
    stock, caseload = tables["ehcp_caseload_by_age"], tables["ehcp_caseload"]
    then = stock["census_year"] == 2024
    sums = stock[then].groupby("place_type")["plans"].sum()
    if hidden == "ages":
        tables["ehcp_caseload_by_age"] = stock[~then]
        places = pd.DataFrame({"place_type": PLACES, "value_status": "reported"})
        places["plans"] = places["place_type"].map(sums).fillna(0.0)
        places = places.assign(
            area_code=ENGLAND, census_year=2024, age_band=TOTAL, primary_need=TOTAL
        )
        tables["ehcp_caseload"] = pd.concat([caseload, places], ignore_index=True)
    else:
        withheld = then & ((stock["place_type"] != TOTAL) | (hidden == "all"))
        stock.loc[withheld, ["plans", "value_status"]] = [np.nan, "not_available"]
    published = made(tables)
    before = published.evidence.before[0, :, 0]
    assert (before == before.round()).all()
    assert before.sum() == pytest.approx(sums[TOTAL])
    if hidden == "places":
        assert before.sum(axis=1) == pytest.approx(whole.evidence.before[0, :, 0].sum(axis=1))
    if hidden == "ages":
        assert before.sum(axis=0) == pytest.approx(whole.evidence.before[0, :, 0].sum(axis=0))
    assert len(published.notes) > len(whole.notes)


def test_a_place_that_was_not_collected_holds_nobody():
    tables = invented()
    stock = tables["ehcp_caseload_by_age"]
    extra = stock[stock["place_type"] == TOTAL].assign(
        place_type="awaiting", plans=np.nan, value_status="not_collected"
    )
    tables["ehcp_caseload_by_age"] = pd.concat([stock, extra], ignore_index=True)
    account = made(tables).account.set_index("place_type")
    assert (account.loc["awaiting", list(FLOWS)] == 0).all()


def test_new_plans_that_only_the_total_has_are_not_recorded_rather_than_lost():
    tables = invented()
    new = tables["ehcp_new_plans_by_age"]
    new.loc[(new["age"] == "7") & (new["place_type"] == TOTAL), "plans"] += 5
    published = made(tables)
    account = published.account.set_index("place_type")
    assert account.loc["not_recorded", "new_plans"] == pytest.approx(5)
    assert "New plans of 2024 without a place, counted as not recorded: 5." in published.notes


@pytest.mark.parametrize("age", ["7", TOTAL])
def test_plans_that_ended_are_refused_where_an_age_or_a_place_is_withheld(age):
    tables = invented()
    ended = tables["ehcp_ceased"]
    tables["ehcp_ceased"] = ended.assign(plans=ended["plans"].mask(ended["age"] == age))
    with refuses(NotAvailableError, "ages_or_places_not_known", match="ages or places are not"):
        made(tables)


def test_one_january_is_not_enough():
    with refuses(NotAvailableError, "no_single_years_of_age", match="2024"):
        made(invented(), origin=2024)


def test_an_area_that_is_not_there_has_no_january():
    with pytest.raises(NotAvailableError, match="available for no January"):
        made(invented(), code="865")


def test_an_authority_of_any_size_balances_next_to_england():
    both = [invented(), invented("1", size=3.0, ended=(1.0, 1.0))]
    tables = {name: pd.concat([part[name] for part in both], ignore_index=True) for name in TABLES}
    evidence = made(tables, "1").evidence
    assert stock_after(evidence)[-1] == pytest.approx(evidence.stock, abs=1e-6)


def test_every_area_leads_exactly_to_what_was_counted(real):
    assert len(real) == 13
    for code, published in real.items():
        evidence = published.evidence
        assert abs(stock_after(evidence)[-1] - evidence.stock).max() < 1e-6, code
        for name in ("before", "left", "moved", "joined", "without_plan"):
            assert getattr(evidence, name).min() >= 0, (code, name)
        going = evidence.left + evidence.moved.sum(axis=4)
        assert (going <= evidence.before + 1e-6).all(), code
        assert (evidence.without_plan > 0).all(), code


@pytest.mark.parametrize(
    ("code", "before", "new", "ended", "now"),
    [(ENGLAND, 572829, 97747, 44862, 638745), ("865", 5536, 993, 325, 6383)],
)
def test_accounts_hold_the_published_totals(real, code, before, new, ended, now):
    totals = real[code].account[list(FLOWS)].sum()
    assert totals[["before", "new_plans", "ended", "now"]].tolist() == pytest.approx(
        [before, new, ended, now], abs=1e-6
    )
    gained = totals["new_plans"] + totals["other_arrivals"] - totals["ended"]
    assert before + gained - totals["other_departures"] == pytest.approx(now)


def test_each_place_of_an_account_adds_up(real):
    for account in (published.account for published in real.values()):
        gains = account[["before", "new_plans", "other_arrivals", "moved_in"]].sum(axis=1)
        losses = account[["moved_out", "ended", "other_departures"]].sum(axis=1)
        assert (gains - losses).to_numpy() == pytest.approx(account["now"], abs=1e-6)


def test_places_of_new_plans_in_wiltshire_are_as_published(real, held):
    new = held["ehcp_new_plans_by_age"]
    mine = new[(new["area_code"] == "865") & (new["calendar_year"] == 2024)]
    by_place = mine.groupby("place_type")["plans"].sum().reindex(PLACES)
    assert real["865"].account["new_plans"].tolist() == pytest.approx(by_place.tolist())


def test_a_third_of_new_plans_is_recorded_a_year_older(held, real):
    assert 0.3 < national_pattern(held, origin=2025).shifted_share < 0.4
    assert "Plans of January 2024 without age and place: 3,645." in real[ENGLAND].notes


@pytest.mark.parametrize("code", [ENGLAND, "865", "803"])
def test_needs_split_every_count_in_whole_plans_and_still_balance(real, held, code):
    whole = real[code].evidence
    caseload = held["ehcp_caseload"]
    split = split_by_need(whole, caseload, area_code=code)
    needs = split.axes.needs
    assert "ds" not in needs  # until 2025 those plans were among the others
    assert split.axes.shape == (26, len(needs), len(PLACES))
    assert stock_after(split)[-1] == pytest.approx(split.stock, abs=1e-6)
    assert (split.stock == split.stock.round()).all()
    assert (split.stock.sum(axis=1) == whole.stock.sum(axis=1)).all()
    mine = (caseload["area_code"] == code) & (caseload["census_year"] == 2025)
    apart = caseload[["primary_need", "place_type"]].ne(TOTAL).all(axis=1)
    rows = caseload[mine & apart & (caseload["age_band"] == TOTAL)]
    wide = rows.pivot(index="primary_need", columns="place_type", values="plans")
    published = wide.reindex(index=list(needs), columns=list(PLACES)).fillna(0).to_numpy()
    assert (split.stock.sum(axis=0) == published).all()
    for name in ("before", "left", "joined", "moved"):
        assert getattr(split, name).min() >= 0
        summed = getattr(split, name).sum(axis=2)
        assert summed == pytest.approx(getattr(whole, name)[:, :, 0], abs=1e-6)
    assert split.need_changed.shape == (1, 26, len(needs), len(needs), len(PLACES))


def test_down_syndrome_is_a_need_from_the_january_in_which_it_is_counted(real, held):
    caseload = held["ehcp_caseload"]
    others = caseload[
        (caseload["area_code"] == "865")
        & (caseload["primary_need"] == "oth")
        & (caseload["age_band"] == TOTAL)
    ]
    counted = pd.concat([caseload, others.assign(primary_need="ds", plans=1.0)])
    split = split_by_need(real["865"].evidence, counted, area_code="865")
    assert split.axes.needs[-3:] == ("ds", "oth", "not_recorded")
    assert split.stock[:, -3].sum() > 0


def test_needs_that_are_not_known_are_refused(real, held):
    caseload = held["ehcp_caseload"]
    without = caseload[caseload["place_type"] != "neet"]
    with refuses(NotAvailableError, "needs_not_known", match="education.*employment.*training"):
        split_by_need(real["865"].evidence, without, area_code="865")


@pytest.mark.parametrize(("code", "most"), [(ENGLAND, 0.5), ("865", 2.0)])
def test_places_of_plans_that_ended_are_as_published(real, held, code, most):
    """Wiltshire's only resourced provision, say, can end no more plans than it held."""
    ended = held["ehcp_ceased"]
    mine = ended[(ended["area_code"] == code) & (ended["calendar_year"] == 2024)]
    rows_by_place = mine[(mine["age"] == TOTAL) & (mine["reason"] == TOTAL)]
    by_place = rows_by_place.set_index("place_type")["plans"].reindex(PLACES).fillna(0)
    found = real[code].account.set_index("place_type")["ended"]
    assert abs(found - by_place).max() < most
