from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_panel import NORTH, RESPONSE, invented_panel, shaken
from sendlib.errors import NotBuiltError
from sendlib.forecast import place_scores
from sendlib.forecast.draws import DrawSettings
from sendlib.forecast.fits import (
    fit_history,
    fit_place_history,
    national_place_fits,
    newest_fit,
    store_place_fits,
)
from sendlib.forecast.place_model import draw_shares, fit_places
from sendlib.forecast.places import KINDS, PlaceCounts, start_of

STATE, OTHER = KINDS.index("State special school"), len(KINDS) - 1
LAST = 2022


@pytest.fixture(scope="module")
def panel():
    return invented_panel(40, last=LAST)


@pytest.fixture(scope="module")
def fits(panel):
    return fit_place_history(panel.places)


def caseload(rows):
    columns = ["area_code", "census_year", "place_type", "plans"]
    everyone = {"age_band": "total", "primary_need": "total"}
    frame = pd.DataFrame(rows, columns=columns).assign(**everyone)
    status = frame["plans"].isna().map({True: "not_available", False: "reported"})
    return frame.assign(value_status=status)


def counts_of(**plans):
    """Two Januaries of two authorities, mainstream and the places named."""
    rows = [
        (code, year, place, by_year[at])
        for code in ("801", "802")
        for place, by_year in {"mainstream": (900.0, 900.0), **plans}.items()
        for at, year in enumerate((2023, 2024))
        if by_year[at] is not None
    ]
    return caseload(rows)


def test_a_kind_compares_only_where_both_januaries_count_its_places():
    counts = PlaceCounts.from_caseload(counts_of(neet=(10, 10), not_recorded=(None, 5)))
    assert counts.same_places[1].tolist() == [True] * 6 + [False]


def test_home_education_was_counted_elsewhere_in_the_same_kind():
    counts = PlaceCounts.from_caseload(counts_of(elective_home_education=(None, 5), eotas=(9, 5)))
    assert counts.same_places[1].all()


def test_an_authority_that_left_out_one_place_starts_from_its_january_before_or_its_region():
    rows = counts_of(neet=(10, 10))
    lacking = (rows["area_code"] == "802") & (rows["place_type"] == "neet")
    last = lacking & (rows["census_year"] == 2024)
    once = PlaceCounts.from_caseload(rows.assign(plans=rows["plans"].mask(last)))
    assert np.array_equal(start_of(once, {}, "802", 2024)[0], once.at(2023)[1])
    counts = PlaceCounts.from_caseload(rows.assign(plans=rows["plans"].mask(lacking)))
    assert np.isnan(counts.at(2024)[1]).all()
    own, told = start_of(counts, {"801": NORTH, "802": NORTH}, "802", 2024)
    assert np.array_equal(own, counts.at(2024)[0])
    assert "its region" in told
    assert start_of(counts, {}, "801", 2024)[1] == ""


def test_plans_without_a_place_are_where_the_others_are():
    counts = PlaceCounts.from_caseload(counts_of(state_special=(50, 50), not_recorded=(0, 100)))
    plans, share = counts.plans.copy(), counts.not_recorded.copy()
    plans[0, 1, OTHER], share[0, 1] = 0.0, 0.0
    three = replace(counts, plans=plans, not_recorded=share).only(["801", "802", "801"])
    start = three.start(2024)[1]
    assert three.without_place(2024).tolist() == [False, True, False]
    assert start.tolist() == pytest.approx([1050 * 900 / 950, 0, 1050 * 50 / 950, 0, 0, 0, 0])
    assert "no place recorded" in start_of(three, {}, "802", 2024)[1]


def test_kinds_recoded_into_one_another_are_found():
    counts = PlaceCounts.from_caseload(
        counts_of(state_special=(300, 100), resourced_provision=(20, 210), neet=(20, 60))
    )
    found = {KINDS[kind] for kind in np.flatnonzero(counts.recoded(2024)[0])}
    assert found == {"State special school", "Resourced provision or unit"}


@pytest.mark.parametrize(("came", "kinds"), [(155, 0), (145, 2), (70, 2), (65, 0)])
def test_kinds_are_recoded_where_neither_moved_by_over_half_as_much_again(came, kinds):
    """A hundred plans left one kind; as many, or few or many more, came to the other."""
    moved = counts_of(state_special=(300, 200), resourced_provision=(20, 20 + came))
    assert PlaceCounts.from_caseload(moved).recoded(2024)[0].sum() == kinds


def test_the_response_to_growth_is_found(fits):
    assert fits[LAST].response[STATE] == pytest.approx(RESPONSE, abs=0.15)
    assert fits[LAST].authorities == 40


def test_nothing_after_an_origin_changes_its_fit(panel):
    for known in (panel, shaken(panel, 2020)):
        fit = fit_places(known.places.up_to(2020))
        assert fit.response == pytest.approx(fit_places(panel.places.up_to(2020)).response)


