"""Feeds of indicators that an authority supplies: read whole or not at all.

Every problem is reported with its row, and nothing is loaded while there is any.
What only deserves a look (a gap, rows out of order, too few values for a chart)
is advice, and the feed is used.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

import pandas as pd

from sendlib.errors import DataError, Problem, did_you_mean, raise_any
from sendlib.intake.columns import normalise, read_layout, to_numbers
from sendlib.intake.files import join_rows, missing_files, read_tables
from sendlib.intake.findings import Findings
from sendlib.intake.store import Store
from sendlib.intake.workbook import MARK, Form, no_formula, write_form, write_rows
from sendlib.kpi.control import FEWEST
from sendlib.kpi.register import (
    EXAMPLES,
    Register,
    last_day,
    period_name,
    period_with,
    read_period,
)
from sendlib.project import Project

FEED = read_layout("feed", "KPI and period")
NUMBERS = ("value", "numerator", "denominator", "target")
COLUMNS = ("kpi", "period", "period_end", *NUMBERS, "note")
LEAST_MONEY = 1000  # the largest of a series of costs is at least that [£]
STORE = Store("kpi", "KPI feed of the authority", "sendlib kpi read --la {} --feed FILE")
_FIRST_YEAR = 2014  # EHC plans began that September
DIFFERS_BY = 0.5  # a percentage given whole may be so far from its numerator and denominator
_LISTED = "use one of the sheet KPIs"
_COVER = (
    "Indicators of the SEND and inclusion strategy",
    "Fill in the sheet Feed: one row for each indicator and period.",
    "Give the whole history each time: a feed takes the place of the one before.",
    "A control chart needs 12 periods of an indicator, and is better with 24.",
    "Give totals only. Nothing about one person belongs in this workbook.",
)


@dataclass(frozen=True, eq=False)
class Feed:
    """The indicators of one authority, as it supplied them."""

    values: pd.DataFrame  # kpi (short name), period, period_end, value, parts, target and note
    advice: tuple[Problem, ...]  # what deserves a look
    synthetic: bool  # whether the file says that its figures are invented

    def whose(self, name: str) -> str:
        """Whose figures they are, as a page says it of the authority of that name."""
        return f"an invented feed for {name}" if self.synthetic else name

    def source(self, name: str) -> str:
        """Where the figures come from, as a page says it of the authority of that name."""
        if self.synthetic:
            return "Invented by sendlib."
        if self.values.empty:
            return "Register of indicators of the strategies."
        return f"{name}'s own records, as supplied in its feed."


def read_feed(
    path: Path,
    *,
    authority: Collection[str],
    register: Register,
    today: date,
    confirmed: Collection[str] = (),
) -> Feed:
    """Read a feed as CSV or as the filled-in template.

    Parameters
    ----------
    path : Path
        The file.
    authority : Collection[str]
        The ways in which its authority may be written: codes and names.
    register : Register
        The indicators there are.
    today : date
        A period must have ended before it.
    confirmed : Collection[str]
        Checks on an indicator as a whole whose finding a person vouches for.

    Raises
    ------
    DataError
        With every problem and its row; nothing is loaded while there is any.
    """
    headline = "The KPI feed cannot be used; nothing was loaded."
    raise_any(DataError, headline, missing_files(path))
    findings = Findings(confirmed)
    tables = read_tables(path, [FEED], findings)
    raise_any(DataError, headline, findings.grave(pd.DataFrame()))
    rows = join_rows(tables, findings).assign(names=", ".join(authority))
    rows = _check_names(rows, authority, register, findings)
    rows = _check_periods(rows, today, findings)
    values = _check_numbers(rows, findings)
    raise_any(DataError, headline, findings.grave(rows))
    values = values.assign(kpi=rows["slug"], period=rows["name"], note=rows["note"])
    synthetic = any(table.synthetic for table in tables)
    _advise(rows.assign(number=values["value"]), findings)
    if not synthetic:
        _check_money(rows.assign(number=values["value"]), findings)
    raise_any(DataError, headline, findings.grave(rows))
    values = values.assign(period_end=pd.to_datetime(rows["end"]).astype("datetime64[ms]"))
    ordered = values[list(COLUMNS)].sort_values(["kpi", "period_end"], ignore_index=True)
    return Feed(ordered, findings.advice(rows), synthetic)


def _check_names(
    rows: pd.DataFrame, authority: Collection[str], register: Register, findings: Findings
) -> pd.DataFrame:
    """The rows with ``slug`` of their indicator, empty if unknown, and what the register says."""
    named = {normalise(name): entry for entry in register for name in (entry.title, entry.slug)}
    slugs = [named[name].slug if name in named else "" for name in rows["kpi"].map(normalise)]
    choices = [name for entry in register for name in (entry.title, entry.slug)]
    about = register.to_frame().set_index("kpi")
    about["why"] = about["why"].replace("", "its published figures are used")
    columns = about[["title", "frequency", "kind", "unit", "data", "why", "highest"]]
    rows = rows.assign(slug=slugs).join(columns, on="slug")
    unknown = rows.loc[rows["slug"] == "", "kpi"]
    rows["close"] = unknown.map(lambda name: did_you_mean(name, choices) or _LISTED)
    ours = {normalise(name) for name in authority}
    find = partial(_find, findings, rows)
    find("authority_other", "authority", ~rows["authority"].map(normalise).isin(ours))
    find("kpi_unknown", "kpi", rows["slug"] == "")
    find("kpi_not_supplied", "kpi", rows["data"].notna() & (rows["data"] != "supplied"))
    marked = rows["synthetic"] == MARK
    unmarked = marked.groupby(rows["file"]).transform("any") & ~marked
    find("row_unmarked", "synthetic", unmarked)
    return rows


def _find(findings: Findings, rows: pd.DataFrame, check: str, field: str, mask: pd.Series) -> None:
    findings.add_rows(check, mask, FEED.labels[field], rows[field])


def _check_periods(rows: pd.DataFrame, today: date, findings: Findings) -> pd.DataFrame:
    """The rows with the ``name`` and the last day, ``end``, of their periods."""
    periods, other = [], []
    for text, frequency in zip(rows["period"], rows["frequency"], strict=True):
        named = {each: period for each in EXAMPLES if (period := read_period(text, each))}
        periods.append(named.get(frequency))
        is_other = named and frequency not in named
        other.append(f", but a {next(iter(named))} one" if is_other else "")
    rows = rows.assign(
        end=pd.Series([period and last_day(period) for period in periods], rows.index, "object"),
        name=["" if period is None else period_name(period) for period in periods],
        other=other,
        example=rows["frequency"].map(EXAMPLES),
    )
    readable = rows["end"].notna()
    ends = rows["end"].fillna(date(_FIRST_YEAR, 1, 1))
    by_key = rows[readable].groupby(["slug", "name"])[["file", "row"]].transform("first")
    rows["first"] = by_key["file"] + ", row " + by_key["row"].astype(str)
    find = partial(_find, findings, rows)
    find("period_unreadable", "period", ~readable & (rows["slug"] != ""))
    find("period_future", "period", ends >= today)
    find("period_early", "period", ends < date(_FIRST_YEAR, 1, 1))
    find("period_repeated", "period", readable & rows.duplicated(["slug", "name"]))
    return rows


def _check_numbers(rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The numbers of every row, missing where a cell is empty; the rows gain their ``share``."""
    is_percentage = rows["kind"] == "percentage"
    numbers = pd.DataFrame(index=rows.index)
    for field in NUMBERS:
        numbers[field] = to_numbers(rows[field])
        is_read = numbers[field].notna()
        sign = rows[field].str.endswith("%") & is_read & rows["kind"].notna() & ~is_percentage
        _find(findings, rows, "number_unreadable", field, ~is_read & (rows[field] != ""))
        _find(findings, rows, "number_negative", field, numbers[field] < 0)
        _find(findings, rows, "percent_sign", field, sign)
        if field in ("value", "target"):
            _find(findings, rows, "over_100", field, numbers[field] > rows["highest"])
    value, top, bottom = (numbers[field] for field in ("value", "numerator", "denominator"))
    share = rows["share"] = (100 * top / bottom).where(is_percentage & (bottom > 0))
    find = partial(_find, findings, rows)
    find("count_not_whole", "value", (rows["kind"] == "count") & (value % 1 > 0))
    find("part_alone", "numerator", top.isna() != bottom.isna())
    find("numerator_large", "numerator", is_percentage & (top > bottom))
    find("denominator_0", "denominator", bottom == 0)
    find("value_differs", "value", ((value - share).abs() > DIFFERS_BY) & (top <= bottom))
    find("value_missing", "value", (rows["value"] == "") & share.isna() & (bottom != 0))
    return numbers.assign(value=value.fillna(share))


