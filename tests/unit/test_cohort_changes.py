import numpy as np
import pytest

from error_codes import refuses
from invented_cohort import ORIGIN, invented_axes
from sendlib.cohort.levers import Levers, Redirection, lever_faults
from sendlib.cohort.steps import lay_out
from sendlib.errors import ScenarioError

AXES = invented_axes(2, 5)
YEARS = range(ORIGIN + 1, ORIGIN + 4)


def laid(axes=AXES, **given):
    return lay_out(Levers.model_validate(given), axes, YEARS)


def weights(**of):
    row = np.zeros((1, len(AXES.places)))
    for place, weight in of.items():
        row[0, AXES.place(place)] = weight
    return row


def sent(changes, year, row, flow="join"):
    made = changes.redirect(flow, year, np.array([10]), np.array([0]), row)[0]
    return {place: value for place, value in zip(AXES.places, made.tolist(), strict=True) if value}


def test_a_change_that_is_phased_grows_in_equal_steps_for_its_ages_and_needs_only():
    change = {"flow": "leave", "pct": 30, "from_year": ORIGIN + 1, "phased_over": 3}
    factors = laid(rate_changes=[change | {"ages": "16-19", "needs": ["semh"]}]).factors["leave"]
    assert factors[:, 16, 1, 0].tolist() == pytest.approx([1.1, 1.2, 1.3])
    assert (factors[:, [15, 20]] == 1).all()
    assert (factors[:, 16, 0] == 1).all()


def test_two_changes_of_one_rate_multiply():
    change = {"flow": "join", "pct": 50, "from_year": ORIGIN}
    assert (laid(rate_changes=[change, change]).factors["join"] == 2.25).all()


def test_a_redirected_share_leaves_one_place_for_another():
    record = {
        "flow": "join",
        "from_place": "independent_special",
        "to_place": "state_special",
        "share_pct": 25,
        "from_year": ORIGIN + 2,
    }
    changes = laid(redirections=[record])
    row = weights(independent_special=0.8, mainstream=0.2)
    assert sent(changes, 0, row) == {"independent_special": 0.8, "mainstream": 0.2}
    assert sent(changes, 1, row) == pytest.approx(
        {"independent_special": 0.6, "state_special": 0.2, "mainstream": 0.2}
    )
    assert sent(changes, 1, row, flow="move") == {"independent_special": 0.8, "mainstream": 0.2}


def test_shares_redirected_from_one_place_add_up_and_none_is_redirected_twice():
    pairs = [
        ("independent_special", "state_special", 60),
        ("independent_special", "mainstream", 40),
        ("state_special", "further_education", 100),
    ]
    changes = laid(
        redirections=[
            {
                "flow": "join",
                "from_place": first,
                "to_place": second,
                "share_pct": share,
                "from_year": ORIGIN,
            }
            for first, second, share in pairs
        ]
    )
    assert sent(changes, 0, weights(independent_special=1.0)) == pytest.approx(
        {"state_special": 0.6, "mainstream": 0.4}
    )


def test_more_than_all_of_a_stream_is_refused_with_the_age_and_january():
    def some(share, ages, **more):
        return Redirection(
            flow="join",
            from_place="independent_special",
            to_place="state_special",
            share_pct=share,
            from_year=ORIGIN + 1,
            ages=ages,
            **more,
        )

    rows = [some(60, "5-11"), some(50, "11-16", phased_over=2)]
    (fault,) = lever_faults({"cohort.redirections": [row.model_dump() for row in rows]})
    assert fault.wrong.code == "too_much_redirected"
    assert f"add up to 110% at age 11 in January {ORIGIN + 2}" in fault.wrong.found
    apart = [some(60, "5-10"), some(50, "11-16")]
    assert lever_faults({"cohort.redirections": [row.model_dump() for row in apart]}) == []


def test_the_limit_in_force_is_the_last_that_was_stated():
    room = {ORIGIN + 2: 100, ORIGIN + 3: 150}
    changes = laid(capacities=[{"place": "state_special", "room": room}])
    assert changes.room[:, AXES.place("state_special")].tolist() == [np.inf, 100, 150]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"capacities": [{"place": "neet", "room": {ORIGIN: 3}}]}, "no place neet"),
        ({"capacities": [{"place": "awaiting", "room": {ORIGIN: 3}}]}, "a limit on awaiting"),
    ],
)
def test_a_lever_that_does_not_fit_the_places_is_refused(given, found):
    with pytest.raises(ScenarioError, match=found):
        laid(**given)


def test_a_limit_is_refused_where_nobody_can_wait():
    with refuses(ScenarioError, "unknown_place", match="awaiting"):
        laid(invented_axes(1, 3), capacities=[{"place": "mainstream", "room": {ORIGIN: 3}}])


def test_a_lever_on_a_need_is_refused_where_needs_are_not_separate():
    change = {"flow": "leave", "pct": 5, "from_year": ORIGIN, "needs": ["asd"]}
    with refuses(ScenarioError, "change_with_needs"):
        laid(invented_axes(1, 5), rate_changes=[change])
