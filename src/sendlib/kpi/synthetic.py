"""The feed that a page shows: what an authority's own may show, or an invented one.

Levels and spreads of the invented one stand in ``synthetic.csv`` and describe no
authority. Figures vary by chance alone, except where a shift, a trend or an outlier
is planted, so that a chart can be compared with the truth.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from sendlib.errors import NotBuiltError
from sendlib.intake.store import local_salt
from sendlib.kpi.control import RUN
from sendlib.kpi.feed import COLUMNS, Feed, empty_values, load_feed
from sendlib.kpi.register import MONTHS, Register, last_day, period_name, period_with
from sendlib.project import Project
from sendlib.random_rounding import round_count
from sendlib.validation import check_known
from sendlib.vocabulary import MINIMUM_COUNT

SHIFTED = RUN + 1  # a shift is in the last so many values
_PLAIN: Mapping[str, Any] = MappingProxyType(  # an indicator without a row in synthetic.csv
    {"level": 60, "spread": 6, "denominator": 100, "target": np.nan, "planted": "none", "size": 0}
)
_SMOOTHED = 0.2  # of the spread is left along a trend, so that each value is above the last
_SEED, _YEARS = 1, 3  # of the feed of a page: enough quarters for the limits of a chart


def open_feed(
    project: Project, area_code: str, *, kind: str, register: Register, today: date
) -> Feed:
    """The feed that a page shows, as it stood on a day; one without values where none is stored.

    Small counts of an authority's own are withheld and others rounded (``protect``), and
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
    check_known(kind, ("own", "synthetic"), "feed")
    if kind == "synthetic":
        return synthesise_feed(register, today=today, seed=_SEED, years=_YEARS)
    try:
        feed = load_feed(project, area_code)
    except NotBuiltError:
        return Feed(empty_values(), (), synthetic=False)
    ended = feed.values[feed.values["period_end"] < pd.Timestamp(today)].reset_index(drop=True)
    return replace(
        feed, values=ended if feed.synthetic else protect(ended, register, local_salt(project))
    )


def protect(values: pd.DataFrame, register: Register, key: bytes) -> pd.DataFrame:
    """Make what could point at a person missing, and round other counts; 0 speaks of no one.

    A percentage goes where it is of fewer than ten, or of one to four among more. What
    was counted and what it is a share of are never shown: both columns are made missing.
    """
    kind = values["kpi"].map({entry.slug: entry.kind for entry in register})

    def few(column: str, least: int) -> pd.Series:
        return values[column].between(0, least, inclusive="neither")

    tells = few("numerator", MINIMUM_COUNT) | few("denominator", 2 * MINIMUM_COUNT)
    small = (kind == "percentage") & tells | (kind == "count") & few("value", MINIMUM_COUNT)
    shown = [
        round_count(value, f"{kpi}|{period}", key) if of == "count" and value > 0 else value
        for value, kpi, period, of in zip(
            values["value"].mask(small), values["kpi"], values["period"], kind, strict=True
        )
    ]
    return values.assign(value=shown, numerator=float("nan"), denominator=float("nan"))


def synthesise_feed(register: Register, *, today: date, seed: int, years: int = 2) -> Feed:
    """Invent the feed of every indicator that authorities supply.

    Parameters
    ----------
    register : Register
        The indicators there are.
    today : date
        All periods end before it.
    seed : int
        Fixes every figure.
    years : int
        Years of figures.
    """
    with (files("sendlib.kpi") / "synthetic.csv").open(encoding="utf-8") as source:
        settings = pd.read_csv(source, index_col="kpi").to_dict("index")
    children = np.random.SeedSequence(seed).spawn(len(register.supplied))
    parts = []
    for entry, child in zip(register.supplied, children, strict=True):
        now, count = period_with(today, entry.frequency), 12 * years // MONTHS[entry.frequency]
        periods = [now - back for back in range(count, 0, -1)]
        setting = settings.get(entry.slug, _PLAIN)
        rows = _values(entry.kind, setting, count, np.random.default_rng(child))
        names, ends = map(period_name, periods), map(last_day, periods)
        parts.append(rows.assign(kpi=entry.slug, period=[*names], period_end=[*ends]))
    values = pd.concat(parts, ignore_index=True).assign(note="")[list(COLUMNS)]
    values["period_end"] = values["period_end"].astype("datetime64[ms]")
    return Feed(values.sort_values(["kpi", "period_end"], ignore_index=True), (), synthetic=True)


def _values(
    kind: str, setting: Mapping[Any, Any], count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Values with numerators and denominators where they are shares."""
    planted, size = setting["planted"], float(setting["size"])
    change = np.zeros(count)
    last = change[-{"shift": SHIFTED, "trend": RUN, "outlier": 1}.get(planted, count) :]
    last += size * np.arange(1, len(last) + 1) if planted == "trend" else size
    level = float(setting["level"]) + change
    rows = pd.DataFrame({"target": np.full(count, float(setting["target"]))})
    if kind == "percentage":
        bottom = float(setting["denominator"])
        below = rng.binomial(int(bottom), np.clip(level / 100, 0, 1)).astype(float)
        share = np.round(100 * below / bottom, 1)
        return rows.assign(value=share, numerator=below, denominator=bottom)
    noise = rng.normal(size=count) * float(setting["spread"])
    noise = np.where((planted == "trend") & (change != 0), _SMOOTHED * noise, noise)
    value = np.round(np.maximum(level + noise, 0), 1 if kind == "measure" else 0)
    return rows.assign(value=value, numerator=np.nan, denominator=np.nan)
