"""The last inspection of an area's SEND partnership, and the figures that answer it."""

from collections.abc import Iterator

import pandas as pd

from sendlib.authority import Authority
from sendlib.indicators import share_within_20_weeks
from sendlib.strategies.file import Strategies
from sendlib.vocabulary import ENGLAND

_GROUPS = {"ehcp": "pupils with a plan", "sen_support": "SEN support"}
_COLUMNS = ["what inspections ask about", "last published figure", "period", "England"]
_NOT_HELD = "Waiting times for health services are published for no area, so none stands here."
_TRANSFERS = {
    "due_{}": "Reviews due before a change of phase, {}",
    "final_{}": "Final plans issued after such a review, {}",
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
    said = f"Inspected {_day(row['inspected_on'])}"
    if pd.notna(row["published_on"]):
        said += f", published {_day(row['published_on'])}"
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
    rows = [*_timeliness(authority), *_transfers(authority), *_absence(authority)]
    rows += [*_participation(authority), *_appeals(authority)]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame.attrs = {
        "what": "figures on what area inspections ask about",
        "notes": [_RECORDED, _NOT_HELD],
    }
    frame.attrs |= {"name": "inspected", "origin": "not_people"}
    return frame


_Row = tuple[str, str, str, str]


def _day(when: pd.Timestamp) -> str:
    return f"{when.day} {when:%B %Y}"


def _row(what: str, rows: pd.DataFrame, authority: Authority, when: str, write: str) -> _Row:
    """The last value of an authority in rows of one figure, and England's of the same period."""
    own = rows[rows["area_code"] == authority.code].dropna(subset=["value"]).sort_values(when)
    if own.empty:
        return what, "not published", "–", "–"
    last = own.iloc[-1]
    same = rows[(rows["area_code"] == ENGLAND) & (rows[when] == last[when])]["value"].dropna()
    england = write.format(same.iloc[0]) if len(same) else "–"
    return what, write.format(last["value"]), str(last[when]), england


def _timeliness(authority: Authority) -> Iterator[_Row]:
    rows = share_within_20_weeks(authority.load("ehcp_flow"))
    rows["value"] = 100 * rows["share"]
    yield _row("Plans issued within 20 weeks", rows, authority, "calendar_year", "{:.1f}%")


def _transfers(authority: Authority) -> Iterator[_Row]:
    table = authority.load("phase_transfer").rename(columns={"plans": "value"})
    for year in sorted(int(item[4:]) for item in table["item"].unique() if item.startswith("due_")):
        for item, words in _TRANSFERS.items():
            rows = table[table["item"] == item.format(year)]
            yield _row(words.format(year), rows, authority, "census_year", "{:,.0f}")


def _absence(authority: Authority) -> Iterator[_Row]:
    table = authority.load("attendance")
    measures = {
        "overall_absence": ("year", "Sessions missed", "{:.1f}%"),
        "suspensions": ("autumn", "Suspensions for every 100 pupils, autumn term", "{:.1f}"),
    }
    for measure, (term, words, write) in measures.items():
        for group, who in _GROUPS.items():
            asked = (table["measure"] == measure) & (table["term"] == term)
            rows = table[asked & (table["group"] == group)]
            yield _row(f"{words}, {who}", rows, authority, "academic_year", write)


def _participation(authority: Authority) -> Iterator[_Row]:
    table = authority.load("participation")
    for group, who in _GROUPS.items():
        rows = table[table["group"] == group]
        what = f"Not in education or work at 16 and 17, or not known, {who}"
        yield _row(what, rows, authority, "calendar_year", "{:.1f}%")


def _appeals(authority: Authority) -> Iterator[_Row]:
    table = authority.load("appeal")
    wide = table.pivot_table(
        index=["area_code", "calendar_year"], columns="measure", values="value", observed=True
    )
    wide = wide.reindex(columns=["appeals", "appealable_decisions"]).reset_index()
    wide["value"] = 100 * wide["appeals"] / wide["appealable_decisions"]
    what = "Appeals, of decisions that can be appealed"
    yield _row(what, wide, authority, "calendar_year", "{:.1f}%")
