"""Where children are taught: an authority's own, wherever that is, and places that are in it."""

from collections.abc import Callable

import pandas as pd

from sendlib.pages.formats import count
from sendlib.vocabulary import TOTAL, FundingTerm, PlaceType

_GBP_OF_ONE = 6000.0  # the adjustment for each child taught in another authority than the home
_KEY = ["area_code", "financial_year"]
_PLACES = {
    "special_academy_places": ("Special academies", "Special free schools"),
    "base_academy_places": (
        "Mainstream academies (special educational needs (SEN) units and resourced provision)",
    ),
}
_NOTES = (
    "Own children: wherever they are taught. Places: of academies and free schools in the area, "
    "whoever takes them.",
    "Places of maintained schools are not published by number.",
    "Net imports count all who need a funded place: children of others taught here, less own "
    "children taught elsewhere. A child in a school that the department funds itself is an "
    "export of the home authority and nobody's import, so England as a whole exports.",
)


def where_taught(load: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Own children beside places that are in an authority, and the net of who crosses its border.

    Parameters
    ----------
    load : Callable
        Gives a tidy table by its name, such as ``Authority.load``.

    Returns
    -------
    pd.DataFrame
        For every authority and England, by ``financial_year``: ``own_children``, those with a
        plan in a state special school in the January before; ``special_academy_places`` and
        ``base_academy_places`` in its area from the autumn; and ``net_imports`` of children,
        below zero where more are taught elsewhere. From the yearly allocations of the grant,
        sheets on deductions and on the import and export adjustment. [children, places]
    """
    terms = load("high_needs_term")
    net = terms[terms["term"] == FundingTerm.IMPORT_EXPORT].set_index(_KEY)
    frame = net[["area_name"]].assign(net_imports=net["value"] / _GBP_OF_ONE)
    deductions = load("place_deduction")
    deductions = deductions[~deductions["places"].str.contains("AP|alternative", regex=True)]
    for column, institutions in _PLACES.items():
        rows = deductions[deductions["institution"].isin(institutions)]
        frame[column] = rows.groupby(_KEY)["places_from_autumn"].sum(min_count=1)
    caseload = load("ehcp_caseload")
    is_total = (caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)
    counted = caseload[is_total & (caseload["place_type"] == PlaceType.STATE_SPECIAL)]
    own = counted.set_index(["area_code", "census_year"])["plans"]
    frame = frame.reset_index()
    january = frame["financial_year"].str[:4].astype(int)
    keys = pd.MultiIndex.from_arrays([frame["area_code"], january])
    frame["own_children"] = own.reindex(keys).to_numpy()
    columns = [*_KEY, "area_name", "own_children", *_PLACES, "net_imports"]
    frame = frame[columns].sort_values(_KEY, ignore_index=True)
    frame.attrs |= {
        "what": "own children in state special schools, places in the area, and net imports",
        "formats": dict.fromkeys(("own_children", *_PLACES), "count") | {"net_imports": "signed"},
        "notes": list(_NOTES),
        "source_ids": [*net["source_id"].unique()],
        "why": "The yearly allocations have no row for this authority.",
    }
    return frame


def describe_where_taught(frame: pd.DataFrame, area_code: str) -> str:
    """Whether more children come to be taught in an authority or leave it; empty if not known."""
    own = frame[frame["area_code"] == area_code].tail(1)
    return "".join(
        f"In {row['financial_year']} {row['area_name']} was a net "
        f"{'exporter' if row['net_imports'] < 0 else 'importer'} of "
        f"{count(abs(row['net_imports']))} children who need a funded place."
        for row in own.to_dict("records")
    )


def unfilled_mainstream(
    load: Callable[[str], pd.DataFrame], area_code: str, *, january: int
) -> float:
    """Places of mainstream schools in an area beyond their pupils, as last known; else missing."""
    table = load("school_places")
    started = table["academic_year"].str[:4].astype(int)
    own = table[(table["area_code"] == area_code) & (started < january)]
    key = ["academic_year", "phase"]
    places, pupils = (
        own[own["measure"] == measure].set_index(key)["value"] for measure in ("places", "pupils")
    )
    spare = (places - pupils).unstack("phase").dropna()
    return float(spare.iloc[-1].clip(lower=0).sum()) if len(spare) else float("nan")
