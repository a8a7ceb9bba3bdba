"""All that a page says of an authority's years ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sendlib.forecast.backtest import METHOD_LABELS, score_methods
from sendlib.forecast.draws import Draws, DrawSettings
from sendlib.forecast.fits import national_place_fits, newest_fit, past_forecasts
from sendlib.forecast.flows import STEPS
from sendlib.forecast.model import Fit, Floats
from sendlib.forecast.panel import FEATURES, Feature, Panel
from sendlib.forecast.place_model import draw_shares
from sendlib.forecast.places import start_of
from sendlib.ranges import QUANTILES, Ranged, ranges
from sendlib.reuse import reuse
from sendlib.scenarios import Scenario
from sendlib.tidy import about
from sendlib.vocabulary import ENGLAND

_PLANS = "plans in force each January"
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


@dataclass(frozen=True, eq=False)
class Projection(Ranged):
    """The years ahead of one authority, from :func:`forecasting.project`."""

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

    @property
    def counted(self) -> pd.DataFrame:
        """``census_year`` and ``plans`` of each January that was counted. [plans]"""
        plans = self.panel.plans.loc[[self.area_code]].T.dropna().round().astype(int)
        frame = plans.set_axis(["plans"], axis=1).rename_axis("census_year").reset_index()
        return about(frame, what=_PLANS)

    @property
    def ranges(self) -> pd.DataFrame:
        """``census_year``, ``low``, ``middle``, ``high`` of each January ahead. [plans]"""
        frame = ranges(self.plans, self.levels, census_year=self.draws.census_years)
        return about(frame, what=_PLANS)

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
        return about(frame, what="what moves the next year's plans away from England's growth")

    @property
    def flows(self) -> pd.DataFrame:
        """The range of each step on the way to a plan: ``step``, ``calendar_year`` and ends."""
        parts = []
        for name, step in STEPS.items():
            if name != "in_force":  # the plans themselves
                draws = self.steps[name]
                years = self.draws.census_years - 1
                frame = ranges(draws, self.levels, calendar_year=years)
                parts.append(frame.assign(step=step)[["step", *frame]])
        return about(pd.concat(parts, ignore_index=True), what="steps on the way to a plan")

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
        return about(past[_BACKTEST], what="earlier forecasts and what was counted", why=why)

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
        return about(frame, what="the average error of each method, by years ahead", why=_TOO_EARLY)

    def _past(self, areas: Sequence[str]) -> pd.DataFrame:
        """What the model would have forecast for some authorities at each past January."""
        known = {origin: fit for origin, fit in self.fits.items() if origin < self.origin}
        areas = [code for code in areas if not (self.parts and code == self.area_code)]
        if not known or not areas:
            return pd.DataFrame(columns=["origin", "horizon", "forecast", "actual", *QUANTILES])
        return past_forecasts(self.panel, known, areas, DrawSettings.of(self.scenario))
