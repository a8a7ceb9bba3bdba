"""One quantity, one number: pages 40, 41 and 90, the panel and the return rest on one result.

One model and few draws, with months of the authority's own, which move them all; no notebook is
run. What stands on the first page are the key figures of page 40 and the sentence of page 90.
"""

from datetime import UTC, datetime

import numpy as np
import pytest

from invented_money import few_draws, own_rows
from sendlib import briefing, finance
from sendlib.authority import Authority
from sendlib.finance.own import MONTHS
from sendlib.finance.tornado import plausible_ranges
from sendlib.finance.what_if import Settings, deficits
from sendlib.intake.store import TABLE
from sendlib.pages.formats import gbp, gbp_m
from sendlib.periods import closing_date
from sendlib.returns import make_return
from sendlib.returns.numbers import CARRIED

THRESHOLD = 250e6


@pytest.fixture(scope="module")
def scenario(project):
    return few_draws(project, 120, "special_places_120")


@pytest.fixture(scope="module", autouse=True)
def own_months():
    """Months of invented monitoring among the authority's own figures."""
    terms = (("requests", 1200.0), ("plans", 7100.0), ("spend", 82e6))
    rows = [("2026-27", "2026-10", "", term, value, "") for term, value in terms]
    load = Authority.load
    with pytest.MonkeyPatch.context() as patch:
        own = own_rows(MONTHS, *rows)
        patch.setattr(
            Authority, "load", lambda self, name: own if name == TABLE else load(self, name)
        )
        yield


@pytest.fixture(scope="module")
def model(wiltshire, own_months):
    """The model of the return; pages take totals from the one without needs inside it."""
    return finance.Model.of(wiltshire, with_needs=True)


@pytest.fixture(scope="module")
def money(model, scenario):
    return model.of_totals(scenario).run(scenario)


@pytest.fixture(scope="module")
def marches(money):
    """Low, middle and high of each March, and the mean. [£]"""
    deficit = -money.before.closing
    return np.quantile(deficit, money.levels, axis=0).T, deficit.mean(axis=0)


@pytest.fixture(scope="module")
def sheets(model, scenario, wiltshire):
    made = make_return(
        model,
        scenario,
        wiltshire.load,
        authority="Wiltshire",
        created=datetime(2026, 11, 1, tzinfo=UTC),
    )
    return {sheet.name: sheet for sheet in made.sheets}


def test_the_months_are_in_the_one_result_and_page_40_says_what_it_was_before(
    model, scenario, money, marches
):
    early = finance.early_warning(model, money, threshold_gbp=THRESHOLD)
    assert money.month == "October 2026"
    assert np.allclose(early.updated[["low", "middle", "high"]], marches[0])
    before = -model.run(scenario, with_months=False).before.closing
    shown = early.updated[[f"{end}, before the months" for end in ("low", "middle", "high")]]
    assert np.allclose(shown, np.quantile(before, money.levels, axis=0).T)
    assert not np.allclose(before, -money.before.closing, rtol=0.01)
    caveats = finance.caveats({"own": money}, "Wiltshire", weak=0)
    assert any("October 2026" in each for each in caveats)


def test_page_40_says_one_range_of_each_march_everywhere(money, marches):
    ranges, means = marches
    at = money.financial_years.index(money.protected_year)
    shown = finance.deficit_ranges(money, threshold_gbp=THRESHOLD)
    assert np.array_equal(shown[["low", "middle", "high"]], ranges)
    figures = {each.key: each for each in finance.deficit_figures(money, THRESHOLD)}
    assert np.array_equal(figures["deficit_protection_ends"].values, ranges[at])
    low, middle, high = map(gbp_m, ranges[at])
    assert f"between {low} and {high}, with the middle at {middle}" in finance.deficit_headline(
        money, "Wiltshire"
    )
    compared = finance.compare_scenarios({"own": money}, threshold_gbp=THRESHOLD)
    assert np.array_equal(compared[["low", "middle", "high"]].iloc[0], ranges[at])
    carried = finance.income_and_cost(money).loc["Balance carried forward"]
    assert np.allclose(-carried, means)


def test_page_41_starts_from_the_mean_of_page_40_by_that_name(model, scenario, money, marches):
    _, means = marches
    figure = finance.Figure("before_support", money.financial_years[-1])
    plain = model.of_totals(scenario)
    few = [each for each in plausible_ranges(2026) if each.change.lever == "finance.price_points"]
    [swings] = finance.tornadoes(plain, scenario, [figure], among=few)
    assert finance.say_middle(swings) == (
        f"With nothing moved the mean deficit is {gbp_m(means[-1])}."
    )
    steps = finance.bridge(plain, scenario, scenario.without_mitigations(), figure)
    shown = finance.deficit_steps(steps, figure)
    assert shown["value"].iloc[0] == pytest.approx(means[-1], abs=0.01)
    assert "mean deficit" in shown.attrs["what"]


