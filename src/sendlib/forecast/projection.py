"""All that a page says of an authority's years ahead, from one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from sendlib.authority import Authority
from sendlib.errors import NotAvailableError, ParameterError, Problem, raise_any
from sendlib.forecast.backtest import METHOD_LABELS, score_methods
from sendlib.forecast.draws import LONGEST, Draws, DrawSettings, contributions, draw
from sendlib.forecast.fits import (
    fit_of,
    national_fits,
    national_place_fits,
    newest_fit,
    past_forecasts,
)
from sendlib.forecast.flows import STEPS, Levers, rates, run_flows
from sendlib.forecast.model import Fit, Floats
from sendlib.forecast.panel import FEATURES, Feature, Panel
from sendlib.forecast.place_model import draw_shares
from sendlib.forecast.places import start_of
from sendlib.ranges import QUANTILES, Ranged, ranges
from sendlib.reuse import reuse
from sendlib.scenarios import Scenario, load_scenario
from sendlib.vocabulary import ENGLAND

_PLANS = "plans in force each January"
_NOT_FLOWS = ("in_force", "on_time")  # plans ahead, and a share
_NO_PAST = "It does not exist yet: no count of it is published that a forecast could have met."
_TOO_EARLY = "No earlier January has a fit of the model to forecast with."
_CONSTANT = Feature("Common to all authorities", "what the model finds for every authority")
_BACKTEST = ["origin", "horizon", "census_year", "low", "forecast", "high", "actual", "inside"]
_CARD = {
    "method": "method",
    "horizon": "years_ahead",
    "error_pct": "error_pct",
    "bias_pct": "bias_pct",
    "covered_50": "inside 5 in 10, share",
    "covered_80": "inside 8 in 10, share",
    "covered_95": "inside 95 in 100, share",
    "forecasts": "forecasts",
    "origins": "januaries",
}
_FEWEST_COUNTS = 4  # three years of own growth


@dataclass(frozen=True, eq=False)
class Projection(Ranged):
    """The years ahead of one authority, from :func:`project`."""

    panel: Panel  # all that is known
    area_code: str
    scenario: Scenario
    draws: Draws  # before any lever
    steps: Mapping[str, Floats]  # the flows behind each draw, as made by ``run_flows``
    contributions: pd.DataFrame
    notes: tuple[str, ...]  # what makes this forecast weaker than usual, in sentences
    fits: Mapping[int, Fit]  # the model of each January
    source: str = ""  # a line below a chart
    parts: "tuple[tuple[Projection, float], ...]" = ()  # that its draws are shares of, if any

    @property
    def origin(self) -> int:
        """The January counted last."""
        return self.panel.origin

    @property
    def plans(self) -> Floats:
        """Plans in each January ahead, levers included, shape (draws, horizon)."""
        return self.steps["in_force"]

    def plans_after(self, census_year: int) -> Floats | None:
        """The plans ahead of one January; none where this projection begins at another."""
        return self.plans if census_year == self.origin else None

    @cached_property
    def shares(self) -> Floats | None:
        """Shares of ``PLACE_GROUPS`` drawn with ``plans``, (draws, horizon, kind), or none."""
        if self.parts:
            return self._shares_of_parts()
        fit, (start, _) = newest_fit(national_place_fits(), self.origin), self._place_start
        if fit is None or not start.any():
            return None
        growth = np.log(np.maximum(self.plans, 1.0) / self.now)[None]
        seed = DrawSettings.of(self.scenario).seed
        return np.asarray(draw_shares(fit, [self.area_code], start[None], growth, seed=seed)[0])

    def _shares_of_parts(self) -> Floats | None:
        places = np.zeros(())
        for part, share in self.parts:
            if part.shares is None:
                return None
            places = places + share * part.plans[..., None] * part.shares
        return np.asarray(places / self.plans[..., None])

    @property
    def place_note(self) -> str:
        """What stands in for the authority's own kinds of place; empty where nothing does."""
        notes = [part.place_note for part, _ in self.parts] or [self._place_start[1]]
        return " ".join(filter(None, notes))

    @property
    def _place_start(self) -> tuple[Floats, str]:
        return start_of(self.panel.places, self.panel.region_of, self.area_code, self.origin)

    def shares_after(self, census_year: int) -> Floats | None:
        """The shares ahead of one January; none where this projection begins at another."""
        return self.shares if census_year == self.origin else None

    @property
    def counted(self) -> pd.DataFrame:
        """``census_year`` and ``plans`` of each January that was counted. [plans]"""
        plans = self.panel.plans.loc[[self.area_code]].T.dropna().round().astype(int)
        frame = plans.set_axis(["plans"], axis=1).rename_axis("census_year").reset_index()
        return _about(frame, _PLANS)

    @property
    def ranges(self) -> pd.DataFrame:
        """``census_year``, ``low``, ``middle``, ``high`` of each January ahead. [plans]"""
        frame = ranges(self.plans, self.levels, census_year=self.draws.census_years)
        return _about(frame, _PLANS)

    @property
    def now(self) -> float:
        """Plans at the January counted last, whole unless they are a share of others'."""
        plans = self.panel.counted(self.area_code)
        return int(plans) if plans.is_integer() else plans

    @property
    def middle(self) -> float:
        """Plans in the last January ahead, on the middle path."""
        return float(self.ranges["middle"].iloc[-1])

    @property
    def last(self) -> str:
        """The last January ahead, such as "January 2030"."""
        return f"January {self.draws.census_years[-1]}"

    @property
    def drivers(self) -> pd.DataFrame:
        """What moves next year away from England's growth, largest first. [hundredths, plans]"""
        known = self.contributions.query("feature != 'england'")
        known = known[known["difference"].notna() | (known["feature"] == "constant")]
        features = [FEATURES.get(name, _CONSTANT) for name in known["feature"]]
        frame = pd.DataFrame(
            {
                "driver": [feature.label for feature in features],
                "meaning": [feature.meaning for feature in features],
                "difference from England": (100 * known["difference"]).tolist(),
                "plans": known["plans"].tolist(),
            }
        ).sort_values("plans", key=abs, ascending=False, ignore_index=True)
        return _about(frame, "what moves the next year's plans away from England's growth")

    @property
    def flows(self) -> pd.DataFrame:
        """The range of each step on the way to a plan: ``step``, ``calendar_year`` and ends."""
        parts = []
        for name, step in STEPS.items():
            if name not in _NOT_FLOWS:
                draws = self.steps[name]
                years = self.draws.census_years - 1
                frame = ranges(draws, self.levels, calendar_year=years)
                parts.append(frame.assign(step=step)[["step", *frame]])
        return _about(pd.concat(parts, ignore_index=True), "steps on the way to a plan")

    def middle_flow(self, step: str, calendar_year: int) -> float:
        """One of ``flows.STEPS`` in one year, on the middle path. [count]"""
        return float(np.median(self.steps[step][:, calendar_year - self.origin]))

    def probability_above(self, plans: float, census_year: int) -> float:
        """Share of draws with more than ``plans`` at one January. [0 to 1]"""
        ahead = self.draws.census_years.tolist().index(census_year)
        return float((self.plans[:, ahead] > plans).mean())

    def backtest(self) -> pd.DataFrame:
        """What the same model would have forecast at each past January with a fit.

        Returns
        -------
        pd.DataFrame
            A row for each forecast: ``origin``, ``horizon``, ``census_year``, ``low``,
            ``forecast`` (the middle), ``high``, ``actual`` [plans] and ``inside`` (whether
            the count fell into the range of 8 outcomes in 10).
        """
        past = self._past([self.area_code]).rename(columns={"q100": "low", "q900": "high"})
        past["census_year"] = past["origin"] + past["horizon"]
        past["inside"] = past["actual"].between(past["low"], past["high"])
        why = _NO_PAST if self.parts else _TOO_EARLY
        return _about(past[_BACKTEST], "earlier forecasts and what was counted", why)

    def compare_methods(self, areas: Sequence[str] = ()) -> pd.DataFrame:
        """The pooled model compared with simpler methods, from every past January.

        Parameters
        ----------
        areas : Sequence[str]
            The authorities to forecast; all of England where fewer than two are given.

        Returns
        -------
        pd.DataFrame
            A row for each method and number of years ahead: ``method``, ``years_ahead``,
            ``error_pct`` (mean absolute), ``bias_pct`` (positive where counts came out
            above the forecast), the share of counts inside each range, ``forecasts`` and
            ``januaries``.
        """
        chosen = list(dict.fromkeys([*areas, ENGLAND]))
        panel = self.panel.only(chosen) if len(areas) > 1 else self.panel

        def score() -> pd.DataFrame:
            past = self._past(panel.authorities)
            return score_methods(past, panel.plans) if len(past) else pd.DataFrame(columns=[*_CARD])

        whole, settings = self.panel, DrawSettings.of(self.scenario)
        known = (whole.plans, whole.flow, whole.children, whole.region_of, whole.parent)
        card = reuse("scores of methods", (known, chosen, self.fits, settings), score)
        frame = card.rename(columns=_CARD)[list(_CARD.values())]
        frame["method"] = frame["method"].map(METHOD_LABELS)
        return _about(frame, "the average error of each method, by years ahead", _TOO_EARLY)

    def _past(self, areas: Sequence[str]) -> pd.DataFrame:
        """What the model would have forecast for some authorities at each past January."""
        known = {origin: fit for origin, fit in self.fits.items() if origin < self.origin}
        areas = [code for code in areas if not (self.parts and code == self.area_code)]
        if not known or not areas:
            return pd.DataFrame(columns=["origin", "horizon", "forecast", "actual", *QUANTILES])
        return past_forecasts(self.panel, known, areas, DrawSettings.of(self.scenario))


