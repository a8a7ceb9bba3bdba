"""Where a simulation begins, and what makes it impossible."""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import AGES, Counts
from sendlib.errors import ParameterError, Problem, raise_any


@dataclass(frozen=True, eq=False)
class Start:
    """Where a simulation begins."""

    origin: int  # the January counted last
    stock: Counts  # whole numbers, shape (age, need, place) [plans]
    residents: Counts  # at each January ahead, shape (year, age) [persons]

    @property
    def years(self) -> range:
        """The Januaries ahead."""
        return range(self.origin + 1, self.origin + 1 + len(self.residents))


def check_run(
    start: Start,
    *,
    draws: int,
    totals: Counts | None,
    shares: Counts | None,
    follow: Counts | None,
) -> None:
    """Refuse a start, or totals, shares or a calibration to follow, that do not fit it."""
    problems = []
    if not np.array_equal(start.stock, np.rint(start.stock)):
        problems.append(
            Problem(
                "stock_not_whole", "a stock that is not whole", "start", "round it to whole plans"
            )
        )
    if (start.stock < 0).any() or not (start.residents >= 0).all():
        problems.append(
            Problem(
                "count_below_zero_or_missing",
                "a count below zero or missing",
                "start",
                "use 0 or more",
            )
        )
    if start.residents.shape[1:] != (len(AGES),):
        found = f"residents of shape {start.residents.shape}"
        problems.append(
            Problem("wrong_shape_of_residents", found, "start", f"give (years, {len(AGES)})")
        )
    if totals is not None and follow is not None:
        problems.append(
            Problem("totals_and_follow", "totals and a run to follow", remedy="give one of them")
        )
    if shares is not None and totals is None:
        problems.append(Problem("shares_without_totals", "shares alone", remedy="give totals too"))
    shape = (draws, len(start.years))
    drawn = None if shares is None else shares.sum(axis=-1)
    for name, values in {"totals": totals, "follow": follow, "shares": drawn}.items():
        if values is not None and values.shape != shape:
            problems.append(
                Problem("wrong_shape", f"{name} of shape {values.shape}", name, f"give {shape}")
            )
        elif (
            name == "totals" and values is not None and (values > start.residents.sum(axis=1)).any()
        ):
            problems.append(
                Problem(
                    "more_plans_than_residents",
                    "more plans than residents",
                    name,
                    "impose a lower total",
                )
            )
    raise_any(ParameterError, "The years ahead cannot be drawn.", problems)
