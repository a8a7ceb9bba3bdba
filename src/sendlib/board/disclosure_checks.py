"""Disclosure control over a pack before it is published: nothing tells of a few children.

Tables and charts' numbers of own records are read back from pages and notebooks, and compared
with those of packs published before. Not seen: sentences, the marks of a picture, and tables
that share a total. A message says where a small count is, and never which it is.
"""

import base64
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pandas as pd
from bs4 import Tag

from sendlib import disclosure
from sendlib.errors import Problem
from sendlib.intake import caseload
from sendlib.intake.columns import normalise
from sendlib.intake.people import EXTRACT
from sendlib.kpi import feed
from sendlib.packs.page_checks import parse
from sendlib.packs.render import HIDDEN_TAGS
from sendlib.packs.runs import find_published
from sendlib.pages.figures import KEY_FIGURES, UNITS
from sendlib.pages.tables import CSV_ADDRESS
from sendlib.vocabulary import MINIMUM_COUNT

if TYPE_CHECKING:
    from sendlib.packs.pack import Draft
    from sendlib.packs.runs import Run

_WITHHELD = "[c]"
_REMEDY = "withhold it with disclosure.protect, or join it with another"
_SHOW = "show it with pages or charts, or not at all"
_DIFFERENCE = "show the earlier figure, or withhold or round it in this pack"
_COUNTED = (UNITS["plans"], UNITS["places"])
_RANGE = {"low", "middle", "high"}  # what a model drew counts no one
_BLOCKS = {("div", "table-block"), ("figure", "chart")}
_FILES = (".html", ".json", ".ipynb", ".pdf", ".txt")

_PUPIL_NUMBER = re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
_PERSONS = {
    normalise(name)
    for name in ("surname", "forename", "first name", "last name", "full name", "child name",
                 "pupil name", "nhs number", "unique pupil number", "postcode", "home postcode")
}  # fmt: skip


@dataclass(frozen=True)
class _Numbers:
    """A table of a page as its CSV link holds it; a row is called what the page calls it."""

    where: str
    own: bool
    cells: pd.DataFrame
    kinds: Mapping[str, str]  # by column: count, share or pct; others have none

    @property
    def numeric(self) -> pd.DataFrame:
        """The numbers of the columns that have a kind, missing where there is none."""
        return pd.DataFrame(self.cells[list(self.kinds)].apply(pd.to_numeric, errors="coerce"))

    @property
    def counts(self) -> pd.DataFrame:
        """The counts, missing where withheld; columns with other gaps are left out. [count]"""
        whole = [name for name, kind in self.kinds.items() if kind == "count"]
        numbers = self.numeric[whole]
        return numbers.loc[:, (numbers.notna() | (self.cells[whole] == _WITHHELD)).all()]


@dataclass(frozen=True)
class _Content:
    """What a page, or the outputs of a notebook, hold of numbers."""

    name: str
    own: bool  # whether it says that its figures come from own records
    marked: bool  # whether anything on it says where figures come from, or that they are invented
    tables: tuple[_Numbers, ...]
    bare: bool  # whether a table stands there that was not made with pages or charts
    text: str

    @property
    def has_own(self) -> bool:
        """Whether anything on it comes from own records."""
        return self.own or any(table.own for table in self.tables)


def find_disclosures(draft: "Draft", *, minimum: int = MINIMUM_COUNT) -> list[Problem]:
    """Everything in a pack that tells of a few children, or of one."""
    paths = sorted(draft.folder.glob("*.html"))
    pages = {path.name: _read_content(path.read_text("utf-8"), path.name) for path in paths}
    problems = [each for page in pages.values() for each in check_content(page, minimum)]
    problems += _unmarked(draft, pages)
    own = {name: page for name, page in pages.items() if page.has_own}
    earlier = _published(draft) if own else []
    hashes: Any = draft.record.get("content") or {}
    for run in earlier:
        known: Any = run.record.get("content") or {}
        for name, page in own.items():
            is_alike = name in hashes and hashes[name] == known.get(name)
            if (run.folder / name).is_file() and not is_alike:
                before = _read_content((run.folder / name).read_text("utf-8"), name)
                problems += _differences(page, before, minimum, run.run_id)
    problems += _key_figures(draft, set(own), earlier, minimum)
    for path in sorted(path for path in draft.folder.rglob("*") if path.is_file()):
        problems += _in_file(path, str(path.relative_to(draft.folder)), minimum)
    return list(dict.fromkeys(problems))


def _published(draft: "Draft") -> list["Run"]:
    """The packs of the draft's authority that a reader may have, each once."""
    known = find_published({draft.out, draft.project.outputs}, draft.setting.title.la_code)
    if draft.previous and draft.previous.run_id not in {run.run_id for run in known}:
        known.append(draft.previous)
    return known


