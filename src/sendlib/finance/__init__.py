"""High needs money: what came in, what went out, the balance, and the years ahead."""

from sendlib.finance.balance import balances
from sendlib.finance.outlook import MoneyOutlook, as_frame, closing_names
from sendlib.finance.policy import exceeds_reserves
from sendlib.finance.position import (
    BASIS_NOTE,
    funding_and_spend,
    growth_since,
    spend_per_plan,
    yearly_growth_pct,
)
from sendlib.finance.study import Study

__all__ = [
    "BASIS_NOTE",
    "MoneyOutlook",
    "Study",
    "as_frame",
    "balances",
    "closing_names",
    "exceeds_reserves",
    "funding_and_spend",
    "growth_since",
    "spend_per_plan",
    "yearly_growth_pct",
]
