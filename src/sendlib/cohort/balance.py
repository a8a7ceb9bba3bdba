"""Arithmetic of a balance: counts in, counts out; each function says which sums it keeps."""

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Counts, share_of

_LEAST, _MOST = 1e-12, 1e12  # of a weight, so that a total can always be met
_CLOSE = 1e-9
_NEARLY = 1e-6  # a share of one plan that counts for nothing


def reassign(recorded: Counts, blur: Counts, prior: Counts) -> Counts:
    """Assign recorded counts to true classes by Bayes' rule; each column keeps its sum.

    Examples
    --------
    >>> blur = np.array([[0.5, 0.0], [0.5, 1.0]])
    >>> reassign(np.array([[4.0], [8.0]]), blur, np.array([[1.0], [0.5]])).ravel().tolist()
    [8.0, 4.0]
    """
    expected = blur @ prior
    return np.asarray(prior * (np.swapaxes(blur, -1, -2) @ share_of(recorded, expected)))


def spread_within(capacity: Counts, rows: Counts, columns: Counts, *, steps: int = 200) -> Counts:
    """Spread row and column totals over cells, never more than a cell's capacity.

    The share taken of a cell is a factor of its row times a factor of its column, at most
    one: iterative proportional fitting (raking) with a ceiling. Row totals are met exactly
    as far as the row's capacity allows; column totals as nearly as the cells allow.

    Examples
    --------
    >>> spread_within(np.full((2, 2), 10.0), np.array([6.0, 2.0]), np.array([4.0, 4.0])).tolist()
    [[3.0, 3.0], [1.0, 1.0]]
    """
    by_column = np.ones(capacity.shape[1])
    by_row = _scales(capacity, by_column, rows)
    for _ in range(steps):
        by_column = _scales(capacity.T, by_row, columns)
        by_row = _scales(capacity, by_column, rows)
        taken = _taken(capacity, by_row, by_column)
        if np.allclose(taken.sum(axis=0), columns, rtol=0, atol=_CLOSE):
            break
    room = capacity - taken  # of a row whose factors ran out of range
    left = room.sum(axis=1)
    short = np.clip(np.minimum(rows - taken.sum(axis=1), left), 0, None)
    return np.asarray(taken + room * share_of(short, left)[:, None])


def fill_within(capacity: Counts, weights: Counts, total: float) -> Counts:
    """Spread one total by weight, never more than a cell's capacity.

    Examples
    --------
    >>> fill_within(np.array([1.0, 8.0, 8.0]), np.array([2.0, 1.0, 1.0]), 9.0).tolist()
    [1.0, 4.0, 4.0]
    """
    scale = _scales(capacity[None, :], weights, np.array([total]))
    return np.asarray(_taken(capacity[None, :], scale, weights)[0])


def match_moves(surplus: Counts) -> tuple[Counts, Counts, Counts]:
    """The smallest number of moves between places that explains gains and losses.

    Which of the places that lost sent children to which that gained is not known: moves are
    spread in proportion to both. What one side has more of came from outside, or went there.

    Examples
    --------
    >>> moved, arrived, departed = match_moves(np.array([-3.0, 5.0]))
    >>> moved.tolist(), arrived.tolist(), departed.tolist()
    ([[0.0, 3.0], [0.0, 0.0]], [0.0, 2.0], [0.0, 0.0])
    """
    gains: Counts = np.clip(surplus, 0, None)
    losses: Counts = np.clip(-surplus, 0, None)
    gained, lost = gains.sum(axis=-1, keepdims=True), losses.sum(axis=-1, keepdims=True)
    matched = np.minimum(gained, lost)
    into, out = share_of(gains, gained) * matched, share_of(losses, lost) * matched
    moved = out[..., :, None] * share_of(gains, gained)[..., None, :]
    return moved, np.clip(gains - into, 0, None), np.clip(losses - out, 0, None)


