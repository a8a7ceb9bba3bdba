"""Counts for every 10,000 residents."""

from collections.abc import Iterable

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.indicators.frames import AREA, measure_frame, period_of, with_figures

_OLDEST = 25  # a plan can last until the 26th birthday
_REMEDY = (
    'give authority.load("children"), residents aged 0 to 17 each year, or '
    'authority.load("residents") or ("population"), by age'
)


def per_10k(
    counted: pd.DataFrame,
    residents: pd.DataFrame,
    *,
    mid_year: pd.Series,
    areas: str | Iterable[str] | None,
) -> pd.DataFrame:
    """A count of each area and period, its residents at a mid-year, and the rate."""
    persons, ages = _residents(residents)
    count, period = counted.attrs["measure"], period_of(counted)
    column, rate = f"residents_{ages.replace(' ', '_')}", f"{count}_per_10k"
    key = ["area_code", "mid_year"]
    made = counted.assign(mid_year=mid_year).merge(persons, on=key, how="left")
    made = made.rename(columns={"persons": column})
    made[rate] = 10_000 * made[count] / made[column].where(made[column] > 0)
    what = f"{counted.attrs['what']}, for every 10,000 residents aged {ages}"
    chosen = choose_areas(with_figures(made, rate), areas)
    return measure_frame(
        chosen,
        [period, count, column, rate],
        measure=rate,
        what=what,
        source_ids=[*counted.attrs["source_ids"], *residents["source_id"].unique()],
    )


def _residents(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Residents of each area and mid-year, and the ages that they are of."""
    validation.check_columns(
        getattr(table, "columns", ()),
        [*AREA, "year", "persons", "source_id"],
        where="residents",
        remedy=_REMEDY,
    )
    rows = table.rename(columns={"year": "mid_year"})
    key = ["area_code", "mid_year"]
    if "age" not in rows:
        return rows[[*key, "persons"]], "0 to 17"
    young = rows[rows["age"].between(0, _OLDEST)].groupby(key)["persons"]
    return young.sum(min_count=_OLDEST + 1).reset_index(), f"0 to {_OLDEST}"
