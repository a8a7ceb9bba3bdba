import pytest
from bs4 import BeautifulSoup

from sendlib import present
from sendlib.pages.notes import FIGURES_TYPE, HEADLINE_TYPE


def html_of(part):
    return BeautifulSoup(part._repr_html_(), "html.parser")


def test_a_banner_says_its_kind_in_words():
    banner = html_of(present.banner("Invented.", "synthetic"))
    assert banner.div["role"] == "note"
    assert banner.p.get_text() == "Synthetic figures"


def test_an_unknown_banner_is_refused():
    with pytest.raises(ValueError, match="synthetic, stale"):
        present.banner("x", "fancy")


def test_key_figures_are_a_list_of_terms_and_values():
    tiles = html_of(present.key_figures([present.KeyFigure("Plans", "12", "2 more")]))
    assert tiles.dt.get_text() == "Plans"
    assert [part.get_text() for part in tiles.find_all("dd")] == ["12", "2 more"]


@pytest.mark.parametrize("figures", [[], [present.KeyFigure("Plans", "")]])
def test_key_figures_without_words_are_refused(figures):
    with pytest.raises(ValueError, match="label and a value"):
        present.key_figures(figures)


def test_a_headline_hands_its_text_to_the_contents_page():
    bundle = present.headline("A & B")._repr_mimebundle_()
    assert bundle[HEADLINE_TYPE] == {"text": "A & B"}
    assert bundle["text/html"] == '<p class="headline">A &amp; B</p>'


@pytest.mark.parametrize(
    "part",
    [
        present.banner("<i>x</i>"),
        present.takeaway("<i>x</i>"),
        present.caveats(["<i>x</i>"]),
        present.headline("<i>x</i>"),
        present.key_figures([present.KeyFigure("<i>x</i>", "<i>", "<i>")]),
    ],
)
def test_text_in_a_block_is_escaped(part):
    assert html_of(part).find("i") is None


def test_caveats_need_a_point():
    with pytest.raises(ValueError, match="one point"):
        present.caveats([])


def test_key_figures_with_a_key_are_handed_on_as_data():
    named = present.KeyFigure("Plans", "10 to 14", "8 in 10", "plans_next_january", (10, 12, 14))
    bundle = present.key_figures([named, present.KeyFigure("Other", "3")])._repr_mimebundle_()
    assert bundle[FIGURES_TYPE] == {
        "figures": [
            {
                "label": "Plans",
                "value": "10 to 14",
                "detail": "8 in 10",
                "key": "plans_next_january",
                "numbers": [10.0, 12.0, 14.0],
            }
        ]
    }
    assert (
        bundle["text/html"]
        == present.key_figures([named, present.KeyFigure("Other", "3")])._repr_html_()
    )


def test_key_figures_without_keys_hand_on_nothing():
    bundle = present.key_figures([present.KeyFigure("Plans", "12")])._repr_mimebundle_()
    assert list(bundle) == ["text/html"]


@pytest.mark.parametrize(
    ("key", "numbers", "words"),
    [
        ("Plans", (1,), "not in lower_snake"),
        ("", (1,), "not in lower_snake"),
        ("plans", (), "one to three finite numbers"),
        ("plans", (1, 2, 3, 4), "one to three finite numbers"),
        ("plans", (float("nan"),), "one to three finite numbers"),
    ],
)
def test_a_key_and_its_numbers_belong_together(key, numbers, words):
    with pytest.raises(ValueError, match=words):
        present.key_figures([present.KeyFigure("Plans", "1", "", key, numbers)])


def test_a_key_stands_once_among_tiles():
    twice = [present.KeyFigure("Plans", "1", "", "plans", (1,))] * 2
    with pytest.raises(ValueError, match="stands twice"):
        present.key_figures(twice)
