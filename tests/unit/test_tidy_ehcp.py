import pandas as pd

from sendlib.data.tidy_plans import BAND_OF_AGE, tidy_releases
from sendlib.vocabulary import ENGLAND, AgeBand


def long(*rows):
    """Rows of a release: source, table, area, year, age, place, term, value (or a status)."""
    columns = ["source_id", "table", "area_code", "year", "age", "place_type", "term", "found"]
    frame = pd.DataFrame(rows, columns=columns)
    number = frame["found"].map(lambda found: isinstance(found, (int, float)))
    return frame.assign(
        published=frame["term"] + frame["age"] + frame["place_type"],
        value=pd.to_numeric(frame["found"].where(number)),
        value_status=frame["found"].where(~number, "reported").astype("str"),
    ).drop(columns="found")


NEW, OLD = "dfe_ehcp_2025", "dfe_ehcp_2022"
STOCK = (
    (NEW, "caseload", "865", 2025, "total", "total", "total", 10),
    (NEW, "caseload", "865", 2025, "total", "total", "mainstream", 6),
    (NEW, "caseload", "865", 2025, "total", "total", "state_special", 4),
    (NEW, "caseload", "865", 2025, "5", "total", "total", 7),
    (NEW, "caseload", "865", 2025, "10", "total", "total", 3),
)


def caseload_of(*rows, table="ehcp_caseload"):
    frame = tidy_releases(long(*rows))[table]
    return {
        (row.census_year, row.age_band, row.place_type, row.primary_need): row.plans
        for row in frame.itertuples()
    }


def test_single_ages_become_bands_and_settings_places():
    assert caseload_of(*STOCK) == {
        (2025, "total", "total", "total"): 10,
        (2025, "total", "mainstream", "total"): 6,
        (2025, "total", "state_special", "total"): 4,
        (2025, "5_to_10", "total", "total"): 10,
    }


def test_parts_of_one_place_are_added_and_one_unknown_part_makes_it_unknown():
    rows = [*STOCK, (NEW, "caseload", "865", 2025, "total", "total", "mainstream", "suppressed")]
    assert pd.isna(caseload_of(*rows)[2025, "total", "mainstream", "total"])


def test_a_subtotal_of_the_publisher_is_left_out():
    row = (NEW, "ceased", "865", 2024, "total", "subtotal", "total", 99)
    ceased = tidy_releases(long(*STOCK, row, (*row[:5], "mainstream", "total", 9)))["ehcp_ceased"]
    assert ceased[["place_type", "plans"]].to_numpy().tolist() == [["mainstream", 9]]


def test_settings_of_two_releases_are_never_mixed_within_a_january():
    rows = [
        (OLD, "age", "865", 2022, "total", "total", "total", 20),
        (OLD, "caseload", "865", 2022, "total", "total", "total", 21),
        (OLD, "caseload", "865", 2022, "total", "other", "total", 8),
        (NEW, "caseload", "865", 2022, "total", "total", "mainstream", 20),
    ]
    assert caseload_of(*rows) == {
        (2022, "total", "total", "total"): 20,
        (2022, "total", "mainstream", "total"): 20,
    }


def test_the_total_comes_from_the_table_by_age_and_both_stay_to_compare():
    rows = [
        (OLD, "age", ENGLAND, 2018, "total", "total", "total", 319819),
        (OLD, "caseload", ENGLAND, 2018, "total", "total", "total", 312626),
    ]
    assert caseload_of(*rows) == {(2018, "total", "total", "total"): 319819}
    both = tidy_releases(long(*rows))["ehcp_total_by_table"]
    assert both[["table", "plans"]].to_numpy().tolist() == [["age", 319819], ["caseload", 312626]]


