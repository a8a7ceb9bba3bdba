import base64
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imsave

from sendlib.packs.pages.checks import LARGEST_PAGE, find_problems, find_undescribed

GOOD = """<!DOCTYPE html><html lang="en-GB"><head><title>Invented</title></head><body>
<main><h1>Invented</h1><h2 id="one">One</h2><a href="#one">One</a>
<a href="https://www.gov.uk/">A plain link</a>
<img src="data:image/png;base64," alt="A line that rises from ten to twelve plans.">
<table><caption>Numbers</caption><tr><th scope="col">Year</th></tr></table></main></body></html>"""


@pytest.fixture
def problems(tmp_path):
    def find(html):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        return " | ".join(map(str, find_problems(tmp_path / "page.html")))

    return find


def test_a_good_page_has_no_problems(problems):
    assert problems(GOOD) == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<h2", "<h1>Two</h1><h2", "2 first-level headings"),
        ("<title>Invented", "<title>", "no title"),
        ('lang="en-GB"', "", "the language is None"),
        ('lang="en-GB"', 'lang="en"', "the language is 'en'"),
        ("<main>", "<div>", "no single main element"),
        ('<h2 id="one">One</h2>', '<h3 id="one">One</h3>', "'One' skips a level"),
        ("<caption>Numbers</caption>", "", "table 1 has no caption"),
        (' scope="col"', "", "no header cells with a scope"),
        ("<main>", '<main id="one">', "2 elements are called 'one'"),
        ('href="#one"', 'href="#two"', "leads to #two"),
        ("<main>", "<main><script>x</script>", "a script, which a page may not hold"),
        ("<main>", "<main><form></form>", "a form, which a page may not hold"),
        ("<main>", '<main><a href=" JavaScript:x">a</a>', "which is no page, address or table"),
        ("<main>", '<main onclick="x()">', "the attribute onclick"),
        ("data:image/png;base64,", "https://example.org/x.png", "img loads https://example"),
        ("data:image/png;base64,", "chart.png", "img loads chart.png"),
        ("<title>", '<link rel="stylesheet" href="//example.org/x.css"><title>', "link loads"),
        ("<title>", "<style>@import 'x'</style><title>", "style sheet loads"),
    ],
)
def test_a_fault_is_found_and_named(problems, old, new, words):
    assert words in problems(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "A chart",
            "no alternative text but 'A chart'. Show it with charts.show(ax, title=..., alt=",
        ),
        ("", "a figure has no alternative text. Show"),
        (
            "No description has been provided for this image",
            "a figure has no alternative text. Show",
        ),
    ],
)
def test_a_figure_without_a_real_description_is_told_with_its_section(tmp_path, said, words):
    page = tmp_path / "page.html"
    page.write_text(GOOD, encoding="utf-8")
    assert find_undescribed(page) == []
    page.write_text(GOOD.replace("A line that rises from ten to twelve plans.", said), "utf-8")
    (problem,) = map(str, find_undescribed(page))
    assert problem.startswith("page.html, under 'One': ")
    assert words in problem


def test_a_page_that_cannot_be_mailed_is_refused(problems):
    assert "1,500,000 is the most" in problems(GOOD + "x" * LARGEST_PAGE)


def drawn(*, marks):
    """A chart as a page holds it; without marks, its axes and its words stay."""
    axes = Figure().add_subplot()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.text(0.5, 0.5, "a label")
    if marks == "line":
        axes.plot([0, 1], [0, 1])
    elif marks == "bar":
        axes.bar([0.5], [1])
    elif marks == "band":
        axes.fill_between([0, 1], [0, 0], [1, 1])
    elif marks == "points":
        axes.scatter([0.5], [0.5])
    elif marks == "missing":
        axes.plot([0, 1], [np.nan, np.nan])
    held = BytesIO()
    axes.get_figure().savefig(held, format="svg")
    return held.getvalue()


def charted(held, kind="svg+xml", number="12"):
    address = f"data:image/{kind};base64,{base64.b64encode(held).decode()}"
    return GOOD.replace(
        "<table>",
        f"""<figure class="chart" id="chart-plans">
<img src="{address}" alt="A line that rises from ten to twelve plans.">
<table><caption>Its numbers</caption><tr><th scope="col">Plans</th></tr>
<tbody><tr><td>{number}</td></tr></tbody></table></figure><table>""",
    )


@pytest.mark.parametrize("marks", ["line", "bar", "band", "points"])
def test_a_chart_with_marks_and_numbers_is_not_empty(problems, marks):
    assert problems(charted(drawn(marks=marks))) == ""


@pytest.mark.parametrize("marks", ["none", "missing"])
def test_a_chart_with_only_its_axes_and_words_is_empty(problems, marks):
    found = problems(charted(drawn(marks=marks)))
    assert "the chart chart-plans is empty: its picture shows no mark" in found


def test_a_chart_whose_table_holds_no_number_is_empty(problems):
    found = problems(charted(drawn(marks="line"), number="not available"))
    assert "chart-plans is empty: no number stands in its table" in found


@pytest.mark.parametrize(
    ("held", "kind", "empty"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='5' height='5'/></svg>",
            "svg+xml",
            0,
        ),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>12</text></svg>", "svg+xml", 1),
        (b"<svg><defs><path d='M 0 0 L 1 1'/></defs></svg>", "svg+xml", 1),
        (b"<svg", "svg+xml", 1),
        (b"", "png", 1),
        (b"no picture", "png", 1),
    ],
)
def test_other_pictures_are_judged_by_what_they_show(problems, held, kind, empty):
    assert ("its picture shows no mark" in problems(charted(held, kind))) == bool(empty)


@pytest.mark.parametrize("mark", [0, 1])
def test_a_picture_of_one_colour_is_empty(problems, mark):
    pixels = np.ones((4, 4))
    pixels[2, 2] -= mark
    held = BytesIO()
    imsave(held, pixels, cmap="gray", vmin=0, vmax=1, format="png")
    found = problems(charted(held.getvalue(), "png"))
    assert ("its picture shows no mark" in found) == (not mark)
