"""What a fresh machine is told by the files that set it up."""

import re
import shutil
import subprocess
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


def test_the_one_lock_holds_every_dependency_that_the_project_names():
    extras = PROJECT["optional-dependencies"].values()
    named = [*PROJECT["dependencies"], *(name for extra in extras for name in extra)]
    assert {normal(name) for name in named} <= locked(ROOT / "locks" / "all.txt")


def test_the_conda_environment_names_the_client_s_packages_as_the_project_does():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, pip = environment["dependencies"]
    named = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]]
    client = {"jupyterlab", "pandas", "seaborn", "statsmodels", "papermill", "nbconvert"}
    assert {name for name in named if normal(name) in client} <= {*plain}
    assert f"python{PROJECT['requires-python']}" in plain
    assert pip == {"pip": ["--editable .[lab,test]"]}


def test_the_version_stands_in_one_place():
    assert "version" not in PROJECT
    assert "version" not in yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda p: p.stem)
def test_the_repository_s_forms_and_workflows_are_yaml(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


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


@pytest.fixture
def kept(tmp_path):
    """A folder with the Makefile, a pack, counts of own records and a table that is rebuilt."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    files = ("outputs/runs/a/index.html", "outputs/.gitkeep", "data/processed/own/counts.parquet")
    for name in (*files, "data/processed/area.parquet", "data/processed/build.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "outputs" / "latest").symlink_to("runs/a")
    return tmp_path


def make(folder, *arguments):
    return subprocess.run(
        ["make", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def files_in(folder):
    paths = (folder / part for part in ("outputs", "data"))
    return {str(p.relative_to(folder)) for path in paths for p in path.rglob("*") if p.is_file()}


@pytest.mark.posix
def test_make_clean_leaves_packs_and_own_counts_alone(kept):
    assert make(kept, "clean").returncode == 0
    assert files_in(kept) == {
        "outputs/runs/a/index.html",
        "outputs/.gitkeep",
        "data/processed/own/counts.parquet",
    }
    assert (kept / "outputs" / "latest").exists()


@pytest.mark.posix
def test_make_purge_names_what_it_would_delete_and_waits_for_a_yes(kept):
    before = files_in(kept)
    asked = make(kept, "purge")
    assert asked.returncode != 0
    assert "outputs/runs\n" in asked.stdout
    assert "data/processed/own\n" in asked.stdout
    assert "Nothing was deleted" in asked.stdout
    assert files_in(kept) == before
    assert make(kept, "purge", "SURE=yes").returncode == 0
    assert files_in(kept) == {"outputs/.gitkeep"}


@pytest.mark.posix
def test_an_old_python_is_named_with_its_version(kept, tmp_path):
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n')
    old.chmod(0o755)
    (kept / "locks").mkdir()
    for name in ("locks/all.txt", "locks/uv.txt", "pyproject.toml"):
        (kept / name).touch()
    told = make(kept, "data", f"PYTHON={old}")
    assert told.returncode != 0
    assert f"{old} is Python 3.9.2; sendlib needs Python 3.11" in told.stdout
    assert not (kept / ".venv").exists()


@pytest.mark.parametrize(
    "page",
    [
        "CONTRIBUTING.md",
        "README.md",
        "docs/style.md",
        *sorted((ROOT / "docs/decisions").glob("*.md")),
    ],
    ids=lambda page: Path(page).stem,
)
def test_every_file_of_ours_that_a_page_names_is_there(page):
    named = re.findall(
        r"`((?:[\w-]+/)+[\w-]+\.(?:py|csv|yml|md|ipynb))`",
        (ROOT / page).read_text(encoding="utf-8"),
    )
    ours = [path for path in named if not re.search(r"[A-Z]{3}", path)]
    places = (ROOT, ROOT / "src" / "sendlib")
    assert [path for path in ours if not any((place / path).exists() for place in places)] == []
