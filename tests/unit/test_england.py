"""A run of many authorities: what is refused before it, what is resumed, and what its site says."""

import errno
import json
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from distributed import LocalCluster

from command_line import call_sendlib
from conftest import copy_project
from error_codes import codes, refuses
from invented_notebooks import write_notebook
from sendlib.clock import EPOCH_VARIABLE
from sendlib.england import run as cluster
from sendlib.england import task
from sendlib.england.destination import NOTE, Destination
from sendlib.england.plan import make_plan
from sendlib.england.run import EnglandError, Outcome, check_workers, raise_failures, remove_old
from sendlib.england.site import write_site
from sendlib.errors import DataError, ParameterError
from sendlib.packs import page_checks
from sendlib.packs.setting import Limits
from sendlib.project import ROOT_VARIABLE, Project
from sendlib.successors import FILE

CODES = ("865", "213", "801")
PAGE = """\
import os
import psutil

from sendlib import Authority, pages
from sendlib.reuse import reuse

authority = Authority.open(la_code, as_of=as_of)
parents = psutil.Process().parents()
servers = [each for each in parents if "sendlib.england.server" in each.cmdline()]
above = [parents[parents.index(each) + 1] for each in servers]  # the worker of Dask
if os.path.exists(f"outputs/{la_code}.kill") and above:
    os.remove(f"outputs/{la_code}.kill")
    above[-1].kill()
if os.path.exists(f"outputs/{la_code}.fail"):
    raise ValueError("it was asked to fail")
pages.headline(f"{authority.name} {reuse('an invented number', la_code, lambda: 0.1 + 0.2)}")"""
PARAMETERS = 'la_code: str = "865"  # the authority\nas_of: int = 2025  # January'


@pytest.fixture(scope="module")
def england(project, tmp_path_factory) -> Project:
    """A project with one small page that fails, or kills its worker, where a file says so."""
    own = copy_project(tmp_path_factory.mktemp("england") / "project", project)
    own.notebooks.mkdir()
    own.outputs.mkdir()
    for name in ("00_first.ipynb", "20_small.ipynb"):
        write_notebook(own.notebooks, name, parameters=PARAMETERS, cells=[PAGE])
    return own


def plan_of(england, *names, **options):
    return make_plan(england, names or CODES, **{"pages": ["20"], **options})


def test_all_that_is_wrong_with_a_plan_is_said_before_anything_runs(england):
    with pytest.raises(ParameterError) as caught:
        plan_of(england, "Wiltshire", "Narnia", pages=["20", "77"], scenarios=["none"], horizon=11)
    expected = [
        "unknown_authority",
        "unknown_notebook",
        "scenario_not_found",
        "horizon_out_of_range",
    ]
    assert codes(caught.value) == expected
    assert not list(england.outputs.iterdir())


def test_a_plan_is_known_by_all_that_packs_rest_on(england):
    same, other = plan_of(england), plan_of(england, horizon=4)
    assert plan_of(england).version == same.version != other.version
    assert same.task("865")["address"] == str(england.outputs / "england")
    assert len(make_plan(england, pages=["all"]).authorities) == 153


def test_shares_that_do_not_add_up_are_said_before_anything_runs(england, monkeypatch):
    shares = england.root / FILE
    text = shares.read_text(encoding="utf-8")
    monkeypatch.setattr("sendlib.successors.FILE", "areas/wrong.yml")
    shares.with_name("wrong.yml").write_text(text.replace("0.4526", "0.5526"), encoding="utf-8")
    with refuses(DataError, "shares_not_one", match="1.1"):
        plan_of(england)


def test_own_figures_are_no_part_of_england(england, monkeypatch):
    monkeypatch.setattr("sendlib.england.plan.load_figures", lambda _, code: "x" * (code == "865"))
    with refuses(ParameterError, "own_figures_here"):
        plan_of(england)


@pytest.fixture
def describe(england, tmp_path, monkeypatch):
    """What a worker says of itself, asked for an address."""
    monkeypatch.setenv(ROOT_VARIABLE, str(england.root))
    return lambda address: task.describe(address, SimpleNamespace(local_directory=tmp_path))


