"""How good forecasts of places were: every authority and past January, and simple rules.

References
----------
- Hyndman, R. J. and Athanasopoulos, G. (2021). Forecasting: principles and practice. 3rd edition.
  OTexts. Chapter 5: simple rules, their spread drawn from their past errors.
- Bracher, J., Ray, E. L., Gneiting, T. and Reich, N. G. (2021). Evaluating epidemic forecasts in an
  interval format. PLOS Computational Biology 17(2), e1008618: the interval score.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sendlib.forecast.backtest import mean_scores, sizes
from sendlib.forecast.draws import DrawSettings, draw
from sendlib.forecast.fits import newest_fit
from sendlib.forecast.model import Fit
from sendlib.forecast.panel import Panel
from sendlib.forecast.place_model import PlaceFit, draw_shares
from sendlib.forecast.places import FEWEST, KINDS, Floats, PlaceCounts, log_shares
from sendlib.ranges import LEVELS, QUANTILES, score_each
from sendlib.vocabulary import ENGLAND

FILE = "place_scores.csv"
FIRST_SCORED = 2019
HORIZON = 5
VALIDATED = 3  # years ahead for which there are four origins or more
RULES = {
    "model": "Model of kinds of place",
    "constant": "Constant share",
    "england": "England's drift of three years goes on",
    "last_change": "Last year's change goes on",
}
_FIRST_RULE = 2017  # January from which a rule's errors are known
_RULE_SEED = 5


@dataclass(frozen=True, eq=False)
class _Origin:
    """All that forecasts from one January start from; arrays begin with the authority."""

    origin: int
    areas: tuple[str, ...]
    counted: Floats  # plans by kind as published
    totals: Floats  # draws of all plans, shape (area, draw, year)
    draws: Floats  # of plans by kind, by the model, shape (area, draw, year, kind)


def score_places(
    panel: Panel,
    fits: Mapping[int, Fit],
    place_fits: Mapping[int, PlaceFit],
    settings: DrawSettings,
) -> pd.DataFrame:
    """Forecasts of every origin, scored by kind, size, origin, region and without breaks."""
    full = panel.up_to(panel.last_full)
    parts, regions = [], []
    for origin in range(FIRST_SCORED, full.origin):
        begin = _begin(full, fits[origin], place_fits[origin], settings, origin)
        parts.append(_rows(begin, begin.draws, full.places, "model"))
        regions.append(_regions(begin, full))
        for rule, (draws, middle) in _rule_draws(begin, full.places):
            parts.append(_rows(begin, draws, full.places, rule, middle))
    scored = _scored(pd.concat(parts, ignore_index=True))
    of_model = scored[scored["method"] == "model"]
    tables = [
        scored.assign(by="all", name="all"),
        scored.assign(by="kind", name=scored["kind"]),
        of_model.assign(by="size", name=of_model["size"]),
        of_model.assign(by="origin", name=of_model["origin"].astype(str)),
        scored[~scored["broken"]].assign(by="no breaks", name="all"),
        _scored(pd.concat(regions, ignore_index=True)).assign(by="region", name="all"),
    ]
    if panel.origin > full.origin and (fit := newest_fit(place_fits, full.origin)):
        begin = _begin(panel, fits[full.origin], fit, settings, full.origin)
        few = _scored(_rows(begin, begin.draws, panel.places, "model")).assign(by="new January")
        tables += [few.assign(name="all"), few.assign(name=few["kind"])]
    keys = ("by", "name", "method", "horizon")
    return pd.concat([mean_scores(table, keys) for table in tables], ignore_index=True)


def _begin(
    panel: Panel, fit: Fit, place_fit: PlaceFit, settings: DrawSettings, origin: int
) -> _Origin:
    """The authorities with detail at an origin, and draws of their plans and kinds of place."""
    known, horizon = panel.up_to(origin), min(HORIZON, panel.origin - origin)
    counts = known.places.only(known.authorities)
    detail = np.flatnonzero(np.isfinite(counts.at(origin)).all(axis=1))
    areas = tuple(counts.areas[row] for row in detail)
    own = known.places.only(areas)
    totals = draw(known, fit, areas, settings, horizon=horizon).plans
    counted = known.plans.loc[list(areas), origin].to_numpy(dtype=float)
    growth = np.log(totals / counted[:, None, None])
    shares = draw_shares(place_fit, areas, own.start(origin), growth, seed=settings.seed)
    return _Origin(origin, areas, own.at(origin), totals, shares * totals[..., None])


def _rule_draws(begin: _Origin, places: PlaceCounts) -> Iterator[tuple[str, tuple[Floats, Floats]]]:
    """Plans by simple rules: draws, with the spread of the rule's past errors, and the middle."""
    known = places.up_to(begin.origin)
    own = known.only([code for code in known.areas if code.isdigit()])
    shape = (*begin.totals.shape[:2], 1)
    ahead = np.arange(1, begin.totals.shape[2] + 1)
    for rule in list(RULES)[1:]:
        rng = np.random.default_rng([_RULE_SEED, begin.origin])
        step = np.nan_to_num(_rule(known, begin.areas, rule, begin.origin))
        past = range(_FIRST_RULE, begin.origin)
        errors = np.concatenate(
            [
                np.where(
                    own.at(year) >= FEWEST,
                    log_shares(own.at(year + 1))
                    - log_shares(own.at(year))
                    - _rule(known, own.areas, rule, year),
                    np.nan,
                )
                for year in past
            ]
        )
        point = log_shares(begin.counted)[:, None] + step[:, None] * ahead[:, None]
        point = np.minimum(point, 0.0)  # no share is above one
        shares = np.repeat(point[:, None], shape[1], axis=1)
        for kind in range(len(KINDS)):
            seen = errors[np.isfinite(errors[:, kind]), kind]
            shares[..., kind] += rng.choice(seen, shape) * np.sqrt(ahead)
        draws = np.exp(np.minimum(shares, 0.0)) * begin.totals[..., None]
        yield rule, (draws, np.exp(point) * np.median(begin.totals, axis=1)[..., None])


