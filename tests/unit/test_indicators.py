"""Measures as tidy frames, on invented tables small enough to check by hand."""

import pandas as pd
import pytest

from error_codes import refuses
from sendlib import indicators
from sendlib.errors import DataError, NotAvailableError, ParameterError
from sendlib.vocabulary import FlowMeasure

AREAS = {
    "865": ("Wiltshire", "authority"),
    "802": ("North Somerset", "authority"),
    "E12000009": ("South West", "region"),
}
T = "total"


def table(columns, rows):
    """A table as an authority gives it: with names, and a source for each row."""
    frame = pd.DataFrame(rows, columns=["area_code", *columns])
    names = pd.DataFrame([AREAS[code] for code in frame["area_code"]])
    frame.insert(1, "area_name", names[0])
    frame.insert(2, "area_type", names[1])
    return frame if "source_id" in frame else frame.assign(source_id="release")


def caseload(*rows):
    """Rows: area, year, age band, place, need, plans."""
    columns = ["census_year", "age_band", "place_type", "primary_need", "plans"]
    return table(columns, rows)


PLANS = caseload(
    ("865", 2024, T, T, T, 80.0),
    ("865", 2025, T, T, T, 100.0),
    ("865", 2025, T, "mainstream", T, 40.0),
    ("865", 2025, T, "resourced_provision", T, 6.0),
    ("865", 2025, T, "sen_unit", T, 4.0),
    ("865", 2025, T, "independent_mainstream", T, 2.0),
    ("865", 2025, T, "state_special", T, 48.0),
    ("865", 2025, "under_5", T, T, 30.0),
    ("865", 2025, T, T, "asd", 75.0),
    ("865", 2025, T, T, "semh", 25.0),
    ("865", 2025, T, "state_special", "asd", 36.0),
    ("865", 2025, T, "state_special", "semh", 12.0),
    ("802", 2025, T, T, T, 50.0),
    ("802", 2025, T, "mainstream", T, None),
    ("802", 2025, T, "resourced_provision", T, 1.0),
    ("802", 2025, T, "sen_unit", T, 1.0),
    ("802", 2025, T, "independent_mainstream", T, 0.0),
    ("802", 2025, T, T, "asd", None),
    ("802", 2025, T, T, "semh", 5.0),
    ("802", 2025, T, "state_special", "semh", 5.0),
)


def by_area(frame, column):
    return frame.set_index("area_name")[column].to_dict()


def test_all_plans_are_a_row_for_each_area_and_january():
    plans = indicators.plans(PLANS)
    assert list(plans) == ["area_code", "area_name", "area_type", "census_year", "plans"]
    assert plans["plans"].tolist() == [50, 80, 100]
    assert plans.attrs == {
        "what": "plans in force each January",
        "measure": "plans",
        "source_ids": ["release"],
    }


def test_a_part_stands_next_to_all_plans_and_the_total_is_no_row_of_its_own():
    places = indicators.plans(PLANS, by="place", areas="Wiltshire")
    assert places["place_type"].tolist() == [
        *["mainstream", "resourced_provision", "sen_unit"],
        *["independent_mainstream", "state_special"],
    ]
    assert places["place"].iloc[-1] == "State special school"
    assert set(places["all_plans"]) == {100}
    assert places.attrs["what"] == "plans in force each January, by place"


@pytest.mark.parametrize("need", ["semh", "SEMH", "Social, emotional and mental health"])
def test_a_need_answers_to_its_value_and_its_label_in_any_case(need):
    plans = indicators.plans(PLANS, need=need)
    assert by_area(plans, "plans") == {"Wiltshire": 25, "North Somerset": 5}


def test_down_syndrome_and_the_others_together_are_the_others_while_it_was_one_of_them():
    others = PLANS.assign(primary_need=PLANS["primary_need"].replace("semh", "oth"))
    together = indicators.plans(others, need=["oth", "ds"])
    assert by_area(together, "plans") == {"Wiltshire": 25, "North Somerset": 5}
    assert indicators.plans(others, need=["asd", "ds"])["plans"].isna().all()


def test_a_pair_that_a_release_leaves_out_is_one_in_which_nobody_is():
    pairs = indicators.plans(PLANS, need="asd", place="state_special")
    assert by_area(pairs, "plans") == {"Wiltshire": 36, "North Somerset": 0}


def test_the_areas_that_are_asked_for_come_in_that_order_by_name_or_code():
    plans = indicators.latest(indicators.plans(PLANS, areas=["865", "north somerset"]))
    assert plans["area_code"].tolist() == ["865", "802"]


def test_mainstream_counts_independent_schools():
    found = by_area(indicators.mainstream_share(PLANS), "share")
    assert found["Wiltshire"] == pytest.approx(0.52)
    assert pd.isna(found["North Somerset"])  # one of its parts is withheld


