"""One authority as a notebook looks at it: its tables up to a January, and its peers."""

from dataclasses import dataclass

import pandas as pd

from sendlib import areas, store
from sendlib.areas import PeerGroup
from sendlib.errors import ParameterError, Problem
from sendlib.given import check_columns, name_or_code, whole_number
from sendlib.project import Project

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
        cls, la: str | float, *, as_of: float | str, project: Project | None = None
    ) -> "Authority":
        """Find an authority by name or code, and check that it is held.

        Parameters
        ----------
        la : str or number
            Name or code: "Wiltshire", "865", 865 or "E06000054"; case and outer
            spaces do not matter.
        as_of : number or str
            The January count to look from, such as 2025; nothing later is given.
        project : Project, optional
            Where the tables are; the project around the working folder otherwise.

        Raises
        ------
        NotHeldError
            If no authority has that name or code, it has been replaced, or no
            figures for it are held.
        ParameterError
            If the one is neither a name nor a code, or the other no year or
            outside what is held.

        Examples
        --------
        >>> Authority.open("North Somerset", as_of=2024).load("ehcp_caseload").empty
        False
        """
        text, january = _read(la, as_of)
        project = project or Project.find()
        known = store.load(project, "area")
        code = areas.find_authority(text, known)
        caseload = store.load(project, "ehcp_caseload")
        areas.check_held(code, caseload, known)
        _check_as_of(january, caseload.loc[caseload["area_code"] == code, "census_year"])
        group = areas.peer_group(code, known, store.load(project, "neighbour"))
        return cls(project, group, january)

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
        they were stated, unless the January is the last one held.

        Parameters
        ----------
        table : str
            A table of ``docs/reference/data.md``, such as "ehcp_caseload" (plans by
            age, need and place), "ehcp_flow" (requests, assessments, new plans),
            "indicator", "population" or "high_needs_spend"; ``list(schemas.TABLES)``
            has all of their names.

        Returns
        -------
        pd.DataFrame
            The columns of the table's contract, a copy that may be changed.

        Raises
        ------
        NotHeldError
            If there is no such table; the nearest names are offered.

        Examples
        --------
        >>> wiltshire = Authority.open("Wiltshire", as_of=2024)
        >>> int(wiltshire.load("ehcp_flow")["calendar_year"].max())
        2023
        """
        frame = store.load(self.project, table, as_of=self.as_of)
        if table in _STATED and self.as_of < store.latest_census(self.project):
            return _stated_by(frame, store.load(self.project, "source"), self.as_of)
        return frame

    def cite(self, *frames: pd.DataFrame) -> str:
        """The publications that frames come from, for the line under a chart.

        Parameters
        ----------
        *frames : pd.DataFrame
            Each with a column ``source_id``, as every tidy table has; a measure
            made from a table has none, so give the table it was made from.

        Raises
        ------
        DataError
            If a frame has no ``source_id``.
        """
        for frame in frames:
            check_columns(
                getattr(frame, "columns", ()),
                ["source_id"],
                where="cite",
                remedy="give the tidy table itself, such as authority.load('ehcp_caseload')",
            )
        used = {source for frame in frames for source in frame["source_id"].unique()}
        sources = self.load("source")
        cited = sources[sources["source_id"].isin(used)].sort_values("title")
        titles = cited.groupby("publisher")["title"].agg(", ".join)
        return "; ".join(f"{publisher}: {listed}" for publisher, listed in titles.items())


def _stated_by(frame: pd.DataFrame, sources: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows whose source is dated, and not after ``year``."""
    dated = pd.to_numeric(sources["published"].str[:4], errors="coerce")
    known = sources.loc[dated <= year, "source_id"]
    return frame[frame["source_id"].isin(known)]


def _read(la: object, as_of: object) -> tuple[str, int]:
    """The authority as text and the January as a number, however they were typed."""
    text, january = name_or_code(la), whole_number(as_of)
    if text is not None and january is not None:
        return text, january
    problems = []
    if text is None:
        remedy = 'give one of them, such as "Wiltshire", 865 or "E06000054"'
        problems.append(Problem(f"{la!r} is neither a name nor a code", "la", remedy))
    if january is None:
        problems.append(Problem(f"{as_of!r} is not a year", "as_of", "give one, such as 2025"))
    raise ParameterError("The authority cannot be opened.", problems)


def _check_as_of(as_of: int, held: pd.Series) -> None:
    first, last = int(held.min()), int(held.max())
    if not first <= as_of <= last:
        problem = Problem(f"{as_of}", "as_of", f"give a January from {first} to {last}")
        raise ParameterError("That January is not held.", [problem])
