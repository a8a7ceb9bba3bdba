"""A small model of the real Wiltshire: few draws and four years, quick enough to run often."""

from collections.abc import Mapping

import pandas as pd

from invented_levers import with_levers
from sendlib.finance import Model
from sendlib.intake.store import COLUMNS
from sendlib.project import Project
from sendlib.scenarios import Mitigation, Scenario, load_scenario, with_value

YEARS = ("2025-26", "2026-27", "2027-28", "2028-29")
LAST = YEARS[-1]


def small_model(tables: Mapping[str, pd.DataFrame]) -> Model:
    return Model.from_tables(
        lambda name: tables[name], area_code="865", origin=2025, years=len(YEARS)
    )


def small_baseline(project: Project) -> Scenario:
    return with_value(load_scenario(project, "baseline"), "cohort.draws", 100)


def few_draws(project: Project, draws: int, slug: str = "baseline") -> Scenario:
    return with_levers(
        load_scenario(project, slug), {"cohort.draws": draws, "forecast.draws": draws}
    )


def with_all_income(scenario: Scenario) -> Scenario:
    """Every lever on income set, the block known in a later year, and new deficits met in part."""
    return with_levers(
        scenario,
        {
            "finance.transfer_pct": {2025: 0.5},
            "finance.agreement_gbp": {2026: 5e6},
            "finance.council_gbp": {2027: 3e6},
            "finance.other_blocks_pct": 0.4,
            "finance.allocation_gbp": {2026: 78e6},
            "finance.between_share_pct": 30.0,
        },
    )


def own_rows(sheet: str, *rows: tuple) -> pd.DataFrame:
    """Table ``own_figure`` with rows of one sheet, all invented."""
    frame = pd.DataFrame([(sheet, *row) for row in rows], columns=list(COLUMNS))
    frame.attrs |= {"synthetic": True, "read_on": "2026-11-20"}
    return frame


def redirecting(name: str = "Local places", share_pct: float = 50, **fields) -> Mitigation:
    record = {
        "flow": "join",
        "from_place": "independent_special",
        "to_place": "state_special",
        "share_pct": share_pct,
    }
    return done(name, "cohort.redirections", record, **fields)


def cheaper(name: str = "Better contracts", pct: float = -10, **fields) -> Mitigation:
    record = {"places": ["independent_special"], "pct": pct}
    return done(name, "finance.price_changes", record, **fields)


def done(name: str, lever: str, record: dict, **fields) -> Mitigation:
    """One in the register, wholly counted on from 2026 unless said otherwise."""
    return Mitigation(
        **{
            "name": name,
            "owner": "Head of SEND",
            "start": 2026,
            "confidence_pct": 100,
            "evidence": "A pilot",
            "effects": ({"lever": lever, "record": record},),
        }
        | fields
    )
