import hashlib

import pytest
import yaml

from error_codes import codes
from sendlib.data.manifest import read_manifest, take_inventory
from sendlib.errors import ManifestError
from sendlib.project import Project

CONTENT = b"lever,value\n"


def entry(**more):
    return {
        "path": "a/policy.csv",
        "title": "Invented",
        "source_id": "invented",
        "published": "2026",
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
    return caught.value.problems


def test_a_file_that_is_as_listed_has_no_problem(write):
    inventory = take_inventory(write({"files": [entry()]}))
    assert inventory.problems == ()
    assert inventory.hashes == {"a/policy.csv": hashlib.sha256(CONTENT).hexdigest()}


@pytest.mark.parametrize(
    ("content", "code", "place", "values"),
    [
        ("files: [", "not_yaml", "line 1", ""),
        ("", "missing_key", "line 1", "files"),
        (
            {"files": [entry(kind="odd")]},
            "value_not_allowed",
            "line 2, files, entry 1, kind",
            "odd",
        ),
        (
            {"files": [entry(published=None)]},
            "empty_value",
            "line 5, files, entry 1, published",
            "",
        ),
        ({"files": [entry(titel="red")]}, "unknown_field", "line 9, files, entry 1", "title"),
        ({"files": [entry(layout="polcy")]}, "invalid_value", "files, entry 1", "policy?"),
        ({"files": [entry(layout="zzz")]}, "invalid_value", "files, entry 1", "layouts.yml"),
        ({"files": [entry(), entry()]}, "invalid_value", "line 1", "a/policy.csv"),
    ],
)
def test_a_manifest_that_cannot_be_used_names_the_line_and_the_field(
    write, content, code, place, values
):
    (problem,) = problems_of(write(content))
    assert problem.code == code
    assert problem.where.startswith("data/raw/manifest.yml, line ")
    assert place in problem.where
    assert values in str(problem)


def test_a_manifest_of_another_encoding_is_reported(write):
    project = write({"files": []})
    project.manifest.write_bytes(b"files: [] # \xe9")
    assert codes(problems_of(project)) == ["not_plain_text"]


def test_all_wrong_fields_are_reported_together(write):
    wrong = problems_of(write({"files": [entry(kind="odd", reader="odd"), entry(sha256=1)]}))
    assert len(wrong) == 3
