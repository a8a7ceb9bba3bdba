"""Counts of own records at random, but always alike, up or down to a multiple of the minimum count.

Whether a count goes up or down is settled by a threshold of its cell, drawn from a
secret of this machine and the cell's name (a cell key, as the Australian Bureau of
Statistics has them). On average nothing is lost, equal counts are rounded equally in
every pack, and one child more or fewer seldom shows: where it does, the step is one that
any of several counts may have made.

References
----------
- Fraser, B. and Wooton, J. (2005). A proposed method for confidentialising tabular output to
  protect against differencing. UNECE work session on statistical data confidentiality.
"""

import hashlib
import hmac

import numpy as np

from sendlib.vocabulary import MINIMUM_COUNT


def round_count(count: float, cell: str, key: bytes) -> float:
    """A count rounded to a multiple of the minimum count; one that is stays as it is, 0 too.

    Examples
    --------
    >>> round_count(0, "plans", b"key"), round_count(15, "plans", b"key")
    (0.0, 15.0)
    """
    digest = hmac.digest(key, cell.encode(), hashlib.sha256)
    threshold = (int.from_bytes(digest[:6], "big") + 0.5) / 2**48
    return float(np.floor(count / MINIMUM_COUNT + threshold) * MINIMUM_COUNT)
