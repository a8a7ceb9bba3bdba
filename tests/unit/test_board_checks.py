import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from error_codes import refuses
from invented_notebooks import make_draft, make_setting, shown, write_notebook
from sendlib import data, pages
from sendlib.board import checks
from sendlib.board.checks import check_freshness, earliest_day, published_in
from sendlib.board.file import Board, Freshness
from sendlib.data.manifest import sha256
from sendlib.data.store import RECORD
from sendlib.errors import NotAvailableError, PublicationError
from sendlib.packs.render import render_index, render_page
from sendlib.pages.figures import AT_MOST, KEY_FIGURES
from sendlib.project import Project


def stated(page, key, value, *numbers):
    return page, {"key": key, "label": key, "value": value, "detail": "", "numbers": list(numbers)}


def told(*figures):
    return list(checks.check_figures(figures))


APART = "figure_differs_between_pages"
GOOD = [
    stated("a.html", "plans_in_force", "6,383", 6383.0),
    stated("b.html", "plans_in_force", "6,383", 6383.0000000001),
    stated("b.html", "plans_next_january", "6,579 to 7,271", 6578.6, 6928.0, 7271.0),
    stated("c.html", "deficit_now", "£61.2m", 61.2),
    stated("c.html", "plans_by_place", "6,383", 6383.0),
    stated("c.html", "mainstream_share", "51%", 0.512),
    stated("c.html", "independent_share", "5.5%", 0.055),
]


def test_figures_that_agree_on_all_pages_pass():
    assert told(*GOOD) == []


@pytest.mark.parametrize(
    ("figure", "code", "named"),
    [
        (("plans_in_forze", "1", 1.0), "unknown_key_figure", "'plans_in_forze'.* plans_in_force"),
        (("plans_in_force", "6,384", 6384.0), APART, "6,384 .* 6,383 on a.html"),
        (("plans_in_force", "6,383", 6383.4), APART, "6,383 .* 6,383 on a.html"),
        (("plans_next_january", "6,579", 6579.0), APART, "6,579 .* 6,579 to 7,271 on b.html"),
        (("high_needs_spend", "£100.9m", 100.8), "figure_unlike_its_numbers", "'£100.8m'"),
        (("plans_at_horizon", "9 to 7", 9.0, 8.0, 7.0), "range_out_of_order", "plans_at_horizon"),
        (("plans_on_time_share", "2,900%", 29.0), "impossible_value", "share, 0 to 1"),
    ],
)
def test_a_figure_that_disagrees_is_named_with_its_page(figure, code, named):
    problems = told(*GOOD, stated("d.html", *figure))
    assert any(each.code == code and re.search(named, str(each)) for each in problems)
    assert "d.html" in [each.where for each in problems]


def test_totals_that_do_not_reconcile_are_found():
    places = stated("c.html", "plans_by_place", "7,000", 7000.0)
    (problem,) = told(GOOD[0], places)
    assert problem.code == "sum_differs"
    assert re.search("plans_by_place .* plans_in_force.* 617", problem.found)
    shares = [stated("c.html", key, v, n) for key, v, n in SHARES]
    (problem,) = told(*shares)
    assert problem.code == "sum_differs"
    assert re.search("mainstream_share .* independent_share .* 1.0, .* 0.1", problem.found)


SHARES = [("mainstream_share", "60%", 0.6), ("independent_share", "50.0%", 0.5)]


def test_every_key_of_an_identity_is_a_measure():
    keys = {key for parts, total, _ in AT_MOST for key in (*parts, total)} - {1.0}
    assert keys <= set(KEY_FIGURES)


def test_the_tables_of_the_project_keep_their_contracts(project):
    assert checks.check_data(project) == []


def test_tables_that_are_damaged_gone_or_break_their_contract_are_all_reported(project, tmp_path):
    shutil.copytree(project.processed, tmp_path / "data" / "processed")
    copy = Project(tmp_path)
    write_tables(copy, source=data.load(copy, "source").drop(columns="title"))
    (copy.processed / "area.parquet").write_bytes(b"PAR1 broken")
    (copy.processed / "indicator.parquet").unlink()
    problems = checks.check_data(copy)
    assert any("table source" in problem.where for problem in problems)
    damaged = [problem.where for problem in problems if problem.code == "file_damaged"]
    assert [where.endswith("area.parquet") for where in damaged] == [True]
    gone = [problem.found for problem in problems if problem.code == "table_not_built"]
    assert any("indicator" in found for found in gone)


def write_tables(project, **frames):
    """Write tables and their hashes, as a build does."""
    record = project.processed / RECORD
    built = json.loads(record.read_text()) if record.is_file() else {"tables": {}}
    for name, frame in frames.items():
        path = project.processed / f"{name}.parquet"
        frame.to_parquet(path)
        built["tables"][name] = sha256(path)
    record.write_text(json.dumps(built), encoding="utf-8")


