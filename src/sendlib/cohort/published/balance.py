"""Arithmetic of a balance: undo a blur of ages, spread margins, match gains with losses.

Everything here is counts in and counts out. Nothing is lost or made: each
function says which sums it keeps exactly.
"""

import numpy as np

from sendlib.cohort.axes import Counts, share_of

_LEAST, _MOST = 1e-12, 1e12  # of a weight, so that a total can always be met
_CLOSE = 1e-9


def deconvolve(recorded: Counts, blur: Counts, start: Counts, *, steps: int = 500) -> Counts:
    """The counts that, blurred, come nearest to what was recorded (Richardson-Lucy).

    Each step gives every recorded count to the true classes in proportion to
    what they are thought to have sent there, which is the expectation step of
    EM for Poisson counts. Nothing becomes negative, and each column keeps its sum.

    References
    ----------
    Richardson, W. H. (1972), Bayesian-based iterative method of image
    restoration, Journal of the Optical Society of America 62, 55-59.
    """
    found = start
    for _ in range(steps):
        found = reassign(recorded, blur, found)
    return found


def reassign(recorded: Counts, blur: Counts, prior: Counts) -> Counts:
    """Give recorded counts to true classes by Bayes' rule.

    Examples
    --------
    >>> blur = np.array([[0.5, 0.0], [0.5, 1.0]])
    >>> reassign(np.array([[4.0], [8.0]]), blur, np.array([[1.0], [0.5]])).ravel().tolist()
    [8.0, 4.0]
    """
    expected = blur @ prior
    return np.asarray(prior * (np.swapaxes(blur, -1, -2) @ share_of(recorded, expected)))


def spread_within(capacity: Counts, rows: Counts, columns: Counts, *, steps: int = 200) -> Counts:
    """Spread row and column totals over cells, never more than each cell can give.

    The share taken of a cell is a factor of its row times a factor of its
    column, at most one: iterative proportional fitting with a ceiling. Row
    totals are met exactly as far as the row can give; column totals as nearly
    as the cells allow.

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
        found = _taken(capacity, by_row, by_column).sum(axis=0)
        if np.allclose(found, columns, rtol=0, atol=_CLOSE):
            break
    return _topped_up(_taken(capacity, by_row, by_column), capacity, rows)


def fill_within(capacity: Counts, weights: Counts, total: float) -> Counts:
    """Spread one total by weight, never more than each cell can give.

    Examples
    --------
    >>> fill_within(np.array([1.0, 8.0, 8.0]), np.array([2.0, 1.0, 1.0]), 9.0).tolist()
    [1.0, 4.0, 4.0]
    """
    scale = _scales(capacity[None, :], weights, np.array([total]))
    return np.asarray(_taken(capacity[None, :], scale, weights)[0])


def match_moves(surplus: Counts) -> tuple[Counts, Counts, Counts]:
    """The smallest number of moves between places that explains gains and losses.

    Which of the places that lost sent children to which that gained is not
    known: moves are spread in proportion to both. What one side has more of
    came from outside, or went there.

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
    held: Counts, moved: Counts, arrived: Counts, ended: Counts
) -> tuple[Counts, Counts, Counts]:
    """Count those who left where they were at first, not where they were when they left.

    Some moved first and left later. All who were in a place at some time, held,
    moved in or arrived, are taken to be as likely to have left from it. What
    was there after stays the same.

    Examples
    --------
    >>> held, ended = np.array([10.0, 2.0]), np.array([0.0, 4.0])
    >>> moved = np.array([[0.0, 6.0], [0.0, 0.0]])
    >>> left, stayed, _ = by_origin(held, moved, np.zeros(2), ended)
    >>> left.tolist(), stayed.tolist()
    ([3.0, 1.0], [[0.0, 3.0], [0.0, 0.0]])
    """
    present = held + moved.sum(axis=-2) + arrived
    share = np.clip(share_of(ended, present), 0, 1)
    moved_and_left = moved * share[..., None, :]
    left = held * share + moved_and_left.sum(axis=-1)
    return left, moved - moved_and_left, arrived * (1 - share)


def net_of_the_year(
    before: Counts, left: Counts, moved: Counts, joined: Counts
) -> tuple[Counts, Counts, Counts]:
    """Leave out those who joined and left within the year; what was there after stays the same.

    More can leave or move from a place than were in it a year before, because
    some joined in between. They are counted where they joined last: neither
    left nor moved then exceeds ``before``.
    """
    going = left + moved.sum(axis=-1)
    kept = np.ones_like(going)
    np.divide(before, going, out=kept, where=going > before)
    newcomers = moved * (1 - kept)[..., None]
    joined = joined - going * (1 - kept) + newcomers.sum(axis=-2)
    return left * kept, moved * kept[..., None], np.clip(joined, 0, None)


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
    found = factor[np.arange(len(totals)), fits.argmax(axis=1)]
    return np.where(fits.any(axis=1), found, _MOST**2)


def _taken(capacity: Counts, by_row: Counts, by_column: Counts) -> Counts:
    weight = np.clip(by_column, _LEAST, _MOST)
    return np.asarray(capacity * np.minimum(by_row[:, None] * weight, 1))


def _topped_up(taken: Counts, capacity: Counts, rows: Counts) -> Counts:
    """Meet a row's total from what room is left, where its factors ran out of range."""
    room = capacity - taken
    left = room.sum(axis=1)
    short = np.clip(np.minimum(rows - taken.sum(axis=1), left), 0, None)
    return np.asarray(taken + room * share_of(short, left)[:, None])
