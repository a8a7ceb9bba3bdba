"""Sentences: what a page says of its figures, and what is read out for its charts."""

from sendlib.present.words.control import describe_control, say_signal, say_target
from sendlib.present.words.directions import say_direction
from sendlib.present.words.flows import (
    describe_bands,
    describe_fans,
    describe_flows,
    describe_ranges,
)
from sendlib.present.words.general import (
    describe_change,
    describe_columns,
    describe_contributions,
    describe_fan,
    describe_grid,
    describe_lines,
    describe_ranked,
    describe_vintages,
    join_words,
    say_against,
    say_growth,
    say_growth_over,
    say_not_held,
    say_odds,
    say_range,
    say_rank,
)
from sendlib.present.words.measures import inside
from sendlib.present.words.monitor import (
    say_monitor,
    say_overdue,
    say_published,
)
from sendlib.present.words.outcomes import say_better, say_last
from sendlib.present.words.promises import (
    say_beside_share,
    say_family,
    say_outcomes,
    say_promise,
    say_repeats,
)
from sendlib.present.words.verdicts import (
    describe_funnel,
    say_funnel,
    say_printed,
    say_standing,
    say_tests,
    say_thresholds,
    say_verdict,
)

__all__ = [
    "describe_bands",
    "describe_change",
    "describe_columns",
    "describe_contributions",
    "describe_control",
    "describe_fan",
    "describe_fans",
    "describe_flows",
    "describe_funnel",
    "describe_grid",
    "describe_lines",
    "describe_ranges",
    "describe_ranked",
    "describe_vintages",
    "inside",
    "join_words",
    "say_against",
    "say_beside_share",
    "say_better",
    "say_direction",
    "say_family",
    "say_funnel",
    "say_growth",
    "say_growth_over",
    "say_last",
    "say_monitor",
    "say_not_held",
    "say_odds",
    "say_outcomes",
    "say_overdue",
    "say_printed",
    "say_promise",
    "say_published",
    "say_range",
    "say_rank",
    "say_repeats",
    "say_signal",
    "say_standing",
    "say_target",
    "say_tests",
    "say_thresholds",
    "say_verdict",
]
