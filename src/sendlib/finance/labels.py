"""What a frame of money says of itself, so that charts and tables can write it."""

from collections.abc import Mapping

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sendlib.pages.formats import Format, has_unit


def in_millions(
    frame: pd.DataFrame,
    what: str,
    *,
    formats: Mapping[str, str | Format] | None = None,
    why: str = "",
) -> pd.DataFrame:
    """The frame with what it holds; numbers are amounts to write in £ million, unless said.

    Examples
    --------
    >>> frame = pd.DataFrame({"low": [1e6], "plans": [5]})
    >>> in_millions(frame, "deficit", formats={"plans": "count"}).attrs["formats"]
    {'low': 'gbp_m', 'plans': 'count'}
    """
    amounts = [
        str(name)
        for name in frame
        if is_numeric_dtype(frame[name])
        and not is_bool_dtype(frame[name])
        and not (has_unit(str(name)) and not str(name).endswith("_gbp"))
    ]
    written = {**dict.fromkeys(amounts, "gbp_m"), **(formats or {})}
    frame.attrs = {"what": what, "unit": "gbp_m", "formats": written, "why": why}
    return frame
