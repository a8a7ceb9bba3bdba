"""The forecast card: how good forecasts were, on all authorities, as a page of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.forecast.backtest import METHOD_LABELS, score_methods, scorecard, sizes
from sendlib.forecast.draws import DrawSettings
from sendlib.forecast.fits import fit_history, past_forecasts
from sendlib.forecast.model import Fit
from sendlib.forecast.panel import Panel

FIRST_SCORED = 2019
_COLUMNS = {
    "mape_pct": ("error, %", "{:.2f}"),
    "bias_pct": ("bias, %", "{:.2f}"),
    "wis_pct": ("interval score, %", "{:.2f}"),
    "covered_50": ("in 50%", "{:.0%}"),
    "covered_80": ("in 80%", "{:.0%}"),
    "covered_95": ("in 95%", "{:.0%}"),
    "forecasts": ("forecasts", "{}"),
    "origins": ("origins", "{}"),
}
_COMMAND = "Made by `sendlib forecast backtest --card docs/forecast_card.md`; do not edit it."
_MEANING = (  # after the number of authorities
    f"authorities with a count in every January since 2010; forecasts from each January from "
    f"{FIRST_SCORED} on, with only what was known then. Errors of one year are alike in all "
    "authorities, so the number of origins says how far to trust a line. Error: mean absolute "
    "percentage error. Bias: positive where counts came out above the forecast. Interval score: "
    "the weighted interval score as a percentage of the outcome; smaller is better. The last "
    "columns: share of outcomes inside each range."
)


@dataclass(frozen=True)
class Card:
    """Scores on all authorities with unbroken series, as made by ``scorecard``."""

    fits: dict[int, Fit]  # the model of each origin
    areas: tuple[str, ...]  # the authorities scored
    by_method: pd.DataFrame
    by_size: pd.DataFrame  # of the pooled model only
    by_origin: pd.DataFrame  # of the pooled model only


def make_card(panel: Panel, settings: DrawSettings) -> Card:
    """Fit at every origin, forecast, and score the model and simpler methods."""
    panel = panel.up_to(panel.last_full)  # a release with a few areas teaches nothing of England
    fits = fit_history(panel, ceiling=settings.ceiling)
    unbroken = [code for code in panel.authorities if panel.plans.loc[code].notna().all()]
    scored = {origin: fit for origin, fit in fits.items() if origin >= FIRST_SCORED}
    pooled = past_forecasts(panel, scored, unbroken, settings)
    group = {origin: sizes(panel.plans.loc[unbroken, origin]) for origin in scored}
    pairs = zip(pooled["origin"], pooled["area_code"], strict=True)
    pooled["size"] = [group[origin][code] for origin, code in pairs]
    return Card(
        fits,
        tuple(unbroken),
        score_methods(pooled, panel.plans),
        scorecard(pooled, by=("size", "horizon")),
        scorecard(pooled, by=("origin", "horizon")),
    )


def write_card(card: Card, inputs: Sequence[str]) -> str:
    """The card as Markdown."""
    named = card.by_method.assign(method=card.by_method["method"].map(METHOD_LABELS))
    last = card.fits[max(card.fits)]
    sections = {
        "By method and years ahead": _table(named, ["method", "horizon"]),
        "The pooled model by size of authority": _table(card.by_size, ["size", "horizon"]),
        "The pooled model by origin": _table(card.by_origin, ["origin", "horizon"]),
        "The fit": (
            f"For January {last.origin}: {last.authorities} authorities over {last.years} years; "
            f"shrinkage {last.shrinkage:g}; {last.persistence:.2f} of a difference from England "
            f"is still there a year later; England's growth changes by {100 * last.year_sd:.1f} "
            "points from year to year."
        ),
        "Made from": "\n".join(f"- {title}" for title in sorted(set(inputs))),
    }
    parts = ["# Forecast card", _COMMAND, f"{len(card.areas)} {_MEANING}"]
    parts += [part for name, text in sections.items() for part in (f"## {name}", text)]
    return "\n\n".join(parts) + "\n"


def _table(frame: pd.DataFrame, keys: list[str]) -> str:
    columns = dict.fromkeys(keys, ("", "{}")) | _COLUMNS
    headings = [heading or name for name, (heading, _) in columns.items()]
    rows = [headings] + [
        [
            "–" if pd.isna(row[name]) else form.format(row[name])
            for name, (_, form) in columns.items()
        ]
        for row in frame.to_dict("records")
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([lines[0], "|---" * len(columns) + "|", *lines[1:]])
