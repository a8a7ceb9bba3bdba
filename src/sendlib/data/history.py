"""Every published series beside its own past, other areas, and the areas it is the sum of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sendlib.data.crosswalks import read_package_table
from sendlib.vocabulary import ENGLAND, TOTAL, AreaLevel

COVERAGE = "coverage.csv"
FEWEST = 100.0  # a smaller count jumps by chance
_WITHIN = 0.04  # what sums of areas may differ by, as a share of the total
_FACTOR = 2.5  # from one year to the next, beside what the other areas did
_NATIONAL = 1.5  # the same for England and the regions
_UNITS = 3.0  # how far the middle of all areas may move in a year
_USUAL = 10.0  # times what is usual of a series is far
_MANY = 20  # areas with a figure
_SOME = 8  # areas whose middle says something
_USUALLY = 0.9  # of the areas have a figure

Kind = Literal["count", "money", "any"]


class Series(NamedTuple):
    """The series of a table: a value, what names one beside area and time, and what it counts."""

    table: str
    time: str
    value: str
    keys: tuple[str, ...]
    kind: Kind = "any"
    totals: tuple[str, ...] = ()  # columns of which the total alone is taken


SERIES = (
    Series("ehcp_caseload", "census_year", "plans",
           ("age_band", "place_type", "primary_need"), "count"),
    Series("ehcp_flow", "calendar_year", "value", ("measure",), "count"),
    Series("ehcp_ceased", "calendar_year", "plans", ("reason",), "count", ("age", "place_type")),
    Series("ehcp_new_plans_by_need", "calendar_year", "plans", ("primary_need",), "count"),
    Series("indicator", "year", "value", ("indicator",)),
    Series("outcome", "academic_year", "value", ("outcome", "group")),
    Series("attendance", "academic_year", "value", ("measure", "group", "term")),
    Series("absence_by_need", "academic_year", "value", ("measure", "primary_need")),
    Series("participation", "calendar_year", "value", ("group",)),
    Series("participation", "calendar_year", "young_people", ("group",)),
    Series("appeal", "calendar_year", "value", ("measure",), "count"),
    Series("school_places", "academic_year", "value", ("phase", "measure")),
    Series("high_needs_funding", "financial_year", "allocation_gbp", ("element",), "money"),
    Series("high_needs_term", "financial_year", "value", ("term",)),
    Series("phase_transfer", "census_year", "plans", ("item",), "count"),
    Series("outturn_by_sector", "financial_year", "net_gbp", ("line", "sector")),
    Series("high_needs_spend", "financial_year", "net_gbp", ("spend_line", "basis"), "money"),
    Series("dsg_account", "financial_year", "balance_gbp", ()),
    Series("dsg_account", "financial_year", "place_funding_gbp", (), "money"),
    Series("children", "year", "persons", (), "count"),
    Series("residents", "year", "persons", ("age",), "count"),
    Series("population", "year", "persons", ("variant", "age")),  # a projection is not whole
)  # fmt: skip


class Finding(NamedTuple):
    """Something that a person has to look at before a board sees it."""

    check: str
    table: str
    series: str
    area_code: str
    time: str
    found: str


def find_in_history(tables: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Jumps, units, signs, gaps and sums of areas that are unlikely."""
    levels, covered = tables["area"].set_index("area_code"), []
    for each in SERIES:
        wide = to_wide(tables[each.table], each)
        yield from _jumps(wide, each)
        yield from _units(wide, each.table)
        yield from _gaps(wide, each.table, levels)
        if each.kind == "count":
            yield from _areas(wide, each.table, levels)
        covered.append(coverage(wide, each.table))
    yield from _coverage(covered)


def to_wide(frame: pd.DataFrame, each: Series) -> pd.DataFrame:
    """A row for each series and area, a column for each period."""
    if each.totals:
        frame = frame[(frame[list(each.totals)] == TOTAL).all(axis=1)]
    series = np.full(len(frame), each.value, dtype=object)
    if keys := list(each.keys):
        names = [" ".join(map(str, row)) for row in frame[keys].drop_duplicates().to_numpy(object)]
        number = frame.groupby(keys, observed=True, sort=False).ngroup()
        series = np.asarray(names, dtype=object)[number]
    labels = [series, _as_text(frame["area_code"]), _as_text(frame[each.time])]
    index = pd.MultiIndex.from_arrays(labels, names=["series", "area_code", "time"])
    wide = pd.Series(frame[each.value].to_numpy(float), index).dropna().unstack("time")
    return wide.reindex(columns=_each_period(list(wide.columns)))