def test_a_share_stands_next_to_what_it_is_of_and_begins_when_its_place_was_counted():
    shares = indicators.place_share(PLANS, ["sen_unit", "resourced_provision"], areas="Wiltshire")
    row = shares[["census_year", "plans", "of", "share"]].to_numpy().tolist()
    assert row == [[2025, 10, 100, 0.1]]
    assert shares.attrs["measure"] == "share"


def test_a_name_repeated_counts_once():
    once = indicators.place_share(PLANS, "sen_unit")
    twice = indicators.place_share(PLANS, ["sen_unit", "SEN unit"])
    pd.testing.assert_frame_equal(once, twice)


def test_places_of_which_one_was_never_counted_have_no_share():
    shares = indicators.place_share(PLANS, ["mainstream", "neet"], areas="Wiltshire")
    assert list(shares)[-3:] == ["plans", "of", "share"]
    assert shares.empty
    assert shares.attrs["what"].startswith("share of plans")
    assert shares.attrs["why"] == "The tables have none up to the January looked from."


def test_what_is_made_from_a_measure_without_figures_has_none_either():
    nothing = indicators.plans(PLANS, place="neet")
    for made in (
        indicators.latest(nothing),
        indicators.growth(nothing),
        indicators.pivot(nothing, "area_name", "census_year"),
    ):
        assert made.empty
        assert made.attrs["why"] == nothing.attrs["why"]


def test_a_need_is_a_share_of_all_plans_or_of_those_in_some_places():
    everywhere = indicators.need_share(PLANS, "asd", areas="Wiltshire")
    special = indicators.need_share(PLANS, "asd", place=["state_special"])
    assert everywhere["share"].tolist() == [0.75]
    assert by_area(special, "share") == {"Wiltshire": 0.75, "North Somerset": 0}
    assert by_area(special, "of") == {"Wiltshire": 48, "North Somerset": 5}


def test_each_need_has_a_row_in_the_order_of_the_list_and_a_missing_one_is_missing():
    shares = indicators.need_share(PLANS)
    assert shares["primary_need"].tolist() == ["asd", "semh"] * 2
    assert shares["share"].isna().tolist() == [True, False, False, False]


def test_a_need_may_be_a_share_of_the_plans_of_each_place():
    shares = indicators.need_share(PLANS, by="place", areas="Wiltshire")
    assert shares[["place", "need", "of"]].to_numpy().tolist() == [
        ["State special school", "Autistic spectrum disorder", 48],
        ["State special school", "Social, emotional and mental health", 48],
    ]
    assert shares["share"].tolist() == [0.75, 0.25]


def test_a_measure_is_turned_in_its_own_order_and_keeps_its_words():
    shares = indicators.need_share(PLANS, areas=["865", "802"])
    wide = indicators.pivot(shares, "need", "area_name")
    assert list(wide) == ["Wiltshire", "North Somerset"]
    assert wide.loc["Social, emotional and mental health"].tolist() == [0.25, 0.1]
    assert (wide.attrs["unit"], wide.attrs["what"]) == ("share1", shares.attrs["what"])
    with refuses(DataError, "pair_repeated"):
        indicators.pivot(indicators.plans(PLANS), "area_type", "area_type")


def test_januaries_are_named_as_such_along_the_top():
    plans = indicators.plans(PLANS, areas="Wiltshire")
    assert list(indicators.pivot(plans, "area_name", "census_year")) == [
        "January 2024",
        "January 2025",
    ]


def test_an_age_is_a_share_of_all_plans():
    assert indicators.age_share(PLANS, "Under 5")["share"].tolist() == [0.3]


def test_two_parts_may_be_crossed_and_three_are_refused():
    pairs = indicators.plans(PLANS, by=["need", "place"], areas="Wiltshire")
    assert pairs["plans"].tolist() == [36, 12]
    with refuses(ParameterError, "need_place_and_age"):
        indicators.plans(PLANS, by=["need", "place"], age="under_5")


def people(year, ages, persons=10.0):
    return table(["year", "age", "persons"], [("865", year, age, persons) for age in ages])


def test_plans_are_divided_by_the_residents_of_the_summer_before():
    rate = indicators.plans_per_10k(PLANS, people(2024, range(30)), areas="Wiltshire")
    row = rate[["census_year", "plans", "residents_0_to_25", "plans_per_10k"]]
    assert row.to_numpy().tolist() == [[2025, 100, 260, pytest.approx(10_000 * 100 / 260)]]


def test_an_area_whose_residents_are_not_there_is_missing_and_keeps_its_row():
    rate = indicators.plans_per_10k(PLANS, people(2024, range(26)))
    assert rate.loc[rate["area_name"] == "North Somerset", "plans_per_10k"].isna().tolist() == [
        True
    ]


def test_a_rate_is_unknown_where_an_age_is_missing():
    rate = indicators.plans_per_10k(PLANS, people(2024, range(25)), areas="Wiltshire")
    assert rate.empty
    assert "every 10,000 residents aged 0 to 25" in rate.attrs["what"]


def flow(**measures):
    rows = [("865", 2024, measure, value) for measure, value in measures.items()]
    return table(["calendar_year", "measure", "value"], rows)