def _about(frame: pd.DataFrame, what: str, why: str = "") -> pd.DataFrame:
    """A frame that says what it shows, and why it may be empty."""
    frame.attrs |= {"what": what, "why": why}
    return frame


def check_horizon(horizon: int) -> None:
    """Refuse a number of years that no forecast here reaches."""
    problem = Problem("horizon_out_of_range", f"{horizon}", "horizon", f"give 1 to {LONGEST} years")
    is_wrong = not 1 <= horizon <= LONGEST
    raise_any(ParameterError, "That is not a horizon.", [problem] if is_wrong else [])


def project(authority: Authority, *, scenario: str | Scenario, horizon: int) -> Projection:
    """Forecast the plans of one authority from the January that it is looked at from.

    Parameters
    ----------
    authority : Authority
        The authority, with the January.
    scenario : str or Scenario
        What is assumed: a scenario, or the name of its file in ``scenarios/``.
    horizon : int
        Years ahead, 1 to 10.

    Raises
    ------
    ParameterError
        If the horizon is out of range.
    NotAvailableError
        If the authority has no plans at that January.
    NotBuiltError
        If there is no fit for it.

    Examples
    --------
    >>> wiltshire = Authority.open("Wiltshire", as_of=2025)
    >>> project(wiltshire, scenario="baseline", horizon=5).last
    'January 2030'
    """
    if isinstance(scenario, str):
        scenario = load_scenario(authority.project, scenario)
    tables = [authority.load(name) for name in Panel.TABLES]
    panel = Panel.from_tables(*tables)
    if authority.parts:
        parts = [
            (project(part, scenario=scenario, horizon=horizon), share)
            for part, share in authority.parts
        ]
        projection = add_parts(panel, authority.code, parts)
    else:
        projection = project_area(panel, authority.code, scenario=scenario, horizon=horizon)
    return replace(projection, source=f"{authority.cite(*tables[:2])}. Forecast by sendlib.")