def test_page_90_and_the_first_page_have_the_figures_of_page_40(wiltshire, scenario, money):
    ahead = finance.brief(wiltshire, scenario=scenario)
    page_40 = finance.while_protected(finance.deficit_ranges(money), money)
    assert np.array_equal(
        ahead.deficits[["low", "middle", "high"]], page_40[["low", "middle", "high"]]
    )
    found = briefing.money(ahead)
    low, _, high = map(gbp_m, page_40[["low", "middle", "high"]].iloc[-1])
    assert found.title.endswith(f"{low} to {high} by March 2028")
    start = gbp_m(-money.opening_gbp)
    assert found.caveat.startswith(f"It starts from {start} at 31 March 2026, of which no accounts")


def test_pages_30_40_and_90_say_whose_balance_the_years_begin_from(wiltshire, model, money):
    opening = finance.opening_balance(wiltshire)
    assert opening == model.known.opening
    assert opening.balance_gbp == money.opening_gbp
    ours, council = gbp_m(-money.opening_gbp), gbp_m(-opening.forecast_gbp)
    stated = finance.stated_balances(wiltshire).set_index("balance_date")["closing_balance_gbp"]
    assert stated["2026-03-31"] == opening.forecast_gbp
    steps = finance.reconcile(
        model, money.scenario, wiltshire.load("council_figure"), finance.stated_balances(wiltshire)
    )
    totals = steps.loc[steps["kind"] == "total", "value"].map(gbp_m).tolist()
    assert totals[:2] == [council, ours]  # on page 42
    page_30 = finance.say_opening(opening)
    assert f"the council foresaw a deficit of {council}" in page_30
    assert f"our estimate, from its later monitoring, is a deficit of {ours}" in page_30
    drawn = finance.opening_deficit(money)  # on 40, 90 and the first page
    assert drawn.attrs["note"] == f"Circle: our estimate; the council foresaw {council} (page 42)"
    said = " ".join(finance.caveats({"a": money}, "Wiltshire", weak=0))
    assert f"from {ours} at 31 March 2026, our estimate" in said
    assert f"it had forecast {council}" in said


def test_the_panel_with_nothing_set_says_what_page_40_says_of_each_world(model, scenario, money):
    asked = finance.what_if(model.of_totals(scenario), money)
    at = money.financial_years.index(money.protected_year)
    for row, (grant, takeover) in enumerate(
        [(True, True), (True, False), (False, True), (False, False)]
    ):
        panel = deficits(asked.draws, Settings(grant=grant, takeover=takeover))[at]
        page = finance.worlds(money)[["low", "middle", "high"]].iloc[row]
        assert np.allclose(panel, page, atol=0.01)


def test_the_return_has_the_ranges_and_the_means_of_page_40(sheets, money, marches):
    ranges, means = marches
    rows = {row[3]: row[4:] for row in sheets["Ranges"].rows if row[:2] == ("Mitigated", CARRIED)}
    dates = [closing_date(year) for year in money.financial_years]
    written = np.array([rows[date] for date in dates], dtype=float)
    assert np.allclose(-written[:, [2, 1, 0]], ranges, atol=1)
    assert np.allclose(-written[:, 3], means, atol=1)
    summary = {row[1]: row[3:] for row in sheets["Financial summary mitigated"].rows}
    assert np.allclose(-np.array(summary[CARRIED]), means, atol=2)
    at = money.financial_years.index(money.protected_year)
    answers = {row[0]: row[1] for row in sheets["Cover"].rows}
    low, _, high = map(gbp, ranges[at])
    answer = answers[f"Deficit at {dates[at]}, mitigated"]
    assert answer.startswith(f"{low} to {high}")
    assert money.month in answer


def test_the_return_s_plans_by_place_are_those_of_page_23(sheets, model, scenario, money):
    places = model.of_totals(scenario).places(scenario).simulation
    special = places.stock[..., places.axes.places.index("state_special")].sum(axis=(2, 3))
    rows = {row[:2]: row[2:] for row in sheets["Plans by placement"].rows}
    written = rows["Mitigated", "Maintained and academy special"]
    assert np.allclose(written, special.mean(axis=0)[: len(written)], atol=1)
