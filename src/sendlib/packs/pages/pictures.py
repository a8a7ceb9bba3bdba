"""Pictures that a page holds: how they stand on it, and whether one shows anything at all."""

import base64
import binascii
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from bs4 import BeautifulSoup, Comment, Tag
from defusedxml.ElementTree import ParseError, fromstring
from markupsafe import Markup
from nbformat import NotebookNode

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ALT_AT_LEAST = 30
NO_ALT = "No description has been provided for this figure."
DESCRIBE = "charts.show(ax, title=..., alt=..., source=...)"

_NO_REAL_ALT = "no description has been provided"
_CELL = "data-cell"
_NUMBERED = "sendlib cell "
_KINDS = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_BETTER = ("text/html", "text/markdown", "text/latex")
_ASK = Markup(
    '<p class="note">This figure has no alternative text, so that it says nothing to those who '
    "cannot see it. To give it some, show it with <code>{}</code>.</p>"
).format(DESCRIBE)

_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "use", "image"}
_AXES = re.compile(r"axes_\d+")
_FRAME = re.compile(r"matplotlib\.axis_\d+|text_\d+|legend_\d+")
_NUMBER = re.compile(r"\d")


def as_image(output: NotebookNode) -> NotebookNode:
    """An output that shows a picture as HTML, with the description that it was given, if any."""
    data, about = output.get("data", {}), output.get("metadata", {})
    kind = next((kind for kind in _KINDS if kind in data), None)
    if kind is None or any(better in data for better in _BETTER):
        return output
    held = data[kind]
    if kind == "image/svg+xml":
        held = base64.b64encode(held.encode()).decode("ascii")
    named = {**about, **about.get(kind, {})}
    sides = [(side, named[side]) for side in ("width", "height") if named.get(side)]
    size = Markup("").join(Markup(' {}="{}"').format(*side) for side in sides)
    address = f"data:{kind};base64,{''.join(held.split())}"
    image = Markup('<img src="{}" alt="{}"{}>').format(address, named.get("alt") or "", size)
    output.data = {"text/html": str(image)}
    return output


def frame(inside: BeautifulSoup) -> None:
    """Set pictures that stand by themselves in figures; one without a description asks for it.

    Before what each cell shows, ``inside`` holds the cell's number as a
    comment; with a picture that is not described, the number stays.
    """
    for image in inside.find_all("img"):
        if not is_described(image):
            number = image.find_previous(string=_is_number)
            image[_CELL] = str(number or "").removeprefix(_NUMBERED)
            image["alt"] = description(image) or NO_ALT
        if image.find_parent(["figure", "table", "a"]) is None:
            _set_in_figure(inside, image)
    for number in inside.find_all(string=_is_number):
        number.extract()


def _is_number(text: str | None) -> bool:
    return isinstance(text, Comment) and text.startswith(_NUMBERED)


def _set_in_figure(inside: BeautifulSoup, image: Tag) -> None:
    around = image.find_parent("p") or image
    figure = inside.new_tag("figure", attrs={"class": "picture"})
    around.insert_before(figure)
    figure.append(image)
    if not is_described(image):
        figure.append(BeautifulSoup(_ASK, "html.parser"))
    if around is not image and not around.get_text(strip=True) and not around.find(True):
        around.decompose()


def is_described(image: Tag) -> bool:
    """Whether a picture has an alternative text that says what it shows."""
    return len(description(image)) >= ALT_AT_LEAST


def description(image: Tag) -> str:
    """The alternative text of a picture, unless that only says that there is none."""
    alt = str(image.get("alt") or "").strip()
    return "" if alt.lower().startswith(_NO_REAL_ALT) else alt


def cell_of(image: Tag) -> str:
    """The number of the cell that shows a picture without a description, if it is known."""
    return str(image.get(_CELL) or "")


def is_blank(address: str) -> bool:
    """Whether a ``data:`` address holds no picture, or one without a single mark.

    A chart with its axes, ticks and labels but nothing drawn between them is
    blank too. Pictures are SVG or what matplotlib can read; anything else, and
    anything broken, is blank.
    """
    head, comma, body = address.partition(",")
    if not comma or not head.startswith("data:image/"):
        return True
    try:
        held = (
            base64.b64decode(body, validate=True)
            if head.endswith(";base64")
            else unquote_to_bytes(body)
        )
    except binascii.Error:
        return True
    return _is_blank_svg(held) if head.startswith("data:image/svg") else _is_blank_raster(held)


def _is_blank_svg(held: bytes) -> bool:
    try:
        root: Element = fromstring(held)
    except ParseError:
        return True
    axes = [part for part in root.iter() if _AXES.fullmatch(part.get("id", ""))]
    if not axes:
        return not any(_is_drawn(part) for part in _shapes(root))
    return not any(_is_drawn(shape) for part in axes for shape in _marks(part))


def _marks(axes: "Element") -> Iterator["Element"]:
    """What is drawn on axes of matplotlib's: neither their background, frame, ticks nor text."""
    inside = [part for part in axes if not _FRAME.fullmatch(part.get("id", ""))]
    has_background = bool(inside) and _is_patch(inside[0])
    for part in inside[has_background:]:
        shapes = _shapes(part)
        yield from shapes if not _is_patch(part) else filter(_is_closed, shapes)


def _is_patch(part: "Element") -> bool:
    """Whether it is a bar, a background or a line of the frame."""
    return part.get("id", "").startswith("patch_")


def _is_closed(shape: "Element") -> bool:
    """Whether it encloses something, as a bar does and a line of the frame does not."""
    return "z" in shape.get("d", "").lower()


def _shapes(part: "Element") -> list["Element"]:
    """Every shape that is drawn; not those that are only kept for use elsewhere."""
    blocks = [block for block in part.iter() if _name(block) == "defs"]
    kept = {id(each) for block in blocks for each in block.iter()}
    return [each for each in part.iter() if _name(each) in _SHAPES and id(each) not in kept]


def _is_drawn(shape: "Element") -> bool:
    if _name(shape) != "path":
        return True
    drawn = shape.get("d", "")
    return bool(_NUMBER.search(drawn)) and "nan" not in drawn.lower()


def _name(part: "Element") -> str:
    return str(part.tag).rpartition("}")[2]


def _is_blank_raster(held: bytes) -> bool:
    from matplotlib.image import imread  # slow to import, and seldom needed

    try:
        pixels = imread(BytesIO(held))
    except (OSError, ValueError, SyntaxError):
        return True
    return bool((pixels == pixels[:1, :1]).all())
