"""A whole published file, invented here, takes the place of the extract made from it."""

import hashlib
import shutil

import pytest

from raw_copy import hashes
from sendlib import data
from sendlib.data.manifest import read_manifest, take_inventory
from sendlib.errors import NotAvailableError

CHILDREN = "ons/2025/mid_year_estimates_0_to_17.csv"
ESSEX = ",Local authority,E92000001,England,E12000006,East of England,881,E10000012,Essex,"


@pytest.fixture
def whole(raw, tmp_path):
    """The extract with another figure for Essex, listed as the full release that it comes from."""
    line = f"2024,Reporting year{ESSEX}Children aged 0 to 17 years,"
    content = raw.path(CHILDREN).read_text(encoding="utf-8")
    head, rest = content.split(line)
    path = tmp_path / "downloads" / "deep" / "estimates.csv"
    path.parent.mkdir(parents=True)
    path.write_text(f"{head}{line}7\n{rest.split(chr(10), 1)[1]}", encoding="utf-8")
    entry = next(entry for entry in read_manifest(raw.project).files if entry.path == CHILDREN)
    raw.replace_in_manifest(entry.full_sha256, hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def essex(project):
    children = data.load(project, "children").set_index(["area_code", "year"])["persons"]
    return children["881", 2024]


def test_a_whole_file_anywhere_below_the_raw_data_is_read_instead_of_its_extract(raw, whole):
    data.build(raw.project)
    assert essex(raw.project) > 100_000
    raw.write("anywhere/mine.csv", whole.read_bytes(), renew=False)
    assert data.build(raw.project).done
    assert essex(raw.project) == 7
    stock = take_inventory(raw.project)
    assert stock.problems == ()
    assert stock.full_files == {CHILDREN: raw.path("anywhere/mine.csv")}
    used = {entry["path"]: entry for entry in data.inputs(raw.project)}
    title = used["anywhere/mine.csv"]["title"]
    assert used[CHILDREN]["title"] == f"{title}, rows of thirteen areas"


def test_a_second_copy_of_a_whole_file_is_reported(raw, whole):
    for name in ("one.csv", "two.csv"):
        raw.write(name, whole.read_bytes(), renew=False)
    (told,) = raw.problems()
    assert told.code == "second_copy"


def test_a_whole_file_that_was_changed_is_not_known(raw, whole):
    raw.write("mine.csv", whole.read_bytes() + b"\n", renew=False)
    (told,) = raw.problems()
    assert (told.code, told.where) == ("file_not_listed", "data/raw/mine.csv")


def test_what_is_recognised_is_every_release_its_files_and_every_whole_file(raw, whole):
    manifest = read_manifest(raw.project)
    known = manifest.full_hashes
    assert hashlib.sha256(whole.read_bytes()).hexdigest() in known
    assert {release.sha256 for release in manifest.releases} <= known
    assert all(set(release.members.values()) <= known for release in manifest.releases)
    assert "" not in known


def test_whole_files_of_a_folder_are_used_in_a_copy_that_does_not_last(raw, whole, tmp_path):
    data.build(raw.project)
    before = hashes(raw.project.root)
    (tmp_path / "downloads" / "other.csv").write_text("passed over")
    shutil.copy(whole, tmp_path / "downloads" / "again.csv")
    with data.with_full_releases(raw.project, tmp_path / "downloads") as copy:
        assert essex(copy) == 7
        found = [row["path"] for row in data.inputs(copy) if row["path"].startswith("full-")]
        assert len(found) == 1
    assert not copy.root.exists()
    assert essex(raw.project) > 100_000
    assert hashes(raw.project.root) == before


def test_a_folder_without_a_whole_file_is_refused(raw, tmp_path):
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "other.csv").write_text("not one of them")
    with (
        pytest.raises(NotAvailableError, match="Name a folder that holds some"),
        data.with_full_releases(raw.project, tmp_path / "downloads"),
    ):
        pytest.fail("nothing is there to use")
