"""Which parser reads the departments' CSV files as text fastest?

Each way reads every compressed file of the EHCP releases, keeps every
symbol, and hands over a pandas frame of text. The ways take turns within one
run, so that their ratios can be compared; the seconds are this machine's.

    make bench
"""

import gzip
import io
import statistics
import time
from collections.abc import Callable

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc

from sendlib.project import Project

ROUNDS = 5


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


WAYS: dict[str, Callable[[bytes], pd.DataFrame]] = {
    "pandas, C engine": with_pandas_c,
    "pandas, pyarrow engine": with_pandas_pyarrow,
    "pyarrow": with_pyarrow,
    "polars": with_polars,
    "duckdb": with_duckdb,
}


def members() -> dict[str, bytes]:
    paths = sorted((Project.find().raw / "dfe_ehcp").rglob("*.gz"))
    return {str(path): gzip.decompress(path.read_bytes()) for path in paths}


def main() -> None:
    files = members()
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    failed: dict[str, str] = {}
    for _ in range(ROUNDS):
        for way, read in WAYS.items():
            start = time.perf_counter()
            try:
                for content in files.values():
                    read(content)
            except Exception as error:
                failed[way] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
                continue
            seconds[way].append(time.perf_counter() - start)
    base = statistics.median(seconds["pandas, C engine"])
    megabytes = sum(map(len, files.values())) / 1e6
    print(f"{len(files)} files, {megabytes:.0f} MB, median of {ROUNDS} rounds")
    for way, taken in seconds.items():
        if way in failed:
            print(f"{way:24} failed: {failed[way]}")
        else:
            middle = statistics.median(taken)
            print(f"{way:24} {middle:6.2f} s  {base / middle:4.1f} times pandas' C engine")


if __name__ == "__main__":
    main()
