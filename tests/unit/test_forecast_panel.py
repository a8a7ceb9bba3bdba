import numpy as np
import pandas as pd
import pytest

from invented_panel import invented_panel, shaken
from sendlib.forecast.panel import FEATURES, Panel, backlog, features
from sendlib.vocabulary import ENGLAND, FlowMeasure

REGION = "E12000009"
AREAS = ["865", "835", REGION, ENGLAND]


def wide(rows, columns):
    return pd.DataFrame(rows, index=pd.Index(AREAS, name="area_code"), columns=columns, dtype=float)


PLANS = wide(
    [
        [800, 800, 1000, 1100],
        [np.nan, 400, 500, 500],
        [1600, 2000, 2000, 2200],
        [8000, 8000, 10000, 12000],
    ],
    range(2018, 2022),
)
FLOW = {
    FlowMeasure.REQUESTS: [300, 100, 400, 3000],
    FlowMeasure.REQUESTS_REFUSED: [60, np.nan, 90, 600],
    FlowMeasure.NEW_PLANS: [120, 50, 200, 1500],
    FlowMeasure.ASSESSMENTS_OUTSTANDING: [55, 20, 80, 700],
    FlowMeasure.PLANS_ISSUED: [100, 0, 200, 1600],
    FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS: [60, 0, 150, 800],
}
CHILDREN = wide([[20_000], [10_000], [50_000], [400_000]], [2019])


def panel(**more):
    rows = {measure: wide([[np.nan]] * 4, [2020]) for measure in FlowMeasure}
    rows |= {measure: wide([[value] for value in row], [2020]) for measure, row in FLOW.items()}
    given = {
        "plans": PLANS,
        "flow": rows,
        "children": CHILDREN,
        "region_of": {"865": REGION, "835": REGION, REGION: "", ENGLAND: ""},
    }
    return Panel(**given | more)


def test_every_feature_is_what_a_hand_makes_of_it():
    own = features(panel()).loc["865"]
    assert own.index.tolist() == list(FEATURES)
    assert own.to_dict() == pytest.approx(
        {
            "growth_1": np.log(1.1),
            "growth_2": np.log(1.25),
            "growth_3": 0.0,
            "growth_region": np.log(1.1),
            "requests": 300 / 1100,
            "refused": 60 / 1100,
            "new_plans": 120 / 1100,
            "waiting": (300 - 60 - 120) / 1100,
            "backlog": 55 / 1100,
            "late": 0.4,
            "rate": np.log(1100 / 20_000),
        }
    )


def test_a_missing_part_makes_the_features_that_need_it_missing():
    own = features(panel()).loc["835"]
    assert set(own.index[own.isna()]) == {"growth_3", "refused", "waiting", "late"}


def test_an_area_without_flows_or_residents_has_growth_only():
    bare = panel(
        flow={measure: pd.DataFrame(dtype=float) for measure in FlowMeasure},
        children=pd.DataFrame(index=CHILDREN.index),
    )
    own = features(bare).loc["865"]
    assert own.index[own.notna()].tolist() == ["growth_1", "growth_2", "growth_3", "growth_region"]


def test_growth_of_the_region_falls_back_to_the_area_itself_and_is_missing_where_not_available():
    growth = features(panel()).loc[:, "growth_region"]
    assert growth[ENGLAND] == pytest.approx(np.log(1.2))
    assert growth[REGION] == growth["835"] == pytest.approx(np.log(1.1))
    assert np.isnan(features(panel(region_of={"865": "E12000001"})).loc["865", "growth_region"])


def test_zero_plans_make_features_missing_and_never_endless():
    none = PLANS.copy()
    none.loc["865", 2021] = 0
    own = features(panel(plans=none)).loc["865"]
    assert set(own.index[own.notna()]) == {"growth_2", "growth_3", "growth_region", "late"}


def test_authorities_are_those_counted_at_the_origin():
    assert panel().authorities == ["865", "835"]
    assert panel().up_to(2018).authorities == ["865"]


@pytest.mark.parametrize("origin", [2019, 2022, 2024])
def test_what_comes_after_an_origin_changes_no_feature(origin):
    whole = invented_panel()
    expected = features(whole.up_to(origin))
    assert expected.notna().all(axis=None) == (origin <= 2022)
    pd.testing.assert_frame_equal(features(shaken(whole, origin).up_to(origin)), expected)


