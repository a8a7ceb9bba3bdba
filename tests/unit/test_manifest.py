import hashlib

import pytest
import yaml

from sendlib.data.manifest import read_manifest, take_inventory
from sendlib.errors import ManifestError
from sendlib.project import Project

CONTENT = b"lever,value\n"


def entry(**more):
    return {
        "path": "a/policy.csv",
        "title": "Invented",
        "source_id": "invented",
        "publisher": "Nobody",
        "published": "2026",
        "licence": "none",
        "kind": "synthetic",
        "reader": "figures",
        "layout": "policy",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    } | more


@pytest.fixture
def write(tmp_path):
    project = Project(tmp_path)
    (project.raw / "a").mkdir(parents=True)
    (project.raw / "a" / "policy.csv").write_bytes(CONTENT)

    def write(content):
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        project.manifest.write_text(text, encoding="utf-8")
        return project

    return write


def problems_of(project):
    with pytest.raises(ManifestError) as caught:
        read_manifest(project)
    return " | ".join(map(str, caught.value.problems))


def test_a_file_that_is_as_listed_has_no_problem(write):
    inventory = take_inventory(write({"files": [entry()]}))
    assert inventory.problems == ()
    assert inventory.hashes == {"a/policy.csv": hashlib.sha256(CONTENT).hexdigest()}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("files: [", "data/raw/manifest.yml: while parsing"),
        ("", "data/raw/manifest.yml: Input should be"),
        ({"files": [entry(kind="odd")]}, "data/raw/manifest.yml, files, entry 1, kind: Input"),
        ({"files": [entry(licence=None)]}, "files, entry 1, licence"),
        ({"files": [entry(colour="red")]}, "files, entry 1, colour: Extra inputs"),
        ({"files": [entry(layout="polcy")]}, "no layout 'polcy' of reader figures; did you mean"),
        ({"files": [entry(), entry()]}, "listed twice: a/policy.csv"),
    ],
)
def test_a_manifest_that_cannot_be_used_names_the_entry_and_the_field(write, content, words):
    assert words in problems_of(write(content))


def test_a_manifest_of_another_encoding_is_reported(write):
    project = write({"files": []})
    project.manifest.write_bytes(b"files: [] # \xe9")
    assert "utf-8" in problems_of(project)


def test_all_wrong_fields_are_reported_together(write):
    told = problems_of(write({"files": [entry(kind="odd", reader="odd"), entry(sha256=1)]}))
    assert told.count(" | ") == 2
