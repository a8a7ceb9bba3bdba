import pandas as pd
import pytest

from error_codes import refuses
from sendlib.areas import PeerGroup
from sendlib.compare.peers import across_years, key_figure, ranking, to_peers
from sendlib.errors import NotAvailableError

NAMES = {
    "865": "Wiltshire",
    "1": "One",
    "2": "Two",
    "3": "Three",
    "R": "Region",
    "E92000001": "England",
}
GROUP = PeerGroup("865", ("1", "2", "3"), "R", NAMES)


def measured(**rows):
    """A measure of one year: the count that a share is made from, and the share."""
    frame = pd.DataFrame(
        {"area_code": list(rows), "area_name": "", "area_type": "", "census_year": 2025}
    )
    frame[["plans", "share"]] = list(rows.values())
    frame.attrs = {"what": "a share", "measure": "share"}
    return frame


def compared(**values):
    rows = {"865": 5.0} | {code.strip("n"): value for code, value in values.items()}
    frame = to_peers(measured(**{code: [1, value] for code, value in rows.items()}), GROUP)
    return frame.set_index("area_code").loc[list(rows)]


def test_an_authority_is_ranked_among_its_neighbours_only():
    frame = compared(n1=7.0, n2=3.0, n3=4.0, R=9.0, E92000001=8.0)
    assert frame["rank"].fillna(0).tolist() == [2, 1, 4, 3, 0, 0]
    assert set(frame["ranked"]) == {4}
    assert frame["role"].tolist() == ["authority", *3 * ["neighbour"], "region", "england"]


def test_a_gap_is_the_authority_less_the_other():
    assert compared(n1=7.0, E92000001=8.0)["gap"].tolist() == [0, -2, -3]


def test_ties_share_the_better_rank():
    assert compared(n1=5.0, n2=4.0)["rank"].tolist() == [1, 1, 3]


def test_a_neighbour_without_a_value_keeps_its_row_and_has_no_rank():
    frame = compared(n1=None, n2=4.0)
    assert pd.isna(frame.loc["1", "rank"])
    assert frame["ranked"].iloc[0] == 2


@pytest.mark.parametrize("compare", [to_peers, across_years])
def test_a_measure_that_lacks_the_authority_gives_an_empty_frame_with_its_columns(compare):
    whole = compare(measured(**{"865": [1, 0.1], "1": [3, 0.3]}), GROUP)
    for lacking in (
        compare(measured(**{"865": [1, None], "1": [3, 0.3]}), GROUP),
        compare(measured(**{"1": [3, 0.3]}), GROUP),
    ):
        assert lacking.empty
        assert list(lacking) == list(whole)
        assert lacking.attrs["what"] == "a share"
        assert lacking.attrs["why"] == "There is no figure for Wiltshire."
    assert "why" not in whole.attrs


def test_a_year_without_the_authority_is_empty_and_one_without_any_area_is_refused():
    frame = measured(**{"865": [1, None], "1": [3, 0.3]})
    assert to_peers(frame, GROUP, year=2025).empty
    with refuses(NotAvailableError, "no_rows_of_period", match="2024"):
        to_peers(frame, GROUP, year=2024)


def test_the_middle_neighbour_is_the_median_of_every_column_of_those_with_a_value():
    rows = {"865": [1, 0.1], "1": [2, 0.2], "2": [4, 0.4], "3": [9, None]}
    frame = across_years(measured(**rows), GROUP)
    middle = frame.query("area_name == 'Middle neighbour'")
    assert middle[["plans", "share"]].to_numpy().tolist() == [[3, pytest.approx(0.3)]]


ROWS = [
    ("865", "Wiltshire", "authority", 2023, 40.0, 0.2),
    ("865", "Wiltshire", "authority", 2024, 5.0, 0.4),
    ("1", "One", "authority", 2024, 10.0, 0.5),
    ("2", "Two", "authority", 2024, 10.0, 0.1),
    ("2", "Two", "authority", 2025, 10.0, 0.1),
    ("R", "Region", "region", 2024, 100.0, 0.9),
]
SHARES = pd.DataFrame(
    ROWS, columns=["area_code", "area_name", "area_type", "calendar_year", "of", "share"]
)
SHARES.attrs = {"what": "a share", "measure": "share", "source_ids": ["s"]}


