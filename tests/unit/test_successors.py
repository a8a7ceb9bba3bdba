"""Authorities that are to begin: what the file may say, and figures and draws from their parts."""

import hashlib

import numpy as np
import pytest

from error_codes import places
from invented_money import few_draws
from sendlib import Authority, cohort, compare, finance, forecast
from sendlib.board.run import setting_of
from sendlib.errors import DataError, NotAvailableError
from sendlib.indicators import total_plans
from sendlib.project import Project
from sendlib.scenarios import load_scenario
from sendlib.successors import FILE, read_future

HEAD = "name: {}\n    begins: {}\n    decided: invented\n    source: invented\n    parts: {}\n"
ENTRY = "  - code: {}\n    " + HEAD
MERGED = ENTRY.format(
    '"865M"',
    "Wiltshire and Swindon",
    "2028-04-01",
    '{"865": {share: 1, of: it}, "866": {share: 0.5, of: it}}',
) + ENTRY.format('"866R"', "Rest of Swindon", "2028-04-01", '{"866": {share: 0.5, of: it}}')


@pytest.fixture
def invent(project, tmp_path):
    """Gives a project with a file of one's own and the tables of the real one."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "processed").symlink_to(project.processed)
    (tmp_path / "areas").mkdir()

    def write(text: str) -> Project:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        return Project(tmp_path)

    return write


def test_all_that_is_wrong_with_the_file_is_said_at_once_with_its_line(invent):
    wrong = (
        ("936E", "East", "2027-04-01", '{"936": {share: 0.5, of: residents}}'),
        ("936E", "Surrey", "2028-04-01", '{"936": {share: 0.4, of: residents}}'),
        ("999A", "Nowhere", "2028-04-01", '{"999": {share: 1, of: residents}}'),
        ("909A", "Old", "2028-04-01", '{"909": {share: 1, of: residents}}'),
    )
    text = "successors:\n" + "".join(ENTRY.format(*each) for each in wrong)
    text += 'planned:\n  - {areas: ["E12000009"], begins: 2028-04-01, source: invented}\n'
    with pytest.raises(DataError) as caught:
        read_future(invent(text))
    assert places(caught.value) == [
        ("taken_already", f"{FILE}, line 8"),
        ("taken_already", f"{FILE}, line 9"),
        ("shares_not_one", f"{FILE}, line 13"),
        ("days_differ", f"{FILE}, line 13"),
        ("unknown_part", f"{FILE}, line 19"),
        ("unknown_part", f"{FILE}, line 25"),
        ("unknown_part", f"{FILE}, line 27"),
    ]
    assert "0.9" in caught.value.problems[2].found
    with pytest.raises(DataError, match="line 4"):
        read_future(
            invent("successors:\n" + ENTRY.format('"12"', "A", "soon", '{"936": {share: 2}}'))
        )


def test_the_successors_of_surrey_add_up_to_it_draw_by_draw(project):
    named = ("Surrey", "East Surrey", "936w")
    whole, *after = (Authority.open(name, as_of=2025, project=project) for name in named)
    scenario = few_draws(project, 50)
    plans = [forecast.project(each, scenario=scenario, horizon=3) for each in (whole, *after)]
    added = plans[1].plans + plans[2].plans
    np.testing.assert_allclose(added, plans[0].plans, rtol=1e-12)
    np.testing.assert_allclose(plans[1].shares, plans[0].shares, rtol=1e-9)
    own = total_plans(after[0].load("ehcp_caseload")).loc["936E"]
    assert plans[1].now == own.dropna().iloc[-1]  # one number on all pages of a pack
    assert plans[1].backtest().empty
    assert plans[1].backtest().attrs["why"]

    east, share = after[0], after[0].parts[0][1]
    model = finance.Model.of(east, years=2)
    money, of_whole = model.run(scenario), model.parts[0][0].run(scenario)
    for name in ("before", "left"):
        ours, theirs = (getattr(each, name).closing for each in (money, of_whole))
        np.testing.assert_allclose(ours, share * theirs, rtol=1e-9)
    places_ahead = model.places(scenario).simulation
    of_surrey = model.parts[0][0].places(scenario).simulation
    by_place = share * of_surrey.by(cohort.PLACE)
    np.testing.assert_allclose(places_ahead.by(cohort.PLACE), by_place, rtol=1e-9)
    inputs = cohort.Inputs.of(east, horizon=3)
    followed = cohort.project_demand(inputs, plans[1]).simulation.total()[:, 1:]
    np.testing.assert_allclose(followed, plans[1].plans[: len(followed)], atol=0.5)


def test_a_successor_says_that_it_rests_on_a_share_and_its_parts_that_they_end(project):
    east, surrey, wiltshire, planned = (
        Authority.open(name, project=project)
        for name in ("East Surrey", "Surrey", "Wiltshire", "Worcestershire")
    )
    assert "45.26% of Surrey" in east.note
    assert "an assumption" in east.note
    assert (east.basis, surrey.basis) == ("estimated from parts", "counted")
    assert "an assumption" in east.cite(east.load("ehcp_caseload"))
    assert "East Surrey and West Surrey" in surrey.note
    assert "2028" in planned.note
    assert not wiltshire.note
    assert east.group.neighbours == surrey.group.neighbours
    indicator, plans = east.load("indicator"), total_plans(east.load("ehcp_caseload"))
    with pytest.raises(NotAvailableError):  # rates do not add up: it has none
        compare.directions(indicator, east.load("area"), east.group)
    np.testing.assert_allclose(plans.loc["936E"], 0.4526 * plans.loc["936"])
    assert set(plans.index) - {east.code} == set(total_plans(surrey.load("ehcp_caseload")).index)


def test_the_record_of_a_successor_has_the_file_of_shares_with_its_hash(project):
    scenario = load_scenario(project, "baseline")
    east, surrey = (
        setting_of(Authority.open(name, project=project), scenario, []).inputs
        for name in ("East Surrey", "Surrey")
    )
    sha256 = hashlib.sha256((project.root / FILE).read_bytes()).hexdigest()
    assert [file["sha256"] for file in east if file["path"] == FILE] == [sha256]
    assert [file for file in east if file["path"] != FILE] == list(surrey)


def test_an_authority_of_several_parts_adds_counts_and_draws(invent):
    project = invent("successors:\n" + MERGED)
    both = Authority.open("Wiltshire and Swindon", as_of=2025, project=project)
    plans = total_plans(both.load("ehcp_caseload"))
    np.testing.assert_allclose(plans.loc["865M"], plans.loc["865"] + 0.5 * plans.loc["866"])
    assert not {"865", "866"} & set(both.group.neighbours)
    scenario = few_draws(Authority.open("865").project, 50)
    total, *parts = (
        forecast.project(each, scenario=scenario, horizon=2)
        for each in (both, *(part for part, _ in both.parts))
    )
    np.testing.assert_allclose(total.plans, parts[0].plans + 0.5 * parts[1].plans)
    low, high = total.ranges["low"].iloc[-1], total.ranges["high"].iloc[-1]
    ends = [part.ranges.iloc[-1][["low", "high"]].astype(float) for part in parts]
    assert high - low < np.diff(ends[0] + 0.5 * ends[1])[0]  # draws are added, not ends of ranges
