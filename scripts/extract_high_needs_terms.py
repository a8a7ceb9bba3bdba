"""Cut the committed extract from a year's DSG allocations: England and the held authorities.

The workbooks are not committed; the extract has their figures as printed, a
row for each authority. Run it when a year's allocations are adopted, and list
the extract and its workbook's hash in the manifest:

    .venv/bin/python scripts/extract_high_needs_terms.py ALLOCATIONS.ods data/raw/dfe_dsg/2023
"""

import sys
from pathlib import Path

from extract_release import AUTHORITIES

from sendlib.data.dsg_allocation import read_allocation
from sendlib.data.manifest import sha256

ENGLAND = ""


def main() -> None:
    workbook, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    terms = read_allocation(workbook.read_bytes(), where=workbook.name)
    kept = terms[terms["la_code"].isin({*AUTHORITIES, ENGLAND})]
    target = folder / "high_needs_terms.csv"
    kept.to_csv(target, index=False, lineterminator="\n")
    print(target, len(kept), "rows; sha256", sha256(target), "of", sha256(workbook))


if __name__ == "__main__":
    main()
