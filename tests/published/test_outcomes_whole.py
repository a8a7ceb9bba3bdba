"""The departments' full releases of outcomes, and figures that were compiled apart from them."""

import pandas as pd
import pytest

from sendlib.outcomes.series import chart_frames
from sendlib.periods import academic_year_end
from sendlib.vocabulary import ENGLAND

pytestmark = pytest.mark.published
# indicator, outcome, group, how many figures both have, how far rounding may part them
SAME = [
    ("eyfs_good_development_ehcp_pct", "good_level_of_development", "ehcp", 13, 0),
    ("eyfs_good_development_sen_support_pct", "good_level_of_development", "sen_support", 13, 0),
    ("phonics_expected_sen_support_pct", "phonics_expected", "sen_support", 78, 0.5),
    ("ks2_rwm_expected_ehcp_pct", "ks2_rwm_expected", "ehcp", 39, 0.5),
    ("ks2_rwm_expected_sen_support_pct", "ks2_rwm_expected", "sen_support", 39, 0.5),
    ("ks2_rwm_expected_no_sen_pct", "ks2_rwm_expected", "no_sen", 39, 0.5),
    ("pupils_with_ehcp_pct", "share_of_pupils", "ehcp", 78, 0.05),
    ("pupils_on_sen_support_pct", "share_of_pupils", "sen_support", 78, 0.05),
    ("attainment8_no_sen", "attainment8", "no_sen", 65, 0.2),  # revised since
]


@pytest.fixture(scope="module")
def facts(root, tables):
    path = root.parent / "shared" / "facts" / "indicator.csv"
    if not path.is_file():
        pytest.skip("the compiled figures are not beside the project (shared/facts)")
    frame = pd.read_csv(path)
    first = frame["period"].str.extract(r"^(\d{4})(/\d{2})?")
    areas = tables["area"].sort_values("last_census", na_position="last")
    codes = dict(zip(areas["area_name"], areas["area_code"], strict=True))
    return frame.assign(
        area_code=frame["area_name"].map(codes),
        year=first[0].astype(int) + first[1].notna(),
        value=pd.to_numeric(frame["value"], errors="coerce"),
    )


@pytest.fixture(scope="module")
def whole(tables):
    return tables


def by_area_and_year(outcome, measure, group):
    rows = outcome[(outcome["outcome"] == measure) & (outcome["group"] == group)]
    return rows.assign(year=rows["academic_year"].map(academic_year_end)).set_index(
        ["area_code", "year"]
    )["value"]


@pytest.mark.parametrize(("indicator", "measure", "group", "count", "rounding"), SAME)
def test_the_compiled_indicator_is_the_same_figure(
    facts, tables, indicator, measure, group, count, rounding
):
    compiled = facts[facts["indicator"] == indicator].set_index(["area_code", "year"])["value"]
    here = by_area_and_year(tables["outcome"], measure, group)
    both = pd.concat([compiled, here], axis=1, keys=["compiled", "here"]).dropna()
    assert len(both) == count
    assert (both["compiled"] - both["here"]).abs().max() <= rounding + 1e-9


def test_every_authority_of_the_day_is_there(whole):
    outcome = whole["outcome"]
    levels = whole["area"].set_index("area_code")["area_type"]
    share = outcome[outcome["outcome"] == "share_of_pupils"]
    authorities = share[share["area_code"].map(levels) == "authority"]
    counted = authorities.groupby("academic_year")["area_code"].nunique()
    assert counted.between(150, 153).all()
    assert (share.groupby("academic_year")["area_code"].nunique() - counted == 10).all()


def test_suppressed_outcomes_have_no_value_and_unavailable_ones_neither(whole):
    outcome = whole["outcome"]
    status = outcome["value_status"]
    assert (outcome["value"].notna() == (status == "reported")).all()
    assert set(status) == {"reported", "suppressed", "not_available"}


def test_counts_of_authorities_add_up_to_those_of_england(whole):
    """The profile of 2021/22, of which no authority's counts are suppressed."""
    levels = whole["area"].set_index("area_code")["area_type"]
    rows = whole["outcome"].query("outcome == 'good_level_of_development' and group == 'all_sen'")
    authorities = rows[rows["area_code"].map(levels) == "authority"]
    england = rows[rows["area_code"] == ENGLAND].iloc[0]
    assert authorities["denominator"].sum() == england["denominator"]
    assert authorities["numerator"].sum() == england["numerator"]


def test_an_authority_of_another_region_has_its_charts(tables, whole):
    made = chart_frames({**tables, "outcome": whole["outcome"]}, "873", group="sen_support")
    absence = next(frame for frame in made if frame.chart.number == 15)
    assert absence.reason == ""
    assert "East of England" in set(absence.frame["name"])
