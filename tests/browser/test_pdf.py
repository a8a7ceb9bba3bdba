"""The PDF of a page: tagged, with bookmarks, a title, a language, and all its words."""

import io

import pandas as pd
import pytest
from pypdf import PdfReader

import audit
from sendlib import charts
from sendlib.board.run import print_pages

pytestmark = pytest.mark.browser

CHART = charts.lines(
    pd.DataFrame({"census_year": [2024, 2025], "plans": [10, 14]}),
    title="Plans rose to 14",
    source="Invented for this test",
)
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Invented plans</title>
</head><body><main><h1>Invented plans</h1><p>Plans rose by 4.</p><h2>How many?</h2>
<p>14 of them.</p>{chart}<h2>What next?</h2><table><caption>Plans</caption>
<tr><th scope="col">Year</th></tr><tr><td>2025</td></tr></table></main></body></html>"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> PdfReader:
    audit.skip_without_a_browser()
    page = tmp_path_factory.mktemp("page") / "21-invented.html"
    page.write_text(PAGE.format(chart=CHART._repr_html_()), encoding="utf-8")
    made = print_pages([page])
    assert list(made) == ["21-invented.pdf"]
    return PdfReader(io.BytesIO(made["21-invented.pdf"]))


def test_it_is_tagged_and_says_its_language_and_title(printed):
    catalogue = printed.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert printed.metadata.title == "Invented plans"
    kinds = set(_kinds(catalogue["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/P", "/Table", "/TH"} <= kinds


def test_every_heading_is_a_bookmark(printed):
    titles = [entry.title for entry in _flat(printed.outline)]
    assert titles == ["Invented plans", "How many?", "What next?"]


def test_its_words_are_those_of_the_page(printed):
    text = " ".join(page.extract_text() for page in printed.pages)
    for words in ("Plans rose by 4.", "How many?", "2025", "Page 1 of 1"):
        assert words in text


def test_every_figure_of_it_has_an_alternative_text(printed):
    figures = [
        node
        for node in _nodes(printed.trailer["/Root"]["/StructTreeRoot"])
        if node["/S"] == "/Figure"
    ]
    told = [figure.get("/Alt") for figure in figures]
    assert CHART.alt in told
    assert all(told)  # and the figure around the image is named by its caption


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _kinds(node):
    return (each["/S"] for each in _nodes(node))


def _nodes(node):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _nodes(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _nodes(node["/K"])
