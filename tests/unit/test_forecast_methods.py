import numpy as np
import pandas as pd
import pytest

from sendlib.forecast.methods import METHODS, damped_trend, log_drift, naive, national_growth
from sendlib.vocabulary import ENGLAND

HISTORY = pd.DataFrame(
    [[100 * 1.1**n for n in range(8)], [50 * 1.02**n for n in range(8)]],
    index=pd.Index([ENGLAND, "865"], name="area_code"),
    columns=range(2013, 2021),
)


def test_no_change_repeats_the_last_count():
    assert naive(HISTORY, 3).loc["865"].tolist() == [HISTORY.loc["865", 2020]] * 3


def test_own_growth_goes_on_at_the_average_of_three_years():
    path = log_drift(HISTORY, 2).loc["865"]
    assert path.tolist() == pytest.approx([50 * 1.02**8, 50 * 1.02**9])


def test_national_growth_is_put_on_every_area():
    path = national_growth(HISTORY, 2).loc["865"]
    last = HISTORY.loc["865", 2020]
    assert path.tolist() == pytest.approx([last * 1.1, last * 1.21])


def test_a_fading_trend_rises_by_less_each_year():
    steps = np.diff(damped_trend(HISTORY, 5).loc["865"])
    assert (steps > 0).all()


@pytest.mark.parametrize("values", [[np.nan] * 4 + [1.0, 2, 3, 4], [1.0, 2, np.nan, 4, 5, 6, 7, 8]])
def test_a_short_or_broken_history_has_no_fading_trend(values):
    history = pd.DataFrame([values], index=["865"], columns=HISTORY.columns)
    assert damped_trend(history, 2).isna().all(axis=None)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_gives_a_path_for_each_year_ahead(name):
    path = METHODS[name].path(HISTORY, 4)
    assert path.columns.tolist() == [1, 2, 3, 4]
    assert path.index.tolist() == HISTORY.index.tolist()
    assert METHODS[name].label
    assert METHODS[name].meaning
