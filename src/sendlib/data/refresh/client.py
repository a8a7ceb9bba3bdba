"""One careful client for the services that data come from.

It asks again, after a growing wait, where a service is busy, fails or does not
answer; takes up a download where it broke off; follows redirects only to hosts
that ``data/sources.yml`` names; always verifies certificates; and stops at a
size. Proxies and a council's own certificates are those of the environment
(``HTTPS_PROXY``, ``REQUESTS_CA_BUNDLE``).
"""

import json
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from sendlib import __version__
from sendlib.errors import Problem, RefreshError

BUSY = (429, 500, 502, 503, 504)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_REDIRECTS = 5
_CHUNK = 1 << 16
_AGAIN = "run the same command again later; nothing was changed"
UNCHANGED = "The data could not be refreshed; nothing was changed."


@dataclass(frozen=True)
class Limits:
    """How long and how much."""

    attempts: int = 6
    wait: float = 0.5  # before the second attempt; it doubles from there [s]
    longest_wait: float = 60.0  # also where a service asks for more [s]
    connect: float = 10.0  # [s]
    read: float = 60.0  # between two pieces of an answer [s]
    sent: int = 100_000_000  # of one file, as it is sent [bytes]
    unpacked: int = 500_000_000  # of one file [bytes]


@dataclass(frozen=True)
class Download:
    """What was fetched: the content, or none where it is what one has already."""

    content: bytes | None
    etag: str = ""
    kind: str = ""  # the media type