def test_a_measure_keeps_its_column_and_its_words_among_its_peers():
    beside = to_peers(SHARES, GROUP)
    assert list(beside) == [
        *["area_code", "area_name", "area_type", "role", "calendar_year", "of", "share"],
        *["gap", "rank", "ranked"],
    ]
    assert beside.attrs == SHARES.attrs
    assert set(beside["calendar_year"]) == {2024}  # the last with a figure of its own


def test_every_area_of_the_group_has_a_row_and_what_is_not_available_is_missing():
    beside = to_peers(SHARES, GROUP).set_index("area_code")
    assert beside.index.tolist() == ["865", "1", "2", "3", "R", "E92000001"]
    assert beside["share"].isna().tolist() == [False, False, False, True, False, True]
    assert beside.loc["3", ["area_name", "area_type"]].tolist() == ["Three", "authority"]
    assert beside.loc["E92000001", ["area_name", "area_type"]].tolist() == ["England", "england"]
    assert beside["rank"].fillna(0).tolist() == [2, 1, 3, 0, 0, 0]
    assert beside["gap"].iloc[1] == pytest.approx(-0.1)


def test_another_year_may_be_compared():
    assert to_peers(SHARES, GROUP, year=2023)["of"].tolist()[0] == 40


def test_a_measure_over_years_has_the_middle_neighbour_and_what_a_share_is_of():
    lines = across_years(SHARES, GROUP)
    assert list(lines) == ["area_name", "role", "calendar_year", "of", "share"]
    assert list(dict.fromkeys(lines["area_name"])) == ["Wiltshire", "Middle neighbour", "Region"]
    middle = lines.query("area_name == 'Middle neighbour' and calendar_year == 2024")
    assert middle["share"].tolist() == [pytest.approx(0.3)]
    assert middle["of"].tolist() == [10]
    assert lines.attrs == SHARES.attrs


def test_a_ranking_leaves_out_regions():
    assert ranking(SHARES, year=2024)["area_name"].tolist() == ["One", "Wiltshire", "Two"]


def test_a_ranking_takes_the_newest_year_and_ties_share_the_better_rank():
    assert ranking(SHARES)["area_name"].tolist() == ["Two"]
    alike = SHARES.assign(share=SHARES["of"])
    assert ranking(alike, year=2024)["rank"].tolist() == [1, 1, 3]


def test_an_authority_without_a_figure_comes_last_and_has_no_rank():
    unknown = SHARES.assign(share=SHARES["share"].where(SHARES["area_code"] != "1"))
    ranked = ranking(unknown, year=2024)
    assert ranked["area_name"].tolist() == ["Wiltshire", "Two", "One"]
    assert ranked["rank"].isna().tolist() == [False, False, True]


def plans(**by_year):
    """Plans of the authority and one neighbour in some years."""
    years = [int(name.strip("y")) for name in by_year]
    own = pd.DataFrame({"area_code": "865", "census_year": years, "plans": by_year.values()})
    both = pd.concat([own, own.assign(area_code="1", plans=900.0)])
    frame = both.assign(area_name="", area_type="")
    frame.attrs = {"what": "plans", "measure": "plans"}
    return frame


def test_a_tile_has_the_last_figure_beside_that_of_a_year_before():
    tile = key_figure("plans_in_force", plans(y2023=10.0, y2024=20.0, y2025=30.0), GROUP)
    assert (tile.key, tile.value) == ("plans_in_force", "30")
    assert "January 2025" in tile.detail
    assert "20" in tile.detail
    assert "900" not in tile.detail  # a count says how large an area is


def test_without_a_figure_the_tile_keeps_its_key():
    others = plans(y2025=30.0).query("area_code == '1'")
    tile = key_figure("plans_in_force", others, GROUP)
    assert tile.key == "plans_in_force"
    assert tile.value == "not available"
