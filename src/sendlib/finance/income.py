"""What comes in to meet high needs: the allocation, what is taken from it and added to it.

The department pays the high needs block less deductions, which are the money
for places that it pays to academies and colleges direct; ``outlook`` leaves
them in, on both sides of the account. A council may move
a share of its schools block across, an agreement with the department may bring
payments, and the council may add money of its own.

Table ``policy_lever`` has the limit of the transfer, with its source.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sendlib.errors import ParameterError, Problem, raise_any

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
