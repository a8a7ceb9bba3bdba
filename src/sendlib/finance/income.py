"""What comes in for high needs, and what commissioned places cost, by financial year ahead.

References
----------
- Department for Education (2025). Dedicated schools grant technical note 2026 to 2027 (source
  ``govuk_dsg_technical_note_2026_27``): the block of 2026-27 is that of 2025-26, with grants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sendlib.finance import levers
from sendlib.finance.known import KnownMoney
from sendlib.finance.levers import Stream, generator
from sendlib.finance.own import AGREEMENT, COUNCIL, TRANSFER
from sendlib.finance.unit_costs import Money
from sendlib.periods import financial_year_start
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Income:
    """High needs income by financial year, each part of shape (draws, years). [£]"""

    before_deductions: Money  # the high needs block
    transfer: Money  # from the schools block
    agreement: Money  # paid under an agreement with the department, such as Safety Valve
    council: Money  # the council's own contributions
    other_blocks: Money  # what they leave over, with the usual transfers

    def total(self) -> Money:
        """Everything that comes in, shape (draws, years). [£]"""
        parts = (self.before_deductions, self.transfer, self.agreement, self.council)
        return np.asarray(sum(parts, self.other_blocks))


def income_ahead(known: KnownMoney, scenario: Scenario, starts: range, draws: int) -> Income:
    """The allocation with what is added to it."""
    schools = schools_block_ahead(known, scenario, starts)
    allocation = _allocation(known, scenario, starts, draws)
    own = known.own.starts
    moved = schools * (levers.yearly(scenario.value("finance.transfer_pct"), starts) / 100)
    agreed = {**own(AGREEMENT), **scenario.value("finance.agreement_gbp")}
    paid_in = {**own(COUNCIL), **scenario.value("finance.council_gbp")}
    added = (
        np.array([own(TRANSFER).get(start, gbp) for start, gbp in zip(starts, moved, strict=True)]),
        levers.exactly(agreed, starts),
        levers.exactly(paid_in, starts),
        schools * _other_blocks_share(scenario, allocation.shape),
    )
    return Income(allocation, *(np.broadcast_to(each, allocation.shape) for each in added))


def schools_block_ahead(known: KnownMoney, scenario: Scenario, starts: Sequence[int]) -> Money:
    """The schools block of each year, grown from the last one published. [£]"""
    block = known.schools_block
    growth = 1 + scenario.value("finance.schools_block_growth_pct") / 100
    years_on = np.asarray(starts) - financial_year_start(block.index[-1])
    return np.asarray(float(block.iloc[-1]) * growth**years_on)


def _other_blocks_share(scenario: Scenario, shape: tuple[int, int]) -> Money:
    """What other blocks and usual transfers bring, as a share of the schools block."""
    rng = generator(scenario, Stream.BLOCKS)
    lasting = scenario.value("finance.other_blocks_lasting_pct") * rng.standard_normal(
        (shape[0], 1)
    )
    yearly = scenario.value("finance.other_blocks_yearly_pct") * rng.standard_normal(shape)
    return np.asarray((scenario.value("finance.other_blocks_pct") + lasting + yearly) / 100)


def places_ahead(known: KnownMoney, scenario: Scenario, starts: range, draws: int) -> Money:
    """Funding of places commissioned: as known, or grown, shape (draws, years). [£]"""
    fixed = {financial_year_start(str(name)): gbp for name, gbp in known.places.items()}
    first = max(year for year in fixed if year <= starts[0])
    years = range(first + 1, starts[-1] + 1)
    growth = levers.yearly(scenario.value("finance.places_growth_pct"), years)
    doubt = scenario.value("finance.places_doubt_points")
    errors = generator(scenario, Stream.PLACES).standard_normal((draws, len(years)))
    level = _carried(fixed, range(first, starts[-1] + 1), 1 + (growth + doubt * errors) / 100)
    return level[:, starts[0] - first :]


def _allocation(known: KnownMoney, scenario: Scenario, starts: range, draws: int) -> Money:
    """The allocation of each year: as published, as set, or grown from the year before."""
    published = {financial_year_start(str(name)): gbp for name, gbp in known.allocation.items()}
    fixed = {**published, **scenario.value("finance.allocation_gbp")}
    first = max(year for year in fixed if year <= starts[0])
    years = range(first, starts[-1] + 1)
    growth = levers.yearly(scenario.value("finance.allocation_growth_pct"), years)
    doubt = levers.yearly(scenario.value("finance.allocation_doubt_points"), years)
    errors = generator(scenario, Stream.ALLOCATION).standard_normal((draws, len(years)))
    level = _carried(fixed, years, (1 + (growth + doubt * errors) / 100)[:, 1:])
    return level[:, starts[0] - first :]


def _carried(fixed: Mapping[int, float], years: range, times: Money) -> Money:
    """Amounts that are known, and others grown from the year before, shape (draws, years). [£]"""
    level = [np.full(len(times), float(fixed[years[0]]))]
    for year, growth in zip(years[1:], times.T, strict=True):
        level.append(
            np.full(len(times), float(fixed[year])) if year in fixed else level[-1] * growth
        )
    return np.stack(level, axis=1)
