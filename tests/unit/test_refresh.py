"""A refresh from a replica, and files that one has: what lands, what is refused, what is told."""

import shutil
import zipfile

import pytest
import yaml
from filelock import FileLock

from command_line import call_sendlib
from error_codes import codes, refuses
from raw_copy import unpack
from refreshing import (
    QUICK,
    adopt_first,
    data_set,
    only_verify,
    pins,
    publish,
    published_for,
    refresh_under_faults,
    state,
)
from replica import Replica
from replica.project import revise_figures
from sendlib import data
from sendlib.data import ehcp, refresh
from sendlib.data.manifest import read_manifest
from sendlib.errors import LockedError, RefreshError

PLANS = "dfe_ehcp/2026"


@pytest.fixture(scope="module")
def adopted(small_built, root, tmp_path_factory):
    """A small project whose sources have all been adopted once, in their first version."""
    folder = tmp_path_factory.mktemp("adopted")
    project = adopt_first(small_built, folder / "project", root / "data" / "sources.yml")
    shutil.copytree(small_built.processed, project.processed, dirs_exist_ok=True)
    data.build(project)
    return project


@pytest.fixture
def project(adopted, tmp_path):
    shutil.copytree(adopted.root, tmp_path, dirs_exist_ok=True)
    return type(adopted)(tmp_path)


@pytest.fixture(scope="module")
def server(adopted):
    with Replica(published_for(adopted)) as replica:
        yield replica


@pytest.fixture
def replica(server, adopted):
    """A replica with the versions that were adopted, and no fault."""
    server.catalogue = published_for(adopted)
    server.faults.waiting.clear()
    server.requests.clear()
    return server


def run(project, replica, check=only_verify, **options):
    return refresh.refresh(project, api=replica.url, limits=QUICK, check=check, **options)


def refused(project, replica, *expected, **options):
    before = state(project)
    with refuses(RefreshError, *expected):
        run(project, replica, **options)
    assert state(project) == before


def test_what_was_adopted_is_pinned_and_not_fetched_again(project, replica):
    assert pins(project)["ehcp_requests"]["version"] == "1.0"
    before = state(project)
    assert not run(project, replica).is_any
    assert state(project) == before
    held = [headers for path, headers in replica.requests if "csv" in path]
    assert held
    assert all("If-None-Match" in headers for headers in held)


def test_a_revised_file_lands_with_its_entry_and_what_it_changes_is_told(project, replica):
    listed = project.raw / "manifest.yml"
    manifest = yaml.safe_load(listed.read_text(encoding="utf-8"))
    mine = next(each for each in manifest["files"] if each["path"] == f"{PLANS}/requests.csv.gz")
    mine["confirmed"] = [
        {"names": "gap/ehcp_flow/all/all/2025", "why": "Invented, so that a test may see it kept"}
    ]
    listed.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    publish(replica, "requests", lambda content: revise_figures(content, 3, most=0))
    landing = run(project, replica, check=None)
    assert landing.revised == (f"{PLANS}/requests.csv.gz",)
    assert data.verify(project)
    assert not data.build(project).done
    entry = next(each for each in read_manifest(project).files if each.path == landing.revised[0])
    assert (entry.kind, entry.layout) == ("extract", "dfe_ehcp_2026")
    assert [each.names for each in entry.confirmed] == ["gap/ehcp_flow/all/all/2025"]
    assert pins(project)["ehcp_requests"]["version"] == "1.1"
    change = next(each for each in landing.tables if each.table == "ehcp_flow")
    flow = data.load(project, "ehcp_flow")
    rows = flow.query("area_code == '865' and measure == 'requests' and calendar_year == 2025")
    (revision,) = change.revisions.to_dict("records")
    assert (revision["area_code"], revision["after"]) == ("865", rows["value"].item())
    assert revision["after"] < revision["before"]


def test_columns_and_labels_that_came_or_went_are_told(project, replica):
    def alter(content):
        header, *rows = content.decode().splitlines()
        rows = [f"{row},7" for row in rows]
        return "\n".join([f"{header.replace('requests_rya', 'rya')},extra", *rows, ""]).encode()

    publish(replica, "requests", alter)
    (change,) = run(project, replica).files
    assert change.columns == {"new": ["rya", "extra"], "gone": ["requests_rya"]}


