import numpy as np
import pandas as pd
import pytest

from sendlib.errors import ParameterError
from sendlib.finance.block import allocation
from sendlib.finance.income import (
    TRANSFER_LIMIT_SHARE,
    block_transfer,
    income,
    transfer_needs_secretary_of_state,
)

YEARS = ["2025-26", "2026-27", "2027-28"]
PRINTED = {
    "formula_factors": 1000.0,
    "basic_entitlement": 10.5,
    "pupils": 4.0,
    "import_export": -20.0,
    "special_free_schools": 5.0,
    "hospital_and_pay": 7.0,
    "additional_base": 900.0,
    "additional": 30.0,
}


def terms(changes=None, status=None, left_out=()):
    printed = {**PRINTED, **(changes or {})}
    kept = [term for term in printed if term not in left_out]
    return pd.DataFrame(
        {
            "area_code": "999",
            "financial_year": "2022-23",
            "term": kept,
            "value": [printed[term] for term in kept],
            "value_status": [(status or {}).get(term, "reported") for term in kept],
        }
    )


def problems_of(call, *arguments, **named):
    with pytest.raises(ParameterError) as caught:
        call(*arguments, **named)
    return list(map(str, caught.value.problems))


def test_a_block_is_its_terms_with_the_entitlement_paid_for_each_pupil():
    rebuilt = allocation(terms())
    assert rebuilt.to_dict() == {("999", "2022-23"): 1000 + 10.5 * 4 - 20 + 5 + 7 + 30}


def test_a_term_that_a_year_does_not_have_adds_nothing():
    status = {"additional": "not_applicable", "hospital_and_pay": "not_applicable"}
    missing = {"additional": None, "hospital_and_pay": None}
    assert allocation(terms(missing, status)).tolist() == [1027]


@pytest.mark.parametrize("term", [term for term in PRINTED if term != "additional_base"])
@pytest.mark.parametrize("status", ["suppressed", "not_available"])
def test_any_other_missing_term_makes_the_block_unknown(term, status):
    assert allocation(terms({term: None}, {term: status})).isna().all()


@pytest.mark.parametrize("term", ["pupils", "import_export"])
def test_a_term_that_every_year_has_cannot_be_not_applicable(term):
    assert allocation(terms({term: None}, {term: "not_applicable"})).isna().all()


def test_a_term_without_a_row_makes_the_block_unknown():
    assert allocation(terms(left_out=["additional"])).isna().all()


def test_what_additional_funding_is_a_share_of_is_not_paid_as_well():
    assert allocation(terms({"additional_base": 1e9})).equals(allocation(terms()))


def test_a_transfer_is_a_share_of_each_years_schools_block():
    moved = block_transfer([[200.0, 300.0], [400.0, 500.0]], share=[0.005, 0.01])
    assert moved.tolist() == [[1, 3], [2, 5]]


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    (told,) = problems_of(block_transfer, [200.0, 300.0], share=[0.005, share])
    assert told.startswith(f"share: a share of {share}. Give one between 0 and 1")


def test_more_than_the_limit_needs_the_secretary_of_state():
    assert not transfer_needs_secretary_of_state(0.0)
    assert not transfer_needs_secretary_of_state(TRANSFER_LIMIT_SHARE)
    assert transfer_needs_secretary_of_state(0.0051)


def test_the_limit_of_a_transfer_is_the_one_of_the_policy_table(tables):
    levers = tables["policy_lever"].set_index("lever")
    limit = levers.loc["schools block transfer limit"]
    assert (float(limit["value"]), limit["unit"]) == (TRANSFER_LIMIT_SHARE, "share")


def test_income_is_the_block_less_deductions_and_all_that_is_added():
    made = income(
        YEARS,
        before_deductions=[[100.0, 100.0, 110.0], [100.0, 90.0, 80.0]],
        deductions=[10.0, 11.0, 12.0],
        transfer=[[1.0, 1.0, 1.0]],
        agreement=[0.0, 5.0, 0.0],
        council=0.5,
    )
    assert made.financial_years == tuple(YEARS)
    assert made.after_deductions.tolist() == [[90, 89, 98], [90, 79, 68]]
    assert made.total().tolist() == [[91.5, 95.5, 99.5], [91.5, 85.5, 69.5]]
    assert {made.transfer.shape, made.council.shape, made.total().shape} == {(2, 3)}


def test_streams_that_do_not_fit_are_told_together():
    told = problems_of(
        income,
        YEARS,
        before_deductions=np.ones((4, 3)),
        deductions=[1.0, 2.0],
        council=np.ones((2, 3)),
    )
    assert told == [
        "deductions: shape (2,). Give one number, (3,) or (4, 3).",
        "council: shape (2, 3). Give one number, (3,) or (4, 3).",
    ]


def test_the_blocks_held_are_rebuilt_to_within_a_few_pounds(tables):
    held = tables["high_needs_term"]
    printed = held[held["term"] == "before_deductions"].set_index(["area_code", "financial_year"])
    gap = (allocation(held) - printed["value"]).abs()
    assert len(gap) == 3 * 12
    assert gap.drop(index="E92000001", level="area_code").max() < 5
