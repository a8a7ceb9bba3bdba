"""The department's whole tables of indicators and neighbours, invented here, and broken."""

import io

import pandas as pd
import pytest

from error_codes import refuses
from sendlib.data.figures import LAYOUTS, read_figures
from sendlib.data.lait import read_lait, read_neighbours
from sendlib.errors import DataError
from sendlib.files import read_list
from sendlib.vocabulary import ENGLAND

INDICATORS = read_list("data", "lait_indicators.csv")
HEAD = "\ufeffold_la_code,la_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11))
LINE = "865,Wiltshire," + ",".join(f"{800 + n},Very close " for n in range(1, 11))


def whole(**changes):
    """Two areas, two years and inner London, for every measure."""
    parts = [
        pd.DataFrame(
            {
                "Short Desc": measure,
                "Years": ["2024", "2025 (prov)"] * 3,
                "LA and Regions": ["Wiltshire"] * 2 + ["England"] * 2 + ["London (Inner)"] * 2,
                "Values": ["6.2000000000000002", "-", "5.3", "5", "-", "-"],
                "LA Number": [865.0] * 2 + [970.0] * 2 + [987.0] * 2,
                "Region": "NA",
            }
        )
        for measure in INDICATORS["measure"]
    ]
    return pd.concat(parts, ignore_index=True).assign(**changes)


def parquet(frame):
    kept = io.BytesIO()
    frame.to_parquet(kept, index=False)
    return kept.getvalue()


def test_the_whole_table_is_read_as_the_layout_of_its_extract():
    text = read_lait(parquet(whole()), where="bds").to_csv(index=False).encode()
    read = read_figures(text, layout="indicator", where="bds")
    assert len(read) == 24 * 4
    assert set(read.columns) >= set(LAYOUTS["indicator"].columns)
    one = read[read["indicator"] == "pupils_with_ehcp_pct"].reset_index(drop=True)
    assert one["area_code"].tolist() == ["865", "865", ENGLAND, ENGLAND]
    assert one["value"].fillna(-1).tolist() == [6.2, -1, 5.3, 5]
    assert one["value_status"].tolist() == ["reported", "not_available", "reported", "reported"]


def test_other_measures_of_the_tool_are_passed_over():
    more = pd.concat([whole(), whole().head(1).assign(**{"Short Desc": "RTA"})])
    assert len(read_lait(parquet(more), where="bds")) == 24 * 4


def problems(frame):
    with pytest.raises(DataError) as caught:
        read_lait(parquet(frame), where="bds")
    return list(caught.value.problems)


def test_a_measure_without_rows_is_reported():
    (told,) = problems(whole()[lambda frame: frame["Short Desc"] != "SEN_TotStat"])
    assert (told.code, told.where) == ("no_rows_of_measure", "bds")
    assert "SEN_TotStat" in told.found


def test_columns_that_are_not_there_are_reported():
    (told,) = problems(whole().rename(columns={"Years": "Yaers"}))
    assert told.code == "missing_column"
    assert "Years" in told.found
    assert "Yaers" in told.remedy


def test_what_only_begins_like_the_table_is_refused():
    with refuses(DataError, "lait_not_readable"):
        read_lait(b"PAR1 and then nothing", where="bds")


def test_the_wide_table_of_neighbours_becomes_one_row_a_neighbour():
    content = f"{HEAD}\n{LINE}\n".encode()
    read = read_neighbours(content, where="sn")
    assert read["rank"].tolist() == [str(rank) for rank in range(1, 11)]
    assert read["neighbour_la_code"].tolist() == [str(800 + n) for n in range(1, 11)]
    assert set(read["closeness"]) == {"Very close"}


def test_a_column_of_neighbours_that_is_not_there_is_reported():
    with refuses(DataError, "missing_column", match="SN_10P"):
        read_neighbours(f"{HEAD.replace('SN_10P', 'x')}\n{LINE}\n".encode(), where="sn")


def test_a_gap_among_the_neighbours_is_reported():
    content = f"{HEAD}\n{LINE.replace('803', '')}\n".encode()
    with refuses(DataError, "neighbour_missing", match=r"\b865\b.*\b3\b"):
        read_neighbours(content, where="sn")


def test_the_extract_has_the_units_and_polarities_of_the_whole_table(tables):
    kept = tables["indicator"].drop_duplicates("indicator").set_index("indicator")
    listed = INDICATORS.set_index("indicator").loc[kept.index]
    assert (kept[["unit", "better"]] == listed[["unit", "better"]]).all().all()
