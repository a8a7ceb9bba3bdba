"""Cut the tables that need more than one published file, or a part of one, for every authority.

    .venv/bin/python scripts/extract_published.py PUBLISHED data/raw

PUBLISHED is a folder of files as published; none of them is committed. A table keeps the
publisher's own columns and rows where the project reads them, and is written compressed, to
the same bytes each time. List new hashes in ``manifest.yml``.
"""

import csv
import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

from sendlib.data.dsg_allocation import repacked
from sendlib.data.manifest import sha256

OUTTURN_LINES = (
    "sum of section 251 lines 1.2.x (top-up funding, SEN support, hospital, other AP, inclusion); "
    "excludes place funding 1.0.2"
)
SHEETS = {"2019-20": 1_000_000, "2020-21": 1, "2021-22": 1, "2022-23": 1, "2023-24": 1}
"""Financial years of the summary of allocations, and pounds to its unit."""
LINES_OF_OUTTURN = {
    "place_funding": 59,
    "top_up": 66,
    "independent_top_up": 74,
    "support": 82,
    "alternative_provision": 83,
    "hospital": 84,
    "therapies": 85,
}
"""Columns of the outturn of 2021-22 by line, each followed by its sectors."""
SECTORS = (
    *("early_years", "primary", "secondary", "special", "pupil_referral", "post_school"),
    "income",
)

INSPECTION = (
    "La Code|Local Authority|Inspection Start Date|Inspection End Date|Outcome Grade|"
    "Publication Date|Next Inspection|Next Inspection By Date|Inspection Link"
)
PARTICIPATION = (
    *("time_period", "geographic_level", "country_code", "region_code", "old_la_code", "la_name"),
    *("Cohort_DJFavg", "NEET_not_known_percent", "NEET_NK_noSEN_percent"),
    *("NEET_NK_SENDsupport_percent", "NEET_NK_EHCP_percent"),
)
APPEALS = (
    "la_name|old_la_code|appeals_2024|appealable_decisions_2024|rate_2024|"
    "appeals_2025|appealable_decisions_2025|rate_2025"
)
PLACES = (
    "Year|geographic_level|country_code|LANumber|PriNOR|PriCap|For_1_P|For_3_P|"
    "SecNOR|SecCap|For_1_S|For_3_S"
)


def write(target: Path, content: bytes) -> None:
    """Store compressed text, to the same bytes at each run."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{target}: {target.stat().st_size:,} bytes, sha256 {sha256(target)}")


def to_text(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def to_csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV."""
    return frame.to_csv(index=False, lineterminator="\n").encode()


def allocations(published: Path, raw: Path) -> None:
    """High needs and schools blocks of five years, in pounds."""
    areas = pd.read_csv(raw / "reference" / "areas.csv", dtype=str, keep_default_na=False)
    gss = areas.set_index("area_code")["gss_code"]
    book = workbook(published / "dsg" / "dedicated-schools-grant_summaries_2019-2024.ods")
    frames = []
    for year, pounds in SHEETS.items():
        rows = book.get_sheet_by_name(f"Allocations_{year[2:4]}{year[5:]}").to_python()
        found = [row for row in rows if row[0] == "ENGLAND" or str(row[0])[:3].isdigit()]
        codes = [str(row[0])[:3] if row[0] != "ENGLAND" else "" for row in found]
        frames.append(
            pd.DataFrame(
                {
                    "gss_code": [gss[code or "E92000001"] for code in codes],
                    "la_code": codes,
                    "area_name": [row[1] or "England" for row in found],
                    "area_level": ["authority" if code else "England" for code in codes],
                    "financial_year": year,
                    "high_needs_before_deductions_gbp": [round(row[4] * pounds) for row in found],
                    "high_needs_after_deductions_gbp": [round(row[9] * pounds) for row in found],
                    "schools_block_before_recoupment_gbp": [
                        round(row[2] * pounds) for row in found
                    ],
                    "source_id": f"dfe_dsg_{year[2:4]}{year[5:]}",
                }
            )
        )
    table = pd.concat(frames).sort_values(["la_code", "financial_year"], kind="stable")
    write(raw / "dfe_dsg" / "2023" / "high_needs_allocation.csv.gz", to_csv(table))


def outturn(published: Path, raw: Path) -> None:
    """Lines 1.2.x of the section 251 outturn of authorities."""
    areas = pd.read_csv(raw / "reference" / "areas.csv", dtype=str, keep_default_na=False)
    code = {gss: row.area_code for row in areas.itertuples() for gss in all_codes(row)}
    rows = []
    for path in sorted(published.glob("finance/s251_lookup_*.json")):
        year = int(path.stem[-4:])
        for gss, entry in json.loads(path.read_text(encoding="utf-8")).items():
            value = {part["name"]: part["value"] for part in entry["education_breakdown"]}
            if "High needs (SEND)" in value:
                financial = f"{year}-{(year + 1) % 100:02d}"
                rows.append(
                    (
                        gss,
                        code.get(gss, ""),
                        entry["la_name"],
                        financial,
                        value["High needs (SEND)"],
                    )
                )
    columns = ["gss_code", "la_code", "area_name", "financial_year", "net_outturn_gbp"]
    table = pd.DataFrame(rows, columns=columns).assign(
        area_level="authority", spend_lines=OUTTURN_LINES, source_id="s251_outturn_rollup"
    )
    print("authorities without a code:", sorted({*table.query("la_code == ''")["area_name"]}))
    write(raw / "dfe_s251" / "2025" / "high_needs_outturn.csv.gz", to_csv(table))


