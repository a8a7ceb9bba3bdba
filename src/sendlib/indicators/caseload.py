"""Plans in force each January: how many, what share, and for how many residents."""

from collections.abc import Mapping, Sequence
from math import prod

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.indicators.frames import AREA, measure_frame, per_10k, with_figures
from sendlib.vocabulary import (
    STATE_MAINSTREAM_PLACES,
    TOTAL,
    AgeBand,
    PlaceType,
    PrimaryNeed,
    labels,
)

_Names = str | Sequence[str] | None
_KEY = [*AREA, "census_year"]
_COLUMNS = {"need": "primary_need", "place": "place_type", "age": "age_band"}
_LISTS = {"need": PrimaryNeed, "place": PlaceType, "age": AgeBand}
_CASELOAD = (*_KEY, *_COLUMNS.values(), "plans", "source_id")


def plans(
    caseload: pd.DataFrame,
    *,
    by: _Names = None,
    need: _Names = None,
    place: _Names = None,
    age: _Names = None,
    areas: _Names = None,
) -> pd.DataFrame:
    """Plans in force each January, of all areas or some; all plans, or a part of them.

    Parameters
    ----------
    caseload : pd.DataFrame
        Table ``ehcp_caseload`` of an authority.
    by : str or list, optional
        A row for each "need", "place" or "age", or for each pair of two of these.
    need, place, age : str or list, optional
        Only these, added up unless ``by`` sets them apart: need="semh",
        place=["state_special"], age="16_to_19". Values or labels of
        ``vocabulary.PrimaryNeed``, ``PlaceType`` and ``AgeBand``.
    areas : str or list, optional
        Names or codes: ["Wiltshire", "Hampshire"]. All otherwise.

    Returns
    -------
    pd.DataFrame
        ``census_year`` and ``plans``; of a part also ``all_plans`` of the area, and for each
        of ``by`` its value and label: ``primary_need`` and ``need``, ``place_type`` and
        ``place``, ``age_band`` and ``age``. A sum with a missing part is missing, and a
        January in which no area has a figure is left out. [plans]

    Examples
    --------
    >>> from sendlib import Authority
    >>> caseload = Authority.open("Wiltshire").load("ehcp_caseload")
    >>> plans(caseload, need="semh", areas=["Wiltshire", "Essex"])["census_year"].tolist()
    [2025, 2025]
    """
    validation.check_table(caseload, _CASELOAD, "ehcp_caseload")
    split, selection = _parts(by, need=need, place=place, age=age)
    counts = with_figures(_count(caseload, split, selection), "plans", by=split)
    columns = ["census_year", *(_COLUMNS[name] for name in split), *split, "plans"]
    if split or any(selection.values()):
        totals = _rows(caseload, (), {}).rename(columns={"plans": "all_plans"})
        key = ["area_code", "census_year"]
        counts = counts.merge(totals[[*key, "all_plans"]], on=key, how="left")
        columns.append("all_plans")
    rows = choose_areas(counts, areas)
    apart = " and ".join("main need" if name == "need" else name for name in split)
    named = [labels(_LISTS[name])[value] for name, values in selection.items() for value in values]
    what = "plans in force each January" + f", by {apart}" * bool(apart)
    return measure_frame(
        rows,
        columns,
        measure="plans",
        what=what + f": {'; '.join(named)}" * bool(named),
        source_ids=caseload.loc[
            caseload["census_year"].isin(rows["census_year"]), "source_id"
        ].unique(),
    )


def place_share(
    caseload: pd.DataFrame, place: _Names = None, *, areas: _Names = None
) -> pd.DataFrame:
    """Share of plans in some place types together, or in each, every January.

    ``place`` has values or labels of ``vocabulary.PlaceType``, such as ["independent_special"];
    otherwise each has a row, with ``place_type`` and ``place``. The columns are ``census_year``,
    ``plans`` (there), ``of`` (all plans) and ``share`` (0 to 1), missing where a part is.
    """
    return _share(plans(caseload, by="place" if place is None else None, place=place, areas=areas))


def mainstream_share(caseload: pd.DataFrame, *, areas: _Names = None) -> pd.DataFrame:
    """Share of plans in mainstream schools, resourced provision and SEN units, as place_share.

    Independent mainstream schools count, as in the department's total. Wiltshire's strategy
    leaves them out: its 38% for England in 2019 is 39% with them.
    """
    places = [*STATE_MAINSTREAM_PLACES, PlaceType.INDEPENDENT_MAINSTREAM]
    shares = place_share(caseload, places, areas=areas)
    shares.attrs["what"] = "share of plans in mainstream schools, resourced provision and SEN units"
    return shares


