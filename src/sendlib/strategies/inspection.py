"""The last inspection of an area's SEND partnership, and the figures that answer it."""

from collections.abc import Iterator

import pandas as pd

from sendlib.authority import Authority
from sendlib.indicators import share_within_20_weeks
from sendlib.periods import say_day
from sendlib.strategies.file import Strategies
from sendlib.tidy import about, period_of, pick
from sendlib.vocabulary import ENGLAND

_GROUPS = {"ehcp": "pupils with a plan", "sen_support": "SEN support"}
_COLUMNS = ["what inspections ask about", "last published figure", "period", "England"]
_NOT_AVAILABLE = "Waiting times for health services are published for no area, so none stands here."
_TRANSFERS = {
    "due_{}": "Reviews due before a change of phase, {}",
    "final_{}": "Final plans issued after such a review, {}",
}
_ABSENCE = {
    "overall_absence": ("year", "Sessions missed", "{:.1f}%"),
    "suspensions": ("autumn", "Suspensions for every 100 pupils, autumn term", "{:.1f}"),
}
_RECORDED = (
    "Changes of phase are as each authority recorded them by the January count; some record no "
    "review as due in a year in which they issued plans."
)


def say_inspection(read: Strategies, authority: Authority) -> str:
    """The outcome of the last inspection and its dates, by the authority's file or by Ofsted's."""
    last = read.inspection
    if last:
        return f"Inspected {last.inspected}, published {last.published}: {last.outcome}."
    table = authority.load("inspection")
    own = table[table["area_code"] == authority.code].dropna(subset=["inspected_on"])
    if own.empty:
        return f"No inspection of {authority.name} under the framework of 2023 is published."
    row = own.iloc[-1]
    said = f"Inspected {say_day(row['inspected_on'])}"
    if pd.notna(row["published_on"]):
        said += f", published {say_day(row['published_on'])}"
    outcome = row["outcome_label"] or "the outcome is not published as one of three"
    next_one = (
        f"; the next is due within {row['next_inspection']}" if row["next_inspection"] else ""
    )
    return f"{said}: {outcome}{next_one}."


def inspection_figures(authority: Authority) -> pd.DataFrame:
    """The published figures on what area inspections ask about, beside England's.

    Sources: Explore education statistics (timeliness, change of phase, absence, participation)
    and the Ministry of Justice (appeals). A figure that is not published says so.

    Returns
    -------
    pd.DataFrame
        A row for each figure: what it is, the last that is published, its period and England's,
        all as text.
    """
    rows = [_row(authority, *figure) for figure in _figures(authority)]
    return about(
        pd.DataFrame(rows, columns=_COLUMNS),
        name="inspected",
        what="figures on what area inspections ask about",
        origin="not_people",
        notes=[_RECORDED, _NOT_AVAILABLE],
    )


def _row(
    authority: Authority, what: str, write: str, rows: pd.DataFrame
) -> tuple[str, str, str, str]:
    """The last value of an authority in rows of one figure, and England's of the same period."""
    period, known = period_of(rows), rows.dropna(subset=["value"])
    own = known[known["area_code"] == authority.code].sort_values(period)
    if own.empty:
        return what, "not published", "–", "–"
    last = own.iloc[-1]
    same = known[(known["area_code"] == ENGLAND) & (known[period] == last[period])]["value"]
    england = write.format(same.iloc[0]) if len(same) else "–"
    return what, write.format(last["value"]), str(last[period]), england


def _figures(authority: Authority) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """What each figure is, how its value is written, and its rows of all areas and periods."""
    on_time = share_within_20_weeks(authority.load("ehcp_flow"))
    yield "Plans issued within 20 weeks", "{:.1%}", on_time.rename(columns={"share": "value"})
    transfers = authority.load("phase_transfer").rename(columns={"plans": "value"})
    items = transfers["item"].unique()
    for year in sorted(int(item[4:]) for item in items if item.startswith("due_")):
        for item, words in _TRANSFERS.items():
            yield words.format(year), "{:,.0f}", pick(transfers, item=item.format(year))
    attendance, participation = authority.load("attendance"), authority.load("participation")
    for measure, (term, words, write) in _ABSENCE.items():
        for group, who in _GROUPS.items():
            rows = pick(attendance, measure=measure, term=term, group=group)
            yield f"{words}, {who}", write, rows
    for group, who in _GROUPS.items():
        what = f"Not in education or work at 16 and 17, or not known, {who}"
        yield what, "{:.1f}%", pick(participation, group=group)
    key = ["area_code", "calendar_year"]
    appeal = authority.load("appeal")
    appeals, decisions = (
        pick(appeal, measure=measure).set_index(key)["value"]
        for measure in ("appeals", "appealable_decisions")
    )
    share = (appeals / decisions).reset_index()
    yield "Appeals, of decisions that can be appealed", "{:.1%}", share
