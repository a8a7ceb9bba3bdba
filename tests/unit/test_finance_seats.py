"""What added places save: signs, empty seats, and the share at which they pay for themselves."""

from dataclasses import replace

import pytest

from invented_money import YEARS, done
from sendlib.finance.seats import SeatYears, seats_by_scenario, seats_money


def opening(base, **more):
    record = {"place": "state_special", "seats": {2025: 40}, "displacement_strength": 1e9, **more}
    return replace(base, mitigations=(done("Places", "cohort.added_places", record),))


def saved_by(money, seats):
    return SeatYears.of(money, seats).saved


def run(model, scenario):
    return model.run(scenario), model.seats(scenario)


@pytest.fixture(scope="module")
def displaced(model, base):
    return run(model, opening(base, displacement_pct=100.0))


@pytest.fixture(scope="module")
def unmet(model, base):
    return run(model, opening(base, displacement_pct=0.0))


def test_a_seat_saves_if_it_replaces_an_independent_place_and_costs_if_not(displaced, unmet):
    assert (saved_by(*displaced)[:, 1:].mean(axis=0) > 0).all()
    assert (saved_by(*unmet)[:, 1:].mean(axis=0) < 0).all()


def test_at_the_break_even_share_nothing_is_saved(displaced, unmet):
    saved = [saved_by(*each).mean(axis=0)[-1] for each in (displaced, unmet)]
    share = saved[1] / (saved[1] - saved[0])  # where a line between the two crosses nought
    between = seats_money(*unmet).iloc[-1]
    assert 0 < between["break_even_share"] < between["break_even_mainstream_share"] < 1
    assert between["break_even_share"] == pytest.approx(share, abs=0.12)


def test_a_seat_costs_what_its_record_says_whether_it_is_filled_or_not(model, base):
    nobody = {"displacement_pct": 0.0, "waiting_pct": 0.0, "ages": "4", "needs": []}
    scenarios = [opening(base, running_gbp=gbp, **nobody) for gbp in (0.0, 10_000.0)]
    saved = [saved_by(*run(model, scenario)) for scenario in scenarios]
    seats = model.seats(scenarios[0])
    assert seats.empty[:, 1, 0].mean() > 10
    opened = seats.empty[..., 0] + seats.filled[:, :, 0].sum(axis=2)
    year = 5 / 12 * opened[:, 0] + 7 / 12 * opened[:, 1]
    assert (saved[0] - saved[1])[:, 1] == pytest.approx(10_000 * year)
    free, paid = (model.run(scenario).places[:, 1] for scenario in scenarios)
    assert paid - free == pytest.approx(10_000 * year)


@pytest.mark.parametrize("seats", [1, 40])
def test_no_year_is_shown_before_a_seat_is_open(model, base, seats):
    later = seats_money(*run(model, opening(base, seats={2026: seats}, displacement_pct=50.0)))
    assert later["financial_year"].tolist() == list(YEARS)[1:]


def test_the_table_tells_the_chance_and_none_without_seats(model, base, displaced):
    table = seats_money(*displaced)
    assert table["financial_year"].tolist() == list(YEARS)
    assert table["chance that it saves"].iloc[-1] == "more than 99%"
    none = seats_money(*run(model, base))
    assert none.empty
    assert "adds no places" in none.attrs["why"]
    runs = {"none": run(model, base)[0], "some": displaced[0]}
    both = seats_by_scenario(runs, model.seats)
    assert both["scenario"].tolist() == [base.name] * len(YEARS)
    assert table["filled"].iloc[-1] + table["empty"].iloc[-1] == pytest.approx(40)
    assert table["independent avoided"].iloc[-1] == pytest.approx(table["filled"].iloc[-1], abs=1)
