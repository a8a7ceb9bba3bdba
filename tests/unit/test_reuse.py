"""Results that are worked out once: what makes one another, and what is done without a folder."""

import json
import multiprocessing
import time
from dataclasses import replace
from importlib import import_module

import pandas as pd
import pytest

from sendlib import cohort, finance, reuse
from sendlib.project import LOG_VARIABLE, RESULTS_VARIABLE
from sendlib.scenarios import with_value

BRIEF = import_module("sendlib.finance.brief")  # the package has a function of this name


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path / "results"))
    return tmp_path / "results"


def ask(rests_on, made, value=1):
    def work_out():
        made.append(rests_on)
        return pd.DataFrame({"value": [value]})

    return reuse.reuse("a kind", rests_on, work_out)


@pytest.mark.posix
def test_a_result_is_worked_out_once_and_anew_when_anything_under_it_changes(place, monkeypatch):
    made = []
    first, again = ask({"seed": 1}, made), ask({"seed": 1}, made, value=2)
    assert first.equals(again)
    assert len(made) == 1
    ask({"seed": 2}, made)
    monkeypatch.setattr(reuse, "code_version", lambda: "another program")
    ask({"seed": 1}, made)
    assert len(made) == 3
    assert place.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("hurt", ["damaged", "trimmed", "no folder", "not asked for"])
def test_without_a_stored_result_it_is_worked_out(hurt, place, monkeypatch):
    made = []
    ask("x", made)
    if hurt == "damaged":
        for path in place.rglob("output.pkl"):
            path.write_bytes(b"not a pickle")
    elif hurt == "trimmed":
        reuse.trim(place, most=0)
        assert not list(place.rglob("output.pkl"))
    elif hurt == "no folder":
        place.with_name("file").write_text("in the way")
        monkeypatch.setenv(RESULTS_VARIABLE, str(place.with_name("file") / "results"))
    else:
        monkeypatch.delenv(RESULTS_VARIABLE)
    assert ask("x", made)["value"].tolist() == [1]
    assert len(made) == 2


def slowly(note):
    def work_out():
        with note.open("a") as target:
            target.write("x")
        time.sleep(0.3)
        return 1

    return reuse.reuse("a kind", "shared", work_out)


def test_of_two_processes_that_want_a_result_one_works_it_out(place, tmp_path):
    fork = multiprocessing.get_context("fork")
    both = [fork.Process(target=slowly, args=(tmp_path / "note",)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert (tmp_path / "note").read_text() == "x"


def test_an_authoritys_study_is_the_same_to_the_last_digit(wiltshire, base, tmp_path, monkeypatch):
    plain = finance.Model.of(wiltshire, years=2).run(base)
    monkeypatch.setenv(RESULTS_VARIABLE, str(tmp_path / "results"))
    log = tmp_path / "log"
    monkeypatch.setenv(LOG_VARIABLE, str(log))
    runs = [finance.Model.of(wiltshire, years=2).run(base) for _ in range(2)]
    figure = finance.Figure("in_year", plain.financial_years[-1])
    assert [(figure.draws(each) == figure.draws(plain)).all() for each in runs] == [True, True]
    said = [json.loads(line) for line in log.read_text().splitlines()]
    ways = [how for entry in said for how in entry if how in ("reused", "worked out")]
    assert ways == ["worked out"] * 2 + ["reused"] * 2


@pytest.mark.parametrize(("own", "stored"), [(0, 3), (1, 0)])
def test_what_rests_on_own_figures_is_not_stored(
    own, stored, wiltshire, model, base, place, monkeypatch
):
    figures = pd.DataFrame({"item": ["invented"]}).head(own)
    monkeypatch.setattr("sendlib.intake.store.load_figures", lambda *_: figures)
    monkeypatch.setattr(finance.Model, "from_tables", lambda *_, **__: model)
    monkeypatch.setattr(BRIEF, "_brief", lambda *_: "said")
    seed = 90 + own  # of no other test, whose runs the model would have in memory
    finance.Model.of(wiltshire).run(with_value(base, "forecast.seed", seed, why="a test"))
    BRIEF.brief(wiltshire, scenario=base)
    assert len(list(place.rglob("output.pkl"))) == stored


def test_draws_of_a_cohort_are_stored_unless_they_rest_on_own_records(wiltshire, base, place):
    few = with_value(base, "cohort.draws", 100, why="a test")
    published = cohort.Inputs.of(wiltshire, horizon=1)
    own = replace(published, version="")  # as of an authority's own records
    runs = [cohort.project(each, scenario=few) for each in (own, published, published)]
    assert len({run.simulation.stock.tobytes() for run in runs}) == 1
    assert all(run.simulation is run.unchanged for run in runs)
    assert len(list(place.rglob("output.pkl"))) == 2  # with what was known of the caseload


@pytest.mark.parametrize(("read", "stored"), [(set(), 1), ({"own caseload"}, 0)])
def test_published_figures_are_stored_until_own_records_were_read(
    read, stored, wiltshire, place, monkeypatch
):
    monkeypatch.setattr(reuse, "_read", read)
    plain, *again = (finance.check_accounts(wiltshire.load) for _ in range(3))
    assert all(each.equals(plain) and each.attrs == plain.attrs for each in again)
    assert len(list(place.rglob("output.pkl"))) == stored


def test_a_briefing_is_that_of_its_scenario(wiltshire, base, place, monkeypatch):
    told = []
    monkeypatch.setattr(BRIEF, "_brief", lambda _, scenario: told.append(scenario) or "said")
    for _ in range(2):
        BRIEF.brief(wiltshire, scenario=base)
    assert len(told) == 1
