"""The forecast card: how good forecasts were, on all authorities, as a page of text."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.forecast.backtest import METHOD_LABELS, score_methods, scorecard, sizes
from sendlib.forecast.draws import DrawSettings
from sendlib.forecast.fits import fit_history, fit_place_history, past_forecasts
from sendlib.forecast.model import Fit
from sendlib.forecast.panel import Panel
from sendlib.forecast.place_model import PlaceFit
from sendlib.forecast.place_scores import RULES, VALIDATED, score_places
from sendlib.forecast.places import FEWEST, MOST_NOT_RECORDED

FIRST_SCORED = 2019
_COLUMNS = {
    "error_pct": ("error, %", "{:.2f}"),
    "bias_pct": ("bias, %", "{:.2f}"),
    "score_pct": ("interval score, %", "{:.2f}"),
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
_PLACES = (
    "How many places of each kind are needed: every authority that returned detail, kinds with "
    f"{FEWEST} plans or more at the origin, the same origins, and the total of each draw from the "
    "pooled model. Error: mean absolute error as a percentage of the outcome, or of "
    f"{FEWEST} plans where there were fewer. Interval score: a percentage of the plans counted at "
    f"the origin. More than {VALIDATED} years ahead there are too few origins to call a line "
    "validated. The ranges of simple rules have the spread of their own past errors."
)
_BREAKS = (
    f"An authority with more than {100 * MOST_NOT_RECORDED:.0f}% of its plans without a place, two "
    "kinds recoded into one another, or a kind of place that a return began or ceased to count."
)


@dataclass(frozen=True)
class Card:
    """Scores on all authorities with unbroken series, as made by ``scorecard``."""

    fits: dict[int, Fit]  # the model of each origin
    areas: tuple[str, ...]  # the authorities scored
    by_method: pd.DataFrame
    by_size: pd.DataFrame  # of the pooled model only
    by_origin: pd.DataFrame  # of the pooled model only
    place_fits: dict[int, PlaceFit]  # the model of kinds of place of each origin
    places: pd.DataFrame  # as made by ``score_places``


def make_card(panel: Panel, settings: DrawSettings) -> Card:
    """Fit at every origin, forecast, and score the model and simpler methods."""
    newest = panel
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
        place_fits := fit_place_history(panel.places),
        score_places(newest, fits, place_fits, settings),
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
        **_place_sections(card.places),
        "Made from": "\n".join(f"- {title}" for title in sorted(set(inputs))),
    }
    parts = ["# Forecast card", _COMMAND, f"{len(card.areas)} {_MEANING}"]
    parts += [part for name, text in sections.items() for part in (f"## {name}", text)]
    return "\n\n".join(parts) + "\n"


def _place_sections(scores: pd.DataFrame) -> dict[str, str]:
    """The scores of kinds of place, a section for each way of grouping."""
    named = scores.assign(method=scores["method"].map(RULES))
    is_model = named["method"] == RULES["model"]

    def table(rows: pd.DataFrame, by: str, *keys: str) -> str:
        return _table(rows[rows["by"] == by], [*keys, "horizon"])

    model, rules = named[is_model], named[~is_model]
    broken = table(named, "no breaks", "method")
    return {
        "Places by method and years ahead": f"{_PLACES}\n\n{table(named, 'all', 'method')}",
        "Places by kind": table(model, "kind", "name"),
        "Places by kind, simple rules": table(rules, "kind", "name", "method"),
        "Places by size of authority": table(model, "size", "name"),
        "Places by origin": table(model, "origin", "name"),
        "Places without breaks": f"{_BREAKS} Left out here:\n\n{broken}",
        "Places, sums of regions": table(model, "region", "name"),
        "Places in the newest January, of the few areas published": table(
            model, "new January", "name"
        ),
    }


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