FLOW = flow(
    requests=200.0,
    requests_refused=50.0,
    plans_issued_excluding_exceptions=8.0,
    plans_issued_within_20_weeks_excluding_exceptions=2.0,
)
CHILDREN = table(["year", "persons", "source_id"], [("865", 2024, 1000.0, "ons")])


def test_requests_are_a_count_and_with_residents_a_rate_of_the_same_summer():
    assert indicators.requests(FLOW)["requests"].tolist() == [200]
    rate = indicators.requests(FLOW, CHILDREN)
    assert list(rate)[-3:] == ["requests", "residents_0_to_17", "requests_per_10k"]
    assert rate["requests_per_10k"].tolist() == [2000]
    assert rate.attrs["source_ids"] == ["ons", "release"]
    assert rate.attrs["what"].endswith("for every 10,000 residents aged 0 to 17")


def test_any_flow_has_a_column_with_its_name():
    assert indicators.flows(FLOW, "Requests refused")["requests_refused"].tolist() == [50]


@pytest.mark.parametrize(
    ("measure", "row"),
    [
        (indicators.refused_share, [50, 200, 0.25]),
        (indicators.share_within_20_weeks, [2, 8, 0.25]),
    ],
)
def test_a_share_of_a_flow_says_of_how_many(measure, row):
    shares = measure(FLOW)
    assert list(shares)[-2:] == ["of", "share"]
    assert shares.iloc[0, -3:].tolist() == row


def test_an_indicator_has_a_column_with_its_name_and_its_period():
    columns = ["indicator", "year", "period", "value", "unit"]
    rows = [("865", "x_pct", 2024, "2024", 1.0, "%"), ("865", "y", 2025, "2025", 2.0, "")]
    one = indicators.indicator(table(columns, rows), "x_pct")
    assert one[["year", "period", "x_pct"]].to_numpy().tolist() == [[2024, "2024", 1.0]]


GROWN = caseload(
    ("865", 2013, T, T, T, 100.0),
    ("865", 2019, T, T, T, 179.0),
    ("802", 2013, T, T, T, 0.0),
    ("802", 2019, T, T, T, 5.0),
)


def test_growth_has_both_ends_and_is_missing_where_there_was_nothing_to_grow_from():
    grown = indicators.growth(indicators.plans(GROWN))
    wiltshire = grown.set_index("area_name").loc["Wiltshire"]
    ends = wiltshire[["since", "census_year", "plans_then", "plans"]].tolist()
    assert ends == [2013, 2019, 100, 179]
    assert wiltshire["growth_pct"] == pytest.approx(79)
    assert pd.isna(by_area(grown, "growth_pct")["North Somerset"])
    assert grown.attrs["source_ids"] == ["release"]


def test_an_index_is_100_in_its_base_year():
    index = indicators.index_since(indicators.plans(GROWN), 2013)
    assert index.query("area_name == 'Wiltshire'")["plans_index"].tolist() == [100, 179]
    assert index.query("area_name == 'North Somerset'")["plans_index"].isna().all()


def test_growth_of_parts_is_reported_for_each_of_them():
    rows = [
        ("865", year, T, T, need, plans)
        for year, need, plans in [(2024, "asd", 10.0), (2024, "semh", 10.0), (2025, "asd", 15.0)]
    ]
    needs = indicators.plans(caseload(*rows, ("865", 2025, T, T, "semh", 30.0)), by="need")
    assert indicators.growth(needs).set_index("primary_need")["growth_pct"].to_dict() == {
        "asd": pytest.approx(50),
        "semh": pytest.approx(200),
    }


def test_growth_from_one_year_or_from_one_that_is_not_there_says_which_there_are():
    with pytest.raises(
        NotAvailableError, match=r"Growth needs two years.\n.*figures for 2025 only"
    ):
        indicators.growth(indicators.plans(PLANS, need="semh"))
    with refuses(NotAvailableError, "no_rows_of_period", match="2000.*2013.*2019"):
        indicators.growth(indicators.plans(GROWN), 2000)


def test_what_is_withheld_everywhere_has_no_latest_figure_and_no_growth():
    withheld = indicators.plans(PLANS, need="asd", areas="North Somerset")
    assert indicators.latest(withheld).empty
    assert indicators.growth(withheld).empty


def test_what_is_measured_is_asked_for_where_a_frame_no_longer_says():
    plain = pd.DataFrame(indicators.plans(GROWN).to_dict("list"))
    with refuses(DataError, "measure_not_named", match="census_year.*plans", where="growth"):
        indicators.growth(plain)
    assert len(indicators.growth(plain, measure="plans")) == 2


def test_a_model_takes_an_area_a_row_and_a_year_a_column():
    assert indicators.total_plans(PLANS).loc["865"].to_dict() == {2024: 80, 2025: 100}
    requests = indicators.flow_by_year(FLOW, FlowMeasure.REQUESTS)
    assert requests.to_dict() == {2024: {"865": 200}}
