"""What the site of England says around its tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from sendlib.pages.formats import count, share0

HOW_TO_READ = (
    "Authorities stand by name, not by rank: most differences in rank are smaller than chance. "
    "A range is where 8 outcomes in 10 are expected, if things go on as they have.",
)
INDEX_NOTES = (
    "A deficit ahead is that of the schools grant, before further support from government.",
    "Against chance: above or below the limits that chance alone leaves about England's share in "
    "998 cases of 1,000, as in a funnel chart; inside, nothing sets the authority apart.",
    "An authority without a link has no pack of this run.",
)
TILES = (
    "Regions stand from north to south, those of the west on the left where two stand side by "
    "side. ▲ more, ▼ fewer on time than chance alone leaves about England's share; ● as chance "
    "would have it; – not published.",
)
CARD = (
    "Each forecast is made again from past Januaries with only what was known then, and set "
    "beside what was counted or spent."
)
SCORES = (
    "A range is right if 8 counts in 10 fall inside it. One authority has few past years, and they "
    "share what befell England: read the whole column before one row.",
)
SCORE_NOTES = (
    "Error: the mean distance of the middle from what came, as a share of that.",
    "The account is an identity: spend, places and income have to come to the in-year deficit that "
    "the balances state. The last column is the mean distance; a large one asks for a look at the "
    "authority's return before its forecast is used.",
)
PLACES = ("Scores of places are national: one authority has too few Januaries.",)
ACCOUNT = ("How near the account comes to in-year deficits stated by authorities.",)
CAPTIONS: Mapping[str, str] = {
    "authorities": "Authorities of England: plans, places and money ahead",
    "scorecard": "Past forecasts of each authority, and its account",
    "places": "Past forecasts of places",
    "money": "Past projections of spend",
    "account": "The account and the balances",
}


def opening(authorities: int, with_pack: int) -> tuple[str, str]:
    """The heading and the first sentence of the site."""
    return (
        f"Plans, places and money ahead in {authorities} authorities",
        f"{count(with_pack)} of them have a pack here. Each is made by the same notebooks from the "
        "same published figures.",
    )


def plans(past: Iterable[object]) -> tuple[str, ...]:
    """How often ranges of plans held, over all authorities, by years ahead."""
    every = [score for scores in past if isinstance(scores, list) for score in scores]
    by_years: dict[int, list[Mapping[str, Any]]] = {}
    for score in every:
        by_years.setdefault(score["years"], []).append(score)
    return tuple(
        f"{years} ahead: {share0(sum(each['inside'] for each in found) / rows)} of {count(rows)} "
        f"counts fell inside the range, and the middle was "
        f"{sum(each['error_pct'] * each['rows'] for each in found) / rows:.1f}% off on average."
        for years, found in sorted(by_years.items())
        if (rows := sum(each["rows"] for each in found))
    )
