"""What is made up about each invented child: reference, dates and cost."""

import numpy as np
import pandas as pd

from sendlib.vocabulary import PlaceType

MARK = "SYNTHETIC-"
ROWS = ("reference", "born", "need", "place_type", "start", "end", "january", "cost_gbp")
FIRST_PLANS = pd.Timestamp("2014-09-01")
INVENTED_COST_GBP: dict[str, float] = {  # made up, of no authority; none where nothing is paid for
    PlaceType.MAINSTREAM: 8_000,
    PlaceType.RESOURCED_PROVISION: 16_000,
    PlaceType.SEN_UNIT: 18_000,
    PlaceType.INDEPENDENT_MAINSTREAM: 20_000,
    PlaceType.STATE_SPECIAL: 25_000,
    PlaceType.INDEPENDENT_SPECIAL: 65_000,
    PlaceType.NON_MAINTAINED_SPECIAL: 60_000,
    PlaceType.ALTERNATIVE_PROVISION: 22_000,
    PlaceType.FURTHER_EDUCATION: 9_000,
    PlaceType.SPECIALIST_POST_16: 50_000,
    PlaceType.EARLY_YEARS: 5_000,
    PlaceType.EOTAS: 30_000,
    PlaceType.OTHER: 12_000,
}
_COST_SPREAD = 0.25  # standard deviation of the logarithm, the same for a child in all years
_COST_STEP_GBP = 50
_YOUNGEST = 2  # the age from which plans usually start [years]
_LATEST_CENSUS_DAY = 22  # of January: the third Thursday is the 15th to the 21st


def add_details(counted: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give every child a reference, a date of birth, dates of a plan and a cost."""
    ordered = counted.sort_values(["child", "january"], ignore_index=True)
    children = ordered.drop_duplicates("child").set_index("child")
    last_seen = ordered.groupby("child")["january"].last()
    number = pd.Series(1 + rng.permutation(len(children)), index=children.index)
    born = _born(children, rng)
    start = _started(children, born, rng)
    end = _ended(last_seen, int(ordered["january"].max()), rng)
    factor = pd.Series(np.exp(_COST_SPREAD * rng.standard_normal(len(children))), children.index)
    child, is_last = ordered["child"], ~ordered.duplicated("child", keep="last")
    mean = ordered["place_type"].map(INVENTED_COST_GBP)
    cost = (mean * child.map(factor) / _COST_STEP_GBP).round() * _COST_STEP_GBP
    rows = ordered.assign(
        reference=child.map(MARK + number.astype("str").str.zfill(6)),
        born=child.map(born),
        start=child.map(start),
        end=child.map(end).where(is_last),
        cost_gbp=cost,
    )
    return rows.sort_values(["january", "reference"], ignore_index=True)[list(ROWS)]


def _born(children: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """A day in the school year that makes the child as old as it was counted."""
    first = _day(children["january"] - children["age"] - 2, 9, 1)
    last = _day(children["january"] - children["age"] - 1, 8, 31)
    return _between(first, last, rng)


def _started(children: pd.DataFrame, born: pd.Series, rng: np.random.Generator) -> pd.Series:
    """A day in the year before the first count, and earlier for those counted from the start."""
    january = children["january"]
    at_start = january == january.min()
    usual = born + pd.DateOffset(years=_YOUNGEST)
    usual = usual.mask(usual < FIRST_PLANS, FIRST_PLANS)
    end_of_year = _day(january - 1, 12, 31)
    first = _day(january - 1, 1, 1).mask(at_start, usual.clip(upper=end_of_year))
    first = first.clip(lower=born + pd.Timedelta(days=1))
    return _between(first, end_of_year, rng)


def _ended(last_seen: pd.Series, last: int, rng: np.random.Generator) -> pd.Series:
    """A day between the last count and the next; none for those counted in the last January."""
    day = _between(_day(last_seen, 1, _LATEST_CENSUS_DAY), _day(last_seen, 12, 31), rng)
    return day.where(last_seen < last)


def _day(year: pd.Series, month: int, day: int) -> pd.Series:
    parts = pd.DataFrame({"year": year, "month": month, "day": day})
    return pd.to_datetime(parts).astype("datetime64[s]")


def _between(first: pd.Series, last: pd.Series, rng: np.random.Generator) -> pd.Series:
    """A day between two, either of them included."""
    days = (last - first).dt.days.to_numpy()
    passed = pd.to_timedelta(rng.integers(0, days + 1), unit="D")
    return (first + passed).astype("datetime64[s]")