def test_workers_that_would_make_other_packs_are_refused(england, describe, tmp_path):
    plan = plan_of(england, out=tmp_path / "out")
    right = [describe(plan.destination.address) for _ in range(4)]
    wrong = [{"code": "x", "files": "x"}, {"data": "x", "mark": ".none"}, {"full": ["/tmp"]}]
    found = [each | other for each, other in zip(right[1:], wrong, strict=True)]
    expected = [*["other_worker"] * 3, "worker_cannot_write", "worker_disk_full"]
    check_workers({"a": right[0]}, plan)
    with refuses(ParameterError, *expected, "worker_without_project"):
        check_workers({**dict(zip("bcd", found, strict=True)), "e": ImportError("sendlib")}, plan)
    with refuses(ParameterError, "no_workers"):
        check_workers({}, plan)


def test_a_worker_with_a_full_disk_says_which(describe, tmp_path, monkeypatch):
    assert describe(str(tmp_path / "out"))["full"] == []
    monkeypatch.setattr(task, "disk_usage", lambda _: SimpleNamespace(free=2**30))
    assert describe(str(tmp_path / "out"))["full"] == [f"{tmp_path}/out"]
    assert describe("memory://out")["full"] == []
    monkeypatch.setattr(task, "disk_usage", lambda _: SimpleNamespace(free=2**20))
    assert describe("memory://out")["full"] == [str(tmp_path)]


@pytest.mark.parametrize("address", ["/proc/england", "memory://elsewhere"])
def test_a_worker_that_writes_where_nobody_else_sees_it_is_refused(
    address, england, describe, tmp_path
):
    about = describe(address)
    with refuses(ParameterError, "worker_cannot_write", where="worker a"):
        check_workers({"a": about}, plan_of(england, out=tmp_path))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("s4://bucket/england", "unknown_protocol"),
        ("wandb://bucket/england", "protocol_not_installed"),
        ("/proc/england", "place_not_writable"),
    ],
)
def test_a_place_that_cannot_be_used_is_said_before_anything_runs(address, code, england):
    with refuses(ParameterError, code, where="--out"):
        cluster.run(plan_of(england, out=address), scheduler="tcp://127.0.0.1:9")


@pytest.fixture(params=["folder", "file://", "memory://"])
def destination(request, tmp_path):
    addresses = {"folder": str(tmp_path), "memory://": f"memory://{tmp_path.name}"}
    return Destination(addresses.get(request.param, f"file://{tmp_path}"))


def test_a_destination_holds_what_is_put_there_wherever_it_is(destination, tmp_path):
    runs = tmp_path / "scratch" / "runs"
    (runs / "a" / "more").mkdir(parents=True)
    (runs / "a" / "more" / "page.html").write_text("page")
    destination.put("packs/865", tmp_path / "scratch", [runs / "a" / "more" / "page.html"])
    assert destination.read("packs/865/runs/a/more/page.html") == b"page"
    assert destination.note("packs/865") == {}
    for run in ("a", "b"):
        destination.write(f"packs/865/{NOTE}", json.dumps({"run_id": run}).encode())
    assert destination.note("packs/865") == {"run_id": "b"}
    assert sorted(destination.names("packs/865")) == [NOTE, "runs"]
    destination.remove("packs/865/runs/a")
    assert (destination.names("packs/865/runs"), destination.names("none")) == ([], [])
    assert destination.read("packs/865/runs/a/more/page.html") is None


def test_a_worker_whose_notebooks_differ_makes_other_packs(england, tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "20_small.ipynb").write_text("{}")
    before = task.files_version(tmp_path)
    assert before == task.files_version(tmp_path) != task.files_version(england.root)
    (tmp_path / "notebooks" / "20_small.ipynb").write_text("{ }")
    assert task.files_version(tmp_path) != before


ANSWERS = """\
import json, pathlib, sys
task = json.loads(sys.stdin.readline())
runs = pathlib.Path(task["scratch"], "runs", "a")
runs.mkdir(parents=True)
(runs / "index.html").write_text("page")
{}
"""


@pytest.fixture
def served(england, tmp_path, monkeypatch):
    """Have a worker make Wiltshire's pack, its other process being a few lines that end so."""

    def make(ending: str, **limits: int) -> dict:
        program = tmp_path / "program"
        program.write_text(f"#!{sys.executable}\n{ANSWERS.format(ending)}")
        program.chmod(0o700)
        monkeypatch.setattr(task.sys, "executable", str(program))
        worker = SimpleNamespace(local_directory=tmp_path)
        monkeypatch.setattr(task, "get_worker", lambda: worker)
        plan = plan_of(england, "865", out=tmp_path / "out")
        return task.make({**plan.task("865"), "limits": limits or {"notebook_seconds": 60}})

    yield make
    task.stop()