def by_origin(
    before: Counts, moved: Counts, arrived: Counts, ended: Counts
) -> tuple[Counts, Counts, Counts]:
    """Count those who left where they were at first, not where they were when they left.

    Some moved first and left later. All who were in a place at some time, from before, moved
    in or arrived, are taken to be as likely to have left from it. The stock after is the same.

    Examples
    --------
    >>> before, ended = np.array([10.0, 2.0]), np.array([0.0, 4.0])
    >>> moved = np.array([[0.0, 6.0], [0.0, 0.0]])
    >>> left, stayed, _ = by_origin(before, moved, np.zeros(2), ended)
    >>> left.tolist(), stayed.tolist()
    ([3.0, 1.0], [[0.0, 3.0], [0.0, 0.0]])
    """
    present = before + moved.sum(axis=-2) + arrived
    share = np.clip(share_of(ended, present), 0, 1)
    moved_and_left = moved * share[..., None, :]
    left = before * share + moved_and_left.sum(axis=-1)
    return left, moved - moved_and_left, arrived * (1 - share)


def net_of_the_year(
    before: Counts, left: Counts, moved: Counts, joined: Counts
) -> tuple[Counts, Counts, Counts]:
    """Leave out those who joined and left within the year; the stock after is the same.

    More can leave or move from a place than were in it a year before, because some joined in
    between. They are counted where they joined last: neither left nor moved exceeds ``before``.
    """
    going = left + moved.sum(axis=-1)
    share = np.ones_like(going)
    np.divide(before, going, out=share, where=going > before)
    newcomers = moved * (1 - share)[..., None]
    joined = joined - going * (1 - share) + newcomers.sum(axis=-2)
    return left * share, moved * share[..., None], np.clip(joined, 0, None)


def apportion(parts: Counts, total: float) -> Counts:
    """Whole numbers in proportion to parts that add up to a total: largest remainders.

    Examples
    --------
    >>> apportion(np.array([1.0, 1.0, 2.0]), 10).tolist()
    [3.0, 2.0, 5.0]
    """
    exact = parts * (total / max(parts.sum(), 1e-9))
    rounded = np.floor(exact + _NEARLY)
    order = np.argsort(rounded - exact, kind="stable")
    rounded[order[: round(total - rounded.sum())]] += 1
    return np.asarray(rounded)


def deal_evenly(totals: NDArray[np.int64], groups: NDArray[np.int64]) -> Counts:
    """Deal kinds to groups of a given size, each with nearly the same mix: both sums exact.

    All items are laid in a line in which each kind is spaced evenly, and the line is cut
    into groups.

    Examples
    --------
    >>> deal_evenly(np.array([2, 4]), np.array([3, 3])).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    kind = np.repeat(np.arange(len(totals)), totals)
    position = np.concatenate([(np.arange(total) + 0.5) / max(total, 1) for total in totals])
    line = kind[np.argsort(position, kind="stable")]
    dealt = np.zeros((len(groups), len(totals)))
    np.add.at(dealt, (np.repeat(np.arange(len(groups)), groups), line), 1)
    return dealt


def _scales(capacity: Counts, weights: Counts, totals: Counts) -> Counts:
    """For each row the factor at which capacity x min(1, factor x weight) makes its total.

    With columns in falling order of weight, those that are full come first:
    the first column at which the rest need not be full gives the factor.
    """
    order = np.argsort(-weights, kind="stable")
    weight = np.clip(weights[order], _LEAST, _MOST)
    ordered = capacity[:, order]
    full = np.cumsum(ordered, axis=1) - ordered
    rest = np.cumsum((ordered * weight)[:, ::-1], axis=1)[:, ::-1]
    factor = np.full_like(rest, np.inf)
    np.divide(totals[:, None] - full, rest, out=factor, where=rest > 0)
    fits = factor * weight <= 1
    first = factor[np.arange(len(totals)), fits.argmax(axis=1)]
    return np.where(fits.any(axis=1), first, _MOST**2)


def _taken(capacity: Counts, by_row: Counts, by_column: Counts) -> Counts:
    weight = np.clip(by_column, _LEAST, _MOST)
    return np.asarray(capacity * np.minimum(by_row[:, None] * weight, 1))