def _as_text(values: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(values)
    return np.asarray([str(name) for name in names], dtype=object)[codes]


def _each_period(periods: Sequence[str]) -> list[str]:
    """Periods with those between them that no area has, so that a lost year is seen."""
    known = {int(name[:4]): name for name in periods}
    mark = periods[0][4:5]
    every = range(min(known), max(known) + 1)
    return [
        known.get(year, f"{year}{mark}{(year + 1) % 100:02}" if mark else f"{year}")
        for year in every
    ]


def _jumps(wide: pd.DataFrame, each: Series) -> Iterator[Finding]:
    """Values far from that series' last one, allowing for what all areas did."""
    value = wide.to_numpy()
    before = wide.ffill(axis=1).shift(axis=1).to_numpy()
    far = _is_far(_log_ratio(value, before), wide.index, least=_FACTOR)
    if each.kind == "count":
        far &= np.fmin(value, before) >= FEWEST
    else:
        far &= _is_far(value - before, wide.index, least=1.0)
    if each.kind == "money":
        far |= value * before < 0
    for row, column in np.argwhere(far):
        series, area = wide.index[row]
        found = f"{value[row, column]:,.6g} after {before[row, column]:,.6g}"
        yield Finding("jump", each.table, series, area, wide.columns[column], found)


def _log_ratio(value: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The logarithm of a change; missing where a sign changes or there was nothing."""
    same = value * before > 0
    ratio = np.divide(value, before, out=np.ones_like(value), where=same)
    return np.where(same, np.log(ratio), np.nan)


def _is_far(change: np.ndarray, index: pd.Index, *, least: float) -> np.ndarray:
    """Changes far from the middle one of all areas, by what that series usually does."""
    frame = pd.DataFrame(change, index)
    by_series = frame.groupby(level="series")
    others = by_series.transform("median").where(by_series.transform("count") >= _SOME, 0.0)
    apart = (frame - others).abs()
    usually = apart.stack().groupby(level="series").median()
    usual = usually.reindex(index.get_level_values("series")).fillna(0.0).to_numpy()[:, None]
    is_large_area = _by_level(index, "area_code", lambda code: len(code) > 3)[:, None]
    floor = np.log(np.where(is_large_area, _NATIONAL, least)) if least > 1 else np.zeros(1)
    return np.asarray(apart.to_numpy() > np.maximum(floor, _USUAL * usual))


def _by_level(index: pd.Index, level: str, of: Callable[[str], object]) -> np.ndarray:
    """For each row of an index, something about its name in a level."""
    codes, names = pd.factorize(index.get_level_values(level))
    return np.asarray([of(name) for name in names])[codes]


def _units(wide: pd.DataFrame, table: str) -> Iterator[Finding]:
    """Series of which half of all areas moved as far as no area does, or changed their sign."""
    value, before = wide.to_numpy(), wide.ffill(axis=1).shift(axis=1).to_numpy()
    change = pd.DataFrame(_log_ratio(value, before), wide.index, wide.columns)
    flips = pd.DataFrame(value * before < 0, wide.index, wide.columns).groupby(level="series").sum()
    by_series = change.groupby(level="series")
    middle, many = by_series.median(), by_series.count() + flips
    for row, column in np.argwhere((middle.abs() > np.log(_UNITS)) & (many >= _SOME)):
        found = (
            f"half of all areas moved by a factor of {np.exp(middle.to_numpy()[row, column]):.3g}"
        )
        yield Finding("unit", table, middle.index[row], "all", middle.columns[column], found)
    for row, column in np.argwhere((flips > many / 2) & (many >= _SOME)):
        changed, of = flips.to_numpy()[row, column], many.to_numpy()[row, column]
        found = f"the sign is another in {changed} of {of} areas"
        yield Finding("sign", table, flips.index[row], "all", flips.columns[column], found)


def _gaps(wide: pd.DataFrame, table: str, levels: pd.DataFrame) -> Iterator[Finding]:
    """Areas that lack most of what others have, and periods of which most areas are gone."""
    known = wide.notna()
    usual = known.groupby(level="series").transform("mean") > _USUALLY
    due = usual & known.shift(axis=1, fill_value=False)
    had = due.groupby(level="area_code").sum()
    gone = (due & ~known).groupby(level="area_code").sum()
    ends = levels["last_census"].reindex(had.index).fillna(np.inf).to_numpy()
    goes_on = wide.columns.str[:4].astype(int).to_numpy()[None, :] < ends[:, None] - 1
    for row, column in np.argwhere((gone > had / 2).to_numpy() & goes_on):
        lost, of = gone.to_numpy()[row, column], had.to_numpy()[row, column]
        found = f"{lost} of {of} figures are gone"
        yield Finding("gap", table, "all", gone.index[row], gone.columns[column], found)
    whole = known.groupby(level="series").sum()
    then = whole.shift(axis=1)
    few = (whole < then / 2) & (then >= _MANY)
    together = few.sum() > (then >= _MANY).sum() / 2
    for row, column in np.argwhere(few):
        now, had_one = whole.to_numpy()[row, column], then.to_numpy()[row, column]
        found = f"{now} areas have a figure, {had_one:.0f} had one"
        series = "all" if together.iloc[column] else whole.index[row]
        yield Finding("gap", table, series, "all", whole.columns[column], found)


def coverage(wide: pd.DataFrame, table: str) -> pd.DataFrame:
    """For each first word of the series of a table: first and last period, areas and figures."""
    first_word = _by_level(wide.index, "series", lambda name: name.split(" ")[0])
    group = pd.Index(first_word, name="group")
    by_group = wide.notna().groupby(group)
    known = by_group.any()
    areas = wide.index.get_level_values("area_code").to_series(index=group)
    counts = areas.groupby(level=0).nunique()
    periods = wide.columns.to_numpy()
    spans = {
        "first": periods[known.to_numpy().argmax(axis=1)],
        "last": periods[::-1][known.to_numpy()[:, ::-1].argmax(axis=1)],
        "areas": counts.reindex(known.index),
        "figures": by_group.sum().sum(axis=1),
    }
    return pd.DataFrame(spans, index=known.index).reset_index().assign(table=table).astype(str)


def _coverage(parts: Sequence[pd.DataFrame]) -> Iterator[Finding]:
    """Series that begin later, end earlier or have fewer figures than ``coverage.csv`` expects."""
    now = pd.concat(parts).drop_duplicates(["table", "group"])
    both = read_package_table(COVERAGE).merge(
        now, how="left", on=["table", "group"], suffixes=("", "_now")
    )
    for row in both.fillna("").to_dict("records"):
        for what, is_less in (
            ("first", row["first_now"] > row["first"]),
            ("last", row["last_now"] < row["last"]),
            *(
                (count, int(row[f"{count}_now"] or 0) < int(row[count]))
                for count in ("areas", "figures")
            ),
        ):
            if is_less or not row["first_now"]:
                found = f"{what} is {row[f'{what}_now'] or 'nothing'}, {row[what]} is expected"
                yield Finding("coverage", row["table"], row["group"], "all", what, found)


def _areas(wide: pd.DataFrame, table: str, levels: pd.DataFrame) -> Iterator[Finding]:
    """Regions and England that are not the sum of their authorities, where all are known."""
    about = levels.reindex(wide.index.get_level_values("area_code"))
    is_part = (about["area_type"] == AreaLevel.AUTHORITY).to_numpy()
    inside, whole = wide[is_part], wide[~is_part]
    series = inside.index.get_level_values("series")
    england = np.full(len(inside), ENGLAND, dtype=object)
    groups = [
        inside.groupby([series, parent])
        for parent in (about["region_code"].to_numpy()[is_part], england)
    ]
    added = pd.concat([each.sum() for each in groups]).reindex(whole.index)
    many = pd.concat([each.count() for each in groups]).reindex(whole.index)
    years = wide.columns.str[:4].astype(int).to_numpy()
    parents = whole.index.get_level_values("area_code")
    due = pd.DataFrame({parent: _due(levels, parent, years) for parent in parents.unique()}).T
    off = (added - whole).abs().to_numpy()
    wrong = (off > _WITHIN * whole.to_numpy()) & (off >= FEWEST)
    for row, column in np.argwhere(wrong & (many.to_numpy() >= due.reindex(parents).to_numpy())):
        name, area = whole.index[row]
        parts, total = added.to_numpy()[row, column], whole.to_numpy()[row, column]
        found = f"authorities add up to {parts:,.0f}, not {total:,.0f}"
        yield Finding("areas", table, name, area, whole.columns[column], found)


def _due(levels: pd.DataFrame, parent: str, years: Sequence[int] | np.ndarray) -> np.ndarray:
    """How many authorities a region or England had in each of some years."""
    inside = levels[levels["area_type"] == AreaLevel.AUTHORITY]
    inside = inside if parent == ENGLAND else inside[inside["region_code"] == parent]
    first = inside["first_census"].to_numpy()[:, None]
    last = inside["last_census"].fillna(np.inf).to_numpy()[:, None]
    return np.asarray(((first <= years) & (years <= last)).sum(axis=0))