@pytest.fixture
def draft(project, tmp_path):
    """A pack of one page, ready to be judged."""
    cell = shown(pages.key_figures(pages.KeyFigure("plans_in_force", 14)))
    notebook = write_notebook(tmp_path, cells=[cell])
    setting = make_setting(notebook)
    node = nbformat.read(notebook.path, as_version=4)
    page = render_page(node, notebook, setting=setting, parameters={})
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / notebook.page).write_text(page.html, encoding="utf-8")
    (folder / "index.html").write_text(render_index([page], setting=setting), encoding="utf-8")
    return make_draft(folder, setting, project=project, pages=(page,))


def a_board(browser):
    return Board(name="Invented", authority="999", checks={"browser": browser})


def test_a_good_pack_passes_and_what_was_done_is_listed(draft):
    problems, done = checks.check_pack(draft, a_board("off"))
    assert problems == []
    assert "1 key figures were compared on all pages." in done
    assert "No page was looked at in a browser: the board's file says so." in done


def test_a_browser_that_is_wanted_where_found_and_is_not_there_stops_no_pack(draft, monkeypatch):
    monkeypatch.setattr(checks.axe, "find_browser", lambda: None)
    problems, done = checks.check_pack(draft, a_board("where_found"))
    assert problems == []
    assert f"No page was looked at in a browser: {checks.axe.why_not()}." in done


def test_problems_of_every_kind_are_reported_at_once(draft):
    wrong = {"key": "plans_in_force", "value": "15", "numbers": [14.0], "label": "", "detail": ""}
    pages = (*draft.pages, replace(draft.pages[0], figures=(wrong,)))
    bad = replace(draft, project=Project(draft.folder), pages=pages)
    problems, _ = checks.check_pack(bad, a_board("off"))
    unlike = [each.found for each in problems if each.code == "figure_unlike_its_numbers"]
    assert any("'15'" in found for found in unlike)
    assert any("ehcp_caseload" in each.found for each in problems if each.code == "table_not_built")


def test_a_browser_that_is_not_there_is_recorded_where_it_is_not_required(draft, monkeypatch):
    monkeypatch.setenv("PATH", "")
    problems, done = checks.check_in_browser(draft, "where_found")
    assert problems == []
    assert done.startswith("No page was looked at in a browser: ")
    assert "get one with" in done or "get them with" in done


DAY = date(2026, 11, 1)


@pytest.fixture
def held(tmp_path):
    """A project with a count of each of two Januaries, from releases published as asked."""

    def make(newer="2026-06-25", older="2025-06-26"):
        folder = tmp_path / "data" / "processed"
        folder.mkdir(parents=True)
        releases = {"old": older, "new": newer}
        caseload = pd.DataFrame({"census_year": [2025, 2026], "source_id": list(releases)})
        source = pd.DataFrame({"source_id": list(releases), "published": list(releases.values())})
        project = Project(Path(tmp_path))
        write_tables(project, ehcp_caseload=caseload, source=source)
        return project

    return make


def say(project, days, as_of=2026, **more):
    rule = Freshness(most_days=days, **more)
    return check_freshness(project, rule, as_of=as_of, today=DAY)


def test_figures_within_the_rule_carry_no_notice(held):
    project = held()
    assert say(project, 129) == ""
    assert check_freshness(project, None, as_of=2025, today=DAY) == ""


def test_older_figures_say_when_they_were_published_and_what_the_rule_is(held):
    assert say(held(), 128) == (
        "The newest count of plans here, of January 2026, is older than the board's rule allows: "
        "published 25 June 2026, 129 days ago; the rule is 128 days. A newer one may be out."
    )


def test_a_pack_that_looks_from_an_earlier_january_is_as_old_as_that_count(held):
    project = held()
    assert published_in(project, 2025) == "2025-06-26"
    assert "26 June 2025" in say(project, 400, as_of=2025)


def test_a_rule_that_refuses_stops_the_pack_with_its_own_exit_code(held):
    with refuses(PublicationError, "figures_too_old", match="129 days ago.*1 day") as caught:
        say(held(), 1, otherwise="refuse")
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("stated", "days", "said"),
    [("2026", 304, "published in 2026, up to 304"), ("2026-06", 153, "published in June 2026, up")],
)
def test_a_year_or_a_month_alone_counts_from_its_first_day_and_says_so(held, stated, days, said):
    project = held(stated)
    assert said in say(project, days - 1)
    assert say(project, days) == ""


@pytest.mark.parametrize("stated", ["", "in summer", "2026-13", "2026-02-30"])
def test_a_date_that_is_not_stated_never_passes_for_fresh(held, stated):
    assert earliest_day(stated) is None
    assert "is not stated" in say(held(stated), 100_000)


def test_a_january_before_every_count_is_refused(held):
    with pytest.raises(NotAvailableError, match="up to 2019"):
        say(held(), 1, as_of=2019)


def test_the_real_tables_say_when_their_newest_count_was_published(project):
    assert earliest_day(published_in(project, 2025)).year == 2025