def _read_content(markup: str, name: str) -> _Content:
    """Read the numbers of a page, or of the outputs of a notebook, back from their links."""
    soup = parse(markup)
    blocks = soup.find_all(_is_block)
    marks = soup.find_all(lambda tag: tag.has_attr("data-origin"))
    is_own = any(each["data-origin"] == "own" and not _is_block(each) for each in marks)
    page_origin = "own" if is_own else ""
    tables = tuple(
        _read_numbers(block, link, name, origin=str(block.get("data-origin") or page_origin))
        for block in blocks
        if (link := block.find("a", href=_is_csv))
    )
    known = {id(table) for part in [*blocks, *soup("footer")] for table in part("table")}
    described = [str(image.get("alt", "")) for image in soup("img")]
    held = [table.cells.to_csv(header=False) for table in tables]
    return _Content(
        name,
        own=is_own,
        marked=bool(marks or soup.find_all(class_="banner-synthetic")),
        tables=tables,
        bare=any(id(table) not in known for table in soup("table")),
        text="\n".join([soup.get_text(" "), *described, *held]),
    )


def _is_block(tag: Tag) -> bool:
    return any((tag.name, name) in _BLOCKS for name in tag.get("class") or ())


def _is_csv(address: str | None) -> bool:
    return address is not None and address.startswith(CSV_ADDRESS)


