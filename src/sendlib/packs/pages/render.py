"""Turn executed notebooks into pages that need nothing but themselves."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import count, groupby
from typing import Any

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from sendlib.packs.executed import EXPLORE, read_log
from sendlib.packs.kernels.failures import INJECTED, number
from sendlib.packs.notebooks import Notebook
from sendlib.packs.pages import pictures
from sendlib.packs.pages.front import Front, describe_ratings
from sendlib.packs.parameters import TAG
from sendlib.packs.setting import Assurance, Setting
from sendlib.pages.notes import banner

INDEX = "index.html"
ACCESSIBILITY = "accessibility.html"

DECISION = "What is the board asked to decide?"
"""The heading below which a page says so; the first page repeats what stands there."""

HIDDEN_TAGS = (TAG, INJECTED, "hide", EXPLORE)
"""Cells with one of these tags leave nothing on the page."""

_OF_A_PLOT = re.compile(r"<(Axes|Figure|matplotlib\.|seaborn\.)|<\w*Container object|\bText\(")


@dataclass(frozen=True)
class Page:
    """A page of the pack, ready to be written.

    Parameters
    ----------
    notebook : Notebook
        Where it comes from.
    html : str
        The whole document.
    purpose : str
        The first paragraph below its title.
    headlines : tuple[str, ...]
        What it states, for the contents page.
    figures : tuple[Mapping, ...]
        Its key figures that have a key, as ``pages.KeyFigure`` holds them.
    decision : tuple[str, str], optional
        What it asks the board to decide: the address of the section, and its
        sentence; None where it asks for nothing.
    is_about_one : bool
        Whether its notebook opened an authority, so that it may bear its name.
    """

    notebook: Notebook
    html: str
    purpose: str
    headlines: tuple[str, ...]
    figures: tuple[Mapping[str, Any], ...] = ()
    decision: tuple[str, str] | None = None
    is_about_one: bool = True

    @property
    def content(self) -> str:
        """What the notebook made of it, without what each run writes around that."""
        return self.html.partition("<article>")[2].rpartition("</article>")[0]


def render_page(
    node: NotebookNode,
    notebook: Notebook,
    *,
    setting: Setting,
    parameters: Mapping[str, object],
    headlines: Sequence[str] = (),
    figures: Sequence[Mapping[str, Any]] = (),
) -> Page:
    """Render an executed notebook."""
    inside = _parse(_to_fragment(node))
    purpose = _purpose(inside)
    is_about_one = bool(read_log(node, "opened"))
    html = (
        _environment()
        .get_template("page.html.j2")
        .render(
            **_shared(setting if is_about_one else about_none(setting)),
            heading=_title(inside),
            here=notebook.page,
            sections=_sections(inside),
            opening=_take_opening(inside),
            inside=Markup(str(inside)),  # noqa: S704
            parameters=parameters,
            neighbours=_neighbours(notebook, setting.notebooks),
        )
    )
    return Page(
        notebook,
        html,
        purpose,
        tuple(headlines),
        tuple(figures),
        _decision(inside),
        is_about_one,
    )


def render_index(pages: Sequence[Page], *, setting: Setting, front: Front | None = None) -> str:
    """Render the first page: how things stand, what changed, and every page of the pack."""
    chapters = [
        (chapter, list(members))
        for chapter, members in groupby(pages, key=lambda page: page.notebook.chapter)
    ]
    return (
        _environment()
        .get_template("contents.html.j2")
        .render(
            **_shared(setting),
            heading=str(setting.title),
            here=INDEX,
            chapters=chapters,
            question=DECISION,
            asked=[page for page in pages if page.decision],
            front=front,
            in_words=describe_ratings(front.figures) if front else "",
            titles={page.notebook.page: page.notebook.title for page in pages},
        )
    )


def render_accessibility(setting: Setting) -> str:
    """Render the accessibility statement."""
    template = _environment().get_template("accessibility.html.j2")
    return template.render(
        **_shared(setting), heading="Accessibility statement", here=ACCESSIBILITY
    )


def about_none(setting: Setting) -> Setting:
    """The same for pages whose notebooks opened no authority: they bear no name of one."""
    return replace(setting, title=replace(setting.title, authority=""))


def _shared(setting: Setting) -> dict[str, object]:
    return {
        "pack": setting,
        "title": setting.title,
        "index": INDEX,
        "statement": ACCESSIBILITY,
        "notice": banner(setting.notice, "stale").html if setting.notice else "",
        "assured": describe_assurance(setting.assurance),
    }


def describe_assurance(assurance: Assurance | None) -> str:
    """Who made, checked and approved a pack, in a sentence; who is not named, is said."""
    roles = ("analyst", "assurer", "approver")
    names = {role: str(getattr(assurance, role, "")).strip() for role in roles}
    if not any(names.values()):
        return "Nobody is named as having checked or approved this pack."
    told = [f"{role} {name or 'not named'}" for role, name in names.items()]
    complete = "Assured" if all(names.values()) else "Not fully assured"
    return f"{complete}: {', '.join(told)}."


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sendlib.packs.pages", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _to_fragment(node: NotebookNode) -> str:
    """The words and outputs of a notebook, without code, prompts or wrappers."""
    shown = deepcopy(node)
    for place, cell in enumerate(shown.cells):
        cell.metadata.sendlib_number = number(node, place)
        if cell.cell_type == "code":
            cell.outputs = [pictures.as_image(each) for each in _shown(cell)]
    exporter = HTMLExporter(
        template_name="sendlib",
        extra_template_basedirs=[str(files("sendlib.packs.pages") / "template")],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        config={
            "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": HIDDEN_TAGS},
            "HighlightMagicsPreprocessor": {"enabled": False},
        },
    )
    fragment: str = exporter.from_notebook_node(shown)[0]
    return fragment


def _shown(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a cell; beside a picture, not the objects that it was drawn with."""
    outputs: list[NotebookNode] = cell.get("outputs", [])
    kinds = [set(output.get("data", {})) for output in outputs]
    is_drawn = any(kind.startswith("image/") for each in kinds for kind in each)
    return [
        output
        for output, each in zip(outputs, kinds, strict=True)
        if not (
            is_drawn and each == {"text/plain"} and _OF_A_PLOT.search(output.data["text/plain"])
        )
    ]


