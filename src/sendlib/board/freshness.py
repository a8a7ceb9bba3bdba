"""Whether the newest January count that a pack stands on is fresh enough for the board."""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sendlib import data
from sendlib.errors import GateError, NotAvailableError, Problem
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.board.file import Freshness

_PUBLISHED = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?(?:-(?P<day>\d{2}))?")


def judge(project: Project, rule: "Freshness | None", *, as_of: int, today: date) -> str:
    """The notice that every page is to carry; empty while the figures are fresh."""
    if rule is None:
        return ""
    stated = published_in(project, as_of)
    since = earliest_day(stated)
    if since is not None and today - since <= timedelta(days=rule.most_days):
        return ""
    found = _found(stated, since, today) + f"; the rule is {_days(rule.most_days)}"
    if rule.otherwise == "refuse":
        problem = Problem(
            found,
            f"count of January {as_of}",
            "add the newest release to data/raw, or change freshness",
        )
        raise GateError("The pack was not made: its figures are too old for this board.", [problem])
    return (
        f"The newest count of plans here, of January {as_of}, is older than the board's rule "
        f"allows: {found}. A newer one may be out."
    )


def published_in(project: Project, as_of: int) -> str:
    """When the newest release of plans up to one January was published, as its source says."""
    caseload = data.load(project, "ehcp_caseload", as_of=as_of)
    if caseload.empty:
        raise NotAvailableError(f"No January count up to {as_of} is available.")
    newest = caseload[caseload["census_year"] == caseload["census_year"].max()]
    source = data.load(project, "source").set_index("source_id")["published"]
    dates = source[sorted(pd.unique(newest["source_id"]))]
    return str(dates.max())


def earliest_day(published: str) -> date | None:
    """The first day that a stated date of publication can mean; None where it means none.

    A year alone is counted from its first day, so that figures never pass for
    fresher than they are.

    Examples
    --------
    >>> earliest_day("2025-06-26"), earliest_day("2025-06"), earliest_day("")
    (datetime.date(2025, 6, 26), datetime.date(2025, 6, 1), None)
    """
    found = _PUBLISHED.fullmatch(published.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _found(stated: str, since: date | None, today: date) -> str:
    if since is None:
        return "the date on which they were published is not stated"
    age = f"{_days((today - since).days)} ago"
    if since.isoformat() != stated.strip():
        return f"published in {_loose(stated, since)}, up to {age}"
    return f"published {since.day} {since:%B %Y}, {age}"


def _loose(stated: str, since: date) -> str:
    """A year, or a month and a year, as it should be read."""
    return f"{since:%B %Y}" if "-" in stated else f"{since:%Y}"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
