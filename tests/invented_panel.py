"""An invented panel: a dozen authorities in two regions, with counts, flows and residents."""

from dataclasses import replace

import numpy as np
import pandas as pd

from sendlib.forecast import Panel
from sendlib.forecast.places import KINDS, PlaceCounts
from sendlib.vocabulary import ENGLAND, FlowMeasure

NORTH, SOUTH = "E12000001", "E12000002"
RESPONSE = -0.6  # of the log share of state special schools to log growth
FIRST, FIRST_FLOW, FIRST_CHILDREN = 2010, 2016, 2012
SHARES = {  # of the plans in force at the end of the year
    FlowMeasure.REQUESTS: 0.24,
    FlowMeasure.REQUESTS_REFUSED: 0.05,
    FlowMeasure.NEW_PLANS: 0.15,
    FlowMeasure.ASSESSMENTS_PLAN_NOT_ISSUED: 0.02,
    FlowMeasure.ASSESSMENTS_OUTSTANDING: 0.06,
    FlowMeasure.PLANS_ISSUED: 0.15,
    FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS: 0.08,
}


def added_up(wide, region_of):
    """The rows of authorities, then their regions and England as sums."""
    regions = wide.groupby(wide.index.map(region_of)).sum()
    return pd.concat([wide, regions, wide.sum().to_frame(ENGLAND).T]).rename_axis("area_code")


def invented_panel(count=12, *, last=2025, seed=1):
    """Authorities 801, 802, ... whose growth beyond England's lasts and whose counts are noisy."""
    rng = np.random.default_rng(seed)
    codes = [str(801 + row) for row in range(count)]
    region_of = {code: (NORTH, SOUTH)[row % 2] for row, code in enumerate(codes)}
    years = range(FIRST, last + 1)
    growth = 0.08 + 0.02 * rng.standard_normal((count, 1))
    growth = growth + 0.02 * rng.standard_normal((count, len(years) - 1))
    path = np.cumsum(np.column_stack([np.zeros(count), growth]), axis=1)
    start = rng.integers(500, 3000, (count, 1))
    plans = pd.DataFrame(np.round(start * np.exp(path)), codes, years)
    flow = {measure: pd.DataFrame(dtype=float) for measure in FlowMeasure}
    for measure, share in SHARES.items():
        noise = np.exp(0.2 * rng.standard_normal(plans.shape))
        wide = (share * noise * plans).round().rename(columns=lambda year: year - 1)
        flow[measure] = added_up(wide.loc[:, FIRST_FLOW : last - 1], region_of)
    children = pd.DataFrame(
        np.tile(40.0 * start, last - FIRST_CHILDREN), codes, range(FIRST_CHILDREN, last)
    )
    panel = Panel(added_up(plans, region_of), flow, added_up(children, region_of), region_of)
    return replace(panel, places=invented_places(panel.plans, seed=seed))


def without(panel, *codes):
    """The panel without some authorities; regions and England stay as they are."""
    return replace(
        panel,
        plans=panel.plans.drop(list(codes)),
        flow={name: wide.drop(list(codes), errors="ignore") for name, wide in panel.flow.items()},
        children=panel.children.drop(list(codes)),
    )


def shaken(panel, origin):
    """The panel with everything after what was known at an origin made three times as large."""

    def later(wide, first):
        return wide * np.where(wide.columns >= first, 3.0, 1.0) if len(wide.columns) else wide

    return replace(
        panel,
        plans=later(panel.plans, origin + 1),
        flow={name: later(wide, origin) for name, wide in panel.flow.items()},
        children=later(panel.children, origin - 1),
        parent=later(panel.parent, origin + 1),
        places=replace(
            panel.places,
            plans=panel.places.plans
            * np.where(np.array(panel.places.years) > origin, 3.0, 1.0)[:, None],
        ),
    )


def invented_places(plans, *, seed=1):
    """Counts of kinds of place whose state special share falls as plans grow."""
    rng = np.random.default_rng(seed)
    codes = [code for code in plans.index if code.isdigit()]
    total = plans.loc[codes].to_numpy(float)
    usual = np.array([0.38, 0.05, 0.33, 0.06, 0.12, 0.04, 0.02])
    noise = 0.03 * rng.standard_normal((*total.shape, len(KINDS))).cumsum(axis=1)
    share = np.log(usual) + 0.3 * rng.standard_normal((len(codes), 1, len(KINDS))) + noise
    share = np.exp(share) / np.exp(share).sum(axis=2, keepdims=True)
    special = share[..., 2] * np.exp(RESPONSE * np.log(total / total[:, -4:-3]))
    share *= ((1 - special) / (1 - share[..., 2]))[..., None]
    share[..., 2] = special
    counts = np.round(total[..., None] * share)
    areas, every = [*codes, ENGLAND], np.ones(counts.shape[1:], dtype=bool)
    counts = np.concatenate([counts, counts.sum(axis=0, keepdims=True)])
    return PlaceCounts(tuple(areas), tuple(plans.columns), counts, 0 * counts[..., 0], every)
