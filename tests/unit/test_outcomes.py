import pandas as pd
import pytest

from sendlib.errors import ParameterError
from sendlib.outcomes.series import Line, Selection, chart_frames, read_charts, series_of
from sendlib.vocabulary import ChildGroup

WILTSHIRE = "865"
ENGLAND = "E92000001"


@pytest.fixture(scope="module", params=[group.value for group in ChildGroup])
def every_group(charted, request):
    return charted(request.param)


def part(frames, number, name=""):
    return next(
        frame for frame in frames if frame.chart.number == number and name in frame.part.name
    )


def values(made, line):
    rows = made.frame[made.frame["line"] == line]
    return dict(zip(rows["year"], rows["value"], strict=True))


def neighbours_of(tables):
    neighbour = tables["neighbour"]
    return set(neighbour.loc[neighbour["area_code"] == WILTSHIRE, "neighbour_area_code"])


def test_there_are_sixteen_charts_in_the_strategys_order():
    assert [chart.number for chart in read_charts()] == list(range(1, 17))
    assert all(chart.parts for chart in read_charts())


def test_every_name_in_the_charts_is_one_that_a_table_has(tables):
    columns = {
        "flow": ("ehcp_flow", "measure"),
        "funding": ("high_needs_funding", "element"),
        "spend": ("high_needs_spend", "basis"),
        "needs": ("ehcp_caseload", "primary_need"),
        "indicator": ("indicator", "indicator"),
        "outcome": ("outcome", "outcome"),
        "attendance": ("attendance", "measure"),
    }
    parts = [part for chart in read_charts() for part in chart.parts]
    selections = [
        chosen for part in parts for chosen in (part.everyone, *part.groups.values()) if chosen
    ]
    for chosen in selections:
        if chosen.table != "growth":
            table, column = columns[chosen.table]
            assert chosen.name in set(tables[table][column]), chosen


def test_units_and_polarity_are_those_of_the_indicator(tables):
    known = tables["indicator"].drop_duplicates("indicator").set_index("indicator")
    for chart in read_charts():
        for one in chart.parts:
            for chosen in (one.everyone, *one.groups.values()):
                if chosen and chosen.table == "indicator" and one.better != "none":
                    assert (one.unit, one.better) == tuple(
                        known.loc[chosen.name, ["unit", "better"]]
                    )


def test_every_published_figure_that_a_chart_names_is_in_the_strategy(tables):
    printed = set(zip(*(tables["strategy_figure"][c] for c in ("theme", "measure")), strict=True))
    wanted = [one.published for chart in read_charts() for one in chart.parts if one.published]
    assert {(one["theme"], one["measure"]) for one in wanted} <= printed


def test_every_part_has_figures_of_the_authority_or_says_why_not(every_group):
    for made in every_group:
        has_value = bool(made.frame.loc[made.frame["line"] == Line.AUTHORITY, "value"].count())
        assert has_value == (made.reason == ""), made.part.name
        assert has_value == bool(made.sources)


def test_a_value_is_there_exactly_where_its_status_is_reported(every_group):
    for made in every_group:
        reported = made.frame["status"] == "reported"
        assert (made.frame["value"].notna() == reported).all(), made.part.name
        assert not made.frame.duplicated(["line", "year"]).any()


def test_growth_since_2013_meets_what_the_strategy_published(charted):
    made = part(charted("all"), 1)
    printed = made.published.set_index(["line", "year"])["value"]
    assert values(made, Line.AUTHORITY)[2019] == pytest.approx(printed["authority", 2019], abs=0.5)
    assert values(made, Line.ENGLAND)[2019] == pytest.approx(printed["england", 2019], abs=0.5)


def test_the_strategys_own_figure_for_a_group_is_marked_in_the_year_it_ends(charted):
    made = part(charted("sen_support"), 15)
    marks = made.published.set_index(["line", "year"])["value"].to_dict()
    assert marks == {("authority", 2018): 6.51, ("england", 2018): 6.50}
    assert made.published["period"].unique().tolist() == ["2017/18"]


def test_the_strategys_neighbours_are_marked_on_the_line_of_the_neighbours(charted):
    made = part(charted("all_sen"), 12)
    assert "neighbours" in set(made.published["line"])
    assert made.reason.startswith(
        "not available for this group of children, only for children with"
    )


def test_another_authority_is_not_marked_with_wiltshires_figures(charted):
    for made in charted("ehcp", "850"):
        assert made.published.empty


