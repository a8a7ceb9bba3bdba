"""The terms of every high needs block, from the department's workbooks, against what it printed."""

import pytest

from sendlib.vocabulary import ENGLAND, FundingElement, FundingTerm, ValueStatus

AUTHORITIES = {"2020-21": 149, "2021-22": 150, "2022-23": 150, "2023-24": 151}
HALF_A_PENNY, HALF_A_POUND = 0.005, 0.5
KEY = ["area_code", "financial_year"]
ADDED = [
    FundingTerm.FORMULA_FACTORS,
    FundingTerm.IMPORT_EXPORT,
    FundingTerm.SPECIAL_FREE_SCHOOLS,
    FundingTerm.HOSPITAL_AND_PAY,
    FundingTerm.ADDITIONAL,
]
NOT_IN_EVERY_YEAR = [FundingTerm.HOSPITAL_AND_PAY, FundingTerm.ADDITIONAL]


def allocation(terms):
    """High needs blocks before deductions, rebuilt from their terms; unknown without one. [£]

    Formula factors, plus the basic entitlement of a pupil times pupils, plus the
    import and export adjustment, special free schools, hospital education with
    pay and pensions, and additional funding.
    """
    has_no_such = terms["term"].isin(NOT_IN_EVERY_YEAR) & (
        terms["value_status"] == ValueStatus.NOT_APPLICABLE
    )
    wide = (
        terms.assign(value=terms["value"].mask(has_no_such, 0.0))
        .pivot(index=KEY, columns="term", values="value")
        .reindex(columns=list(FundingTerm))
    )
    entitlement = wide[FundingTerm.BASIC_ENTITLEMENT] * wide[FundingTerm.PUPILS]
    return wide[ADDED].sum(axis=1, skipna=False) + entitlement


@pytest.fixture(scope="module")
def terms(tables):
    return tables["high_needs_term"]


@pytest.fixture(scope="module")
def wide(terms):
    return terms.pivot(index=KEY, columns="term", values="value")


def tolerance(wide):
    """What the rounding of the print allows.

    The entitlement is printed to the penny, so each pupil may bring half a
    penny; every other term, and the total, is printed to the pound.
    """
    pounds = wide.columns.difference(
        ["basic_entitlement", "pupils", "additional_base", "deductions", "after_deductions"]
    )
    return HALF_A_PENNY * wide["pupils"] + HALF_A_POUND * wide[pounds].notna().sum(axis=1)


def test_every_authority_of_each_year_is_there(terms):
    authorities = terms[terms["area_code"] != ENGLAND]
    found = authorities.groupby("financial_year")["area_code"].nunique()
    assert found.to_dict() == AUTHORITIES
    assert set(terms["area_code"]) > {"928", "940", "941"}


@pytest.mark.parametrize("year", AUTHORITIES)
def test_every_block_is_rebuilt_within_the_rounding_of_its_print(terms, wide, year):
    of_year = terms[terms["financial_year"] == year]
    printed = wide.xs(year, level="financial_year", drop_level=False)
    rebuilt = allocation(of_year)
    gap = (rebuilt - printed["before_deductions"]).abs()
    assert len(gap) == AUTHORITIES[year] + 1
    assert (gap <= tolerance(printed)).all()  # an unknown gap is not within it


def test_the_tolerance_is_small_against_any_term(wide):
    authorities = wide.drop(index=ENGLAND, level="area_code")
    assert tolerance(authorities).max() < 40
    assert (tolerance(authorities) / authorities["before_deductions"]).max() < 1e-6


def test_leaving_out_any_term_breaks_the_proof(terms, wide):
    for term in ("import_export", "special_free_schools", "hospital_and_pay", "additional"):
        without = terms.assign(value=terms["value"].mask(terms["term"] == term, 0.0))
        gap = (allocation(without) - wide["before_deductions"]).abs()
        assert (gap > tolerance(wide)).sum() > 50, term


def test_the_block_of_wiltshire_in_2022_23_is_rebuilt(tables, wide):
    """From what is printed it comes to £64,643,237.28: 72 pence from the £64,643,238 printed."""
    row = ("865", "2022-23")
    assert wide["before_deductions"][row] == 64_643_238
    assert allocation(tables["high_needs_term"])[row] == pytest.approx(64_643_237.28, abs=0.005)
    assert tolerance(wide)[row] == pytest.approx(5.345 + 3)


def test_the_block_less_deductions_is_what_is_left_to_the_pound(wide):
    left = wide["before_deductions"] - wide["deductions"]
    assert (left == wide["after_deductions"]).all()


def test_authorities_add_up_to_england(wide):
    amounts = wide[["before_deductions", "deductions", "after_deductions", "import_export"]]
    added = amounts.drop(index=ENGLAND, level="area_code").groupby("financial_year").sum()
    assert (added == amounts.loc[ENGLAND]).all(axis=None)


def test_the_terms_agree_with_the_summary_but_for_revisions(tables, wide):
    """For 2022-23 Brighton and Hove lost £120,000; for 2023-24 the workbook is a year younger."""
    funding = tables["high_needs_funding"].pivot(
        index=KEY, columns="element", values="allocation_gbp"
    )
    before = funding[FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS] - wide["before_deductions"]
    after = funding[FundingElement.HIGH_NEEDS_AFTER_DEDUCTIONS] - wide["after_deductions"]
    revised = before[before.fillna(0) != 0].index.get_level_values("financial_year")
    assert set(revised) == {"2023-24"}
    assert before["865", "2023-24"] == 66_000
    later = after.drop("2023-24", level="financial_year").dropna()
    assert later[later != 0].to_dict() == {
        ("846", "2022-23"): 120_000,
        (ENGLAND, "2022-23"): 120_000,
    }
