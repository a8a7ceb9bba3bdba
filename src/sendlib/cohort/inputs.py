"""All that the cohort model of one authority rests on, gathered from tidy tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from sendlib.authority import Authority
from sendlib.cohort.evidence import Evidence, Kind
from sendlib.cohort.movements import evidence_from_movements
from sendlib.cohort.published.account import Published, published_evidence
from sendlib.cohort.published.counts import TABLES as PUBLISHED_TABLES
from sendlib.cohort.published.counts import need_by_place
from sendlib.cohort.published.needs import by_need
from sendlib.cohort.published.residents import persons_by_age
from sendlib.errors import NotAvailableError, ParameterError, Problem
from sendlib.vocabulary import ENGLAND, FEWEST_SHOWN

CITED = PUBLISHED_TABLES
TABLES = (*PUBLISHED_TABLES, "residents", "population", "children", "area")


@dataclass(frozen=True, eq=False)
class Inputs:
    """What is known of one authority's caseload, and of England's beside it.

    Parameters
    ----------
    area_code : str
        The authority.
    origin : int
        The January counted last.
    evidence : Evidence
        Of the authority.
    parent : Evidence or None
        Of England; none where the authority is England, or England is not available.
    residents : pd.DataFrame
        Persons by single age for each January ahead, those of the middle of the
        year before, and ``source``. [persons]
    published : Published or None
        The account that published evidence rests on.
    source : str
        What a chart of it is made from, as a line below the chart.
    """

    area_code: str
    origin: int
    evidence: Evidence
    parent: Evidence | None
    residents: pd.DataFrame
    published: Published | None
    source: str = ""

    @classmethod
    def of(cls, authority: Authority, *, horizon: int, caseload: str = "published") -> "Inputs":
        """What an authority's years ahead rest on, at the January that it is looked at from.

        Parameters
        ----------
        authority : Authority
            The authority, with the January.
        horizon : int
            Januaries ahead.
        caseload : str
            ``published``, or ``own``: the records that ``sendlib cohort fit`` has counted,
            whose last January counts.

        Raises
        ------
        ParameterError
            If the caseload is neither.
        NotAvailableError
            If what is published, or what was counted, does not allow it.

        Examples
        --------
        >>> from sendlib import Authority
        >>> Inputs.of(Authority.open("Wiltshire", as_of=2025), horizon=5).origin
        2025
        """
        if caseload not in ("published", "own"):
            problem = Problem(f"{caseload!r}", "caseload", "give published or own")
            raise ParameterError("There is no such caseload.", [problem])
        tables = {name: authority.load(name) for name in TABLES}
        if caseload == "own":
            from sendlib.intake import load_caseload  # slow to import

            records = load_caseload(authority.project, authority.code)
            made = cls.from_own(
                tables,
                records.stock,
                records.movements,
                area_code=authority.code,
                horizon=horizon,
                kind=records.kind,
            )
            return replace(made, source="The authority's own records, counted by sendlib.")
        made = cls.from_tables(
            tables, area_code=authority.code, origin=authority.as_of, horizon=horizon
        )
        cited = authority.cite(*(tables[name] for name in CITED))
        return replace(made, source=f"{cited}. Moves worked out by sendlib.")

    @property
    def minimum_count(self) -> int:
        """The smallest count that pages may show: none of published statistics. [plans]"""
        return FEWEST_SHOWN if self.evidence.kind == "own" else 0

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        *,
        area_code: str,
        origin: int,
        horizon: int,
        with_needs: bool = False,
    ) -> "Inputs":
        """From what the department has published.

        Parameters
        ----------
        tables : Mapping[str, pd.DataFrame]
            The tidy tables of ``TABLES``.
        area_code : str
            An authority, a region or England.
        origin : int
            The January to look from.
        horizon : int
            Januaries ahead.
        with_needs : bool
            Whether to tell needs apart, each place having the mix published for it.

        Raises
        ------
        NotAvailableError
            If what is published of the area does not allow it.
        """
        published = _published(tables, area_code, origin)
        evidence = published.evidence
        if with_needs:
            mix = need_by_place(
                tables["ehcp_caseload"], area_code=area_code, census_year=evidence.years[-1]
            )
            evidence = by_need(evidence, mix)
        return cls(
            area_code,
            origin,
            evidence,
            None if area_code == ENGLAND else _published(tables, ENGLAND, origin).evidence,
            _residents(tables, area_code, range(origin + 1, origin + 1 + horizon)),
            published,
        )

    @classmethod
    def from_own(
        cls,
        tables: Mapping[str, pd.DataFrame],
        stock: pd.DataFrame,
        movements: pd.DataFrame,
        *,
        area_code: str,
        horizon: int,
        kind: Kind,
    ) -> "Inputs":
        """From an authority's own counts, with England's published ones beside them."""
        years = sorted(int(year) for year in movements["census_year"].unique())
        seen = _residents(tables, area_code, range(years[0], years[-1] + 1))
        evidence = evidence_from_movements(stock, movements, seen, kind=kind)
        origin = years[-1]
        return cls(
            area_code,
            origin,
            evidence,
            _england_if_held(tables, origin),
            _residents(tables, area_code, range(origin + 1, origin + 1 + horizon)),
            None,
        )


def _published(tables: Mapping[str, pd.DataFrame], area_code: str, origin: int) -> Published:
    held = tables["ehcp_caseload_by_age"]["census_year"]
    if held.empty:
        problem = Problem(
            f"Ages by place are not available up to January {origin}", remedy="ask for a later one"
        )
        raise NotAvailableError("The caseload cannot be followed by age.", [problem])
    januaries = range(int(held.min()), origin + 1)
    residents = _mid_years(tables, area_code, [year - 1 for year in januaries])
    return published_evidence(tables, residents, area_code=area_code, origin=origin)


def _england_if_held(tables: Mapping[str, pd.DataFrame], origin: int) -> Evidence | None:
    try:
        return _published(tables, ENGLAND, origin).evidence
    except NotAvailableError:
        return None


def _residents(
    tables: Mapping[str, pd.DataFrame], area_code: str, januaries: range
) -> pd.DataFrame:
    """Residents at some Januaries, indexed by them: those of the mid-years before."""
    persons = _mid_years(tables, area_code, [january - 1 for january in januaries])
    return persons.set_axis(list(januaries), axis=0).rename_axis(index="census_year")


def _mid_years(
    tables: Mapping[str, pd.DataFrame], area_code: str, years: list[int]
) -> pd.DataFrame:
    return persons_by_age(
        tables["residents"],
        tables["population"],
        children=tables["children"],
        areas=tables["area"],
        area_code=area_code,
        years=years,
    )