def _advise(rows: pd.DataFrame, findings: Findings) -> None:
    """Gaps, rows out of order, shares for percentages, and too few values, by indicator."""
    days = pd.to_datetime(rows["end"])
    findings.add_rows("period_order", days < days.groupby(rows["slug"]).shift())
    for _, group in rows.groupby("slug"):
        first = group.iloc[0]
        periods = [period_with(end, first["frequency"]) for end in sorted(group["end"])]
        for before, after in pairwise(periods):
            if before + 1 < after:
                span = {"from": period_name(before + 1), "to": period_name(after - 1)}
                findings.add("period_gap", file=first["file"], words={**first, **span})
        if first["kind"] == "percentage" and group["number"].max() <= 1:
            findings.add_rows("percentage_as_share", pd.Series(True, group.index[:1]))
        if len(group) < FEWEST:
            words = {**first, "many": len(group), "fewest": FEWEST}
            findings.add("values_few", file=first["file"], words=words)


def _check_money(rows: pd.DataFrame, findings: Findings) -> None:
    """Find indicators in pounds whose amounts are all too small to be that."""
    largest = rows[rows["kind"] == "money"].groupby("slug")["number"].transform("max")
    small = largest[largest.between(0, LEAST_MONEY, inclusive="neither")]
    at = small.index[~rows.loc[small.index, "slug"].duplicated()]
    findings.add_rows("money_small", pd.Series(True, at))


