import json
import shutil

import pandas as pd
import pytest

from error_codes import refuses
from sendlib import data
from sendlib.data import pipeline
from sendlib.data.manifest import sha256, take_inventory
from sendlib.errors import DataError, NotAvailableError, NotBuiltError, OutputError, ProjectError
from sendlib.project import ROOT_VARIABLE, Project


@pytest.fixture
def built(small_built, tmp_path, monkeypatch):
    """A small project with its tables, which a test may change; reading raw data anew is tested
    elsewhere, and here is as quick as reading the tables that come of it."""
    shutil.copytree(small_built.root, tmp_path / "built")
    tables = {name: data.load(small_built, name) for name in data.TABLES}
    monkeypatch.setattr(pipeline, "build_tables", lambda *_: tables)
    return Project(tmp_path / "built")


def test_a_build_writes_every_table_and_says_how_many_rows(raw):
    done = data.build(raw.project)
    assert done.done
    assert set(done.rows) == set(data.TABLES)
    assert all(len(data.load(raw.project, name)) == rows for name, rows in done.rows.items())
    names = {path.name for path in raw.project.processed.iterdir()}
    assert names == {"build.json", *(f"{name}.parquet" for name in data.TABLES)}


def test_there_is_nothing_to_do_until_something_changes(built):
    again = data.build(built)
    assert not again.done
    assert set(again.rows) == set(data.TABLES)
    path = built.raw / "policy" / "2026" / "policy.csv"
    before = sha256(path)
    path.write_bytes(path.read_bytes().replace(b",0.90,", b",0.91,", 1))
    listed = built.manifest.read_text(encoding="utf-8")
    built.manifest.write_text(listed.replace(before, sha256(path)), encoding="utf-8")
    assert data.build(built).done


def test_tables_that_cannot_be_written_are_reported_with_the_folder(built):
    shutil.rmtree(built.processed)
    built.processed.write_text("a file in the way")
    with refuses(OutputError, "tables_not_written", match="processed.*file exists"):
        data.build(built)


@pytest.mark.parametrize("lost", ["area.parquet", "build.json"])
def test_a_lost_file_is_made_again(built, lost):
    (built.processed / lost).unlink()
    assert data.build(built).done


@pytest.mark.parametrize("damage", [b"no table at all", b"", b"PAR1 cut short"])
def test_a_damaged_table_is_refused_and_the_next_build_makes_it_again(built, damage):
    path = built.processed / "area.parquet"
    whole = path.read_bytes()
    path.write_bytes(damage)
    with refuses(DataError, "file_damaged", match=r"area\.parquet"):
        data.load(built, "area")
    assert data.build(built).done
    assert path.read_bytes() == whole


def test_a_table_that_can_be_read_but_is_not_the_one_that_was_built_is_made_again(built):
    path = built.processed / "area.parquet"
    data.load(built, "area").head(1).to_parquet(path, index=False)
    with refuses(DataError, "file_damaged", match=r"area\.parquet"):
        data.load(built, "area")
    assert data.build(built).done
    assert len(data.load(built, "area")) > 1


def test_tables_of_other_code_are_made_again(built):
    record = built.processed / "build.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"code": "older"}))
    assert data.build(built).done


def test_the_inputs_are_every_raw_file_with_its_hash(built):
    inputs = {entry["path"]: entry["sha256"] for entry in data.inputs(built)}
    assert inputs == dict(take_inventory(built).hashes)


def test_an_unknown_table_offers_the_nearest(project):
    with refuses(NotAvailableError, "unknown_table", match="ehcp_caseload"):
        data.load(project, "ehcp_caselod")


def test_tables_that_were_not_built_say_how_to_build_them(tmp_path):
    for ask in (
        lambda: data.load(Project(tmp_path), "area"),
        lambda: data.inputs(Project(tmp_path)),
    ):
        with pytest.raises(NotBuiltError, match="Run: sendlib data build"):
            ask()


def test_a_table_up_to_a_january_holds_the_year_in_which_that_falls(project):
    assert data.load(project, "high_needs_funding", as_of=2022)["financial_year"].max() == "2021-22"
    assert data.load(project, "ehcp_flow", as_of=2022)["calendar_year"].max() == 2021
    assert len(data.load(project, "area", as_of=2022)) == len(data.load(project, "area"))
    assert data.load(project, "population", as_of=2022)["year"].max() == 2047


def test_the_latest_january_is_known(project):
    assert data.latest_census(project) == 2026


def test_a_project_is_found_from_any_folder_inside_it(project, monkeypatch):
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.chdir(project.raw / "reference")
    assert Project.find() == project
    assert (project.scenarios.name, project.notebooks.name, project.outputs.name) == (
        *["scenarios", "notebooks"],
        "outputs",
    )


def test_a_project_may_be_named_in_the_environment(project, monkeypatch, tmp_path):
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    monkeypatch.chdir(tmp_path)
    assert Project.find() == project
    with pytest.raises(ProjectError, match=f"name it in {ROOT_VARIABLE}"):
        Project.find(tmp_path)


def test_what_is_done_to_a_table_is_not_in_the_next_that_is_loaded(project):
    before = data.load(project, "area")
    changed = data.load(project, "area")
    changed.loc[:, "name"] = "nowhere"
    changed["added"] = 1
    changed.columns = [column.upper() for column in changed]
    pd.testing.assert_frame_equal(data.load(project, "area"), before)


def built_anew(project, path):
    """Write down a table's file as a build does."""
    note = project.processed / "build.json"
    record = json.loads(note.read_text())
    record["tables"][path.stem] = sha256(path)
    note.write_text(json.dumps(record))


def test_a_table_whose_file_was_replaced_is_read_again(built):
    path = built.processed / "area.parquet"
    held = data.load(built, "area")
    for name in ("one", "two"):  # of one length, one after the other
        changed = held.assign(name=name)
        changed.to_parquet(path.with_suffix(".new"), index=False)
        path.with_suffix(".new").replace(path)
        built_anew(built, path)
        assert set(data.load(built, "area")["name"]) == {name}
