"""Count the words that a reader of a pack sees, and how old a reader has to be to read them.

    .venv/bin/python scripts/count_words.py [FOLDER]

FOLDER holds the pages; outputs/latest otherwise. Counted is what stands on a page with every
fold closed: words of the header, of the foot and of charts (in their wide drawing) too, words
for screen readers only left out. The reading age is the Automated Readability Index of
the sentences (headings, paragraphs and points of five words or more; not captions, tables and
the foot), five years added.
"""

import base64
import re
import sys
from pathlib import Path

import textstat
from bs4 import BeautifulSoup, NavigableString, Tag

_UNSEEN = "head, style, script, template, .hidden, .skip, source"
_WORD = re.compile(r"[^\W_]")  # something that is said: not a dash or a triangle
_LABELS = "figcaption, .subtitle, figure .note, footer, table, .links"
_SENTENCES = "h1, h2, h3, p, li, blockquote"
_FEWEST = 5  # words of a sentence
_STARTS_SCHOOL = 5  # years of age in front of the first grade


def visible(html: str) -> BeautifulSoup:
    """A page with what a reader sees when it opens, a chart's words in place of the chart."""
    page = BeautifulSoup(html, "html.parser")
    for unseen in page.select(_UNSEEN):
        unseen.decompose()
    for fold in page.select("details:not([open])"):
        for part in [each for each in fold.children if getattr(each, "name", "") != "summary"]:
            part.extract()
    for picture in page.find_all("img"):
        kind, _, content = str(picture.get("src", "")).partition(";base64,")
        words = base64.b64decode(content).decode() if kind == "data:image/svg+xml" else ""
        drawn = BeautifulSoup(words, "html.parser").find_all("text")
        chart = page.new_tag("div", attrs={"class": "drawn"})
        chart.string = " ".join(text.get_text(" ", strip=True) for text in drawn)
        picture.replace_with(chart)
    return page


def count_words(html: str) -> int:
    """How many words a reader sees."""
    text = (visible(html).body or visible(html)).get_text(" ")
    return sum(bool(_WORD.search(word)) for word in text.split())


def sentences(html: str) -> list[str]:
    """Everything that reads as a sentence or a title of five words or more, in order."""
    page = visible(html)
    for label in page.select(_LABELS):
        label.decompose()
    found = []
    for part in page.select(_SENTENCES):
        text = " ".join(
            str(each) if isinstance(each, NavigableString) else each.get_text(" ")
            for each in part.children
            if not (isinstance(each, Tag) and each.name in ("ul", "ol"))
        )
        text = " ".join(text.split())
        if len(text.split()) >= _FEWEST:
            found.append(text)
    return found


def reading_age(html: str) -> float:
    """Years of age from which the sentences of a page can be read. [years]"""
    closed = [
        text if text.endswith((".", "?", "!", ":")) else f"{text}." for text in sentences(html)
    ]
    if not closed:
        return 0.0
    return float(textstat.automated_readability_index("\n".join(closed))) + _STARTS_SCHOOL


def main(folder: Path) -> None:
    """Print words, reading age and size of every page, and the words of all."""
    total = 0
    print(f"{'page':36}{'words':>8}{'age':>6}{'kB':>8}")
    for path in sorted(folder.glob("*.html")):
        html = path.read_text(encoding="utf-8")
        total += (words := count_words(html))
        print(
            f"{path.name:36}{words:>8,}{reading_age(html):>6.1f}{path.stat().st_size / 1000:>8,.0f}"
        )
    print(f"{'all':36}{total:>8,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("outputs/latest"))
