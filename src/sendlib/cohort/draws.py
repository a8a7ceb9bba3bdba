"""What was drawn of rates, kept for further runs from the same rates.

A run begins with one set of rates for each draw. Runs that differ in levers, in
a total or in the number of draws begin with the same sets, so a model draws
them once.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sendlib.cohort.parameters import Parameters, draw_parameters
from sendlib.cohort.rates import Rates


@dataclass(frozen=True, eq=False)
class ParameterDraws:
    """Rates, and the parameters of every block of draws that was asked for.

    Parameters
    ----------
    rates : Rates
        What is known of them.
    """

    rates: Rates
    _blocks: dict[tuple[object, ...], tuple[Parameters, Any]] = field(
        default_factory=dict, init=False, repr=False
    )

    def block(
        self, stream: np.random.SeedSequence, *, draws: int, years: int
    ) -> tuple[Parameters, np.random.Generator]:
        """As :func:`begin`, from what is kept where it was asked for before."""
        key = (stream.entropy, *stream.spawn_key, draws, years)
        if key not in self._blocks:
            known, rng = begin(self.rates, stream, draws=draws, years=years)
            self._blocks[key] = known, rng.bit_generator.state
        known, state = self._blocks[key]
        bits = np.random.SFC64(stream)
        bits.state = state
        return known, np.random.Generator(bits)


def begin(
    rates: Rates, stream: np.random.SeedSequence, *, draws: int, years: int
) -> tuple[Parameters, np.random.Generator]:
    """Parameters of a block of draws, and its random numbers as they stand after them."""
    rng = np.random.Generator(np.random.SFC64(stream))
    return draw_parameters(rates, rng, draws=draws, years=years), rng
