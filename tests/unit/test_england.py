"""A run of many authorities: what is refused before it, what is resumed, and what its site says."""

import json
import os
import re

import pytest
from bs4 import BeautifulSoup

from conftest import copy_project
from error_codes import codes, refuses
from invented_notebooks import write_notebook
from sendlib.clock import EPOCH_VARIABLE
from sendlib.england import run as cluster
from sendlib.england import task
from sendlib.england.plan import MADE, make_plan
from sendlib.england.run import EnglandError, Outcome, check_workers, raise_failures
from sendlib.england.site import write_site
from sendlib.errors import ParameterError
from sendlib.packs import page_checks
from sendlib.packs.runs import list_runs
from sendlib.packs.setting import Limits
from sendlib.project import Project

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
    assert same.task("865")["folder"].endswith("packs/865")
    assert len(make_plan(england, pages=["all"]).authorities) == 153


def test_own_figures_are_no_part_of_england(england, monkeypatch):
    monkeypatch.setattr("sendlib.england.plan.load_figures", lambda _, code: "x" * (code == "865"))
    with refuses(ParameterError, "own_figures_here"):
        plan_of(england)


def test_workers_that_would_make_other_packs_are_refused(england, tmp_path):
    plan = plan_of(england)
    monkey = {**os.environ, "SENDLIB_ROOT": str(england.root)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", monkey)
        right = task.describe(str(tmp_path))
    check_workers({"a": right}, plan)
    wrong = {
        "b": right | {"code": "x"},
        "c": right | {"data": "x", "can_write": False},
        "d": right | {"free": 0},
    }
    expected = ["other_worker", "other_worker", "worker_cannot_write", "worker_cannot_write"]
    with refuses(ParameterError, *expected):
        check_workers(wrong, plan)
    with refuses(ParameterError, "no_workers"):
        check_workers({}, plan)


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
    folder = plan.folder("865")
    (folder / "latest").mkdir(parents=True)
    (folder / "latest" / "run.json").write_text(json.dumps({"run_id": "a"}))
    (folder / MADE).write_text(json.dumps({"ahead": AHEAD}))
    page = write_site(plan).with_name(name)
    own = {"forbidden_element", "order_to_browser"}  # the search, and what allows no other script
    assert set(codes(page_checks.find_problems(page))) <= own
    assert page.stat().st_size < most
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    rows = soup.select_one("table").select("tbody tr")
    tiles = soup.select(".tiles li")
    assert (len(rows), len(tiles)) == (153, 153 if name == "index.html" else 0)
    assert ("Plans on time in 2024" in soup.text) == bool(tiles)  # the newest of nearly all
    (linked,) = soup.select_one("table").select("tbody a")
    assert (linked["href"], linked.text) == ("packs/865/latest/index.html", "Wiltshire")
    said = linked.find_parent("tr").get_text(" ")
    expected = "9,065 to 11,876 (January 2031)" if name == "index.html" else "7 of 8"
    assert re.sub(r"\s+", " ", expected) in re.sub(r"\s+", " ", said)


@pytest.mark.slow
@pytest.mark.notebook
def test_a_cluster_makes_the_same_bytes_and_a_kill_costs_one_authority(england, monkeypatch):
    monkeypatch.setenv(EPOCH_VARIABLE, "1795000000")
    two = plan_of(
        england, out=england.outputs / "two", limits=Limits(notebook_seconds=120, memory_mb=2048)
    )
    (england.outputs / "213.kill").touch()
    (england.outputs / "801.fail").touch()
    outcomes = cluster.run(two, workers=2)
    assert [outcomes[code].state for code in CODES] == ["made", "failed", "failed"]
    assert "killed" in outcomes["213"].problems[0]
    assert "asked to fail" in outcomes["801"].problems[0]
    (england.outputs / "801.fail").unlink()
    again = cluster.run(two, workers=1)
    states = [again[code].state for code in CODES]
    assert states[0] == "kept"
    assert states[1] in ("made", "kept")  # what the worker had begun may have come to its end
    assert states[2] == "made"
    one = plan_of(
        england,
        out=england.outputs / "one",
        limits=Limits(notebook_seconds=120, memory_mb=2048),
        fresh=True,
    )
    assert {each.state for each in cluster.run(one, workers=1).values()} == {"made"}
    for code in CODES:
        first, second = (list_runs(each.folder(code))[0] for each in (one, two))
        for path in first.folder.rglob("*.html"):
            other = second.folder / path.relative_to(first.folder)
            assert path.read_bytes() == other.read_bytes()
