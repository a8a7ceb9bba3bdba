"""The tables of a return: one set of whole numbers, and nothing called what it is not."""

from dataclasses import replace

import numpy as np
import pytest

from invented_money import done
from sendlib.cohort import PLACE
from sendlib.finance.model import Recent
from sendlib.returns import numbers as lines
from sendlib.returns import tables
from sendlib.returns.checks import list_checks
from sendlib.returns.numbers import PROVISIONS, TABS, calculate, sums_in_tables
from sendlib.returns.sheets import NOT_AVAILABLE
from sendlib.vocabulary import PlaceType
from small_return import few_draws, small_model


@pytest.fixture(scope="module")
def model(project):
    return small_model(project)


@pytest.fixture(scope="module", name="tidy")
def tidy_tables(tables):
    return tables


@pytest.fixture(scope="module")
def made(model, project, tidy):
    return calculate(model, few_draws(project))


@pytest.fixture(scope="module")
def alone(model, project, tidy):
    """The same scenario without mitigations."""
    return calculate(model, few_draws(project, mitigations=()))


def lsrp(numbers, tidy):
    return tables.lsrp_tables(numbers, tidy["ehcp_flow"], tidy["ehcp_new_plans_by_age"])


def column(sheet, heading):
    names = sheet.headings
    label = next(at for at, each in enumerate(sheet.columns) if each.kind != "text") - 1
    return {row[label]: row[names.index(heading)] for row in sheet.rows}


def test_places_that_open_have_a_sheet_with_what_they_save(model, project, tidy, alone):
    assert tables.added_places(alone) == []
    places = done("Seats", "cohort.added_places", {"place": "state_special", "seats": {2025: 40}})
    opened = few_draws(project, mitigations=(places,))
    [sheet] = tables.added_places(calculate(model, opened))
    assert [row[0] for row in sheet.rows] == list(alone.financial_years)
    assert all(row[1] + row[2] == 40 for row in sheet.rows[1:])
    assert len(sheet.headings) == len(sheet.rows[0])


def test_an_authority_with_half_of_another_has_half_of_its_cost_by_age_and_need(
    model, project, made
):
    def half(whole, **more):
        stores = {name: Recent(8) for name in ("_demand", "_places", "_children")}
        return replace(whole, parts=((whole, 0.5),), **stores, **more)

    successor = half(model, without_needs=half(model.without_needs))
    cost = calculate(successor, few_draws(project)).mitigated.mean_cost
    np.testing.assert_allclose(cost, made.mitigated.mean_cost / 2)


def test_every_place_is_in_one_tab_and_in_one_of_fourteen_provisions():
    for groups in (TABS, PROVISIONS):
        members = [place for group in groups.values() for place in group]
        assert sorted(members) == sorted(PlaceType)
    assert (len(TABS), len(PROVISIONS)) == (7, 14)


def test_cells_of_cost_and_plans_add_up_to_the_draws(made):
    for each in made.positions:
        by_place = each.money.cost.mean(axis=0)
        assert np.allclose(each.mean_cost.sum(axis=(1, 2)), by_place, rtol=1e-9)
        shown = made.model.without_needs.places(each.money.scenario).simulation
        plans = shown.by(PLACE).mean(axis=0)[: len(each.plans)]
        assert np.allclose(each.mean_plans.sum(axis=(1, 2)), plans)


def test_every_cell_and_every_sum_that_is_shown_is_within_one_of_its_mean(made):
    for each in made.positions:
        places = each.simulation.axes.places
        for exact, whole in ((each.mean_plans, each.plans), (each.mean_cost, each.cost)):
            assert np.abs(whole - exact).max() < 1
            for mean, rounded in zip(exact, whole, strict=True):
                for sums in sums_in_tables(mean, places):
                    off = sums.weights @ (rounded - mean).ravel()
                    assert np.abs(off).max() < 1 + 1e-6


def test_the_count_itself_is_not_changed_by_rounding(made, model):
    stock = model.caseload.evidence.stock
    assert made.unmitigated.plans[0].sum() == stock.sum()
    assert made.unmitigated.plans[0].sum(axis=0).tolist() == stock.sum(axis=0).tolist()


def test_lines_of_the_summary_add_up_and_are_within_a_pound_of_their_means(made):
    for each in made.positions:
        whole = each.summary.rounded
        income = sum(whole[name] for name in lines.INCOME)
        spend = sum(whole[name] for name in lines.SPEND)
        assert (income - spend).tolist() == whole[lines.IN_YEAR].tolist()
        carried = whole[lines.BROUGHT] + whole[lines.IN_YEAR]
        assert carried.tolist() == whole[lines.CARRIED].tolist()
        assert whole[lines.BROUGHT][1:].tolist() == carried[:-1].tolist()
        means, rounded = each.summary.leaves
        assert np.abs(rounded - means).max() < 1 + 1e-6