def need_share(
    caseload: pd.DataFrame,
    need: _Names = None,
    *,
    by: str | None = None,
    place: _Names = None,
    areas: _Names = None,
) -> pd.DataFrame:
    """Share of plans that name a main need, or of each need; of all plans, or of a part.

    A pair of need and place that a release leaves out is one in which nobody is.

    Parameters
    ----------
    need : str or list, optional
        Values or labels of ``vocabulary.PrimaryNeed``, taken together; a row for
        each need otherwise, with ``primary_need`` and ``need``.
    by : str, optional
        "age" or "place": of the plans of each age band, or in each place.
    place : str or list, optional
        The place or places whose plans the share is of; all otherwise.
    caseload, areas
        As for :func:`plans`.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``plans`` (with the need), ``of`` (plans there), ``share`` (0 to 1)
        and the value and label of ``by``. Missing where a part is.
    """
    parts = validation.as_list(by)
    split = [*(["need"] if need is None else []), *parts]
    counts = plans(caseload, by=split, need=need, place=place, areas=areas)
    if by or place is not None:
        there = plans(caseload, by=by, need=list(PrimaryNeed), place=place, areas=areas)
        key = [*_KEY, *(_COLUMNS[name] for name in parts)]
        counts["all_plans"] = counts[key].merge(there, on=key, how="left")["plans"]
    return _share(counts)


def age_share(caseload: pd.DataFrame, age: _Names = None, *, areas: _Names = None) -> pd.DataFrame:
    """Share of plans in some age bands together, or in each, every January.

    Values or labels of ``vocabulary.AgeBand``; the columns are those of :func:`place_share`,
    without ``age`` also ``age_band`` and ``age``.
    """
    return _share(plans(caseload, by="age" if age is None else None, age=age, areas=areas))


def plans_per_10k(
    caseload: pd.DataFrame, residents: pd.DataFrame, *, areas: _Names = None
) -> pd.DataFrame:
    """Plans each January for every 10,000 residents of the mid-year before.

    Residents are table ``children`` (aged 0 to 17), or ``residents`` or ``population`` (aged 0
    to 25). The columns are ``census_year``, ``plans``, ``residents_0_to_17`` or
    ``residents_0_to_25``, and ``plans_per_10k``; Januaries without residents of any area are
    left out.
    """
    counts = plans(caseload)
    return per_10k(counts, residents, mid_year=counts["census_year"] - 1, areas=areas)


def _parts(by: _Names, **wanted: _Names) -> tuple[list[str], dict[str, list[str]]]:
    """What to set apart, and the values of each kind of part that are wanted."""
    split = validation.as_list(by)
    for name in split:
        validation.check_known(name, _COLUMNS, "by")
    selection = {
        name: validation.find_values(values, labels(_LISTS[name]), name)
        for name, values in wanted.items()
    }
    problems = [
        Problem(
            "empty_list", "the list is empty", name, f"name some: {', '.join(labels(_LISTS[name]))}"
        )
        for name, values in wanted.items()
        if values is not None and not selection[name]
    ]
    if all(name in split or selection[name] for name in _COLUMNS):
        remedy = "leave out one: plans are published by two of them at most"
        problems.append(Problem("need_place_and_age", "need, place and age together", "by", remedy))
    raise_any(ParameterError, "There are no such plans.", problems)
    return split, selection


def _count(
    caseload: pd.DataFrame, split: Sequence[str], selection: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Plans of the chosen parts added up, but for those that ``split`` sets apart."""
    parts = [name for name in _COLUMNS if name in split or selection[name]]
    added = [name for name in parts if name not in split]
    every = _rows(caseload, parts, {name: selection[name] for name in split})
    rows = _rows(every, parts, selection)
    key = [*_KEY, *(_COLUMNS[name] for name in split)]
    groups = rows.groupby(key)["plans"]
    sums = groups.sum(skipna=False)
    if len(parts) < 2:  # a place without a row was not collected; of a pair, nobody is there
        asked = prod(len(selection[name]) for name in added)
        inside = added == ["need"] and {PrimaryNeed.OTH, PrimaryNeed.DS} <= set(selection["need"])
        sums = sums[groups.size() >= asked - inside]  # Down syndrome was among the others
    counts = sums.reindex(every.groupby(key).size().index)
    if len(parts) > 1:
        counts = counts.where(counts.index.isin(sums.index), 0.0)
    labelled = counts.reset_index()
    order = {_COLUMNS[name]: list(labels(_LISTS[name])) for name in split}
    for name in split:
        labelled[name] = labelled[_COLUMNS[name]].map(labels(_LISTS[name]))
    return labelled.sort_values(
        [*_KEY, *order],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
    )


def _rows(
    caseload: pd.DataFrame, parts: Sequence[str], selection: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Rows of single values of the parts, or the chosen ones, and totals of all else."""
    wanted = pd.Series(True, index=caseload.index)
    for name, column in _COLUMNS.items():
        wanted &= caseload[column].ne(TOTAL) if name in parts else caseload[column].eq(TOTAL)
        if selection.get(name):
            wanted &= caseload[column].isin(selection[name])
    return caseload[wanted]


def _share(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of a part with what share they are of all plans."""
    shares = counts.rename(columns={"all_plans": "of"})
    shares["share"] = shares["plans"] / shares["of"].where(shares["of"] > 0)
    what = f"share of {counts.attrs['what']}"
    shares.attrs = {**counts.attrs, "what": what, "measure": "share"}
    return shares
