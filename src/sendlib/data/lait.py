"""The department's whole tables of indicators (LAIT) and of statistical neighbours.

Both come as the tool itself keeps them: one row for each measure, year and area,
and one row for each authority with ten neighbours beside it. They are brought to
the layouts of the extracts that are kept here, so that nothing after the reading
knows which of the two was there. Which measure is which indicator stands in
``lait_indicators.csv``, with the polarity that the tool's data dictionary gives.
"""

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sendlib.data.text_tables import missing_columns, read_text_table
from sendlib.errors import DataError, Problem, raise_any
from sendlib.vocabulary import ENGLAND

PARQUET = b"PAR1"  # how a Parquet file begins
WIDE_NEIGHBOURS = "\ufeffold_la_code,".encode()  # how the table of neighbours begins
NEIGHBOURS = range(1, 11)
_COLUMNS = ("Short Desc", "Years", "LA and Regions", "Values", "LA Number")
_NOT_OURS = (987, 988)  # inner and outer London
_LARGER = {970: ENGLAND, 989: "E12000008", 990: "E12000009"} | {
    980 + number: f"E1200000{number + 1}" for number in range(7)
}


@cache
def lait_indicators() -> pd.DataFrame:
    """The indicators that are kept, and the measure of the tool that each one is."""
    with (files("sendlib.data") / "lait_indicators.csv").open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype=str, keep_default_na=False)


def read_lait(content: bytes, *, where: str) -> pd.DataFrame:
    """Every area and year of the indicators that are kept, as text."""
    known = lait_indicators()
    whole = _read_parquet(content, known["measure"].tolist(), where)
    kept = whole[~whole["LA Number"].isin(_NOT_OURS)].reset_index(drop=True)
    raise_any(DataError, f"{where} cannot be used.", _problems(kept, known, where))
    number = kept["LA Number"].astype("int64")
    long = pd.DataFrame(
        {
            "measure": kept["Short Desc"],
            "area_name": kept["LA and Regions"],
            "period": kept["Years"],
            "value": kept["Values"].fillna(""),
            "source_id": "dfe_lait_2025",
            "area_code": number.map(_LARGER).fillna(number.astype(str)),
        }
    )
    named = long.merge(known[["measure", "indicator", "unit", "better"]], on="measure")
    front = ["indicator", "unit", "better", "area_name", "period", "value", "source_id"]
    return named[[*front, "area_code"]]


def read_neighbours(content: bytes, *, where: str) -> pd.DataFrame:
    """The ten statistical neighbours of every authority, closest first, as text."""
    columns = [f"SN_{rank}{part}" for rank in NEIGHBOURS for part in ("", "P")]
    wide = read_text_table(
        content, where=where, required=["old_la_code", *columns], key=["old_la_code"]
    )
    parts = [
        pd.DataFrame(
            {
                "la_code": wide["old_la_code"],
                "rank": str(rank),
                "closeness": wide[f"SN_{rank}P"].str.strip(),
                "source_id": "dfe_lait_sn_2025",
                "neighbour_la_code": wide[f"SN_{rank}"].str.strip(),
            }
        )
        for rank in NEIGHBOURS
    ]
    long = pd.concat(parts, ignore_index=True)
    empty = long[long["neighbour_la_code"] == ""]
    problems = [
        Problem(f"authority {row.la_code} has no neighbour {row.rank}", where, "give all ten")
        for row in empty.itertuples()
    ]
    raise_any(DataError, f"{where} cannot be used.", problems)
    return long


def _read_parquet(content: bytes, measures: Sequence[str], where: str) -> pd.DataFrame:
    try:
        names = pq.read_schema(io.BytesIO(content)).names
        missing = missing_columns(pd.DataFrame(columns=names), _COLUMNS, where)
        raise_any(DataError, f"{where} cannot be used.", missing)
        chosen = [("Short Desc", "in", list(measures))]
        return pd.read_parquet(io.BytesIO(content), columns=list(_COLUMNS), filters=chosen)
    except pa.ArrowException as error:
        problem = Problem(str(error).splitlines()[0], where, "download the file again")
        raise DataError(f"{where} is not a Parquet file.", [problem]) from error


def _problems(kept: pd.DataFrame, known: pd.DataFrame, where: str) -> list[Problem]:
    absent = known[~known["measure"].isin(kept["Short Desc"])]
    number = kept["LA Number"]
    strange = kept[~(number.between(200, 969) | number.isin(_LARGER))]
    again = kept[kept.duplicated(["Short Desc", "Years", "LA Number"])]
    return [
        *(
            Problem(
                f"no rows of {row.measure}",
                where,
                f"download the file again, or renew {row.indicator} in lait_indicators.csv",
            )
            for row in absent.itertuples()
        ),
        *(
            Problem(f"{name!r} has no number of an area", where, "give it its LA Number")
            for name in strange["LA and Regions"].unique()
        ),
        *(
            Problem(
                f"duplicate row: {row['Short Desc']}, {row['Years']}, {row['LA and Regions']}",
                where,
                "keep one of them",
            )
            for _, row in again.iterrows()
        ),
    ]
