"""Steps on the way to a plan, and indicators that a department publishes as they are.

Requests, assessments, new plans, and how timely they are.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.indicators.frames import AREA, measure_frame, per_10k, with_figures
from sendlib.vocabulary import FlowMeasure, labels

_Names = str | Sequence[str] | None
_KEY = [*AREA, "calendar_year"]
_FLOW = (*_KEY, "measure", "value", "source_id")
_INDICATOR = (*AREA, "indicator", "year", "period", "value", "unit", "source_id")


def flows(
    flow: pd.DataFrame,
    measure: str,
    residents: pd.DataFrame | None = None,
    *,
    areas: _Names = None,
) -> pd.DataFrame:
    """One step towards, into or out of plans each year; with residents also as a rate.

    Parameters
    ----------
    flow : pd.DataFrame
        Table ``ehcp_flow`` of an authority.
    measure : str
        A value or label of ``vocabulary.FlowMeasure``, such as "new_plans".
    residents : pd.DataFrame, optional
        Table ``children`` (residents aged 0 to 17), or ``residents`` or
        ``population`` (aged 0 to 25), of the mid-year in the same year.
    areas : str or list, optional
        Names or codes: ["Wiltshire", "Hampshire"]. All otherwise.

    Returns
    -------
    pd.DataFrame
        ``calendar_year`` and a column with the measure's name [count]; with residents also
        ``residents_0_to_17`` or ``residents_0_to_25`` [persons] and the rate, such as
        ``new_plans_per_10k``. Years without a figure of any area are left out.
    """
    validation.check_table(flow, _FLOW, "ehcp_flow")
    name = validation.find_value(measure, labels(FlowMeasure), "measure")
    label = labels(FlowMeasure)[name]
    what = f"{label[0].lower()}{label[1:]} each year"
    counts = with_figures(_rows(flow, name, name), name)
    if residents is None:
        counts = choose_areas(counts, areas)
    frame = measure_frame(counts, ["calendar_year", name], measure=name, what=what)
    if residents is None:
        return frame
    return per_10k(frame, residents, mid_year=frame["calendar_year"], areas=areas)


def requests(
    flow: pd.DataFrame, residents: pd.DataFrame | None = None, *, areas: _Names = None
) -> pd.DataFrame:
    """Requests for an assessment each year, as :func:`flows` has them.

    Examples
    --------
    >>> from sendlib import Authority
    >>> wiltshire = Authority.open("Wiltshire")
    >>> flow, children = wiltshire.load("ehcp_flow"), wiltshire.load("children")
    >>> requests(flow, children, areas=wiltshire.group.neighbours)["area_name"].nunique()
    10
    """
    return flows(flow, FlowMeasure.REQUESTS, residents, areas=areas)


def refused_share(flow: pd.DataFrame, *, areas: _Names = None) -> pd.DataFrame:
    """Share of the requests for an assessment in a year that were refused.

    ``calendar_year``, ``requests_refused``, ``of`` (requests), ``share`` (0 to 1); missing
    where either count is.
    """
    return _share(
        flow,
        {"requests_refused": FlowMeasure.REQUESTS_REFUSED, "of": FlowMeasure.REQUESTS},
        what="share of requests for an assessment that were refused",
        areas=areas,
    )


def share_within_20_weeks(flow: pd.DataFrame, *, areas: _Names = None) -> pd.DataFrame:
    """Share of plans issued within 20 weeks each year, leaving out exceptions.

    ``calendar_year``, ``within_20_weeks``, ``of`` (plans issued), ``share`` (0 to 1). A share
    of a few plans, as in 2014, says little.
    """
    return _share(
        flow,
        {
            "within_20_weeks": FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS_EXCLUDING_EXCEPTIONS,
            "of": FlowMeasure.PLANS_ISSUED_EXCLUDING_EXCEPTIONS,
        },
        what="share of plans issued within 20 weeks, leaving out exceptions",
        areas=areas,
    )


def _share(
    flow: pd.DataFrame, parts: Mapping[str, FlowMeasure], *, what: str, areas: _Names
) -> pd.DataFrame:
    """The first measure as a share of the second, with both."""
    validation.check_table(flow, _FLOW, "ehcp_flow")
    part, of = (_rows(flow, measure, name) for name, measure in parts.items())
    name = next(iter(parts))
    shares = part.merge(of[[*_KEY, "of"]], on=_KEY)
    shares["share"] = shares[name] / shares["of"].where(shares["of"] > 0)
    rows = choose_areas(with_figures(shares, "share"), areas)
    return measure_frame(rows, ["calendar_year", name, "of", "share"], measure="share", what=what)


def _rows(flow: pd.DataFrame, measure: str, name: str) -> pd.DataFrame:
    return flow[flow["measure"] == measure].rename(columns={"value": name})


def indicator(
    table: pd.DataFrame, name: str, *, areas: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """One published indicator of every area each year; its unit is in its name.

    ``name`` is a value of the column ``indicator`` of that table, such as
    "pupils_with_ehcp_pct". The columns are ``year`` (in which the period ends), ``period`` (as
    published), and one with the indicator's name. Years without a figure of any area are left
    out.
    """
    validation.check_table(table, _INDICATOR, "indicator")
    if len(table):
        validation.check_known(name, table["indicator"].unique(), "name")
    rows = table[table["indicator"] == name].rename(columns={"value": name})
    result = choose_areas(with_figures(rows, name), areas)
    words = name.removesuffix("_pct").replace("_", " ").replace("ehcp", "EHC plan")
    what = f"{words} [{', '.join(rows['unit'].unique())}]"
    return measure_frame(result, ["year", "period", name], measure=name, what=what)
