"""Cut the committed extract from a full EHCP release: same files, fewer areas.

The extract keeps the department's file names, columns and rows as they are, so
one reader serves both. Run it when a new release is adopted:

    .venv/bin/python scripts/extract_release.py RELEASE.zip data/raw/dfe_ehcp/2025
"""

import csv
import io
import sys
import zipfile
from itertools import chain
from pathlib import Path

from sendlib.data.ehcp import LAYOUTS

AUTHORITIES = {"865", "850", "916", "802", "938", "855", "937", "895", "881", "815", "803"}
REGIONS = {"South West"}
TOPICS: dict[str, set[str]] = {}  # of each file, those that are read; none where it has no topics
for member in chain(*LAYOUTS.values()):
    TOPICS.setdefault(member.name, set()).update(member.topics)


def wanted(row: dict[str, str], topics: set[str]) -> bool:
    level = row["geographic_level"]
    area = (
        level == "National"
        or (level == "Regional" and row["region_name"] in REGIONS)
        or row["old_la_code"] in AUTHORITIES
    )
    return area and (not topics or row["breakdown_topic"] in topics)


def cut(archive: zipfile.ZipFile, member: str, target: Path) -> int:
    text = archive.read(member).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    kept = [
        row for row in reader if wanted(dict(zip(header, row, strict=True)), TOPICS[target.name])
    ]
    with target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *kept])
    return len(kept)


def main() -> None:
    release, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(release) as archive:
        for member in archive.namelist():
            name = Path(member).name
            if member.startswith("data/") and name in TOPICS:
                print(name, cut(archive, member, folder / name), "rows")


if __name__ == "__main__":
    main()
