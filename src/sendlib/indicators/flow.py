"""Steps on the way to a plan: requests, assessments, new plans, and how timely they are."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sendlib import validation
from sendlib.areas import choose_areas
from sendlib.indicators.frames import AREA, measure_frame, with_figures
from sendlib.indicators.rates import per_10k
from sendlib.vocabulary import FlowMeasure, labels

Names = str | Sequence[str] | None
_KEY = [*AREA, "calendar_year"]
_FLOW = (*_KEY, "measure", "value", "source_id")


def flows(
    flow: pd.DataFrame,
    measure: str,
    residents: pd.DataFrame | None = None,
    *,
    areas: Names = None,
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
        ``area_code``, ``area_name``, ``area_type``, ``calendar_year`` and a column
        with the measure's name [count]; with residents also ``residents_0_to_17``
        or ``residents_0_to_25`` [persons] and the rate, such as
        ``new_plans_per_10k``. Years without a figure of any area are left out.

    Raises
    ------
    DataError
        If it is another table.
    ParameterError
        If there is no such measure.
    NotAvailableError
        If the table has such figures, and not of such an area.
    """
    validation.check_table(flow, _FLOW, "ehcp_flow")
    name = validation.find_value(measure, labels(FlowMeasure), "measure")
    label = labels(FlowMeasure)[name]
    what = f"{label[0].lower()}{label[1:]} each year"
    counted = with_figures(_rows(flow, name, name), name)
    if residents is None:
        counted = choose_areas(counted, areas)
    frame = measure_frame(
        counted,
        ["calendar_year", name],
        measure=name,
        what=what,
        source_ids=counted["source_id"].unique(),
    )
    if residents is None:
        return frame
    return per_10k(frame, residents, mid_year=frame["calendar_year"], areas=areas)


def requests(
    flow: pd.DataFrame, residents: pd.DataFrame | None = None, *, areas: Names = None
) -> pd.DataFrame:
    """Requests for an assessment each year; with residents also for every 10,000 of them.

    Parameters
    ----------
    flow : pd.DataFrame
        Table ``ehcp_flow`` of an authority.
    residents : pd.DataFrame, optional
        Table ``children`` (residents aged 0 to 17), or ``residents`` or
        ``population`` (aged 0 to 25).
    areas : str or list, optional
        Names or codes; all otherwise.

    Returns
    -------
    pd.DataFrame
        As ``flows`` gives it: ``requests`` and ``requests_per_10k``.

    Raises
    ------
    DataError, NotAvailableError
        As ``flows`` does.

    Examples
    --------
    >>> from sendlib import Authority
    >>> wiltshire = Authority.open("Wiltshire")
    >>> flow, children = wiltshire.load("ehcp_flow"), wiltshire.load("children")
    >>> requests(flow, children, areas=wiltshire.group.neighbours)["area_name"].nunique()
    10
    """
    return flows(flow, FlowMeasure.REQUESTS, residents, areas=areas)


def refused_share(flow: pd.DataFrame, *, areas: Names = None) -> pd.DataFrame:
    """Share of the requests for an assessment in a year that were refused.

    Parameters
    ----------
    flow : pd.DataFrame
        Table ``ehcp_flow`` of an authority.
    areas : str or list, optional
        Names or codes; all otherwise.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``area_type``, ``calendar_year``,
        ``requests_refused``, ``of`` (requests), ``share`` (0 to 1); missing where
        either is.

    Raises
    ------
    DataError, NotAvailableError
        As ``flows`` does.
    """
    what = "share of requests for an assessment that were refused"
    parts = {"requests_refused": FlowMeasure.REQUESTS_REFUSED, "of": FlowMeasure.REQUESTS}
    return _share(flow, parts, what, areas)


def share_within_20_weeks(flow: pd.DataFrame, *, areas: Names = None) -> pd.DataFrame:
    """Share of plans issued within 20 weeks each year, leaving out exceptions.

    Parameters
    ----------
    flow : pd.DataFrame
        Table ``ehcp_flow`` of an authority.
    areas : str or list, optional
        Names or codes; all otherwise.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``area_type``, ``calendar_year``,
        ``within_20_weeks``, ``of`` (plans issued), ``share`` (0 to 1). A share of a
        few plans, as in 2014, says little.

    Raises
    ------
    DataError, NotAvailableError
        As ``flows`` does.
    """
    what = "share of plans issued within 20 weeks, leaving out exceptions"
    parts = {
        "within_20_weeks": FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS_EXCLUDING_EXCEPTIONS,
        "of": FlowMeasure.PLANS_ISSUED_EXCLUDING_EXCEPTIONS,
    }
    return _share(flow, parts, what, areas)


def _share(
    flow: pd.DataFrame, parts: Mapping[str, FlowMeasure], what: str, areas: Names
) -> pd.DataFrame:
    """The first measure as a share of the second, beside both."""
    validation.check_table(flow, _FLOW, "ehcp_flow")
    (part, these), (whole, all_of_them) = parts.items()
    made = _rows(flow, these, part).merge(_rows(flow, all_of_them, whole)[[*_KEY, whole]], on=_KEY)
    made["share"] = made[part] / made[whole].where(made[whole] > 0)
    chosen = choose_areas(with_figures(made, "share"), areas)
    columns = ["calendar_year", part, whole, "share"]
    ids = chosen["source_id"].unique()
    return measure_frame(chosen, columns, measure="share", what=what, source_ids=ids)


def _rows(flow: pd.DataFrame, measure: str, name: str) -> pd.DataFrame:
    return flow[flow["measure"] == measure].rename(columns={"value": name})