def test_a_panel_cut_at_an_origin_holds_nothing_later():
    cut = invented_panel().up_to(2020)
    assert cut.origin == 2020
    assert max(wide.columns.max() for wide in cut.flow.values() if len(wide)) == 2019
    assert cut.children.columns[-1] == 2018


def test_a_backlog_that_was_published_is_taken_as_it_is():
    assert backlog(panel()).to_dict() == {"865": 55, "835": 20, REGION: 80, ENGLAND: 700}


def carried(**flow):
    """The backlog in January 2024 of an authority that had 100 assessments waiting in 2021."""
    given = {
        "assessments_outstanding": [100, 3, 2],
        "requests": [np.nan, 200, 300],
        "requests_refused": [np.nan, 40, 50],
        "new_plans": [np.nan, 90, 110],
        "assessments_plan_not_issued": [np.nan, 10, 5],
        "requests_withdrawn": [np.nan, np.nan, 20],
        "assessments_withdrawn": [np.nan, np.nan, 5],
    } | flow
    index = pd.Index(["865"], name="area_code")
    rows = {measure: pd.DataFrame(dtype=float) for measure in FlowMeasure}
    rows |= {
        FlowMeasure(name): pd.DataFrame([row], index, [2021, 2022, 2023])
        for name, row in given.items()
    }
    return backlog(Panel(pd.DataFrame({2024: [1.0]}, index), rows, pd.DataFrame(), {}))["865"]


def test_a_backlog_is_carried_forward_from_the_last_that_was_published():
    assert carried() == 100 + (200 - 40 - 90 - 10) + (300 - 50 - 110 - 5 - 20 - 5)


def test_a_backlog_never_falls_below_none():
    assert carried(new_plans=[np.nan, 900, 110]) == 300 - 50 - 110 - 5 - 20 - 5


def test_a_backlog_is_missing_where_a_part_of_it_is():
    assert np.isnan(carried(requests=[np.nan, np.nan, 300]))


def test_there_is_no_backlog_where_none_was_published():
    rows = {measure: pd.DataFrame(dtype=float) for measure in FlowMeasure}
    assert backlog(panel(flow=rows)).isna().all()


def test_a_backlog_of_another_meaning_is_no_feature():
    late = invented_panel()
    assert features(late.up_to(2022))["backlog"].notna().all()
    assert features(late.up_to(2023))["backlog"].isna().all()


def test_tables_become_a_panel(tables):
    result = Panel.from_tables(*(tables[name] for name in Panel.TABLES))
    assert result.origin == 2026
    assert result.plans.loc["865", 2025] == 6383
    assert result.region_of["865"] == REGION
    assert result.flow[FlowMeasure.REQUESTS].loc["865", 2018] == 690
    assert result.children.columns.tolist() == list(range(2012, 2025))


def test_before_its_own_counts_an_authority_has_the_growth_of_its_parent_area():
    new = PLANS.copy()
    new.loc["865", :2019] = np.nan
    parent = pd.DataFrame([[2000, 3000, 4500, 9000]], ["865"], PLANS.columns, dtype=float)
    own = features(panel(plans=new, parent=parent)).loc["865"]
    assert own["growth_1"] == pytest.approx(np.log(1.1))  # its own, though the area's is known
    assert own["growth_2"] == pytest.approx(np.log(1.5))
    assert own["growth_3"] == pytest.approx(np.log(1.5))
    assert panel(parent=parent).up_to(2019).parent.columns.tolist() == [2018, 2019]


def test_a_panel_of_some_areas_keeps_the_flows_of_all():
    few = panel().only(["835", "999", ENGLAND])
    assert few.plans.index.tolist() == ["835", ENGLAND]
    assert few.flow[FlowMeasure.REQUESTS].index.tolist() == AREAS


def test_a_panel_that_is_cut_has_features_of_its_own(tables):
    panel = Panel.from_tables(*(tables[name] for name in Panel.TABLES))
    assert panel.features is panel.features
    for then in (panel, panel.up_to(2022)):
        pd.testing.assert_frame_equal(then.features, features(then))
    assert not panel.up_to(2022).features.equals(panel.features)
