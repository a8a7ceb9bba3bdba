"""Add counts without losing what is missing, and choose between releases."""

from collections.abc import Sequence

import pandas as pd

from sendlib.vocabulary import ENGLAND, ValueStatus

# A sum takes the status of its most telling missing part.
_WEIGHT = {
    ValueStatus.REPORTED: 0,
    ValueStatus.NOT_COLLECTED: 0,
    ValueStatus.NOT_APPLICABLE: 1,
    ValueStatus.ROUNDS_TO_ZERO: 2,
    ValueStatus.LOW_RELIABILITY: 3,
    ValueStatus.NOT_AVAILABLE: 4,
    ValueStatus.SUPPRESSED: 5,
}
_STATUS_OF_WEIGHT = {weight: status.value for status, weight in _WEIGHT.items() if weight}


def mark_not_collected(long: pd.DataFrame, *, cell: Sequence[str]) -> pd.DataFrame:
    """Tell "nobody was asked" from "this authority did not say".

    Where England itself has no value, the item was not collected in that year;
    an authority without one where England has one did not report it.
    """
    england = long[(long["area_code"] == ENGLAND) & long["value"].isna()]
    keys = pd.MultiIndex.from_frame(england[list(cell)])
    nobody = long["value"].isna() & pd.MultiIndex.from_frame(long[list(cell)]).isin(keys)
    status = long["value_status"].mask(nobody, ValueStatus.NOT_COLLECTED.value)
    return long.assign(value_status=status)


def add_parts(long: pd.DataFrame, *, by: Sequence[str]) -> pd.DataFrame:
    """Sum the parts of each group; one missing part makes the sum unknown.

    Parts that were not collected are left out, because what they would hold is
    counted elsewhere in that year. A group of nothing else is not collected.

    Examples
    --------
    >>> parts = pd.DataFrame({"area_code": ["865", "865"], "value": [3.0, None],
    ...                       "value_status": ["reported", "suppressed"]})
    >>> add_parts(parts, by=["area_code"])["value_status"].tolist()
    ['suppressed']
    """
    weight = long["value_status"].map({s.value: w for s, w in _WEIGHT.items()})
    collected = long["value_status"] != ValueStatus.NOT_COLLECTED
    groups = long.assign(_weight=weight, _collected=collected).groupby(
        list(by), sort=False, observed=True
    )
    sums = groups.agg(
        value=("value", "sum"), _weight=("_weight", "max"), _any=("_collected", "any")
    )
    status = sums["_weight"].map(_STATUS_OF_WEIGHT).fillna(ValueStatus.REPORTED.value)
    status = status.where(sums["_any"], ValueStatus.NOT_COLLECTED.value)
    value = sums["value"].where(status == ValueStatus.REPORTED)
    return pd.DataFrame({"value": value, "value_status": status}).reset_index()


def newest(frame: pd.DataFrame, *, key: Sequence[str]) -> pd.DataFrame:
    """One row a key: the newest release that reports it, else the newest at all."""
    reported = frame["value_status"] == ValueStatus.REPORTED
    ordered = frame.assign(_reported=reported).sort_values(
        ["_reported", "source_id"], ascending=False, kind="stable"
    )
    kept = ordered.drop_duplicates(list(key)).drop(columns="_reported")
    return kept.sort_values(list(key)).reset_index(drop=True)
