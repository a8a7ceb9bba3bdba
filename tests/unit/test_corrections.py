import pandas as pd
import pytest

from error_codes import codes
from sendlib.data.corrections import Correction, correct, declared
from sendlib.errors import DataError

INVENTED = Correction(
    name="invented",
    what="Plans of an invented authority",
    published="12",
    instead="No figure",
    why="it is invented",
    source_id="dfe_ehcp_2025",
    table="ehcp_caseload",
    column="plans",
    rows={"census_year": 2025, "age_band": "total"},
    cells={"316": (12, None), "342": (3, 30)},
    and_missing=("ehcp_caseload",),
)


def table(*rows):
    columns = ["area_code", "census_year", "age_band", "plans", "source_id"]
    return pd.DataFrame(rows, columns=columns).assign(value_status="reported")


NEWHAM = ("316", 2025, "total", 12.0, "dfe_ehcp_2025")
WHOLE = (
    NEWHAM,
    ("316", 2025, "under_5", 5.0, "dfe_ehcp_2025"),
    ("316", 2024, "total", 40.0, "dfe_ehcp_2025"),
    ("865", 2025, "total", 12.0, "dfe_ehcp_2025"),
)


def corrected(*rows, correction=INVENTED):
    return correct({"ehcp_caseload": table(*rows)}, (correction,))["ehcp_caseload"]


def test_what_falls_with_a_figure_is_missing_with_its_reason_and_nothing_else_is():
    found = corrected(*WHOLE)
    assert found["plans"].isna().tolist() == [True, True, False, False]
    assert found["value_status"].tolist() == ["not_used", "not_used", "reported", "reported"]


def test_another_figure_takes_the_place_of_the_one_that_was_printed():
    only = INVENTED.model_copy(update={"and_missing": ()})
    found = corrected(("342", 2025, "total", 3.0, "dfe_ehcp_2025"), correction=only)
    assert found[["plans", "value_status"]].to_numpy().tolist() == [[30.0, "reported"]]


@pytest.mark.parametrize(
    ("plans", "source"), [(39.0, "dfe_ehcp_2025"), (None, "dfe_ehcp_2025"), (12.0, "dfe_ehcp_2026")]
)
def test_a_figure_that_was_mended_ends_its_correction(plans, source):
    with pytest.raises(DataError) as caught:
        corrected((*NEWHAM[:3], plans, source))
    assert codes(caught.value) == ["correction_out_of_date"]


def test_every_declared_correction_holds_of_the_committed_data(tables):
    """Each area that a table has shows what is used, and no longer what was printed."""
    for each in declared():
        frame = tables[each.table]
        for area, (_, used) in each.cells.items():
            chosen = frame[frame["area_code"] == area]
            for column, value in each.rows.items():
                chosen = chosen[chosen[column] == value]
            values = chosen[each.column].tolist()
            assert values in ([], [used]) or (used is None and chosen[each.column].isna().all())