def test_absence_of_england_is_the_published_one(charted):
    made = part(charted("ehcp"), 15)
    assert values(made, Line.ENGLAND)[2018] == 8.73
    assert 2020 not in values(made, Line.ENGLAND)


def test_the_mean_of_the_neighbours_is_weighed_where_all_counts_are_published(tables, charted):
    made = part(charted("all_sen"), 8)
    rows = tables["outcome"]
    rows = rows[
        (rows["outcome"] == "phonics_expected")
        & (rows["group"] == "all_sen")
        & (rows["academic_year"] == "2022/23")
        & rows["area_code"].isin(neighbours_of(tables))
    ]
    expected = 100 * rows["numerator"].sum() / rows["denominator"].sum()
    assert made.mean_basis == "weighted"
    assert values(made, Line.NEIGHBOURS)[2023] == pytest.approx(expected, abs=0.01)


def test_the_mean_of_the_neighbours_is_plain_where_no_count_is_published(tables, charted):
    made = part(charted("ehcp"), 12)
    rows = tables["indicator"]
    rows = rows[
        (rows["indicator"] == "level2_em_by_19_ehcp_pct")
        & (rows["year"] == 2024)
        & rows["area_code"].isin(neighbours_of(tables))
    ]
    assert made.mean_basis == "unweighted"
    assert values(made, Line.NEIGHBOURS)[2024] == pytest.approx(rows["value"].mean())


def test_a_mean_says_how_many_neighbours_it_is_of(tables, charted):
    made = part(charted("ehcp"), 7)
    mean = made.frame[made.frame["line"] == Line.NEIGHBOURS].set_index("year")
    rows = tables["indicator"]
    rows = rows[
        (rows["indicator"] == "eyfs_good_development_ehcp_pct")
        & rows["area_code"].isin(neighbours_of(tables))
    ]
    counted = rows.groupby("year")["value"].count()
    assert counted.min() == 0
    assert 0 < counted[2016] < 10
    assert mean["areas"].to_dict() == counted.to_dict()
    assert set(mean.loc[mean["areas"] == 0, "status"]) == {"not_available"}


def test_a_line_without_figures_is_named(charted):
    made = part(charted("no_sen"), 13)
    assert made.not_available == ("England",)


def test_shares_of_need_are_shares_of_the_plans_of_an_age_band(tables, charted):
    caseload = tables["ehcp_caseload"]
    own = caseload[
        (caseload["area_code"] == WILTSHIRE)
        & (caseload["census_year"] == 2025)
        & (caseload["age_band"] == "5_to_10")
        & (caseload["place_type"] == "total")
    ].set_index("primary_need")["plans"]
    made = part(charted("all"), 5, "autistic")
    assert values(made, Line.AUTHORITY) == {2025: pytest.approx(100 * own["asd"] / own["total"])}


def test_one_missing_need_makes_the_share_unknown():
    caseload = pd.DataFrame(
        {
            "area_code": "865",
            "census_year": 2025,
            "age_band": "total",
            "place_type": "state_special",
            "primary_need": ["asd", "hi"],
            "plans": [20.0, None],
            "value_status": ["reported", "suppressed"],
            "source_id": "invented",
        }
    )
    chosen = Selection(table="needs", name="asd", places=("state_special",))
    made = series_of(chosen, {"ehcp_caseload": caseload}, group=ChildGroup.ALL)
    assert made["value"].isna().all()
    assert made["value_status"].tolist() == ["suppressed"]


def test_a_rate_without_its_residents_is_not_available():
    flow = pd.DataFrame(
        {
            "area_code": "865",
            "calendar_year": [2023, 2024],
            "measure": "requests",
            "value": [10.0, 30.0],
            "value_status": "reported",
            "source_id": "invented",
        }
    )
    children = pd.DataFrame({"area_code": ["865"], "year": [2024], "persons": [10_000.0]})
    chosen = Selection(table="flow", name="requests")
    made = series_of(chosen, {"ehcp_flow": flow, "children": children}, group=ChildGroup.ALL)
    assert made["value_status"].tolist() == ["not_available", "reported"]
    assert made["value"].iloc[1] == 30


def test_an_unknown_group_is_refused(tables):
    with pytest.raises(ParameterError, match="ehcp"):
        chart_frames(tables, WILTSHIRE, group="ehpc")
