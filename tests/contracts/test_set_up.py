"""What a fresh machine is told by the files that set it up."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()


def locked(path: Path) -> set[str]:
    names = re.findall(r"^([A-Za-z][\w.-]*)==", path.read_text(encoding="utf-8"), re.M)
    return {normal(name) for name in names}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_every_locked_package_has_a_hash_and_no_lock_names_a_host(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    entries = re.split(r"^(?=[A-Za-z][\w.-]*==)", text, flags=re.M)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_lock_holds_every_dependency_that_the_project_names():
    named = {normal(name) for name in PROJECT["dependencies"]}
    assert named <= locked(ROOT / "locks" / "run.txt")
    for extra in ("browser", "test", "lab", "docs", "bench"):
        more = {normal(name) for name in PROJECT["optional-dependencies"][extra]}
        assert named | more <= locked(ROOT / "locks" / f"{extra}.txt")


def test_jupyterlab_stays_out_of_the_environment_that_renders():
    for name in ("run", "test"):
        held = locked(ROOT / "locks" / f"{name}.txt")
        assert "jupyterlab" not in held
        assert "rfc3987-syntax" not in held


def test_one_lock_never_pins_another_version_than_the_next():
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"^([\w.-]+==[^\\\n]+)", text, re.M):
            package, _, marker = line.partition(";")
            name, version = package.strip().split("==")
            versions.setdefault(f"{normal(name)};{marker.strip()}", set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_conda_environment_is_a_wrapper_of_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, pip = environment["dependencies"]
    assert f"python{PROJECT['requires-python']}" in plain
    assert pip == {"pip": ["--require-hashes", "-r locks/lab.txt"]}


def test_the_readme_s_commands_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.M))
    assert {"help", "briefing", "test", "lab", "data", "check", "clean"} <= targets
    named = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= targets


def test_continuous_integration_runs_the_readme_s_test_command_and_every_check():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("make briefing", "make test", "make check"):
        assert re.search(rf"^{command}$", script, re.M)
    assert "SENDLIB_REQUIRE_BROWSER=1" in script
