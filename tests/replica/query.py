"""Queries on a version of a data set: read, checked, and answered page by page."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from . import checks
from .catalogue import IDENTIFIERS, LEVELS, Version, identify, period_of
from .checks import InvalidError, fault, invalid_value

Row = dict[str, str]
Test = Callable[[Row], bool]
PAGED = {"page", "pageSize"}
FACETS = {
    "filters": ("eq", "notEq", "in", "notIn"),
    "geographicLevels": ("eq", "notEq", "in", "notIn"),
    "locations": ("eq", "notEq", "in", "notIn"),
    "timePeriods": ("eq", "notEq", "in", "notIn", "gt", "gte", "lt", "lte"),
}
_LIST = ("in", "notIn")
_NOT_FOUND = {
    "filters": "FiltersNotFound",
    "geographicLevels": "GeographicLevelsNotFound",
    "locations": "LocationsNotFound",
    "timePeriods": "TimePeriodsNotFound",
}


def from_parameters(parameters: Mapping[str, list[str]]) -> dict[str, Any]:
    """A GET query in the form of a POST one; lists are comma separated, or repeated."""
    known = [f"{facet}.{each}" for facet, each_of in FACETS.items() for each in each_of]
    others = {"dataSetVersion", "indicators", "sorts", "debug", *PAGED}
    checks.check_known(parameters, {*known, *others})
    lists = {
        name: [part for text in values for part in text.split(",")]
        for name, values in parameters.items()
    }
    query: dict[str, Any] = {}
    criteria: dict[str, dict[str, Any]] = {}
    for name, values in lists.items():
        facet, _, comparator = name.partition(".")
        if comparator:
            wanted = values if comparator in _LIST else values[0]
            criteria.setdefault(facet, {})[comparator] = wanted
        elif name in ("indicators", "sorts"):
            query[name] = values
        elif name in PAGED:
            query[name] = values[0]
        elif name == "debug":
            if values[0].lower() not in ("true", "false"):
                raise InvalidError([invalid_value("debug")])
            query[name] = values[0].lower() == "true"
    return {**query, **({"criteria": criteria} if criteria else {}), "text": True}


def answer(version: Version, query: Mapping[str, Any]) -> dict[str, Any]:
    """The page of results that a query asks for, with warnings."""
    if not isinstance(query, dict):
        raise InvalidError([invalid_value("")])
    checks.check_known(query, {"criteria", "indicators", "sorts", "debug", "text", *PAGED})
    page, errors = checks.whole_number(query, "page", default=1)
    size, more = checks.whole_number(query, "pageSize", default=1000, most=10000)
    reading = _Reading(version, as_text=bool(query.get("text")))
    reading.errors += [*errors, *more]
    debug = query.get("debug")
    if debug is not None and not isinstance(debug, bool):
        reading.errors.append(invalid_value("debug"))
    criteria = query.get("criteria")
    test = (
        reading.criteria(criteria, "" if query.get("text") else "criteria")
        if criteria is not None
        else None
    )
    indicators = reading.indicators(query.get("indicators"))
    order = reading.sorts(query.get("sorts"))
    if reading.errors:
        raise InvalidError(reading.errors)
    rows = [row for row in version.rows if test is None or test(row)]
    for key, descending in reversed(order or [(_by_period, True)]):
        rows.sort(key=key, reverse=descending)
    return _page(version, rows, indicators, reading, page, size, debug=bool(debug))


class _Reading:
    """Criteria turned into tests of a row, with the errors and warnings met on the way."""

    def __init__(self, version: Version, *, as_text: bool) -> None:
        self.version = version
        self.as_text = as_text  # as a GET query writes locations, periods and sorts
        self.errors: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []
        self.options = {
            option["id"]: (each["column"], option["label"])
            for each in version.facets["filters"]
            for option in each["options"]  # type: ignore[union-attr]
        }

    def criteria(self, criteria: Any, path: str) -> Test:
        """A test of rows from facets, or from and, or, not."""
        if not isinstance(criteria, dict):
            self.errors.append(invalid_value(path))
            return lambda _: True
        clauses = [name for name in ("and", "or", "not") if name in criteria]
        if clauses and len(criteria) == 1:
            return self._clause(clauses[0], criteria[clauses[0]], path)
        try:
            checks.check_known(
                [f"{path}.{name}".strip(".") for name in criteria],
                [f"{path}.{name}".strip(".") for name in FACETS],
            )
        except InvalidError as error:
            self.errors += error.errors
        tests = [
            self.facet(name, criteria[name], f"{path}.{name}".strip("."))
            for name in FACETS
            if criteria.get(name) is not None
        ]
        return lambda row: all(test(row) for test in tests)

    def _clause(self, clause: str, parts: Any, path: str) -> Test:
        if clause == "not":
            inner = self.criteria(parts, f"{path}.not")
            return lambda row: not inner(row)
        if not isinstance(parts, list) or not parts:
            code = "NotEmptyBody" if parts in (None, []) else "InvalidValue"
            self.errors.append(fault(code, f"{path}.{clause}", "Must not be empty."))
            return lambda _: True
        tests = [self.criteria(part, f"{path}.{clause}[{at}]") for at, part in enumerate(parts)]
        every = all if clause == "and" else any
        return lambda row: every(test(row) for test in tests)

    def facet(self, name: str, wanted: Any, path: str) -> Test:
        """A test of rows from the comparators of one facet."""
        if not isinstance(wanted, dict):
            self.errors.append(invalid_value(path))
            return lambda _: True
        tests = []
        for comparator, value in wanted.items():
            place = f"{path}.{comparator}"
            if comparator not in FACETS[name]:
                self.errors.append(
                    fault("UnknownField", place, "Must not include any unknown fields.")
                )
                continue
            if value is None:
                continue
            values = value if comparator in _LIST else [value]
            if not isinstance(values, list) or not values:
                self.errors.append(fault("NotEmpty", place, "Must not be empty."))
                continue
            read = [
                self._value(name, each, f"{place}[{at}]" if comparator in _LIST else place)
                for at, each in enumerate(values)
            ]
            missing = [each for each, found in zip(values, read, strict=True) if found is None]
            if missing and not self.errors:
                text = "One or more could not be found."
                self.warnings.append(fault(_NOT_FOUND[name], place, text, items=missing))
            tests.append(_compare(name, comparator, [each for each in read if each is not None]))
        return lambda row: all(test(row) for test in tests)

    def _value(self, facet: str, value: Any, path: str) -> Any:
        """What a row is compared with; none where the data set has no such thing."""
        try:
            if facet == "filters":
                return self._option(value, path)
            if facet == "geographicLevels":
                return self._level(value, path)
            if facet == "locations":
                return self._location(value, path)
            return self._period(value, path)
        except (TypeError, KeyError, AttributeError, ValueError):
            self.errors.append(invalid_value(path))
            return None

    def _option(self, value: Any, path: str) -> Any:
        if not isinstance(value, str):
            raise TypeError
        if not value or len(value) > 10:
            code = "NotEmpty" if not value else "MaximumLength"
            self.errors.append(fault(code, path, "Must be from 1 to 10 characters.", maxLength=10))
        return self.options.get(value)

    def _level(self, value: Any, path: str) -> Any:
        if value not in checks.LEVEL_CODES:
            text = "Must be one of the allowed values."
            self.errors.append(
                fault("AllowedValue", path, text, value=value, allowed=checks.LEVEL_CODES)
            )
        return next(
            (each for each, (code, *_) in LEVELS.items() if code == value and self._has(each)), None
        )

    def _has(self, level: str) -> bool:
        return any(each["label"] == level for each in self.version.facets["geographicLevels"])

    def _location(self, value: Any, path: str) -> Any:
        if not self.as_text:
            name = next(each for each in value if each != "level")
            value = f"{value.get('level', 'LA')}|{name}|{value[name]}"
        found = checks.location(value, path)
        self.errors += found
        if found:
            return None
        level, name, wanted = value.split("|")
        ids = {
            option["id"]
            for group in self.version.facets["locations"]
            for option in group["options"]  # type: ignore[union-attr]
            if group["level"]["code"] == level and option.get(name) == wanted  # type: ignore[index]
        }
        return (level, frozenset(ids)) if ids else None

    def _period(self, value: Any, path: str) -> Any:
        if not self.as_text:
            value = f"{value['period']}|{value['code']}"
        found = checks.time_period(value, path)
        self.errors += found
        if found:
            return None
        period, code = value.split("|")
        for each in self.version.facets["timePeriods"]:
            if each["code"] == code and str(each["period"])[:4] == period[:4]:
                return (code, int(period[:4]))
        return None

    def indicators(self, wanted: Any) -> list[dict[str, Any]]:
        """The indicators that are asked for; all, where none is."""
        every = self.version.facets["indicators"]
        if wanted is None:
            return every
        if not isinstance(wanted, list) or not wanted:
            self.errors.append(fault("NotEmpty", "indicators", "Must not be empty."))
            return []
        for at, each in enumerate(wanted):
            if not isinstance(each, str) or not 1 <= len(each) <= 40:
                self.errors.append(invalid_value(f"indicators[{at}]"))
        ids = {each["id"] for each in every}
        missing = [each for each in wanted if not isinstance(each, str) or each not in ids]
        if missing and not self.errors:
            text = "One or more indicators could not be found."
            self.errors.append(fault("IndicatorsNotFound", "indicators", text, items=missing))
        return [
            each
            for each in every
            if each["id"] in [item for item in wanted if isinstance(item, str)]
        ]

    def sorts(self, wanted: Any) -> list[tuple[Callable[[Row], Any], bool]]:
        """Keys to sort rows by, and whether downwards."""
        if wanted is None:
            return []
        if not isinstance(wanted, list) or not wanted:
            self.errors.append(fault("NotEmpty", "sorts", "Must not be empty."))
            return []
        keys = []
        for at, each in enumerate(wanted):
            if not self.as_text:
                parts = (
                    [each.get(name) for name in ("field", "direction")]
                    if isinstance(each, dict)
                    else [None]
                )
                if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
                    self.errors.append(invalid_value(f"sorts[{at}]"))
                    continue
                each = "|".join(parts)  # noqa: PLW2901
            found = checks.sort(each, f"sorts[{at}]")
            self.errors += found
            name, _, direction = each.rpartition("|")
            key = self._sort_key(name)
            if key is None and not found:
                text = "One or more sort fields could not be found."
                self.errors.append(fault("SortFieldsNotFound", f"sorts[{at}]", text, items=[each]))
            elif key:
                keys.append((key, direction == "Desc"))
        return keys

    def _sort_key(self, name: str) -> Callable[[Row], Any] | None:
        if name == "timePeriod":
            return _by_period
        if name == "geographicLevel":
            return lambda row: row["geographic_level"]
        kind, _, wanted = name.partition("|")
        if kind == "location":
            level = next((each for each, (code, *_) in LEVELS.items() if code == wanted), None)
            return (lambda row: row.get(LEVELS[level][2]) or "") if level else None
        facet = self.version.facets.get(
            {"filter": "filters", "indicator": "indicators"}.get(kind, ""), []
        )
        column = next((each["column"] for each in facet if each["id"] == wanted), None)
        return (lambda row: row[str(column)]) if column else None


def _by_period(row: Row) -> int:
    return int(row["time_period"][:4])


def _matches(facet: str, row: Row, wanted: Any) -> bool:
    if facet == "filters":
        return row[wanted[0]] == wanted[1]
    if facet == "geographicLevels":
        return row["geographic_level"] == wanted
    if facet == "locations":
        code, codes, name = next(each for each in LEVELS.values() if each[0] == wanted[0])
        label = next(key for key, each in LEVELS.items() if each[0] == code)
        values = [row.get(column) or "" for column in codes.values()]
        return identify(label, *values, row.get(name) or values[0]) in wanted[1]
    return (IDENTIFIERS[row["time_identifier"]], _by_period(row)) == wanted


def _compare(facet: str, comparator: str, wanted: list[Any]) -> Test:
    if comparator in ("eq", "in"):
        return lambda row: any(_matches(facet, row, each) for each in wanted)
    if comparator in ("notEq", "notIn"):
        return lambda row: not any(_matches(facet, row, each) for each in wanted)
    bounds = {
        "gt": lambda year, bound: year > bound,
        "gte": lambda year, bound: year >= bound,
        "lt": lambda year, bound: year < bound,
        "lte": lambda year, bound: year <= bound,
    }
    holds = bounds[comparator]
    return lambda row: any(
        IDENTIFIERS[row["time_identifier"]] == code and holds(_by_period(row), year)
        for code, year in wanted
    )


def _page(
    version: Version,
    rows: list[Row],
    indicators: list[dict[str, Any]],
    reading: _Reading,
    page: int,
    size: int,
    *,
    debug: bool,
) -> dict[str, Any]:
    warnings = list(reading.warnings)
    if debug:
        warnings.append(fault("DebugEnabled", "", "Debug mode is enabled."))
    if not rows:
        warnings.append(fault("QueryNoResults", "", "The query returned no results."))
    paging = {
        "page": page,
        "pageSize": size,
        "totalResults": len(rows),
        "totalPages": math.ceil(len(rows) / size),
    }
    shown = rows[(page - 1) * size : page * size]
    results = [_result(version, row, indicators, debug=debug) for row in shown]
    return {"paging": paging, "results": results, "warnings": warnings}


def _result(
    version: Version, row: Row, indicators: list[dict[str, Any]], *, debug: bool
) -> dict[str, Any]:
    def write(key: str, label: str) -> str:
        return f"{key} :: {label}" if debug else key

    code, _, name = LEVELS[row["geographic_level"]]
    place = {level: write(key, row.get(name) or "") for level, key in version.place_of(row).items()}
    return {
        "timePeriod": {
            "code": IDENTIFIERS[row["time_identifier"]],
            "period": period_of(row["time_period"]),
        },
        "geographicLevel": code,
        "locations": place,
        "filters": {
            write(each["id"], each["column"]): write(
                identify(each["column"], row[each["column"]]), row[each["column"]]
            )
            for each in version.facets["filters"]
        },
        "values": {write(each["id"], each["column"]): row[each["column"]] for each in indicators},
    }
