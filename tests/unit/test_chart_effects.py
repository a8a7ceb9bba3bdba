import pandas as pd
import pytest

from sendlib import charts
from sendlib.errors import DataError


def test_effects_run_from_what_takes_away_to_what_adds():
    frame = pd.DataFrame({"category": ["Prices", "Plans"], "low": [-2e6, 0.0], "high": [3e6, 1e6]})
    chart = charts.effects(frame, title="Prices matter most", source="DfE", unit="gbp_m")
    assert "Prices −£2.0m to +£3.0m; Plans £0.0m to +£1.0m" in chart.alt
    reach = [bar.get_x() + bar.get_width() for bar in chart.ax.patches]
    assert sorted(reach) == [-2e6, 0.0, 1e6, 3e6]


def test_effects_that_do_not_reach_nothing_are_refused():
    frame = pd.DataFrame({"category": ["Prices"], "low": [1.0], "high": [3.0]})
    with pytest.raises(DataError, match=r"draw charts\.ranges"):
        charts.effects(frame, title="x", source="DfE")
