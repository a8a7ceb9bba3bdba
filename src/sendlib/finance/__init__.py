"""High needs money: what came in, what went out, the balance, and the years ahead."""

from sendlib.finance.backtest import TABLES as BACKTEST_TABLES
from sendlib.finance.backtest import backtest, backtest_summary
from sendlib.finance.bridge import Bridge, bridge, steps_between
from sendlib.finance.changes import LeverChange
from sendlib.finance.comparison import agreement_steps, compare_with_published
from sendlib.finance.figure import Figure, FigureKind
from sendlib.finance.funding import (
    BASIS_NOTE,
    funding_and_spend,
    growth_since,
    spend_per_plan,
    yearly_growth_pct,
)
from sendlib.finance.goal_seek import (
    Answer,
    Goal,
    LeverRange,
    answers_table,
    describe_found,
    frontier,
    goal_seek,
    lever_ranges,
)
from sendlib.finance.invest_to_save import InvestToSave, invest_to_save
from sendlib.finance.known import balances
from sendlib.finance.model import Model
from sendlib.finance.policy import exceeds_reserves
from sendlib.finance.projection import Projection
from sendlib.finance.summaries import (
    compare_runs,
    deficit_bands,
    opening_deficit,
    ranges_by_year,
    summary_lines,
    threshold,
    transfers_over_the_limit,
)
from sendlib.finance.tornado import PlausibleRange, plausible_ranges, tornado
from sendlib.periods import closing_date, year_of_date
from sendlib.periods import financial_year_of_census as year_ending

__all__ = [
    "BACKTEST_TABLES",
    "BASIS_NOTE",
    "Answer",
    "Bridge",
    "Figure",
    "FigureKind",
    "Goal",
    "InvestToSave",
    "LeverChange",
    "LeverRange",
    "Model",
    "PlausibleRange",
    "Projection",
    "agreement_steps",
    "answers_table",
    "backtest",
    "backtest_summary",
    "balances",
    "bridge",
    "closing_date",
    "compare_runs",
    "compare_with_published",
    "deficit_bands",
    "describe_found",
    "exceeds_reserves",
    "frontier",
    "funding_and_spend",
    "goal_seek",
    "growth_since",
    "invest_to_save",
    "lever_ranges",
    "opening_deficit",
    "plausible_ranges",
    "ranges_by_year",
    "spend_per_plan",
    "steps_between",
    "summary_lines",
    "threshold",
    "tornado",
    "transfers_over_the_limit",
    "year_ending",
    "year_of_date",
    "yearly_growth_pct",
]
