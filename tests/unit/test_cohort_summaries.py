"""What pages show of the cohort model, and the years ahead that it is read off."""

import numpy as np
import pandas as pd
import pytest

from invented_levers import with_levers
from sendlib.cohort import look_ahead
from sendlib.cohort.axes import AGE_BANDS
from sendlib.cohort.simulation import AGE, PLACE
from sendlib.cohort.summaries import (
    change_by_age_band,
    change_by_group,
    flows_between,
    flows_by_place,
    group_ranges,
    in_groups,
    room_of_groups,
    waiting_ranges,
)
from sendlib.errors import ParameterError
from sendlib.vocabulary import PLACE_GROUPS, AgeBand, labels

LEVELS = (0.1, 0.5, 0.9)
FULL = "independent_special"


@pytest.fixture(scope="module")
def full(base):
    """The baseline with no room for one child more in independent special schools."""
    return with_levers(base, {"cohort.capacities": ({"place": FULL, "room": {2026: 1}},)})


@pytest.fixture(scope="module")
def futures(study, full):
    return study.places(full).futures


def test_flows_of_the_last_year_lead_from_one_january_to_the_next(study):
    evidence = study.basis.evidence
    flows = flows_between(evidence, PLACE_GROUPS, joined="New", left="Gone")
    starts, ends = (flows.groupby(side)["value"].sum() for side in ("start", "end"))
    by_place = flows_by_place(evidence).set_index("place_type")
    whole = by_place.loc["total"]
    assert starts.drop("New").sum() == pytest.approx(whole["before"])
    assert (starts["New"], ends["Gone"]) == (whole["joined"], whole["left"])
    assert (flows["value"] > 0).all()
    for name, members in PLACE_GROUPS.items():
        now = by_place["before"] + by_place["joined"] + by_place["moved_in"]
        now = (now - by_place["moved_out"] - by_place["left"]).reindex(members).sum()
        assert ends.get(name, 0.0) == pytest.approx(now)


def test_flows_that_hide_small_counts_are_multiples_of_the_fewest(study):
    rounded = flows_between(study.basis.evidence, PLACE_GROUPS, joined="New", left="Gone", fewest=5)
    assert (rounded["value"] % 5 == 0).all()
    assert rounded["value"].min() >= 5


def test_groups_are_summed_in_each_draw_and_ranges_taken_last(futures):
    drawn = in_groups(futures, PLACE_GROUPS)
    assert np.array_equal(drawn.sum(axis=2), futures.total())
    first, members = next(iter(PLACE_GROUPS.items()))
    at = [futures.axes.places.index(place) for place in members]
    assert np.array_equal(drawn[:, :, 0], futures.by(PLACE)[:, :, at].sum(axis=2))
    ranges = group_ranges(futures, PLACE_GROUPS, LEVELS)
    last = ranges[ranges["name"] == first].iloc[-1]
    expected = np.quantile(drawn[:, -1, 0], LEVELS).tolist()
    assert last[["low", "middle", "high"]].tolist() == expected


def test_changes_are_those_from_the_first_january_to_the_last(futures):
    total = futures.total()[:, -1] - futures.total()[:, 0]
    by_age = futures.by(AGE)[:, -1] - futures.by(AGE)[:, 0]
    bands = change_by_age_band(futures, LEVELS).set_index("category")
    assert bands.index.tolist() == [labels(AgeBand)[band] for band in AGE_BANDS]
    for band, ages in AGE_BANDS.items():
        drawn = by_age[:, list(ages)].sum(axis=1)
        assert bands.loc[labels(AgeBand)[band]].tolist() == np.quantile(drawn, LEVELS).tolist()
    everyone = change_by_group(futures, {"All": futures.axes.places}, LEVELS)
    assert everyone.iloc[0].tolist() == ["All", *np.quantile(total, LEVELS)]


def test_who_is_turned_away_is_told_only_of_places_that_were_full(futures, study, base):
    waiting = waiting_ranges(futures, LEVELS)
    assert set(waiting["place_type"]) == {FULL}
    assert waiting["census_year"].tolist() == futures.census_years[1:]
    away = futures.turned_away[:, :, futures.axes.places.index(FULL)].sum(axis=2)
    assert waiting["middle"].tolist() == np.median(away, axis=0).tolist()
    assert waiting_ranges(study.places(base).futures, LEVELS).empty


def test_a_group_has_room_only_where_all_of_its_places_have_a_limit(full):
    groups = {"Full": (FULL,), "Both": (FULL, "mainstream")}
    rows = pd.DataFrame({"name": ["Full", "Full", "Both"], "census_year": [2025, 2027, 2027]})
    assert room_of_groups(full, groups, rows).fillna(-1).tolist() == [-1, 1, -1]


def test_too_few_draws_of_the_total_are_refused(study, base):
    short = np.full((99, 5), 5_000.0)
    with pytest.raises(ParameterError, match=r"99 draws\. Give 100 or more"):
        look_ahead(study.basis.evidence, study.basis.residents, scenario=base, totals=short)


def test_without_a_wider_area_rates_are_those_of_the_authority_alone(study, base):
    alone = look_ahead(study.basis.evidence, study.basis.residents, scenario=base)
    beside = look_ahead(
        study.basis.evidence, study.basis.residents, scenario=base, wider=study.basis.wider
    )
    assert (alone.futures.stock[:, 0] == beside.futures.stock[:, 0]).all()
    assert not np.array_equal(alone.futures.stock, beside.futures.stock)
