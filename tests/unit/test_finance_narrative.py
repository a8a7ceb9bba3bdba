"""Scenarios side by side, and the sentences made of them."""

from dataclasses import replace

import numpy as np
import pytest

from invented_money import redirecting
from sendlib import charts, cohort, finance
from sendlib.authority import Authority
from sendlib.finance import brief, deficit_ranges, worlds
from sendlib.finance.balance import Balances
from sendlib.finance.known import Opening
from sendlib.finance.narrative import (
    TRANSFER_LIMIT_SHARE,
    board_decisions,
    caveats,
    deficit_figures,
    deficit_growth,
    deficit_headline,
    deficit_title,
    reserve_risk,
    say_opening,
    say_support,
    scenarios_title,
)
from sendlib.finance.tables import (
    compare_scenarios,
    opening_deficit,
    scenario_questions,
    weak_assumptions,
)
from sendlib.pages.formats import gbp_m
from sendlib.scenarios import with_value


@pytest.fixture(scope="module")
def money(model, base):
    return model.run(base)


@pytest.fixture(scope="module")
def runs(model, base, money):
    """The baseline, one with a measure, and one with dearer places."""
    measure = replace(base, slug="local", name="Local places", mitigations=(redirecting(),))
    dearer = replace(
        with_value(base, "finance.price_points", 1.0), slug="dearer", name="Dearer places"
    )
    return {"baseline": money, "local": model.run(measure), "dearer": model.run(dearer)}


def test_page_30_says_nothing_of_an_opening_that_is_an_outturn_or_unknown():
    assert say_opening(None) == say_opening(Opening(2026, -5e6)) == ""


def test_a_forecast_of_the_council_that_nothing_replaces_is_said_to_be_its_own(money):
    assert say_opening(Opening(2026, 2e6, foreseen=True)) == (
        "Page 40 begins from the surplus of £2.0m that the council foresaw for 31 March 2026."
    )
    foreseen = replace(money, opening_foreseen=True)
    assert opening_deficit(foreseen).attrs["note"] == "Circle: the council's own forecast"
    assert "note" not in opening_deficit(money).attrs
    said = caveats({"a": foreseen}, "Wiltshire", weak=0)[-1]
    assert "which the council forecast before that March" in said


def test_runs_stand_side_by_side_as_deficits(money):
    years = ("2025-26", "2026-27")
    in_year = np.array([[-1.0, 0.0], [-2.0, -5.0], [-3.0, -7.0]])
    closing = np.array([[-10.0, -30.0], [-20.0, -40.0], [-30.0, -90.0]])
    run = replace(
        money,
        financial_years=years,
        before=Balances(years, in_year, closing),
        opening_gbp=-9.0,
        plans=np.array([100.0, 110.0, 150.0]),
    )
    frame = compare_scenarios({"one": run}, threshold_gbp=35.0)
    assert frame.to_dict("records") == [
        {
            "scenario": "Baseline",
            "low": pytest.approx(32),
            "middle": 40,
            "high": pytest.approx(80),
            "chance of more than £0.0m": pytest.approx(2 / 3),
            "plans, January 2027": 110,
            "in the year 2026-27, middle": 5,
            "chance that 2026-27 is in balance": pytest.approx(1 / 3),
            "left to the council at 31 March 2027 with the grant approved, middle": pytest.approx(
                -17
            ),
            "left to the council at 31 March 2027 with the grant refused, middle": 16,
        }
    ]


def test_what_a_scenario_asks_and_why_it_differs_stands_in_words(runs):
    frame = scenario_questions(runs).set_index("scenario")
    assert frame.loc["Baseline", "what it changes"] == "nothing"
    assert "A pilot" in frame.loc["Local places", "what it changes"]


def test_weak_assumptions_are_named_in_words_with_the_lever_to_set_them_by(base):
    frame = weak_assumptions(base)
    levers = frame["lever"].tolist()
    assert levers
    assert all(base.assumptions[lever].quality == "red" for lever in levers)
    assert frame["assumption"].str.contains(" ").all()


def test_a_board_decides_on_measures_and_is_informed_of_risks(runs):
    compared = compare_scenarios(runs, threshold_gbp=1e8)
    budget, measures, aside, risks = board_decisions(runs, compared)
    assert budget.startswith("Which deficit the budget assumes: Baseline gives £")
    assert "Local places takes off £" in measures
    assert "Dearer" not in measures
    assert "Dearer places adds £" in risks
    assert "Local places" not in risks
    assert "the range reaches £" in aside


