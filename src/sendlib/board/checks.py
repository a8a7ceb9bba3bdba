"""Publication checks: whether figures are fresh enough, and a finished pack right and readable."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sendlib import data
from sendlib.board import disclosure_checks
from sendlib.errors import DataError, NotAvailableError, Problem, PublicationError, did_you_mean
from sendlib.packs import axe
from sendlib.packs.page_checks import find_undescribed
from sendlib.pages.figures import AT_MOST, KEY_FIGURES, write
from sendlib.periods import say_day
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.board.file import Board, Freshness
    from sendlib.packs.pack import Draft

_Figure = Mapping[str, Any]

_SAME = 1e-9  # the relative difference that adding in another order may make


def check_pack(draft: "Draft", board: "Board") -> tuple[list[Problem], list[str]]:
    """Everything that stands against publishing a pack, and each check that was made, in words."""
    pages = sorted(draft.folder.glob("*.html"))
    browser, looked_at = check_in_browser(draft, board.checks.browser)
    problems = [
        *check_data(draft.project),
        *check_figures(
            [(page.notebook.page, figure) for page in draft.pages for figure in page.figures]
        ),
        *browser,
        *(problem for page in pages for problem in find_undescribed(page)),
        *disclosure_checks.find_disclosures(draft, minimum=board.minimum_count),
    ]
    return problems, [
        f"{len(data.TABLES)} tables were checked against their contracts.",
        f"{len(draft.figures)} key figures were compared on all pages.",
        looked_at,
        f"The pictures of {len(pages)} pages were searched for one without a description.",
        "Tables, charts' numbers and files were searched for counts that give someone away.",
    ]


def check_data(project: Project) -> list[Problem]:
    """Every breach of the contracts of the tidy tables, as they are on disk now."""
    try:
        data.check_tables(lambda name: data.load(project, name))
        return data.to_problems(data.load(project, "unlikely"), project)
    except DataError as error:
        return list(error.problems)


def check_figures(figures: Sequence[tuple[str, _Figure]]) -> list[Problem]:
    """Where key figures are unknown, unlike their numbers, disagree or do not add up."""
    first: dict[str, tuple[str, _Figure]] = {}
    problems: list[Problem] = []
    for page, figure in figures:
        problems += _in_itself(page, figure)
        problems += _between_pages(first.setdefault(figure["key"], (page, figure)), (page, figure))
    numbers = {key: figure["numbers"] for key, (_, figure) in first.items()}
    return [*problems, *_sums(numbers)]


def _in_itself(page: str, figure: _Figure) -> Iterator[Problem]:
    key, numbers = figure["key"], list(figure["numbers"])
    if key not in KEY_FIGURES:
        found, remedy = f"the key figure {key!r} is not known", did_you_mean(key, KEY_FIGURES)
        yield Problem("unknown_key_figure", found, page, remedy)
        return
    unit = KEY_FIGURES[key].unit
    if numbers != sorted(numbers):
        yield Problem("range_out_of_order", f"the range of {key} is out of order: {numbers}", page)
    if not all(unit.lowest <= number <= unit.highest for number in numbers):
        yield Problem("impossible_value", f"{key} is {numbers}, which no {unit.name} can be", page)
    if (reads := write(numbers, unit)) != figure["value"]:
        found = f"{key} is shown as {figure['value']!r}, but its numbers read {reads!r}"
        yield Problem("figure_unlike_its_numbers", found, page)


def _between_pages(first: tuple[str, _Figure], second: tuple[str, _Figure]) -> Iterator[Problem]:
    (page, one), (other_page, other) = first, second
    same = len(one["numbers"]) == len(other["numbers"]) and all(
        math.isclose(a, b, rel_tol=_SAME, abs_tol=_SAME)
        for a, b in zip(one["numbers"], other["numbers"], strict=True)
    )
    if not same or one["value"] != other["value"]:
        found = f"{one['key']} is {other['value']} here and {one['value']} on {page}"
        remedy = "the two pages have to work it out in one way"
        yield Problem("figure_differs_between_pages", found, other_page, remedy)


def _sums(numbers: Mapping[str, Sequence[float]]) -> Iterator[Problem]:
    """Single figures that come to more than they can, where all of them are stated."""
    for parts, total, slack in AT_MOST:
        known = {key: numbers[key][0] for key in numbers if len(numbers[key]) == 1}
        limit = known.get(total) if isinstance(total, str) else total
        if limit is None or not known.keys() >= set(parts):
            continue
        over = sum(known[key] for key in parts) - limit
        if over > slack:
            found = f"{' and '.join(parts)} cannot exceed {total}, and differs by {over:,.10g}"
            yield Problem("sum_differs", found, "key figures")


def check_in_browser(draft: "Draft", wanted: str) -> tuple[list[Problem], str]:
    """What a browser finds wrong with the pages, and what was done, in a sentence."""
    if wanted == "off":
        return [], "No page was looked at in a browser: the board's file says so."
    lacking = axe.why_not()
    if lacking:  # a run of a board that requires one is refused before it begins
        return [], f"No page was looked at in a browser: {lacking}."
    pages = sorted(draft.folder.glob("*.html"))
    views = " and ".join(view.name for view in axe.AT_PUBLICATION)
    problems = axe.audit_pages(pages)
    return problems, f"{len(pages)} pages were looked at in a browser with axe-core: {views}."


def check_freshness(project: Project, rule: "Freshness | None", *, as_of: int, today: date) -> str:
    """The notice that every page is to carry; empty while the figures are fresh."""
    if rule is None:
        return ""
    published = published_in(project, as_of)
    since = earliest_day(published)
    if since is not None and today - since <= timedelta(days=rule.most_days):
        return ""
    found = f"{_describe_age(published, since, today)}; the rule is {_days(rule.most_days)}"
    if rule.otherwise == "refuse":
        remedy = "add the newest release to data/raw, or change freshness"
        problem = Problem("figures_too_old", found, f"count of January {as_of}", remedy)
        raise PublicationError(
            "The pack was not made: its figures are too old for this board.", [problem]
        )
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
    return str(source[sorted(newest["source_id"].unique())].max())


def earliest_day(published: str) -> date | None:
    """The first day that a date of publication can mean; None where it means none."""
    try:
        return date.fromisoformat(f"{published.strip()}-01-01"[:10])
    except ValueError:
        return None


def _describe_age(published: str, since: date | None, today: date) -> str:
    if since is None:
        return "the date on which they were published is not stated"
    age = f"{_days((today - since).days)} ago"
    if since.isoformat() == published.strip():
        return f"published {say_day(since)}, {age}"
    return f"published in {since:{'%B %Y' if '-' in published else '%Y'}}, up to {age}"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
