"""A replica of everything that a project's sources name, made from what the project has.

Its first versions are the project's own files. With ``revise`` a second version of some follows,
with invented revisions, and says so.
"""

import csv
import gzip
import io
import random
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

from .catalogue import Catalogue, DataSet, Version

_LEVEL = "geographic_level"
_COUNTS = ("requests_received_in_year", "assess_in_year", "plans_issued_within_20_weeks")
_ALWAYS = "865"  # the authority of the default pack


def from_project(root: Path, *, revise: int | None = None) -> Catalogue:
    """What the sources of a project name; ``revise`` is the seed of invented revisions."""
    content = yaml.safe_load((root / "data" / "sources.yml").read_text(encoding="utf-8"))
    catalogue = Catalogue()
    for source in content["sources"]:
        stored = _newest(root / "data" / "raw", source)
        if stored is not None:
            _publish(catalogue, source, stored, revise)
    return catalogue


def _newest(raw: Path, source: Mapping[str, Any]) -> bytes | None:
    """The stored file of a source, unpacked: of plans that of the newest edition."""
    folder, _, name = source["path"].replace("{edition}", "*").rpartition("/")
    names = {name.removesuffix(".gz"), *source["file"].split("|")}
    there = [
        path
        for path in raw.rglob("*")
        if fnmatch(path.parent.relative_to(raw).as_posix(), folder)
        and path.name.removesuffix(".gz") in names
    ]
    if not there:
        return None
    content = max(there).read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _publish(
    catalogue: Catalogue, source: Mapping[str, Any], content: bytes, revise: int | None
) -> None:
    origin = source["from"]
    if "publication" in origin:
        versions = [Version("1.0", content, published="2026-06-25T08:30:00+00:00")]
        revised = revise_figures(content, revise) if revise is not None else content
        if revised != content:
            later = {"published": "2026-11-26T09:30:00+00:00", "kind": "Minor"}
            notes = "Invented revisions of a replica."
            versions.append(Version("1.1", revised, notes=notes, **later))
        title = origin["publication"].replace("-", " ").capitalize()
        catalogue.data_sets.append(DataSet(title, origin["data_set"], versions))
    elif "page" in origin:
        name = f"DSG_allocations_{source['id']}.csv"
        attachment = {"url": f"/media/{name}", "filename": name, "title": name}
        catalogue.files[attachment["url"]] = content
        catalogue.pages[origin["page"].strip("/")] = {
            "base_path": origin["page"],
            "public_updated_at": "2026-07-20T09:30:00+00:00",
            "details": {"attachments": [attachment]},
        }


def revise_figures(content: bytes, seed: int, *, most: int = 5) -> bytes:
    """The file with a few counts of authorities lowered by up to a fifth in its newest period."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    column = next((header.index(name) for name in _COUNTS if name in header), None)
    if column is None:
        return content
    level, period, code = (header.index(name) for name in (_LEVEL, "time_period", "old_la_code"))
    newest = max(row[period] for row in rows)
    chance = random.Random(seed)
    local = [
        row
        for row in rows
        if row[level] == "Local authority" and row[period] == newest and row[column].isdigit()
    ]
    others = chance.sample(local, min(most, len(local)))
    for row in [*(row for row in local if row[code] == _ALWAYS), *others]:
        row[column] = str(round(int(row[column]) * chance.uniform(0.8, 0.98)))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()
