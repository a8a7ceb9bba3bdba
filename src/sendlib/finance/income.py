"""What comes in to meet high needs: the allocation, what is taken from it and added to it.

The department pays the high needs block less deductions, which are the money
for places that it pays to academies and colleges direct. A council may move
a share of its schools block across, an agreement with the department may bring
payments, and the council may add money of its own.

Table ``policy_lever`` has the limit of the transfer and the year that is held flat,
with their sources.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sendlib.errors import ParameterError, Problem, did_you_mean, raise_any

Money = NDArray[np.float64]

# Policy lever "schools block transfer limit", with the Schools Forum's agreement.
TRANSFER_LIMIT_SHARE = 0.005


@dataclass(frozen=True, eq=False)
class Income:
    """High needs income by financial year, in every draw.

    Parameters
    ----------
    financial_years : tuple[str, ...]
        In order.
    before_deductions : np.ndarray
        High needs block before deductions, shape (draws, years). [£]
    deductions : np.ndarray
        Places that the department pays direct, as a positive amount. [£]
    transfer : np.ndarray
        Moved across from the schools block. [£]
    agreement : np.ndarray
        Paid under an agreement with the department, such as Safety Valve. [£]
    council : np.ndarray
        The council's own contributions. [£]
    """

    financial_years: tuple[str, ...]
    before_deductions: Money
    deductions: Money
    transfer: Money
    agreement: Money
    council: Money

    @property
    def after_deductions(self) -> Money:
        """High needs block after deductions, shape (draws, years). [£]"""
        return self.before_deductions - self.deductions

    def total(self) -> Money:
        """Everything that comes in, shape (draws, years). [£]"""
        return self.after_deductions + self.transfer + self.agreement + self.council


def growth_path(
    financial_years: Sequence[str], growth_pct: Mapping[str, float], *, held: Collection[str] = ()
) -> Money:
    """Growth on the year before, for each financial year; nothing in a year that is held.

    The department held 2026-27 at 2025-26 with grants rolled in (policy lever
    "high needs allocations 2026-27"): those belong in the allocation that is
    grown, because growth of a held year is zero.

    Parameters
    ----------
    financial_years : Sequence[str]
        The years, in order.
    growth_pct : Mapping[str, float]
        Growth of each year that is not held. [%]
    held : Collection[str]
        Years held at the one before.

    Returns
    -------
    np.ndarray
        Shape (years,). [%]

    Raises
    ------
    ParameterError
        Naming each year without a growth, with two, or outside the years.

    Examples
    --------
    >>> growth_path(["2026-27", "2027-28"], {"2027-28": 3.0}, held=["2026-27"]).tolist()
    [0.0, 3.0]
    """
    problems = _outside([*growth_pct, *held], financial_years, "growth_pct, held")
    for year in financial_years:
        if (year in growth_pct) == (year in held):
            found = f"{year} is held and grows" if year in held else f"{year} has no growth"
            problems.append(Problem(found, "growth_pct", "give its growth, or hold it"))
    raise_any(ParameterError, "The growth of the allocation is not clear.", problems)
    return np.array([0.0 if year in held else growth_pct[year] for year in financial_years])


def project_allocation(last_gbp: ArrayLike, *, growth_pct: ArrayLike) -> Money:
    """An allocation carried forward: each year the one before, grown. [£]

    Parameters
    ----------
    last_gbp : array_like
        The allocation of the year before the first; one, or one for each draw. [£]
    growth_pct : array_like
        Growth of each year, shape (years,) or (draws, years). [%]

    Returns
    -------
    np.ndarray
        Shape (draws, years); one draw where neither has more. [£]

    Examples
    --------
    >>> project_allocation(100.0, growth_pct=[0.0, 10.0]).round(2).tolist()
    [[100.0, 110.0]]
    """
    growth = np.atleast_2d(np.asarray(growth_pct, dtype=float))
    last = np.atleast_1d(np.asarray(last_gbp, dtype=float))[:, None]
    return np.asarray(last * np.cumprod(1 + growth / 100, axis=1))


def project_deductions(last_gbp: float, *, last_places: float, places: ArrayLike) -> Money:
    """Deductions carried forward with the places that the department pays direct. [£]

    The money for one place stays as it is: a rate that is set nationally.

    Parameters
    ----------
    last_gbp : float
        Deductions of the year before the first. [£]
    last_places : float
        Places then; more than none. [places]
    places : array_like
        Places of each year, shape (years,) or (draws, years). [places]

    Returns
    -------
    np.ndarray
        Shape (draws, years). [£]

    Raises
    ------
    ParameterError
        If there were no places to begin with.

    Examples
    --------
    >>> project_deductions(8e6, last_places=800, places=[800, 840]).tolist()
    [[8000000.0, 8400000.0]]
    """
    problems = []
    if not last_places > 0:
        found = f"{last_places} places"
        problems.append(Problem(found, "last_places", "give a number above 0"))
    raise_any(ParameterError, "Deductions cannot be carried forward.", problems)
    return np.asarray(last_gbp / last_places * np.atleast_2d(np.asarray(places, dtype=float)))


def block_transfer(schools_block_gbp: ArrayLike, *, share: ArrayLike) -> Money:
    """What is moved to high needs from the schools block. [£]

    Parameters
    ----------
    schools_block_gbp : array_like
        Schools block of each year, shape (years,) or (draws, years). [£]
    share : array_like
        One share, or one for each year. [0 to 1]

    Returns
    -------
    np.ndarray
        Shape (draws, years). [£]

    Raises
    ------
    ParameterError
        If a share is not between 0 and 1.

    Examples
    --------
    >>> block_transfer([340e6, 350e6], share=[0.005, 0.0]).tolist()
    [[1700000.0, 0.0]]
    """
    shares = np.asarray(share, dtype=float)
    problems = [
        Problem(f"a share of {wrong}", "share", "give one between 0 and 1; 0.5% is 0.005")
        for wrong in np.unique(shares[~((shares >= 0) & (shares <= 1))])
    ]
    raise_any(ParameterError, "The transfer is not possible.", problems)
    return np.asarray(np.atleast_2d(np.asarray(schools_block_gbp, dtype=float)) * shares)


def transfer_needs_secretary_of_state(share: float) -> bool:
    """Whether a share of the schools block is more than the Schools Forum may agree to.

    Examples
    --------
    >>> transfer_needs_secretary_of_state(0.005), transfer_needs_secretary_of_state(0.01)
    (False, True)
    """
    return share > TRANSFER_LIMIT_SHARE


def payments(financial_years: Sequence[str], payments_gbp: Mapping[str, float]) -> Money:
    """Payments by financial year; a year that is not named has none. [£]

    Parameters
    ----------
    financial_years : Sequence[str]
        The years, in order.
    payments_gbp : Mapping[str, float]
        What is paid in a year. [£]

    Returns
    -------
    np.ndarray
        Shape (years,). [£]

    Raises
    ------
    ParameterError
        Naming each payment outside the years.

    Examples
    --------
    >>> payments(["2025-26", "2026-27"], {"2026-27": 5e6}).tolist()
    [0.0, 5000000.0]
    """
    problems = _outside(list(payments_gbp), financial_years, "payments_gbp")
    raise_any(ParameterError, "Some payments have no place.", problems)
    return np.array([payments_gbp.get(year, 0.0) for year in financial_years], dtype=float)


def income(
    financial_years: Sequence[str],
    *,
    before_deductions: ArrayLike,
    deductions: ArrayLike,
    transfer: ArrayLike = 0.0,
    agreement: ArrayLike = 0.0,
    council: ArrayLike = 0.0,
) -> Income:
    """Put the streams of income together, all of them with the same draws and years.

    Parameters
    ----------
    financial_years : Sequence[str]
        Names of the years, in order.
    before_deductions, deductions, transfer, agreement, council : array_like
        One number, or shape (years,), (1, years) or (draws, years). [£]

    Raises
    ------
    ParameterError
        Naming each stream whose years or draws do not fit.

    Examples
    --------
    >>> made = income(["2026-27", "2027-28"], before_deductions=[80.0, 90.0], deductions=10.0)
    >>> made.total().tolist()
    [[70.0, 80.0]]
    """
    streams = {
        "before_deductions": np.asarray(before_deductions, dtype=float),
        "deductions": np.asarray(deductions, dtype=float),
        "transfer": np.asarray(transfer, dtype=float),
        "agreement": np.asarray(agreement, dtype=float),
        "council": np.asarray(council, dtype=float),
    }
    draws = max(len(stream) for stream in map(np.atleast_2d, streams.values()))
    shape = (draws, len(financial_years))
    fitting = ((), shape[1:], (1, shape[1]), shape)
    problems = [
        Problem(f"shape {stream.shape}", name, f"give one number, {fitting[1]} or {shape}")
        for name, stream in streams.items()
        if stream.shape not in fitting
    ]
    raise_any(ParameterError, "The income does not fit together.", problems)
    return Income(
        tuple(financial_years),
        **{name: np.broadcast_to(stream, shape) for name, stream in streams.items()},
    )


def _outside(named: Sequence[str], years: Sequence[str], where: str) -> list[Problem]:
    return [
        Problem(f"{year} is not one of the years", where, did_you_mean(year, years))
        for year in named
        if year not in years
    ]
