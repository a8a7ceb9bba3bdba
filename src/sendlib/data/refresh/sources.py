"""``data/sources.yml``: what comes from where, and which version of it has been adopted."""

from typing import Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import Field, model_validator

from sendlib.data.manifest import read_model
from sendlib.errors import Problem, RefreshError, did_you_mean, raise_any
from sendlib.fields import Strict
from sendlib.files import load_yaml, write_whole
from sendlib.project import Project

EDITION = "{edition}"
_FILE = "data/sources.yml"


class Origin(Strict):
    """Where a source is: in the API, the data catalogue, or a page of gov.uk."""

    publication: str = ""  # its slug, in the API
    data_set: str = ""  # its title, in the API
    catalogue: str = ""  # id in the data catalogue, for what is not in the API
    page: str = ""  # path of a page of gov.uk
    attachment: str = ""  # regular expression for the name of one of its files
    by_hand: str = ""  # how to get what no service gives

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        places = [self.publication or self.catalogue, self.page, self.by_hand]
        if sum(map(bool, places)) != 1:
            raise ValueError("give publication and data_set, catalogue, page or by_hand")
        if bool(self.publication) != bool(self.data_set):
            raise ValueError("publication and data_set go together")
        if bool(self.page) != bool(self.attachment):
            raise ValueError("page and attachment go together")
        return self


class Pin(Strict):
    """What was adopted last."""

    data_set: str = ""  # id in the API
    version: str = ""  # of a data set, or when a page of gov.uk was updated
    published: str = ""
    sha256: str = ""  # of the published file
    etag: str = ""


class Source(Strict):
    """One file of ``data/raw`` that is refreshed; its entry in the manifest says the rest."""

    id: str
    path: str  # below data/raw; {edition} stands for the reporting year of plans
    file: str  # what its publisher calls it; * for what differs, | between names
    origin: Origin = Field(alias="from")
    pin: Pin = Pin()

    @property
    def is_of_plans(self) -> bool:
        """Whether it is a file of a release on plans, whose editions stay side by side."""
        return EDITION in self.path


class Sources(Strict):
    """The content of ``data/sources.yml``."""

    services: dict[str, str]
    sources: tuple[Source, ...]

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked."""
        return frozenset(urlsplit(address).hostname or "" for address in self.services.values())

    def choose(self, ids: tuple[str, ...]) -> tuple[Source, ...]:
        """The sources of these ids, or all that a service gives."""
        known = {source.id: source for source in self.sources}
        problems = [
            Problem("unknown_source", f"source {name!r}", "--source", did_you_mean(name, known))
            for name in ids
            if name not in known
        ]
        raise_any(RefreshError, "There is no such source; nothing was changed.", problems)
        chosen = [known[name] for name in ids] or list(known.values())
        raise_any(
            RefreshError,
            "A source is not to be had from a service; nothing was changed.",
            [
                Problem(
                    "added_by_hand",
                    source.origin.by_hand,
                    f"source {source.id}",
                    "then run: sendlib data add FILE",
                )
                for source in chosen
                if ids and source.origin.by_hand
            ],
        )
        return tuple(source for source in chosen if not source.origin.by_hand)

    def through(self, address: str) -> "Sources":
        """The same, with every service at another address, if any, such as a replica's."""
        if not address:
            return self
        services = dict.fromkeys(self.services, address.rstrip("/"))
        return self.model_copy(update={"services": services})


def read_sources(project: Project) -> Sources:
    """The sources, their fields checked."""
    return read_model(project, project.root / _FILE, Sources, RefreshError)


def write_pins(project: Project, pins: dict[str, Pin]) -> None:
    """Write what was adopted into ``data/sources.yml``."""
    if not pins:
        return
    path = project.root / _FILE
    text = path.read_text(encoding="utf-8")
    content = load_yaml(text)
    for entry in content["sources"]:
        if entry["id"] in pins:
            entry["pin"] = pins[entry["id"]].model_dump(exclude_defaults=True)
    write_whole(path, dump(content, text))


def dump(content: Any, before: str) -> bytes:
    """YAML in the house's form, under the comment that stood at its head before."""
    head = []
    for line in before.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        head.append(line)
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    return ("".join(head) + body).encode()
