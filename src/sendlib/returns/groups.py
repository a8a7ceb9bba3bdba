"""How places are grouped in a return: seven placement tabs, and fourteen kinds of provision."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sendlib.vocabulary import PlaceType, labels

TABS: Mapping[str, tuple[PlaceType, ...]] = {
    "Mainstream": (PlaceType.MAINSTREAM, PlaceType.EARLY_YEARS),
    "Resourced provision and units": (PlaceType.RESOURCED_PROVISION, PlaceType.SEN_UNIT),
    "Maintained and academy special": (PlaceType.STATE_SPECIAL,),
    "Non-maintained and independent": (
        PlaceType.NON_MAINTAINED_SPECIAL,
        PlaceType.INDEPENDENT_SPECIAL,
        PlaceType.INDEPENDENT_MAINSTREAM,
    ),
    "Hospital and AP": (PlaceType.ALTERNATIVE_PROVISION,),
    "Post-16 and FE": (PlaceType.FURTHER_EDUCATION, PlaceType.SPECIALIST_POST_16),
    "Other and direct payments": (
        PlaceType.ELECTIVE_HOME_EDUCATION,
        PlaceType.EOTAS,
        PlaceType.NEET,
        PlaceType.AWAITING,
        PlaceType.OTHER,
        PlaceType.NOT_RECORDED,
    ),
}
_TOGETHER = (PlaceType.NEET, PlaceType.AWAITING, PlaceType.OTHER, PlaceType.NOT_RECORDED)
PROVISIONS: Mapping[str, tuple[PlaceType, ...]] = {
    **{place.label: (place,) for place in PlaceType if place not in _TOGETHER},
    "No place, other or not recorded": _TOGETHER,
}


def group_of(places: Sequence[str], groups: Mapping[str, Sequence[str]]) -> NDArray[np.int64]:
    """The position of the group that each place is in, shape (place,)."""
    members = {place: at for at, group in enumerate(groups.values()) for place in group}
    return np.array([members[place] for place in places], dtype=np.int64)


def described(group: Sequence[str]) -> str:
    """The places of a group in words."""
    named = labels(PlaceType)
    return ", ".join(named[place] for place in group)
