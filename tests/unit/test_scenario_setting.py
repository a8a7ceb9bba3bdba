"""One lever set without a file."""

import pytest

from sendlib.errors import ScenarioError
from sendlib.scenarios import with_value


@pytest.mark.parametrize(
    ("lever", "value", "told"),
    [
        ("finance.price_pionts", 1, "price_points"),
        ("finance.price_points", 99, "-10 to 15"),
        ("finance.price_points", "much", "Give a number"),
        ("finance.price_points", float("nan"), "finite"),
        ("forecast.seed", 1.5, "a whole number"),
        ("finance.transfer_pct", {2060: 1.0}, "2060"),
        ("finance.transfer_pct", {2026: 7.0}, "0 to 5"),
    ],
)
def test_a_value_that_a_lever_does_not_take_is_refused(base, lever, value, told):
    with pytest.raises(ScenarioError, match=told):
        with_value(base, lever, value)


def test_a_lever_set_to_what_it_is_changes_nothing(base):
    assert with_value(base, "finance.price_points", 0.0) is base
    assert with_value(base, "finance.price_points", 1.0, why="w").changed[-1].new == 1.0
