"""Read every raw file of an inventory: releases as one long table, figures by layout.

Whole releases and whole files go before their extracts. Problems are returned
together, so that a person sees those of all files at once.
"""

import pandas as pd

from sendlib.data.ehcp import read_release
from sendlib.data.ehcp_layouts import LAYOUTS as RELEASES
from sendlib.data.figures import LAYOUTS as FIGURES
from sendlib.data.figures import read_figures
from sendlib.data.inventory import Inventory, release_contents
from sendlib.data.manifest import RawFile
from sendlib.data.outcomes import code_outcomes
from sendlib.errors import DataError, Problem
from sendlib.project import Project


def missing_layouts(inventory: Inventory) -> list[Problem]:
    """Layouts of figures, and releases, that no file in the manifest has."""
    listed = {entry.layout for entry in inventory.manifest.files} | set(inventory.whole_releases)
    return [
        Problem(
            f"no file of the layout {layout} is listed",
            "data/raw/manifest.yml",
            "restore its file and its entry (git checkout)",
        )
        for layout in (*FIGURES, *RELEASES)
        if layout not in listed
    ]


def read_releases(
    inventory: Inventory, project: Project
) -> tuple[list[pd.DataFrame], list[Problem]]:
    """Each release in full where it is there, otherwise its extract."""
    extracts: dict[str, list[RawFile]] = {name: [] for name in inventory.whole_releases}
    for entry in inventory.manifest.files:
        if entry.reader == "ehcp_release":
            extracts.setdefault(entry.layout, []).append(entry)
    problems: list[Problem] = []
    parts = []
    for release, entries in extracts.items():
        try:
            parts.append(_read_one_release(release, entries, inventory, project))
        except DataError as error:
            problems += error.problems
    return parts, problems


def _read_one_release(
    release: str, entries: list[RawFile], inventory: Inventory, project: Project
) -> pd.DataFrame:
    if release in inventory.whole_releases:
        places = inventory.whole_releases[release]
        where = next(iter(places.values()))
        folder = where if len(set(places.values())) == 1 else where.parent
        contents = release_contents(places)
        name = folder.relative_to(project.root).as_posix()
        return read_release(contents, release=release, where=name)
    paths = [project.raw / entry.path for entry in entries]
    contents = {path.name: path.read_bytes() for path in paths if path.is_file()}
    name = paths[0].parent.relative_to(project.root).as_posix()
    return read_release(contents, release=release, where=name, missing_told=True)


def read_all_figures(
    inventory: Inventory, project: Project
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """All files of figures by their layout; a whole file goes before its extract.

    Files of outcomes have the codes of their areas, which the file of areas tells.
    """
    frames: dict[str, list[pd.DataFrame]] = {}
    named: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in inventory.manifest.files:
        path = inventory.whole_files.get(entry.path, project.raw / entry.path)
        if entry.reader != "figures" or not path.is_file():
            continue
        named[entry.layout] = where = path.relative_to(project.root).as_posix()
        try:
            frame = read_figures(path.read_bytes(), layout=entry.layout, where=where)
        except DataError as error:
            problems += error.problems
            continue
        frames.setdefault(entry.layout, []).append(
            frame.assign(area_code=entry.area) if entry.area else frame
        )
    joined = {layout: pd.concat(parts, ignore_index=True) for layout, parts in frames.items()}
    if "areas" not in joined:
        return joined, problems
    coded, found = code_outcomes(joined, joined["areas"], where=named)
    return {**joined, **coded}, [*problems, *found]
