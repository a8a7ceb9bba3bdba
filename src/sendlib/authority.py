"""One authority as a notebook looks at it: its tables up to a January, and its peers."""

import json
import os
import re
from calendar import month_name
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sendlib import areas, data
from sendlib.areas import PeerGroup
from sendlib.errors import ParameterError, Problem
from sendlib.project import LOG_VARIABLE, Project
from sendlib.validation import check_columns, name_or_code, whole_number

_STATED = ("council_figure", "dsg_balance")


@dataclass(frozen=True)
class Authority:
    """An authority, looked at from one January.

    Parameters
    ----------
    project : Project
        Where the tables are.
    group : PeerGroup
        The authority, its statistical neighbours and its region.
    as_of : int
        The census year to look from; nothing later is given.

    Examples
    --------
    >>> wiltshire = Authority.open("Wiltshire", as_of=2025)
    >>> wiltshire.code, wiltshire.name
    ('865', 'Wiltshire')
    """

    project: Project
    group: PeerGroup
    as_of: int

    @classmethod
    def open(
        cls, la: str | float, *, as_of: float | str | None = None, project: Project | None = None
    ) -> "Authority":
        """Find an authority by name or code, and check that there are figures for it.

        Parameters
        ----------
        la : str or number
            Name or code: "Wiltshire", "865", 865 or "E06000054"; case and outer
            spaces do not matter.
        as_of : number or str, optional
            The January count to look from, such as 2025; nothing later is given. The
            newest that is available for the authority otherwise.
        project : Project, optional
            Where the tables are; the project around the working folder otherwise.

        Raises
        ------
        UnknownNameError
            If no authority has that name or code, or it has been replaced.
        NotAvailableError
            If no figures for it are available.
        ParameterError
            If the one is neither a name nor a code, or the other no year or
            outside what is available.

        Examples
        --------
        >>> Authority.open("North Somerset", as_of=2024).load("ehcp_caseload").empty
        False
        """
        text, january = _read(la, as_of)
        project = project or Project.find()
        known = data.load(project, "area")
        code = areas.find_authority(text, known)
        caseload = data.load(project, "ehcp_caseload")
        held = caseload.loc[caseload["area_code"] == code, "census_year"]
        if january is None and len(held):
            january = int(held.max())
        _note_opening(code, january)
        areas.check_available(code, caseload, known)
        looked_from = _check_as_of(january, held)
        group = areas.peer_group(code, known, data.load(project, "neighbour"))
        return cls(project, group, looked_from)

    @property
    def code(self) -> str:
        """The three-digit code."""
        return self.group.area_code

    @property
    def name(self) -> str:
        """The name."""
        return self.group.name

    def load(self, table: str) -> pd.DataFrame:
        """One tidy table, for all areas, up to the January looked from.

        Figures that a council or the press stated are cut by the year in which
        they were stated, unless the January is the last one available.

        Parameters
        ----------
        table : str
            A table of ``docs/reference/data.md``, such as "ehcp_caseload" (plans by
            age, need and place), "ehcp_flow" (requests, assessments, new plans),
            "indicator", "population" or "high_needs_spend"; ``list(data.TABLES)``
            has all of their names.

        Returns
        -------
        pd.DataFrame
            The columns of the table's contract, a copy that may be changed; beside
            ``area_code`` also ``area_name`` and ``area_type`` ("authority", "region"
            or "england").

        Raises
        ------
        UnknownNameError
            If there is no such table; the nearest names are offered.

        Examples
        --------
        >>> wiltshire = Authority.open("Wiltshire", as_of=2024)
        >>> int(wiltshire.load("ehcp_flow")["calendar_year"].max())
        2023
        """
        frame = data.load(self.project, table, as_of=self.as_of)
        if table in _STATED and self.as_of < data.latest_census(self.project):
            frame = _stated_by(frame, data.load(self.project, "source"), self.as_of)
        if "area_code" in frame:
            return areas.with_names(frame, data.load(self.project, "area"))
        return frame

    def published(self, *items: str) -> pd.DataFrame:
        """What the council or the press published of the authority, ready to mark on a chart.

        Parameters
        ----------
        *items : str
            Such as "planned EHC plans"; ``load("council_figure")["item"]`` has all of them.

        Returns
        -------
        pd.DataFrame
            ``year`` (that of the period, with its month as a fraction), ``period``,
            ``item``, ``value``, ``unit``, ``label`` and ``source_id``; empty where
            nothing is published.
        """
        figures = self.load("council_figure")
        mine = figures[(figures["area_code"] == self.code) & figures["item"].isin(items)]
        values = [f"{value:,.10g}" for value in mine["value"]]
        said = mine["item"] + ", " + mine["period"] + ": " + pd.Series(values, mine.index)
        mine = mine.assign(year=mine["period"].map(_year_of), label="council's " + said)
        columns = ["year", "period", "item", "value", "unit", "label", "source_id"]
        return mine[columns].reset_index(drop=True)

    def cite(self, *frames: pd.DataFrame) -> str:
        """The publications that frames come from, for the line under a chart; the press last.

        Parameters
        ----------
        *frames : pd.DataFrame
            Tables and measures. A measure says in its ``attrs`` what it came from; a
            table has a column ``source_id``.

        Raises
        ------
        DataError
            If a frame has neither, as after a merge.
        """
        cited = self.load("source").merge(_by_confidence(frames), on="source_id")
        cited["press"] = cited.groupby("publisher")["press"].transform("min")
        cited = cited.sort_values(["press", "publisher", "title"])
        titles = cited.groupby("publisher", sort=False)["title"].agg(", ".join)
        return "; ".join(f"{publisher}: {listed}" for publisher, listed in titles.items())


