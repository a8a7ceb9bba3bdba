"""What one version of a data set changes against the one before, as the API lists it."""

from collections.abc import Mapping
from typing import Any

from .catalogue import Version

Item = Mapping[str, Any]


def compare(before: Version | None, now: Version) -> dict[str, dict[str, list[Any]]]:
    """Major changes, which delete something, and minor ones, by what they are of."""
    sets: dict[str, dict[str, list[Any]]] = {"majorChanges": {}, "minorChanges": {}}
    if before is None:
        return sets
    was, is_now = before.facets, now.facets
    _add(sets, "filters", _bare(was["filters"]), _bare(is_now["filters"]))
    _add(sets, "indicators", was["indicators"], is_now["indicators"])
    _add(sets, "geographicLevels", was["geographicLevels"], is_now["geographicLevels"])
    _add(sets, "timePeriods", was["timePeriods"], is_now["timePeriods"])
    groups = [[{"level": each["level"]} for each in facet["locations"]] for facet in (was, is_now)]
    _add(sets, "locationGroups", *groups)
    _add_options(sets, "filterOptions", "filter", was["filters"], is_now["filters"])
    _add_options(sets, "locationOptions", "level", was["locations"], is_now["locations"])
    return sets


def describe(version: Version, before: Version | None) -> dict[str, Any]:
    """One version with its changes."""
    notes = {"notes": version.notes} if version.notes else {}
    return {"versionNumber": version.number, **notes, **compare(before, version)}


def _bare(filters: list[Any]) -> list[Item]:
    return [{name: each[name] for name in each if name != "options"} for each in filters]


def _key(item: Item) -> object:
    if "level" in item:
        return item["level"]["code"]
    return item.get("id") or (item["code"], item.get("period"))


def _changes(was: list[Any], now: list[Any]) -> tuple[list[Any], list[Any]]:
    """Deletions, then additions and what has the same key but reads differently."""
    old, new = ({_key(each): each for each in items} for items in (was, now))
    gone = [{"previousState": item} for key, item in old.items() if key not in new]
    come = [{"currentState": item} for key, item in new.items() if key not in old]
    altered = [
        {"currentState": item, "previousState": old[key]}
        for key, item in new.items()
        if key in old and old[key] != item
    ]
    return gone, [*come, *altered]


def _add(sets: dict[str, dict[str, list[Any]]], name: str, was: list[Any], now: list[Any]) -> None:
    for kind, found in zip(sets, _changes(was, now), strict=True):
        if found:
            sets[kind][name] = found


def _add_options(
    sets: dict[str, dict[str, list[Any]]],
    name: str,
    owner: str,
    was: list[Any],
    now: list[Any],
) -> None:
    """Options of those filters, or groups of locations, that are in both versions."""
    old = {_key(each): each for each in was}
    for each in now:
        if _key(each) not in old:
            continue
        found = _changes(old[_key(each)]["options"], each["options"])
        about = each["level"] if owner == "level" else _bare([each])[0]
        for kind, options in zip(sets, found, strict=True):
            if options:
                sets[kind].setdefault(name, []).append({owner: about, "options": options})
