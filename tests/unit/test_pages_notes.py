import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sendlib import pages
from sendlib.pages.notes import FIGURES_TYPE, HEADLINE_TYPE


def html_of(part):
    return BeautifulSoup(part._repr_html_(), "html.parser")


def test_a_banner_says_its_kind_in_words():
    banner = html_of(pages.banner("Invented.", "synthetic"))
    assert banner.div["role"] == "note"
    assert banner.p.get_text() == "Synthetic figures"


def test_an_unknown_banner_is_refused():
    with pytest.raises(ValueError, match="synthetic, stale"):
        pages.banner("x", "fancy")


def test_key_figures_are_a_list_of_terms_and_values():
    tiles = html_of(pages.key_figures(pages.KeyFigure("plans_in_force", 1234, "2 more")))
    assert tiles.dt.get_text() == "Plans in force"
    assert [part.get_text() for part in tiles.find_all("dd")] == ["1,234", "2 more"]


def test_a_key_figure_takes_pounds_and_writes_millions():
    deficit = pages.KeyFigure("deficit_now", 61_240_000.0, label="Deficit")
    assert (deficit.name, deficit.value, deficit.numbers) == ("Deficit", "£61.2m", (61.24,))


def test_a_range_is_written_from_low_to_high():
    ahead = pd.Series({"low": 10.0, "middle": 12.0, "high": 14.0})
    assert pages.KeyFigure("plans_next_january", ahead).value == "10 to 14"


def test_a_key_figure_of_peers_has_englands_next_to_it():
    peers = pd.DataFrame({"role": ["authority", "england"], "share": [0.31, 0.42]})
    peers.attrs["measure"] = "share"
    figure = pages.peer_figure("mainstream_share", peers)
    assert (figure.value, figure.detail) == ("31%", "England 42%")
    assert not pages.peer_figure("mainstream_share", peers.head(0)).is_available


def test_a_key_figure_without_a_number_has_no_tile():
    shown = pages.key_figures(pages.KeyFigure("plans_in_force", np.nan))
    assert html_of(shown).find("dt") is None
    assert FIGURES_TYPE not in shown._repr_mimebundle_()


def test_a_headline_hands_its_text_to_the_contents_page():
    bundle = pages.headline("A & B")._repr_mimebundle_()
    assert bundle[HEADLINE_TYPE] == {"text": "A & B"}
    assert bundle["text/html"] == '<p class="headline">A &amp; B</p>'


@pytest.mark.parametrize(
    "part",
    [
        pages.banner("<i>x</i>"),
        pages.takeaway("<i>x</i>"),
        pages.caveats(["<i>x</i>"]),
        pages.headline("<i>x</i>"),
        pages.not_available("<i>x</i>", "<i>x</i>"),
        pages.key_figures(pages.KeyFigure("plans_in_force", 1, "<i>", label="<i>x</i>")),
    ],
)
def test_text_in_a_block_is_escaped(part):
    assert html_of(part).find("i") is None


@pytest.mark.parametrize("part", [pages.caveats([]), pages.caveats([" "]), pages.takeaway("")])
def test_nothing_to_say_shows_nothing(part):
    assert part._repr_html_() == ""


def test_key_figures_are_handed_on_as_data():
    beside = {"before": 9, "england": float("nan")}
    figure = pages.KeyFigure(
        "plans_next_january", (10, 12, 14), "8 in 10", when="2027", beside=beside
    )
    bundle = pages.key_figures(figure)._repr_mimebundle_()
    assert bundle[FIGURES_TYPE] == {
        "figures": [
            {
                "label": "Plans next January",
                "value": "10 to 14",
                "detail": "8 in 10",
                "key": "plans_next_january",
                "numbers": [10.0, 12.0, 14.0],
                "when": "2027",
                "beside": {"before": 9.0},
            }
        ]
    }
    assert bundle["text/html"] == pages.key_figures(figure)._repr_html_()


def test_an_unknown_key_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="plans_in_force"):
        pages.key_figures(pages.KeyFigure("plan_in_force", 1))


def test_a_key_stands_once_among_tiles():
    with pytest.raises(ValueError, match="stands twice"):
        pages.key_figures(*[pages.KeyFigure("plans_in_force", 1)] * 2)


def test_a_key_figure_has_three_numbers_at_most():
    with pytest.raises(ValueError, match="at most 3"):
        pages.key_figures(pages.KeyFigure("plans_in_force", (1, 2, 3, 4)))
