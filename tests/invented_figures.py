"""An authority's own figures of money, all invented, as its workbook has them."""

from pathlib import Path

import openpyxl

from sendlib import own_figures
from sendlib.intake.workbook import MARK

TOTAL, FUNDED = "Lines 1.2.x in total", "1.0.2 Place funding in maintained schools"
BLOCK, AFTER = "High needs block before deductions", "High needs block after deductions"
CONTRACT = ("Framework contract", "Head of commissioning", 2027, 2, 70, "Cost of a place")
OPENING = ("State special school", 2027, 60, 50000, "Head of places", "Cabinet paper")
ROWS = {
    "Outturn": [
        ("2025-26", TOTAL, 117.9, "£m"),
        ("2025-26", FUNDED, 7100, "£k"),
        ("2024-25", TOTAL, 101_200_000, "£"),
    ],
    "Budget": [("2026-27", TOTAL, 131.0, "£m")],
    "Allocation": [
        ("2025-26", BLOCK, 80.1, "£m"),
        ("2025-26", "Deductions for places paid direct", 9.9, "£m"),
        ("2025-26", AFTER, 70.2, "£m"),
        ("2026-27", BLOCK, 82.3, "£m"),
        ("2026-27", "Moved from the schools block to high needs", 1500, "£k"),
    ],
    "Balances": [
        ("2025-26", "All blocks", -109.4, "£m"),
        ("2025-26", "High needs block", "(112.0)", "£m"),
        ("2025-26", "Schools block", 2.6, "£m"),
    ],
    "Places commissioned": [("2026-27", "State special school", 2000, 20.3, "£m")],
    "Monitoring": [("2026-09", 900, 6900, 60.5, "£m"), ("2026-10", 1010, 6980, 71.2, "£m")],
    "Planned seats": [("North site", *OPENING)],
    "Top-ups": [("2027-28", "State special school", 2, "Schools Forum")],
    "Mitigations": [(*CONTRACT, "Independent special school", "", -5, 400, "£k", "A pilot")],
    "Progress": [("Framework contract", "2026-27", "Spend", -350, "£k", "Contract review")],
}


def write_figures(path: Path, **changed: list) -> Path:
    """The workbook with some sheets' rows in place of those above, or more of them."""
    rows = {**ROWS, **{name.replace("_", " "): each for name, each in changed.items()}}
    own_figures.write_template(path)
    book = openpyxl.load_workbook(path)
    book.create_sheet(MARK, 0)["A1"] = "Every figure here is invented."
    for name, filled in rows.items():
        for row, cells in enumerate(filled, start=2):
            for column, value in enumerate(cells, start=1):
                book[name].cell(row, column, value)
    book.save(path)
    return path
