"""What it takes to balance: the smallest change of a lever that reaches a goal.

By bisection: a further change of a lever is taken to help.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from sendlib.errors import ParameterError, Problem
from sendlib.fields import share_for_percentage
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.perturbations import Perturbation, read_perturbations
from sendlib.finance.projection import Figure
from sendlib.pages.formats import gbp_m, share0
from sendlib.scenarios import Scenario

TOGETHER = "All of these together"
_ALONE = "Each lever alone, all else as in the scenario, before further support from government."
_FORMATS = {
    "smallest change": "number1",
    "change tried": "number1",
    "share of its scale": "share0",
}


@dataclass(frozen=True)
class Goal:
    """An in-year balance in one financial year, with a chance from 0 to 1."""

    financial_year: str
    chance: float

    def __str__(self) -> str:
        """The goal inside a sentence."""
        return f"{self.financial_year} with a chance of {self.chance:.0%}"

    @property
    def mean_balance(self) -> str:
        """The column of the mean balance of its year."""
        return f"mean balance of {self.financial_year} then"

    @classmethod
    def of_pct(cls, financial_year: str, pct: float) -> "Goal":
        """The goal of a page, whose chance is given in per cent, from 1 to 100.

        Examples
        --------
        >>> Goal.of_pct("2030-31", 80).chance
        0.8
        """
        if not 1 <= pct <= 100:
            found, remedy = f"the chance is {pct:g}%", "give 80 for 80%"
            problem = share_for_percentage(max(pct, 0)) or Problem(
                "goal_pct_out_of_range", found, remedy=remedy
            )
            raise ParameterError("That is not a goal.", [problem.at("goal_pct")])
        return cls(financial_year, pct / 100)


@dataclass(frozen=True)
class LeverRange:
    """A lever that is changed in steps, from nothing to as far as it goes."""

    change: Perturbation  # that adds to the lever, or adds records of some size
    maximum: float  # above or below nothing
    step: float  # above nothing: the answer's tolerance

    def size(self, position: int) -> float:
        """The change after some steps."""
        return round(position * self.step, 10) * (1 if self.maximum > 0 or not position else -1)

    def applied(self, scenario: Scenario, position: int) -> Scenario:
        """A scenario with the lever changed by so many steps."""
        return self.change.applied(scenario, self.size(position))

    def last_valid_step(self, scenario: Scenario) -> int:
        """The last step that a scenario takes, beside what it does already."""
        steps = round(abs(self.maximum) / self.step)
        return self.change.last_valid(scenario, [self.size(at) for at in range(steps + 1)])


@dataclass(frozen=True)
class Answer:
    """The result of a goal seek."""

    size: float | None  # the smallest change that reaches the goal; none if no change does
    tried: float  # the same, or the furthest change
    chance: float  # of a balance with it [share]
    in_year_gbp: float  # the mean balance of the year with it


def lever_ranges(origin: int) -> dict[str, LeverRange]:
    """The ranges of levers that the package declares by their names, for a January to look from."""
    return {
        change.name: LeverRange(change, float(row["maximum"]), float(row["step"]))
        for change, row in read_perturbations("lever_ranges.csv", origin=origin)
    }


def goal_seek(model: Model, scenario: Scenario, lever: LeverRange, *, goal: Goal) -> Answer:
    """The smallest change of one lever that reaches a goal; one step less does not."""

    @cache
    def balance(step: int) -> tuple[float, float]:
        return _balance(model, lever.applied(scenario, step), goal)

    step = lever.last_valid_step(scenario)
    is_reached = balance(step)[0] >= goal.chance
    if is_reached:
        step = bisect_left(range(step), goal.chance, key=lambda each: balance(each)[0])
    size = lever.size(step)
    return Answer(size if is_reached else None, size, *balance(step))


def _balance(model: Model, scenario: Scenario, goal: Goal) -> tuple[float, float]:
    """The chance of a balance in the year of a goal, and its mean."""
    in_year = model.draws(scenario, Figure("in_year", goal.financial_year))
    return float((in_year >= 0).mean()), float(in_year.mean())


def goal_seek_each(
    model: Model, scenario: Scenario, levers: Mapping[str, LeverRange], *, goal: Goal
) -> pd.DataFrame:
    """The smallest change of each lever, alone, that reaches a goal: a row for each.

    With the change tried, as a share of the lever's scale too, the chance of a balance with it
    and the mean balance of the year; last, all of them together as far as they go. [£, shares]
    """
    rows = []
    for lever in levers.values():
        answer = goal_seek(model, scenario, lever, goal=goal)
        scale = abs(answer.tried / lever.maximum)
        sizes = (answer.size, answer.tried, scale)
        names = (lever.change.name, lever.change.unit)
        rows.append((*names, *sizes, answer.chance, answer.in_year_gbp))
    if len(levers) > 1:
        together = scenario
        for lever in levers.values():
            together = lever.applied(together, lever.last_valid_step(together))
        chance, mean = _balance(model, together, goal)
        size = 1.0 if chance >= goal.chance else np.nan
        rows.append((TOGETHER, "of each lever's scale", size, 1.0, 1.0, chance, mean))
    columns = ["lever", "unit", *_FORMATS, "chance of a balance then", goal.mean_balance]
    frame = pd.DataFrame(rows, columns=columns).astype({"smallest change": float})
    what = f"smallest change of each lever that balances {goal}"
    return in_millions(frame, what, formats=_FORMATS, notes=[_ALONE])


def frontier(
    model: Model,
    scenario: Scenario,
    pair: tuple[LeverRange, LeverRange],
    *,
    goal: Goal,
    points: int,
) -> pd.DataFrame:
    """The mixes of two changes that reach a goal: for each of the first, the least of the second.

    Parameters
    ----------
    pair : tuple[LeverRange, LeverRange]
        The second is varied more often: make it the one that runs faster, a
        lever on money.
    points : int
        Changes of the first, evenly from none to its maximum; two or more.

    Returns
    -------
    pd.DataFrame
        One row for each change of the first: that change and the least of the second
        (missing if none reaches), each under its name and unit; the chance of a balance
        [share] and the mean balance of the year [£] with it.
    """
    first, second = pair
    last = first.last_valid_step(scenario)
    rows = []
    for position in dict.fromkeys(np.linspace(0, last, points).round().astype(int).tolist()):
        answer = goal_seek(model, first.applied(scenario, position), second, goal=goal)
        second_size = np.nan if answer.size is None else answer.size
        rows.append((first.size(position), second_size, answer.chance, answer.in_year_gbp))
    names = [f"{each.change.name}, {each.change.unit}" for each in pair]
    columns = [*names, "chance of a balance then", goal.mean_balance]
    formats = dict.fromkeys(names, "number1")
    what = f"mixes of two levers that balance {goal}"
    return in_millions(pd.DataFrame(rows, columns=columns), what, formats=formats)


def say_answers(answers: pd.DataFrame, goal: Goal) -> str:
    """One sentence: what of the levers that an authority controls reaches a goal."""
    is_all = answers["lever"] == TOGETHER
    reached = answers[~is_all].dropna(subset=["smallest change"])
    if (reached["smallest change"] == 0).any():
        return f"{goal.financial_year} balances without a change"
    if len(reached):
        least = share0(reached["share of its scale"].min())
        alone = f"{len(reached)} of {int((~is_all).sum())} levers"
        return f"{alone} balance {goal}, from {least} of a scale"
    left = gbp_m(-answers.loc[is_all, goal.mean_balance].iloc[-1]) if is_all.any() else ""
    if left and answers.loc[is_all, "smallest change"].isna().all():
        return (
            f"A balance in {goal} cannot be reached by any of these, nor by all together: "
            f"{left} a year stays"
        )
    return f"None of these alone balances {goal}" + ("; all together do" if left else "")
