"""Forecasts that packs gave are kept once, and held against the counts that followed."""

import pandas as pd
import pytest

from sendlib.forecast import Panel, keep, kept_and_counted, look_ahead, read_kept
from sendlib.forecast.kept import model_version
from sendlib.ranges import QUANTILES
from sendlib.scenarios import load_scenario


@pytest.fixture(scope="module")
def panel(tables):
    return Panel.from_tables(*(tables[name] for name in Panel.TABLES)).up_to(2023)


def outlook(panel, project, code="865"):
    return look_ahead(panel, code, scenario=load_scenario(project, "baseline"), horizon=3)


def test_a_folder_without_forecasts_has_none(tmp_path):
    assert read_kept(tmp_path).empty


def test_a_forecast_is_kept_with_its_vintage_model_and_quantiles(panel, project, tmp_path):
    keep(outlook(panel, project), "baseline", tmp_path)
    kept = read_kept(tmp_path)
    assert kept["census_year"].tolist() == [2024, 2025, 2026]
    assert set(kept["area_code"]) == {"865"}
    assert set(kept["as_of"]) == {2023}
    assert set(kept["model"]) == {model_version()}
    rows = kept[list(QUANTILES)]
    assert (rows.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_the_same_forecast_is_not_kept_twice_and_another_authority_s_is_added(
    panel, project, tmp_path
):
    keep(outlook(panel, project), "baseline", tmp_path)
    first = (tmp_path / "forecasts.csv").read_bytes()
    keep(outlook(panel, project), "baseline", tmp_path)
    assert (tmp_path / "forecasts.csv").read_bytes() == first
    keep(outlook(panel, project, "850"), "baseline", tmp_path)
    assert read_kept(tmp_path)["area_code"].value_counts().to_dict() == {"850": 3, "865": 3}


def test_only_forecasts_from_before_that_a_count_has_overtaken_are_held_against_it(
    panel, project, tmp_path
):
    keep(outlook(panel, project), "baseline", tmp_path)
    plans = pd.Series({2023: 4760.0, 2024: 5536.0, 2025: 6383.0})
    seen = kept_and_counted(read_kept(tmp_path), plans, 2025)
    assert seen[["census_year", "actual"]].to_numpy().tolist() == [[2024, 5536], [2025, 6383]]
    assert kept_and_counted(read_kept(tmp_path), plans, 2023).empty
