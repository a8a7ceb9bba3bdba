"""What a frame of money says of itself, so that charts and tables can write it."""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sendlib.pages.formats import Format, has_unit


def in_millions(
    frame: pd.DataFrame,
    what: str,
    *,
    formats: Mapping[str, str | Format] | None = None,
    why: str = "",
    notes: Sequence[str] = (),
    missing: bool = True,
) -> pd.DataFrame:
    """The frame with a title and notes; numbers are in £ million unless formats say otherwise.

    A frame without rows is ``missing`` where there could be figures.
    """
    amounts = [
        str(name)
        for name in frame
        if is_numeric_dtype(frame[name])
        and not is_bool_dtype(frame[name])
        and not (has_unit(str(name)) and not str(name).endswith("_gbp"))
    ]
    formats = {**dict.fromkeys(amounts, "gbp_m"), **(formats or {})}
    frame.attrs = {"what": what, "unit": "gbp_m", "formats": formats, "why": why}
    frame.attrs |= {"notes": list(notes)} | ({} if missing else {"missing": False})
    return frame
