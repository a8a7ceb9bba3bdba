import base64
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sendlib import present
from sendlib.present.charts import style

ALT = "Line chart. Invented plans rise from 10 in 2024 to 12 in 2025."
NUMBERS = pd.DataFrame({"Year": [2024, 2025], "Plans": [10, 12]})


def line(values=(10, 12)):
    axes = present.new_axes()
    axes.plot([2024, 2025], values)
    return axes


def chart(axes=None, **more):
    settings = {
        "title": "Invented plans",
        "alt": ALT,
        "source": "invented, 2025",
        "table": NUMBERS,
        "name": "plans",
    } | more
    return present.chart(axes or line(), **settings)


def html_of(part):
    return BeautifulSoup(part._repr_html_(), "html.parser")


def test_a_chart_has_its_words_and_its_numbers_beside_it():
    soup = html_of(chart(takeaway="Plans rose by 2."))
    assert soup.figcaption.get_text() == "Invented plans"
    assert soup.img["alt"] == ALT
    assert soup.find(class_="takeaway").get_text() == "Plans rose by 2."
    assert soup.find(class_="source").get_text() == "Source: invented, 2025"
    assert soup.details.table.caption.get_text() == "Invented plans"
    assert soup.details.a["download"] == "plans.csv"


def test_a_chart_keeps_its_size_so_that_its_text_stays_legible():
    image = html_of(chart(present_axes := line())).img
    width, height = present_axes.figure.get_size_inches() * 96
    assert (image["width"], image["height"]) == (str(round(width)), str(round(height)))


def test_equal_charts_have_equal_bytes_without_a_date():
    first, second = chart().svg, chart().svg
    assert first == second
    assert b"date" not in first.lower()


def test_a_chart_is_drawn_with_outlines_and_needs_no_font():
    assert b"<text" not in chart().svg


def test_text_in_a_chart_is_escaped():
    soup = html_of(chart(title="<script>x</script>", takeaway="a < b", source='"quoted"'))
    assert soup.find("script") is None
    assert "a &lt; b" in chart(takeaway="a < b")._repr_html_()


def test_a_prepared_table_may_stand_behind_a_chart():
    numbers = present.table(NUMBERS, caption="Prepared", name="prepared")
    assert html_of(chart(table=numbers)).caption.get_text() == "Prepared"


@pytest.mark.parametrize("alt", ["", "A chart.", "   " + "x" * 29])
def test_a_chart_without_real_alternative_text_is_refused(alt):
    with pytest.raises(ValueError, match="alternative text"):
        chart(alt=alt)


def test_a_chart_with_nothing_drawn_is_refused():
    with pytest.raises(ValueError, match="empty"):
        chart(present.new_axes())


def test_a_chart_of_missing_values_only_is_refused():
    with pytest.raises(ValueError, match="empty"):
        chart(line([np.nan, np.nan]))


def test_a_chart_without_numbers_is_refused():
    with pytest.raises(ValueError, match="empty"):
        chart(table=NUMBERS.head(0))


def test_an_axis_is_written_like_the_tables():
    axes = line((10_000_000, 12_000_000))
    present.format_axis(axes.yaxis, "gbp_m")
    assert axes.yaxis.get_major_formatter()(12_000_000) == "£12.0m"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_with_white(colour):
    return 1.05 / (luminance(colour) + 0.05)


def test_marks_stand_out_three_to_one_or_more():
    assert all(contrast_with_white(colour) >= 3 for colour in (*style.PALETTE, style.MUTED))


def test_labels_stand_out_four_and_a_half_to_one_or_more():
    assert all(contrast_with_white(colour) >= 4.5 for colour in style.TEXT_SAFE.values())


def test_the_picture_is_inside_the_page():
    source = html_of(chart()).img["src"]
    held = re.fullmatch(r"data:image/svg\+xml;base64,(.+)", source)
    assert base64.b64decode(held[1]).rstrip().endswith(b"</svg>")