def test_needs_stand_next_to_places_and_ages():
    rows = [
        *STOCK,
        (NEW, "need", "865", 2025, "total", "total", "asd", 4),
        (NEW, "need", "865", 2025, "5", "total", "asd", 1),
        (NEW, "need", "865", 2025, "6", "total", "asd", 2),
        (NEW, "need", "865", 2025, "total", "mainstream", "asd", 3),
        (NEW, "need", "865", 2025, "total", "total", "total", 99),
    ]
    found = caseload_of(*rows)
    assert found[2025, "total", "total", "asd"] == 4
    assert found[2025, "5_to_10", "total", "asd"] == 3
    assert found[2025, "total", "mainstream", "asd"] == 3
    assert found[2025, "total", "total", "total"] == 10


def test_flows_of_the_newest_release_that_reports_them_count():
    rows = [
        (OLD, "flow", "865", 2019, "total", "total", "requests", 5),
        (NEW, "flow", "865", 2019, "total", "total", "requests", 6),
        (OLD, "flow", "865", 2019, "total", "total", "assessments", 7),
        (NEW, "flow", "865", 2019, "total", "total", "assessments", "not_available"),
    ]
    flow = tidy_releases(long(*STOCK, *rows))["ehcp_flow"].set_index("measure")
    assert flow["value"].to_dict() == {"assessments": 7, "requests": 6}
    assert flow["source_id"].to_dict() == {"assessments": OLD, "requests": NEW}


def test_what_nobody_was_asked_for_is_reported_from_what_was_not_reported():
    rows = [
        (NEW, "flow", ENGLAND, 2024, "total", "total", "tribunals", "not_available"),
        (NEW, "flow", "865", 2024, "total", "total", "tribunals", "not_available"),
        (NEW, "flow", ENGLAND, 2024, "total", "total", "requests", 9),
        (NEW, "flow", "865", 2024, "total", "total", "requests", "not_available"),
    ]
    flow = tidy_releases(long(*STOCK, *rows))["ehcp_flow"]
    mine = flow[flow["area_code"] == "865"].set_index("measure")["value_status"]
    assert mine.to_dict() == {"tribunals": "not_collected", "requests": "not_available"}


def test_plans_by_single_age_keep_their_place():
    rows = [
        *STOCK,
        (NEW, "new_plans", "865", 2024, "5", "total", "mainstream", 2),
        (NEW, "new_plans", "865", 2024, "total", "total", "total", 3),
    ]
    tables = tidy_releases(long(*rows))
    by_age = tables["ehcp_caseload_by_age"]
    assert by_age[["age", "place_type", "plans"]].to_numpy().tolist() == [
        ["10", "total", 3],
        ["5", "total", 7],
    ]
    assert tables["ehcp_new_plans_by_age"]["plans"].tolist() == [2]


def test_every_age_up_to_25_has_a_band():
    assert {str(age) for age in range(3, 26)} <= set(BAND_OF_AGE)
    assert set(BAND_OF_AGE.values()) == {band.value for band in AgeBand}
    assert [BAND_OF_AGE[age] for age in ("0-2", "4", "5", "10", "11", "15", "16", "19", "20")] == [
        *["under_5", "under_5", "5_to_10", "5_to_10", "11_to_15", "11_to_15"],
        *["16_to_19", "16_to_19", "20_to_25"],
    ]


def test_tidying_changes_nothing_of_its_input():
    rows = long(*STOCK)
    before = rows.copy(deep=True)
    tidy_releases(rows)
    assert rows.equals(before)


def test_down_syndrome_has_no_row_where_it_was_among_the_others():
    edition = "dfe_ehcp_2026"
    rows = [
        (edition, "need", area, year, "total", "total", term, found)
        for area in (ENGLAND, "865")
        for year, term, found in (
            (2025, "oth", 9),
            (2025, "ds", "not_available"),
            (2026, "oth", 6),
            (2026, "ds", 4),
        )
    ]
    caseload = tidy_releases(long(*STOCK, *rows))["ehcp_caseload"]
    mine = caseload[(caseload["area_code"] == "865") & (caseload["primary_need"] != "total")]
    assert mine[["census_year", "primary_need", "plans"]].to_numpy().tolist() == [
        [2025, "oth", 9],
        [2026, "ds", 4],
        [2026, "oth", 6],
    ]
