"""What the API refuses in a request, as its validators word it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
_LEVELS = "EDA INST LA LAD LEP LSIP MAT MCA NAT OA PA PCON PFA PROV REG RSC SCH SPON WARD"
LEVEL_CODES = _LEVELS.split()
LOCATION_FIELDS = {"LA": ("id", "code", "oldCode"), "SCH": ("id", "urn", "laEstab")}
PERIOD_CODES = (
    *(f"{year}{quarter}" for year in ("AY", "CY", "FY", "TY") for quarter in ("", *_QUARTERS)),
    *(f"M{month}" for month in range(1, 13)),
    *("P1", "P2", "RY", "T1", "T1T2", "T2", "T3"),
    *(f"W{week}" for week in range(1, 53)),
)
_NO_RANGE = re.compile(r"CY|M\d|W\d|RY")


class InvalidError(Exception):
    """A request that is refused, with everything that is wrong with it."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


def fault(code: str, path: str, message: str, **detail: Any) -> dict[str, Any]:
    """One error."""
    return {"message": message, "path": path, "code": code, "detail": detail}


def invalid_value(path: str) -> dict[str, Any]:
    """The error of a value of the wrong type or format."""
    return fault(
        "InvalidValue", path, "Must be a valid value. Check that the type and format are correct."
    )


def check_known(names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse fields that there are not."""
    unknown = [
        fault("UnknownField", name, "Must not include any unknown fields.")
        for name in names
        if name not in known
    ]
    if unknown:
        raise InvalidError(unknown)


def whole_number(
    values: Mapping[str, Any], name: str, *, default: int, most: int | None = None
) -> tuple[int, list[dict[str, Any]]]:
    """A number from 1, such as a page, and what is wrong with it."""
    value = values.get(name, default)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**31:
        return default, [invalid_value(name)]
    if most is None and value < 1:
        text = "Must be greater than or equal to 1."
        return default, [fault("GreaterThanOrEqual", name, text, value=value, comparisonValue=1)]
    if most is not None and not 1 <= value <= most:
        text = f"Must be between 1 and {most}."
        return default, [
            fault("InclusiveBetween", name, text, value=value, **{"from": 1, "to": most})
        ]
    return value, []


def location(text: str, path: str) -> list[dict[str, Any]]:
    """What is wrong with a location such as LA|code|E06000054."""
    parts = text.split("|")
    if len(parts) != 3:
        return [
            fault(
                "LocationFormat",
                path,
                "Must be in the format {level}|{property}|{value}.",
                value=text,
            )
        ]
    level, name, value = parts
    if level not in LEVEL_CODES:
        return [fault("LocationAllowedLevel", path, "Must be an allowed level.", value=level)]
    allowed = LOCATION_FIELDS.get(
        level, ("id", "code", "ukprn") if level == "PROV" else ("id", "code")
    )
    if name not in allowed:
        return [
            fault(
                "LocationAllowedProperty",
                path,
                "Must be an allowed property.",
                value=name,
                allowed=[*allowed],
            )
        ]
    if not value:
        return [fault("LocationValueNotEmpty", path, "Must not be empty.")]
    if len(value) > (10 if name == "id" else 30):
        return [fault("LocationValueMaxLength", path, "Is too long.", value=value)]
    return []


def time_period(text: str, path: str) -> list[dict[str, Any]]:
    """What is wrong with a time period such as 2024/2025|AY."""
    parts = text.split("|")
    if len(parts) != 2:
        return [
            fault("TimePeriodFormat", path, "Must be in the format {period}|{code}.", value=text)
        ]
    period, code = parts
    years = period.split("/")
    if len(years) > 2 or not all(re.fullmatch(r"[0-9]{4}", year) for year in years):
        return [fault("TimePeriodInvalidYear", path, "Must be a valid year.", value=period)]
    if code not in PERIOD_CODES:
        return [fault("TimePeriodAllowedCode", path, "Must be an allowed code.", value=code)]
    if len(years) == 2 and (int(years[1]) != int(years[0]) + 1 or _NO_RANGE.match(code)):
        return [
            fault("TimePeriodInvalidYearRange", path, "Must be a valid year range.", value=period)
        ]
    return []


def sort(text: str, path: str) -> list[dict[str, Any]]:
    """What is wrong with a sort such as filter|pVAkV|Asc."""
    name, _, direction = text.rpartition("|")
    if not name and "|" not in text:
        return [fault("SortFormat", path, "Must be in the format {field}|{direction}.", value=text)]
    errors = []
    if not name:
        errors.append(fault("SortFieldNotEmpty", path, "Must not be empty."))
    if len(name) > 40:
        errors.append(
            fault("SortFieldMaxLength", path, "Must be 40 characters or fewer.", maxLength=40)
        )
    if direction not in ("Asc", "Desc"):
        errors.append(fault("SortDirection", path, "Must be Asc or Desc.", value=direction))
    return errors
