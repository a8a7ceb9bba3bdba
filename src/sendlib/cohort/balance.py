"""Arithmetic of a balance: counts in, counts out; each function says which sums it keeps.

References
----------
- Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency
  table when the expected marginal totals are known. Annals of Mathematical Statistics 11(4),
  427-444.
- Dempster, A. P., Laird, N. M. and Rubin, D. B. (1977). Maximum likelihood from incomplete data via
  the EM algorithm. Journal of the Royal Statistical Society B 39(1), 1-38: counts assigned by
  Bayes' rule.
- Abel, G. J. (2013). Estimating global migration flow tables using place of birth data. Demographic
  Research 28, 505-546: the fewest moves that explain two counts.
- Balinski, M. L. and Young, H. P. (2001). Fair representation: meeting the ideal of one man, one
  vote. 2nd edition. Brookings Institution Press: largest remainders.
"""

import numpy as np
from numpy.typing import NDArray

from sendlib.cohort.axes import Counts, share_of

_LEAST, _MOST = 1e-12, 1e12  # of a weight, so that a total can always be met
_CLOSE = 1e-9
_NEARLY = 1e-6  # a share of one plan that counts for nothing


def reassign(recorded: Counts, blur: Counts, prior: Counts) -> Counts:
    """Assign recorded counts to true classes by Bayes' rule; each column keeps its sum."""
    expected = blur @ prior
    return np.asarray(prior * (np.swapaxes(blur, -1, -2) @ share_of(recorded, expected)))


def spread_within(capacity: Counts, rows: Counts, columns: Counts, *, steps: int = 200) -> Counts:
    """Spread row and column totals over cells by raking, never more than a cell's capacity."""
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
    """Spread one total by weight, never more than a cell's capacity."""
    scale = _scales(capacity[None, :], weights, np.array([total]))
    return np.asarray(_taken(capacity[None, :], scale, weights)[0])


def match_moves(surplus: Counts) -> tuple[Counts, Counts, Counts]:
    """The fewest moves between places that explain gains and losses, in proportion to both."""
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
    """Count those who left where they were before they moved; the stock after is the same."""
    present = before + moved.sum(axis=-2) + arrived
    share = np.clip(share_of(ended, present), 0, 1)
    moved_and_left = moved * share[..., None, :]
    left = before * share + moved_and_left.sum(axis=-1)
    return left, moved - moved_and_left, arrived * (1 - share)


def net_of_the_year(
    before: Counts, left: Counts, moved: Counts, joined: Counts
) -> tuple[Counts, Counts, Counts]:
    """Leave out those who joined and left within the year; the stock after is the same."""
    going = left + moved.sum(axis=-1)
    share = np.ones_like(going)
    np.divide(before, going, out=share, where=going > before)
    newcomers = moved * (1 - share)[..., None]
    joined = joined - going * (1 - share) + newcomers.sum(axis=-2)
    return left * share, moved * share[..., None], np.clip(joined, 0, None)


def apportion(parts: Counts, total: float) -> Counts:
    """Whole numbers in proportion to parts that add up to a total: largest remainders."""
    exact = parts * (total / max(parts.sum(), 1e-9))
    rounded = np.floor(exact + _NEARLY)
    order = np.argsort(rounded - exact, kind="stable")
    rounded[order[: round(total - rounded.sum())]] += 1
    return np.asarray(rounded)


def deal_evenly(totals: NDArray[np.int64], groups: NDArray[np.int64]) -> Counts:
    """Deal kinds to groups of a given size, each with nearly the same mix: both sums exact."""
    kind = np.repeat(np.arange(len(totals)), totals)
    position = np.concatenate([(np.arange(total) + 0.5) / max(total, 1) for total in totals])
    line = kind[np.argsort(position, kind="stable")]
    dealt = np.zeros((len(groups), len(totals)))
    np.add.at(dealt, (np.repeat(np.arange(len(groups)), groups), line), 1)
    return dealt


def _scales(capacity: Counts, weights: Counts, totals: Counts) -> Counts:
    """For each row the factor at which capacity x min(1, factor x weight) makes its total."""
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
