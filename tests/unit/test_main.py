"""The command line as a module: the same commands, and a usage text that can be typed."""

import sendlib
from command_line import call_sendlib, run_sendlib


def test_the_package_is_the_command_line(tmp_path):
    done = run_sendlib(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"sendlib {sendlib.__version__}\n")


def test_a_command_written_wrongly_is_answered_with_what_to_type(tmp_path):
    refused = run_sendlib(tmp_path, "data", "lst")
    assert refused.returncode == 2
    assert "Usage: python -m sendlib data [OPTIONS] COMMAND" in refused.stderr
    assert "Try 'python -m sendlib data --help' for help." in refused.stderr
    assert "No such command 'dta'" in call_sendlib(tmp_path, "dta").stderr


def test_a_log_that_has_not_every_character_ends_no_command(root, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "iso8859-5")
    shown = run_sendlib(root, "scenario", "show", "baseline")
    assert shown.returncode == 0, shown.stderr
    assert "finance.reserves_gbp" in shown.stdout
    assert "[?]" in shown.stdout  # the pound sign


def test_a_refusal_keeps_its_exit_code(tmp_path):
    refused = call_sendlib(tmp_path, "notebook", "list")
    assert refused.returncode == 1
    assert refused.stderr.startswith("No sendlib project was found.")
