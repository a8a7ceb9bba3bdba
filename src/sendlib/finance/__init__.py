"""High needs money: what came in, what went out, the balance, and the years ahead."""

from sendlib.finance.balance import balances
from sendlib.finance.outlook import MoneyOutlook
from sendlib.finance.policy import exceeds_reserves
from sendlib.finance.position import (
    BASIS_NOTE,
    funding_and_spend,
    growth_since,
    spend_per_plan,
    yearly_growth_pct,
)
from sendlib.finance.study import Study
from sendlib.finance.summaries import (
    as_frame,
    closing_date,
    compare_runs,
    summary_lines,
    year_ending,
    year_of_date,
)

__all__ = [
    "BASIS_NOTE",
    "MoneyOutlook",
    "Study",
    "as_frame",
    "balances",
    "closing_date",
    "compare_runs",
    "exceeds_reserves",
    "funding_and_spend",
    "growth_since",
    "spend_per_plan",
    "summary_lines",
    "year_ending",
    "year_of_date",
    "yearly_growth_pct",
]
