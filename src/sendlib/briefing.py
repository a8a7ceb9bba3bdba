"""What a board's briefing says of each of its charts, and what it asks: page 90.

Each function takes the frames that its chart draws. A finding is a title, what stands
behind it, and what to bear in mind; it is empty where there is no figure.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from sendlib.finance.brief import Brief
from sendlib.forecast import Projection, warn_of_ranges
from sendlib.pages.formats import count, gbp_m, share0, signed
from sendlib.periods import closing_date, financial_year

INDEPENDENT = ("independent_special", "non_maintained_special")
OUTSIDE = ("elective_home_education", "eotas", "neet")
"""Kinds of place outside school and college."""
UNITS = ("resourced_provision", "sen_unit")


class BriefingFinding(NamedTuple):
    """A finding of the briefing."""

    title: str
    text: str = ""
    caveat: str = ""


def plans(projection: Projection) -> BriefingFinding:
    """How plans grew, where they are heading, and how last year's forecast of them did."""
    counted = projection.counted.set_index("census_year")["plans"]
    january, ahead = int(counted.index[-1]), projection.ranges.iloc[0]
    growth = 100 * (counted.iloc[-1] / counted.iloc[-2] - 1)
    title = (
        f"Plans {'grew' if growth >= 0 else 'fell'} by {abs(growth):.0f}% to "
        f"{count(counted.iloc[-1])}; January {january + 1} "
        f"should bring {count(ahead['low'])} to {count(ahead['high'])}"
    )
    past = projection.backtest()
    last = past[(past["census_year"] == january) & (past["horizon"] == 1)]
    record = ""
    if len(last):
        row = last.iloc[0]
        held = "inside" if row["inside"] else "outside"
        record = (
            f"A year ago the same model expected {count(row['low'])} to {count(row['high'])} "
            f"for January {january}: the count is {held} that range."
        )
    warned = [warn_of_ranges(past), "A forecast knows nothing of changes in law."]
    return BriefingFinding(title, record, " ".join(filter(None, warned)))


def _now_and_before(places: pd.DataFrame, kinds: Sequence[str]) -> tuple[float, float]:
    """Plans in some kinds of place at the last January and the one before."""
    chosen = places[places["place_type"].isin(kinds)]
    by_year = chosen.groupby("census_year")["plans"].sum(min_count=1)
    last = by_year.index.max() if len(by_year) else 0
    return float(by_year.get(last, float("nan"))), float(by_year.get(last - 1, float("nan")))


def places(own: pd.DataFrame) -> BriefingFinding:
    """How many are outside school, and how special schools and bases changed in a year.

    ``own`` is ``indicators.place_share`` of one authority.
    """
    kinds = {
        "state special schools": ("state_special",),
        "independent special schools": INDEPENDENT,
        "bases and units": UNITS,
    }
    outside, before = _now_and_before(own, OUTSIDE)
    if pd.isna(outside):
        return BriefingFinding("Where children are placed is not fully recorded")
    parts = []
    for name, members in kinds.items():
        now, then = _now_and_before(own, members)
        if pd.notna(now) and pd.notna(then):
            parts.append(f"{name} {count(now)} ({signed(now - then)})")
    change = outside - before
    more = ""
    if pd.notna(change):
        more = f", {count(abs(change))} {'more' if change > 0 else 'fewer'} in a year"
        more = more if change else ", as many as a year before"
    return BriefingFinding(
        f"{count(outside)} are outside school and college{more}",
        f"Plans in {'; '.join(parts)}." if parts else "",
        "These are the authority's children, wherever they are taught.",
    )


def timeliness(timely: pd.DataFrame, on_time: pd.DataFrame) -> BriefingFinding:
    """How many plans came within 20 weeks, here, a year before, in England, among neighbours.

    ``timely`` is ``compare.to_peers`` of ``on_time``, ``indicators.share_within_20_weeks``.
    """
    if timely.empty:
        return BriefingFinding("No share of plans on time is published")
    own, year = timely.iloc[0], int(timely["calendar_year"].iloc[0])
    past = on_time[on_time["area_code"] == own["area_code"]].set_index("calendar_year")["share"]
    was = past.get(year - 1, float("nan"))
    title = f"{share0(own['share'])} of plans were on time in {year}"
    title += f"; the year before, {share0(was)}" if pd.notna(was) else ""
    by_role = timely.set_index("role")["share"]
    near = by_role[by_role.index == "neighbour"].dropna()
    said = []
    if pd.notna(by_role.get("england", float("nan"))):
        said.append(f"England {share0(by_role['england'])}")
    if len(near):
        better = int((near > own["share"]).sum())
        said.append(f"{better or 'none'} of {len(near)} neighbours did better")
    late = own["of"] - own["within_20_weeks"]
    text = f"{count(late) if late else 'None'} came late. " + f"{'; '.join(said)}." * bool(said)
    return BriefingFinding(title, text, "By law a plan takes 20 weeks at most, but for exceptions.")


def money(ahead: Brief) -> BriefingFinding:
    """Where the deficit is heading, and what announced support would leave."""
    if ahead.deficits.empty:
        return BriefingFinding("The deficit ahead cannot be worked out")
    starts = ahead.opening[~ahead.opening["financial_year"].isin(ahead.past["financial_year"])]
    caveat = [
        f"It starts from {gbp_m(gbp)} at {closing_date(year)}, of which no accounts are published."
        for year, gbp in starts[["financial_year", "deficit_gbp"]].itertuples(index=False)
    ]
    return BriefingFinding(ahead.deficit_title, ahead.support, "".join(caveat))


def decisions(
    ahead: Brief, own: pd.DataFrame, timely: pd.DataFrame, *, january: int
) -> list[tuple[str, str]]:
    """What a board is asked: what the budget assumes, who comes first, what it wants to see."""
    asks = []
    if len(ahead.deficits):
        until = "Plan on the deficit without support until a grant is confirmed in writing."
        asks.append((f"Which deficit the budget of {financial_year(january + 1)} assumes.", until))
    outside, _ = _now_and_before(own, OUTSIDE)
    bought, _ = _now_and_before(own, INDEPENDENT)
    if outside > 0 and bought > 0:
        who = f"Either the {count(outside)} outside school, or children bound for independent "
        who += f"schools, which teach {count(bought)} now."
        asks.append(("Who is offered new special school places first.", who))
    late = len(timely) and timely["share"].iloc[0] < 1
    if late:
        asks.append(
            (
                "By when every plan comes within 20 weeks.",
                "Ask for the figure each month; the published one is a year old when it comes.",
            )
        )
    return asks


def risks(
    projection: Projection, own: pd.DataFrame, requests: pd.DataFrame, ahead: Brief
) -> pd.DataFrame:
    """What could go wrong, its first sign, and what would follow."""
    rows = []
    high, asked = projection.ranges.iloc[0]["high"], requests["requests"].dropna()
    if len(asked):
        sign = f"More than {count(asked.iloc[-1])} requests in a year"
        rows.append(("Plans grow faster", sign, f"More than {count(high)} plans next January"))
    units, _ = _now_and_before(own, UNITS)
    if pd.notna(units):
        sign = f"Fewer than {count(units)} plans in bases"
        rows.append(("Bases stay unfilled", sign, "More independent places"))
    if len(ahead.deficits):
        worst = gbp_m(float(ahead.deficits["high"].iloc[0]))
        rows.append(("Support is refused", "No letter by budget day", f"Up to {worst} next March"))
    frame = pd.DataFrame(rows, columns=["risk", "first sign", "then"])
    frame.attrs = {"what": "risks and their first signs", "name": "risks", "origin": "not_people"}
    return frame
