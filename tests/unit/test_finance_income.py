import pandas as pd
import pytest

from sendlib.finance.income import TRANSFER_LIMIT_SHARE, allocation

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


def test_the_limit_of_a_transfer_is_the_one_of_the_policy_table(tables):
    levers = tables["policy_lever"].set_index("lever")
    limit = levers.loc["schools block transfer limit"]
    assert (float(limit["value"]), limit["unit"]) == (TRANSFER_LIMIT_SHARE, "share")


def test_the_blocks_held_are_rebuilt_to_within_a_few_pounds(tables):
    held = tables["high_needs_term"]
    printed = held[held["term"] == "before_deductions"].set_index(["area_code", "financial_year"])
    gap = (allocation(held) - printed["value"]).abs()
    assert len(gap) == 3 * 12
    assert gap.drop(index="E92000001", level="area_code").max() < 5