def outturn_by_sector(published: Path, raw: Path) -> None:
    """The outturn of 2021-22 by line and sector, from the department's benchmarking tool."""
    book = CalamineWorkbook.from_path(
        published / "finance" / "s251_outturn_2021_22_by_line_and_sector.xlsx"
    )
    sheet = book.get_sheet_by_index(0).to_python()
    rows = [row for row in sheet if isinstance(row[1], float) and row[59] != ""]
    places = {
        **{(line, "all"): at for line, at in LINES_OF_OUTTURN.items()},
        **{
            (line, sector): LINES_OF_OUTTURN[line] + 1 + position
            for line, count in (("place_funding", 6), ("top_up", 7), ("independent_top_up", 7))
            for position, sector in enumerate(SECTORS[:count])
        },
    }
    cells = [
        (f"{row[1]:.0f}", "2021-22", line, sector, round(float(row[at] or 0)))
        for row in rows
        for (line, sector), at in places.items()
    ]
    columns = ["la_code", "financial_year", "line", "sector", "outturn_gbp"]
    table = pd.DataFrame(cells, columns=columns)
    write(raw / "dfe_s251" / "2022" / "outturn_by_sector.csv.gz", to_csv(table))


def all_codes(row: object) -> list[str]:
    """The nine-letter codes that an authority has and had."""
    return [code for code in (row.gss_code, *row.former_gss_codes.split(";")) if code]


def residents(published: Path, raw: Path) -> None:
    """Residents of 2020 by single year of age, of the ages that are read."""
    path = published / "population" / "population20_utla20.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    ages = ["utla20_code", "utla20_name", *map(str, range(26))]
    write(raw / "ons" / "2021" / "mid_2020_ages_0_to_25.csv.gz", to_csv(table[ages]))


def services(published: Path, raw: Path) -> None:
    """Inspections, participation, attendance, appeals and school places: the columns read."""
    participation = "|".join(PARTICIPATION)
    sources: dict[str, tuple[str, str, Mapping[str, str]]] = {
        "ofsted/2026/area_send_inspections": ("ofsted/*.csv", INSPECTION, {}),
        "dfe_neet/2025/participation": ("neet/*.csv", participation, {}),
        "dfe_attendance/2026/attendance_by_sen": (
            "attendance/la_sen_*.gz",
            "time_period|time_identifier|new_la_code|send_group|metric|send_value|no_sen_value",
            {"education_phase": "Total"},
        ),
        "dfe_attendance/2026/absence_by_need": (
            "attendance/la_absence_by_*.gz",
            "time_period|new_la_code|primary_need|metric|value",
            {"education_phase": "Total"},
        ),
        "moj_tribunal/2025/appeals": ("tribunal/*.csv", APPEALS, {}),
        "dfe_scorecards/2025/school_places": ("scorecards/*.csv", PLACES, {}),
    }
    for name, (pattern, columns, wanted) in sources.items():
        parts = []
        for path in sorted(published.glob(pattern)):
            part = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            for column, value in wanted.items():
                part = part[part[column] == value]
            parts.append(part[columns.split("|")])
        write(raw / f"{name}.csv.gz", to_csv(pd.concat(parts)))


def place_deductions(published: Path, raw: Path) -> None:
    """What the department takes from each block for places that it funds itself."""
    for path in sorted(published.glob("dsg/dedicated-schools-grant_20??_*.ods")):
        sheet = workbook(path).get_sheet_by_name("High_needs_deductions")
        rows = sheet.to_python(skip_empty_area=False)
        year = re.search(r"(\d{4}) to \d\d(\d\d)", str(rows[0][0]))
        cells = []
        for at in range(2, len(rows[0]) - 1, 3):
            institution = " ".join(next(filter(None, rows[0][at:1:-1])).split())
            places = " ".join(str(rows[1][at]).replace("Places", "places").split())
            for row in rows[3:]:
                code = "" if row[0] == "ENGLAND" else str(row[0])[:3]
                if row[0] and (code == "" or (code.isdigit() and row[1])):
                    numbers = [
                        f"{float(value):g}" if value != "" else "" for value in row[at : at + 2]
                    ]
                    cells.append(
                        [
                            code,
                            f"{year[1]}-{year[2]}",
                            institution,
                            places,
                            *numbers,
                            round(row[at + 2]),
                        ]
                    )
        columns = ["la_code", "financial_year", "institution", "places"]
        columns += ["places_from_april", "places_from_autumn", "deduction_gbp"]
        folder = raw / "dfe_dsg" / path.stem[24:28]
        write(folder / "place_deductions.csv.gz", to_csv(pd.DataFrame(cells, columns=columns)))


def workbook(path: Path) -> CalamineWorkbook:
    """An OpenDocument workbook whose type is not the first thing in its archive."""
    return CalamineWorkbook.from_filelike(io.BytesIO(repacked(path.read_bytes())))


STEPS: tuple[Callable[[Path, Path], None], ...] = (
    allocations,
    outturn,
    outturn_by_sector,
    residents,
    services,
    place_deductions,
)


def main() -> None:
    """Make every table, or those whose function is named."""
    published, raw, *names = sys.argv[1:]
    for step in STEPS:
        if not names or step.__name__ in names:
            step(Path(published), Path(raw))


if __name__ == "__main__":
    main()
