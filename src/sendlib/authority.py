"""One authority as a notebook looks at it: its tables up to a January, and its peers."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral

import pandas as pd

from sendlib import areas, store
from sendlib.areas import PeerGroup
from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.given import check_columns
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
    def open(cls, la: str, *, as_of: int, project: Project | None = None) -> "Authority":
        """Find an authority by name or code, and check that it is held.

        Parameters
        ----------
        la : str
            Name or code: "Wiltshire", "865" or "E06000054".
        as_of : int
            The January count to look from, such as 2025; nothing later is given.
        project : Project, optional
            Where the tables are; the project around the working folder otherwise.

        Raises
        ------
        NotHeldError
            If no authority has that name or code, it has been replaced, or no
            figures for it are held.
        ParameterError
            If the name is not text, the January not a whole number, or it lies
            outside what is held.

        Examples
        --------
        >>> Authority.open("North Somerset", as_of=2024).load("ehcp_caseload").empty
        False
        """
        _check_kinds(la, as_of)
        project = project or Project.find()
        known = store.load(project, "area")
        code = areas.find_authority(la, known)
        caseload = store.load(project, "ehcp_caseload")
        areas.check_held(code, caseload, known)
        _check_as_of(as_of, caseload.loc[caseload["area_code"] == code, "census_year"])
        group = areas.peer_group(code, known, store.load(project, "neighbour"))
        return cls(project, group, as_of)

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
        """The publications that frames come from, for the line under a chart; the press last.

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
        cited = self.load("source").merge(_by_confidence(frames), on="source_id")
        cited["press"] = cited.groupby("publisher")["press"].transform("min")
        cited = cited.sort_values(["press", "publisher", "title"])
        titles = cited.groupby("publisher", sort=False)["title"].agg(", ".join)
        return "; ".join(f"{publisher}: {listed}" for publisher, listed in titles.items())


def _by_confidence(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Every source of some frames once, and whether only the press stands behind it."""
    rows = [
        pd.DataFrame({"source_id": frame["source_id"], "press": frame.get("confidence") == "press"})
        for frame in frames
    ]
    return pd.concat(rows).groupby("source_id")[["press"]].min().reset_index()


def _stated_by(frame: pd.DataFrame, sources: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows whose source is dated, and not after ``year``."""
    dated = pd.to_numeric(sources["published"].str[:4], errors="coerce")
    known = sources.loc[dated <= year, "source_id"]
    return frame[frame["source_id"].isin(known)]


def _check_kinds(la: object, as_of: object) -> None:
    """Refuse a code that is a number and a year that is text: both are easy to type."""
    problems = []
    if not isinstance(la, str):
        remedy = f'put it in quotation marks: "{la}"' if la is not None else "give a name or a code"
        problems.append(Problem(f"{la!r} is not text", "la", remedy))
    if not isinstance(as_of, Integral):
        remedy = "give the year of a January without quotation marks, such as 2025"
        problems.append(Problem(f"{as_of!r} is not a whole number", "as_of", remedy))
    raise_any(ParameterError, "The authority cannot be opened.", problems)


def _check_as_of(as_of: int, held: pd.Series) -> None:
    first, last = int(held.min()), int(held.max())
    if not first <= as_of <= last:
        problem = Problem(f"{as_of}", "as_of", f"give a January from {first} to {last}")
        raise ParameterError("That January is not held.", [problem])