def test_a_workbook_on_a_page_lands_once_the_page_was_updated(project, replica):
    name = next(name for name in replica.catalogue.files if "2023_24" in name)
    content = replica.catalogue.files[name]
    replica.catalogue.files[name] = content.replace(b",4804.6,", b",4804.7,", 1)
    assert replica.catalogue.files[name] != content
    page = next(page for path, page in replica.catalogue.pages.items() if "2023-to-2024" in path)
    page["public_updated_at"] = "2026-11-20T09:30:00+00:00"
    assert run(project, replica).revised == ("dfe_dsg/2024/high_needs_terms.csv.gz",)
    assert pins(project)["dsg_2023_24"]["published"] == "2026-11-20"


def test_a_dry_run_lists_what_is_new_and_changes_nothing(project, replica):
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    before = state(project)
    offers = refresh.look(project, api=replica.url, limits=QUICK)
    assert [offer.source.id for offer in offers if offer.is_new] == ["ehcp_requests"]
    assert state(project) == before
    assert not [path for path, _ in replica.requests if "csv" in path]


def test_one_source_alone_can_be_refreshed(project, replica):
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    publish(replica, "caseload", lambda content: content.replace(b"\n", b" \n", 1))
    landing = run(project, replica, ids=["ehcp_requests"])
    assert landing.revised == (f"{PLANS}/requests.csv.gz",)


def test_an_edition_that_no_reader_knows_is_refused_with_what_is_new_in_it(project, replica):
    def next_year(content):
        later = content.replace(b"202526", b"202627").replace(b"age 10", b"aged 10")
        return later.replace(b",ehcplans", b",ehc_plans", 1)

    publish(replica, "caseload", next_year)
    before = state(project)
    with refuses(RefreshError, "edition_not_known", match="2027", where="caseload.csv") as caught:
        run(project, replica)
    for value in ("dfe_ehcp_2027", "ehc_plans", "aged 10"):
        assert value in str(caught.value)
    assert state(project) == before


def test_an_edition_of_which_files_would_be_missing_is_refused(project, replica, monkeypatch):
    monkeypatch.setitem(ehcp.LAYOUTS, "dfe_ehcp_2027", ehcp.LAYOUTS["dfe_ehcp_2026"])
    publish(replica, "caseload", lambda content: content.replace(b"202526", b"202627"))
    refused(project, replica, "edition_not_whole")


def test_another_file_under_the_same_version_is_refused(project, replica):
    version = data_set(replica, "requests").versions[0]
    version.content = revise_figures(version.content, 3)
    refused(project, replica, "changed_under_version")


def test_columns_that_the_metadata_do_not_name_are_refused(project, replica):
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    replica.faults.add("schema-changed", "csv", times=99)
    with pytest.raises(RefreshError) as caught:
        run(project, replica, ids=["ehcp_requests"])
    assert codes(caught.value) == ["file_unlike_metadata"]


def test_a_file_that_cannot_be_read_is_refused_with_its_row(project, replica):
    publish(
        replica, "requests", lambda content: content.replace(b",E92000001,", b",E92000001,,", 1)
    )
    refused(project, replica, "ragged_row")


def test_a_withdrawn_data_set_is_refused(project, replica):
    data_set(replica, "requests").versions[0].status = "Withdrawn"
    refused(project, replica, "data_set_withdrawn")


@pytest.mark.parametrize(
    ("kind", "code"),
    [("504", "service_unavailable"), ("html", "not_data"), ("withdrawn", "not_public")],
)
def test_a_fault_that_stays_leaves_all_as_it_was(project, replica, kind, code):
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    replica.faults.add(kind, "csv", times=99)
    refused(project, replica, code, ids=["ehcp_requests"])


def test_a_table_that_is_none_is_refused_on_whichever_page_it_was(project, replica):
    name = next(name for name in replica.catalogue.files if "2023_24" in name)
    replica.catalogue.files[name] += b"999,Invented authority\n"
    page = next(page for path, page in replica.catalogue.pages.items() if "2023-to-2024" in path)
    page["public_updated_at"] = "2026-11-20T09:30:00+00:00"
    refused(project, replica, "ragged_row")


@pytest.mark.parametrize("most", [1_000, 15_000])
def test_a_disk_that_fills_up_half_way_leaves_all_as_it_was(project, replica, most):
    resource = pytest.importorskip("resource", reason="Windows has no limits of this kind")
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limit[1]))
    try:
        refused(project, replica, "raw_not_written")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_two_refreshes_at_once_are_refused(project, replica):
    with FileLock(project.root / "data" / ".refresh.lock"), refuses(LockedError, "another_refresh"):
        run(project, replica)


