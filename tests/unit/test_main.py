"""The command line as a module: the same commands, and a usage text that can be typed."""

import pytest

import sendlib
from command_line import run_sendlib


def test_the_package_is_the_command_line(tmp_path):
    done = run_sendlib(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"sendlib {sendlib.__version__}\n")


@pytest.mark.parametrize("arguments", [["dta"], ["data", "lst"]])
def test_a_command_written_wrongly_is_answered_with_what_to_type(tmp_path, arguments):
    refused = run_sendlib(tmp_path, *arguments)
    group = " ".join(["python -m sendlib", *arguments[:-1]])
    assert refused.returncode == 2
    assert f"Usage: {group} [OPTIONS] COMMAND" in refused.stderr
    assert f"Try '{group} --help' for help." in refused.stderr


def test_a_refusal_keeps_its_exit_code(tmp_path):
    refused = run_sendlib(tmp_path, "notebook", "list")
    assert refused.returncode == 1
    assert refused.stderr.startswith("No sendlib project was found.")
