import pandas as pd
import pytest

from error_codes import refuses
from sendlib.data import TABLES, check_contract
from sendlib.data.contracts import check_keys
from sendlib.errors import DataError

FLOW = pd.DataFrame(
    {
        "area_code": ["865", "802"],
        "calendar_year": [2024, 2024],
        "measure": ["requests", "requests"],
        "value": [5.0, None],
        "value_status": ["reported", "suppressed"],
        "source_id": "invented",
    }
)


def problems_of(frame):
    with pytest.raises(DataError) as caught:
        check_contract(frame, "ehcp_flow")
    return " | ".join(map(str, caught.value.problems))


def test_a_good_table_passes_in_the_order_of_its_contract_without_other_columns():
    checked = check_contract(FLOW.iloc[:, ::-1].assign(extra=1), "ehcp_flow")
    assert list(checked.columns) == list(TABLES["ehcp_flow"].columns)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"measure": "wishes"}, "column measure"),
        ({"value": -1.0}, "less than 0: -1.0"),
        ({"calendar_year": 1999}, "1999"),
        ({"source_id": None}, "column source_id"),
        ({"area_code": "865"}, "table ehcp_flow"),
        ({"value": "many"}, "column value"),
    ],
)
def test_a_breach_is_reported_with_its_table_column_and_value(changed, words):
    assert words in problems_of(FLOW.assign(**changed))


def test_a_missing_column_is_reported():
    assert "measure" in problems_of(FLOW.drop(columns="measure"))


def test_every_breach_is_reported_at_once():
    told = problems_of(FLOW.assign(measure="wishes", calendar_year=1999, value_status="odd"))
    assert all(words in told for words in ("'wishes'", "1999", "'odd'"))


def known(**tables):
    return {
        "area": pd.DataFrame({"area_code": ["865", "802"]}),
        "source": pd.DataFrame({"source_id": ["invented"]}),
        **tables,
    }


def test_known_areas_and_sources_pass():
    assert check_keys(known(ehcp_flow=FLOW)) is None


@pytest.mark.parametrize("column", ["area_code", "source_id", "neighbour_area_code"])
def test_an_unknown_area_or_source_is_reported_with_its_table_and_column(column):
    with pytest.raises(DataError, match=f"table ehcp_flow, column {column}: 'odd' is not in table"):
        check_keys(known(ehcp_flow=FLOW.assign(**{column: "odd"})))


def test_only_figures_of_a_strategy_may_have_no_area():
    nobody = FLOW.assign(area_code="")
    assert check_keys(known(strategy_figure=nobody)) is None
    with refuses(DataError, "key_not_in_table", match="area"):
        check_keys(known(ehcp_flow=nobody))


def test_every_contract_has_its_key_among_its_columns_and_says_what_they_mean():
    for table in TABLES.values():
        assert set(table.key) <= set(table.columns)
        assert all(column.meaning for column in table.columns.values())
