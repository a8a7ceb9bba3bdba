from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendlib.errors import ParameterError
from sendlib.packs.outputs import publish

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def run_folder(out, text="first"):
    folder = publish.make_run_folder(out, started=STARTED, la_code="999", scenario="baseline")
    (folder / "index.html").write_text(text)
    return folder


def no_links(monkeypatch):
    def refuse(*_, **__):
        raise OSError("links are not allowed here")

    monkeypatch.setattr(Path, "symlink_to", refuse)


def test_a_run_is_named_by_time_authority_and_scenario(tmp_path):
    assert run_folder(tmp_path).name == "20260102T030405Z_999_baseline"


def test_two_runs_never_share_a_folder(tmp_path):
    assert run_folder(tmp_path) != run_folder(tmp_path)


@pytest.mark.parametrize(("la_code", "scenario"), [("../999", "x"), ("999", "a/b"), ("", "x")])
def test_no_parameter_leads_out_of_the_folder(tmp_path, la_code, scenario):
    with pytest.raises(ParameterError):
        publish.make_run_folder(tmp_path, started=STARTED, la_code=la_code, scenario=scenario)


def test_latest_shows_the_newest_pack(tmp_path):
    for text in ("first", "second"):
        latest = publish.switch_latest(run_folder(tmp_path, text), tmp_path)
        assert (latest / "index.html").read_text() == text


def test_a_project_with_its_packs_can_be_moved(tmp_path):
    out = tmp_path / "before"
    publish.switch_latest(run_folder(out), out)
    out.rename(tmp_path / "after")
    assert (tmp_path / "after" / "latest" / "index.html").read_text() == "first"


def test_latest_is_a_copy_where_links_are_not_allowed(tmp_path, monkeypatch):
    no_links(monkeypatch)
    for text in ("first", "second"):
        latest = publish.switch_latest(run_folder(tmp_path, text), tmp_path)
        assert not latest.is_symlink()
        assert (latest / "index.html").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]


def test_a_link_replaces_a_copy_and_a_copy_a_link(tmp_path, monkeypatch):
    publish.switch_latest(run_folder(tmp_path, "link"), tmp_path)
    with monkeypatch.context() as patch:
        no_links(patch)
        publish.switch_latest(run_folder(tmp_path, "copy"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "copy"
    publish.switch_latest(run_folder(tmp_path, "link again"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "link again"


def test_a_failed_switch_leaves_the_old_pack(tmp_path, monkeypatch):
    no_links(monkeypatch)
    publish.switch_latest(run_folder(tmp_path, "old"), tmp_path)
    rename = Path.rename

    def fail_for_the_new_pack(path, target):
        if path.name.startswith(".latest.2026"):
            raise OSError("the disk is full")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new_pack)
    with pytest.raises(OSError, match="full"):
        publish.switch_latest(run_folder(tmp_path, "new"), tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "old"


def test_drafts_that_a_killed_run_left_are_cleared(tmp_path):
    publish.switch_latest(run_folder(tmp_path, "good"), tmp_path)
    (tmp_path / ".latest.killed").symlink_to("runs/killed")
    (tmp_path / ".latest.copy").mkdir()
    (tmp_path / "runs" / ".removed.old").mkdir()
    (tmp_path / "runs" / "unborn").mkdir()
    (tmp_path / "runs" / "unborn" / ".run.json.part").write_text("{")
    publish.clear_left(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest", "runs"]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [
        "20260102T030405Z_999_baseline"
    ]
    assert (tmp_path / "latest" / "index.html").read_text() == "good"


def test_a_pack_that_was_being_replaced_by_a_copy_comes_back(tmp_path, monkeypatch):
    no_links(monkeypatch)
    publish.switch_latest(run_folder(tmp_path, "good"), tmp_path)
    (tmp_path / "latest").rename(tmp_path / ".latest.old")
    publish.clear_left(tmp_path)
    assert (tmp_path / "latest" / "index.html").read_text() == "good"
    assert not (tmp_path / ".latest.old").exists()


def test_there_is_nothing_to_clear_where_nothing_ran(tmp_path):
    publish.clear_left(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_run_is_removed_whole(tmp_path):
    folder = run_folder(tmp_path)
    publish.remove_run(folder)
    assert list((tmp_path / "runs").iterdir()) == []
