"""What pages show of the cohort model, and the years ahead that it is read off."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_levers import with_levers
from sendlib.authority import Authority
from sendlib.cohort import (
    Inputs,
    account,
    bridge,
    change_by_age,
    change_by_place,
    describe_growth,
    describe_moves,
    describe_places,
    describe_turned_away,
    describe_year,
    flows_by_place,
    move_notes,
    moves,
    origin_banner,
    places_at_the_end,
    places_needed,
)
from sendlib.cohort.axes import AGE_BANDS
from sendlib.cohort.projection import project as project_places
from sendlib.cohort.simulation import AGE, PLACE
from sendlib.cohort.summaries import moved_share, turned_away
from sendlib.errors import ParameterError
from sendlib.vocabulary import PLACE_GROUPS, AgeBand, PlaceType, labels

FULL = "independent_special"


@pytest.fixture(scope="module")
def full(base):
    """The baseline with no room for one child more in independent special schools."""
    return with_levers(base, {"cohort.capacities": ({"place": FULL, "room": {2026: 1}},)})


@pytest.fixture(scope="module")
def projection(model, full):
    return model.places(full)


@pytest.fixture(scope="module")
def simulation(projection):
    return projection.simulation


@pytest.fixture(scope="module")
def own(model):
    """The same caseload as if it came from the authority's own records."""
    return replace(
        model.caseload, published=None, evidence=replace(model.caseload.evidence, kind="own")
    )


def test_flows_of_the_last_year_lead_from_one_january_to_the_next(model):
    flows = moves(model.caseload).set_index("from").fillna(0.0)
    by_place = flows_by_place(model.caseload.evidence).set_index("place_type")
    total = by_place.loc["total"]
    assert flows.drop(index="No plan").sum(axis=None) == pytest.approx(total["before"], abs=30)
    assert flows.loc["No plan"].sum() == pytest.approx(total["joined"], abs=5)
    assert flows["No plan"].sum() == pytest.approx(total["left"], abs=5)
    for name, members in PLACE_GROUPS.items():
        now = by_place["before"] + by_place["joined"] + by_place["moved_in"]
        now = (now - by_place["moved_out"] - by_place["left"]).reindex(members).sum()
        assert flows.get(name, pd.Series(0.0)).sum() == pytest.approx(now, abs=5)  # rounded


def test_groups_are_summed_in_each_draw_and_ranges_taken_last(projection, simulation):
    needed = places_needed(projection).set_index(["name", "census_year"])
    first, members = next(iter(PLACE_GROUPS.items()))
    at = [simulation.axes.places.index(place) for place in members]
    drawn = simulation.by(PLACE)[:, -1, at].sum(axis=1)
    last = needed.loc[(first, simulation.census_years[-1]), ["low", "middle", "high"]]
    assert last.tolist() == np.quantile(drawn, projection.levels).tolist()


def test_changes_are_those_from_the_first_january_to_the_last(projection, simulation):
    levels = projection.levels
    by_age = simulation.by(AGE)[:, -1] - simulation.by(AGE)[:, 0]
    bands = change_by_age(projection).set_index("category")
    assert bands.index.tolist() == [labels(AgeBand)[band] for band in AGE_BANDS]
    for band, ages in AGE_BANDS.items():
        drawn = by_age[:, list(ages)].sum(axis=1)
        assert bands.loc[labels(AgeBand)[band]].tolist() == np.quantile(drawn, levels).tolist()
    kinds = change_by_place(projection).set_index("category")
    assert list(kinds.index) == list(PLACE_GROUPS)
    special = "State special school"
    change = simulation.by(PLACE)[:, -1] - simulation.by(PLACE)[:, 0]
    drawn = change[:, np.isin(simulation.axes.places, PLACE_GROUPS[special])].sum(axis=1)
    assert kinds.loc[special].tolist() == np.quantile(drawn, levels).tolist()
    most = bands["middle"].idxmax()
    outside = pd.DataFrame({"category": ["Not in school or college"], "middle": [6.0]})
    assert describe_growth(outside, "in") == "The most growth is outside school or college: +6"
    assert describe_growth(bands.reset_index(), "at ages").startswith(
        f"The most growth is at ages {most[:1].lower()}{most[1:]}: +"
    )


def test_who_is_turned_away_is_reported_only_of_places_that_were_full(projection, model, base):
    away, simulation = turned_away(projection), projection.simulation
    assert set(away["kind of place"]) == {labels(PlaceType)[FULL]}
    assert away["census_year"].tolist() == simulation.census_years[1:]
    drawn = simulation.turned_away[:, :, simulation.axes.places.index(FULL)].sum(axis=2)
    assert away["middle"].tolist() == np.median(drawn, axis=0).tolist()
    last = away.iloc[-1]
    assert f"{last['low']:,.0f} to {last['high']:,.0f}." in describe_turned_away(projection)
    without = model.places(base)
    assert turned_away(without).empty
    assert describe_turned_away(without) == ""


def test_places_needed_begin_with_the_count_and_end_at_the_limit(projection, model, base):
    needed = places_needed(model.places(base))
    first = needed[needed["census_year"] == model.caseload.origin]
    assert first["counted"].sum() == model.caseload.evidence.stock.sum()
    assert first[["low", "middle", "high"]].isna().all(axis=None)
    assert (needed["limit"] == needed["now"]).all()
    assert needed.attrs["limit"] == "in use now"
    said = describe_places(model.places(base), needed, "State special school")
    end = needed[needed["name"] == "State special school"].iloc[-1]
    more = f"{max(end['low'] - end['now'], 0):,.0f} to {end['high'] - end['now']:,.0f}"
    assert f"State special school: {more} more places" in said
    limited = places_needed(projection, {"Full": (FULL,)})
    assert limited.attrs["limit"] == "room"
    assert limited["limit"].dropna().tolist() == [1.0] * (len(limited) - 1)


