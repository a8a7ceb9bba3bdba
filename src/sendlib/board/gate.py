"""The gate that every pack passes before it is published: right, whole, readable, discreet."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendlib import data
from sendlib.board import disclosure
from sendlib.data import TABLES
from sendlib.errors import DataError, Problem, did_you_mean
from sendlib.packs import axe
from sendlib.packs.page_checks import find_undescribed
from sendlib.pages.figures import IDENTITIES, MEASURES, Identity, write
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.board.file import Board
    from sendlib.packs.pack import Draft

Figure = Mapping[str, Any]

_SAME = 1e-9  # the relative difference that adding in another order may make


@dataclass(frozen=True)
class Examination:
    """What the gate found, and what it did.

    Parameters
    ----------
    problems : tuple[Problem, ...]
        Everything that stands against publishing.
    done : tuple[str, ...]
        Each check that was made or left out, in a sentence, for the record.
    """

    problems: tuple[Problem, ...]
    done: tuple[str, ...]


def examine(draft: "Draft", board: "Board") -> Examination:
    """Put a pack through every check of the gate."""
    tables = table_problems(draft.project)
    figures = figure_problems(stated(draft))
    seen, looked = browser_problems(draft, board.checks.browser)
    pages = sorted(draft.folder.glob("*.html"))
    silent = [problem for page in pages for problem in find_undescribed(page)]
    discretion = disclosure.find_problems(draft, minimum=board.minimum_count)
    done = (
        f"{len(TABLES)} tables were held against their contracts.",
        f"{len(draft.figures)} key figures were compared on all pages.",
        looked,
        f"The pictures of {len(pages)} pages were searched for one without a description.",
        "Tables, charts' numbers and files were searched for counts that give someone away.",
    )
    return Examination((*tables, *figures, *seen, *silent, *discretion), done)


def table_problems(project: Project) -> list[Problem]:
    """Every breach of the contracts of the tidy tables, as they are on disk now."""
    try:
        data.check_tables(lambda name: data.load(project, name))
    except DataError as error:
        return list(error.problems)
    return []


def stated(draft: "Draft") -> list[tuple[str, Figure]]:
    """Every key figure with a key, with the page that states it, in reading order."""
    return [(page.notebook.page, figure) for page in draft.pages for figure in page.figures]


def figure_problems(figures: Sequence[tuple[str, Figure]]) -> list[Problem]:
    """Where key figures are unknown, do not read as their numbers, disagree or do not add up."""
    first: dict[str, tuple[str, Figure]] = {}
    problems: list[Problem] = []
    for page, figure in figures:
        problems += _own_problems(page, figure)
        before = first.setdefault(figure["key"], (page, figure))
        problems += _differing(before, (page, figure))
    numbers = {key: figure["numbers"] for key, (_, figure) in first.items()}
    return problems + [problem for each in IDENTITIES for problem in _not_adding(each, numbers)]


def _own_problems(page: str, figure: Figure) -> Iterator[Problem]:
    """What is wrong with one figure by itself."""
    key, numbers = figure["key"], list(figure["numbers"])
    if key not in MEASURES:
        yield Problem(f"the key figure {key!r} is not known", page, did_you_mean(key, MEASURES))
        return
    unit = MEASURES[key].unit
    if numbers != sorted(numbers):
        yield Problem(f"the range of {key} is out of order: {numbers}", page)
    if not all(unit.lowest <= number <= unit.highest for number in numbers):
        yield Problem(f"{key} is {numbers}, which no {unit.name} can be", page)
    if (reads := write(numbers, unit)) != figure["value"]:
        yield Problem(
            f"{key} is shown as {figure['value']!r}, but its numbers read {reads!r}", page
        )


def _differing(first: tuple[str, Figure], second: tuple[str, Figure]) -> Iterator[Problem]:
    """Whether one figure is told in two ways."""
    (page, one), (other_page, other) = first, second
    same = len(one["numbers"]) == len(other["numbers"]) and all(
        math.isclose(a, b, rel_tol=_SAME, abs_tol=_SAME)
        for a, b in zip(one["numbers"], other["numbers"], strict=True)
    )
    if not same or one["value"] != other["value"]:
        found = f"{one['key']} is {other['value']} here and {one['value']} on {page}"
        yield Problem(found, other_page, "the two pages have to work it out in one way")


def _not_adding(identity: Identity, numbers: Mapping[str, Sequence[float]]) -> Iterator[Problem]:
    """Whether single figures come to what they have to; told only when all are stated."""
    keys = [*identity.parts, *([identity.total] if isinstance(identity.total, str) else [])]
    if any(len(numbers.get(key, ())) != 1 for key in keys):
        return
    total = identity.total if isinstance(identity.total, float) else numbers[keys[-1]][0]
    over = sum(numbers[key][0] for key in identity.parts) - total
    if over > identity.within or (identity.kind == "equal" and -over > identity.within):
        parts = " and ".join(identity.parts)
        limit = "has to equal" if identity.kind == "equal" else "cannot exceed"
        yield Problem(
            f"{parts} {limit} {identity.total}, and differs by {over:,.10g}", "key figures"
        )


def browser_problems(draft: "Draft", wanted: str) -> tuple[list[Problem], str]:
    """What a browser finds wrong with the pages, and what was done, in a sentence."""
    if wanted == "off":
        return [], "No page was looked at in a browser: the board's file says so."
    lacking = axe.why_not()
    if lacking and wanted == "required":
        problem = Problem(lacking, "checks.browser", "or set it to where_found")
        return [problem], "No page was looked at in a browser, though the board's file requires it."
    if lacking:
        return [], f"No page was looked at in a browser: {lacking}."
    pages = sorted(draft.folder.glob("*.html"))
    views = " and ".join(view.name for view in axe.AT_PUBLICATION)
    problems = axe.audit_pages(pages, axe.AT_PUBLICATION)
    return problems, f"{len(pages)} pages were looked at in a browser with axe-core: {views}."
