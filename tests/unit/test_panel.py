"""The main levers turned by hand: what they lead to, and saving them."""

import pytest

from conftest import ROOT
from error_codes import refuses
from sendlib import panel
from sendlib.errors import ScenarioError
from sendlib.finance.levers import CHECKERS
from sendlib.project import BRIEFING_VARIABLE
from sendlib.scenarios import load_scenario, with_value

ORIGIN, THRESHOLD_GBP = 2025, 2.9e8
REQUESTS, ENDED = "Requests for an assessment", "Plans that end"
REDIRECTED = "State special, not independent special"
PRICES, TRANSFER = "Growth of unit costs", "Transfer from the schools block"
ALLOCATION, GRANT = "Growth of the allocation", "Approval of the stability grant"
SHIPPED = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yml"))


@pytest.fixture(scope="module")
def baseline(project):
    return load_scenario(project, "baseline")


@pytest.fixture(scope="module")
def among(baseline):
    return panel.sliders(baseline, origin=ORIGIN)


@pytest.fixture(scope="module")
def read(model, baseline, among):
    """Read off what the panel shows with some sliders at other values."""

    def read(**values):
        turned = panel.with_values(
            baseline, among, {NAMES[short]: to for short, to in values.items()}
        )
        return panel.run(model, turned)

    return read


NAMES = {
    "requests": REQUESTS,
    "ended": ENDED,
    "redirected": REDIRECTED,
    "prices": PRICES,
    "transfer": TRANSFER,
    "allocation": ALLOCATION,
    "grant": GRANT,
}


@pytest.fixture
def save(own_scenarios, baseline, among):
    def save(values, slug="by_hand", **more):
        return panel.save(
            own_scenarios, baseline, panel.with_values(baseline, among, values), slug=slug, **more
        )

    return save


def named(among, name):
    return next(slider for slider in among if slider.change.name == name)


def test_a_slider_stands_where_its_lever_stands_and_goes_no_further_than_it(baseline, among):
    growth = named(among, "Growth of unit costs in the long run")
    assert growth.start == baseline.value("finance.price_fades_to_pct")
    for slider in among:
        assert slider.least <= slider.start <= slider.most
        for end in (slider.least, slider.most):
            slider.applied(baseline, end)


def test_a_slider_reaches_a_lever_that_stands_beyond_its_declared_end(baseline):
    far = with_value(baseline, "forecast.requests_pct", -80.0)
    slider = named(panel.sliders(far, origin=ORIGIN), REQUESTS)
    assert (slider.least, slider.start) == (-80, -80)


def test_a_slider_says_its_unit_and_from_when_it_acts(among):
    label = named(among, TRANSFER).label
    assert label == "Transfer from the schools block, % of the block, from 2027"
    assert named(among, REQUESTS).label.endswith("% more or fewer")


def test_sliders_that_stay_change_nothing(baseline, among):
    assert (
        panel.with_values(baseline, among, {each.change.name: each.start for each in among})
        is baseline
    )


def test_a_value_reached_in_steps_stays_without_the_error_of_the_steps(baseline, among):
    turned = panel.with_values(baseline, among, {TRANSFER: 0.1 + 0.2})
    assert turned.value("finance.transfer_pct")[2027] == 0.3


def test_a_value_beyond_the_limits_of_the_lever_is_refused(baseline, among):
    with refuses(ScenarioError, "value_out_of_range", match="0 to 100"):
        panel.with_values(baseline, among, {GRANT: 120})


@pytest.mark.parametrize(
    ("short", "value", "more"),
    [
        ("requests", -20, False),
        ("ended", -20, True),
        ("redirected", 50, False),
        ("prices", 1, True),
        ("transfer", 0.5, False),
        ("allocation", 2, False),
    ],
)
def test_a_lever_moves_the_deficit_the_way_that_it_should(read, short, value, more):
    moved, still = read(**{short: value}), read()
    moved, still = (panel.mean_deficits(each)["before support"] for each in (moved, still))
    assert (moved > still) is more
    assert moved != pytest.approx(still, rel=1e-6)


def test_the_grant_moves_only_what_is_left_to_the_council(read):
    moved, still = read(grant=100), read()
    before, left = (
        [panel.mean_deficits(each)[what] for each in (moved, still)]
        for what in ("before support", "left to the council")
    )
    assert before[0] == before[1]
    assert left[0] < left[1]
    said = panel.describe(moved, threshold_gbp=THRESHOLD_GBP, start=still)
    assert "less left to the council than in the scenario as it stands" in said
    assert "less before support" not in said


