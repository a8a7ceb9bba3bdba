import numpy as np
import pandas as pd
import pytest

from invented_cohort import invented_axes
from sendlib.errors import DataError

AXES = invented_axes(2, 3)


def rows(**columns):
    cell = {"age": [5], "need": ["asd"], "place_type": ["mainstream"], "plans": [2.0]}
    return pd.DataFrame(cell | columns)


def test_rows_of_one_cell_add_up_and_a_cell_without_a_row_is_zero():
    laid = AXES.to_array(pd.concat([rows(), rows(plans=[3.0])]))
    assert laid[5, 0, 0] == 5
    assert laid.sum() == 5
    assert laid.shape == (26, 2, 3)


def test_an_array_turned_into_rows_and_back_is_the_same():
    array = np.random.default_rng(1).integers(0, 3, AXES.shape).astype(float)
    assert np.array_equal(AXES.to_array(AXES.to_frame(array)), array)


def test_rows_without_a_need_are_of_the_only_need():
    whole = invented_axes(1, 3)
    assert whole.to_array(rows().drop(columns="need"))[5, 0, 0] == 2


def test_all_rows_outside_the_axes_are_named_at_once():
    wrong = pd.concat([rows(age=[26]), rows(need=["vi"]), rows(place_type=["neet"])])
    with pytest.raises(DataError) as error:
        AXES.to_array(wrong)
    assert [problem.where for problem in error.value.problems] == [
        "column age",
        "column need",
        "column place_type",
    ]


def test_a_row_without_a_value_is_refused_and_not_read_as_zero():
    with pytest.raises(DataError, match="1 rows have no plans"):
        AXES.to_array(rows(plans=[np.nan]))
