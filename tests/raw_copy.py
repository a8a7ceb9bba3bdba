"""A copy of the project's raw data that a test may break, and the error it then gets."""

import hashlib

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


class RawCopy:
    def __init__(self, project: Project) -> None:
        self.project = project
        project.processed.mkdir(parents=True)
        for name in ("ehcp_caseload.parquet", "build.json"):
            (project.processed / name).write_bytes(b"made from good data")

    def path(self, name):
        return self.project.raw / name

    def edit(self, name, old, new, *, renew=True):
        """Replace the first ``old`` in a file; ``renew`` gives the manifest its new hash."""
        content = self.path(name).read_bytes()
        before, after = (part.encode() if isinstance(part, str) else part for part in (old, new))
        assert before in content, f"{old!r} is not in {name}"
        self.write(name, content.replace(before, after, 1), renew=renew)

    def write(self, name, content, *, renew=True):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        old = self.path(name).read_bytes() if self.path(name).is_file() else b""
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