def test_a_scenario_alone_has_no_measure_and_no_risk(money):
    runs = {"baseline": money}
    compared = compare_scenarios(runs, threshold_gbp=1e8)
    decisions = board_decisions(runs, compared)
    assert "none is worked out" in decisions[1]
    assert decisions[3] == ""
    assert scenarios_title(compared).startswith("Chance alone moves the deficit by £")


def test_the_headline_and_the_title_give_the_range_when_protection_ends(money):
    told = deficit_headline(money, "Wiltshire")
    assert told.startswith(
        "High needs deficit of Wiltshire at 31 March 2028, before further support: "
    )
    assert deficit_title(money, "Wiltshire").endswith("by March 2028")
    assert "in 2025-26" in deficit_growth(money)
    other = replace(money, scenario=replace(money.scenario, slug="x", name="Other"))
    assert "in the scenario Other" in deficit_headline(other, "Wiltshire")


def test_tiles_are_of_three_marches_and_a_chance_and_none_stands_twice(money):
    keys = [figure.key for figure in deficit_figures(money, 1e8)]
    assert keys == [
        "deficit_next_march",
        "deficit_protection_ends",
        "deficit_last_march",
        "deficit_chance_share",
    ]
    ends = deficit_figures(money, 1e8)[1].numbers
    assert ends[1] == pytest.approx(-np.median(money.before.closing[:, 2]) / 1e6)


def test_a_balance_that_is_not_known_is_said_in_the_headline_and_the_caveats(money):
    unknown = replace(money, opening_known=False, opening_gbp=0.0)
    assert "Wiltshire since 31 March 2025 at" in deficit_headline(unknown, "Wiltshire")
    points = caveats({"baseline": unknown, "other": money}, "Wiltshire", weak=2)
    assert points[1].startswith("Of the assumptions that matter most, 2 rest")
    assert "they differ by that as well" in points[3]
    assert points[4].startswith("No balance of Wiltshire at 31 March")
    assert "the deficit since 31 March 2025 is between" in say_support(unknown)
    assert "since" not in say_support(money)
    assert len(caveats({"baseline": money}, "Wiltshire", weak=0)) == 3


def test_the_reserve_is_reported_only_where_it_is_known(money):
    assert reserve_risk(money).startswith("When protection ends on 31 March 2028, the chance")
    assert reserve_risk(replace(money, reserves_gbp=1e12)).endswith(
        "is less than 1%, whether the grant is approved or refused."
    )
    assert reserve_risk(replace(money, reserves_gbp=None)) == ""
    grant = worlds(money).attrs["notes"][0]
    assert grant.startswith("The grant is 90% of the high needs deficit at 31 March 2026 and")


@pytest.fixture(scope="module")
def authority(project):
    return Authority.open("865", as_of=2025, project=project)


@pytest.fixture(scope="module")
def made(authority, base):
    return brief(authority, scenario=base)


def test_a_brief_is_what_the_model_makes_of_the_scenario(made, authority, base):
    model = finance.Model.from_tables(authority.load, area_code=authority.code, origin=2025)
    needed = cohort.places_needed(model.places(base))
    state = needed[needed["name"] == "State special school"].reset_index(drop=True)
    assert made.special_places["middle"].equals(state["middle"])
    ahead = deficit_ranges(model.run(base))
    ends = ahead.set_index("financial_year").loc["2027-28"]
    assert f"{gbp_m(ends['low'])} and {gbp_m(ends['high'])} without further support" in made.support
    protected = ahead[ahead["financial_year"] <= "2027-28"]
    assert made.deficits["middle"].tolist() == protected["middle"].tolist()
    assert "Wiltshire" in made.deficit_title
    assert len(made.past)


def test_a_brief_without_ages_is_empty_and_its_charts_say_why(project, base):
    early = brief(Authority.open("865", as_of=2023, project=project), scenario=base)
    assert early.special_places.empty
    assert early.deficits.empty
    words = {"title": early.deficit_title, "source": "invented", "band": "8 outcomes in 10"}
    shown = (
        charts.fan(early.past, early.deficits, **words),
        charts.fans(early.special_places, **words),
    )
    for block in shown:
        assert "cannot be followed by age" in block._repr_html_()
    assert early.support == ""


def test_the_limit_of_a_transfer_is_the_one_of_the_policy_table(tables):
    limit = tables["policy_lever"].set_index("lever").loc["schools block transfer limit"]
    assert (float(limit["value"]), limit["unit"]) == (TRANSFER_LIMIT_SHARE, "share")
