import numpy as np
import pytest

from golden_text import check_golden
from invented_panel import invented_panel
from sendlib.forecast.backtest import METHODS
from sendlib.forecast.card import make_card, write_card
from sendlib.forecast.draws import DrawSettings


@pytest.fixture(scope="module")
def card():
    panel = invented_panel(last=2022)
    panel.plans.loc["812", 2015] = np.nan
    return make_card(panel, DrawSettings(draws=100, seed=1, ceiling=0.5))


@pytest.fixture(scope="module")
def text(card):
    return write_card(card, ["Plans of 2022", "Children", "Plans of 2022"])


def test_the_last_fit_and_the_whole_card_are_as_they_were(card, text):
    fits = {"last fit": card.fits[2022], "last fit of places": card.place_fits[2022]}
    check_golden("forecast_card_invented.txt", {**fits, "card": text})


def rows(text, heading):
    """The cells of the table below a heading."""
    table = text.split(f"## {heading}\n\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_an_authority_with_a_gap_is_fitted_and_not_scored(card):
    assert list(card.fits) == [2018, 2019, 2020, 2021, 2022]
    assert card.fits[2022].authorities == 12
    assert card.areas == tuple(str(code) for code in range(801, 812))


def test_every_method_is_scored_on_the_same_forecasts(card):
    counted = card.by_method.pivot(index="method", columns="horizon", values="forecasts")
    assert list(counted.columns) == [1, 2, 3]
    assert set(counted.index) == {"pooled", *METHODS}
    assert (counted == [33, 22, 11]).all(axis=None)


def test_sizes_and_origins_share_out_the_forecasts_of_the_model(card):
    assert card.by_size["forecasts"].sum() == card.by_origin["forecasts"].sum() == 66
    assert set(card.by_size["size"]) == {"smaller", "middle", "larger"}
    assert set(card.by_origin["origin"]) == {2019, 2020, 2021}
    weighted = (card.by_origin["error_pct"] * card.by_origin["forecasts"]).sum() / 66
    pooled = card.by_method[card.by_method["method"] == "pooled"]
    assert (pooled["error_pct"] * pooled["forecasts"]).sum() / 66 == pytest.approx(weighted)


def test_what_a_card_does_not_know_is_a_dash(text):
    cells = {tuple(row[:2]): row for row in rows(text, "By method and years ahead")}
    assert cells["No change", "3"][4:8] == ["–"] * 4  # two origins before 2017 make no range
    assert "–" not in cells["No change", "1"]
    assert len(rows(text, "The pooled model by origin")) == 2 + 3 + 2 + 1
    assert "nan" not in text