def test_under_faults_at_random_all_is_as_before_or_after(adopted, tmp_path, replica):
    publish(replica, "requests", lambda content: revise_figures(content, 3))
    landed, wrong = refresh_under_faults(adopted, tmp_path, replica, range(16))
    assert 1 < landed < 16
    assert wrong == []


def test_a_file_that_one_has_is_added_as_a_refresh_would(project, replica, tmp_path):
    content = revise_figures(data_set(replica, "requests").versions[0].content, 3)
    (tmp_path / "requests.csv").write_bytes(content)
    landing = refresh.add(project, [tmp_path / "requests.csv"], check=only_verify)
    assert landing.revised == (f"{PLANS}/requests.csv.gz",)
    publish(replica, "requests", lambda _: content)
    by_refresh = run(project, replica)
    assert not by_refresh.is_any
    assert pins(project)["ehcp_requests"]["version"] == "1.1"


def test_an_archive_is_added_with_the_files_that_sources_are_of(project, replica, tmp_path):
    content = data_set(replica, "requests").versions[0].content
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        archive.writestr("data/requests.csv", revise_figures(content, 3))
        archive.writestr("data-guidance/data-guidance.txt", "What the files hold.")
    landing = refresh.add(project, [tmp_path / "release.zip"], check=only_verify)
    assert landing.revised == (f"{PLANS}/requests.csv.gz",)


def test_a_new_year_of_a_file_that_one_has_is_told(project, tmp_path):
    stored = project.raw / "ons/2025/mid_year_estimates_0_to_17.csv.gz"
    header, *rows = unpack(stored.read_bytes()).decode("utf-8-sig").splitlines()
    newest = max(row[:4] for row in rows)
    later = [f"{int(newest) + 1}{row[4:]}" for row in rows if row.startswith(newest)]
    name = tmp_path / "ons_mid-year_population_estimates_2012_to_2025.csv"
    name.write_text("\n".join([header, *rows, *later, ""]), encoding="utf-8")
    landing = refresh.add(project, [name])
    change = next(each for each in landing.tables if each.new_periods)
    assert (change.table, change.new_periods) == ("children", [str(int(newest) + 1)])
    assert change.revisions.empty


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("plans.csv", b"a,b\n1,2\n", ["file_of_no_source"]),
        ("release.zip", b"PK\x03\x04 cut off", ["archive_damaged"]),
        ("requests.csv", b"time_period,plans\n2025,1\n", ["missing_column"]),
        ("requests.csv", b"<!DOCTYPE html>\n<html></html>\n", ["missing_column"] * 2),
        ("requests.csv", b"time_period,time_identifier\n2025,Week\n", ["no_edition"]),
        (
            "requests.csv",
            b"time_period,time_identifier\n3024,Calendar year\n",
            ["year_out_of_range"],
        ),
    ],
)
def test_a_file_that_is_not_one_is_refused(project, tmp_path, name, content, expected):
    before = state(project)
    (tmp_path / name).write_bytes(content)
    with refuses(RefreshError, *expected):
        refresh.add(project, [tmp_path / name])
    assert state(project) == before


def test_commands_say_what_is_new_and_what_it_changes(project, replica):
    publish(replica, "requests", lambda content: revise_figures(content, 3, most=0))
    dry = call_sendlib(project.root, "data", "refresh", "--dry-run", "--api", replica.url)
    assert dry.returncode == 0, dry.stderr
    assert "ehcp_requests: new (adopted: 1.0): version 1.1" in dry.stdout
    done = call_sendlib(project.root, "data", "refresh", "--no-pack", "--api", replica.url)
    assert done.returncode == 0, done.stderr
    assert "1 figures revised: Wiltshire 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--source", "ehcp_request"], "unknown_source"),
        (["--source", "lait_indicators"], "added_by_hand"),
        (["--api", "http://127.0.0.1:9"], "no_connection"),
    ],
)
def test_a_refusal_ends_with_another_code_than_nought(project, arguments, code):
    before = state(project)
    ended = call_sendlib(project.root, "data", "refresh", "--no-pack", *arguments)
    assert ended.returncode == 1
    assert ended.stderr.startswith(("The data could not", "There is no such", "A source is not"))
    assert state(project) == before
    with pytest.raises(RefreshError) as caught:
        refresh.look(project, ids=arguments[1:] if "--source" in arguments else (),
                     api=arguments[1] if "--api" in arguments else "", limits=QUICK)  # fmt: skip
    assert codes(caught.value)[0] == code
