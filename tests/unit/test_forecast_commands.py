import pytest

from command_line import run_sendlib


@pytest.mark.parametrize("command", ["fit", "backtest"])
def test_a_folder_without_whole_files_is_refused(project, tmp_path, command):
    (tmp_path / "notes.txt").write_text("no data")
    result = run_sendlib(project.root, "forecast", command, "--data", str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == ""
    assert "There are no full releases to use." in result.stderr
    assert "no full release. Name a folder that holds some." in result.stderr


def test_a_folder_that_is_not_there_is_refused(project, tmp_path):
    result = run_sendlib(project.root, "forecast", "fit", "--data", str(tmp_path / "gone"))
    assert result.returncode == 1
    assert "There are no full releases to use." in result.stderr


def test_a_command_without_its_folder_is_a_command_written_wrongly(project):
    assert run_sendlib(project.root, "forecast", "fit").returncode == 2
