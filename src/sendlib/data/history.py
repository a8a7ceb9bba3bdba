"""Every published series beside its own past, other areas, and the areas it is the sum of."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.data.series import SERIES, Anomaly, Series, each_cell, to_text, to_wide
from sendlib.files import read_list
from sendlib.tidy import existed
from sendlib.vocabulary import ENGLAND, AreaLevel

COVERAGE = "coverage.csv"
FEWEST = 100.0  # a smaller count jumps by chance
_WITHIN = 0.04  # what sums of areas may differ by, as a share of the total
_FACTOR = 2.5  # from one year to the next, beside what the other areas did
_NATIONAL = 1.5  # the same for England and the regions
_UNITS = 3.0  # how far the middle of all areas may move in a year
_USUAL = 10.0  # times what is usual of a series is far
_YEARS = range(2000, 2062)
_NOISE = 10.0  # a sum of few is another by so many
_MANY = 20  # areas with a figure
_SOME = 8  # areas whose middle says something
_USUALLY = 0.9  # of the areas have a figure
_LETTERS = 3  # in the code of an authority
_CLOSER = 0.35  # of the squared distance is left where two series change places
_CLOSER_STEADY = 0.6  # the same of steady series
_CLOSER_AREAS = 0.15  # the same of areas


def find_in_history(tables: Mapping[str, pd.DataFrame]) -> Iterator[Anomaly]:
    """Jumps, units, signs, gaps and sums of areas that are unlikely."""
    levels, covered = tables["area"].set_index("area_code"), []
    due = _due(levels)
    for each in SERIES:
        wide = to_wide(tables[each.table], each)
        past = wide.ffill(axis=1).shift(axis=1)
        yield from _jumps(wide, past, each)
        yield from _units(wide, past, each.table)
        yield from _exchanged(wide, past, each)
        if each.steady:
            yield from _together(wide, past, each.table)
        if each.kind == "count":
            yield from _areas(wide, each.table, levels, due)
        if not each.breakdown:
            yield from _gaps(wide, each.table, levels)
            covered.append(coverage(wide, each.table))
    yield from _coverage(covered)


def _jumps(wide: pd.DataFrame, past: pd.DataFrame, each: Series) -> Iterator[Anomaly]:
    """Values far from that series' last one, allowing for what all areas did."""
    value, before = wide.to_numpy(), past.to_numpy()
    far = _is_far(_log_ratio(value, before), wide.index, least=_FACTOR)
    if each.kind == "count":
        far &= np.fmin(value, before) >= FEWEST
    else:
        far &= _is_far(value - before, wide.index, least=1.0)
    if each.kind == "money":
        far |= value * before < 0
    for (series, area), time, now, then in each_cell(far, wide, past):
        found = f"{to_text(now)} after {to_text(then)}"
        yield Anomaly("jump", each.table, series, area, time, found)


