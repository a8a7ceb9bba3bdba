"""A return of the real authority from few draws, with one invented mitigation."""

from dataclasses import replace
from datetime import UTC, datetime

from invented_levers import with_levers
from sendlib import data
from sendlib.finance import Model
from sendlib.scenarios import Mitigation, load_scenario

CODE, ORIGIN = "865", 2025
CREATED = datetime(2026, 1, 2, tzinfo=UTC)
BASES = Mitigation.model_validate(
    {
        "name": "=Bases",
        "owner": "@head",
        "start": 2027,
        "phased_over": 2,
        "confidence_pct": 50,
        "investment_gbp": {"2026-27": 250_000},
        "evidence": "+a pilot",
        "effects": [
            {
                "lever": "cohort.redirections",
                "record": {
                    "flow": "join",
                    "from_place": "independent_special",
                    "to_place": "resourced_provision",
                    "share_pct": 60,
                },
            }
        ],
    }
)


def loader(project):
    return lambda name: data.load(project, name)


def few_draws(project, *, mitigations=(BASES,)):
    """The baseline with few draws, mitigated."""
    few = {"cohort.draws": 100, "forecast.draws": 100}
    return replace(with_levers(load_scenario(project, "baseline"), few), mitigations=mitigations)


def small_model(project):
    return Model.from_tables(loader(project), area_code=CODE, origin=ORIGIN, with_needs=True)
