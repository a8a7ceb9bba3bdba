import pytest

from sendlib.briefing.checks import LARGEST_PAGE, PageError, check_pages, find_problems

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
        ("A line that rises from ten to twelve plans.", "A chart", "only 'A chart'"),
        (
            "A line that rises from ten to twelve plans.",
            "No description has been provided for this image",
            "no real alternative text",
        ),
        ("<caption>Numbers</caption>", "", "table 1 has no caption"),
        (' scope="col"', "", "no header cells with a scope"),
        ("<main>", '<main id="one">', "2 elements are called 'one'"),
        ('href="#one"', 'href="#two"', "leads to #two"),
        ("<main>", "<main><script>x</script>", "a script or an embedded"),
        ("<main>", '<main onclick="x()">', "the attribute onclick"),
        ("data:image/png;base64,", "https://example.org/x.png", "img loads https://example"),
        ("data:image/png;base64,", "chart.png", "img loads chart.png"),
        ("<title>", '<link rel="stylesheet" href="//example.org/x.css"><title>', "link loads"),
        ("<title>", "<style>@import 'x'</style><title>", "style sheet loads"),
    ],
)
def test_a_fault_is_found_and_named(problems, old, new, words):
    assert words in problems(GOOD.replace(old, new, 1))


def test_a_page_that_cannot_be_mailed_is_refused(problems):
    assert "1,500,000 is the most" in problems(GOOD + "x" * LARGEST_PAGE)


def test_all_problems_of_all_pages_are_told_at_once(tmp_path):
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page in pages:
        page.write_text(GOOD.replace("<title>Invented", "<title>"), encoding="utf-8")
    with pytest.raises(PageError) as caught:
        check_pages(pages)
    assert [problem.where for problem in caught.value.problems] == ["a.html", "b.html"]
