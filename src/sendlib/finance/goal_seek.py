"""What it takes to balance: the smallest change of a lever that reaches a goal.

The goal is an in-year balance, before anything that government pays towards a
deficit, in one financial year and with some chance. Where a run is dear, a
search with few draws finds about where the edge is; all draws then confirm that
the change found reaches the goal and that one step less does not.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.finance.changes import LeverChange, read_changes
from sendlib.finance.figure import Figure, FigureKind
from sendlib.finance.labels import in_millions
from sendlib.finance.levers import PREFIX
from sendlib.finance.model import Model
from sendlib.finance.searching import smallest
from sendlib.pages.formats import share0
from sendlib.scenarios import Scenario, with_value
from sendlib.scenarios.documents import share_for_percentage

FILE = "lever_ranges.csv"
QUICK_DRAWS = 100
_DRAWS = "cohort.draws"
_WHOLE_PCT = 100
_ALONE = "Each lever alone, all else as in the scenario, before any support from government."


@dataclass(frozen=True)
class Goal:
    """An in-year balance in one financial year, with a chance from 0 to 1."""

    financial_year: str
    chance: float

    def __post_init__(self) -> None:
        problems = []
        if not 0 < self.chance <= 1:
            problems.append(Problem(f"a chance of {self.chance}", "goal", "80% is 0.8"))
        raise_any(ParameterError, "That is not a goal.", problems)

    @property
    def said(self) -> str:
        """The goal inside a sentence."""
        return f"{self.financial_year} with a chance of {self.chance:.0%}"

    @classmethod
    def of_pct(cls, financial_year: str, pct: float) -> "Goal":
        """The goal of a page, whose chance is given in per cent.

        Raises
        ------
        ParameterError
            If it is not from 1 to 100; 0.8 stands for 80%.

        Examples
        --------
        >>> Goal.of_pct("2030-31", 80).chance
        0.8
        """
        if not 1 <= pct <= _WHOLE_PCT:
            slip = share_for_percentage(max(pct, 0)) or f"the chance is {pct:g}%; give 80 for 80%"
            found, _, remedy = slip.partition("; ")
            raise ParameterError("That is not a goal.", [Problem(found, "goal_pct", remedy)])
        return cls(financial_year, pct / _WHOLE_PCT)


@dataclass(frozen=True)
class LeverRange:
    """A lever that is turned in steps, from no change to as far as it goes.

    Parameters
    ----------
    change : LeverChange
        That adds to the lever, or adds records of some size.
    maximum : float
        The largest change, above or below nothing.
    step : float
        How finely the change is sought, above nothing: the answer's tolerance.
    """

    change: LeverChange
    maximum: float
    step: float

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return round(abs(self.maximum) / self.step)

    def size(self, position: int) -> float:
        """The change after some steps."""
        return round(position * self.step, 10) * (1 if self.maximum > 0 or not position else -1)

    def last_valid_step(self, scenario: Scenario) -> int:
        """The last step that a scenario takes, beside what it does already."""
        beyond = bisect_left(
            range(self.steps + 1),
            True,
            key=lambda position: not self.change.is_valid(scenario, self.size(position)),
        )
        return max(beyond - 1, 0)


@dataclass(frozen=True)
class Answer:
    """What a goal seek found.

    Parameters
    ----------
    lever : LeverRange
        That was turned.
    size : float or None
        The smallest change that reaches the goal; none if no change does.
    tried : float
        The same, or the change with the best chance of those tried.
    chance : float
        Of a balance with it. [share]
    in_year_gbp : float
        The mean balance of the year with it. [£]
    runs : int
        Of the model, with few draws and with all.
    """

    lever: LeverRange
    size: float | None
    tried: float
    chance: float
    in_year_gbp: float
    runs: int


@dataclass(frozen=True, eq=False)
class _Trials:
    """Runs of one lever, each position once."""

    model: Model
    scenario: Scenario
    lever: LeverRange
    goal: Goal
    seen: dict[int, tuple[float, float]] = field(default_factory=dict)

    def reaches(self, position: int) -> bool:
        """Whether a position has the chance that is asked for."""
        if position not in self.seen:
            changed = self.lever.change.applied(self.scenario, self.lever.size(position))
            figure = Figure(FigureKind.IN_YEAR, self.goal.financial_year)
            in_year = figure.draws(self.model.run(changed))
            self.seen[position] = float((in_year >= 0).mean()), float(in_year.mean())
        return self.seen[position][0] >= self.goal.chance


def lever_ranges(origin: int) -> dict[str, LeverRange]:
    """The ranges of levers that the package declares by their names, for a January to look from."""
    return {
        change.name: LeverRange(change, float(row["maximum"]), float(row["step"]))
        for change, row in read_changes(FILE, origin=origin)
    }


def goal_seek(
    model: Model,
    scenario: Scenario,
    lever: LeverRange,
    *,
    goal: Goal,
    quick_draws: int = QUICK_DRAWS,
) -> Answer:
    """The smallest change of one lever that reaches a goal.

    A further change is taken to help. Runs are bounded by about four times the
    logarithm of the lever's steps.
    """
    trials = _Trials(model.aside(), scenario, lever, goal)
    most = lever.last_valid_step(scenario)
    guess, quick = _quick_guess(trials, most, quick_draws)
    return _confirmed(trials, most, guess, quick)


def goal_seek_each(
    model: Model, scenario: Scenario, levers: Mapping[str, LeverRange], *, goal: Goal
) -> pd.DataFrame:
    """The smallest change of each lever, alone, that reaches a goal.

    Parameters
    ----------
    model, scenario, goal
        As for ``goal_seek``.
    levers : Mapping[str, LeverRange]
        As made by :func:`lever_ranges`.

    Returns
    -------
    pd.DataFrame
        As made by :func:`answers_table`.
    """
    found = [goal_seek(model, scenario, lever, goal=goal) for lever in levers.values()]
    return answers_table(found, goal)


def frontier(
    model: Model,
    scenario: Scenario,
    pair: tuple[LeverRange, LeverRange],
    *,
    goal: Goal,
    points: int = 6,
    quick_draws: int = QUICK_DRAWS,
) -> pd.DataFrame:
    """The mixes of two changes that reach a goal: for each of the first, the least of the second.

    Parameters
    ----------
    model, scenario, goal, quick_draws
        As for ``goal_seek``.
    pair : tuple[LeverRange, LeverRange]
        The second is turned more often: make it the one that runs faster, a
        lever on money.
    points : int
        Changes of the first, evenly from none to its maximum; two or more.

    Returns
    -------
    pd.DataFrame
        One row for each change of the first: that change and the least of the second
        (missing if none reaches), each under its name and unit; ``tried``, the chance of a
        balance [share], the mean balance of the year [£] and ``runs`` as in ``Answer``.
    """
    first, second = pair
    last = first.last_valid_step(scenario)
    rows = []
    for position in dict.fromkeys(np.linspace(0, last, points).round().astype(int).tolist()):
        size = first.size(position)
        base = first.change.applied(scenario, size)
        found = goal_seek(model, base, second, goal=goal, quick_draws=quick_draws)
        rows.append((size, found.size, found.tried, found.chance, found.in_year_gbp, found.runs))
    names = [f"{each.change.name}, {each.change.unit}" for each in pair]
    columns = [*names, "tried", "chance of a balance then", _mean_balance(goal), "runs"]
    frame = pd.DataFrame(rows, columns=columns).astype({names[1]: float})
    what = f"mixes of two levers that balance {goal.said}"
    return in_millions(
        frame, what, formats=dict.fromkeys([*names, "tried"], "number1") | {"runs": "count"}
    )


def answers_table(found: Sequence[Answer], goal: Goal) -> pd.DataFrame:
    """Answers side by side, one row each."""
    rows = [
        (
            each.lever.change.name,
            each.lever.change.unit,
            each.size,
            each.tried,
            abs(each.tried / each.lever.maximum),
            each.chance,
            each.in_year_gbp,
        )
        for each in found
    ]
    columns = ["lever", "unit", "smallest change", "change tried", "share of its scale"]
    frame = pd.DataFrame(rows, columns=[*columns, "chance of a balance then", _mean_balance(goal)])
    what = f"smallest change of each lever that balances {goal.said}"
    return in_millions(
        frame.astype({"smallest change": float}), what, formats=_PLAIN, notes=[_ALONE]
    )


def say_answers(answers: pd.DataFrame, goal: Goal) -> str:
    """One or two sentences: how many levers reach a goal alone, and how much that takes.

    Parameters
    ----------
    answers : pd.DataFrame
        As made by :func:`answers_table`.
    goal : Goal
        That was sought.
    """
    reached = answers.dropna(subset=["smallest change"])
    text = f"Alone, {len(reached)} of {len(answers)} levers can balance {goal.said}"
    if reached.empty:
        return f"{text}: it takes several together, or money from outside."
    if (reached["smallest change"] == 0).any():
        return f"{goal.financial_year} balances without a change."
    least = share0(reached["share of its scale"].min())
    return (
        f"{text}, and that takes {least} or more of a lever's whole scale. This sizes the gap; it "
        "is no proposal."
    )


def _mean_balance(goal: Goal) -> str:
    return f"mean balance of {goal.financial_year} then"


_PLAIN = {
    "smallest change": "number1",
    "change tried": "number1",
    "share of its scale": "share0",
}


def _quick_guess(trials: _Trials, most: int, quick_draws: int) -> tuple[int, int]:
    """About where the edge is, with few draws, and how many runs that took.

    A lever on money leaves the children as drawn: its runs are quick with all draws.
    """
    on_money = trials.lever.change.lever.startswith(PREFIX)
    if on_money or quick_draws >= trials.scenario.value(_DRAWS):
        return most, 0
    few = with_value(trials.scenario, _DRAWS, quick_draws, why="a quick search")
    quick = replace(trials, scenario=few, seen={})
    found = smallest(quick.reaches, most=most, guess=most)
    return (most if found is None else found), len(quick.seen)


def _confirmed(trials: _Trials, most: int, guess: int, quick: int) -> Answer:
    """The edge with all draws, or the best that was tried."""
    edge = smallest(trials.reaches, most=most, guess=guess)
    best = max(trials.seen, key=lambda at: (trials.seen[at], -at)) if edge is None else edge
    size = None if edge is None else trials.lever.size(edge)
    runs = quick + len(trials.seen)
    return Answer(trials.lever, size, trials.lever.size(best), *trials.seen[best], runs)
