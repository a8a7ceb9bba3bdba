"""Sentences: what a page says of its figures, and what is read out for its charts."""

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

__all__ = [
    "describe_change",
    "describe_columns",
    "describe_contributions",
    "describe_fan",
    "describe_grid",
    "describe_lines",
    "describe_ranked",
    "describe_vintages",
    "join_words",
    "say_against",
    "say_growth",
    "say_growth_over",
    "say_not_held",
    "say_odds",
    "say_range",
    "say_rank",
]
