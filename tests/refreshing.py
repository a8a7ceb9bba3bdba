"""A small project that can be refreshed, a replica of its publishers, and faults at random."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import yaml

from raw_copy import hashes
from replica import Catalogue, DataSet, Replica, Version
from replica.faults import KINDS
from replica.project import from_project
from sendlib import data
from sendlib.data import refresh
from sendlib.data.refresh import Limits
from sendlib.errors import RefreshError
from sendlib.project import Project

QUICK = Limits(attempts=3, wait=0.001, longest_wait=0.01, connect=2.0, read=0.15, sent=9_000_000)
PLACES = ("csv", "meta", "data-sets", "publications", "content", "media", "versions", "")


def make_project(raw: Path, root: Path, sources: Path) -> Project:
    """A project of raw data and sources, in a folder of its own."""
    shutil.copytree(raw, root / "data" / "raw")
    shutil.copyfile(sources, root / "data" / "sources.yml")
    (root / "data" / "processed").mkdir(exist_ok=True)
    return Project(root)


def state(project: Project) -> dict[str, str]:
    """Every file of the data that a refresh may touch, by its hash."""
    found = hashes(project.root / "data")
    return {path: sha for path, sha in found.items() if not path.startswith("processed/")
            and path != ".refresh.lock"}  # fmt: skip


def pins(project: Project) -> dict[str, dict[str, str]]:
    """What was adopted of each source."""
    content = yaml.safe_load((project.root / "data" / "sources.yml").read_text(encoding="utf-8"))
    return {source["id"]: source.get("pin", {}) for source in content["sources"]}


def adopt_first(small: Project, root: Path, sources: Path) -> Project:
    """A project whose sources have all been adopted once, in their first version."""
    make_project(small.raw, root.with_name("published"), sources)
    project = make_project(small.raw, root, sources)
    with Replica(published_for(project)) as replica:
        refresh.refresh(project, api=replica.url, limits=QUICK, check=only_verify)
    return project


def published_for(project: Project) -> Catalogue:
    """What publishers had when the sources of a project were adopted first."""
    return from_project(project.root.with_name("published"))


def data_set(replica: Replica, source: str) -> DataSet:
    """The data set of a source, among those of a replica."""
    titles = {"requests": "requests for an EHC", "caseload": "as at January each year"}
    return next(each for each in replica.catalogue.data_sets if titles[source] in each.title)


def publish(
    replica: Replica, source: str, change: Callable[[bytes], bytes], number: str = "1.1"
) -> None:
    """A new version of a source, with its file changed."""
    versions = data_set(replica, source).versions
    versions.append(Version(number, change(versions[-1].content), kind="Minor"))


def only_verify(project: Project) -> dict:
    """A check of hashes alone: most tests need no table."""
    data.verify(project)
    return {}


def attempt(project: Project, replica: Replica, seed: int) -> bool:
    """Refresh under faults that a seed chooses; whether it landed."""
    chance = random.Random(seed)
    replica.faults.waiting.clear()
    for _ in range(chance.randint(0, 4)):
        seconds = chance.choice([0.0, 0.01, 0.2])
        kind, place = chance.choice(KINDS), chance.choice(PLACES)
        replica.faults.add(kind, place, times=chance.choice([1, 1, 2, 3, 9]), seconds=seconds)
    try:
        refresh.refresh(project, api=replica.url, limits=QUICK, check=only_verify)
    except RefreshError:
        return False
    return True


def refresh_under_faults(
    adopted: Project, folder: Path, replica: Replica, seeds: range
) -> tuple[int, list]:
    """How many refreshes landed under faults, and seeds after which data were not whole."""
    clean = _copy(adopted, folder / "clean")
    before = state(clean)
    replica.faults.waiting.clear()
    refresh.refresh(clean, api=replica.url, limits=QUICK, check=only_verify)
    after = state(clean)
    landed, wrong, project = 0, [], _copy(adopted, folder / "project")
    for seed in seeds:
        success = attempt(project, replica, seed)
        now = state(project)
        if success:
            landed += 1
            shutil.rmtree(project.root)
            project = _copy(adopted, folder / "project")
        if now != (after if success else before):
            wrong.append(seed)
    return landed, wrong


def _copy(adopted: Project, folder: Path) -> Project:
    shutil.copytree(adopted.raw, folder / "data" / "raw")
    shutil.copyfile(adopted.root / "data" / "sources.yml", folder / "data" / "sources.yml")
    return Project(folder)
