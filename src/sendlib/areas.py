"""Find an area by any name or code, and the areas it is compared with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from sendlib.errors import (
    NotAvailableError,
    Problem,
    UnknownNameError,
    did_you_mean,
    nearest,
    raise_any,
)
from sendlib.validation import as_list, name_or_code
from sendlib.vocabulary import ENGLAND, AreaLevel

FEW = 20  # authorities that a message lists

_OF_COUNCILS = {
    *("and", "authority", "borough", "city", "corporation", "council", "county", "district", "in"),
    *("metropolitan", "of", "on", "royal", "the", "unitary", "upon"),
}
_WINDS = {"central", "east", "north", "south", "west"}
_SHORT_NAMES = {  # as people write them, their words in alphabetical order
    **dict.fromkeys(("b nes", "banes", "bnes"), "800"),
    **{"bcp": "839", "cwac": "896", "rbkc": "207", "rbwm": "868"},
    **{"bucks": "825", "cambs": "873", "derbys": "830", "glos": "916", "hants": "850"},
    **{"herts": "919", "lancs": "888", "leics": "855", "lincs": "925", "notts": "891"},
    **{"oxon": "931", "salop": "893", "staffs": "860", "warks": "937", "wilts": "865"},
    **{"worcs": "885"},
}


@dataclass(frozen=True)
class PeerGroup:
    """An authority and the areas that it is compared with, by their codes."""

    area_code: str
    neighbours: tuple[str, ...]  # closest first; empty where they are not available
    region: str
    names: dict[str, str]  # of each of these areas

    @property
    def name(self) -> str:
        """The authority's name."""
        return self.names[self.area_code]

    @property
    def authorities(self) -> tuple[str, ...]:
        """The authority and its neighbours."""
        return (self.area_code, *self.neighbours)

    @property
    def everyone(self) -> tuple[str, ...]:
        """The authority, its neighbours, its region and England."""
        return (*self.authorities, self.region, ENGLAND)


def find_authority(text: str, areas: pd.DataFrame) -> str:
    """The three-digit code of an authority, from either kind of code or its name.

    A name may be one that people use: "Hull", "City of York", "B&NES", "Bournemouth".
    """
    authorities = areas[areas["area_type"] == AreaLevel.AUTHORITY]
    wanted = str(name_or_code(text)).casefold()
    gss_codes = authorities["gss_code"] + ";" + authorities["former_gss_codes"]
    has_code = gss_codes.str.casefold().str.split(";").apply(lambda codes: wanted in codes)
    matches = authorities[
        (authorities["area_code"].str.casefold() == wanted)
        | (authorities["area_name"].str.casefold() == wanted)
        | (has_code & bool(wanted))
    ].sort_values("last_census", na_position="first")
    if len(matches) and not matches["successors"].iloc[0]:
        return str(matches["area_code"].iloc[0])
    named = _called(wanted, areas)
    if len(named) == 1 and named["whole"].all():
        return str(named["area_code"].iloc[0])
    if matches.empty:
        raise UnknownNameError(f"No authority is called {text!r}.", [_unknown(text, areas, named)])
    match = matches.iloc[0]
    names = areas.set_index("area_code")["area_name"]
    successors = [f"{names[code]} ({code})" for code in match["successors"].split(";")]
    found = f"its last figures are those of January {match['last_census']:.0f}"
    problem = Problem("authority_abolished", found, "la", f"ask for {' or '.join(successors)}")
    raise UnknownNameError(f"{match['area_name']} no longer exists.", [problem])


def _called(text: str, areas: pd.DataFrame) -> pd.DataFrame:
    """Authorities that go on and whose names have all the words of a text.

    Where only the four winds are left over, as in "Berkshire", the text may mean another
    area, and ``whole`` is false; one whose name has no other words goes before the rest.
    """
    words = _words(text)
    if not words or text in set(_larger(areas)["area_name"].str.casefold()):
        return areas.iloc[:0].assign(whole=False)
    current = areas[(areas["area_type"] == AreaLevel.AUTHORITY) & (areas["successors"] == "")]
    left = current["area_name"].map(lambda name: _words(name) - words)
    code = _SHORT_NAMES.get(" ".join(sorted(words)), "")
    has_all = current["area_name"].map(lambda name: words <= _words(name))
    exact = (has_all & (left.str.len() == 0)) | (current["area_code"] == code)
    chosen = exact if exact.any() else has_all
    return current.assign(whole=left.map(lambda rest: not rest & _WINDS) | exact)[chosen]


def _words(name: str) -> frozenset[str]:
    """The words that tell an authority's name from others."""
    plain = re.sub(r"\bsaint\b", "st", re.sub(r"[.'’]", "", name.casefold()))
    plain = re.sub(r"\b(royal|london) borough\b", "", plain)
    return frozenset(re.findall(r"[a-z]+", plain)) - _OF_COUNCILS


def _larger(areas: pd.DataFrame) -> pd.DataFrame:
    return areas[areas["area_type"] != AreaLevel.AUTHORITY]


