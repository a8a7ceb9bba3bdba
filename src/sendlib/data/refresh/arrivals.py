"""From what a publisher gives to the file that ``data/raw`` stores.

A table keeps its publisher's own columns, and the rows that the project reads; it
is stored compressed, to the same bytes each time.
"""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from sendlib.data import ehcp
from sendlib.data.dsg_allocation import read_allocation
from sendlib.data.lait import read_lait, read_neighbours
from sendlib.data.manifest import Manifest
from sendlib.data.refresh.sources import EDITION, Source, Sources
from sendlib.data.text_tables import read_text_table, years_out_of_range
from sendlib.errors import DataError, Problem, raise_any

_PERIOD = ("time_period", "time_identifier")
_CONVERTERS: Mapping[bytes, Mapping[str, Callable[..., pd.DataFrame]]] = {
    b"PK": {"high_needs_terms": read_allocation},
    b"PAR1": {"indicator": read_lait},
    "\ufeffold_la_code,".encode(): {"statistical_neighbours": read_neighbours},
}


@dataclass(frozen=True)
class Arrival:
    """A file for ``data/raw`` with its entry in the manifest."""

    source: Source
    entry: Mapping[str, Any]
    content: bytes  # compressed, as it is stored
    published_sha256: str  # of the file it was cut from

    @property
    def path(self) -> str:
        """Below ``data/raw``."""
        return str(self.entry["path"])


def receive(
    source: Source, content: bytes, manifest: Manifest, *, published: str = "", where: str
) -> Arrival:
    """One published file as ``data/raw`` stores it, with its entry in the manifest."""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    sha = hashlib.sha256(content).hexdigest()
    before = _entry_before(source, manifest)
    if source.is_of_plans:
        changed, stored = _receive_plans(source, content, where)
    else:
        changed = {"path": source.path}
        stored = _receive_table(before["layout"], content, where)
    packed = gzip.compress(stored, compresslevel=9, mtime=0)
    changed["sha256"] = hashlib.sha256(packed).hexdigest()
    if published:
        changed["published"] = published
    for entry in manifest.files:  # what a person confirmed of the file whose place it takes
        if plain(entry.path) == plain(changed["path"]):
            changed |= entry.model_dump(include={"confirmed"}, exclude_defaults=True)
    return Arrival(source, {**before, **changed}, packed, sha)


def _entry_before(source: Source, manifest: Manifest) -> dict[str, Any]:
    """The manifest's entry of a source, or that of the newest edition of the same release."""
    path = PurePosixPath(source.path)
    pattern = str(path.parents[1] / "*" / "*") if source.is_of_plans else plain(source.path)
    there = [entry for entry in manifest.files if fnmatch(plain(entry.path), pattern)]
    if not there:
        found = f"data/raw/manifest.yml has no entry for {source.path}"
        remedy = "mend the path in data/sources.yml, or restore the entry (git checkout)"
        raise DataError(
            "A source has no entry.", [Problem("no_entry", found, f"source {source.id}", remedy)]
        )
    newest = max(there, key=lambda entry: entry.path)
    return newest.model_dump(exclude_defaults=True, exclude={"confirmed"})


def recognise(name: str, content: bytes, sources: Sources) -> Iterator[tuple[Source, str, bytes]]:
    """The sources that a file is of, each with its name and content; files of an archive too."""
    if content.startswith(b"PK") and not any(_is_of(name, source) for source in sources.sources):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for inside in archive.namelist():
                    base = PurePosixPath(inside).name
                    if any(_is_of(base, source) for source in sources.sources):
                        yield from recognise(base, archive.read(inside), sources)
        except zipfile.BadZipFile as error:
            problem = Problem("archive_damaged", str(error), name, "download it again")
            raise DataError(f"{name} cannot be unpacked.", [problem]) from error
        return
    for source in sources.sources:
        if _is_of(name, source):
            yield source, name, content
            return


def plain(path: str) -> str:
    """A path whether its file is compressed or not."""
    return path.removesuffix(".gz")


def _is_of(name: str, source: Source) -> bool:
    return any(fnmatch(plain(name), pattern) for pattern in source.file.split("|"))


def _receive_table(layout: str, content: bytes, where: str) -> bytes:
    """A table in its layout; a workbook or table of another form is brought to it."""
    if layout in ehcp.LAYOUTS:
        return _to_csv(read_text_table(content, where=where, required=_PERIOD))
    for beginning, converters in _CONVERTERS.items():
        if content.startswith(beginning) and layout in converters:
            return _to_csv(converters[layout](content, where=where))
    return content


def _receive_plans(source: Source, content: bytes, where: str) -> tuple[dict[str, str], bytes]:
    """The rows of topics that are read; its edition is that of the newest time period."""
    table = read_text_table(content, where=where, required=_PERIOD)
    edition = _edition(table, where)
    release = f"dfe_ehcp_{edition}"
    known = ehcp.LAYOUTS.get(release, ())
    names = source.file.split("|")
    name = next((each.name for each in known if each.name in names), names[0])
    topics = {topic for each in known if each.name == name for topic in each.topics}
    if topics and "breakdown_topic" in table:
        table = table[table["breakdown_topic"].isin(topics)]
    path = PurePosixPath(source.path.replace(EDITION, edition)).with_name(f"{name}.gz")
    entry = {
        "path": str(path),
        "title": f"Education, health and care plans, reporting year {edition}: {name}, all areas",
        "source_id": release,
        "published": edition,
        "kind": "extract",
        "layout": release,
    }
    return entry, _to_csv(table)


def _to_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def _edition(table: pd.DataFrame, where: str) -> str:
    """The reporting year: of the newest January, or the year after the newest calendar year."""
    wrong = years_out_of_range(table["time_period"], where)
    raise_any(DataError, f"{where} cannot be read.", wrong)
    dated = table[table["time_identifier"].isin(["Academic year", "Calendar year"])]
    years = pd.to_numeric(dated["time_period"].str[:4], errors="coerce").dropna()
    if years.empty:
        found = "no row is of an academic or a calendar year"
        remedy = "it is not a file of an EHCP release as the department publishes it"
        raise DataError(f"{where} cannot be read.", [Problem("no_edition", found, where, remedy)])
    return str(int(years.max()) + 1)
