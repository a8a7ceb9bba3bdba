"""What a plan-year costs by kind of place, from the outturn by sector of all authorities.

The sum of lines 1.2.x cannot tell kinds apart; its sectors can. Each sector is regressed on the
plan-years of the kinds that it pays for, without a constant, weighted by their number; standard
errors allow for authorities that differ in spread (HC3).

References
----------
- MacKinnon, J. G. and White, H. (1985). Some heteroskedasticity-consistent covariance matrix
  estimators with improved finite sample properties. Journal of Econometrics 29(3), 305-325.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.plan_years import past_plan_years_by_place

TABLES = ("outturn_by_sector", "ehcp_caseload")
_LEAST = 10.0  # plan-years that an authority counts for at least
_TOP_UP, _INDEPENDENT = "top_up", "independent_top_up"
_Lines = tuple[tuple[str, str], ...]
SECTORS: Mapping[str, tuple[_Lines, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "State special schools": (((_TOP_UP, "special"),), (("state_special",),)),
        "Independent and non-maintained special schools": (
            ((_INDEPENDENT, "special"),),
            (("independent_special",), ("non_maintained_special",)),
        ),
        "Primary and secondary schools": (
            ((_TOP_UP, "primary"), (_TOP_UP, "secondary")),
            (("mainstream",), ("resourced_provision", "sen_unit")),
        ),
        "Independent primary and secondary schools": (
            ((_INDEPENDENT, "primary"), (_INDEPENDENT, "secondary")),
            (("independent_mainstream",),),
        ),
        "After school, state": (((_TOP_UP, "post_school"),), (("further_education",),)),
        "After school, independent": (
            ((_INDEPENDENT, "post_school"),),
            (("specialist_post_16",),),
        ),
        "After school, together": (
            ((_TOP_UP, "post_school"), (_INDEPENDENT, "post_school")),
            (("further_education",), ("specialist_post_16",)),
        ),
    }
)
"""Lines and sectors of the outturn, and the kinds of place that each pays for."""


def sector_costs(load: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Costs of a plan-year by sector and kind of place, in the prices of the outturn's year.

    Returns
    -------
    pd.DataFrame
        ``sector``, ``places`` (kinds, with commas), ``gbp`` and ``standard_error_gbp`` of a
        plan-year without place funding [£] and ``authorities``.
    """
    outturn = load("outturn_by_sector")
    year = str(outturn["financial_year"].max())
    paid = outturn[outturn["financial_year"] == year].pivot(
        index="area_code", columns=["line", "sector"], values="net_gbp"
    )
    counted = {
        code: years.loc[year]
        for code, years in past_plan_years_by_place(load("ehcp_caseload")).items()
        if code in paid.index and year in years.index
    }
    plans = pd.DataFrame(counted).T.dropna()
    rows = []
    for sector, (lines, kinds) in SECTORS.items():
        spend = paid.loc[plans.index, list(lines)].sum(axis=1, min_count=len(lines))
        counts = np.column_stack([plans[list(kind)].sum(axis=1) for kind in kinds])
        usable = spend.notna().to_numpy() & (counts.sum(axis=1) > 0)
        costs, errors = _regress(spend.to_numpy(float)[usable], counts[usable])
        rows += [
            (sector, ", ".join(kind), cost, error, int(usable.sum()))
            for kind, cost, error in zip(kinds, costs, errors, strict=True)
        ]
    columns = ["sector", "places", "gbp", "standard_error_gbp", "authorities"]
    what = f"cost of a plan in {year} by sector, all authorities, without the place itself"
    formats = {"gbp": "gbp", "standard_error_gbp": "gbp", "authorities": "count"}
    return in_millions(pd.DataFrame(rows, columns=columns), what, formats=formats)


def _regress(spend: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients without a constant, and their standard errors."""
    weight = 1 / np.sqrt(np.maximum(counts.sum(axis=1), _LEAST))
    known, paid = counts * weight[:, None], spend * weight
    inverse = np.linalg.inv(known.T @ known)
    costs = inverse @ known.T @ paid
    leverage = ((known @ inverse) * known).sum(axis=1)
    residuals = (paid - known @ costs) / (1 - leverage)
    half = inverse @ known.T * residuals
    return costs, np.sqrt(np.diag(half @ half.T))
