"""The stock of own records, rounded in every kind of place; totals are added up from that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sendlib.cohort.axes import Counts
from sendlib.cohort.balance import apportion
from sendlib.cohort.evidence import Evidence
from sendlib.random_rounding import round_count
from sendlib.vocabulary import PLACE_GROUPS


def round_groups(
    plans: Counts,
    places: Sequence[str],
    name: str,
    key: bytes,
    groups: Mapping[str, Sequence[str]] = PLACE_GROUPS,
) -> dict[str, float]:
    """Plans by place, added up by kind of place and rounded; ``name`` says when and whose."""
    sums = {
        group: float(sum(plans[at] for at, place in enumerate(places) if place in members))
        for group, members in groups.items()
    }
    return {group: round_count(count, f"{name}|{group}", key) for group, count in sums.items()}


def with_rounded_stock(evidence: Evidence, name: str, key: bytes) -> Evidence:
    """Evidence whose last January has rounded numbers in every kind of place.

    Ages and needs of a kind of place are scaled to it, as whole children, so that
    whatever is worked out from the stock adds up to what is shown.
    """
    places, stock = evidence.axes.places, evidence.stock.copy()
    by_place = stock.sum(axis=(0, 1))
    rounded = round_groups(by_place, places, f"{name}|{evidence.years[-1]}", key)
    for group, members in PLACE_GROUPS.items():
        inside = [at for at, place in enumerate(places) if place in members]
        cells = stock[:, :, inside]
        if cells.sum():
            stock[:, :, inside] = apportion(cells.ravel(), rounded[group]).reshape(cells.shape)
    return replace(evidence, stock=stock)