def _log_ratio(value: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The logarithm of a change; missing where a sign changes or there was nothing."""
    same = value * before > 0
    ratio = np.divide(value, before, out=np.ones_like(value), where=same)
    return np.where(same, np.log(ratio), np.nan)


def _is_far(change: np.ndarray, index: pd.Index, *, least: float) -> np.ndarray:
    """Changes far from the middle one of all areas, by what that series usually does."""
    at, _ = pd.factorize(index.get_level_values("series"))
    by_series = pd.DataFrame(change).groupby(at)
    others = by_series.median().where(by_series.count() >= _SOME, 0.0).to_numpy()[at]
    apart = np.abs(change - others)
    usually = pd.Series(apart.ravel()).groupby(np.repeat(at, apart.shape[1])).median()
    usual = usually.fillna(0.0).to_numpy()[at][:, None]
    is_large_area = _by_level(index, "area_code", lambda code: len(code) > 3)[:, None]
    floor = np.log(np.where(is_large_area, _NATIONAL, least)) if least > 1 else np.zeros(1)
    return np.asarray(apart > np.maximum(floor, _USUAL * usual))


def _exchanged(wide: pd.DataFrame, past: pd.DataFrame, each: Series) -> Iterator[Anomaly]:
    """Two series, or two authorities, each of which goes on where the other one ended.

    What is added up is the same then, and no figure need jump far: only the pair is unlike
    its own past, and like each other's.
    """
    is_part = _by_level(wide.index, "area_code", lambda code: len(code) == _LETTERS)
    # Of a root, the noise of a count is alike at any size.
    roots = [
        np.sign(frame.to_numpy()) * np.sqrt(np.abs(frame.to_numpy())) for frame in (past, wide)
    ]
    for level, across, rows in (
        ("series", "area_code", slice(None)),
        ("area_code", "series", is_part),
    ):
        at, names = pd.factorize(wide.index[rows].get_level_values(level))
        other, others = pd.factorize(wide.index[rows].get_level_values(across))
        before, after = np.full((2, wide.shape[1], len(names), len(others)), np.nan)
        before[:, at, other], after[:, at, other] = (root[rows].T for root in roots)
        for time, then, now in zip(wide.columns[1:], before[1:], after[1:], strict=True):
            for one, two in _crossed(then, now, level, steady=each.steady):
                pair = f"{names[one]} and {names[two]}"
                series, area = (pair, "all") if level == "series" else ("all", pair)
                found = "each is what the other was before, and unlike its own past"
                yield Anomaly("exchanged", each.table, series, area, time, found)


def _crossed(
    then: np.ndarray, now: np.ndarray, level: str, *, steady: bool
) -> Iterator[tuple[int, int]]:
    """Pairs of rows that come closest where they change places.

    Among many areas some are alike by chance: each has to be nearest to the other's past.
    """
    far = _squared_distance(then, now)
    own = np.add.outer(np.diag(far), np.diag(far))
    known = (own > 0) & (own < np.inf)
    left = np.divide(far + far.T, own, out=np.ones_like(own), where=known)
    nearest = (far if level == "area_code" else left).argmin(axis=1)
    closer = _CLOSER_AREAS if level == "area_code" else _CLOSER_STEADY if steady else _CLOSER
    for one, two in enumerate(nearest):
        if one < two and nearest[two] == one and left[one, two] < closer:
            yield one, int(two)


def _squared_distance(then: np.ndarray, now: np.ndarray) -> np.ndarray:
    """The mean squared distance of each row's past (down) from each row now (across).

    Nothing, then and now, tells nothing.
    """
    had, has = np.isfinite(then), np.isfinite(now)
    before, after = np.where(had, then, 0.0), np.where(has, now, 0.0)
    many = had.astype(float) @ has.T - (then == 0).astype(float) @ (now == 0).T
    total = before**2 @ has.T + had @ (after**2).T - 2 * before @ after.T
    return np.asarray(np.divide(total, many, out=np.full_like(total, np.inf), where=many >= _SOME))


def _by_level(index: pd.Index, level: str, of: Callable[[str], object]) -> np.ndarray:
    """For each row of an index, something about its name in a level."""
    codes, names = pd.factorize(index.get_level_values(level))
    return np.asarray([of(name) for name in names])[codes]


def _units(wide: pd.DataFrame, past: pd.DataFrame, table: str) -> Iterator[Anomaly]:
    """Series of which half of all areas moved as far as no area does, or changed their sign."""
    value, before = wide.to_numpy(), past.to_numpy()
    change = pd.DataFrame(_log_ratio(value, before), wide.index, wide.columns)
    flips = pd.DataFrame(value * before < 0, wide.index, wide.columns).groupby(level="series").sum()
    by_series = change.groupby(level="series")
    middle, many = by_series.median(), by_series.count() + flips
    moved = (middle.abs() > np.log(_UNITS)) & (many >= _SOME)
    for series, time, logarithm in each_cell(moved, middle):
        found = f"half of all areas moved by a factor of {np.exp(logarithm):.3g}"
        yield Anomaly("unit", table, series, "all", time, found)
    for series, time, changed, of in each_cell((flips > many / 2) & (many >= _SOME), flips, many):
        found = f"the sign is another in {changed} of {of} areas"
        yield Anomaly("sign", table, series, "all", time, found)


def _together(wide: pd.DataFrame, past: pd.DataFrame, table: str) -> Iterator[Anomaly]:
    """Series that move far where all areas that have both years are added up."""
    both = wide.notna() & past.notna()
    then, now = (frame.where(both).groupby(level="series").sum() for frame in (past, wide))
    far = np.abs(np.log((now + _NOISE) / (then + _NOISE))) > np.log(_FACTOR)
    many = both.groupby(level="series").sum() >= _SOME
    moved = far & many & (np.maximum(then, now) >= FEWEST)
    for series, time, one, other in each_cell(moved, now, then):
        found = f"{one:,.0f} in all areas together after {other:,.0f}"
        yield Anomaly("unit", table, series, "all", time, found)


def _gaps(wide: pd.DataFrame, table: str, levels: pd.DataFrame) -> Iterator[Anomaly]:
    """Areas that lack most of what others have, and periods of which most areas are gone."""
    known = wide.notna()
    usual = known.groupby(level="series").transform("mean") > _USUALLY
    due = usual & known.shift(axis=1, fill_value=False)
    had = due.groupby(level="area_code").sum()
    gone = (due & ~known).groupby(level="area_code").sum()
    ends = levels["last_census"].reindex(had.index).fillna(np.inf).to_numpy()
    goes_on = wide.columns.str[:4].astype(int).to_numpy()[None, :] < ends[:, None] - 1
    for area, time, lost, of in each_cell((gone > had / 2) & goes_on, gone, had):
        yield Anomaly("gap", table, "all", area, time, f"{lost} of {of} figures are gone")
    whole = known.groupby(level="series").sum()
    then = whole.shift(axis=1)
    few = (whole < then / 2) & (then >= _MANY)
    together = few.sum() > (then >= _MANY).sum() / 2
    for name, time, now, had_one in each_cell(few, whole, then):
        found = f"{now} areas have a figure, {had_one:.0f} had one"
        yield Anomaly("gap", table, "all" if together[time] else name, "all", time, found)


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


def _coverage(parts: Sequence[pd.DataFrame]) -> Iterator[Anomaly]:
    """Series that begin later, end earlier or have fewer figures than ``coverage.csv`` expects."""
    now = pd.concat(parts).drop_duplicates(["table", "group"])
    both = read_list("data", COVERAGE).merge(
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
                yield Anomaly("coverage", row["table"], row["group"], "all", what, found)


def _areas(
    wide: pd.DataFrame, table: str, levels: pd.DataFrame, due: pd.DataFrame
) -> Iterator[Anomaly]:
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
    off = (added - whole).abs()
    wrong = (off > _WITHIN * whole) & (off >= FEWEST) & (many >= due.loc[parents, years].to_numpy())
    for (name, area), time, total, parts in each_cell(wrong, whole, added):
        found = f"authorities add up to {parts:,.0f}, not {total:,.0f}"
        yield Anomaly("areas", table, name, area, time, found)


def _due(levels: pd.DataFrame) -> pd.DataFrame:
    """How many authorities each region and England (rows) had in each year (columns)."""
    inside = levels[levels["area_type"] == AreaLevel.AUTHORITY]
    years = {year: existed(inside, year) for year in _YEARS}
    regions = pd.DataFrame(years).groupby(inside["region_code"]).sum()
    return pd.concat([regions, regions.sum().to_frame(ENGLAND).T])