def empty_values() -> pd.DataFrame:
    """The values of a feed that has none: the columns of ``Feed.values`` and no row."""
    types = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(NUMBERS, "float64")
    return pd.DataFrame(columns=list(COLUMNS)).astype(types | {"period_end": "datetime64[ms]"})


def write_feed_template(path: Path, register: Register, *, authority: str) -> None:
    """Write the workbook for a feed; the cover has the code of the authority for every row."""
    write_form(_form(register, authority), path)


def write_feed(
    values: pd.DataFrame, path: Path, register: Register, *, authority: str, synthetic: bool
) -> None:
    """Write a feed, as CSV or as the filled-in template by the file's suffix."""
    titles = {entry.slug: entry.title for entry in register}
    table = values.assign(authority=authority, kpi=values["kpi"].map(titles))
    if path.suffix == ".csv":
        table["note"] = table["note"].map(no_formula)
    invented = "The figures in this workbook are invented." * synthetic
    write_rows(_form(register, authority), table[list(FEED.template)], path, invented)


def _form(register: Register, authority: str) -> Form:
    rows = [
        (entry.title, entry.frequency, entry.unit, entry.definition, entry.owner)
        for entry in register.supplied
    ]
    return Form(
        FEED,
        "Feed",
        cover=(*_COVER, f"Authority to write in every row: {authority}"),
        codes="KPIs",
        code_headings=("Name", "How often", "Unit", "What it is", "Owner"),
        code_rows=rows,
        choices={"kpi": {"validate": "list", "source": f"=KPIs!$A$2:$A${len(rows) + 1}"}},
    )


def save_feed(project: Project, area_code: str, feed: Feed) -> Path:
    """Save the feed of an authority in place of the one before; gives its folder.

    Notes are free text, in which a person may be named, and are not saved.
    """
    tables, note = {"feed": feed.values.assign(note="")}, {"synthetic": feed.synthetic}
    return STORE.save(project, area_code, tables, note)


def load_feed(project: Project, area_code: str) -> Feed:
    """The feed saved of an authority, without the advice that was given when it was read."""
    tables, note = STORE.load(project, area_code)
    return Feed(tables["feed"], (), note["synthetic"])
