"""Fixtures for all tests: the real project built once, and copies of its raw data to break."""

import os
import shutil
import signal
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the command line does, before NumPy starts

# A job that a shell started in the background ignores Ctrl-C, and so would all that tests start.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from command_line import run_sendlib
from raw_copy import RawCopy, make_small_tree
from sendlib import Authority, data
from sendlib.data.store import RECORD
from sendlib.outcomes.series import chart_frames
from sendlib.project import Project

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "published"

# A machine that has other work to do is slow, and no case is wrong for that.
settings.register_profile(
    "any machine",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")


def copy_project(folder: Path, built: Project | None = None) -> Project:
    """Copy the raw data, the scenarios and, where ``built`` is given, its tables."""
    for part in ("areas", "data/raw", "scenarios", "strategies"):
        shutil.copytree(ROOT / part, folder / part)
    if built:
        shutil.copytree(built.processed, folder / "data/processed")
    return Project(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on Windows what needs another system."""
    for item in items if os.name == "nt" else ():
        if item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason="not on Windows"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the real project, which no test may change."""
    return ROOT


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Project:
    """A copy of the real project, built once for all workers; read it, change nothing.

    Tables that the developer built of the same raw data by the same code are not built again.
    """

    def make(folder: Path) -> None:
        copy = copy_project(folder)
        copy.processed.mkdir(parents=True)
        for path in (*Project(ROOT).processed.glob("*.parquet"), Project(ROOT).processed / RECORD):
            if path.is_file():
                shutil.copy(path, copy.processed)
        data.build(copy)

    return Project(_once(tmp_path_factory, "project", make))


def _once(factory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that one worker fills and all of them read."""
    place = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    with FileLock(place / f"{name}.lock"):
        if not (place / name).exists():
            make(place / f"{name}-unfinished")
            (place / f"{name}-unfinished").rename(place / name)
    return place / name


@pytest.fixture(scope="session")
def tables(project) -> dict:
    """Every tidy table of the committed data; change none of them."""
    return {name: data.load(project, name) for name in data.TABLES}


@pytest.fixture(scope="session")
def wiltshire(project) -> Authority:
    """Wiltshire at its newest January; its tables are copies."""
    return Authority.open("Wiltshire", project=project)


@pytest.fixture(scope="session")
def tables_of_2025(project) -> dict:
    """Every tidy table as it stood when the count of January 2025 was published."""
    return {name: data.load(project, name, as_of=2025) for name in data.TABLES}


@pytest.fixture(scope="session")
def model(tables_of_2025):
    """Four years of the real Wiltshire's money; what is run stays in it and changes nothing."""
    from invented_money import small_model  # here, for it is slow to import

    return small_model(tables_of_2025)


@pytest.fixture(scope="session")
def base(project):
    """The baseline with few draws."""
    from invented_money import small_baseline

    return small_baseline(project)


@pytest.fixture(scope="session")
def charted(tables):
    """The strategy's charts by group of children and authority, each made once."""
    return cache(lambda group, area="865": chart_frames(tables, area, group=group))


@pytest.fixture(scope="session")
def small_tree(tmp_path_factory) -> Project:
    """Raw data of a few areas and years, and the scenarios."""

    def make(folder: Path) -> None:
        make_small_tree(Project(ROOT), Project(folder))
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")

    return Project(_once(tmp_path_factory, "small", make))


@pytest.fixture(scope="session")
def small_built(small_tree, tmp_path_factory) -> Project:
    """The small tree with its tables; read it, change nothing."""

    def make(folder: Path) -> None:
        data.build(Project(Path(shutil.copytree(small_tree.root, folder))))

    return Project(_once(tmp_path_factory, "small-built", make))


@pytest.fixture
def raw(small_tree, tmp_path) -> RawCopy:
    """Raw data of a few areas to break, beside tables that a failed build must leave alone."""
    shutil.copytree(small_tree.raw, tmp_path / "project" / "data" / "raw")
    return RawCopy(Project(tmp_path / "project"))


@pytest.fixture(scope="session")
def published() -> Path:
    """The departments' files as published."""
    if not (PUBLISHED / "ehcp").is_dir():
        pytest.skip("the departments' files are not beside the project (shared/published)")
    return PUBLISHED


@pytest.fixture(scope="session")
def project_copy(project, tmp_path_factory) -> Path:
    """The root of a whole copy of the project, in which packs may be made."""
    folder = tmp_path_factory.mktemp("whole")
    copy_project(folder, project)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


@pytest.fixture(scope="session")
def synthetic(project, tmp_path_factory) -> Path:
    """The root of a project with an invented caseload of authority 802; copy it to change it."""

    def make(folder: Path) -> None:
        copy_project(folder, project)
        made = run_sendlib(folder, "cohort", "synthesise", "--la", "802")
        assert made.returncode == 0, made.stderr

    return _once(tmp_path_factory, "synthetic", make)


@pytest.fixture
def own_scenarios(project, tmp_path) -> Project:
    """A project in which scenarios may be saved."""
    (tmp_path / "scenarios").mkdir()
    for path in project.scenarios.glob("*.yml"):
        (tmp_path / "scenarios" / path.name).write_bytes(path.read_bytes())
    return Project(tmp_path)


@pytest.fixture(scope="session")
def pack(project_copy) -> Path:
    """The pack of Wiltshire, made by the command line with its stamp fixed."""
    made = run_sendlib(project_copy, "brief", epoch="1750000000")
    assert made.returncode == 0, made.stderr
    return project_copy / "outputs" / "latest"
