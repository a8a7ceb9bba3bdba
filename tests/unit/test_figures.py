import pytest

from error_codes import places
from sendlib.data.figures import LAYOUTS, read_figures
from sendlib.errors import DataError
from sendlib.periods import financial_year

SPEND = """\
gss_code,la_code,area_name,area_level,financial_year,net_outturn_gbp,spend_lines,source_id
E1,999,Nowhere,authority,2023-24,1000,1.2.x,invented
E1,999,Nowhere,authority,2024-25,x,1.2.x,invented
"""
PERSONS = """AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP,2024,2025
E1,Nowhere,Population,persons,0,10.5,11
E1,Nowhere,Population,persons,1,12,x
"""


def problems_of(text, layout):
    with pytest.raises(DataError) as caught:
        read_figures(text.encode(), layout=layout, where="a.csv")
    return list(caught.value.problems)


def test_numbers_are_numbers_with_their_status_and_text_stays():
    frame = read_figures(SPEND.encode(), layout="high_needs_outturn", where="a.csv")
    assert frame["net_outturn_gbp"].iloc[0] == 1000
    assert frame["net_outturn_gbp_status"].tolist() == ["reported", "not_available"]
    assert frame["la_code"].tolist() == ["999", "999"]


def test_a_column_for_each_year_becomes_a_row_for_each_year():
    frame = read_figures(PERSONS.encode(), layout="population_projection", where="a.csv")
    assert frame[["year", "AGE_GROUP", "persons_status"]].to_numpy().tolist() == [
        ["2024", "0", "reported"],
        ["2024", "1", "reported"],
        ["2025", "0", "reported"],
        ["2025", "1", "not_available"],
    ]


def test_a_bad_number_in_a_year_is_reported_with_its_row_and_year():
    told = problems_of(PERSONS.replace("12,x", "12,y"), "population_projection")
    assert places(told)[0] == ("unknown_symbol", "a.csv, row 3, column 2025")
    assert "'y'" in told[0].found


def test_a_file_of_years_without_a_year_is_refused():
    text = "\n".join(line.rsplit(",", 2)[0] for line in PERSONS.splitlines())
    problems = problems_of(text, "population_projection")
    assert places(problems) == [("no_column_of_a_year", "a.csv")]


@pytest.mark.parametrize(
    ("year", "can_be"), [(2008, False), (2009, True), (2049, True), (2050, False)]
)
def test_a_period_of_no_year_that_can_be_is_reported_where_it_stands_first(year, can_be):
    period = financial_year(year)
    text = SPEND.replace("2023-24", period) + f"E2,998,There,authority,{period},1,1.2.x,invented\n"
    if can_be:
        assert len(read_figures(text.encode(), layout="high_needs_outturn", where="a.csv")) == 3
    else:
        told = problems_of(text, "high_needs_outturn")
        assert places(told) == [("year_out_of_range", "a.csv, row 2, column financial_year")]
        assert "from 2009 to 2049" in told[0].remedy


@pytest.mark.parametrize(("year", "can_be"), [("1999", False), ("2060", True), ("2061", False)])
def test_a_column_is_a_year_within_what_is_projected(year, can_be):
    text = PERSONS.replace(",2025", f",{year}")
    if can_be:
        assert len(read_figures(text.encode(), layout="population_projection", where="a.csv")) == 4
    else:
        told = problems_of(text, "population_projection")
        assert places(told) == [("column_not_a_year", "a.csv")]
        assert "from 2000 to 2060" in told[0].found


def test_money_may_be_negative_where_the_layout_says_so_and_counts_may_not():
    frame = read_figures(
        SPEND.replace(",1000,", ",-5,").encode(), layout="high_needs_outturn", where="a.csv"
    )
    assert frame["net_outturn_gbp"].iloc[0] == -5
    problem = problems_of(PERSONS.replace("10.5", "-1"), "population_projection")[0]
    assert problem.code == "negative_count"
    assert "-1" in problem.found


def test_all_problems_of_a_file_are_reported_together():
    told = problems_of(SPEND.replace("2023-24", "2023").replace(",x,", ",?,"), "high_needs_outturn")
    assert places(told) == [
        ("invalid_period", "a.csv, row 2, column financial_year"),
        ("unknown_symbol", "a.csv, row 3, column net_outturn_gbp"),
    ]
    assert "'2023'" in told[0].found
    assert "'?'" in told[1].found


def test_every_layout_names_its_key_and_numbers_among_its_columns():
    for layout in LAYOUTS.values():
        assert {*layout.key, *layout.numbers, *layout.patterns} <= set(layout.columns)
