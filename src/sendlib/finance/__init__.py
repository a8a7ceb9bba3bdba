"""High needs money: what came in, what went out, and the balance."""

from sendlib.finance.balance import balances
from sendlib.finance.position import (
    BASIS_NOTE,
    funding_and_spend,
    growth_since,
    spend_per_plan,
    yearly_growth_pct,
)

__all__ = [
    "BASIS_NOTE",
    "balances",
    "funding_and_spend",
    "growth_since",
    "spend_per_plan",
    "yearly_growth_pct",
]
