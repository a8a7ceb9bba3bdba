"""A small part of the project's raw data that a test may break, and the error it then gets."""

import csv
import gzip
import hashlib
import io
import shutil

import pytest
import yaml

from sendlib import data
from sendlib.errors import DataError
from sendlib.project import Project


def hashes(folder):
    """Every file below a folder, by its path, with a hash of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


AREAS = {"865", "850", "881", "E92000001", "E12000009", "E06000054", "E10000014", "E10000012"}
NAMES = {"England", "Wiltshire", "Hampshire", "Essex"}
CODES = (
    "old_la_code",
    "new_la_code",
    "La Code",
    "LANumber",
    "la_code",
    "area_code",
    "utla20_code",
    "la_name",
)
FIRST_YEAR = 2021  # of releases on plans; later ones are all there


def make_small_tree(source: Project, target: Project) -> None:
    """Raw data of three authorities, their larger areas and few years, with their manifest."""
    shutil.copytree(source.raw, target.raw)
    text = target.manifest.read_text(encoding="utf-8")
    for path in sorted(target.raw.rglob("*.gz")):
        old = hashlib.sha256(path.read_bytes()).hexdigest()
        path.write_bytes(pack(_few_rows(unpack(path.read_bytes()), path.parts)))
        text = text.replace(old, hashlib.sha256(path.read_bytes()).hexdigest())
    target.manifest.write_text(text, encoding="utf-8")


def _few_rows(content, parts):
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    column = {name: place for place, name in enumerate(header)}
    codes = [column[name] for name in CODES if name in column]

    def is_kept(row):
        if "dfe_ehcp" in parts and int(row[column["time_period"]][:4]) < FIRST_YEAR:
            return False
        level = row[column["geographic_level"]] if "geographic_level" in column else ""
        region = level == "Regional" and not {"South West", "E12000009"}.isdisjoint(row)
        here = any(row[place] in AREAS | NAMES for place in codes)
        return here or region or level == "National" or "ENGLAND" in row

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *filter(is_kept, rows)])
    return text.getvalue().encode()


def unpack(content):
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def pack(content):
    return gzip.compress(content, compresslevel=1, mtime=0)


class RawCopy:
    def __init__(self, project: Project) -> None:
        self.project = project
        project.processed.mkdir(parents=True)
        for name in ("ehcp_caseload.parquet", "build.json"):
            (project.processed / name).write_bytes(b"made from good data")

    def path(self, name):
        return self.project.raw / name

    def read(self, name):
        """The content of a file, unpacked."""
        return unpack(self.path(name).read_bytes())

    def edit(self, name, old, new, *, renew=True):
        """Replace the first ``old`` in a file; ``renew`` gives the manifest its new hash."""
        content = self.read(name)
        before, after = (part.encode() if isinstance(part, str) else part for part in (old, new))
        assert before in content, f"{old!r} is not in {name}"
        self.write(name, content.replace(before, after, 1), renew=renew)

    def rows(self, name):
        """The cells of a file, row by row, the header first."""
        text = self.read(name).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline="")))

    def write_rows(self, name, rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        self.write(name, text.getvalue().encode())

    def write(self, name, content, *, renew=True):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        old = self.path(name).read_bytes() if self.path(name).is_file() else b""
        content = pack(content) if name.endswith(".gz") else content
        self.path(name).write_bytes(content)
        if renew:
            self.replace_in_manifest(
                hashlib.sha256(old).hexdigest(), hashlib.sha256(content).hexdigest()
            )

    def replace_in_manifest(self, old, new):
        text = self.project.manifest.read_text(encoding="utf-8")
        assert old in text
        self.project.manifest.write_text(text.replace(old, new), encoding="utf-8")

    def unlist(self, name):
        """Take a file and its entry away."""
        content = yaml.safe_load(self.project.manifest.read_text(encoding="utf-8"))
        content["files"] = [entry for entry in content["files"] if entry["path"] != name]
        self.project.manifest.write_text(yaml.safe_dump(content), encoding="utf-8")
        self.path(name).unlink()

    def failure(self) -> DataError:
        """The error of a build, which must leave the tables as they were."""
        before = hashes(self.project.processed)
        with pytest.raises(DataError) as caught:
            data.build(self.project)
        assert hashes(self.project.processed) == before
        return caught.value

    def problems(self):
        return list(self.failure().problems)