def test_the_line_of_words_gives_the_range_and_the_chance(read):
    still = read()
    said = panel.describe(still, threshold_gbp=THRESHOLD_GBP)
    assert said.startswith("Deficit at 31 March 2028 before further support: between £")
    passed = still.before.chance_below(-THRESHOLD_GBP)["2027-28"]
    assert 0 < passed < 1
    assert f"the chance of more than £290.0m is {100 * passed:.0f}%" in said


def test_a_scenario_against_itself_is_as_it_stands(read):
    said = panel.describe(read(), threshold_gbp=THRESHOLD_GBP, start=read())
    assert said.endswith("as in the scenario as it stands.")


def test_a_reading_is_the_same_each_time(read):
    assert panel.mean_deficits(read(requests=-7)) == panel.mean_deficits(read(requests=-7))


def test_the_chart_has_its_numbers_and_reaches_as_far_as_is_asked(read):
    moved = read(prices=-2)
    chart = panel.draw(moved, threshold_gbp=THRESHOLD_GBP)
    assert all(year in chart.alt for year in moved.financial_years)
    assert chart.numbers.values["middle"].notna().all()
    same, further = (
        panel.draw(moved, threshold_gbp=THRESHOLD_GBP, reach_gbp=(0.0, top)) for top in (1e6, 9e9)
    )
    assert same._repr_html_() == chart._repr_html_()
    assert further._repr_html_() != chart._repr_html_()


def test_on_a_page_that_is_being_made_nothing_runs(baseline, project, monkeypatch):
    monkeypatch.setenv(BRIEFING_VARIABLE, "1")
    shown = panel.show(None, baseline, threshold_gbp=THRESHOLD_GBP, project=project)
    assert "JupyterLab" in shown._repr_html_()


def test_what_is_saved_reads_back_as_what_was_set(own_scenarios, save, baseline, among):
    values = {REQUESTS: -10, REDIRECTED: 30, TRANSFER: 0.5, ALLOCATION: 1}
    path = save(values)
    assert path == own_scenarios.scenarios / "by_hand.yml"
    again = load_scenario(own_scenarios, "by_hand", checkers=CHECKERS)
    turned = panel.with_values(baseline, among, values)
    for lever in baseline.assumptions:
        assert again.value(lever) == turned.value(lever)
    assert again.name == "By hand"
    assert again.value("cohort.draws") == baseline.value("cohort.draws")


def test_what_is_saved_keeps_the_mitigations_of_the_scenario_it_starts_from(own_scenarios):
    start = load_scenario(own_scenarios, "more_local_places")
    among = panel.sliders(start, origin=ORIGIN)
    panel.save(own_scenarios, start, panel.with_values(start, among, {REDIRECTED: 10}), slug="more")
    again = load_scenario(own_scenarios, "more", checkers=CHECKERS)
    assert again.mitigations == start.mitigations
    assert len(again.value("cohort.redirections")) == len(start.value("cohort.redirections")) + 2


def test_a_scenario_is_replaced_only_when_that_is_asked(own_scenarios, save):
    save({REQUESTS: -10})
    with refuses(ScenarioError, "scenario_exists"):
        save({REQUESTS: -20})
    save({REQUESTS: -20}, overwrite=True)
    assert load_scenario(own_scenarios, "by_hand").value("forecast.requests_pct") == -20


def test_nothing_is_saved_when_no_lever_was_moved(own_scenarios, save):
    with refuses(ScenarioError, "no_lever_moved"):
        save({})
    assert not (own_scenarios.scenarios / "by_hand.yml").exists()


@pytest.mark.parametrize("slug", SHIPPED)
def test_every_slider_of_a_shipped_scenario_ends_where_its_lever_is_valid(project, slug):
    chosen = load_scenario(project, slug)
    for slider in panel.sliders(chosen, origin=ORIGIN):
        for end in (slider.least, slider.most):
            assert slider.change.is_valid(chosen, end), f"{slider.change.name} at {end}"


def test_a_slider_ends_where_the_scenario_has_taken_the_rest_of_the_stream(project):
    chosen = load_scenario(project, "safety_valve_2024")
    slider = named(panel.sliders(chosen, origin=ORIGIN), REDIRECTED)
    assert 0 < slider.most < 100
    assert not slider.change.is_valid(chosen, slider.most + 1)
