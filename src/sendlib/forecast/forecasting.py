"""The projection of one authority: from the panel, or as shares of those of others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sendlib.authority import Authority
from sendlib.errors import NotAvailableError, ParameterError, Problem, raise_any
from sendlib.forecast.draws import LONGEST, DrawSettings, contributions, draw
from sendlib.forecast.fits import fit_of, national_fits
from sendlib.forecast.flows import STEPS, Levers, rates, run_flows
from sendlib.forecast.model import Fit
from sendlib.forecast.panel import FEATURES, Panel
from sendlib.forecast.projection import Projection
from sendlib.scenarios import Scenario, load_scenario
from sendlib.vocabulary import ENGLAND

_FEWEST_COUNTS = 4  # three years of own growth


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

    steps = {
        name: np.asarray(sum(share * part.steps[name] for part, share in parts)) for name in STEPS
    }
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
