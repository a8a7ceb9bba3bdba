"""Turn executed notebooks into pages that need nothing but themselves."""

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import count, groupby
from threading import Lock
from typing import Any

from bs4 import BeautifulSoup, Comment, Tag
from markupsafe import Markup, escape
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from sendlib.packs.executed import EXPLORE, INJECTED, read_log, read_outputs
from sendlib.packs.failures import number
from sendlib.packs.front import Front
from sendlib.packs.notebooks import Notebook
from sendlib.packs.page_checks import CELL, DESCRIBE, description, is_described
from sendlib.packs.parameters import TAG
from sendlib.packs.setting import Assurance, Setting
from sendlib.pages.markup import CONTENT_POLICY, templates
from sendlib.pages.notes import (
    DECISIONS_TYPE,
    FIGURES_TYPE,
    HEADLINE_TYPE,
    MISSING_TYPE,
    banner,
)

TEMPLATES = ("sendlib.packs", "template")
INDEX = "index.html"
ACCESSIBILITY = "accessibility.html"

HIDDEN_TAGS = (TAG, INJECTED, "hide", EXPLORE)
"""Cells with one of these tags leave nothing on the page."""

NO_ALT = "No description has been provided for this figure."

_ORDER = "9234501"  # of chapters in the contents: for the board first, what supports it last
_NUMBERED = "sendlib cell "
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_BETTER = ("text/html", "text/markdown", "text/latex")
_ASK = Markup(
    '<p class="note">This figure has no alternative text, so that it says nothing to those who '
    "cannot see it. To give it some, show it with <code>{}</code>.</p>"
).format(DESCRIBE)
_ONE_AT_A_TIME = Lock()
_OF_A_PLOT = re.compile(r"<(Axes|Figure|matplotlib\.|seaborn\.)|<\w*Container object|\bText\(")


@dataclass(frozen=True)
class Page:
    """A page of the pack, ready to be written."""

    notebook: Notebook
    html: str  # the whole document
    headlines: tuple[str, ...]  # for the contents page
    figures: tuple[Mapping[str, Any], ...] = ()  # those that have a key: see ``pages.KeyFigure``
    asks: tuple[str, ...] = ()  # what the board is asked to decide
    missing: tuple[str, ...] = ()  # what is late or missing
    is_about_one: bool = True  # whether its notebook opened an authority, whose name it may bear

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
) -> Page:
    """Render an executed notebook."""
    inside = _parse(_to_fragment(node))
    pages = {each.page for each in setting.notebooks}
    for link in inside.select("a[href$='.html']"):
        if str(link["href"]) not in pages and "/" not in str(link["href"]):
            link.unwrap()  # a board may leave pages out
    heading = inside.find("h1")
    title = heading.get_text(" ", strip=True) if heading else ""
    sections = [
        (str(section["id"]), section.get_text(" ", strip=True))
        for section in inside.find_all("h2", id=True)
    ]
    is_about_one = bool(read_log(node, "opened"))
    opening = _take_opening(heading)
    place = setting.notebooks.index(notebook)
    neighbours = (None, *setting.notebooks, None)
    html = _render(
        "page",
        setting if is_about_one else about_none(setting),
        heading=title,
        here=notebook.page,
        sections=sections,
        opening=opening,
        inside=Markup(str(inside)),  # noqa: S704
        parameters=parameters,
        neighbours=(neighbours[place], neighbours[place + 2]),
    )
    return Page(
        notebook,
        html,
        read_outputs(node, HEADLINE_TYPE),
        read_outputs(node, FIGURES_TYPE),
        read_outputs(node, DECISIONS_TYPE),
        read_outputs(node, MISSING_TYPE),
        is_about_one,
    )


def render_index(pages: Sequence[Page], *, setting: Setting, front: Front | None = None) -> str:
    """Render the first page: how things stand, what is asked, what changed, and every page."""
    board_first = sorted(pages, key=lambda page: _ORDER.find(page.notebook.number[0]))
    chapters = groupby(board_first, key=lambda page: page.notebook.chapter)
    asking = [page for page in pages if page.asks]
    title = front.title if front and front.title else str(setting.title)
    return _render(
        "contents",
        setting,
        heading=escape(title).striptags(),
        opening=title,
        here=INDEX,
        chapters=[(chapter, list(members)) for chapter, members in chapters],
        asking=asking[-1] if asking else None,
        front=front,
    )


def render_accessibility(setting: Setting) -> str:
    """Render the accessibility statement."""
    return _render("accessibility", setting, heading="Accessibility statement", here=ACCESSIBILITY)


def about_none(setting: Setting) -> Setting:
    """The same for pages whose notebooks opened no authority: they bear no name of one."""
    return replace(setting, title=replace(setting.title, authority=""))


def describe_assurance(assurance: Assurance) -> str:
    """Who made, checked and approved a pack, in a sentence; who is not named, is said."""
    names = {role: name.strip() for role, name in assurance}
    if not any(names.values()):
        return "Nobody is named as having checked or approved this pack."
    each = [f"{role} {name or 'not named'}" for role, name in names.items()]
    complete = "Assured" if all(names.values()) else "Not fully assured"
    return f"{complete}: {', '.join(each)}."