MADE = 'print(json.dumps({"state": "made", "note": {"run_id": "a"}}), flush=True)'
FAILED = 'print(json.dumps({"state": "failed", "problems": [f"see {runs}"]}), flush=True)'


def test_a_worker_puts_a_pack_where_it_goes_and_leaves_nothing_behind(served, tmp_path):
    assert served(MADE) == {"state": "made", "problems": []}
    folder = tmp_path / "out" / "packs" / "865"
    assert (folder / "runs" / "a" / "index.html").read_text() == "page"
    assert json.loads((folder / NOTE).read_text()) == {"run_id": "a"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "program"}


def test_what_failed_can_be_looked_at_where_packs_go(served, tmp_path):
    there = tmp_path / "out" / "packs" / "865"
    assert served(FAILED)["problems"] == [f"see {there}/runs/a"]
    assert (there / "runs" / "a").is_dir()
    assert not (there / NOTE).exists()


@pytest.mark.parametrize(
    ("ending", "cause"), [("sys.exit()", "memory"), ("import time; time.sleep(60)", "longer")]
)
def test_a_process_that_ends_or_hangs_costs_its_authority(ending, cause, served, monkeypatch):
    monkeypatch.setattr(task, "BESIDE_NOTEBOOKS", 1.0)
    answer = served(ending, notebook_seconds=0)
    assert answer["state"] == "failed"
    assert cause in answer["problems"][0]


def test_a_full_disk_where_packs_go_costs_its_authority(served, tmp_path, monkeypatch):
    def put(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Destination, "put", put)
    answer = served(MADE)
    assert answer["state"] == "failed"
    assert "No space left" in answer["problems"][0]
    assert not (tmp_path / "out" / "packs" / "865" / NOTE).exists()


def test_a_scheduler_that_does_not_answer_is_said(england, monkeypatch):
    monkeypatch.setattr(cluster, "_ANSWERS_WITHIN", 0.5)
    with refuses(ParameterError, "no_scheduler", match="127.0.0.1:9"):
        cluster.run(plan_of(england), scheduler="tcp://127.0.0.1:9")


def test_failures_end_with_an_exit_code_and_a_reason_each(england):
    outcomes = {"865": Outcome("865", "failed", problems=("why",)), "213": Outcome("213", "made")}
    with refuses(EnglandError, "authority_failed", match="why", where="Wiltshire (865)") as caught:
        raise_failures(plan_of(england), outcomes)
    assert caught.value.exit_code == 3
    raise_failures(plan_of(england), {"213": outcomes["213"]})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(20, "(under a minute left)"), (40, "(about 1 min left)"), (7200, "(about 120 min left)")],
)
def test_the_command_says_what_came_of_each_and_how_long_the_rest_takes(
    seconds, said, england, tmp_path, monkeypatch
):
    def run(plan, progress, **_):
        progress(outcome := Outcome("865", "made", seconds=3.2), 1, seconds)
        return {"865": outcome}

    monkeypatch.setattr(cluster, "run", run)
    monkeypatch.setattr("sendlib.england.site.write_site", lambda plan: f"{plan.destination}/a")
    asked = ("865", "--pages", "20", "--out", str(tmp_path))
    done = call_sendlib(england.root, "england", *asked)
    assert f"1 of 1  Wiltshire: made in 3 s {said}" in done.stderr
    assert done.stdout == f"The site is in {tmp_path}/a\n"


AHEAD = {
    "as_of": 2026,
    "plans_now": 6914.0,
    "plans": {"census_year": 2031.0, "low": 9065.4, "middle": 10352.9, "high": 11876.5},
    "past": [{"years": 1, "error_pct": 2.5, "rows": 8, "inside": 7}],
    "places": {},
    "deficit": {"financial_year": "2027-28", "low": 2.3e8, "middle": 2.7e8, "high": 3.2e8},
}


