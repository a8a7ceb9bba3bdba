"""An invented feed with planted special causes, for the tutorial and for tests.

Levels and spreads stand in ``synthetic.csv`` and describe no authority. Years
of figures vary by chance alone, except where a shift, a trend or an outlier is
planted; ``planted`` says where, so that a chart can be held against the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.kpi.control import RUN
from sendlib.kpi.dates import last_ended, later, period_name
from sendlib.kpi.feed import COLUMNS
from sendlib.kpi.register import MONTHS, Indicator, Register

_PLAIN: Mapping[str, Any] = MappingProxyType(
    {"level": 60, "spread": 6, "denominator": 100, "target": np.nan, "planted": "none", "size": 0}
)
"""What an indicator without a row in ``synthetic.csv`` is like."""
SHIFTED = RUN + 1  # a shift holds for the last so many values
_SMOOTHED = 0.2  # of the spread is left along a trend, so that each value is above the last


@dataclass(frozen=True, eq=False)
class Invented:
    """An invented feed.

    Parameters
    ----------
    values : pd.DataFrame
        As in ``Feed.values``.
    planted : pd.DataFrame
        One row for each planted special cause: ``kpi``, ``planted`` (shift,
        trend or outlier), ``from_end`` (its first day is in the period that
        ends then), ``side`` (1 higher, -1 lower).
    """

    values: pd.DataFrame
    planted: pd.DataFrame


def synthesise(register: Register, *, today: date, seed: int, years: int = 2) -> Invented:
    """Invent the feed of every indicator that authorities supply."""
    with (files("sendlib.kpi") / "synthetic.csv").open(encoding="utf-8") as source:
        settings = pd.read_csv(source, index_col="kpi").to_dict("index")
    children = np.random.SeedSequence(seed).spawn(len(register.supplied))
    parts, planted = [], []
    for entry, child in zip(register.supplied, children, strict=True):
        setting = settings.get(entry.slug, _PLAIN)
        many = 12 * years // MONTHS[entry.frequency]
        last = last_ended(today, entry.frequency)
        ends = [later(last, entry.frequency, -back) for back in range(many - 1, -1, -1)]
        change, start = _change(str(setting["planted"]), float(setting["size"]), many)
        rows = _rows(entry, setting, change, np.random.default_rng(child))
        names = [period_name(end, entry.frequency) for end in ends]
        parts.append(rows.assign(kpi=entry.slug, period=names, period_end=ends))
        if setting["planted"] != "none":
            side = int(np.sign(setting["size"]))
            planted.append((entry.slug, setting["planted"], ends[start], side))
    values = pd.concat(parts, ignore_index=True).assign(note="")[list(COLUMNS)]
    values["period_end"] = values["period_end"].astype("datetime64[ms]")
    columns = ["kpi", "planted", "from_end", "side"]
    ordered = values.sort_values(["kpi", "period_end"], ignore_index=True)
    return Invented(ordered, pd.DataFrame(planted, columns=columns))


def _change(planted: str, size: float, many: int) -> tuple[NDArray[np.float64], int]:
    """By how much each value is moved, and the place of the first that is."""
    change = np.zeros(many)
    start = {"shift": many - SHIFTED, "trend": many - RUN, "outlier": many - 1}.get(planted, 0)
    start = max(start, 0)
    if planted == "trend":
        change[start:] = size * np.arange(1, many - start + 1)
    elif planted != "none":
        change[start:] = size
    return change, start


def _rows(
    entry: Indicator,
    setting: Mapping[Any, Any],
    change: NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Values with numerators and denominators where they are shares."""
    level = float(setting["level"]) + change
    target = np.full(len(change), float(setting["target"]))
    nothing = np.full(len(change), np.nan)
    if entry.kind == "percentage":
        below = rng.binomial(int(setting["denominator"]), np.clip(level / 100, 0, 1))
        bottom = np.full(len(change), float(setting["denominator"]))
        value = np.round(100 * below / bottom, 1)
        numbers = {"value": value, "numerator": below.astype(float), "denominator": bottom}
        return pd.DataFrame(numbers | {"target": target})
    noise = rng.normal(size=len(change)) * float(setting["spread"])
    noise = np.where((setting["planted"] == "trend") & (change != 0), _SMOOTHED * noise, noise)
    value = np.round(np.maximum(level + noise, 0), 1 if entry.kind == "measure" else 0)
    numbers = {"value": value, "numerator": nothing, "denominator": nothing}
    return pd.DataFrame(numbers | {"target": target})
