"""A generator for means: what rates lead to expect, where others draw whole children."""

from typing import Any

import numpy as np

from sendlib.cohort.axes import share_of


class Expected(np.random.Generator):
    """A generator whose counts are those that are expected, not drawn."""

    def binomial(self, n: Any, p: Any) -> Any:  # type: ignore[override]
        """The mean number of events."""
        return np.multiply(n, p)

    def multinomial(self, n: Any, pvals: Any) -> Any:  # type: ignore[override]
        """The mean number of each kind."""
        return np.multiply(np.asarray(n)[..., None], pvals)

    def hypergeometric(self, good: Any, bad: Any, sample: Any) -> Any:  # type: ignore[override]
        """The mean number of good ones in a sample."""
        return share_of(good * sample, good + bad)
