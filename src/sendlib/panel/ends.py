"""The panel where nothing can be moved: every lever at both of its ends, in a table."""

from collections.abc import Sequence

import pandas as pd

from sendlib import finance
from sendlib.finance import Model, Projection
from sendlib.pages import Table, table
from sendlib.pages.formats import MINUS, count, gbp_m
from sendlib.panel.reading import prepared, quick
from sendlib.panel.sliders import Slider
from sendlib.scenarios import Scenario

_SIDES, _ENDS = ("before", "left"), ("least", "most")


def ends(model: Model, scenario: Scenario, among: Sequence[Slider]) -> pd.DataFrame:
    """Mean deficits when protection ends, with one lever at a time at its least and its most.

    Parameters
    ----------
    model : Model
        Of the authority; nothing of the runs is kept in it.
    scenario : Scenario
        To start from; it is run with few draws.
    among : Sequence[Slider]
        As they stand in it.

    Returns
    -------
    pd.DataFrame
        A row for each slider: ``lever`` (its label), ``value``, ``least`` and
        ``most`` (in its unit), ``before_least`` and ``before_most`` (before
        support), ``left_least`` and ``left_most`` (after support that is
        announced). [£]

    Raises
    ------
    ScenarioError
        If a lever is not valid.
    """
    own, start = prepared(model, scenario), quick(scenario)
    rows = []
    for slider in among:
        runs = [own.aside().run(slider.turned(start, end)) for end in (slider.least, slider.most)]
        rows.append(
            {
                "lever": slider.label(model.caseload.origin),
                "value": slider.start,
                "least": slider.least,
                "most": slider.most,
                **_means(runs),
            }
        )
    return pd.DataFrame(rows)


def ends_table(model: Model, scenario: Scenario, among: Sequence[Slider]) -> Table:
    """The same as a table for a page."""
    own = prepared(model, scenario)
    start = own.run(quick(scenario))
    date = finance.closing_date(start.protected_year)
    before, left = (gbp_m(value) for value in _mean_deficits(start))
    names = {
        "lever": "lever",
        "value": "in the scenario",
        "least": "least",
        "most": "most",
        "before_least": "deficit at the least",
        "before_most": "deficit at the most",
        "left_least": "left at the least",
        "left_most": "left at the most",
    }
    money = [name for column, name in names.items() if column.startswith(_SIDES)]
    plain = [names[column] for column in ("value", "least", "most")]
    return table(
        ends(own, scenario, among).rename(columns=names),
        caption=f"One lever moved at a time: mean deficit at {date} before support, and what is "
        "left of it to the council after announced support",
        formats={**dict.fromkeys(money, "gbp_m"), **dict.fromkeys(plain, plainly)},
        notes=[
            f"With no lever moved: {before} before support, {left} left.",
            f"From {count(len(start.plans))} draws, fewer than elsewhere on this page, so "
            "figures differ a little. Effects of several levers do not add up.",
            "Least and most are where the sliders end that this section shows in JupyterLab.",
        ],
        name="levers",
    )


def plainly(value: float) -> str:
    """A value of a lever, with as many digits as it has.

    Examples
    --------
    >>> plainly(-50.0), plainly(0.25)
    ('−50', '0.25')
    """
    return f"{MINUS if value < 0 else ''}{abs(value):g}"


def _means(runs: Sequence[Projection]) -> dict[str, float]:
    """Mean deficits of the runs at both ends, by side."""
    by_side = zip(*map(_mean_deficits, runs), strict=True)
    return {
        f"{side}_{end}": value
        for side, values in zip(_SIDES, by_side, strict=True)
        for end, value in zip(_ENDS, values, strict=True)
    }


def _mean_deficits(money: Projection) -> tuple[float, float]:
    """When protection ends: before support, and what is left after it. [£]"""
    at = money.financial_years.index(money.protected_year)
    return float(-money.before.closing[:, at].mean()), float(-money.left.closing[:, at].mean())
