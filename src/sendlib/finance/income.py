"""What comes in to meet high needs: the allocation, and what is added to it.

The department pays the high needs block less deductions, which are the money
for places that it pays to academies and colleges direct; here they are left
in, and their places are in the cost. A council may move a share of its schools
block across, an agreement with the department may bring payments, and the
council may add money of its own.

References
----------
Department for Education, dedicated schools grant allocations, sheet
High_needs_block of each year, and the technical note of that year. Table
``policy_lever`` has the limit of the transfer, with its source.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.vocabulary import FundingTerm, ValueStatus

Money = NDArray[np.float64]

# Policy lever "schools block transfer limit", with the Schools Forum's agreement; beyond it the
# Secretary of State decides.
TRANSFER_LIMIT_SHARE = 0.005
_ADDED = (
    FundingTerm.FORMULA_FACTORS,
    FundingTerm.IMPORT_EXPORT,
    FundingTerm.SPECIAL_FREE_SCHOOLS,
    FundingTerm.HOSPITAL_AND_PAY,
    FundingTerm.ADDITIONAL,
)
_NOT_IN_EVERY_YEAR = (FundingTerm.HOSPITAL_AND_PAY, FundingTerm.ADDITIONAL)


@dataclass(frozen=True, eq=False)
class Income:
    """High needs income by financial year, each part of shape (draws, years).

    Parameters
    ----------
    before_deductions : np.ndarray
        High needs block before deductions. [£]
    transfer : np.ndarray
        Moved across from the schools block. [£]
    agreement : np.ndarray
        Paid under an agreement with the department, such as Safety Valve. [£]
    council : np.ndarray
        The council's own contributions. [£]
    """

    before_deductions: Money
    transfer: Money
    agreement: Money
    council: Money

    def total(self) -> Money:
        """Everything that comes in, shape (draws, years). [£]"""
        return self.before_deductions + self.transfer + self.agreement + self.council


def allocation(terms: pd.DataFrame) -> pd.Series:
    """High needs blocks before deductions, rebuilt from their terms. [£]

    Formula factors, plus the basic entitlement of a pupil times pupils, plus the
    import and export adjustment, new and growing special free schools, hospital
    education with pay and pensions, and additional funding. The last two are
    left out in years whose formula has no such term; any other term that is
    missing makes the block unknown.

    Parameters
    ----------
    terms : pd.DataFrame
        Table ``high_needs_term``.

    Returns
    -------
    pd.Series
        By ``area_code`` and ``financial_year``. The printed block differs by the
        rounding of what is printed: half a penny a pupil in the entitlement,
        and half a pound in each other term.

    Examples
    --------
    >>> printed = {"formula_factors": 58544305, "basic_entitlement": 4712.12, "pupils": 1069,
    ...            "import_export": -2250000, "special_free_schools": 30000,
    ...            "hospital_and_pay": 866972, "additional": 2414704}
    >>> terms = pd.DataFrame({"area_code": "865", "financial_year": "2022-23",
    ...                       "term": list(printed), "value": list(printed.values()),
    ...                       "value_status": "reported"})
    >>> float(allocation(terms).iloc[0])
    64643237.28
    """
    has_no_such = terms["term"].isin(_NOT_IN_EVERY_YEAR) & (
        terms["value_status"] == ValueStatus.NOT_APPLICABLE
    )
    wide = (
        terms.assign(value=terms["value"].mask(has_no_such, 0.0))
        .pivot(index=["area_code", "financial_year"], columns="term", values="value")
        .reindex(columns=list(FundingTerm))
    )
    entitlement = wide[FundingTerm.BASIC_ENTITLEMENT] * wide[FundingTerm.PUPILS]
    return (wide[list(_ADDED)].sum(axis=1, skipna=False) + entitlement).rename("allocation_gbp")
