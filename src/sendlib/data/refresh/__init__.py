"""Refresh ``data/raw`` from its publishers, or add a file that one already has.

``look`` says what is new, ``refresh`` adopts it, and ``add`` adopts a file: as a
whole, checked first, or not at all. Nothing of a project is ever sent.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sendlib.data.manifest import publication_of, read_manifest
from sendlib.data.refresh.arrivals import Arrival, receive, recognise
from sendlib.data.refresh.client import UNCHANGED, Client, Limits
from sendlib.data.refresh.landing import Check, Landing, land, one_at_a_time
from sendlib.data.refresh.publishers import Offer, Publishers
from sendlib.data.refresh.sources import Pin, Source, Sources, read_sources
from sendlib.errors import DataError, Problem, RefreshError, SendlibError, raise_any
from sendlib.project import Project

__all__ = [
    "Landing",
    "Limits",
    "Offer",
    "add",
    "look",
    "refresh",
]

_Made = TypeVar("_Made")


def look(
    project: Project, *, ids: Sequence[str] = (), api: str = "", limits: Limits | None = None
) -> tuple[Offer, ...]:
    """What its publishers have of each source, without fetching a file.

    Parameters
    ----------
    project : Project
        The project.
    ids : sequence of str
        Ids in ``data/sources.yml``; by default every source that a service gives.
    api : str
        An address that takes the place of every service, such as a replica's.
    limits : Limits, optional
        How patient the client is, and how much it takes.

    Raises
    ------
    RefreshError
        With every source that cannot be looked up.
    """
    sources = read_sources(project).through(api)
    with Client(sources.hosts, limits) as client:
        publishers = Publishers(client, sources)
        offers, problems = _gather(publishers.look, sources.choose(tuple(ids)))
    raise_any(RefreshError, UNCHANGED, problems)
    return tuple(offers)


def refresh(
    project: Project,
    *,
    ids: Sequence[str] = (),
    api: str = "",
    limits: Limits | None = None,
    check: Check | None = None,
    before: Callable[[], None] | None = None,
) -> Landing:
    """Fetch what is new and adopt it, all or nothing.

    Parameters
    ----------
    project, ids, api, limits
        As for ``look``.
    check : callable, optional
        Reads the tables of a project with the new files, and refuses what it cannot read; by
        default every table is built.
    before : callable, optional
        Called when there is something to adopt that can be read, before it is adopted.

    Returns
    -------
    Landing
        What was adopted and what it changes; nothing of both where nothing is new.

    Raises
    ------
    RefreshError
        With every reason; ``data/raw``, its manifest and ``data/sources.yml`` are then as before.
    LockedError
        If another refresh is at work in the project.
    """
    sources = read_sources(project).through(api)
    chosen = sources.choose(tuple(ids))
    pins: dict[str, Pin] = {}
    with one_at_a_time(project), Client(sources.hosts, limits) as client:
        manifest = read_manifest(project)
        publishers = Publishers(client, sources)

        def fetch(source: Source) -> Arrival | None:
            offer = publishers.offer(source)
            content, pin = publishers.fetch(offer)
            if pin != source.pin:
                pins[source.id] = pin
            if content is None:
                return None
            where = source.file.partition("|")[0]
            return receive(source, content, manifest, published=pin.published, where=where)

        arrivals, problems = _gather(fetch, chosen)
        raise_any(RefreshError, UNCHANGED, problems)
        return land(project, [each for each in arrivals if each], pins, check=check, before=before)


def add(
    project: Project,
    files: Sequence[Path],
    *,
    check: Check | None = None,
    before: Callable[[], None] | None = None,
) -> Landing:
    """Adopt files that one already has, compressed or in an archive or not; all or nothing.

    Parameters
    ----------
    project : Project
        The project.
    files : sequence of Path
        Files as published. Files of an archive that no source is of are passed over.
    check, before : callable, optional
        As for ``refresh``.

    Raises
    ------
    RefreshError
        If a file is of no source, cannot be read, or would leave an edition incomplete.
    """
    sources = read_sources(project)
    problems: list[Problem] = []
    arrivals: dict[str, Arrival] = {}
    with one_at_a_time(project):
        manifest = read_manifest(project)
        for path in files:
            try:
                found = list(recognise(path.name, path.read_bytes(), sources))
                for source, name, content in found:
                    arrival = receive(source, content, manifest, where=name)
                    arrivals[arrival.path] = arrival
            except OSError as error:
                text = (error.strerror or str(error)).lower()
                problems.append(Problem("file_not_read", text, str(path), "name a file"))
                continue
            except SendlibError as error:
                problems += error.problems
                continue
            if not found:
                problems.append(_not_recognised(path, sources))
        raise_any(RefreshError, UNCHANGED, problems)
        pins = {  # a file whose version nobody has said
            each.source.id: Pin(data_set=each.source.pin.data_set, sha256=each.published_sha256)
            for each in arrivals.values()
        }
        return land(project, list(arrivals.values()), pins, check=check, before=before)


def _gather(
    make: Callable[[Source], _Made], items: Sequence[Source]
) -> tuple[list[_Made], list[Problem]]:
    """What is made of each item, and every problem on the way."""
    made: list[_Made] = []
    problems: list[Problem] = []
    for item in items:
        try:
            made.append(make(item))
        except (RefreshError, DataError) as error:
            problems += [each for each in error.problems if each not in problems]
    return made, problems


def _not_recognised(path: Path, sources: Sources) -> Problem:
    publication, way_in = publication_of(path)
    if publication:
        found = f"no source has this file; by its headings it is {publication}"
        return Problem("publication_of_no_source", found, str(path), way_in)
    names = sorted({source.file for source in sources.sources})
    found = f"no source has a file called {path.name}"
    return Problem("file_of_no_source", found, str(path), f"valid: {', '.join(names)}")
