"""Sentences on a caseload, and on what a projection says of places."""

import pandas as pd

from sendlib.cohort.inputs import Inputs
from sendlib.cohort.projection import Projection
from sendlib.cohort.summaries import bridge, change_by_place, moved_share, turned_away
from sendlib.pages.figures import KEY_FIGURES
from sendlib.pages.formats import count, signed
from sendlib.pages.markup import Block
from sendlib.pages.narrative import inside, join_words
from sendlib.pages.notes import KeyFigure, banner, own_records

_PLACES = (
    "places_mainstream",
    "places_state_special",
    "places_independent_special",
    "places_post_16",
)


def origin_banner(inputs: Inputs) -> Block:
    """Whose records a page rests on, where they are not published; nothing otherwise."""
    if inputs.evidence.kind == "own":
        return own_records(minimum_count=inputs.minimum_count)
    invented = (
        "The caseload on this page is invented. It is made to look like published totals and "
        "says nothing of any child."
    )
    return banner(invented if inputs.evidence.kind == "synthetic" else "", "synthetic")


def describe_moves(inputs: Inputs) -> str:
    """How much of what moved is known."""
    if inputs.published is None:
        return "Moves are those in the authority's own records."
    known = (
        "Published tables say how many are in each kind of place at each age, not who moved. "
        "The moves here are the fewest that fit the counts, so true moves are more."
    )
    return " ".join([known, *inputs.published.notes])


def move_notes(inputs: Inputs) -> list[str]:
    """What a reader of the table of moves should know."""
    notes = [
        "No plan: the plan began or ended in the year. Those who pass 25 are not shown, nor a "
        "plan that began and ended between the two Januaries."
    ]
    if few := inputs.minimum_count:
        notes.append(
            f"Counts and flows are rounded to a multiple of {few}, up or down at random but always "
            "alike, so that nobody can be traced; totals are added up from what is shown."
        )
    return notes


def describe_year(inputs: Inputs) -> str:
    """How plans changed from one January to the next, and what moved them."""
    plans = bridge(inputs)["value"]
    rose = "rose" if plans.iloc[-1] > plans.iloc[0] else "fell"
    moved = "about" if inputs.minimum_count else "at least"
    return (
        f"Plans {rose} from {count(plans.iloc[0])} to {count(plans.iloc[-1])}; {moved} "
        f"{moved_share(inputs):.1%} of those with a plan in both changed kind of place"
    )


def place_figures(needed: pd.DataFrame, when: str) -> list[KeyFigure]:
    """The places of four kinds needed in the last January, and those in use now, as key figures.

    Parameters
    ----------
    needed : pd.DataFrame
        As made by ``places_needed``.
    when : str
        The January, and how sure the range is.
    """
    end = needed.groupby("name").last()[["low", "middle", "high", "now"]]
    rows = end.reindex([KEY_FIGURES[key].label for key in _PLACES]).to_numpy()
    return [
        KeyFigure(key, (low, middle, high), f"{when}; {count(now)} now")
        for key, (low, middle, high, now) in zip(_PLACES, rows, strict=True)
    ]


def describe_whose_places(name: str) -> str:
    """Whose children every figure of places counts."""
    return (
        f"Every figure counts children for whom {name} maintains a plan, wherever they are taught: "
        "some are in schools of other authorities, and children of others are in schools here."
    )


def describe_growth(changes: pd.DataFrame, what: str) -> str:
    """Which row of a frame of changes grows most."""
    most = changes.sort_values("middle").iloc[-1]
    where = f"{what} {inside(str(most['category']))}".replace("in not in", "outside")
    return f"The most growth is {where}: {signed(most['middle'])}"


def describe_turned_away(projection: Projection) -> str:
    """How many find a place full in the last January; nothing where nobody does."""
    away = turned_away(projection)
    last = away[away["census_year"] == away["census_year"].max()]
    parts = [
        f"{inside(row['kind of place'])} {count(row['low'])} to {count(row['high'])}"
        for row in last.to_dict("records")
    ]
    text = f"In {projection.last} arrivals find a place full and go elsewhere: {join_words(parts)}."
    return text if parts else ""


def describe_places(projection: Projection, needed: pd.DataFrame, kind: str) -> str:
    """Where growth is largest, and how many more places of one kind are needed."""
    end = needed[needed["name"] == kind].iloc[-1]
    growth = describe_growth(change_by_place(projection), "in")
    low, high = (count(max(end[name] - end["now"], 0)) for name in ("low", "high"))
    return (
        f"If kinds of place go on changing as they have in all authorities, {inside(growth)} plans "
        f"by {projection.last}. {kind}: {low} to {high} more places are needed than are in use now."
    )
