"""One authority as a notebook looks at it: its tables up to a January, and its peers."""

import json
import os
import re
from calendar import month_name
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pandas as pd

from sendlib import areas, data
from sendlib.areas import PeerGroup
from sendlib.errors import ParameterError, Problem
from sendlib.intake import store
from sendlib.project import LOG_VARIABLE, Project
from sendlib.scenarios import FIRST_YEAR
from sendlib.successors import Successor, read_future
from sendlib.validation import check_columns, name_or_code, to_integer

LATEST: Final = "latest"  # in place of a January: the newest count
_STATED = ("council_figure", "dsg_balance")
_DATED = {"inspection": "published_on", "policy_fact": "date"}  # the day of each row
_EDITION = re.compile(r"(.*?)((?:19|20)\d\d(?: to (?:19|20)\d\d)?)")
"""A title and the year or years that it ends in."""


@dataclass(frozen=True)
class Authority:
    """An authority, looked at from one January: nothing later is loaded.

    Examples
    --------
    >>> wiltshire = Authority.open("Wiltshire", as_of=2025)
    >>> wiltshire.code, wiltshire.name
    ('865', 'Wiltshire')
    """

    project: Project
    group: PeerGroup  # itself, its statistical neighbours and its region
    as_of: int  # census year
    note: str = ""  # what its pages have to say of authorities that are to begin or to end
    successor: Successor | None = None  # where it is one that does not exist yet
    parts: "tuple[tuple[Authority, float], ...]" = ()  # then those of today, with its share of each

    @classmethod
    def open(
        cls,
        la: str | float,
        *,
        as_of: float | str | None = None,
        project: Project | None = None,
        build: bool = False,
    ) -> "Authority":
        """Find an authority by name or code, and check that there are figures for it.

        Parameters
        ----------
        la : str or number
            Name or code in any case: "Wiltshire", "865", 865 or "E06000054".
        as_of : number or str, optional
            The January count to look from, such as 2025; the newest for the authority where
            it is left out or "latest".
        project : Project, optional
            Where the tables are; the project around the working folder otherwise.
        build : bool
            Bring the tables up to date first, and ask for a January with enough before it for
            a range, as commands do.

        Raises
        ------
        UnknownNameError
            If no authority has that name or code, or it has been replaced.
        NotAvailableError
            If no figures for it are available.
        ParameterError
            If ``la`` is neither a name nor a code, or ``as_of`` no January with figures.
        """
        text, january = _read(la, as_of)
        project = project or Project.find()
        if build:
            data.build(project)
        future = read_future(project)
        code = areas.find_authority(text, future.areas)
        counted = [data.counted_years(project, part) for part in future.parts_of(code)]
        years = counted[0][counted[0].isin(set.intersection(*map(set, counted)))]
        if january is None and len(years):
            january = int(years.max())
        _log_opening(code, january)
        for part in future.parts_of(code):
            areas.check_available(part, data.load(project, "ehcp_caseload"), future.areas)
        if january is None or not years.min() <= january <= years.max():
            remedy = f"give a January from {years.min()} to {years.max()}"
            problem = Problem("january_without_tables", f"{january}", "as_of", remedy)
            raise ParameterError("That January is not available.", [problem])
        if build and january < FIRST_YEAR:
            remedy = f"give {FIRST_YEAR} or later"
            problem = Problem("january_too_early", f"{january}", "as_of", remedy)
            raise ParameterError("Too little is known before that January for a range.", [problem])
        successor, neighbours = future.find(code), data.load(project, "neighbour")
        of_parts = tuple(
            (cls(project, areas.peer_group(part, future.areas, neighbours), january), share)
            for part, share in (successor.shares if successor else {}).items()
        )
        if successor:
            neighbours = successor.add_rows("neighbour", neighbours)
        group = areas.peer_group(code, future.areas, neighbours)
        return cls(project, group, january, future.note(code), successor, of_parts)

    @property
    def code(self) -> str:
        """The three-digit code."""
        return self.group.area_code

    @property
    def name(self) -> str:
        """The name."""
        return self.group.name

    @property
    def basis(self) -> str:
        """How its plans came to be known, beside a figure: one that is to begin has no count."""
        return "estimated from parts" if self.successor else "counted"

    @property
    def names(self) -> tuple[str, ...]:
        """Every way to write it: its codes, former ones too, and its name."""
        known = self._areas().set_index("area_code").loc[self.code]
        former = str(known["former_gss_codes"]).split(";")
        return self.code, *filter(None, (str(known["gss_code"]), self.name, *former))

    @property
    def version(self) -> str:
        """What its tables are known by: the January, its code, and a hash of what was built."""
        shares = f" {self.successor.shares}" if self.successor else ""
        return f"{self.code} {self.as_of} {data.tables_version(self.project)}{shares}"

    def load(self, table: str) -> pd.DataFrame:
        """One tidy table, for all areas, up to the January looked from.

        Figures that a council or the press stated, inspections and facts are cut by the
        year in which they were published, unless the January is the authority's last one.
        ``own_figure`` has what ``sendlib finance read`` stored, at that last January only.

        Parameters
        ----------
        table : str
            Such as "ehcp_caseload" (plans by age, need and place), "ehcp_flow" (requests,
            assessments, new plans) or "indicator"; all are in ``docs/reference/data.md``.

        Returns
        -------
        pd.DataFrame
            The columns of the table's contract, a copy that may be changed; after
            ``area_code`` also ``area_name`` and ``area_type``.

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
        counted = [part.code for part, _ in self.parts] or [self.code]
        latest = [data.latest_census(self.project, code) for code in counted]
        looks_back = self.as_of < min(latest)
        if table == store.TABLE:
            return store.empty_figures() if looks_back else self._own_figures()
        frame = data.load(self.project, table, as_of=self.as_of)
        if table == "source" and not looks_back and len(own := self._own_figures()):
            row = store.own_source(own, self.name)
            return pd.concat([frame, pd.DataFrame([row])], ignore_index=True)
        if table in _DATED and looks_back:
            frame = frame[frame[_DATED[table]].astype("str").str[:4] <= str(self.as_of)]
        if table in _STATED and looks_back:
            sources = data.load(self.project, "source")
            year = pd.to_numeric(sources["published"].str[:4], errors="coerce")
            known = sources.loc[year <= self.as_of, "source_id"]  # dated, and not later
            frame = frame[frame["source_id"].isin(known)]
        if self.successor:
            frame = self.successor.add_rows(table, frame)
        return areas.with_names(frame, self._areas()) if "area_code" in frame else frame

    def _areas(self) -> pd.DataFrame:
        """Table ``area``, with its own row where it does not exist yet."""
        known = data.load(self.project, "area")
        return self.successor.add_rows("area", known) if self.successor else known

    def _own_figures(self) -> pd.DataFrame:
        return store.load_figures(self.project, self.code)

    def published(self, *items: str) -> pd.DataFrame:
        """What the council or the press published of the authority, ready to mark on a chart.

        Parameters
        ----------
        *items : str
            Such as "planned EHC plans"; ``load("council_figure")["item"]`` has all of them.

        Returns
        -------
        pd.DataFrame
            ``year`` (of the period, its month as a fraction), ``period``, ``item``,
            ``value``, ``unit``, ``label`` and ``source_id``; may be empty.
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
            Measures, with their sources in ``attrs``, and tables with a ``source_id``.

        Raises
        ------
        DataError
            If a frame has neither, as after a merge.
        """
        rows = pd.concat([_cited(frame) for frame in frames])
        press = rows.groupby("source_id")[["press"]].min().reset_index()
        cited = self.load("source").merge(press, on="source_id")
        cited["press"] = cited.groupby("publisher")["press"].transform("min")
        cited = cited.sort_values(["press", "publisher", "title"])
        titles = cited.groupby("publisher", sort=False)["title"].agg(_join_editions)
        listed = [f"{publisher}: {listed}" for publisher, listed in titles.items()]
        if self.successor:
            listed.append(self.successor.say_shares({p.code: p.name for p, _ in self.parts}))
        return "; ".join(listed)


def _join_editions(titles: Iterable[str]) -> str:
    """Titles in a list, those that differ only in the year that they end in as one.

    Examples
    --------
    >>> _join_editions(["Plans 2022", "Plans 2025", "Grant 2019 to 2020", "Grant 2020 to 2021"])
    'Plans 2022, 2025; Grant 2019 to 2021'
    """
    editions: dict[str, list[str]] = {}
    for title in titles:
        found = _EDITION.fullmatch(title)
        name, period = (found[1], found[2]) if found else (title, "")
        editions.setdefault(name, []).append(period)
    return "; ".join(f"{name}{_span(periods)}" for name, periods in editions.items())


def _span(periods: Sequence[str]) -> str:
    """Periods in a list, or from the first to the last where each begins as the one before ends."""
    ends = [period.split(" to ") for period in periods]
    is_chain = all(len(pair) == 2 for pair in ends) and all(
        before[1] == after[0] for before, after in pairwise(ends)
    )
    return f"{ends[0][0]} to {ends[-1][1]}" if is_chain else ", ".join(periods)


def _year_of(period: str) -> float:
    """The first year that a period names, at the end of the month where it names one."""
    year = re.search(r"\d{4}", period)
    months = [n for n, month in enumerate(month_name) if month and month in period]
    return float(year[0]) + sum(months[:1]) / 12 if year else float("nan")


def _cited(frame: pd.DataFrame) -> pd.DataFrame:
    """The sources of a measure or a table, and whether a row is of the press."""
    named = getattr(frame, "attrs", {}).get("source_ids")
    if named is not None:
        return pd.DataFrame({"source_id": list(named), "press": False})
    remedy = "give the measure or the table that it was made from, such as the ehcp_caseload"
    columns = getattr(frame, "columns", ())
    check_columns(columns, ["source_id"], where="cite", remedy=remedy)
    press = frame["confidence"] == "press" if "confidence" in columns else False
    return pd.DataFrame({"source_id": frame["source_id"], "press": press})


def _read(la: object, as_of: object) -> tuple[str, int | None]:
    """The authority as text and the January as a number, however they were typed."""
    if as_of == LATEST:
        as_of = None
    text, january = name_or_code(la), None if as_of is None else to_integer(as_of)
    if text is not None and (january is not None or as_of is None):
        return text, january
    problems = []
    if text is None:
        found = f"{la!r} is neither a name nor a code"
        remedy = 'give one of them, such as "Wiltshire", 865 or "E06000054"'
        problems.append(Problem("neither_name_nor_code", found, "la", remedy))
    if january is None and as_of is not None:
        found = f"{as_of!r} is not a year"
        problems.append(Problem("not_a_year", found, "as_of", "give one, such as 2025"))
    raise ParameterError("The authority cannot be opened.", problems)


def _log_opening(code: str, as_of: int | None) -> None:
    """Say so in the log of a kernel that makes a page; anywhere else, do nothing."""
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with Path(log).open("a", encoding="utf-8") as target:
            target.write(json.dumps({"opened": code, "as_of": as_of}, default=int) + "\n")
