import pytest

from sendlib.packs.page_checks import LARGEST_PAGE, find_problems, find_undescribed
from sendlib.pages.markup import SCRIPT

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
    assert problems(GOOD.replace("<main>", f"<main><script>{SCRIPT}</script>")) == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<h2", "<h1>Two</h1><h2", "2 first-level headings"),
        ("<main>", "<div>", "no single main element"),
        ('<h2 id="one">One</h2>', '<h3 id="one">One</h3>', "'One' skips a level"),
        ("<caption>Numbers</caption>", "", "table 1 has no caption"),
        (' scope="col"', "", "no header cells with a scope"),
        ("<main>", '<main id="one">', "2 elements are called 'one'"),
        ('href="#one"', 'href="#two"', "leads to #two"),
        ("<main>", "<main><script>x</script>", "a script, which a page may not hold"),
        ("<main>", f"<main><script>{SCRIPT} </script>", "a script, which a page may not hold"),
        ("<main>", f"<main><script async>{SCRIPT}</script>", "a script, which a page may not"),
        ("<title>", '<meta http-equiv="refresh" content="0"><title>', "an order to the browser"),
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
def test_a_figure_without_a_real_description_is_reported_with_its_section(tmp_path, said, words):
    page = tmp_path / "page.html"
    page.write_text(GOOD, encoding="utf-8")
    assert find_undescribed(page) == []
    page.write_text(GOOD.replace("A line that rises from ten to twelve plans.", said), "utf-8")
    (problem,) = map(str, find_undescribed(page))
    assert problem.startswith("page.html, under 'One': ")
    assert words in problem


def test_a_page_that_cannot_be_mailed_is_refused(problems):
    assert "1,500,000 is the most" in problems(GOOD + "x" * LARGEST_PAGE)
