"""A few main levers to turn by hand, and what follows from them."""

from sendlib.panel.ends import ends, ends_table
from sendlib.panel.reading import Reading, draw, read_off, say
from sendlib.panel.showing import show
from sendlib.panel.sliders import Slider, changes, save, sliders, turn

__all__ = [
    "Reading",
    "Slider",
    "changes",
    "draw",
    "ends",
    "ends_table",
    "read_off",
    "save",
    "say",
    "show",
    "sliders",
    "turn",
]
