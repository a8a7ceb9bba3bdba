"""The mitigation register: what is done, by whom, from when, and how sure its effect is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from sendlib.periods import financial_year_start
from sendlib.scenarios.assumptions import Percent, Record, Records, Strict, Year, in_horizon, shown
from sendlib.scenarios.wording import share_for_percentage

# What holds the size of an effect, in the records of each lever that has one. A limit or a
# closure is there or not: it has no size, and confidence leaves it alone.
SIZES: Mapping[str, str] = MappingProxyType(
    {
        "cohort.redirections": "share_pct",
        "cohort.rate_changes": "pct",
        "finance.price_changes": "pct",
    }
)


def _known_financial_year(year: str) -> str:
    in_horizon(financial_year_start(year))
    return year


def _no_share_of_one(pct: float) -> float:
    if slip := share_for_percentage(pct):
        raise ValueError(slip)
    return pct


FinancialYear = Annotated[str, AfterValidator(_known_financial_year)]
Confidence = Annotated[Percent, AfterValidator(_no_share_of_one)]


class Effect(Strict):
    """A record that a mitigation adds to a lever."""

    lever: str
    record: Record


class Mitigation(Strict):
    """Something done to lower cost or demand, whose effects pass through the model.

    Parameters
    ----------
    name, owner : str
        What it is called, and who answers for it.
    start : int
        The January from which it acts.
    phased_over : int
        Years in which it comes into force, in equal steps. [years]
    confidence_pct : float
        The share of the planned effect that is counted on, nothing or at least one
        per cent. [% 0-100]
    investment_gbp : Mapping[str, float]
        What it costs to bring about, by financial year. [£]
    evidence : str
        Why the effect is expected.
    effects : tuple[Effect, ...]
        The planned effects, before confidence.
    """

    name: str = Field(min_length=1)
    owner: str
    start: Year
    phased_over: int = Field(default=1, ge=1)
    confidence_pct: Confidence
    investment_gbp: Mapping[FinancialYear, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = (
        Field(default_factory=dict)
    )
    evidence: str
    effects: tuple[Effect, ...] = Field(min_length=1)

    @property
    def in_full_from(self) -> int:
        """The January from which all of it is in force."""
        return self.start + self.phased_over - 1

    @property
    def effects_planned(self) -> str:
        """The planned effects as a person reads them."""
        return "; ".join(f"{effect.lever}: {shown(effect.record)}" for effect in self.effects)

    def records(self, lever: str) -> Records:
        """What the mitigation adds to a lever, as much of it as is counted on.

        A record whose lever has a size starts and is phased as the mitigation
        is, unless it says otherwise itself.
        """
        return tuple(self._counted(effect) for effect in self.effects if effect.lever == lever)

    def planned(self) -> "Mitigation":
        """The mitigation as if its whole effect were certain."""
        return self.model_copy(update={"confidence_pct": 100.0})

    def _counted(self, effect: Effect) -> Record:
        if effect.lever not in SIZES:
            return effect.record
        timed = {"from_year": self.start, "phased_over": self.phased_over, **effect.record}
        field = SIZES[effect.lever]
        size = timed.get(field)
        if isinstance(size, (int, float)) and not isinstance(size, bool):
            timed[field] = size * self.confidence_pct / 100
        return timed
