import numpy as np
import pandas as pd
import pytest

from sendlib import charts
from sendlib.errors import DataError

STEPS = pd.DataFrame(
    {
        "category": ["Spend 2025", "More plans", "New places", "Spend 2026"],
        "value": [80e6, 12e6, -2e6, 90e6],
        "kind": ["total", "step", "step", "total"],
    }
)


def bridge(frame=STEPS, unit="gbp_m", **more):
    return charts.bridge(frame, title="Spend rose", source="DfE", unit=unit, **more)


def test_each_step_starts_where_the_last_ended_and_what_takes_away_is_hatched():
    ax = bridge().ax
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert spans == [(0, 80e6), (80e6, 92e6), (92e6, 90e6), (0, 90e6)]
    assert [text.get_text() for text in ax.texts] == ["£80.0m", "▶ +£12.0m", "◀ −£2.0m", "£90.0m"]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True, False]


def test_a_bridge_may_pass_below_nothing():
    ax = bridge(STEPS.assign(value=[5.0, -12.0, 3.0, -4.0]), unit="count").ax
    assert ax.get_xlim()[0] < -7


@pytest.mark.parametrize(
    ("values", "kinds", "message"),
    [
        ([80.0, 12.0, -2.0, 91.0], "tsst", "the steps lead to 90, but Spend 2026 is 91"),
        ([80.0, 12.0, 93.0, 93.0], "tstt", "the steps lead to 92, but New places is 93"),
        ([80.0, 12.0, -2.0, 90.0], "tsss", "the last row is a step"),
        ([80.0, np.nan, -2.0, 90.0], "tsst", "a value is missing"),
        ([80.0, 12.0, -2.0, 90.0], "txst", "a row is of the kind 'x'"),
    ],
)
def test_a_bridge_that_does_not_add_up_is_refused(values, kinds, message):
    kind = [{"t": "total", "s": "step"}.get(letter, letter) for letter in kinds]
    with pytest.raises(DataError, match=message):
        bridge(STEPS.assign(value=values, kind=kind))


def test_a_bridge_forgives_the_last_digits_only():
    near, far = (STEPS.assign(value=[80e6, 12e6, -2e6, 90e6 + gap]) for gap in (50, 150))
    assert bridge(near).ax.patches
    with pytest.raises(DataError, match="the steps lead to"):
        bridge(far)


def test_a_bridge_is_described_with_its_signs():
    frame = STEPS.copy()
    frame.attrs["what"] = "spend"
    assert bridge(frame).alt == (
        "Bridge chart of spend: Spend 2025 £80.0m; More plans +£12.0m; New places −£2.0m; "
        "Spend 2026 £90.0m."
    )
