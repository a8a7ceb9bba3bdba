"""The page of indicators, cell by cell: without a feed, with an invented one, and with its own."""

import ast
import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from conftest import ROOT
from sendlib import kpi
from sendlib.errors import ParameterError
from sendlib.project import Project

NOTEBOOK = ROOT / "notebooks" / "51_kpi_monitor.ipynb"
REGISTER = kpi.read_register()
DAY = date(2026, 1, 20)
IN_YEAR = [entry for entry in REGISTER.supplied if entry.frequency != "annual"]


def run_cells(**parameters) -> BeautifulSoup:
    """Run the notebook's cells as a kernel does, and read what they show."""
    shown: list[str] = []

    def display(part: object) -> None:
        shown.append(getattr(part, "_repr_html_", lambda: str(part))())

    def ignore(part: object) -> None:
        del part

    space: dict[str, object] = {"display": display}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        is_hidden = "explore" in cell["metadata"].get("tags", [])  # a briefing leaves it out
        if cell["cell_type"] == "code":
            _run("".join(cell["source"]), space, ignore if is_hidden else display)
        if "parameters" in cell["metadata"].get("tags", []):
            space |= parameters
    return BeautifulSoup("\n".join(shown), "html.parser")


def _run(source: str, space: dict[str, object], display: Callable[[object], None]) -> None:
    parsed = ast.parse(source)
    last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
    exec(compile(parsed, NOTEBOOK.name, "exec"), space)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), space)
        if value is not None:
            display(value)


@pytest.fixture
def at(project, monkeypatch):
    """The committed data, in which no feed is kept."""
    monkeypatch.setenv("SENDLIB_ROOT", str(project.root))
    return project


@pytest.fixture
def with_feed(project, tmp_path, monkeypatch):
    """A project in which Wiltshire's own feed is kept: real by its marks, small in one count."""
    project = Project(shutil.copytree(project.root, tmp_path / "own"))
    monkeypatch.setenv("SENDLIB_ROOT", str(project.root))
    values = kpi.synthesise_feed(REGISTER, today=DAY, seed=2, years=3).values
    values.loc[values["kpi"] == "compliments", "value"] = 3.0
    values = values[(values["kpi"] != "tribunals") | (values["period_end"] < "2025-03-01")]
    kpi.save_feed(project, "865", kpi.Feed(values, (), synthetic=False))
    return project


def texts(page, where: str) -> list[str]:
    return [element.get_text(" ", strip=True) for element in page.select(where)]


def test_without_a_feed_the_page_says_so_and_shows_what_is_due_and_what_is_published(at):
    page = run_cells(report_on=DAY.isoformat())
    assert texts(page, ".block-title")[0] == "Late or missing"
    assert texts(page, ".caveats li")[0] == "Monthly and quarterly indicators: none received"
    assert "sendlib" not in page.select_one(".caveats").get_text()
    rows = texts(page, "#table-monitor tbody tr")
    assert len(rows) == len(IN_YEAR)
    assert rows[0].startswith("Voice of child No figures 15 Jan 2026 for Dec 2025 Monthly")
    assert not page.select("figure.chart, .banner-synthetic")
    within = next(row for row in texts(page, "#table-yearly tbody tr") if "20 weeks" in row)
    assert "61.6% in 2025 46.1% 15.5 points above" in within
    assert not re.search(r"\bnan\b|\bNone\b", page.get_text(" "))


def test_an_invented_feed_carries_its_banner_first_and_charts_what_was_planted(at):
    page = run_cells(feed="synthetic", report_on=DAY.isoformat())
    assert texts(page, ".banner .block-title")[0] == "Synthetic figures"
    assert "an invented feed" in page.select_one(".headline").get_text()
    settings = pd.read_csv(files("sendlib.kpi") / "synthetic.csv")
    charts = {chart["id"].removeprefix("chart-control_") for chart in page.select("figure.chart")}
    others = " ".join(texts(page, ".caveats li"))
    for slug in settings.loc[settings["planted"] != "none", "kpi"]:
        assert slug in charts or REGISTER[slug].title in others
    assert all("Invented by sendlib." in chart.get_text() for chart in page.select("figure.chart"))
    assert page.select_one("#table-yearly")["data-origin"] == "published"


def test_an_authoritys_own_feed_is_marked_with_small_counts_and_late_figures_reported(with_feed):
    page = run_cells(report_on=DAY.isoformat())
    assert page.select_one(".banner")["data-origin"] == "own"
    rows = {text.split(" ")[0]: text for text in texts(page, "#table-monitor tbody tr")}
    assert "Overdue: Q4 2024-25, due 30 Apr 2025" in rows["Tribunals"]
    assert rows["Compliments"].startswith("Compliments Too few [?] [c] [c]")
    assert "so that there are none: Compliments." in page.get_text(" ")
    assert "Overdue: Tribunals (265 days)." in page.get_text(" ")


def test_an_authority_of_another_region_has_its_page(at):
    page = run_cells(la_code="881", report_on=DAY.isoformat())
    assert f"no figures of its {len(IN_YEAR)} " in page.select_one(".headline").get_text()
    assert "Essex and England" in page.get_text(" ")


def test_a_day_or_a_kind_of_feed_that_is_not_one_is_refused(at):
    with pytest.raises(ParameterError, match="2026-13-01"):
        run_cells(report_on="2026-13-01")
    with pytest.raises(ParameterError, match="Did you mean synthetic"):
        run_cells(feed="synthetik")