def test_the_summary_s_spend_is_the_cost_of_the_tabs(made):
    for each in made.positions:
        for tab in TABS:
            sheet = tables.placement_tab(made, tab)
            rows = {row[:3]: row for row in sheet.rows}
            shown = rows[(each.name, tables.ALL_AGES, tables.ALL_NEEDS)]
            years = len(made.financial_years)
            assert list(shown[-years:]) == each.summary.rounded[tab].tolist()


def test_a_line_that_mitigations_leave_alone_is_the_same_whole_number_in_both(made):
    before, after = made.unmitigated.summary, made.mitigated.summary
    for name in (*lines.INCOME, lines.PLACES):
        assert before.rounded[name].tolist() == after.rounded[name].tolist()


def test_mitigations_move_spend_out_of_independent_places(made):
    before, after = (each.summary.rounded for each in (made.unmitigated, made.mitigated))
    assert (
        after["Non-maintained and independent"][-1] < before["Non-maintained and independent"][-1]
    )
    assert after["Resourced provision and units"][-1] > before["Resourced provision and units"][-1]
    saved = column(tables.effect(made), "2030-31 projected (£)")
    name = f"{lines.TOTAL_SPEND}, {tables.DIFFERENCE}"
    assert saved[name] == after[lines.TOTAL_SPEND][-1] - before[lines.TOTAL_SPEND][-1]


def test_without_mitigations_there_is_one_position(alone):
    assert alone.mitigated is alone.unmitigated
    tab = tables.placement_tab(alone, "Mainstream")
    assert {row[0] for row in tab.rows} == {"Unmitigated"}
    assert len(tab.rows) == 1 + 5 * (1 + len(alone.model.caseload.evidence.axes.needs))


def test_what_is_not_available_is_said_and_is_never_nought(made):
    sheet = tables.financial_summary(made, "Unmitigated")
    actual = column(sheet, "2024-25 actual (£)")
    assert actual[lines.CARRIED] == -61_200_000
    assert actual[lines.OUTTURN] == made.model.known.outturn["2024-25"]
    assert actual[lines.TOTAL_SPEND] == NOT_AVAILABLE
    ahead = column(sheet, "2030-31 projected (£)")
    assert ahead[lines.OUTTURN] == ahead["Schools block"] == NOT_AVAILABLE


def test_without_an_opening_balance_none_is_carried_forward(model, project, tidy):
    none = replace(model.known, opening=None, stated=model.known.stated.iloc[:0])
    unknown = replace(model, known=none, without_needs=replace(model.without_needs, known=none))
    scenario = few_draws(project, mitigations=())
    made = calculate(unknown, scenario)
    ahead = column(tables.financial_summary(made, "Unmitigated"), "2025-26 projected (£)")
    for line in (lines.BROUGHT, lines.CARRIED, lines.GRANT, lines.CARRIED_LEFT, lines.INTEREST):
        assert ahead[line] == NOT_AVAILABLE
    assert isinstance(ahead[lines.IN_YEAR], int)
    assert not any("forward" in check.what for check in list_checks(made))


def test_no_january_after_the_last_count_is_called_a_count(made, tidy):
    headings = lsrp(made, tidy)[0].headings[1:]
    assert headings[0] == "January 2025 count"
    assert headings[1] == "LSRP 2025: January 2026 projected"
    assert headings[-1] == "LSRP 2029: January 2030 projected"
    assert not any("actual" in each or "count" in each for each in headings[1:])


def test_tables_of_needs_by_provision_add_up_to_the_table_of_needs(made, tidy):
    by_name = {sheet.name: sheet for sheet in lsrp(made, tidy)}
    whole = by_name["LSRP 7"].rows
    parts = [by_name[f"LSRP 7.{at}"].rows for at in range(1, 8)]
    for row, *rest in zip(whole, *parts, strict=True):
        assert list(row[1:]) == [sum(each) for each in zip(*(r[1:] for r in rest), strict=True)]


def test_ages_stand_where_they_are_published_and_nowhere_else(made, tidy):
    flows = lsrp(made, tidy)[-3:]
    requests, assessments, led = (column(sheet, "2024 published") for sheet in flows)
    assert (
        set(list(requests.values())[1:]) == set(list(assessments.values())[1:]) == {NOT_AVAILABLE}
    )
    ages = dict(led)
    assert ages.pop(tables.ALL_AGES) == sum(ages.values())


def test_ranges_hold_their_middle_and_say_their_unit(made):
    sheet = tables.ranges_sheet(made)
    at = [sheet.headings.index(name) for name in ("Low", "Middle", "High", "Unit")]
    for row in sheet.rows:
        low, middle, high, unit = (row[each] for each in at)
        assert low <= middle <= high
        assert unit == ("plans" if row[1] == "Plans" else "£")
