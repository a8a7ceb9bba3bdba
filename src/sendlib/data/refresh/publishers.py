"""What each service offers of a source, and how to get it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urljoin

from sendlib.data.refresh.client import Client, check_is_data, refuse
from sendlib.data.refresh.sources import Pin, Source, Sources
from sendlib.errors import Problem

_NAMED = 5  # labels of one kind of change
_PAGE_SIZES = {"publications": 40, "data-sets": 20, "versions": 20}


@dataclass(frozen=True)
class Offer:
    """The newest of a source that its service has."""

    source: Source
    url: str  # of the file
    pin: Pin  # what would be adopted; its hash is known once it is fetched
    about: str = ""  # of the version, in words
    columns: frozenset[str] = frozenset()  # that its metadata name
    changes: tuple[str, ...] = ()  # that its publisher lists, in words

    @property
    def is_new(self) -> bool:
        """Whether another version than the one adopted; of a named file that is not known yet."""
        return self.pin.version != self.source.pin.version or not self.pin.version


class Publishers:
    """The services that sources name, asked through one client."""

    def __init__(self, client: Client, sources: Sources) -> None:
        self._client = client
        self._at = sources.services
        self._publications = cache(lambda: list(self._pages("publications")))

    def offer(self, source: Source) -> Offer:
        """The newest version of a source."""
        origin = source.origin
        if origin.page:
            return self._on_page(source)
        guid = source.pin.data_set or (origin.publication and self._find(source))
        if guid:
            return self._in_api(source, guid)
        if origin.catalogue:
            url = f"{self._at['catalogue']}/data-catalogue/data-set/{origin.catalogue}/csv"
            return Offer(source, url, source.pin)
        found = f"no data set {origin.data_set!r} of {origin.publication} is in the API"
        remedy = "give its id in the data catalogue, as catalogue, or run: sendlib data add FILE"
        raise refuse(Problem("not_in_api", found, f"source {source.id}", remedy))

    def fetch(self, offer: Offer) -> tuple[bytes | None, Pin]:
        """The published file, or none where it is the one adopted; and what to pin."""
        known = offer.source.pin
        etag = "" if offer.is_new and offer.pin.version else known.etag
        download = self._client.download(offer.url, etag=etag)
        if download.content is None:
            return None, known
        content = check_is_data(download, offer.url)
        _check_columns(content, offer)
        sha = hashlib.sha256(content).hexdigest()
        pin = offer.pin.model_copy(update={"sha256": sha, "etag": download.etag})
        if sha == known.sha256:
            return None, pin
        if known.sha256 and known.version and known.version == offer.pin.version:
            found = f"version {known.version} is another file now: its sha256 is {sha[:12]}"
            remedy = (
                f"ask the publisher; if it is right, take the sha256 {known.sha256[:12]} out of "
                "the pin in data/sources.yml"
            )
            raise refuse(Problem("changed_under_version", found, offer.url, remedy))
        return content, pin

    def look(self, source: Source) -> Offer:
        """The same with what its publisher says has changed, for a version that is new."""
        offer = self.offer(source)
        if not (offer.is_new and offer.pin.data_set):
            return offer
        place = f"data-sets/{offer.pin.data_set}/versions/{offer.pin.version}/changes"
        answer = self._client.read_json(f"{self._at['ees_api']}/v1/{place}")
        return replace(offer, changes=tuple(_describe_changes(answer)))

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        size, page = _PAGE_SIZES[path.rpartition("/")[2]], 1
        while True:
            url = f"{self._at['ees_api']}/v1/{path}"
            answer = self._client.read_json(url, page=page, pageSize=size)
            yield from _part(answer, "results", url)
            if page >= int(_part(_part(answer, "paging", url), "totalPages", url)):
                return
            page += 1

    def _find(self, source: Source) -> str:
        """The id of a data set by its title and the slug of its publication; empty for none."""
        origin = source.origin
        wanted = _plain(origin.data_set)
        for publication in self._publications():
            if publication.get("slug") == origin.publication:
                for each in self._pages(f"publications/{publication['id']}/data-sets"):
                    if _plain(str(each.get("title"))) == wanted:
                        return str(each["id"])
        return ""

    def _in_api(self, source: Source, guid: str) -> Offer:
        url = f"{self._at['ees_api']}/v1/data-sets/{guid}"
        answer = self._client.read_json(url)
        if answer.get("status") == "Withdrawn" or "latestVersion" not in answer:
            remedy = "keep what there is, and see on the publisher's page what takes its place"
            raise refuse(Problem("data_set_withdrawn", "the data set is withdrawn", url, remedy))
        latest = _part(answer, "latestVersion", url)
        number = str(_part(latest, "version", url))
        pin = Pin(data_set=guid, version=number, published=str(latest.get("published"))[:10])
        periods = latest.get("timePeriods", {})
        about = f"version {number}, {periods.get('start')} to {periods.get('end')}"
        if answer.get("supersedingDataSetId"):
            about += f"; another data set takes its place: {answer['supersedingDataSetId']}"
        meta = self._client.read_json(f"{url}/meta", dataSetVersion=number)
        columns = {
            str(each["column"])
            for kind in ("filters", "indicators")
            for each in _part(meta, kind, url)
        }
        file = f"{url}/csv?dataSetVersion={number}"
        return Offer(source, file, pin, about, frozenset(columns))

    def _on_page(self, source: Source) -> Offer:
        """A file of a page of gov.uk, found by its name."""
        url = f"{self._at['govuk']}/api/content/{source.origin.page.strip('/')}"
        answer = self._client.read_json(url)
        details = answer.get("details")
        attachments = details.get("attachments", []) if isinstance(details, dict) else []
        found = [
            each
            for each in attachments
            if re.search(source.origin.attachment, f"{each.get('filename')} {each.get('title')}")
        ]
        if len(found) != 1:
            names = ", ".join(str(each.get("filename")) for each in attachments) or "none"
            text = f"{len(found)} files are like {source.origin.attachment!r}; there are: {names}"
            remedy = "mend the attachment of this source in data/sources.yml"
            raise refuse(Problem("attachment_not_found", text, url, remedy))
        updated = str(answer.get("public_updated_at") or answer.get("updated_at"))
        pin = Pin(version=updated, published=updated[:10])
        file = urljoin(f"{self._at['govuk']}/", found[0]["url"])  # a replica has it at its own
        return Offer(source, file, pin, f"updated {updated[:10]}")


_KINDS = {
    "filters": "filters",
    "filterOptions": "labels",
    "geographicLevels": "levels",
    "indicators": "columns of figures",
    "locationGroups": "groups of areas",
    "locationOptions": "areas",
    "timePeriods": "periods",
}


def _describe_changes(answer: dict[str, Any]) -> Iterator[str]:
    """What a version deletes, adds and alters, by what it is of, with the names of a few."""
    if answer.get("notes"):
        yield f"notes: {answer['notes']}"
    for part in ("majorChanges", "minorChanges"):
        for kind, word in _KINDS.items():
            changes = answer.get(part, {}).get(kind) or ()
            states = [state for change in changes for state in change.get("options", [change])]
            for verb, labels in _by_verb(states).items():
                more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
                yield f"{verb} {word}: {', '.join(labels[:_NAMED])}{more}"


def _by_verb(states: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for state in states:
        now, was = state.get("currentState"), state.get("previousState")
        verb = "altered" if now and was else "new" if now else "gone"
        about = now or was or {}
        label = about.get("label") or about.get("level", {}).get("label", "")
        found.setdefault(verb, []).append(str(label))
    return found


def _check_columns(content: bytes, offer: Offer) -> None:
    """The columns that the metadata name must stand in the file."""
    if not offer.columns:
        return
    heading = content.partition(b"\n")[0].decode("utf-8-sig", "replace").strip()
    there = {name.strip().strip('"') for name in heading.split(",")}
    missing = sorted(offer.columns - there)
    if missing:
        found = f"the file lacks columns that its metadata name: {', '.join(missing[:5])}"
        remedy = "run the same command again later; if it stays so, tell the publisher"
        raise refuse(Problem("file_unlike_metadata", found, offer.url, remedy))


def _plain(title: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", title.lower()))


def _part(answer: Any, name: str, url: str) -> Any:
    """A part of an answer that has to be there."""
    if isinstance(answer, dict) and name in answer:
        return answer[name]
    remedy = "see whether the service has a new version of its API"
    raise refuse(Problem("answer_unlike_api", f"an answer without {name}", url, remedy))