def _parse(fragment: str) -> BeautifulSoup:
    """Keep the headings' addresses, but not the links that nbconvert sets beside them."""
    inside = BeautifulSoup(fragment, "html.parser")
    for link in inside.select("a.anchor-link"):
        link.decompose()
    pictures.frame(inside)
    _tell_apart(inside, "figure.chart, .table-block", "id", "{}-{}")
    _tell_apart(inside, "[role=region]", "aria-label", "{} ({})")
    return inside


def _tell_apart(inside: BeautifulSoup, which: str, attribute: str, form: str) -> None:
    """Number the second and later of charts, tables or regions of one name."""
    taken = {str(part[attribute]) for part in inside.select(f"[{attribute}]")}
    seen: Counter[str] = Counter()
    for part in inside.select(which):
        name = str(part.get(attribute) or "")
        seen[name] += 1
        if name and seen[name] > 1:
            part[attribute] = next(new for new in _numbered(name, form) if new not in taken)
            taken.add(str(part[attribute]))


def _numbered(name: str, form: str) -> Iterator[str]:
    return (form.format(name, at) for at in count(2))


def _title(inside: BeautifulSoup) -> str:
    heading = inside.find("h1")
    return heading.get_text(" ", strip=True) if heading else ""


def _purpose(inside: BeautifulSoup) -> str:
    heading = inside.find("h1")
    after = heading.find_next("p") if isinstance(heading, Tag) else None
    return after.get_text(" ", strip=True) if isinstance(after, Tag) else ""


def _sections(inside: BeautifulSoup) -> list[tuple[str, str]]:
    """The address and the words of every second-level heading."""
    return [
        (str(heading["id"]), heading.get_text(" ", strip=True))
        for heading in inside.find_all("h2", id=True)
    ]


def _decision(inside: BeautifulSoup) -> tuple[str, str] | None:
    """The address and the sentence of what the board is asked to decide, if anything."""
    at = next((at for at, words in _sections(inside) if words == DECISION), None)
    heading = inside.find("h2", id=at) if at else None
    said = heading.find_next(class_="takeaway") if heading else None
    if at is None or said is None or said.find_previous("h2") is not heading:
        return None
    return at, said.get_text(" ", strip=True)


def _take_opening(inside: BeautifulSoup) -> Markup:
    """Take the title and the paragraph below it out, so that a list of sections can follow."""
    heading = inside.find("h1")
    if heading is None:
        return Markup("")
    after = heading.find_next_sibling()
    opening = [heading, after] if after is not None and after.name == "p" else [heading]
    return Markup("\n".join(str(part.extract()) for part in opening))  # noqa: S704


def _neighbours(
    notebook: Notebook, notebooks: Sequence[Notebook]
) -> tuple[Notebook | None, Notebook | None]:
    """The pages before and after this one."""
    place = [other.page for other in notebooks].index(notebook.page)
    before = notebooks[place - 1] if place else None
    after = notebooks[place + 1] if place + 1 < len(notebooks) else None
    return before, after
