"""Whether places run short, the least that must open, and where children are taught."""

import math

import numpy as np
import pytest

from invented_levers import with_levers
from sendlib import cohort
from sendlib.cohort.seats import INDEPENDENT, OUT_OF_SCHOOL
from sendlib.cohort.sufficiency import BASES, MAINSTREAM, MOST_SHORT, SPECIAL

SEATS = {"place": "state_special", "seats": {2025: 40, 2027: 200}, "displacement_strength": 50.0}


@pytest.fixture(scope="module")
def projections(model, base):
    levers = [
        {},
        {"cohort.added_places": (SEATS,)},
        {"cohort.capacities": ({"place": "state_special", "room": {2026: 1300}},)},
    ]
    return [model.places(with_levers(base, each)) for each in levers]


def of(frame, kind):
    return frame[frame["kind of place"] == kind].set_index("september")


def test_the_chance_is_the_share_of_draws_that_need_more_than_is_open(projections):
    plain = projections[0]
    chances = of(cohort.sufficiency(plain), SPECIAL)
    used = plain.simulation.by(cohort.PLACE)[..., plain.simulation.axes.place("state_special")]
    assert chances["open"].unique().tolist() == [used[0, 0]]
    assert chances["chance_short"].tolist() == pytest.approx(
        (used[:, 1:6] > used[0, 0]).mean(axis=0).tolist()
    )
    spare = cohort.sufficiency(plain, unfilled=1e6)
    assert not of(spare, MAINSTREAM)["chance_short"].any()
    assert of(spare, SPECIAL).equals(chances)
    known, unknown = (cohort.sufficiency(plain, unfilled=each) for each in (50.0, math.nan))
    assert "50 unfilled places" in known.attrs["notes"][0]
    assert "unfilled" not in unknown.attrs["notes"][0]


def test_planned_places_are_open_and_do_not_raise_what_is_needed(projections):
    plain, opened, limited = (of(cohort.sufficiency(each), SPECIAL) for each in projections)
    added = opened["open"] - plain["open"]
    assert added.tolist() == [40, 40, 200, 200, 200]
    assert (opened["chance_short"] < plain["chance_short"]).all()
    assert opened["middle"].to_numpy() == pytest.approx(plain["middle"].to_numpy(), rel=0.02)
    assert limited["open"].unique().tolist() == [1300]


def test_the_programme_keeps_a_shortfall_below_its_chance_and_no_smaller_one_does(projections):
    plain = projections[0]
    programme = cohort.least_programme(plain)
    used = plain.simulation.by(cohort.PLACE)[..., plain.simulation.axes.place("state_special")]
    own = of(programme, SPECIAL)
    more = own["to_open"].to_numpy()
    short = (used[:, 1:6] > used[0, 0] + more).mean(axis=0)
    assert (short < MOST_SHORT).all()
    assert ((used[:, 1:6] > used[0, 0] + more - 1).mean(axis=0) >= MOST_SHORT)[more > 0].any()
    assert (np.diff(more) >= 0).all()
    assert own["capital_gbp"].sum() == pytest.approx(50_000 * more[-1])
    assert own["running_gbp"].iloc[-1] == pytest.approx(10_000 * more[-1])
    assert set(programme["kind of place"]) == {SPECIAL, BASES}
    after = of(cohort.least_programme(projections[1]), SPECIAL)["to_open"].to_numpy()
    assert (after < more)[more > 0].all()


def test_where_children_are_taught_is_as_published(wiltshire):
    load = wiltshire.load
    taught = cohort.where_taught(load)
    row = taught.set_index(["area_code", "financial_year"]).loc[("865", "2023-24")]
    assert row["net_imports"] * 6000 == -2_292_000  # the adjustment, as published
    assert row["own_children"] == 1067
    assert row["special_academy_places"] == 387
    england = taught[taught["area_code"].str.startswith("E")].set_index("financial_year")
    rest = taught[taught["area_code"].str.isdigit()].groupby("financial_year")["net_imports"].sum()
    assert england["net_imports"].to_dict() == pytest.approx(rest.to_dict())
    assert cohort.describe_where_taught(taught, "865").count("382") == 1
    assert cohort.describe_where_taught(taught, "000") == ""
    assert cohort.unfilled_mainstream(load, "865", january=2026) == 20_252
    assert np.isnan(cohort.unfilled_mainstream(load, "865", january=2020))


def test_added_places_are_filled_or_empty_and_their_children_come_from_somewhere(projections):
    opened = projections[1]
    rows = cohort.added_places(opened)
    assert rows["census_year"].tolist() == list(opened.simulation.census_years[1:])
    assert (rows["filled"] + rows["empty"]).tolist() == pytest.approx(rows["open"].tolist())
    assert rows["open"].max() == 200
    seats = opened.simulation.seats
    assert rows["queue"].tolist() == np.median(seats.queue[..., 0], axis=0).tolist()
    otherwise = {
        name: seats.filled[:, :, 0, np.isin(opened.simulation.axes.places, places)].sum(axis=2)
        for name, places in (("independent", INDEPENDENT), ("out", OUT_OF_SCHOOL))
    }
    low = np.quantile(otherwise["independent"], opened.levels[0], axis=0)
    assert rows["from independent, low"].tolist() == low.tolist()
    assert rows["out of school before"].tolist() == otherwise["out"].mean(axis=0).tolist()
    whole = rows[["from independent", "out of school before", "in mainstream before"]].sum(axis=1)
    assert (whole <= rows["filled"] + 3).all()  # a middle and two means
    assert rows["filled"].iloc[-1] > 0


def test_a_scenario_without_places_says_so(projections):
    rows = cohort.added_places(projections[0])
    assert rows.empty
    assert "adds no places" in rows.attrs["why"]
    assert rows.attrs["what"].startswith("places that open")
