"""Describe a run in the standard way, as a Process Run Crate (RO-Crate 1.1 in JSON-LD).

The crate says in terms that other software knows what ``run.json`` says in ours:
which files a pack was made from, by which program, when, for whom, and what came of it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from sendlib.clock import now, stamp
from sendlib.packs.draft import Draft
from sendlib.packs.program import list_versions
from sendlib.packs.setting import Assurance, DataFile

FILE = "ro-crate-metadata.json"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
_MEDIA = {
    "html": "text/html",
    "json": "application/json",
    "ipynb": "application/x-ipynb+json",
    "pdf": "application/pdf",
}

Entity: TypeAlias = dict[str, object]


def describe(draft: Draft, *, files: Sequence[str]) -> bytes:
    """The crate's metadata file.

    Parameters
    ----------
    draft : Draft
        The run.
    files : Sequence[str]
        What it leaves, as paths inside its folder.

    Returns
    -------
    bytes
        JSON-LD, in UTF-8.
    """
    setting = draft.run.setting
    made = [_file(name) for name in files]
    inputs = [_input(entry) for entry in setting.inputs]
    software = list(_software())
    people = list(_people(setting.assurance))
    entities = [
        _descriptor(),
        _root(draft, made, people),
        *made,
        *inputs,
        _action(draft, made, inputs, people),
        *software,
        *people,
        _kind(LICENCE, "CreativeWork", name="Open Government Licence v3.0"),
        _kind(_PROCESS, "CreativeWork", name="Process Run Crate", version="0.5"),
    ]
    document = {"@context": f"{_CRATE}/context", "@graph": entities}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _kind(identity: str, kind: str, **fields: object) -> Entity:
    return {"@id": identity, "@type": kind, **fields}


def _refer(entities: Sequence[Entity]) -> list[Mapping[str, object]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _descriptor() -> Entity:
    return _kind(FILE, "CreativeWork", about={"@id": "./"}, conformsTo={"@id": _CRATE})


def _root(draft: Draft, made: Sequence[Entity], people: Sequence[Entity]) -> Entity:
    title = draft.run.setting.title
    return _kind(
        "./",
        "Dataset",
        name=f"{title}, {title.as_of}",
        description=f"Briefing on special educational needs in {title.authority}.",
        identifier=draft.run.run_id,
        datePublished=stamp(now()),
        license={"@id": LICENCE},
        conformsTo={"@id": _PROCESS},
        hasPart=_refer(made),
        mentions={"@id": "#run"},
        **({"author": _refer(people)} if people else {}),
    )


def _file(name: str) -> Entity:
    media = _MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
    return _kind(name, "File", name=name, encodingFormat=media)


def _input(entry: DataFile) -> Entity:
    """A file that the figures come from; it stays where it is, so only its hash goes along."""
    fields: Entity = {"name": entry.title, "alternateName": entry.path, "sha256": entry.sha256}
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", entry.published):
        fields["datePublished"] = entry.published
    return _kind(f"#{quote(entry.path)}", "CreativeWork", **fields)


def _action(
    draft: Draft, made: Sequence[Entity], inputs: Sequence[Entity], people: Sequence[Entity]
) -> Entity:
    scenario = draft.run.setting.scenario or {}
    analyst = [entity for entity in people if entity["jobTitle"] == "analyst"]
    return _kind(
        "#run",
        "CreateAction",
        name=f"Make the pack {draft.run.run_id}",
        description=f"Scenario: {scenario.get('name', 'none')}",
        startTime=stamp(draft.run.setting.started),
        endTime=stamp(now()),
        actionStatus={"@id": "http://schema.org/CompletedActionStatus"},
        instrument={"@id": "#sendlib"},
        object=_refer(inputs),
        result=_refer(made),
        **({"agent": _refer(analyst)[0]} if analyst else {}),
    )


def _software() -> Iterator[Entity]:
    versions = list_versions()
    others = [name for name in versions if name != "sendlib"]
    yield _kind(
        "#sendlib",
        "SoftwareApplication",
        name="sendlib",
        softwareVersion=versions["sendlib"],
        softwareRequirements=[{"@id": f"#{name}"} for name in others],
    )
    for name in others:
        yield _kind(f"#{name}", "SoftwareApplication", name=name, softwareVersion=versions[name])


def _people(assurance: Assurance | None) -> Iterator[Entity]:
    """Whoever made, assured and approved the pack, where names were given."""
    if assurance is None:
        return
    named = {
        "analyst": assurance.analyst,
        "assurer": assurance.assurer,
        "approver": assurance.approver,
    }
    for role, name in named.items():
        if name:
            yield _kind(f"#{role}", "Person", name=name, jobTitle=role)
