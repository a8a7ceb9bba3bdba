"""What the strategies set as targets and published as gaps, with the figures that test both.

``targets.yml`` holds the words. A target is tested on figures with their counts
where those are published, otherwise on the figures alone; without either it says why.
"""

from importlib.resources import files

import pandas as pd
import yaml

from sendlib.indicators import plans_in
from sendlib.outcomes.measures import figures_with_counts
from sendlib.outcomes.series import Tables
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES, PlaceType

_COLUMNS = ["area_code", "indicator", "year", "value", "of", "kind", "source_id"]
_KEY = ["area_code", "indicator", "year"]
_NUMBERS = {
    "state_mainstream_plans": STATE_MAINSTREAM_PLACES,
    "independent_specialist_plans": (PlaceType.INDEPENDENT_SPECIAL, PlaceType.SPECIALIST_POST_16),
}
"""Plans in some places, in years in which each of them was collected."""


def targets() -> pd.DataFrame:
    """The measures of success, the strategies' own first.

    Each has what is tested (``measure``), the words (``target``), whose test it is (``by``:
    "strategy" or "proposed"), the indicator of the register (``kpi``), ``direction`` ("up" or
    "down"), where its figures are (``indicator``) or why there are none (``missing``), its
    ``unit``, and of a number the measure that is its ``share`` of all plans.
    """
    text = (files("sendlib.outcomes") / "targets.yml").read_text(encoding="utf-8")
    rows = pd.DataFrame(yaml.safe_load(text))
    return rows.assign(unit=rows["unit"].fillna("number1")).fillna("")


def target_series(tables: Tables, area_code: str) -> pd.DataFrame:
    """The figures of one authority that the targets are tested on, year by year.

    Figures with a published count come first; an indicator of the department's
    tool fills the years in which none is published. Percentages are shares.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        ``indicator``, ``outcome``, ``ehcp_flow`` and ``ehcp_caseload``.
    area_code : str
        Three-digit code of an authority.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``indicator``, ``year``, ``value``, ``of`` (missing where not
        published), ``kind``, ``source_id``; a value is in the target's unit.
    """
    used = ("indicator", "outcome", "ehcp_flow", "ehcp_caseload")
    own = {name: tables[name][tables[name]["area_code"] == area_code] for name in used}
    published = own["indicator"].assign(kind="share")
    percentage = published["unit"] == "%"
    published["value"] = published["value"].mask(percentage, published["value"] / 100)
    numbers = [
        plans_in(own["ehcp_caseload"], "place_type", places)
        .rename(columns={"plans": "value"})
        .assign(indicator=name, kind="rate")
        for name, places in _NUMBERS.items()
    ]
    series = pd.concat([figures_with_counts(own), published, *numbers]).drop_duplicates(_KEY)
    wanted = series["indicator"].isin(targets()["indicator"])
    series = series[wanted & series["value"].notna()]
    return series[_COLUMNS].sort_values(_KEY, ignore_index=True)