def _by_confidence(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Every source of some frames once, and whether only the press stands behind it."""
    rows = [
        pd.DataFrame({"source_id": frame["source_id"], "press": frame["confidence"] == "press"})
        if {"source_id", "confidence"} <= set(frame)
        else pd.DataFrame({"source_id": list(_sources_of(frame)), "press": False})
        for frame in frames
    ]
    return pd.concat(rows).groupby("source_id")[["press"]].min().reset_index()


def _year_of(period: str) -> float:
    """The first year that a period names, at the end of the month where it names one."""
    year = re.search(r"\d{4}", period)
    months = [n for n, month in enumerate(month_name) if month and month in period]
    return float(year[0]) + sum(months[:1]) / 12 if year else float("nan")


def _sources_of(frame: pd.DataFrame) -> Iterable[str]:
    """The sources that a measure names, or those in the rows of a table."""
    named: Iterable[str] | None = getattr(frame, "attrs", {}).get("source_ids")
    if named is not None:
        return named
    remedy = "give the measure or the table that it was made from, such as the ehcp_caseload"
    columns = getattr(frame, "columns", ())
    check_columns(columns, ["source_id"], where="cite", remedy=remedy)
    return frame["source_id"].unique()


def _stated_by(frame: pd.DataFrame, sources: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows whose source is dated, and not after ``year``."""
    dated = pd.to_numeric(sources["published"].str[:4], errors="coerce")
    known = sources.loc[dated <= year, "source_id"]
    return frame[frame["source_id"].isin(known)]


def _read(la: object, as_of: object) -> tuple[str, int | None]:
    """The authority as text and the January as a number, however they were typed."""
    text, january = name_or_code(la), None if as_of is None else whole_number(as_of)
    if text is not None and (january is not None or as_of is None):
        return text, january
    problems = []
    if text is None:
        remedy = 'give one of them, such as "Wiltshire", 865 or "E06000054"'
        problems.append(Problem(f"{la!r} is neither a name nor a code", "la", remedy))
    if january is None and as_of is not None:
        problems.append(Problem(f"{as_of!r} is not a year", "as_of", "give one, such as 2025"))
    raise ParameterError("The authority cannot be opened.", problems)


def _note_opening(code: str, as_of: int | None) -> None:
    """Say so in the log of a kernel that makes a page; anywhere else, do nothing."""
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with Path(log).open("a", encoding="utf-8") as target:
            target.write(json.dumps({"opened": code, "as_of": as_of}, default=int) + "\n")


def _check_as_of(as_of: int | None, held: pd.Series) -> int:
    """The January, if it is one of those that are there."""
    first, last = int(held.min()), int(held.max())
    if as_of is None or not first <= as_of <= last:
        problem = Problem(f"{as_of}", "as_of", f"give a January from {first} to {last}")
        raise ParameterError("That January is not available.", [problem])
    return as_of
