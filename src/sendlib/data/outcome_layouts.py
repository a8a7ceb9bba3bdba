"""What the files of outcomes look like: one of each kind, in the publisher's columns.

A row is an area, a year and a group of children; in two files also one of
several outcomes. Labels are mapped in ``data/crosswalks.csv``, by layout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PLACE = ("geographic_level", "region_name", "la_name")
_YEAR = "academic_year"


@dataclass(frozen=True)
class OutcomeFile:
    """The columns of one file of outcomes, and what they say.

    Parameters
    ----------
    group : str
        Column that names the children.
    numbers : Sequence[str]
        Columns that hold numbers or symbols.
    outcome : Sequence[str]
        Columns that together name the outcome, where a file has several a row apart.
    codes : Sequence[str]
        Column of nine-character codes, where there is one; otherwise authorities
        are known by their names only.
    cohort : str
        Column that counts the children, where a name may stand for two authorities.
    negative : bool
        Whether a number may lie below zero.
    """

    group: str
    numbers: Sequence[str]
    outcome: Sequence[str] = ()
    codes: Sequence[str] = ()
    cohort: str = ""
    negative: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Columns whose values together name one row."""
        several = (*self.codes, *self.outcome, *filter(None, [self.cohort]))
        return (*_PLACE, _YEAR, self.group, *several)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be there."""
        return tuple(dict.fromkeys((*self.key, *self.numbers)))


_CODES = ("new_la_code",)
OUTCOME_FILES: Mapping[str, OutcomeFile] = {
    "outcome_absence": OutcomeFile(
        "characteristic", ("Percentage",), outcome=("Absence measure",), codes=_CODES
    ),
    "outcome_destinations": OutcomeFile(
        "characteristic",
        ("cohort", "% of pupils"),
        outcome=("destination_raw", "characteristic"),
        cohort="cohort",
    ),
    "outcome_eyfsp": OutcomeFile(
        "characteristic_type", ("children_number", "gld_number", "gld_percentage"), codes=_CODES
    ),
    "outcome_phonics": OutcomeFile(
        "characteristic",
        (
            "pt_phonics_y1_met_expected_standard",
            "t_phonics_y1_met_expected_standard",
            "t_phonics_y1_eligible_pupils",
            "Percent meeting expected standards in Y1",
        ),
    ),
    "outcome_ks2": OutcomeFile(
        "characteristic",
        (
            "pt_rwm_met_expected_standard",
            "t_rwm_met_expected_standard",
            "t_rwm_eligible_pupils",
            "Percent meeting expected standard",
        ),
    ),
    "outcome_ks4": OutcomeFile(
        "SEN provision", ("t_pupils", "avg_att8", "avg_p8score"), negative=True
    ),
    "outcome_mainstream": OutcomeFile("SEN provision", ("total_pupils", "% of pupils")),
    "outcome_pupils": OutcomeFile("SEN provision", ("% of pupils",), codes=_CODES),
}