def test_every_kind_of_place_is_shown_at_the_end_but_not_of_own_records(projection, own):
    shown = places_at_the_end(projection).set_index("kind of place")
    special = labels(PlaceType)["state_special"]
    at = projection.simulation.axes.places.index("state_special")
    drawn = projection.simulation.by(PLACE)[:, -1, at]
    ends = shown.loc[special, ["low", "middle", "high"]].tolist()
    assert ends == np.quantile(drawn, projection.levels).round().tolist()
    hidden = places_at_the_end(replace(projection, inputs=own))
    assert hidden.empty
    assert "too small" in hidden.attrs["why"]


def test_a_bridge_leads_from_one_january_to_the_next(model, own):
    steps = bridge(model.caseload)
    assert steps["kind"].tolist() == ["total", *["step"] * 4, "total"]
    assert steps["category"].tolist()[1:5] == [
        "New plans",
        "Other arrivals",
        "Plans that ended",
        "Other departures",
    ]
    assert steps["value"].iloc[:-1].sum() == pytest.approx(steps["value"].iloc[-1])
    assert steps["value"].iloc[-1] == pytest.approx(model.caseload.evidence.stock.sum(), abs=1)
    said = describe_year(model.caseload)
    assert f"from {steps['value'].iloc[0]:,.0f} to {steps['value'].iloc[-1]:,.0f}" in said
    assert f"at least {moved_share(model.caseload):.1%}" in said
    rounded = bridge(own)
    assert (rounded["value"] % own.minimum_count == 0).all()
    assert rounded["value"].iloc[:-1].sum() == rounded["value"].iloc[-1]
    assert abs(rounded["value"].iloc[-1] - own.evidence.stock.sum()) < 5 * len(PLACE_GROUPS)
    again = bridge(own.rounded(b""))
    assert again["value"].tolist() == rounded["value"].tolist()


def test_moves_are_a_square_of_places_whose_diagonal_stayed(model, own):
    made = moves(model.caseload).set_index("from")
    assert made.index[-1] == made.columns[-1] == "No plan"
    assert np.isnan(made.loc["No plan", "No plan"])
    inside = made.drop(index="No plan", columns="No plan")
    stayed = sum(inside.loc[name, name] for name in inside.index)
    moved = 1 - stayed / inside.sum(axis=None)
    assert moved == pytest.approx(moved_share(model.caseload), abs=0.005)
    shown = moves(own).set_index("from").stack().dropna()
    assert (shown % own.minimum_count == 0).all()
    assert len(move_notes(own)) == len(move_notes(model.caseload)) + 1


def test_an_account_adds_up_by_kind_of_place_and_is_withheld_of_own_records(model, own):
    rows = account(model.caseload)
    assert rows.columns[0] == account(own).columns[0] == "kind of place"
    came = rows[["new plans", "other arrivals", "moved in"]].sum(axis=1)
    went = rows[["moved out", "ended", "other departures"]].sum(axis=1)
    before, now = (rows.filter(regex="January").iloc[:, n] for n in (0, 1))
    assert ((before + came - went - now).abs() <= 3).all()  # rounded
    assert account(own).empty


def test_a_page_says_whose_records_it_rests_on(model, own):
    assert str(origin_banner(model.caseload)._repr_html_()) == ""
    assert 'data-origin="own"' in origin_banner(own)._repr_html_()
    invented = replace(own, evidence=replace(own.evidence, kind="synthetic"))
    assert "invented" in origin_banner(invented)._repr_html_()
    assert "own records" in describe_moves(own)
    assert "fewest" in describe_moves(model.caseload)


def test_a_group_has_room_only_where_all_of_its_places_have_a_limit(projection):
    needed = places_needed(projection, {"Full": (FULL,), "Both": (FULL, "mainstream")})
    limit = needed.set_index(["name", "census_year"])["limit"]
    assert limit["Full"].fillna(-1).tolist() == [-1] + [1] * (len(limit["Full"]) - 1)
    assert limit["Both"].isna().all()


def test_too_few_draws_of_the_total_are_refused(model, base):
    short = np.full((99, 5), 5_000.0)
    with refuses(ParameterError, "too_few_draws", match=r"\b99\b.*\b100\b"):
        project_places(model.caseload, scenario=base, totals=short)


def test_without_a_parent_area_rates_are_those_of_the_authority_alone(model, base):
    alone = project_places(replace(model.caseload, parent=None), scenario=base).simulation
    pooled = project_places(model.caseload, scenario=base).simulation
    assert (alone.stock[:, 0] == pooled.stock[:, 0]).all()
    assert not np.array_equal(alone.stock, pooled.stock)


def test_inputs_are_gathered_from_an_authority_and_another_caseload_is_refused(project):
    authority = Authority.open("865", as_of=2025, project=project)
    inputs = Inputs.of(authority, horizon=2)
    assert (inputs.area_code, inputs.origin, len(inputs.residents)) == ("865", 2025, 2)
    assert inputs.source.endswith("Moves worked out by sendlib.")
    with pytest.raises(ParameterError, match="caseload"):
        Inputs.of(authority, horizon=2, caseload="mine")
