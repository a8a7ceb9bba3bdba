"""High needs money: what came in, what went out, the balance, and the years ahead."""

from sendlib.finance.backcheck import TABLES as BACK_CHECK_TABLES
from sendlib.finance.backcheck import back_check, back_check_summary
from sendlib.finance.bridge import Bridge, bridge, steps_between
from sendlib.finance.figure import Figure, FigureKind
from sendlib.finance.funding import (
    BASIS_NOTE,
    funding_and_spend,
    growth_since,
    spend_per_plan,
    yearly_growth_pct,
)
from sendlib.finance.goal_seek import (
    Dial,
    Found,
    Goal,
    answers_table,
    describe_found,
    dials,
    frontier,
    goal_seek,
)
from sendlib.finance.invest_to_save import InvestToSave, invest_to_save
from sendlib.finance.known import balances
from sendlib.finance.moves import Move
from sendlib.finance.outlook import MoneyOutlook
from sendlib.finance.policy import exceeds_reserves
from sendlib.finance.stated import agreement_steps, stated_beside
from sendlib.finance.study import Study
from sendlib.finance.summaries import (
    compare_runs,
    deficit_bands,
    opening_deficit,
    ranges_by_year,
    summary_lines,
    threshold,
    transfers_over_the_limit,
)
from sendlib.finance.tornado import Plausible, plausible_moves, tornado
from sendlib.periods import closing_date, year_of_date
from sendlib.periods import financial_year_of_census as year_ending

__all__ = [
    "BACK_CHECK_TABLES",
    "BASIS_NOTE",
    "Bridge",
    "Dial",
    "Figure",
    "FigureKind",
    "Found",
    "Goal",
    "InvestToSave",
    "MoneyOutlook",
    "Move",
    "Plausible",
    "Study",
    "agreement_steps",
    "answers_table",
    "back_check",
    "back_check_summary",
    "balances",
    "bridge",
    "closing_date",
    "compare_runs",
    "deficit_bands",
    "describe_found",
    "dials",
    "exceeds_reserves",
    "frontier",
    "funding_and_spend",
    "goal_seek",
    "growth_since",
    "invest_to_save",
    "opening_deficit",
    "plausible_moves",
    "ranges_by_year",
    "spend_per_plan",
    "stated_beside",
    "steps_between",
    "summary_lines",
    "threshold",
    "tornado",
    "transfers_over_the_limit",
    "year_ending",
    "year_of_date",
    "yearly_growth_pct",
]