def shares(fits, panel, growth, areas=("801", "802")):
    start = panel.places.only(areas).start(LAST)
    return draw_shares(fits[LAST], areas, start, growth, seed=3)


def test_shares_add_up_and_an_authority_alone_has_the_same_draws(fits, panel):
    growth = np.full((2, 50, 4), 0.1).cumsum(axis=2)
    both = shares(fits, panel, growth)
    assert both.sum(axis=3) == pytest.approx(np.ones((2, 50, 4)))
    assert np.array_equal(shares(fits, panel, growth[1:], ["802"])[0], both[1])
    assert shares(fits, panel, growth[..., :2]) == pytest.approx(both[:, :, :2])


def test_draws_in_which_plans_grow_faster_have_a_smaller_share_in_state_special(fits, panel):
    slow, fast = (shares(fits, panel, np.full((2, 200, 1), growth)) for growth in (0.05, 0.15))
    change = np.log(fast[..., STATE] / slow[..., STATE])
    assert np.median(change) == pytest.approx(RESPONSE * 0.1, abs=0.025)


def test_a_small_authority_is_less_sure(fits, panel):
    growth = np.full((1, 400, 1), 0.1)
    start = panel.places.only(["801"]).start(LAST)
    small, large = (
        np.log(draw_shares(fits[LAST], ["801"], start * size, growth, seed=3))[..., STATE].std()
        for size in (0.02, 50)
    )
    assert small > 1.05 * large


def test_fits_are_stored_and_read(fits, tmp_path):
    path = tmp_path / "fits.json"
    store_place_fits(fits, [], path)
    read = national_place_fits(path)
    assert list(read) == list(fits)
    assert read[LAST].widths == pytest.approx(fits[LAST].widths, rel=1e-4)
    assert read[LAST].volatility["801"] == pytest.approx(fits[LAST].volatility["801"], abs=1e-3)
    path.write_text(path.read_text().replace(KINDS[0], "Somewhere"))
    with refuses(NotBuiltError, "fits_unusable"):
        national_place_fits(path)
    assert newest_fit(fits, 2017) is None
    assert newest_fit(fits, 2030) is fits[LAST]


@pytest.fixture(scope="module")
def scores(panel, fits):
    settings = DrawSettings(draws=200, seed=1, ceiling=0.5)
    plans = fit_history(panel, ceiling=0.5)
    return place_scores.score_places(panel, plans, fits, settings)


def test_scores_hold_every_method_on_the_same_forecasts(scores):
    counted = scores[scores["by"] == "all"].pivot(
        index="method", columns="horizon", values="forecasts"
    )
    assert list(counted.index.sort_values()) == sorted(place_scores.RULES)
    assert (counted.nunique() == 1).all()
    by_kind = scores[(scores["by"] == "kind") & (scores["method"] == "model")]
    assert by_kind["forecasts"].sum() == counted.loc["model"].sum()


def test_on_counts_of_its_own_kind_the_range_holds_and_is_narrower(scores):
    first = scores[(scores["by"] == "all") & (scores["horizon"] == 1)].set_index("method")
    assert 0.7 < first.loc["model", "covered_80"] < 0.93
    assert first["score_pct"].drop("england").idxmin() == "model"  # its growth is that of all


def test_few_areas_of_a_newest_january_stand_apart(panel, fits):
    few = panel.plans[LAST].where(panel.plans.index.isin(["801", "802"]))
    plans = panel.plans.copy()
    plans[LAST] = few
    partial = replace(panel, plans=plans)
    assert partial.last_full == LAST - 1
    known = partial.up_to(LAST - 1)
    settings = DrawSettings(draws=50, seed=1, ceiling=0.5)
    scores = place_scores.score_places(partial, fit_history(known, ceiling=0.5), fits, settings)
    apart = scores[scores["by"] == "new January"]
    assert set(apart["horizon"]) == {1}
    assert apart.loc[apart["name"] == "all", "forecasts"].item() > 2 * len(KINDS) - 4


def test_scores_that_are_written_are_a_small_table_of_four_decimals(tmp_path):
    path = tmp_path / "scores.csv"
    scores = pd.DataFrame({"name": ["all"], "score_pct": [1.23456]})
    place_scores.store_place_scores(scores, path)
    assert path.read_bytes() == b"name,score_pct\nall,1.2346\n"


def test_the_scorecard_of_a_page_has_a_row_for_each_kind_and_validated_year():
    card = place_scores.place_scorecard()
    assert card["kind of place"].unique().tolist() == list(KINDS)
    assert card["years_ahead"].tolist() == [1, 2, 3] * len(KINDS)
    state = card[card["kind of place"] == KINDS[STATE]]
    assert (state["score_pct"] < state["rule_score_pct"]).all()
    assert state["inside 8 in 10, share"].between(0.72, 0.88).all()
