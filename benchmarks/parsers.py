"""Which parser reads the departments' CSV files as text fastest, and what does our reader add?

Each way reads every compressed file of the EHCP releases, keeps every
symbol, and hands over a pandas frame of text. Then each reads two million rows of a file
of destinations, beside our reader, which also looks for rows that stand there twice, and
what it is read with, which also makes numbers of two columns with why each is missing. The
ways take turns within one run, so that their ratios can be compared; the seconds are this
machine's, of the clock and of its processors.

    make bench
"""

import gzip
import io
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count, islice

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc

from sendlib.data.figures import LAYOUTS, read_figures
from sendlib.data.text_tables import read_text_table
from sendlib.project import Project

ROUNDS = 5
ROWS = 2_000_000
MANY, LAYOUT = "dfe_outcomes/2023/destinations_1618.csv.gz", "outcome_destinations"


def with_polars(content: bytes) -> pd.DataFrame:
    return pl.read_csv(content, infer_schema=False).fill_null("").to_pandas()


def with_pyarrow(content: bytes) -> pd.DataFrame:
    header = content[: content.index(b"\n")].decode("utf-8-sig")
    names = [name.strip('"\r') for name in header.split(",")]
    convert = pc.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
    )
    return pc.read_csv(io.BytesIO(content), convert_options=convert).to_pandas()


def with_pandas_c(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")


def with_pandas_pyarrow(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, engine="pyarrow")


def with_duckdb(content: bytes) -> pd.DataFrame:
    frame = duckdb.read_csv(io.BytesIO(content), all_varchar=True, header=True)
    return frame.df().fillna("")


def with_our_reader(content: bytes) -> pd.DataFrame:
    expected = LAYOUTS[LAYOUT]
    return read_text_table(content, where="a.csv", required=expected.columns, key=expected.key)


def with_numbers(content: bytes) -> pd.DataFrame:
    return read_figures(content, layout=LAYOUT, where="a.csv")


Ways = Mapping[str, Callable[[bytes], pd.DataFrame]]
WAYS: Ways = {
    "pandas, C engine": with_pandas_c,
    "pandas, pyarrow engine": with_pandas_pyarrow,
    "pyarrow": with_pyarrow,
    "polars": with_polars,
    "duckdb": with_duckdb,
}
OURS: Ways = {"our reader": with_our_reader, "our reader, numbers": with_numbers}


def members() -> list[bytes]:
    paths = sorted((Project.find().raw / "dfe_ehcp").rglob("*.gz"))
    return [gzip.decompress(path.read_bytes()) for path in paths]


def many_rows() -> bytes:
    """A published file again and again, each time of areas with other names."""
    text = gzip.decompress((Project.find().raw / MANY).read_bytes()).decode("utf-8-sig")
    header, *rows = text.splitlines()
    place = header.split(",").index("la_name")

    def renamed() -> Iterable[str]:
        for turn in count():
            for row in rows:
                cells = row.split(",")
                cells[place] += f" {turn}"
                yield ",".join(cells)

    return "\n".join([header, *islice(renamed(), ROWS), ""]).encode()


def measure(ways: Ways, contents: list[bytes]) -> None:
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    failed: dict[str, str] = {}
    for _ in range(ROUNDS):
        for way, read in ways.items():
            start = time.perf_counter(), time.process_time()
            try:
                for content in contents:
                    read(content)
            except Exception as error:
                failed[way] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
                continue
            taken[way].append((time.perf_counter() - start[0], time.process_time() - start[1]))
    megabytes = sum(map(len, contents)) / 1e6
    print(f"{len(contents)} files, {megabytes:.0f} MB, median of {ROUNDS} rounds")
    for way, found in taken.items():
        if way in failed:
            print(f"{way:24} failed: {failed[way]}")
        else:
            clock, processors = (statistics.median(each) for each in zip(*found, strict=True))
            print(f"{way:24} {clock:6.2f} s, {processors:6.2f} processor s")


def main() -> None:
    measure(WAYS, members())
    measure({**WAYS, **OURS}, [many_rows()])


if __name__ == "__main__":
    main()
