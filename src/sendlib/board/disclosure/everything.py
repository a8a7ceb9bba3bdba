"""Disclosure control over everything that a pack writes, before it is published.

A count of children from one to four could point to a child: in a table, in the
CSV link below it, in a sentence, in the words read out for a chart or in a
label of its picture. So could a percentage of a small number, a withheld cell
that a total gives away, or two packs set side by side. Only figures from an
authority's own records are judged so: national statistics are in the public
domain. A message says where a small count is, and never which it is.

What is not seen: the lengths and places of marks in a picture, which must be
drawn from what may be shown, and tables that share a total with each other.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from python_calamine import CalamineWorkbook

from sendlib.board.disclosure.persons import names_persons, number_problems, person_problems
from sendlib.board.disclosure.shown import Grid, Shown, read_page
from sendlib.board.disclosure.small import (
    grid_problems,
    is_small,
    label_problems,
    stands_alone,
    tells_count,
    word_problems,
)
from sendlib.board.disclosure.two_packs import compare
from sendlib.disclosure import FEWEST_RANGE
from sendlib.errors import ParameterError, Problem
from sendlib.intake import caseload
from sendlib.kpi import feed
from sendlib.packs.render import HIDDEN_TAGS
from sendlib.pages.markup import safe_cell
from sendlib.vocabulary import FEWEST_SHOWN

if TYPE_CHECKING:
    from sendlib.packs.pack import Draft

_OWN_VALUE = "own"  # of a parameter that asks for the authority's own records
_KEPT_OWN = (caseload.OWN.folder, feed.STORE.folder)
_KEPT = (".html", ".json", ".ipynb", ".csv", ".xlsx", ".pdf", ".svg", ".png", ".css", ".txt", ".md")
_MARK = "show pages.own_records() once, or give its blocks an origin"


def find_problems(draft: "Draft", *, fewest: int = FEWEST_SHOWN) -> list[Problem]:
    """Everything in a pack that tells of a few children, or of one."""
    _check_fewest(fewest)
    pages = [read_page(text, name) for name, text in _texts(draft).items()]
    own = {page.page for page in pages if page.own or any(grid.own for grid in page.grids)}
    problems = [problem for page in pages for problem in judge_page(page, fewest=fewest)]
    problems += _unmarked(draft, {page.page: page for page in pages})
    problems += _since_last(draft, pages, fewest)
    problems += _figure_problems(draft, own, fewest)
    for path in sorted(path for path in draft.folder.rglob("*") if path.is_file()):
        problems += _file_problems(path, str(path.relative_to(draft.folder)), bool(own), fewest)
    return list(dict.fromkeys(problems))


def judge_page(page: Shown, *, fewest: int) -> Iterator[Problem]:
    """Everything that one page tells and should not."""
    yield from person_problems(page)
    yield from grid_problems(page, fewest=fewest)
    yield from word_problems(page, fewest=fewest)
    yield from label_problems(page, fewest=fewest)


def _check_fewest(fewest: int) -> None:
    lowest, highest = FEWEST_RANGE
    if not lowest <= fewest <= highest:
        problem = Problem(f"{fewest}", "fewest", f"give {lowest} to {highest}")
        raise ParameterError("Small counts cannot be kept back so.", [problem])


def _texts(draft: "Draft") -> dict[str, str]:
    """Every page by its file's name: as written, or as made where it is not written yet."""
    made = {page.notebook.page: page.html for page in draft.pages}
    written = {path.name: path.read_text("utf-8") for path in sorted(draft.folder.glob("*.html"))}
    return {**made, **written}


def _unmarked(draft: "Draft", pages: Mapping[str, Shown]) -> Iterator[Problem]:
    """Pages that were asked for own records, where any are kept, and do not mark them."""
    for notebook in draft.setting.notebooks:
        page = pages.get(notebook.page)
        if page is None or page.marked or not page.grids:
            continue
        given = draft.parameters.get(notebook.path.name, {})
        kept = [
            draft.project.processed / kind / str(given.get("la_code", "")) for kind in _KEPT_OWN
        ]
        if _OWN_VALUE in given.values() and any(folder.is_dir() for folder in kept):
            yield Problem("figures from own records are not marked as such", page.page, _MARK)


def _since_last(draft: "Draft", pages: Sequence[Shown], fewest: int) -> Iterator[Problem]:
    """What the last published pack and this one tell together."""
    if draft.previous is None:
        return
    for page in pages:
        path = draft.previous.folder / page.page
        if any(grid.own for grid in page.grids) and path.is_file():
            yield from compare(page, read_page(path.read_text("utf-8"), page.page), fewest=fewest)


