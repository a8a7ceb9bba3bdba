"""The eleven endpoints of the API, the data catalogue, gov.uk's pages and named files."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import changes, checks, query
from .catalogue import Catalogue, DataSet, Version
from .checks import InvalidError

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_VERSION = re.compile(r"v?(\*|\d{1,9}(\.(\d{1,9}|\*)){0,2})")
_META = ("Filters", "GeographicLevels", "Indicators", "Locations", "TimePeriods")
_COMMENT = re.compile(rb'("(?:\\.|[^"\\])*")|//[^\n]*')


@dataclass
class Answer:
    """A status, a body and what its headers say of it."""

    status: int
    body: bytes = b""
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    zipped: bool = False  # sent compressed, whatever was asked for


class RefusedError(Exception):
    """A request that is answered with a problem."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        section = {403: "15.5.4", 404: "15.5.5", 405: "15.5.6"}[status]
        about = {"title": title, "type": f"https://tools.ietf.org/html/rfc9110#section-{section}"}
        self.answer = to_json({**about, "status": status}, status)


def to_json(content: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content, ensure_ascii=False).encode())


def answer(
    catalogue: Catalogue, method: str, target: str, *, body: bytes, headers: Mapping[str, str]
) -> Answer:
    """What the services say to one request."""
    parts = urlsplit(target)
    request = _Request(
        catalogue, method, parse_qs(parts.query, keep_blank_values=True), body, headers
    )
    try:
        for pattern, methods in _ROUTES:
            found = re.fullmatch(pattern, parts.path)
            if found and method in methods:
                return methods[method](request, *found.groups())
            if found:
                refused = RefusedError(405, "Method Not Allowed").answer
                refused.headers["Allow"] = ", ".join(methods)
                return refused
        if method == "GET" and target in catalogue.files:
            return Answer(200, catalogue.files[target], "application/octet-stream")
        raise RefusedError(404, "Not Found")
    except RefusedError as refused:
        return refused.answer
    except InvalidError as invalid:
        about = {
            "title": "There are validation errors with the request.",
            "type": "Bad Request",
            "status": 400,
        }
        return to_json({**about, "errors": invalid.errors}, 400)


@dataclass
class _Request:
    catalogue: Catalogue
    method: str
    parameters: Mapping[str, list[str]]
    body: bytes
    headers: Mapping[str, str]

    def allow(self, *names: str) -> None:
        checks.check_known(self.parameters, names)

    def one(self, name: str, default: str = "") -> str:
        return self.parameters.get(name, [default])[0]

    def flag(self, name: str) -> bool:
        text = self.one(name, "false").lower()
        if text not in ("true", "false"):
            raise InvalidError([checks.invalid_value(name)])
        return text == "true"

    def page_of(self, items: list[Any], *, size: int, most: int) -> dict[str, Any]:
        given = {name: values[0] for name, values in self.parameters.items()}
        page, errors = checks.whole_number(given, "page", default=1)
        size, more = checks.whole_number(given, "pageSize", default=size, most=most)
        if errors or more:
            raise InvalidError([*errors, *more])
        paging = {
            "page": page,
            "pageSize": size,
            "totalResults": len(items),
            "totalPages": math.ceil(len(items) / size),
        }
        return {"paging": paging, "results": items[(page - 1) * size : page * size]}

    def data_set(self, guid: str) -> DataSet:
        found = self.catalogue.data_set(guid.lower()) if _GUID.fullmatch(guid) else None
        if found is None:
            raise RefusedError(404, "Not Found")
        if "Preview-Token" in self.headers:
            raise RefusedError(403, "Forbidden")
        return found

    def version(self, guid: str, wanted: str | None = None, *, readable: bool = True) -> Version:
        """The version asked for; one that is withdrawn can be looked up, but not read."""
        data_set = self.data_set(guid)
        text = self.one("dataSetVersion", "*") if wanted is None else wanted
        found = data_set.find(text) if _VERSION.fullmatch(text) else None
        if found is None:
            raise RefusedError(404, "Not Found")
        if found.status == "Draft" or (readable and found.status == "Withdrawn"):
            raise RefusedError(403, "Forbidden")
        return found


def _publications(request: _Request) -> Answer:
    request.allow("search", "page", "pageSize")
    search = request.one("search").lower()
    if "search" in request.parameters and len(search) < 3:
        text = "Must be 3 characters or more."
        raise InvalidError(
            [checks.fault("MinimumLength", "search", text, minLength=3, value=search)]
        )
    there = request.catalogue.publications().values()
    found = [each for each in there if search in each["title"].lower()]
    return to_json(request.page_of(found, size=20, most=40))


