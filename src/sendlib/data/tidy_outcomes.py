"""Files of outcomes to one tidy table: an area, a school year, an outcome, a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sendlib.vocabulary import OutcomeMeasure, ValueStatus

_KEY = ["area_code", "academic_year", "outcome", "group"]
_COLUMNS = [*_KEY, "value", "numerator", "denominator", "unit", "value_status", "source_id"]


@dataclass(frozen=True)
class _Figure:
    """Where a file holds a value; of several columns, the first that has one."""

    columns: Sequence[str]
    outcome: str = ""  # empty where each row says its own
    unit: str = "%"
    numerator: str = ""
    denominator: str = ""


_FIGURES: Mapping[str, Sequence[_Figure]] = {
    "outcome_absence": (_Figure(["Percentage"]),),
    "outcome_destinations": (_Figure(["% of pupils"], denominator="cohort"),),
    "outcome_eyfsp": (
        _Figure(
            ["gld_percentage"],
            OutcomeMeasure.GOOD_DEVELOPMENT,
            numerator="gld_number",
            denominator="children_number",
        ),
    ),
    "outcome_phonics": (
        _Figure(
            ["Percent meeting expected standards in Y1", "pt_phonics_y1_met_expected_standard"],
            OutcomeMeasure.PHONICS,
            numerator="t_phonics_y1_met_expected_standard",
            denominator="t_phonics_y1_eligible_pupils",
        ),
    ),
    "outcome_ks2": (
        _Figure(
            ["Percent meeting expected standard", "pt_rwm_met_expected_standard"],
            OutcomeMeasure.KS2_RWM,
            numerator="t_rwm_met_expected_standard",
            denominator="t_rwm_eligible_pupils",
        ),
    ),
    "outcome_ks4": (
        _Figure(["avg_att8"], OutcomeMeasure.ATTAINMENT_8, "points", denominator="t_pupils"),
        _Figure(["avg_p8score"], OutcomeMeasure.PROGRESS_8, "score"),  # not every pupil has one
    ),
    "outcome_mainstream": (
        _Figure(["% of pupils"], OutcomeMeasure.SHARE_OF_MAINSTREAM, denominator="total_pupils"),
    ),
    "outcome_pupils": (_Figure(["% of pupils"], OutcomeMeasure.SHARE_OF_PUPILS),),
}


def tidy_outcomes(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Table ``outcome`` from the coded files.

    A percentage is the department's where it has decimals, otherwise its whole
    number. Counts of regions are rounded to ten where the file rounds them.
    """
    parts = [
        _long(frames[layout], figure).assign(source_id=f"dfe_{layout}")
        for layout, figures in _FIGURES.items()
        if layout in frames
        for figure in figures
    ]
    return pd.concat(parts)[_COLUMNS].sort_values(_KEY, ignore_index=True)


def _long(frame: pd.DataFrame, figure: _Figure) -> pd.DataFrame:
    value, status = _first_reported(frame, figure.columns)
    missing = pd.Series(float("nan"), index=frame.index)
    return pd.DataFrame(
        {
            "area_code": frame["area_code"],
            "academic_year": frame["academic_year"],
            "outcome": str(figure.outcome) or frame["outcome"],
            "group": frame["group"],
            "value": value,
            "numerator": frame.get(figure.numerator, missing),
            "denominator": frame.get(figure.denominator, missing),
            "unit": figure.unit,
            "value_status": status,
        }
    )


def _first_reported(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.Series, pd.Series]:
    """The value of the first column that has one; the last column says why none has."""
    value = frame[columns].bfill(axis=1).iloc[:, 0]
    reason = frame[f"{columns[-1]}_status"]
    return value, reason.mask(value.notna(), ValueStatus.REPORTED.value)