def add_parts(
    panel: Panel, area_code: str, parts: Sequence[tuple[Projection, float]]
) -> Projection:
    """The projection of an area that has a share of each draw of others; its counts in a panel."""
    first, _ = parts[0]

    def add(name: str) -> Floats:
        return np.asarray(sum(share * part.steps[name] for part, share in parts))

    steps = {name: add(name) for name in STEPS}
    on_time = sum(share * part.steps["on_time"] * part.steps["issued"] for part, share in parts)
    steps["on_time"] = np.asarray(on_time / np.maximum(steps["issued"], 1e-9))
    plans = np.asarray(sum(share * part.draws.plans for part, share in parts))
    model = fit_of(first.fits, panel.origin)
    return replace(
        first,
        panel=panel,
        area_code=area_code,
        draws=replace(first.draws, areas=(area_code,), plans=plans),
        steps=steps,
        contributions=contributions(panel, model, area_code),
        notes=tuple(dict.fromkeys(note for part, _ in parts for note in part.notes)),
        parts=tuple(parts),
    )


def project_area(
    panel: Panel,
    area_code: str,
    *,
    scenario: Scenario,
    horizon: int,
    fits: Mapping[int, Fit] | None = None,
) -> Projection:
    """As :func:`project`, from a panel; ``fits`` are the national ones unless given."""
    check_horizon(horizon)
    counted = panel.counted(area_code)
    if area_code not in panel.authorities or counted == 0:
        lacking = "no plans" if counted == 0 else "no count of plans"
        problem = Problem(
            "no_count_in_january", f"{lacking} in January {panel.origin}", f"authority {area_code}"
        )
        raise NotAvailableError("There is nothing to carry forward.", [problem])
    fits = fits or national_fits()
    model, settings = fit_of(fits, panel.origin), DrawSettings.of(scenario)
    draws = draw(panel, model, [area_code], settings, horizon=horizon)
    start = rates(panel, area_code)
    steps = run_flows(
        draws.of(area_code),
        counted,
        start,
        seed=settings.seed,
        area_code=area_code,
        levers=Levers.of(scenario),
    )
    return Projection(
        panel,
        area_code,
        scenario,
        draws,
        steps,
        contributions(panel, model, area_code),
        tuple(_notes(panel, area_code, model, start.missing)),
        fits,
    )


def _notes(panel: Panel, area_code: str, model: Fit, missing: tuple[str, ...]) -> list[str]:
    """Sentences on what this authority, or the model, lacks."""
    notes = []
    if model.origin != panel.origin:
        notes.append(
            f"The forecast starts from January {panel.origin}. What it learnt from all authorities "
            f"ends in January {model.origin}, the last for which all their counts are available "
            "here."
        )
    counts = panel.plans.loc[area_code].dropna()
    if area_code in panel.parent.index:
        notes.append(
            f"It was formed by a reorganisation and its own counts begin in January "
            f"{counts.index[0]}. Those of the authorities before it are of another area and are "
            "not joined to its own; for growth before then, that of the whole area stands in."
        )
    elif len(counts) < _FEWEST_COUNTS:
        notes.append(
            f"Only {len(counts)} of the last Januaries' counts are available, so its own growth "
            "says little and England's stands in for it."
        )
    known = panel.features
    lacking = known.loc[area_code].isna() & known.loc[ENGLAND].notna()
    unknown = [feature.label.lower() for name, feature in FEATURES.items() if lacking[name]]
    if unknown:
        notes.append(f"Not available, and taken to be as in England: {', '.join(unknown)}.")
    if missing:
        notes.append("Steps on the way to a plan that are not available follow England's rates.")
    return notes
