"""The feed that a page shows: what an authority's own may show, or an invented one.

Levels and spreads of the invented one stand in ``synthetic.csv`` and describe no
authority. Figures vary by chance alone, except where a shift, a trend or an outlier
is planted; ``planted`` says where, so that a chart can be held against the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.errors import NotAvailableError, ParameterError, Problem, did_you_mean
from sendlib.kpi.control import RUN
from sendlib.kpi.feed import COLUMNS, Feed, empty_values, load_feed
from sendlib.kpi.register import MONTHS, Indicator, Register, last_day, period_name, period_of
from sendlib.project import Project
from sendlib.vocabulary import MINIMUM_COUNT

KINDS = ("own", "synthetic")
SHIFTED = RUN + 1  # a shift is in the last so many values
_PLAIN: Mapping[str, Any] = MappingProxyType(  # an indicator without a row in synthetic.csv
    {"level": 60, "spread": 6, "denominator": 100, "target": np.nan, "planted": "none", "size": 0}
)
_SMOOTHED = 0.2  # of the spread is left along a trend, so that each value is above the last
_SEED, _YEARS = 1, 3  # of the feed of a page: enough quarters for the limits of a chart


@dataclass(frozen=True, eq=False)
class Invented:
    """An invented feed, and where its special causes are."""

    values: pd.DataFrame  # as in Feed.values
    planted: pd.DataFrame  # kpi, planted, from_end (last day of its first period), side (1 or -1)


def open_feed(
    project: Project, area_code: str, *, kind: str, register: Register, today: date
) -> Feed:
    """The feed that a page shows, as it stood on a day; one without values where none is stored.

    Small counts of an authority's own are withheld (``withhold_small``), and
    periods that had not ended are left out. An invented feed is shown whole.

    Parameters
    ----------
    project : Project
        Where ``data/processed`` is.
    area_code : str
        The authority.
    kind : str
        ``own``, or ``synthetic`` for an invented one.
    register : Register
        The indicators there are.
    today : date
        The day of reporting.

    Raises
    ------
    ParameterError
        If there is no such kind of feed.
    """
    if kind not in KINDS:
        problem = Problem(f"{kind!r}", "feed", did_you_mean(kind, KINDS))
        raise ParameterError("There is no such kind of feed.", [problem])
    if kind == "synthetic":
        invented = synthesise(register, today=today, seed=_SEED, years=_YEARS)
        return Feed(invented.values, (), synthetic=True)
    try:
        feed = load_feed(project, area_code)
    except NotAvailableError:
        return Feed(empty_values(), (), synthetic=False)
    ended = feed.values[feed.values["period_end"] < pd.Timestamp(today)].reset_index(drop=True)
    return replace(feed, values=ended if feed.synthetic else withhold_small(ended, register))


def withhold_small(values: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Make counts that could point at a person missing; 0 stays, as it speaks of no one.

    Percentages stay, since neither what was counted nor what it is a share of
    is ever shown with them: both columns are made missing in every row.
    """
    counted = values["kpi"].map({entry.slug: entry.kind == "count" for entry in register})
    small = counted & values["value"].between(0, MINIMUM_COUNT, inclusive="neither")
    shown = values["value"].mask(small)
    return values.assign(value=shown, numerator=float("nan"), denominator=float("nan"))


def synthesise(register: Register, *, today: date, seed: int, years: int = 2) -> Invented:
    """Invent the feed of every indicator that authorities supply."""
    with (files("sendlib.kpi") / "synthetic.csv").open(encoding="utf-8") as source:
        settings = pd.read_csv(source, index_col="kpi").to_dict("index")
    children = np.random.SeedSequence(seed).spawn(len(register.supplied))
    parts, planted = [], []
    for entry, child in zip(register.supplied, children, strict=True):
        setting = settings.get(entry.slug, _PLAIN)
        count = 12 * years // MONTHS[entry.frequency]
        now = period_of(today, entry.frequency)
        periods = [now - back for back in range(count, 0, -1)]
        ends = [last_day(period) for period in periods]
        change, start = _change(str(setting["planted"]), float(setting["size"]), count)
        rows = _values(entry, setting, change, np.random.default_rng(child))
        names = [period_name(period) for period in periods]
        parts.append(rows.assign(kpi=entry.slug, period=names, period_end=ends))
        if setting["planted"] != "none":
            side = int(np.sign(setting["size"]))
            planted.append((entry.slug, setting["planted"], ends[start], side))
    values = pd.concat(parts, ignore_index=True).assign(note="")[list(COLUMNS)]
    values["period_end"] = values["period_end"].astype("datetime64[ms]")
    ordered = values.sort_values(["kpi", "period_end"], ignore_index=True)
    columns = ["kpi", "planted", "from_end", "side"]
    return Invented(ordered, pd.DataFrame(planted, columns=columns))


def _change(planted: str, size: float, count: int) -> tuple[NDArray[np.float64], int]:
    """By how much each value is moved, and the place of the first that is."""
    change = np.zeros(count)
    start = {"shift": count - SHIFTED, "trend": count - RUN, "outlier": count - 1}.get(planted, 0)
    start = max(start, 0)
    if planted == "trend":
        change[start:] = size * np.arange(1, count - start + 1)
    elif planted != "none":
        change[start:] = size
    return change, start


def _values(
    entry: Indicator,
    setting: Mapping[Any, Any],
    change: NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Values with numerators and denominators where they are shares."""
    level = float(setting["level"]) + change
    rows = pd.DataFrame({"target": np.full(len(change), float(setting["target"]))})
    if entry.kind == "percentage":
        bottom = float(setting["denominator"])
        below = rng.binomial(int(bottom), np.clip(level / 100, 0, 1)).astype(float)
        share = np.round(100 * below / bottom, 1)
        return rows.assign(value=share, numerator=below, denominator=bottom)
    noise = rng.normal(size=len(change)) * float(setting["spread"])
    noise = np.where((setting["planted"] == "trend") & (change != 0), _SMOOTHED * noise, noise)
    value = np.round(np.maximum(level + noise, 0), 1 if entry.kind == "measure" else 0)
    return rows.assign(value=value, numerator=np.nan, denominator=np.nan)