def _publication(request: _Request, guid: str) -> Answer:
    request.allow()
    found = request.catalogue.publications().get(guid.lower())
    if found is None:
        raise RefusedError(404, "Not Found")
    return to_json(found)


def _data_sets(request: _Request, guid: str) -> Answer:
    request.allow("page", "pageSize")
    publication = request.catalogue.publications().get(guid.lower())
    if publication is None:
        raise RefusedError(404, "Not Found")
    there = [
        each.describe()
        for each in request.catalogue.data_sets
        if each.in_api and each.publication == publication["title"]
    ]
    return to_json(request.page_of(there, size=10, most=20))


def _data_set(request: _Request, guid: str) -> Answer:
    request.allow()
    return to_json(request.data_set(guid).describe())


def _meta(request: _Request, guid: str) -> Answer:
    request.allow("types", "dataSetVersion")
    types = [part for text in request.parameters.get("types", []) for part in text.split(",")]
    wrong = [each for each in types if each not in _META]
    if wrong:
        text = "Must be one of the allowed values."
        raise InvalidError(
            [checks.fault("AllowedValue", "types", text, value=wrong, allowed=_META)]
        )
    facets = request.version(guid).facets
    names = {each: each[0].lower() + each[1:] for each in _META}
    # The document requires all five, and so does this answer: what was not asked for is empty.
    return to_json(
        {name: facets[name] if not types or each in types else [] for each, name in names.items()}
    )


def _get_query(request: _Request, guid: str) -> Answer:
    version = request.version(guid)
    return to_json(query.answer(version, query.from_parameters(request.parameters)))


def _post_query(request: _Request, guid: str) -> Answer:
    request.allow("dataSetVersion")
    version = request.version(guid)
    text = _COMMENT.sub(lambda found: found[1] or b"", request.body).strip()
    try:
        content = json.loads(text) if text else {}
    except ValueError:
        raise InvalidError([checks.invalid_value("")]) from None
    return to_json(query.answer(version, content))


def _csv(request: _Request, guid: str) -> Answer:
    request.allow("dataSetVersion")
    content = request.version(guid).content
    return Answer(200, content, "text/csv", {"X-Robots-Tag": "noindex"}, zipped=True)


def _versions(request: _Request, guid: str) -> Answer:
    request.allow("page", "pageSize")
    there = [each for each in request.data_set(guid).versions if each.status != "Draft"]
    there.sort(key=lambda version: version.parts, reverse=True)
    return to_json(request.page_of([each.describe() for each in there], size=10, most=20))


def _version(request: _Request, guid: str, wanted: str) -> Answer:
    request.allow()
    return to_json(request.version(guid, wanted, readable=False).describe())


def _changes(request: _Request, guid: str, wanted: str) -> Answer:
    request.allow("includePatchHistory")
    version = request.version(guid, wanted, readable=False)
    data_set = request.data_set(guid)
    about = changes.describe(version, data_set.before(version))
    if request.flag("includePatchHistory"):
        patches = [each for each in data_set.versions if each.parts[:2] == version.parts[:2]]
        about["patchHistory"] = [
            changes.describe(each, data_set.before(each)) for each in patches if len(each.parts) > 2
        ]
    return to_json(about)


def _catalogue_file(request: _Request, guid: str) -> Answer:
    content = request.catalogue.file(guid.lower())
    if content is None:
        raise RefusedError(404, "Not Found")
    return Answer(200, content, "text/csv")


def _page(request: _Request, path: str) -> Answer:
    if path not in request.catalogue.pages:
        raise RefusedError(404, "Not Found")
    return to_json(request.catalogue.pages[path])


_ONE = r"/v1/data-sets/([^/]+)"
_ROUTES: list[tuple[str, dict[str, Callable[..., Answer]]]] = [
    (r"/v1/publications", {"GET": _publications}),
    (r"/v1/publications/([^/]+)", {"GET": _publication}),
    (r"/v1/publications/([^/]+)/data-sets", {"GET": _data_sets}),
    (_ONE, {"GET": _data_set}),
    (f"{_ONE}/meta", {"GET": _meta}),
    (f"{_ONE}/query", {"GET": _get_query, "POST": _post_query}),
    (f"{_ONE}/csv", {"GET": _csv}),
    (f"{_ONE}/versions", {"GET": _versions}),
    (f"{_ONE}/versions/([^/]+)", {"GET": _version}),
    (f"{_ONE}/versions/([^/]+)/changes", {"GET": _changes}),
    (r"/data-catalogue/data-set/([^/]+)/csv", {"GET": _catalogue_file}),
    (r"/api/content/(.+)", {"GET": _page}),
]