def _rule(counts: PlaceCounts, areas: Sequence[str], rule: str, year: int) -> Floats:
    """Yearly change of log shares that a rule expects after a January, shape (area, kind)."""
    if rule == "england":
        nation = counts.only([ENGLAND])
        now, before = (log_shares(np.nan_to_num(nation.at(each))) for each in (year, year - 3))
        return np.repeat((now - before) / 3, len(areas), axis=0)
    own = counts.only(areas)
    now, before = log_shares(own.at(year)), log_shares(own.at(year - 1))
    return now - before if rule == "last_change" else np.zeros_like(now)


def _rows(
    begin: _Origin,
    draws: Floats,
    places: PlaceCounts,
    method: str,
    point: Floats | None = None,
) -> pd.DataFrame:
    """A row for each authority, kind with enough plans at the origin, and year ahead."""
    own = places.only(begin.areas)
    size = sizes(pd.Series(begin.counted.sum(axis=1), begin.areas)).to_numpy()
    broken = np.repeat(own.without_place(begin.origin)[:, None], len(KINDS), axis=1)
    parts = []
    for ahead in range(1, draws.shape[2] + 1):
        year = begin.origin + ahead
        actual = own.at(year)
        area, kind = np.nonzero(np.isfinite(actual) & (begin.counted >= FEWEST))
        rows = np.quantile(draws[:, :, ahead - 1], LEVELS, axis=1)[:, area, kind]
        broken |= own.recoded(year) | ~own.same_places[own.years.index(year)]
        broken |= own.without_place(year)[:, None]
        middle = rows[len(LEVELS) // 2] if point is None else point[area, ahead - 1, kind]
        parts.append(
            pd.DataFrame(dict(zip(QUANTILES, rows, strict=True))).assign(
                area_code=np.array(begin.areas)[area],
                kind=np.array(KINDS)[kind],
                size=size[area],
                start=begin.counted[area, kind],
                actual=actual[area, kind],
                forecast=middle,
                broken=broken[area, kind],
                method=method,
                origin=begin.origin,
                horizon=ahead,
            )
        )
    return pd.concat(parts, ignore_index=True)


def _regions(begin: _Origin, panel: Panel) -> pd.DataFrame:
    """Sums of the authorities of each region, scored as one area."""
    own = panel.places.only(begin.areas)
    region = np.array([panel.region_of.get(code, "") for code in begin.areas])
    parts = []
    for ahead in range(1, begin.draws.shape[2] + 1):
        actual = own.at(begin.origin + ahead)
        detail = np.isfinite(actual).all(axis=1)
        for code in np.unique(region[detail]):
            members = detail & (region == code)
            rows = np.quantile(begin.draws[members, :, ahead - 1].sum(axis=0), LEVELS, axis=0)
            parts.append(
                pd.DataFrame(dict(zip(QUANTILES, rows, strict=True))).assign(
                    start=begin.counted[members].sum(axis=0),
                    actual=actual[members].sum(axis=0),
                    forecast=rows[len(LEVELS) // 2],
                    method="model",
                    origin=begin.origin,
                    horizon=ahead,
                )
            )
    return pd.concat(parts, ignore_index=True)


def _scored(rows: pd.DataFrame) -> pd.DataFrame:
    """Each forecast with its error, interval score and cover. [%]"""
    scored = score_each(rows)
    error_pct = 100 * scored["error"] / scored["actual"].clip(lower=FEWEST)
    return scored.assign(error_pct=error_pct, score_pct=100 * scored["wis"] / scored["start"])


def store_place_scores(scores: pd.DataFrame, path: Path) -> None:
    """Write the scores as a small table."""
    path.write_text(scores.round(4).to_csv(index=False, lineterminator="\n"), encoding="utf-8")


def place_scorecard() -> pd.DataFrame:
    """How good past forecasts of each kind of place were, all authorities together.

    Returns
    -------
    pd.DataFrame
        A row for each kind and number of years ahead for which a score is validated: ``kind of
        place``, ``years_ahead``, ``error_pct`` (mean absolute), ``bias_pct`` (positive where
        counts came out above), ``inside 8 in 10, share``, ``score_pct`` (interval score, smaller
        is better) and that of the best simple rule, ``rule_score_pct``.
    """
    scores = pd.read_csv(Path(str(files("sendlib.forecast") / FILE)), dtype={"name": str})
    kinds = scores[(scores["by"] == "kind") & (scores["horizon"] <= VALIDATED)]
    keys = ["name", "horizon"]
    own, rules = (
        kinds[kinds["method"].isin(names)].groupby(keys, sort=False)
        for names in (["model"], [name for name in RULES if name != "model"])
    )
    frame = own[["error_pct", "bias_pct", "covered_80", "score_pct"]].first()
    frame = frame.assign(rule_score_pct=rules["score_pct"].min()).reset_index()
    names = {"name": "kind of place", "horizon": "years_ahead"}
    frame = frame.rename(columns=names | {"covered_80": "inside 8 in 10, share"})
    order = frame["kind of place"].map(list(KINDS).index)
    frame = frame.iloc[np.lexsort((frame["years_ahead"], order))].reset_index(drop=True)
    frame.attrs["what"] = "past forecasts of places of every authority, and what was counted"
    return frame
