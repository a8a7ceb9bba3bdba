"""Whether a picture that a page holds shows anything at all."""

import base64
import binascii
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "use", "image"}
_AXES = re.compile(r"axes_\d+")
_FRAME = re.compile(r"matplotlib\.axis_\d+|text_\d+|legend_\d+")
_NUMBER = re.compile(r"\d")


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
