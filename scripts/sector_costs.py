"""What a plan-year costs by kind of place, from the outturn by sector of all authorities.

    .venv/bin/python scripts/sector_costs.py

The unit costs of ``scenarios/baseline.yml`` come from here. The sum of lines 1.2.x cannot tell
kinds apart; its sectors can. Each sector is regressed on the plan-years of the kinds that it pays
for, without a constant, weighted by their number; standard errors allow for authorities that
differ in spread (HC3: MacKinnon and White 1985, Journal of Econometrics 29(3), 305-325).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from sendlib import data
from sendlib.finance.plan_years import past_plan_years_by_place
from sendlib.project import Project

LEAST = 10.0  # plan-years that an authority counts for at least
SECTORS = {  # lines and sectors of the outturn, and the kinds of place that they pay for
    "State special schools": (["top_up special"], [["state_special"]]),
    "Independent and non-maintained special schools": (
        ["independent_top_up special"],
        [["independent_special"], ["non_maintained_special"]],
    ),
    "Primary and secondary schools": (
        ["top_up primary", "top_up secondary"],
        [["mainstream"], ["resourced_provision", "sen_unit"]],
    ),
    "Independent primary and secondary schools": (
        ["independent_top_up primary", "independent_top_up secondary"],
        [["independent_mainstream"]],
    ),
    "After school, state": (["top_up post_school"], [["further_education"]]),
    "After school, independent": (["independent_top_up post_school"], [["specialist_post_16"]]),
    "After school, together": (
        ["top_up post_school", "independent_top_up post_school"],
        [["further_education"], ["specialist_post_16"]],
    ),
}


def sector_costs(load: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """``sector``, ``places``, ``gbp``, ``standard_error_gbp`` of a plan-year, ``authorities``."""
    outturn = load("outturn_by_sector")
    year = str(outturn["financial_year"].max())
    lines = outturn[outturn["financial_year"] == year]
    lines = lines.assign(line=lines["line"] + " " + lines["sector"])
    paid = lines.pivot(index="area_code", columns="line", values="net_gbp")
    counted = past_plan_years_by_place(load("ehcp_caseload")).items()
    plans = pd.DataFrame({code: own.loc[year] for code, own in counted if year in own.index}).T
    plans = plans[plans.index.isin(paid.index)].dropna()
    rows = []
    for sector, (names, kinds) in SECTORS.items():
        spend = paid.loc[plans.index, names].sum(axis=1, min_count=len(names))
        counts = np.column_stack([plans[kind].sum(axis=1) for kind in kinds])
        number = counts.sum(axis=1)
        used = spend.notna().to_numpy() & (number > 0)
        weights = 1 / np.maximum(number[used], LEAST)
        fitted = sm.WLS(spend[used].to_numpy(), counts[used], weights).fit(cov_type="HC3")
        costs = zip(kinds, fitted.params, fitted.bse, strict=True)
        rows += [(sector, ", ".join(kind), *cost, int(used.sum())) for kind, *cost in costs]
    columns = ["sector", "places", "gbp", "standard_error_gbp", "authorities"]
    return pd.DataFrame(rows, columns=columns)


if __name__ == "__main__":
    project = Project.find()
    print(sector_costs(lambda name: data.load(project, name)).round().to_string(index=False))
