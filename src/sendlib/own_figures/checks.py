"""Everything that may be wrong with the rows of an authority's own figures of money.

Each check adds what it finds, with its row, and to the rows what its message says.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from sendlib.errors import did_you_mean
from sendlib.files import read_list
from sendlib.finance import own
from sendlib.finance.known import KnownMoney
from sendlib.intake.columns import Layout, normalise, read_layout, to_numbers
from sendlib.intake.findings import Findings
from sendlib.kpi.register import last_day, period_name, read_period
from sendlib.own_figures.plan import ACTIONS
from sendlib.pages.formats import gbp
from sendlib.pages.narrative import inside, join_words
from sendlib.periods import financial_year, financial_year_start, year_of_date
from sendlib.vocabulary import PLACE_GROUPS, PlaceType, labels

SEATS, TOP_UPS, MITIGATIONS = "Planned seats", "Top-ups", "Mitigations"
AMOUNTS = (own.OUTTURN, own.BUDGET, own.ALLOCATION, own.BALANCES)
SHEETS: Mapping[str, Layout] = {
    **dict.fromkeys(AMOUNTS, read_layout("own_amount", "line and financial year")),
    own.PLACES: read_layout("own_places", "kind of place and financial year"),
    own.MONTHS: read_layout("own_month", "month"),
    SEATS: read_layout("own_seats", "September"),
    TOP_UPS: read_layout("own_top_up", "uplift"),
    MITIGATIONS: read_layout("own_mitigation", "effect"),
    own.PROGRESS: read_layout("own_progress", "term and year"),
}
_LINES = "use one of the sheet Lines"
UNITS = {"£": 1.0, "£k": 1e3, "£m": 1e6}
ALL = "All"
TERMS = ("Plans", own.SPENT, *PLACE_GROUPS)
_PLACES = labels(PlaceType)
_NUMBERS = (
    *("amount", "places", *own.TERMS_OF_MONTHS, "september", "seats", "capital", "uplift"),
    *("start", "phased_over", "confidence", "size", "invested", "achieved"),
)
_WHOLE = ("september", "start", "phased_over")
_AMOUNT_OF = {own.MONTHS: "spend", MITIGATIONS: "invested", own.PROGRESS: "achieved"}
_TIMES = 5  # an amount so many times the published one is in another unit
_LEAST_OF_LAST = 0.9  # of what places cost in the year last published: they have not fallen so far
_PLACE_GBP = (2_000.0, 40_000.0)  # between which the funding of a place is likely to be
_SLACK = 0.005  # of a total, or half a unit for each part: what rounding explains
_TOTALS = {own.OUTTURN: own.SPEND, own.ALLOCATION: own.BLOCK, own.BALANCES: own.ALL_BLOCKS}


def lines() -> pd.DataFrame:
    """Every line of the sheets of amounts: sheet, item, label, role and what it is."""
    return read_list("own_figures", "lines.csv")


class Rows:
    """Rows of all sheets, with what was read of their cells, and what is wrong with them."""

    def __init__(self, rows: pd.DataFrame, findings: Findings) -> None:
        self.rows = rows
        self.findings = findings
        self._wrong: list[tuple[object, str]] = []  # cells by index and field

    def of(self, *sheets: str) -> pd.Series:
        """Which rows are of some sheets."""
        return self.rows["sheet"].isin(sheets)

    def find(self, check: str, field: str, mask: pd.Series, **words: pd.Series | str) -> None:
        """A finding in one column on each row where a mask is true, with words for its text."""
        for at in mask.index[mask]:
            self._wrong.append((at, f"{field}_number"))
            own_words = {
                name: word[at] if isinstance(word, pd.Series) else word
                for name, word in words.items()
            }
            label = SHEETS[self.rows.loc[at, "sheet"]].labels[field] if field else ""
            codes = self.rows[field] if field else None
            self.findings.add(check, at=pd.Index([at]), column=label, codes=codes, words=own_words)

    def without_wrong_numbers(self) -> pd.DataFrame:
        """The rows, a number missing where something was found wrong with it."""
        rows = self.rows.copy()
        for at, field in self._wrong:
            if field in rows:
                rows.loc[at, field] = np.nan
        return rows

    def set(self, **columns: pd.Series) -> None:
        """Add columns to the rows."""
        self.rows = self.rows.assign(**columns)

    def choose(self, field: str, check: str, named: Mapping[str, str], *sheets: str) -> None:
        """Read a cell as one of some names, as column ``field_read``, empty where it is none."""
        known = {normalise(name): value for name, value in named.items()}
        text = self.rows[field].where(self.of(*sheets), "")
        read = text.map(lambda cell: known.get(normalise(cell), ""))
        before = self.rows.get(f"{field}_read", pd.Series("", index=self.rows.index))
        self.set(**{f"{field}_read": read.where(self.of(*sheets), before)})
        unknown = self.of(*sheets) & (text != "") & (read == "")
        close = text[unknown].map(lambda cell: did_you_mean(cell, named) or _LINES)
        self.find(check, field, unknown, close=close)


def check_cells(rows: Rows) -> None:
    """Cells that must be filled in, numbers, units, years and names."""
    frame = rows.rows
    for sheet in frame["sheet"].unique():
        for field, column in SHEETS[sheet].columns.items():
            if column["needed"] == "yes":
                rows.find("own_cell_missing", field, rows.of(sheet) & (frame[field] == ""))
    read = {field: to_numbers(frame[field]) for field in _NUMBERS}
    rows.set(**{f"{field}_number": numbers for field, numbers in read.items()})
    for field, numbers in read.items():
        rows.find("number_unreadable", field, numbers.isna() & (frame[field] != ""))
    for field in _WHOLE:
        rows.find("own_number_not_whole", field, read[field] % 1 > 0)
    for field, least in {
        "places": 1,
        "seats": 0,
        "phased_over": 1,
        "requests": 0,
        "plans": 1,
    }.items():
        rows.find("own_number_low", field, read[field] < least, least=str(least))
    _check_units(rows)
    years = frame["year"].str.replace("/", "-")
    rows.set(fy=years.map(_financial_year))
    rows.find("own_year_unreadable", "year", (years != "") & (rows.rows["fy"] == ""))
    known = {label: item for item, label in _PLACES.items()} | {item: item for item in _PLACES}
    rows.choose("place", "own_place_unknown", known, own.PLACES, SEATS, MITIGATIONS)
    rows.choose("place", "own_place_unknown", {**known, ALL: ALL}, TOP_UPS)
    rows.choose("to_place", "own_place_unknown", known, MITIGATIONS)
    rows.choose("action", "own_action_unknown", {each: each for each in ACTIONS}, MITIGATIONS)
    rows.choose("term", "own_term_unknown", {each: each for each in TERMS}, own.PROGRESS)
    is_sent = rows.of(MITIGATIONS) & rows.rows["action_read"].str.contains("sent")
    rows.find("own_cell_missing", "to_place", is_sent & (frame["to_place"] == ""))
    workstreams = frame.loc[rows.of(MITIGATIONS, SEATS), "name"]
    rows.choose(
        "name", "own_workstream_unknown", {each: each for each in workstreams}, own.PROGRESS
    )


def _check_units(rows: Rows) -> None:
    """Pounds for each amount, as ``gbp``."""
    frame = rows.rows
    amount = frame["amount_number"]
    for sheet, field in _AMOUNT_OF.items():
        amount = amount.where(~rows.of(sheet), frame[f"{field}_number"])
    is_money = amount.notna() & ~(rows.of(own.PROGRESS) & (frame["term"] != own.SPENT))
    unit = frame["unit"].str.replace(" ", "").str.lower().replace({"gbp": "£", "£000": "£k"})
    factor = unit.map(UNITS)
    rows.find("own_unit_unknown", "unit", is_money & factor.isna())
    rows.set(gbp=(amount * factor).where(is_money, amount))


def _financial_year(text: str) -> str:
    """The financial year that a cell names; empty where it is none."""
    try:
        return financial_year(financial_year_start(text))
    except ValueError:
        return ""


def check_amounts(rows: Rows, known: KnownMoney, today: date) -> None:
    """Lines, signs, years stated twice, totals, and units by what is published."""
    for sheet in AMOUNTS:
        mine = lines()[lines()["sheet"] == sheet]
        named = {
            key: item for item, label in mine[["item", "label"]].to_numpy() for key in (item, label)
        }
        rows.choose("line", "own_line_unknown", named, sheet)
    frame = rows.rows.merge(
        lines().rename(columns={"item": "line_read"})[["sheet", "line_read", "role", "label"]],
        on=["sheet", "line_read"],
        how="left",
    ).set_axis(rows.rows.index)
    rows.rows = frame.assign(
        role=frame["role"].fillna(""), year=frame["year"].where(frame["fy"] == "", frame["fy"])
    )
    of_amounts, frame = rows.of(*AMOUNTS), rows.rows
    over = frame["fy"].where(frame["fy"] != "", "0001-02") < year_of_date(today)
    rows.find("own_year_not_over", "year", rows.of(own.OUTTURN, own.BALANCES) & ~over)
    signed = frame["role"].isin(["signed", "balance", "balance part", ""])
    rows.find("own_amount_negative", "amount", of_amounts & ~signed & (frame["gbp"] < 0))
    _check_twice(rows)
    _check_totals(rows)
    _check_published(rows, known)


def _check_twice(rows: Rows) -> None:
    """What is stated twice: an amount of a year, a month, a term of a workstream."""
    frame = rows.rows
    keys = {
        **dict.fromkeys(AMOUNTS, ("amount", ["sheet", "line_read", "fy"])),
        own.PLACES: ("amount", ["place_read", "fy"]),
        own.MONTHS: ("month", ["month"]),
        SEATS: ("september", ["name", "september"]),
        TOP_UPS: ("uplift", ["place_read", "fy"]),
        own.PROGRESS: ("achieved", ["name", "term_read", "fy"]),
    }
    for sheet, (field, key) in keys.items():
        mine = frame[rows.of(sheet)]
        first = mine.groupby(key)[["file", "row"]].transform("first")
        again = mine.duplicated(key)
        line = frame["line"].mask(
            ~rows.of(*AMOUNTS), frame["place"].mask(frame["place"] == "", sheet)
        )
        where = (first["file"] + ", row " + first["row"].astype(str)).reindex(frame.index)
        repeated = again.reindex(frame.index, fill_value=False)
        rows.find("own_line_twice", field, repeated, first=where, line=line, year=_when(rows))


def _when(rows: Rows) -> pd.Series:
    """The year or month of each row."""
    frame = rows.rows
    return (
        frame["fy"]
        .mask(rows.of(own.MONTHS), frame["month"])
        .mask(rows.of(SEATS), frame["september"])
    )


def _check_totals(rows: Rows) -> None:
    """A total unlike the sum of its parts, or parts without one."""
    for key, group in rows.rows[rows.of(*_TOTALS)].groupby(["sheet", "fy"]):
        sheet, year = map(str, key)
        total = group[group["line_read"] == _TOTALS[sheet]]
        parts = group[group["role"].isin(["part", "balance part"])]
        if len(parts) and total.empty and year:
            mine = lines()[lines()["sheet"] == sheet].set_index("item")["label"]
            wanted = mine[_TOTALS[sheet]]
            words = {"year": year, "wanted": wanted}
            rows.findings.add("own_total_missing", file=group["file"].iloc[0], words=words)
        if len(parts) > 1 and len(total) == 1:
            amount, sum_of_parts = float(total["gbp"].iloc[0]), float(parts["gbp"].sum())
            unit = parts["unit"].str.replace(" ", "").map(UNITS).max()
            slack = max(_SLACK * abs(amount), 0.5 * unit * (len(parts) + 1))
            if abs(amount - sum_of_parts) > slack:
                is_total = pd.Series(rows.rows.index.isin(total.index), rows.rows.index)
                words = {"total": gbp(amount), "parts": gbp(sum_of_parts)}
                rows.find("own_total_differs", "amount", is_total, **words)


def _check_published(rows: Rows, known: KnownMoney) -> None:
    """Amounts many times what is published, and a balance of the other sign."""
    last = {
        (sheet, item): float(series.iloc[-1])
        for (sheet, item), series in {
            (own.OUTTURN, own.SPEND): known.outturn.dropna(),
            (own.BUDGET, own.SPEND): known.outturn.dropna(),
            (own.ALLOCATION, own.BLOCK): known.allocation,
            (own.ALLOCATION, own.SCHOOLS_BLOCK): known.schools_block,
        }.items()
        if len(series)
    }
    frame = rows.rows
    published = pd.Series(
        [last.get(key, np.nan) for key in zip(frame["sheet"], frame["line_read"], strict=True)],
        frame.index,
    )
    month = pd.to_numeric(frame["month_read"].str[5:], errors="coerce")
    of_year = ((month - 4) % 12 + 1) / 12
    spent = of_year * last.get((own.OUTTURN, own.SPEND), np.nan)
    ratio = frame["gbp"] / published.where(~rows.of(own.MONTHS), spent)
    said = ratio.map(lambda times: f"{times:,.3g} times")
    odd = (ratio > _TIMES) | ((ratio > 0) & (ratio < 1 / _TIMES))
    line = frame["line"].mask(rows.of(own.MONTHS), "Spend since April")
    year = frame["year"].mask(rows.of(own.MONTHS), frame["month"])
    rows.find("own_unit_unlikely", "unit", odd, times=said, line=line, year=year)
    if known.opening is not None:
        against = -frame["gbp"] / known.opening.balance_gbp
        is_balance = rows.of(own.BALANCES) & (frame["line_read"] == own.ALL_BLOCKS)
        rows.find("own_sign_unlikely", "amount", is_balance & against.between(0.5, 2.0))
    each = frame["gbp"] / frame["places_number"]
    odd = rows.of(own.PLACES) & each.notna() & ~each.between(*_PLACE_GBP)
    rows.find("own_place_cost_unlikely", "amount", odd, each=each[odd].map(gbp))
    _check_kinds_of_place(rows, known)


def _check_kinds_of_place(rows: Rows, known: KnownMoney) -> None:
    """Years whose places cost less than those last published, or lack a kind that others have."""
    frame = rows.rows[rows.of(own.PLACES) & (rows.rows["fy"] != "")]
    kinds = set(frame["place_read"]) - {""}
    before = str(known.places.index[-1])
    published = float(known.places.iloc[-1])
    for year, mine in frame.groupby("fy"):
        total = float(mine["gbp"].sum(skipna=False))  # missing where a cell is: nothing is low
        is_low = before < str(year) and total < _LEAST_OF_LAST * published
        said = [f"those of {before}, the last published, to {gbp(published)}"] * is_low
        others = sorted(_PLACES[each] for each in kinds.difference(mine["place_read"]))
        said += [f"other years have {inside(each)} as well" for each in others]
        at = pd.Series(rows.rows.index == mine.index[0], rows.rows.index)
        if said:
            words = {"total": gbp(total), "why": join_words(said)}
            rows.find("own_places_partial", "place", at, **words)


def check_months(rows: Rows, today: date) -> None:
    """Months that can be read and are over, and sums since a day that fall."""
    frame = rows.rows
    periods = [read_period(text, "monthly") if text else None for text in frame["month"]]
    texts = ["" if period is None else period_name(period) for period in periods]
    named = pd.Series(texts, frame.index, dtype="str")
    rows.set(month_read=named, month=frame["month"].where(named == "", named))
    is_month, frame = rows.of(own.MONTHS) & (frame["month"] != ""), rows.rows
    rows.find("own_month_unreadable", "month", is_month & (named == ""))
    days = [today if period is None else last_day(period) for period in periods]
    ends = pd.Series(days, frame.index, dtype="object")
    rows.find("own_month_not_over", "month", is_month & (named != "") & (ends >= today))
    fields = [f"{field}_number" for field in own.TERMS_OF_MONTHS]
    rows.find("own_month_empty", "month", is_month & frame[fields].isna().all(axis=1))
    year = ends.map(year_of_date)
    rows.set(fy=frame["fy"].where(~rows.of(own.MONTHS), year.where(named != "", "")))
    for field, since, group in (
        ("spend", "1 April", year),
        ("requests", "1 January", named.str[:4]),
    ):
        mine = frame[is_month & (named != "")].sort_values("month_read")
        falls = mine.groupby(group.reindex(mine.index))[f"{field}_number"].diff() < 0
        fell = falls.reindex(frame.index, fill_value=False)
        rows.find("own_to_date_falls", field, fell, since=since)
