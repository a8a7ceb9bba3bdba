"""What pages show of money ahead: draws are added first, ranges and means taken last."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib import cohort
from sendlib.errors import ParameterError, Problem
from sendlib.finance import levers
from sendlib.finance.income import TRANSFER_LIMIT_SHARE
from sendlib.finance.projection import Projection
from sendlib.periods import financial_year_of_census, financial_year_start
from sendlib.vocabulary import PLACE_GROUPS

Money = NDArray[np.float64]
_MILLION = 1e6
_MOST_GBP_M = 10_000  # more than the deficits of all authorities together have been


def ranges_by_year(values: Money, names: Sequence[str], levels: Sequence[float]) -> pd.DataFrame:
    """Ranges of draws by financial year.

    Parameters
    ----------
    values : np.ndarray
        Shape (draws, years).
    names : Sequence[str]
        Financial years.
    levels : Sequence[float]
        Quantiles for ``low``, ``middle`` and ``high``.

    Returns
    -------
    pd.DataFrame
        Index ``financial_year``; ``low``, ``middle``, ``high``, in the unit of the values.
    """
    low, middle, high = np.quantile(values, levels, axis=0)
    index = pd.Index(names, name="financial_year")
    return pd.DataFrame({"low": low, "middle": middle, "high": high}, index=index)


def deficit_bands(money: Projection, outer_pct: float, inner_pct: float) -> pd.DataFrame:
    """Two ranges of the deficit before support, one within the other, as ``plot_bands`` draws them.

    Parameters
    ----------
    money : Projection
        The years ahead.
    outer_pct, inner_pct : float
        How many outcomes in a hundred each range holds.

    Returns
    -------
    pd.DataFrame
        A row for each financial year: ``year``, ``low``, ``middle``, ``high``,
        ``inner_low``, ``inner_high``. [£]
    """
    outer, inner = (
        ranges_by_year(-money.before.closing, money.financial_years, cohort.levels(pct))
        for pct in (outer_pct, inner_pct)
    )
    both = outer.assign(inner_low=inner["low"], inner_high=inner["high"])
    return both.rename_axis("year").reset_index()


def opening_deficit(money: Projection) -> pd.DataFrame:
    """The deficit that the years ahead begin from, where it is known.

    Parameters
    ----------
    money : Projection
        The years ahead.

    Returns
    -------
    pd.DataFrame
        ``year`` (the financial year before the first of them) and ``value`` [£]; no
        row where no balance is held or set, since what is not known is not nothing.
    """
    year = financial_year_of_census(financial_year_start(money.financial_years[0]))
    point = pd.DataFrame({"year": [year], "value": [-money.opening_gbp]})
    return point if money.opening_known else point.iloc[:0]


def summary_lines(money: Projection) -> pd.DataFrame:
    """Income, cost by kind of place and the balance: means of all draws, which add up.

    Returns
    -------
    pd.DataFrame
        Index ``line``; a column for each financial year. [£]
    """
    places = money.unit_costs.places
    came = money.income
    lines = {
        "Allocation before deductions": came.before_deductions,
        "Moved from the schools block": came.transfer,
        "Paid under an agreement": came.agreement,
        "Added by the council": came.council,
        "All income": came.total(),
    }
    for name, members in PLACE_GROUPS.items():
        at = [places.index(place) for place in members]
        lines[name] = money.cost[:, :, at].sum(axis=2)
    lines |= {
        "Lines that are not per plan": money.other_lines,
        "All cost": money.total_cost,
        "In-year balance": money.before.in_year,
        "Balance carried forward": money.before.closing,
    }
    means = {name: draws.mean(axis=0) for name, draws in lines.items()}
    shown = {name: mean for name, mean in means.items() if np.any(mean)}
    frame = pd.DataFrame.from_dict(shown, orient="index", columns=list(money.financial_years))
    return frame.rename_axis("line")


def threshold(gbp_m: float) -> float:
    """The threshold of a page, which is given in £ million. [£]

    Raises
    ------
    ParameterError
        If it is more than any deficit: given in pounds, it would be passed in no draw.

    Examples
    --------
    >>> threshold(250)
    250000000.0
    """
    if not abs(gbp_m) <= _MOST_GBP_M:
        found = f"a threshold of £{gbp_m:,.12g} million"
        remedy = f"give £ million, at most {_MOST_GBP_M:,}: 250 for £250 million"
        problem = Problem(found, "threshold_gbp_m", remedy)
        raise ParameterError("No deficit comes near that threshold.", [problem])
    return gbp_m * _MILLION


def compare_runs(
    runs: Mapping[str, Projection], *, year: str, threshold_gbp: float, levels: Sequence[float]
) -> pd.DataFrame:
    """Scenarios side by side, before any support.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        By the short name of their scenario; all of the same years.
    year : str
        The financial year at whose end deficits are compared.
    threshold_gbp : float
        A deficit. [£]
    levels : Sequence[float]
        Quantiles for ``low``, ``middle`` and ``high``.

    Returns
    -------
    pd.DataFrame
        ``name``, ``plans`` (middle, last January), ``in_year`` (deficit of the
        last year, middle), ``low``, ``middle``, ``high`` (deficit at the end of
        ``year``), ``above`` (chance of a deficit over the threshold then),
        ``in_balance`` (chance in the last year), ``left`` (after announced
        support, last year, middle). [plans, £, shares]
    """
    rows = []
    for run in runs.values():
        at = run.financial_years.index(year)
        deficit = -run.before.closing[:, at]
        low, middle, high = np.quantile(deficit, levels)
        rows.append(
            {
                "name": run.scenario.name,
                "low": low,
                "middle": middle,
                "high": high,
                "above": float((deficit > threshold_gbp).mean()),
                "plans": float(np.median(run.plans)),
                "in_year": float(-np.median(run.before.in_year[:, -1])),
                "in_balance": float((run.before.in_year[:, -1] >= 0).mean()),
                "left": float(-np.median(run.left.closing[:, -1])),
            }
        )
    return pd.DataFrame(rows)


def transfers_over_the_limit(money: Projection) -> list[str]:
    """The financial years whose transfer is more than a Schools Forum may agree to."""
    share = levers.yearly(
        money.scenario.value("finance.transfer_pct"),
        [financial_year_start(name) for name in money.financial_years],
    )
    return [
        name
        for name, moved in zip(money.financial_years, share / 100, strict=True)
        if moved > TRANSFER_LIMIT_SHARE
    ]
