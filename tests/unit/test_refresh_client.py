"""The client of the refresh against a replica that misbehaves, and against what is not there."""

import socket
import time

import pytest

from error_codes import refuses
from replica import Catalogue, Replica
from sendlib.data.refresh.client import Client, Limits, check_is_data
from sendlib.errors import RefreshError

ROWS = b"time_period,plans\n" + b"".join(b"2025,%d\n" % number for number in range(20_000))
QUICK = Limits(attempts=4, wait=0.01, longest_wait=0.05, connect=2.0, read=0.4)


@pytest.fixture(scope="module")
def server():
    with Replica(Catalogue(files={"/a.csv": ROWS, "/b.json": b'{"a": 1}'})) as replica:
        yield replica


@pytest.fixture
def replica(server):
    server.faults.waiting.clear()
    server.requests.clear()
    return server


@pytest.fixture
def client():
    with Client([], QUICK) as client:
        yield client


@pytest.mark.parametrize("kind", ["429", "500", "503", "504", "reset"])
def test_a_fault_that_passes_is_waited_out(replica, client, kind):
    replica.faults.add(kind, times=2)
    assert client.download(f"{replica.url}/a.csv").content == ROWS
    assert len(replica.requests) == 3


def test_retry_after_is_respected_up_to_the_longest_wait(replica):
    replica.faults.add("429-retry-after", seconds=1)
    start = time.monotonic()
    with Client([], Limits(attempts=2, wait=0.01, longest_wait=1.0)) as client:
        client.download(f"{replica.url}/a.csv")
    assert time.monotonic() - start >= 1
    replica.faults.add("429-retry-after", seconds=3600)
    with Client([], Limits(attempts=2, wait=0.01, longest_wait=1.0)) as client:
        client.download(f"{replica.url}/a.csv")
    assert time.monotonic() - start < 10


def test_a_download_that_broke_off_is_taken_up_where_it_was(replica, client):
    replica.faults.add("truncated", times=2)
    assert client.download(f"{replica.url}/a.csv").content == ROWS
    ranges = [headers.get("Range", "") for _, headers in replica.requests]
    half = len(ROWS) // 2
    assert ranges == ["", f"bytes={half}-", f"bytes={half + (len(ROWS) - half) // 2}-"]


def test_what_changed_in_between_is_fetched_from_the_start(replica, client):
    replica.faults.add("truncated")
    replica.faults.add("html", times=1)  # another entity: the range is not answered
    answer = client.download(f"{replica.url}/a.csv")
    with refuses(RefreshError, "not_data"):
        check_is_data(answer, "a.csv")


def test_what_one_has_already_is_not_sent_again(replica, client):
    etag = client.download(f"{replica.url}/a.csv").etag
    assert client.download(f"{replica.url}/a.csv", etag=etag).content is None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("503", "service_unavailable"),
        ("429", "service_unavailable"),
        ("truncated", "download_broken_off"),
        ("reset", "no_connection"),
        ("withdrawn", "not_public"),
        ("redirect-away", "host_not_named"),
        ("redirect-loop", "too_many_redirects"),
        ("html", "not_data"),
        ("garbage", "not_compressed"),
    ],
)
def test_a_fault_that_stays_is_refused_with_its_reason(replica, client, kind, code):
    replica.faults.add(kind, times=99)
    url = f"{replica.url}/a.csv"
    with refuses(
        RefreshError, code, where="https://elsewhere.invalid/file.csv" if "away" in kind else url
    ):
        check_is_data(client.download(url), url)


def test_a_redirect_within_the_service_is_followed(replica, client):
    replica.faults.add("redirect")
    assert client.download(f"{replica.url}/a.csv").content == ROWS


def test_no_answer_in_time_is_refused(replica):
    replica.faults.add("slow", times=9, seconds=0.5)
    limits = Limits(attempts=2, wait=0.01, longest_wait=0.02, read=0.1)
    with Client([], limits) as client, refuses(RefreshError, "no_answer_in_time"):
        client.download(f"{replica.url}/a.csv")


@pytest.mark.parametrize("limits", [{"sent": 1000}, {"unpacked": 1_000_000}])
def test_more_than_the_limit_is_refused_sent_or_unpacked(replica, limits):
    replica.faults.add("huge", times=9)
    with Client([], Limits(**limits)) as client, refuses(RefreshError, "too_large"):
        client.download(f"{replica.url}/a.csv")


def test_only_hosts_that_are_named_are_asked_and_only_encrypted(client):
    with refuses(RefreshError, "host_not_named"):
        client.download("https://elsewhere.invalid/a.csv")
    with Client(["elsewhere.invalid"], QUICK) as trusting, refuses(RefreshError, "not_encrypted"):
        trusting.download("http://elsewhere.invalid/a.csv")


def test_without_a_network_or_with_a_proxy_that_is_not_there(client, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with refuses(RefreshError, "no_connection"):
        client.download(f"{nowhere}/a.csv")
    monkeypatch.setenv("https_proxy", nowhere)
    with Client(["publisher.invalid"], QUICK) as behind, refuses(RefreshError, "proxy_refused"):
        behind.download("https://publisher.invalid/a.csv")


def test_an_answer_that_is_not_json_is_refused(replica, client):
    assert client.read_json(f"{replica.url}/b.json") == {"a": 1}
    with refuses(RefreshError, "not_data"):
        client.read_json(f"{replica.url}/a.csv")