def _read_numbers(block: Tag, link: Tag, page: str, *, origin: str) -> _Numbers:
    held = base64.b64decode(str(link["href"]).removeprefix(CSV_ADDRESS))
    cells = pd.read_csv(io.BytesIO(held), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    headings = [cell for head in block("thead") for cell in head("th")]
    kinds = {
        name: str(heading["data-kind"])
        for name, heading in zip(cells.columns, headings, strict=False)
        if heading.get("data-kind")
    }
    rows = [row("th", scope="row") for body in block("tbody") for row in body("tr")]
    labels = [", ".join(cell.get_text(" ", strip=True) for cell in row) for row in rows]
    name = str(block.get("id", "")).removeprefix("table-").removeprefix("chart-")
    return _Numbers(f"{page}, table {name}", origin == "own", cells.set_axis(labels), kinds)


def check_content(page: _Content, minimum: int) -> Iterator[Problem]:
    """Everything that one page tells and should not."""
    for table in page.tables:
        yield from _of_persons(table)
        if table.own:
            yield from _small(table, minimum)
    if page.bare and page.has_own:
        found = "a table that no check can judge"
        yield Problem("table_not_judged", found, page.name, "show it with pages.table")
    yield from _pupil_numbers(page.text, page.name)


def _of_persons(table: _Numbers) -> Iterator[Problem]:
    """Columns about single persons, and postcodes, own records or not."""
    for heading in map(str, table.cells.columns):
        if EXTRACT.field_of(heading) in ("reference", "born") or normalise(heading) in _PERSONS:
            remedy = "no row about a person leaves data/private; show counts"
            yield Problem("column_about_persons", f"a column {heading}", table.where, remedy)
    if _POSTCODE.search(table.cells.to_csv()):
        yield Problem(
            "full_postcode", "a full postcode", table.where, "leave it out, or give the area's name"
        )


def _pupil_numbers(text: str, where: str) -> Iterator[Problem]:
    """Unique pupil numbers in a text; they are not repeated."""
    if _PUPIL_NUMBER.search(text):
        yield Problem(
            "pupil_number", "a unique pupil number", where, "leave it out, and show counts"
        )


def _small(table: _Numbers, minimum: int) -> Iterator[Problem]:
    """Small counts, shares that can only be of one, and hidden ones that totals give away."""
    numbers, kinds = table.numeric, table.kinds
    counts = numbers[[name for name, kind in kinds.items() if kind == "count"]]
    for name, kind in kinds.items():
        if kind == "count":
            problem = Problem("small_count", f"a count below {minimum} in {name}", "", _REMEDY)
            small = counts[[name]]
        else:
            found = f"{name} with a count beside it tells a count below {minimum}"
            problem = Problem("small_count_by_share", found, "", _REMEDY)
            small = disclosure.part_of(counts, numbers[name], kind)
        rows = disclosure.is_small(small, minimum).any(axis=1).to_numpy()
        for label in table.cells.index[rows]:
            yield problem.at(f"{table.where}, {label}")
    if disclosure.gives_away(table.counts, minimum=minimum):
        found = f"withheld cells can be told to within {minimum} from the totals"
        yield Problem(
            "withheld_count_disclosed", found, table.where, "withhold more with disclosure.protect"
        )


def _differences(now: _Content, before: _Content, minimum: int, pack: str) -> Iterator[Problem]:
    """What tables of own records that two packs have in common tell together."""
    earlier = {table.where: table for table in before.tables if table.own}
    for table in now.tables:
        if table.own and table.where in earlier:
            new, old = table.counts, earlier[table.where].counts
            if new.index.is_unique and old.index.is_unique:
                yield from _difference(new, old, table.where, minimum, pack)


def _difference(
    new: pd.DataFrame, old: pd.DataFrame, where: str, minimum: int, pack: str
) -> Iterator[Problem]:
    alike = old.reindex(index=new.index, columns=new.columns)
    apart = (_certain(new) - _certain(alike)).abs()
    small = disclosure.is_small(apart, minimum)
    for row, column in small.stack().pipe(lambda cells: cells[cells]).index:
        found = f"with pack {pack} it tells a difference below {minimum} in {column}"
        yield Problem("small_difference", found, f"{where}, {row}", _DIFFERENCE)
    same = old.shape == new.shape and not (new - alike).fillna(0).any(axis=None)
    alone = any(disclosure.gives_away(each, minimum=minimum) for each in (new, old))
    if same and not alone and disclosure.gives_away(new.fillna(alike), minimum=minimum):
        found = f"what this pack or pack {pack} withholds can be told from the other"
        remedy = "withhold the same cells as that pack did"
        yield Problem("other_pack_discloses_count", found, where, remedy)


def _certain(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts of a table: of ranges, only those whose ends are one number. [count]"""
    ends = [name for name in map(str, counts.columns) if name.casefold() in _RANGE]
    single = counts[ends].nunique(axis=1) == 1
    return counts.assign(**{name: counts[name].where(single) for name in ends})


def _unmarked(draft: "Draft", pages: Mapping[str, _Content]) -> Iterator[Problem]:
    """Pages that were asked for own records, where any are stored, and do not mark them."""
    for notebook in draft.setting.notebooks:
        page = pages.get(notebook.page)
        if page is None or page.marked or not page.tables:
            continue
        values = draft.parameters.get(notebook.path.name, {})
        stores, code = (caseload.OWN, feed.STORE), str(values.get("la_code", ""))
        folders = (draft.project.processed / store.folder / code for store in stores)
        if "own" in values.values() and any(folder.is_dir() for folder in folders):
            remedy = "show pages.own_records() once, or give its blocks an origin"
            found = "figures from own records are not marked as such"
            yield Problem("own_records_not_marked", found, page.name, remedy)


def _key_figures(
    draft: "Draft", own: set[str], earlier: Sequence["Run"], minimum: int
) -> Iterator[Problem]:
    """Key figures of own records: small, or so near to another pack's that the change is."""
    for key, figure in draft.figures.items():
        numbers = [*figure.get("numbers", ())]
        is_counted = key in KEY_FIGURES and KEY_FIGURES[key].unit in _COUNTED
        if figure["page"] not in own or len(numbers) != 1 or not is_counted:
            continue
        where = f"{figure['page']}, key figure {figure['label']}"
        if 0 < round(numbers[0]) < minimum:
            yield Problem("small_key_figure", f"a count below {minimum}", where, "withhold it")
        for run in earlier:
            before = (run.record.get("figures") or {}).get(key, {}).get("numbers", ())
            if len(before) == 1 and 0 < abs(round(numbers[0]) - round(before[0])) < minimum:
                found = f"with pack {run.run_id} it tells a difference below {minimum}"
                yield Problem("small_difference_of_key_figure", found, where, _DIFFERENCE)


def _in_file(path: Path, where: str, minimum: int) -> Iterator[Problem]:
    """What a file of the run tells; pages are judged as such, and other kinds are refused."""
    if path.suffix == ".ipynb":
        yield from _in_notebook(path, where, minimum)
    elif path.suffix == ".json":
        text = json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False)
        yield from _pupil_numbers(text, where)
    elif path.suffix not in _FILES:
        remedy = f"leave {', '.join(_FILES)} only"
        yield Problem("file_not_judged", "a kind of file that cannot be judged", where, remedy)


def _in_notebook(path: Path, where: str, minimum: int) -> Iterator[Problem]:
    """What an executed copy holds besides its page: hidden cells, printed text, bare values."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    values = [str(output.get("data", {}).get("text/plain", "")) for output in outputs]
    texts = [
        str(output.get("text", "")) + ("" if html or value.startswith("<") else value)
        for output, html, value in zip(outputs, shown, values, strict=True)
    ]
    numbers = [text for text in texts if any(letter.isdigit() for letter in text)]
    hidden = [cell for cell in cells if set(HIDDEN_TAGS) & set(cell.metadata.get("tags", ()))]
    is_more = bool(numbers) or any(cell.get("outputs") for cell in hidden)
    content = _read_content("\n".join(shown) if is_more else "", where)  # the page has the rest
    yield from check_content(content, minimum)
    yield from (problem for text in texts for problem in _pupil_numbers(text, where))
    if content.has_own and numbers:
        found, remedy = "printed text or a bare value that no check can judge", _SHOW
        yield Problem("output_not_judged", found, where, remedy)