@pytest.mark.parametrize(("name", "most"), [("index.html", 300_000), ("scorecard.html", 300_000)])
def test_a_page_of_the_site_is_small_and_can_be_read_by_everyone(name, most, england, tmp_path):
    plan = plan_of(england, out=tmp_path)
    note = {"run_id": "a", "ahead": AHEAD}
    plan.destination.write(f"{plan.folder('865')}/{NOTE}", json.dumps(note).encode())
    page = Path(write_site(plan)).with_name(name)
    own = {"forbidden_element", "order_to_browser"}  # the search, and what allows no other script
    assert set(codes(page_checks.find_problems(page))) <= own
    assert page.stat().st_size < most
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    rows = soup.select_one("table").select("tbody tr")
    tiles = soup.select(".tiles li")
    assert (len(rows), len(tiles)) == (153, 153 if name == "index.html" else 0)
    assert ("Plans on time in 2024" in soup.text) == bool(tiles)  # the newest of nearly all
    (linked,) = soup.select_one("table").select("tbody a")
    assert (linked["href"], linked.text) == ("packs/865/runs/a/index.html", "Wiltshire")
    said = linked.find_parent("tr").get_text(" ")
    expected = "9,065 to 11,876 (January 2031)" if name == "index.html" else "7 of 8"
    assert re.sub(r"\s+", " ", expected) in re.sub(r"\s+", " ", said)


LIMITS = Limits(notebook_seconds=120, memory_mb=2048)


def pages_of(plan):
    """The pages of each authority's pack on show, by their place below it."""
    shown = {code: plan.destination.note(plan.folder(code)) for code in CODES}
    return {
        (code, name): plan.destination.read(f"{plan.folder(code)}/runs/{note['run_id']}/{name}")
        for code, note in shown.items()
        for name in note["files"]
    }


@pytest.mark.slow
@pytest.mark.notebook
def test_a_cluster_makes_the_same_bytes_and_a_kill_costs_one_authority(england, monkeypatch):
    monkeypatch.setenv(EPOCH_VARIABLE, "1795000000")
    two = plan_of(england, out=england.outputs / "two", limits=LIMITS)
    (england.outputs / "213.kill").touch()
    (england.outputs / "801.fail").touch()
    outcomes = cluster.run(two, workers=2)
    assert [outcomes[code].state for code in CODES] == ["made", "failed", "failed"]
    assert "killed" in outcomes["213"].problems[0]
    assert "asked to fail" in outcomes["801"].problems[0]
    assert f"{two.destination}/packs/801/runs/" in outcomes["801"].problems[0]  # the executed copy
    (england.outputs / "801.fail").unlink()
    again = cluster.run(two, workers=1)
    states = [again[code].state for code in CODES]
    assert states[0] == "kept"
    assert states[1] in ("made", "kept")  # what the worker had begun may have come to its end
    assert states[2] == "made"
    one = plan_of(england, out=f"file://{england.outputs / 'one'}", limits=LIMITS, fresh=True)
    assert {each.state for each in cluster.run(one, workers=1).values()} == {"made"}
    assert pages_of(one) == pages_of(two)


@pytest.mark.slow
@pytest.mark.notebook
def test_packs_come_back_through_an_address_and_are_made_again_where_damaged(england, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(england.root))
    plan = plan_of(england, "865", out="memory://england", limits=LIMITS)
    with LocalCluster(n_workers=1, processes=False, dashboard_address=None) as existing:
        address = existing.scheduler_address
        assert cluster.run(plan, scheduler=address)["865"].state == "made"
        first = plan.destination.note(plan.folder("865"))["run_id"]
        assert cluster.run(plan, scheduler=address)["865"].state == "kept"
        plan.destination.write(f"{plan.folder('865')}/runs/{first}/index.html", b"damaged")
        outcomes = cluster.run(plan, scheduler=address)
    assert outcomes["865"].state == "made"
    shown = plan.destination.note(plan.folder("865"))["run_id"]
    assert shown != first
    assert f"runs/{shown}/index.html".encode() in plan.destination.read(
        write_site(plan).split("/")[-1]
    )
    remove_old(plan, outcomes)
    assert plan.destination.names("packs/865/runs") == [shown]
    forecasts = plan.destination.read("packs/865/forecasts.csv")
    record = json.loads(plan.destination.read(f"packs/865/runs/{shown}/run.json"))
    assert (record["sequence"], forecasts) == (2, None)
