"""The department's tables of indicators (LAIT) and of statistical neighbours, as published.

Both are brought to the layouts of the tables in ``data/raw``. Which measure is which indicator
stands in ``lait_indicators.csv``, with the polarity of the tool's data dictionary.
"""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sendlib.data.text_tables import missing_columns, read_text_table
from sendlib.errors import DataError, Problem, raise_any
from sendlib.files import read_list
from sendlib.vocabulary import ENGLAND

_COLUMNS = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
_PARTS_OF_LONDON = (987, 988)
_LARGER = {970: ENGLAND, 989: "E12000008", 990: "E12000009"} | {
    980 + number: f"E1200000{number + 1}" for number in range(7)
}


def read_lait(content: bytes, *, where: str) -> pd.DataFrame:
    """Every area and year of the indicators that are read, as text."""
    known = read_list("data", "lait_indicators.csv")
    try:
        names = pq.read_schema(io.BytesIO(content)).names
        missing = missing_columns(pd.DataFrame(columns=names), _COLUMNS, where)
        raise_any(DataError, f"{where} cannot be used.", missing)
        wanted = [("Short Desc", "in", known["measure"].tolist())]
        rows = pd.read_parquet(io.BytesIO(content), columns=_COLUMNS, filters=wanted)
    except pa.ArrowException as error:
        problem = Problem(
            "lait_not_readable", str(error).splitlines()[0], where, "download the file again"
        )
        raise DataError(f"{where} is not a Parquet file.", [problem]) from error
    rows = rows[~rows["LA Number"].isin(_PARTS_OF_LONDON)].reset_index(drop=True)
    absent = known[~known["measure"].isin(rows["Short Desc"])]
    renew = "download the file again, or renew {} in lait_indicators.csv"
    problems = [
        Problem("no_rows_of_measure", f"no rows of {measure}", where, renew.format(indicator))
        for measure, indicator in absent[["measure", "indicator"]].to_numpy()
    ]
    raise_any(DataError, f"{where} cannot be used.", problems)
    number = rows["LA Number"]
    long = pd.DataFrame(
        {
            "measure": rows["Short Desc"],
            "area_name": rows["LA and Regions"],
            "period": rows["Years"],
            "value": rows["Values"].fillna(""),
            "source_id": "dfe_lait_2025",
            "area_code": number.map(_LARGER).fillna(number.map("{:.0f}".format)),
        }
    )
    named = long.merge(known[["measure", "indicator", "unit", "better"]], on="measure")
    front = ["indicator", "unit", "better", "area_name", "period", "value", "source_id"]
    return named[[*front, "area_code"]]


def read_neighbours(content: bytes, *, where: str) -> pd.DataFrame:
    """The ten statistical neighbours of every authority, closest first, as text."""
    ranks = range(1, 11)
    columns = [f"SN_{rank}{part}" for rank in ranks for part in ("", "P")]
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
        for rank in ranks
    ]
    long = pd.concat(parts, ignore_index=True)
    gaps = long[long["neighbour_la_code"] == ""]
    problems = [
        Problem(
            "neighbour_missing", f"authority {code} has no neighbour {rank}", where, "give all ten"
        )
        for code, rank in gaps[["la_code", "rank"]].to_numpy()
    ]
    raise_any(DataError, f"{where} cannot be used.", problems)
    return long