def find_area(text: str, areas: pd.DataFrame) -> str:
    """The code of an authority, a region or England, from its name or a code."""
    larger = _larger(areas)
    wanted = text.strip().casefold()
    matches = larger[
        (larger["area_code"].str.casefold() == wanted)
        | (larger["area_name"].str.casefold() == wanted)
    ]
    return find_authority(text, areas) if matches.empty else str(matches["area_code"].iloc[0])


def with_names(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """A table with the name and the type of each area after its code.

    An area that has ended, and whose name another has now, is told apart by its
    last January: "Dorset (until 2019)".
    """
    known = areas.set_index("area_code")[["area_name", "area_type"]]
    ended = known["area_name"].duplicated(keep=False) & areas["last_census"].notna().to_numpy()
    until = areas["last_census"].set_axis(known.index)[ended].map(" (until {:.0f})".format)
    known.loc[ended, "area_name"] += until
    at, codes = pd.factorize(frame["area_code"])  # far fewer codes than rows
    named = frame.copy(deep=False)
    for before, column in pairwise(("area_code", "area_name", "area_type")):
        if column not in named:
            values = known[column].reindex(codes, fill_value="").take(at).array
            named.insert(list(named.columns).index(before) + 1, column, values)
    return named


def choose_areas(frame: pd.DataFrame, wanted: str | Iterable[str] | None) -> pd.DataFrame:
    """The rows of some areas, in the order in which they are asked for; all if none are."""
    if wanted is None or frame.empty:
        return frame
    there = frame.drop_duplicates("area_code")
    codes = {code.casefold(): code for code in there["area_code"]}
    codes |= dict(zip(there["area_name"].str.casefold(), there["area_code"], strict=True))
    asked = {str(name): str(name).strip().casefold() for name in as_list(wanted)}
    problems = [
        Problem(
            "no_figures_for_area",
            f"no figures for {name!r}",
            "areas",
            did_you_mean(name, there["area_name"]),
        )
        for name, key in asked.items()
        if key not in codes
    ]
    raise_any(NotAvailableError, "Those areas are not in the table.", problems)
    order = {codes[key]: place for place, key in enumerate(asked.values())}
    rows = frame[frame["area_code"].isin(list(order))]
    return rows.sort_values("area_code", key=lambda column: column.map(order), kind="stable")


def peer_group(area_code: str, areas: pd.DataFrame, neighbours: pd.DataFrame) -> PeerGroup:
    """The neighbours and the region of an authority."""
    by_code = areas.set_index("area_code")
    mine = neighbours[neighbours["area_code"] == area_code].sort_values("rank")
    codes = tuple(mine["neighbour_area_code"])
    region = str(by_code.loc[area_code, "region_code"])
    everyone = [area_code, *codes, region, ENGLAND]
    names = {code: str(by_code.loc[code, "area_name"]) for code in everyone}
    return PeerGroup(area_code, codes, region, names)


def reorganised_areas(plans: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Counts of the area that each reorganised authority is a part of, across the change.

    The authorities before a reorganisation and those after it add up to the
    same area, though no single one of them goes on as another.
    """
    listed = areas[areas["successors"] != ""]
    ended: dict[str, list[str]] = {
        code: successors.split(";")
        for code, successors in zip(listed["area_code"], listed["successors"], strict=True)
    }
    rows = {}
    for code in dict.fromkeys(after for codes in ended.values() for after in codes):
        before = [old for old, codes in ended.items() if code in codes]
        after = sorted({new for old in before for new in ended[old]})
        if set(before) | set(after) <= set(plans.index):
            earlier = plans.loc[before].sum(min_count=len(before))
            rows[code] = earlier.fillna(plans.loc[after].sum(min_count=len(after)))
    return pd.DataFrame.from_dict(rows, orient="index", columns=plans.columns)


def check_available(area_code: str, caseload: pd.DataFrame, areas: pd.DataFrame) -> None:
    """Refuse an authority that exists but has no plans in the tables."""
    codes = set(caseload["area_code"].unique())
    if area_code in codes:
        return
    names = areas.set_index("area_code")["area_name"]
    here = sorted(str(names[code]) for code in codes if code.isdigit())
    which = ", ".join(here) if len(here) <= FEW else f"{len(here)} others"
    problem = Problem("authority_without_figures", f"figures are available for {which}")
    headline = f"No figures for {names[area_code]} ({area_code}) are available here."
    raise NotAvailableError(headline, [problem])


def _unknown(text: str, areas: pd.DataFrame, named: pd.DataFrame) -> Problem:
    if text.strip().casefold() in set(_larger(areas)["area_name"].str.casefold()):
        remedy = "give an authority: it is compared with its region and England by itself"
        return Problem("not_an_authority", f"{text!r} is not an authority", "la", remedy)
    if len(named):
        choices = (named["area_name"] + " (" + named["area_code"] + ")").tolist()
        found = f"{text!r} is not the name of one authority alone"
        return Problem("ambiguous_authority", found, "la", f"ask for {' or '.join(choices)}")
    authorities = areas[areas["area_type"] == AreaLevel.AUTHORITY]
    names = sorted(set(authorities.loc[authorities["successors"] == "", "area_name"]))
    close = nearest(text, names)
    offer = f"did you mean {' or '.join(close)}?" if close else "give a name, or a code such as 865"
    found = f"{text!r} is not a name or a code of an authority"
    return Problem("unknown_authority", found, "la", offer)
