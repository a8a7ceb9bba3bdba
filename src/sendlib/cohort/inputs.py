"""All that the cohort model of one authority starts from, gathered from tidy tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sendlib.authority import Authority
from sendlib.cohort import published_tables, residents
from sendlib.cohort.balance import apportion
from sendlib.cohort.evidence import Evidence, evidence_from_movements, round_groups
from sendlib.cohort.published import Published, published_evidence, split_by_need
from sendlib.errors import NotAvailableError, ParameterError, Problem
from sendlib.reuse import reuse
from sendlib.vocabulary import ENGLAND, MINIMUM_COUNT, PLACE_GROUPS

if TYPE_CHECKING:
    from sendlib.intake import OwnCaseload

TABLES = (*published_tables.TABLES, *residents.TABLES)


@dataclass(frozen=True, eq=False)
class Inputs:
    """What is known of one authority's caseload, and of a parent area's."""

    area_code: str
    origin: int  # the January counted last
    evidence: Evidence
    parent: Evidence | None  # of England, where that is available and another area
    residents: pd.DataFrame  # by single age in each January ahead, and ``source`` [persons]
    published: Published | None = None  # the account that published evidence rests on
    source: str = ""  # a line below a chart
    version: str = ""  # what it is known by; empty where what rests on it is not stored
    rounding_key: bytes = b""  # what settles how counts of own records are rounded
    parts: "tuple[tuple[Inputs, float], ...]" = ()  # whose draws it has a share of, if any

    @property
    def minimum_count(self) -> int:
        """The smallest count that pages may show: none of published statistics. [plans]"""
        return MINIMUM_COUNT if self.evidence.kind == "own" else 0

    @property
    def borrowed(self) -> str:
        """Says which plans have the ages or places of another January; empty where none has."""
        return self.published.borrowed if self.published else ""

    @classmethod
    def of(cls, authority: Authority, *, horizon: int, caseload: str = "published") -> "Inputs":
        """What an authority's projection starts from, at the January that it is looked at from.

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
            problem = Problem(
                "unknown_caseload", f"{caseload!r}", "caseload", "give published or own"
            )
            raise ParameterError("There is no such caseload.", [problem])
        if caseload == "own":
            from sendlib.intake import load_caseload, local_salt  # slow to import

            tables = {name: authority.load(name) for name in TABLES}
            records = load_caseload(authority.project, authority.code)
            inputs = cls.from_own(tables, records, area_code=authority.code, horizon=horizon)
            inputs = replace(inputs, source="The authority's own records, counted by sendlib.")
            return inputs.rounded(local_salt(authority.project))

        version = f"{authority.version} {horizon}"

        def gather() -> "Inputs":
            tables = {name: authority.load(name) for name in TABLES}
            inputs = cls.from_tables(
                tables, area_code=authority.code, origin=authority.as_of, horizon=horizon
            )
            cited = authority.cite(*(tables[name] for name in published_tables.TABLES))
            source = f"{cited}. Moves worked out by sendlib. {inputs.borrowed}".strip()
            parts = tuple((cls.of(one, horizon=horizon), share) for one, share in authority.parts)
            return replace(inputs, source=source, version=version, parts=parts)

        return reuse("caseload of an authority", version, gather)

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
        """From the tables of ``TABLES``; with needs, each place has the mix published for it."""
        published = published_evidence(tables, area_code=area_code, origin=origin)
        evidence = published.evidence
        if with_needs:
            evidence = split_by_need(evidence, tables["ehcp_caseload"], area_code=area_code)
        parent = None
        if area_code != ENGLAND:
            parent = published_evidence(
                tables, area_code=ENGLAND, origin=origin, national=published.national
            ).evidence
        ahead = _residents(tables, area_code, range(origin + 1, origin + 1 + horizon))
        return cls(area_code, origin, evidence, parent, ahead, published)

    @classmethod
    def from_own(
        cls,
        tables: Mapping[str, pd.DataFrame],
        records: "OwnCaseload",
        *,
        area_code: str,
        horizon: int,
    ) -> "Inputs":
        """From an authority's own counts, with England's published ones as parent area."""
        years = records.movements["census_year"]
        origin = int(years.max())
        persons = _residents(tables, area_code, range(int(years.min()), origin + 1))
        evidence = evidence_from_movements(
            records.stock, records.movements, persons, kind=records.kind
        )
        try:
            parent = published_evidence(tables, area_code=ENGLAND, origin=origin).evidence
        except NotAvailableError:
            parent = None
        ahead = _residents(tables, area_code, range(origin + 1, origin + 1 + horizon))
        return cls(area_code, origin, evidence, parent, ahead)

    def rounded(self, key: bytes) -> "Inputs":
        """The same, with the stock of own records rounded in every kind of place.

        Ages and needs are scaled to it, as whole children, so that all adds up to what is shown.
        """
        if not self.minimum_count:
            return self
        places, stock = self.evidence.axes.places, self.evidence.stock.copy()
        name = f"{self.area_code}|{self.evidence.years[-1]}"
        rounded = round_groups(stock.sum(axis=(0, 1)), places, name, key)
        for group, members in PLACE_GROUPS.items():
            inside = np.isin(places, members)
            cells = stock[:, :, inside]
            if cells.sum():
                whole = apportion(cells.ravel(), rounded[group])
                stock[:, :, inside] = whole.reshape(cells.shape)
        return replace(self, evidence=replace(self.evidence, stock=stock), rounding_key=key)


def _residents(
    tables: Mapping[str, pd.DataFrame], area_code: str, januaries: Sequence[int]
) -> pd.DataFrame:
    """Residents at some Januaries, indexed by them: those of the mid-years before."""
    mid_years = [january - 1 for january in januaries]
    persons = residents.persons_by_age(tables, area_code=area_code, years=mid_years)
    return persons.set_axis(list(januaries), axis=0).rename_axis(index="census_year")
