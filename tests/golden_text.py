"""Frames and sentences as text in a file, where every difference is read and renewed at once.

After a change that is meant, SENDLIB_RENEW_GOLDEN=1 python -m pytest on the test that compares it.
"""

import os
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd

GOLDEN = Path(__file__).parent / "golden"
RENEW = "SENDLIB_RENEW_GOLDEN"


def check_golden(name: str, sections: Mapping[str, object]) -> None:
    """Compare each section, a frame or what is said, with the file of that name."""
    text = "\n".join(f"## {title}\n{as_text(value)}\n" for title, value in sections.items())
    if os.environ.get(RENEW):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def as_text(value: object) -> str:
    """A frame with its attributes, six digits of each number; anything else as it reads."""
    match value:
        case pd.Series():
            return as_text(value.to_frame())
        case pd.DataFrame():
            table = value.to_csv(index=value.index.name is not None, float_format="%.6g")
            attributes = [f"{key}: {_plain(each)}\n" for key, each in value.attrs.items()]
            return "".join([table, *attributes])
        case np.ndarray():
            return " ".join(map(as_text, value.ravel().tolist()))
        case float():
            return f"{value:.6g}"
        case Mapping():
            return "\n".join(f"{key}: {as_text(each)}" for key, each in value.items())
        case list() | tuple():
            return "\n".join(map(as_text, value))
    return as_text(vars(value)) if is_dataclass(value) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return as_text(value) if isinstance(value, pd.DataFrame) else getattr(value, "__name__", value)
