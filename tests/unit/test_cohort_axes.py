import pandas as pd

from invented_cohort import invented_axes

AXES = invented_axes(2, 3)


def rows(**columns):
    cell = {"age": [5], "need": ["asd"], "place_type": ["mainstream"], "plans": [2.0]}
    return pd.DataFrame(cell | columns)


def test_rows_of_one_cell_add_up_and_a_cell_without_a_row_is_zero():
    laid = AXES.to_array(pd.concat([rows(), rows(plans=[3.0])]))
    assert laid[5, 0, 0] == 5
    assert laid.sum() == 5
    assert laid.shape == (26, 2, 3)


def test_rows_can_be_laid_out_by_where_they_were_and_where_they_are():
    moved = pd.DataFrame(
        {"age": [5, 5], "place_from": "mainstream", "place_to": "state_special", "plans": [2.0, 1]}
    )
    laid = AXES.to_array(moved, ("place_from", "place_to"))
    assert laid.shape == (26, 3, 3)
    assert (laid[5, 0, 1], laid.sum()) == (3, 3)