def _render(template: str, setting: Setting, **parts: object) -> str:
    return (
        templates(TEMPLATES)
        .get_template(f"{template}.html.j2")
        .render(
            pack=setting,
            title=setting.title,
            index=INDEX,
            statement=ACCESSIBILITY,
            policy=CONTENT_POLICY,
            notice=banner(setting.notice, "stale").html + banner(setting.note).html,
            assured=describe_assurance(setting.assurance),
            **parts,
        )
    )


def _to_fragment(node: NotebookNode) -> str:
    """The words and outputs of a notebook, without code, prompts or wrappers."""
    shown = deepcopy(node)
    for place, cell in enumerate(shown.cells):
        cell.metadata.sendlib_number = number(node, place)
        if cell.cell_type == "code":
            cell.outputs = [_as_image(output) for output in _displayed_outputs(cell)]
    with _ONE_AT_A_TIME:
        fragment: str = _exporter().from_notebook_node(shown)[0]
    return fragment


class _Fragments(HTMLExporter):
    """Nbconvert's exporter without its own pass over the HTML: ``_parse`` does the same."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        about = {"parent": self, "resources": self._init_resources(resources)}  # type: ignore[no-untyped-call]
        kinds = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, **about)
        self.register_filter("filter_data_type", kinds)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)


@cache
def _exporter() -> HTMLExporter:
    """The exporter with its templates, for one thread at a time."""
    return _Fragments(  # type: ignore[no-untyped-call]
        template_name="sendlib",
        extra_template_basedirs=[str(files("sendlib.packs") / "template")],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        optimistic_validation=True,  # once, in place of after each step
        filters={"highlight_code": lambda code, **_: code},  # the template names it; none is shown
        config={
            "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": HIDDEN_TAGS},
            "HighlightMagicsPreprocessor": {"enabled": False},
        },
    )


def _displayed_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a cell; with a picture, not the objects that it was drawn with."""
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


def _as_image(output: NotebookNode) -> NotebookNode:
    """An output that shows a picture as HTML, with its description, if it has one."""
    data, about = output.get("data", {}), output.get("metadata", {})
    kind = next((kind for kind in _PICTURES if kind in data), None)
    if kind is None or any(better in data for better in _BETTER):
        return output
    content = data[kind]
    if kind == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode("ascii")
    named = {**about, **about.get(kind, {})}
    sides = [(side, named[side]) for side in ("width", "height") if named.get(side)]
    size = Markup("").join(Markup(' {}="{}"').format(*side) for side in sides)
    address = f"data:{kind};base64,{''.join(content.split())}"
    image = Markup('<img src="{}" alt="{}"{}>').format(address, named.get("alt") or "", size)
    output.data = {"text/html": str(image)}
    return output


def _parse(fragment: str) -> BeautifulSoup:
    """Set pictures in figures, number what has one name, and drop nbconvert's links to headings.

    Before what each cell shows, the fragment has the cell's number as a
    comment; with a picture that is not described, the number stays.
    """
    inside = BeautifulSoup(fragment, "html.parser")
    for link in inside.select("a.anchor-link"):
        link.decompose()
    for image in inside.find_all("img"):
        if not is_described(image):
            cell = image.find_previous(string=_is_number)
            image[CELL] = str(cell or "").removeprefix(_NUMBERED)
            image["alt"] = description(image) or NO_ALT
        if image.find_parent(["figure", "table", "a"]) is None:
            _set_in_figure(inside, image)
    for comment in inside.find_all(string=_is_number):
        comment.extract()
    _tell_apart(inside, "figure.chart, .table-block", "id", "{}-{}")
    _tell_apart(inside, "[role=region]", "aria-label", "{} ({})")
    return inside


def _is_number(text: str | None) -> bool:
    return isinstance(text, Comment) and text.startswith(_NUMBERED)


def _set_in_figure(inside: BeautifulSoup, image: Tag) -> None:
    """Set a picture that stands by itself in a figure; one without a description asks for it."""
    around = image.find_parent("p") or image
    figure = inside.new_tag("figure", attrs={"class": "picture"})
    around.insert_before(figure)
    figure.append(image)
    if not is_described(image):
        figure.append(BeautifulSoup(_ASK, "html.parser"))
    if around is not image and not around.get_text(strip=True) and not around.find(True):
        around.decompose()


def _tell_apart(inside: BeautifulSoup, which: str, attribute: str, form: str) -> None:
    """Number the second and later of charts, tables or regions of one name."""
    taken = {str(part[attribute]) for part in inside.select(f"[{attribute}]")}
    seen: Counter[str] = Counter()
    for part in inside.select(which):
        name = str(part.get(attribute) or "")
        seen[name] += 1
        if name and seen[name] > 1:
            names = (form.format(name, at) for at in count(2))
            part[attribute] = next(new for new in names if new not in taken)
            taken.add(str(part[attribute]))


def _take_opening(heading: Tag | None) -> Markup:
    """Take out the title, the paragraph below it and the page's answer, to stand at its top."""
    if heading is None:
        return Markup("")
    after = heading.find_next_sibling()
    opening = [heading, after] if after is not None and after.name == "p" else [heading]
    answer = heading.find_next("p", class_="headline")
    opening += [answer] if isinstance(answer, Tag) else []
    return Markup("\n".join(str(part.extract()) for part in opening))  # noqa: S704