def _figure_problems(draft: "Draft", own: set[str], fewest: int) -> Iterator[Problem]:
    """Key figures of own records: small, or so near to the last pack's that the change is."""
    record = draft.previous.record if draft.previous else {}
    earlier: Mapping[str, Any] = record.get("figures") or {}
    for key, figure in draft.figures.items():
        if figure["page"] not in own:
            continue
        where = f"{figure['page']}, key figure {figure['label']}"
        texts = (str(figure["label"]), str(figure["value"]), str(figure.get("detail", "")))
        if is_small(texts[1], fewest) or any(tells_count(text, fewest) for text in texts):
            yield Problem(f"a count below {fewest}", where, "withhold it")
        before = list(earlier.get(key, {}).get("numbers", ()))
        now = list(figure.get("numbers", ()))
        if len(now) == len(before) == 1 and _counts_differ_by_few(now[0], before[0], fewest):
            found = f"with the last pack it tells a difference below {fewest}"
            yield Problem(found, where, "show the earlier figure, or withhold or round it")


def _counts_differ_by_few(now: float, before: float, fewest: int) -> bool:
    whole = float(now).is_integer() and float(before).is_integer()
    return whole and 0 < abs(now - before) < fewest


def _file_problems(path: Path, where: str, own: bool, fewest: int) -> Iterator[Problem]:
    """What a file of the run tells; pages are judged as such."""
    match path.suffix.lower():
        case ".html":
            return
        case ".ipynb":
            yield from _notebook_problems(nbformat.read(path, as_version=4), where, fewest)
        case ".csv":
            text = path.read_text("utf-8-sig")
            yield from _sheet_problems(list(csv.reader(text.splitlines())), where, own, fewest)
        case ".xlsx":
            with CalamineWorkbook.from_path(path) as book:
                for name in book.sheet_names:
                    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                    yield from _sheet_problems(rows, f"{where}, sheet {name}", own, fewest)
        case ".json":
            told = json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False)
            yield from number_problems(told, where)
        case suffix if suffix not in _KEPT:
            yield Problem("a kind of file that cannot be judged", where, f"keep {', '.join(_KEPT)}")


def _sheet_problems(
    rows: Sequence[Sequence[object]], where: str, own: bool, fewest: int
) -> Iterator[Problem]:
    """What a CSV file or a sheet tells; beside pages of own records it is taken for one."""
    if not rows:
        return
    texts = tuple(tuple(_plain(cell) for cell in row) for row in rows)
    for heading in texts[0]:
        if names_persons(heading):
            yield Problem(f"a column {heading}", where, "show counts")
    for at, row in enumerate(texts, start=1):
        if any(isinstance(safe_cell(cell), str) and safe_cell(cell) != cell for cell in row):
            yield Problem("a cell that a spreadsheet would run", f"{where}, row {at}", "mark it '")
    yield from number_problems("\n".join(cell for row in texts for cell in row), where)
    if own:
        heads, cells = (tuple(row[:1] for row in texts[1:]), tuple(row[1:] for row in texts[1:]))
        grid = Grid("1", True, texts[0], heads, cells)
        yield from grid_problems(Shown(where, True, True, (grid,), (), (), ""), fewest=fewest)


def _plain(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _notebook_problems(node: NotebookNode, where: str, fewest: int) -> Iterator[Problem]:
    """What an executed copy holds besides its page: hidden cells, plain outputs, messages."""
    outputs = [
        (output, bool(set(HIDDEN_TAGS) & set(cell.metadata.get("tags", []))))
        for cell in node.cells
        for output in cell.get("outputs", [])
    ]
    shown = [output.get("data", {}).get("text/html", "") for output, _ in outputs]
    whole = read_page("\n".join(shown), where)
    yield from number_problems(whole.everything, where)
    if not (whole.own or any(grid.own for grid in whole.grids)):
        return
    hidden = [html for html, (_, is_hidden) in zip(shown, outputs, strict=True) if is_hidden]
    mark = ['<p data-origin="own"></p>'] if whole.own else []
    yield from judge_page(read_page("\n".join([*mark, *hidden]), where), fewest=fewest)
    for output, _ in outputs:
        yield from _plain_problems(output, where, fewest)


def _plain_problems(output: NotebookNode, where: str, fewest: int) -> Iterator[Problem]:
    """Output without a page part: printed text, or the bare value of a cell."""
    text = str(output.get("text", ""))
    data = output.get("data", {})
    bare = str(data.get("text/plain", "")) if "text/html" not in data else ""
    number_problem = list(number_problems(text + bare, where))
    yield from number_problem
    if text and (tells_count(text, fewest) or stands_alone(text, fewest)):
        yield Problem(f"printed text tells a count below {fewest}", where, "print nothing")
    if bare and not bare.startswith("<") and any(letter.isdigit() for letter in bare):
        found = "a bare value that no check can judge"
        yield Problem(found, where, "show it with pages or charts, or not at all")
