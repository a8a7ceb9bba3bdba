"""The steps of one year, for a block of draws at once.

Each step takes whole children and gives whole children; numbers are drawn only
in cells where there is someone to draw.
"""

from dataclasses import dataclass

import numpy as np

from sendlib.cohort.axes import Counts, Whole, share_of
from sendlib.cohort.changes import Changes
from sendlib.cohort.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Candidates:
    """Residents who may join in a year.

    Parameters
    ----------
    number : np.ndarray
        Without a plan a year before, shape (draw, age). [persons]
    chance : np.ndarray
        Of joining, same shape.
    weights : np.ndarray
        Of needs and places, after levers, shape (draw, age, need, place).
    """

    number: Whole
    chance: Counts
    weights: Counts


def grow_older(stock: Whole) -> tuple[Whole, Whole]:
    """Everyone a year older: the stock by the age reached, and those who pass the last age."""
    aged = np.zeros_like(stock)
    aged[:, 1:] = stock[:, :-1]
    return aged, stock[:, -1]


def happens(stock: Whole, odds: Counts, factor: Counts, rng: np.random.Generator) -> Whole:
    """How many of each cell something happens to."""
    held = stock.ravel()
    cells = np.flatnonzero(held)
    chance = odds.ravel()[cells] * factor[cells // (stock.size // len(stock))]
    chance = chance / (1 + chance)
    taken = np.zeros_like(held)
    taken[cells] = rng.binomial(held[cells], chance)
    return taken.reshape(stock.shape)


def change_need(
    stock: Whole,
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    into: Whole | None = None,
) -> tuple[Whole, Whole]:
    """Needs that change: the stock after, and counts, shape (draw, need from, need to).

    ``into``, where given, is filled with them cell by cell, shape
    (draw, age, need from, need to, place).
    """
    draws, _, needs, places = stock.shape
    flows = np.zeros((draws, needs, needs), dtype=np.int32)
    if needs == 1:
        return stock, flows
    held = stock.ravel()
    cells = np.flatnonzero(held)
    chance = parameters.need_change[cells // (stock.size // draws), cells // places % needs]
    number = rng.binomial(held[cells], chance)
    some = number > 0
    number = number[some]
    draw, age, need, place = np.unravel_index(cells[some], stock.shape)
    spread = rng.multinomial(number, parameters.rates.need_to[need])
    after = stock.copy()
    after[draw, age, need, place] -= number.astype(stock.dtype)
    row, to = np.nonzero(spread)
    np.add.at(after, (draw[row], age[row], to, place[row]), spread[row, to].astype(stock.dtype))
    np.add.at(flows, (draw[row], need[row], to), spread[row, to])
    if into is not None:
        into[draw[row], age[row], need[row], to, place[row]] = spread[row, to]
    return after, flows


def place_movers(
    movers: Whole,
    parameters: Parameters,
    changes: Changes,
    year: int,
    rng: np.random.Generator,
    *,
    into: Whole | None = None,
) -> tuple[Whole, Whole, Whole]:
    """Where movers arrive.

    ``into``, where given, is filled with moves cell by cell, shape
    (draw, age, need, place from, place to).
    """
    draws, _, _, places = movers.shape
    arrived, kept = np.zeros_like(movers), np.zeros_like(movers)
    flows = np.zeros((draws, places, places), dtype=np.int32)
    cells = np.unravel_index(np.flatnonzero(movers), movers.shape)
    draw, age, need, place = cells
    if not len(draw):
        return arrived, kept, flows
    weights = (
        parameters.rates.destination[age, need, place] * parameters.destination[draw, age, place]
    )
    weights = _from_closing(weights, changes, year, place)
    weights = changes.redirect("move", year, age, need, weights)
    nowhere = np.where(changes.closed[year][place], changes.waiting, place)  # they wait, or stay
    spread = rng.multinomial(movers[cells], _shares(weights, nowhere))
    row, to = np.nonzero(spread)
    number = spread[row, to]
    np.add.at(arrived, (draw[row], age[row], need[row], to), number.astype(movers.dtype))
    np.add.at(flows, (draw[row], place[row], to), number)
    same = to == place[row]
    if same.any():  # redirected, or sent on from a place that is shut, to where they are
        stay = tuple(part[row[same]] for part in cells)
        kept[stay] = number[same]
        arrived[stay] -= kept[stay]
        flows[:, range(places), range(places)] = 0
    if into is not None:
        away = row[~same]
        into[draw[away], age[away], need[away], place[away], to[~same]] = number[~same]
    return arrived, kept, flows


def split_joiners(joiners: Whole, weights: Counts, rng: np.random.Generator) -> Whole:
    """Need and place of joiners."""
    draws, ages, needs, places = weights.shape
    draw, age = np.nonzero(joiners)
    of_age = weights[draw, age].reshape(len(draw), needs * places)
    order = np.argsort(-of_age.sum(axis=0))  # the common first: the draw ends sooner
    spread = rng.multinomial(joiners[draw, age], _shares(of_age[:, order], np.zeros_like(age)))
    joined = np.zeros((draws, ages, needs * places), dtype=np.int64)
    joined[draw[:, None], age[:, None], order] = spread
    return joined.reshape(draws, ages, needs, places)


def candidates(
    aged: Whole, residents: Counts, parameters: Parameters, changes: Changes, year: int
) -> Candidates:
    """Who may join: residents without a plan, and their chances after levers."""
    ages = np.arange(aged.shape[1])[None, :, None]
    needs = np.arange(aged.shape[2])[None, None, :]
    weights = parameters.join_split * changes.factors["join"][year]
    chance = parameters.join * weights.sum(axis=(2, 3))
    with_plan = aged.sum(axis=(2, 3), dtype=np.int64)
    number = np.maximum(np.rint(residents).astype(np.int64) - with_plan, 0)
    return Candidates(number, chance, changes.redirect("join", year, ages, needs, weights))


def _from_closing(weights: Counts, changes: Changes, year: int, place: Whole) -> Counts:
    """Where a closing place says where its pupils go, they go there."""
    told = changes.closing[year] & changes.closing_to.any(axis=1)
    if told.any():
        rows = told[place]
        weights = weights.copy()
        weights[rows] = changes.closing_to[place[rows]]
    return weights


def _shares(weights: Counts, otherwise: Whole) -> Counts:
    """Shares of each row that add to one; a row of nothing goes to its position ``otherwise``."""
    total = weights.sum(axis=-1, keepdims=True, dtype=float)
    shares = share_of(weights, total)
    empty = total[..., 0] <= 0
    shares[empty, otherwise[empty]] = 1.0
    return shares
