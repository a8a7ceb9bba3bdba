"""An authority's own figures of money, each used in place of the published one of its year.

Where both are known they are set side by side; which of them is right is not judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.intake.store import SOURCE_ID, empty_figures
from sendlib.periods import closing_date, financial_year, financial_year_start

OUTTURN, BUDGET, ALLOCATION, BALANCES = "Outturn", "Budget", "Allocation", "Balances"
PLACES, MONTHS, PROGRESS = "Places commissioned", "Monitoring", "Progress"
SPEND, PLACE_FUNDING, DEDUCTIONS, ALL_BLOCKS = "spend", "place_funding", "deductions", "all_blocks"
IN_YEAR = "in_year"  # of a budget
BLOCK, SCHOOLS_BLOCK = "block", "schools_block"
SPENT = "Spend"  # a term of a mitigation
TERMS_OF_MONTHS = ("requests", "plans", "spend")
TRANSFER, AGREEMENT, COUNCIL = "transfer", "agreement", "council"
_PAYMENTS = {
    TRANSFER: "Transfer from the schools block",
    AGREEMENT: "Payment under an agreement",
    COUNCIL: "Contribution of the council",
}
_FORECASTS = "A published balance may be a forecast: page 42 says of each what it is."
_NONE = (
    "No figures of the authority's own are stored: sendlib finance template writes the workbook "
    "for them."
)


@dataclass(frozen=True, eq=False)
class OwnFigures:
    """Own figures, and which of them took the place of a published one."""

    frame: pd.DataFrame = field(default_factory=empty_figures)  # as ``intake.store`` has them
    used: list[tuple[str, str, float, float]] = field(default_factory=list)
    _starts: dict[str, Mapping[int, float]] = field(default_factory=dict, init=False, repr=False)

    @property
    def mark(self) -> str:
        """What goes before them where they are invented."""
        return "INVENTED: " if self.frame.attrs.get("synthetic") else ""

    def by_year(self, sheet: str, item: str = "") -> pd.Series:
        """Amounts of one line, or the sum of a sheet's, by financial year. [£]"""
        rows = self.frame[self.frame["sheet"] == sheet]
        rows = rows[rows["item"] == item] if item else rows
        return rows.groupby("financial_year")["value"].sum().sort_index()

    def months(self, start: int) -> pd.DataFrame:
        """Months of the financial year that begins in a year, or of that calendar year's plans."""
        rows = self.frame[self.frame["sheet"] == MONTHS].sort_values("month")
        spent = (rows["item"] == SPEND) & (rows["financial_year"] == financial_year(start))
        counted = (rows["item"] != SPEND) & rows["month"].str.startswith(str(start))
        return rows[spent | counted]

    def note_payments(self) -> None:
        """Note transfers and payments of its own: none are published by authority and year."""
        for item, what in _PAYMENTS.items():
            for year, gbp in self.by_year(ALLOCATION, item).items():
                self.used.append((what, str(year), float(gbp), float("nan")))

    def starts(self, item: str) -> Mapping[int, float]:
        """Amounts of an allocation's line by the year in which their financial year begins. [£]"""
        if item not in self._starts:  # every run asks for them
            by_year = self.by_year(ALLOCATION, item)
            self._starts[item] = {
                financial_year_start(str(year)): float(gbp) for year, gbp in by_year.items()
            }
        return self._starts[item]

    def over(
        self, published: pd.Series, own: pd.Series, what: str, *, last: str = "9999-00"
    ) -> pd.Series:
        """A published series with the authority's own up to a year in its place, and noted."""
        own = own[own.index <= last]
        for year, gbp in own.items():
            known = float(published.get(year, float("nan")))
            self.used.append((what, str(year), float(gbp), known))
        both: pd.Series = own.combine_first(published).sort_index()
        return both

    def balances(self, published: pd.DataFrame, area_code: str) -> pd.DataFrame:
        """Table ``dsg_balance`` with the authority's own balances after the published ones."""
        own = self.by_year(BALANCES, ALL_BLOCKS)
        if own.empty:
            return published
        mine = published[published["area_code"] == area_code].drop_duplicates(
            "balance_date", keep="last"
        )
        known = mine.set_index("balance_date")["closing_balance_gbp"]
        dates = [pd.Timestamp(financial_year_start(str(year)) + 1, 3, 31) for year in own.index]
        for year, day, gbp in zip(own.index, dates, own, strict=True):
            stated = known.get(day, float("nan"))
            self.used.append(("Balance of all blocks", str(year), float(gbp), float(stated)))
        rows = pd.DataFrame({"balance_date": dates, "closing_balance_gbp": own.to_numpy()})
        rows = rows.astype({"balance_date": published["balance_date"].dtype})
        rows = rows.assign(
            area_code=area_code,
            item="cumulative DSG deficit, own figures",
            basis="outturn",
            confidence="primary",
            source_id=SOURCE_ID,
        )
        return pd.concat([published, rows], ignore_index=True)

    def compare_with_published(self) -> pd.DataFrame:
        """Every figure of its own that is used, and the published one of its year.

        Returns
        -------
        pd.DataFrame
            ``figure``, ``financial year``, ``own``, ``published`` and ``own less published``,
            missing where none is published. [£]
        """
        rows = sorted(self.used, key=lambda row: (row[1], row[0]))
        columns = ["figure", "financial year", "own", "published"]
        frame = pd.DataFrame(rows, columns=columns).astype({"own": float, "published": float})
        frame["own less published"] = frame["own"] - frame["published"]
        what = f"{self.mark}the authority's own figures, used in place of those published"
        # nobody has to state any
        return in_millions(frame, what, why=_NONE, notes=[_FORECASTS], missing=False)

    def named(self) -> Sequence[str]:
        """What was used, as a sentence lists it."""
        return [
            f"{what[:1].lower()}{what[1:]} at {closing_date(year)}"
            if what.startswith("Balance")
            else f"{what[:1].lower()}{what[1:]} of {year}"
            for what, year, _, _ in sorted(self.used, key=lambda row: (row[1], row[0]))
        ]
