"""Added places: seats that open in a September and are filled from a queue.

A share, drawn once for a draw, goes to children who would otherwise be in an independent or
non-maintained special school, the rest to children out of school and in mainstream.

References
----------
- Gelman, A. and others (2013). Bayesian data analysis. 3rd edition. CRC Press. Chapter 5: a beta
  distribution by its mean and the sum of its two counts. Who takes a seat, in which order, is a
  rule of this model's own: docs/decisions/0014-places.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from sendlib.cohort.axes import AGES, Axes, Counts, IntCounts
from sendlib.cohort.levers import PREFIX, AddedPlaces, Levers
from sendlib.cohort.steps import choose, sum_cells
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES, PlaceType

PHASE_TRANSFERS = (4, 11, 16)  # ages on 31 August at which the next phase begins
INDEPENDENT = (PlaceType.INDEPENDENT_SPECIAL, PlaceType.NON_MAINTAINED_SPECIAL)
OUT_OF_SCHOOL = (
    PlaceType.AWAITING,
    PlaceType.EOTAS,
    PlaceType.ELECTIVE_HOME_EDUCATION,
    PlaceType.NEET,
)
_QUEUES = (INDEPENDENT, OUT_OF_SCHOOL, STATE_MAINSTREAM_PLACES)

# whether they stay or arrive, where, of which ages and needs, and what share of each
Queue = list[tuple[bool, int, IntCounts, IntCounts, Counts]]


@dataclass(frozen=True, eq=False)
class Seats:
    """One record laid out on the axes of a model."""

    record: AddedPlaces
    place: int
    open: IntCounts  # seats that open after the last count, by January ahead
    most: Counts  # of them filled
    queues: tuple[Queue, Queue]  # those for independent schools, and all others

    @classmethod
    def of(cls, record: AddedPlaces, axes: Axes, years: range) -> "Seats":
        """Lay out one record; seats of the last count are in it already."""
        children = np.zeros(axes.shape[:2])
        children[np.ix_(record.age_range, axes.need_positions(record.needs))] = 1.0
        changing = children * np.isin(AGES, PHASE_TRANSFERS)[:, None]
        waiting = children * record.waiting_pct / 100
        willing = children * record.waiting_out_of_school_pct / 100

        def places(named: tuple[PlaceType, ...]) -> list[int]:
            known = [one for one in named if one in axes.places and one != record.place]
            return [axes.place(one) for one in known]

        independent, out_of_school, mainstream = map(places, _QUEUES)
        moving = [(False, at, children) for at in independent]
        moving += [(True, at, changing) for at in independent]
        shares = dict.fromkeys(out_of_school, willing) | dict.fromkeys(mainstream, waiting)
        if PlaceType.AWAITING in axes.places:
            shares[axes.place(PlaceType.AWAITING)] = children
        others = [(stays, at, share) for at, share in shares.items() for stays in (False, True)]

        def queue(groups: list[tuple[bool, int, Counts]]) -> Queue:
            laid_out: Queue = []
            for stays, at, share in groups:
                ages, needs = share.nonzero()
                laid_out.append((stays, at, ages, needs, share[ages, needs]))
            return laid_out

        counted = record.open_in(years[0] - 1)
        opened = np.array([record.open_in(year) - counted for year in years])
        most = np.minimum(opened, [record.most_filled_in(year) for year in years])
        return cls(record, axes.place(record.place), opened, most, (queue(moving), queue(others)))

    def fill(
        self,
        draws: "SeatDraws",
        at: tuple[int, int],
        stay: Counts,
        staying: IntCounts,
        arrivals: IntCounts,
        *,
        rng: Generator,
    ) -> IntCounts:
        """Fill the seats of a year and record, of which a share stay taken: who was where.

        ``staying`` and ``arrivals``, shape (draw, age, need, place), change in place: those who
        take a seat leave the one or the other and arrive at the seats' place.
        """
        year, row = at
        if year == 0:
            mean, strength = self.record.displacement_pct / 100, self.record.displacement_strength
            drawn = 0 < mean < 1
            draws.displacement[:, row] = (
                rng.beta(strength * mean, strength * (1 - mean), len(stay)) if drawn else mean
            )
        filled = rng.binomial(draws.filled[:, max(year - 1, 0), row], stay[:, None])
        vacant = np.maximum(int(self.most[year]) - filled.sum(axis=1), 0)
        taken = np.zeros((len(vacant), staying.shape[3]), dtype=filled.dtype)
        left = draws.queue[:, year, row]
        most = np.rint(vacant * draws.displacement[:, row]).astype(vacant.dtype)
        seated = np.zeros_like(vacant)
        for queue, limit in zip(self.queues, (most, vacant), strict=True):
            for stays, place, ages, needs, share in queue:
                source = staying if stays else arrivals
                waiting = rng.binomial(source[:, ages, needs, place], share)
                asking = sum_cells(waiting)
                left += asking
                number = np.clip(limit - seated, 0, asking)
                if not number.any():
                    continue
                going = choose(waiting, number, rng)
                source[:, ages, needs, place] -= going.astype(source.dtype)
                arrivals[:, ages, needs, self.place] += going.astype(arrivals.dtype)
                taken[:, place] += number
                seated += number
                left -= number
        draws.filled[:, year, row] = filled + taken
        empty = self.open[year] - (filled + taken).sum(axis=1)
        draws.empty[:, year, row] = np.maximum(empty, 0)
        return taken


@dataclass(frozen=True, eq=False)
class SeatDraws:
    """What becomes of added places, in every draw."""

    filled: IntCounts  # by where they would be otherwise, (draw, year, record, place) [children]
    empty: IntCounts  # shape (draw, year, record) [seats]
    queue: IntCounts  # who would take a seat and finds none, same shape [children]
    displacement: Counts  # shape (draw, record) [share]

    @classmethod
    def zeros(cls, *shape: int, dtype: DTypeLike) -> "SeatDraws":
        """None filled, empty or wanted yet, of a shape (draws, years, records, places)."""
        draws, years, records, _ = shape
        filled = np.zeros(shape, dtype)
        empty, queue = np.zeros((2, draws, years, records), dtype)
        return cls(filled, empty, queue, np.zeros((draws, records)))

    def part(self, draws: slice) -> "SeatDraws":
        """A view of some draws."""
        return SeatDraws(*(array[draws] for array in vars(self).values()))


def check_seats(levers: Levers, years: range) -> None:
    """Refuse records all of whose seats the last count holds."""
    problems = [
        Problem(
            "seats_already_open",
            f"every seat is open by September {years[0] - 2}",
            f"{PREFIX}added_places, record {position + 1}",
            f"the count of January {years[0] - 1} holds them; give a later year",
        )
        for position, record in enumerate(levers.added_places)
        if record.open_in(years[0] - 1) >= max(record.seats.values())
    ]
    raise_any(ScenarioError, "These places cannot be added.", problems)
