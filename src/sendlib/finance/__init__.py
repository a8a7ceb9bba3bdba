"""High needs money: what came in, what went out, the balance, and the years ahead."""

from sendlib.finance.backtest import backtest, backtest_summary
from sendlib.finance.bridge import Bridge, bridge, bridge_title, steps_between
from sendlib.finance.briefing import Brief, brief
from sendlib.finance.changes import LeverChange
from sendlib.finance.comparison import agreement_steps, compare_with_published
from sendlib.finance.figure import Figure, FigureKind
from sendlib.finance.funding import (
    BASIS_NOTE,
    balance_title,
    funding_and_spend,
    funding_figures,
    funding_gap,
    funding_headline,
    growth_by_year,
    growth_since,
    per_plan_title,
    say_transport,
    series_by_year,
    spend_per_plan,
    transport_cost,
)
from sendlib.finance.goal_seek import (
    Answer,
    Goal,
    LeverRange,
    answers_table,
    frontier,
    goal_seek,
    goal_seek_each,
    lever_ranges,
    say_answers,
)
from sendlib.finance.invest_to_save import InvestToSave, invest_to_save
from sendlib.finance.known import balances
from sendlib.finance.model import Model
from sendlib.finance.narrative import (
    board_decisions,
    caveats,
    deficit_figures,
    deficit_growth,
    deficit_headline,
    deficit_title,
    grant_terms,
    reserve_risk,
    scenarios_title,
)
from sendlib.finance.projection import Projection
from sendlib.finance.rules import policy_rules
from sendlib.finance.scenario_tables import compare_scenarios, scenario_questions, weak_assumptions
from sendlib.finance.summaries import (
    deficit_ranges,
    income_and_cost,
    left_to_council,
    opening_deficit,
    past_deficits,
    published_forecasts,
    ranges_by_year,
    threshold,
    threshold_line,
    unit_costs,
)
from sendlib.finance.tornado import (
    PlausibleRange,
    deficit_effects,
    plausible_ranges,
    say_gap,
    say_middle,
    tornado,
    widest_swing,
)
from sendlib.periods import closing_date
from sendlib.periods import financial_year_of_census as year_ending

__all__ = [
    "BASIS_NOTE",
    "Answer",
    "Bridge",
    "Brief",
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
    "balance_title",
    "balances",
    "board_decisions",
    "bridge",
    "bridge_title",
    "brief",
    "caveats",
    "closing_date",
    "compare_scenarios",
    "compare_with_published",
    "deficit_effects",
    "deficit_figures",
    "deficit_growth",
    "deficit_headline",
    "deficit_ranges",
    "deficit_title",
    "frontier",
    "funding_and_spend",
    "funding_figures",
    "funding_gap",
    "funding_headline",
    "goal_seek",
    "goal_seek_each",
    "grant_terms",
    "growth_by_year",
    "growth_since",
    "income_and_cost",
    "invest_to_save",
    "left_to_council",
    "lever_ranges",
    "opening_deficit",
    "past_deficits",
    "per_plan_title",
    "plausible_ranges",
    "policy_rules",
    "published_forecasts",
    "ranges_by_year",
    "reserve_risk",
    "say_answers",
    "say_gap",
    "say_middle",
    "say_transport",
    "scenario_questions",
    "scenarios_title",
    "series_by_year",
    "spend_per_plan",
    "steps_between",
    "threshold",
    "threshold_line",
    "tornado",
    "transport_cost",
    "unit_costs",
    "weak_assumptions",
    "widest_swing",
    "year_ending",
]