class Client:
    """Answers of services, asked for with patience; beside ``hosts`` only loopback is asked."""

    def __init__(self, hosts: Iterable[str], limits: Limits | None = None) -> None:
        self.hosts = frozenset(hosts)
        self.limits = limits or Limits()
        self._down: dict[str, Problem] = {}  # hosts that did not answer, whatever was tried
        retry = Retry(
            total=self.limits.attempts - 1,
            status_forcelist=BUSY,
            allowed_methods=("GET",),
            backoff_factor=self.limits.wait,
            backoff_max=self.limits.longest_wait,
            backoff_jitter=self.limits.wait / 2,
            retry_after_max=max(1, int(self.limits.longest_wait)),
            connect=min(2, self.limits.attempts - 1),
            redirect=False,
            raise_on_status=False,
        )
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"sendlib/{__version__}"
        self._session.auth = lambda request: request  # those of a person's .netrc stay there
        self._session.mount("https://", HTTPAdapter(max_retries=retry))
        self._session.mount("http://", HTTPAdapter(max_retries=retry))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def read_json(self, url: str, **parameters: object) -> dict[str, Any]:
        """An answer in JSON."""
        query = requests.Request("GET", url, params=parameters).prepare().url or url
        content = self.download(query).content or b""
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise refuse(_not_data(content, query, "JSON")) from error
        if not isinstance(answer, dict):
            raise refuse(_not_data(content, query, "a JSON object"))
        return answer

    def download(self, url: str, *, etag: str = "") -> Download:
        """A file, whole; taken up where it broke off as often as there are attempts.

        Where the ``etag`` of the content one has still holds, no content comes back.
        """
        partial, tag = bytearray(), ""
        failure: Exception | None = None
        for attempt in range(self.limits.attempts):
            if failure:
                time.sleep(min(self.limits.wait * 2**attempt, self.limits.longest_wait))
            headers = {"If-None-Match": etag} if etag else {}
            if partial and tag:
                headers = {"Range": f"bytes={len(partial)}-", "If-Range": tag}
            response = self._get(url, headers)
            if response.status_code == 304:
                return Download(None, etag)
            if response.status_code != 206:
                partial.clear()
            tag = response.headers.get("ETag", "")
            try:
                self._read(response.raw, partial, url)
            except (HTTPError, OSError) as error:
                failure = error
                continue
            finally:
                response.close()
            content = self._unpack(bytes(partial), response.headers, url)
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            return Download(content, tag, kind)
        found = f"the download broke off {self.limits.attempts} times"
        raise refuse(Problem("download_broken_off", found, url, _AGAIN)) from failure

    def _get(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        """The answer to one request, after redirects; a refusal where it is not to be used."""
        for _ in range(_REDIRECTS):
            self._check_address(url)
            response = self._ask(url, headers)
            if not response.is_redirect:
                return _accepted(response, url)
            url = urljoin(url, response.headers["Location"])
            response.close()
        found = f"more than {_REDIRECTS} redirects"
        raise refuse(Problem("too_many_redirects", found, url, _AGAIN))

    def _ask(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        timeout = (self.limits.connect, self.limits.read)
        host = urlsplit(url).netloc
        if host in self._down:
            raise refuse(self._down[host])
        try:
            return self._session.get(
                url, headers=dict(headers), stream=True, timeout=timeout, allow_redirects=False
            )
        except requests.exceptions.RequestException as error:
            self._down[host] = _explain(error, url)
            raise refuse(self._down[host]) from error

    def _check_address(self, url: str) -> None:
        """Only to services that sources name, and only encrypted unless it is this machine."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            host = ""
        local = host in _LOOPBACK
        if not local and host not in self.hosts:
            remedy = "name the host under services in data/sources.yml if it is to be trusted"
            found = f"the host {host!r} is not one that data come from"
            raise refuse(Problem("host_not_named", found, url, remedy))
        if not local and parts.scheme != "https":
            found = f"an address that begins {parts.scheme}://, which is not encrypted"
            raise refuse(Problem("not_encrypted", found, url, "use https"))

    def _read(self, raw: BaseHTTPResponse, partial: bytearray, url: str) -> None:
        for chunk in raw.stream(_CHUNK, decode_content=False):
            partial += chunk
            if len(partial) > self.limits.sent:
                raise refuse(_too_large(url, self.limits.sent))

    def _unpack(self, content: bytes, headers: Mapping[str, str], url: str) -> bytes:
        """What was sent, unpacked where it was sent compressed, up to the limit."""
        if headers.get("Content-Encoding", "").lower() not in ("gzip", "x-gzip"):
            return content
        reader = zlib.decompressobj(wbits=31)
        try:
            unpacked = reader.decompress(content, self.limits.unpacked + 1)
        except zlib.error as error:
            found = "what was sent as compressed is not"
            raise refuse(Problem("not_compressed", found, url, _AGAIN)) from error
        if len(unpacked) > self.limits.unpacked:
            raise refuse(_too_large(url, self.limits.unpacked))
        if not reader.eof:
            found = "what was sent ends too early"
            raise refuse(Problem("download_cut_short", found, url, _AGAIN))
        return unpacked


def check_is_data(download: Download, url: str) -> bytes:
    """The content of a download; a page of a website in its place is refused."""
    content = download.content or b""
    beginning = content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if download.kind == "text/html" or beginning.startswith((b"<!doctype", b"<html")):
        raise refuse(_not_data(content, url, "a table"))
    if not content:
        raise refuse(Problem("download_empty", "an empty answer", url, _AGAIN))
    return content


def _accepted(response: requests.Response, url: str) -> requests.Response:
    status = response.status_code
    if status in (200, 206, 304):
        return response
    response.close()
    if status in BUSY:
        found = "the service is busy" if status == 429 else "the service failed"
        raise refuse(Problem("service_unavailable", f"{found} ({status})", url, _AGAIN))
    if status == 403:
        remedy = "see on the publisher's page whether it was withdrawn"
        raise refuse(Problem("not_public", "it is not public, or withdrawn", url, remedy))
    remedy = "look it up on the publisher's page, and mend data/sources.yml"
    if status in (404, 410):
        raise refuse(Problem("not_there", "there is nothing at this address", url, remedy))
    raise refuse(Problem("answer_refused", f"the service answers {status}", url, remedy))


def _explain(error: Exception, url: str) -> Problem:
    """Why no answer came."""
    if isinstance(error, requests.exceptions.ProxyError):
        remedy = "check HTTPS_PROXY with whoever runs your network"
        return Problem("proxy_refused", "the proxy refused, or is not there", url, remedy)
    if isinstance(error, requests.exceptions.SSLError):
        remedy = "name your organisation's certificates in REQUESTS_CA_BUNDLE"
        return Problem("certificate_not_verified", "the certificate is not verified", url, remedy)
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return Problem("no_answer_in_time", "no answer in time", url, _AGAIN)
    remedy = "check the network, and HTTPS_PROXY if yours needs a proxy"
    return Problem("no_connection", "there is no connection", url, remedy)


def _not_data(content: bytes, url: str, form: str) -> Problem:
    start = content[:40].decode("utf-8", "replace").strip()
    found = f"{form} was expected, and what came begins {start!r}"
    return Problem("not_data", found, url, _AGAIN)


def _too_large(url: str, limit: int) -> Problem:
    remedy = "see on the publisher's page what it is"
    return Problem("too_large", f"more than {limit:,} bytes", url, remedy)


def refuse(problem: Problem) -> RefreshError:
    """The refusal of a refresh for one problem."""
    return RefreshError(UNCHANGED, [problem])
