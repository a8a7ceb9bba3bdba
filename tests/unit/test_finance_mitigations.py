from dataclasses import replace

import numpy as np
import pytest

from invented_money import YEARS, cheaper, redirecting
from sendlib.finance.mitigations import ALL, invest_to_save, payback_year


@pytest.fixture(scope="module")
def mitigated(base):
    places = redirecting(investment_gbp={"2024-25": 100_000, "2026-27": 150_000})
    contracts = cheaper(investment_gbp={"2025-26": 1_000_000_000})
    return replace(base, mitigations=(places, contracts))


@pytest.fixture(scope="module")
def made(model, mitigated):
    return invest_to_save(model, mitigated)


def row_of(made, name):
    return made.set_index("mitigation").loc[name]


def test_a_saving_is_what_leaving_one_out_would_lose_and_all_save_the_whole(model, mitigated, made):
    after = model.run(mitigated).total_cost.mean(axis=0).sum()
    lost = model.run(mitigated.without("Better contracts")).total_cost.mean(axis=0).sum()
    before = model.run(mitigated.without_mitigations()).total_cost.mean(axis=0).sum()
    assert row_of(made, "Better contracts")["saved_gbp"] == pytest.approx(lost - after)
    assert row_of(made, ALL)["saved_gbp"] == pytest.approx(before - after)


def test_two_that_act_on_the_same_children_save_more_alone_than_together(made):
    saved = made.set_index("mitigation")["saved_gbp"]
    assert saved[ALL] > saved["Local places"] + saved["Better contracts"]


def test_what_was_put_in_counts_from_before_the_first_year_and_has_an_owner(made):
    assert row_of(made, "Local places")["invested_gbp"] == 250_000
    owners = made.set_index("mitigation")["owner"].to_dict()
    assert owners == {
        **dict.fromkeys(["Local places", "Better contracts"], "Head of SEND"),
        ALL: "",
    }


def test_what_costs_more_than_it_saves_never_pays_back(made):
    summary = made.set_index("mitigation")
    assert summary["payback_year"].isna()["Better contracts"]
    assert summary.loc["Better contracts", "chance_paid_back"] == 0
    assert summary.loc["Local places", "payback_year"] in YEARS
    assert summary.loc[ALL, "invested_gbp"] == 1_000_250_000


def test_without_a_stated_investment_the_payback_is_not_known(model, mitigated):
    free = replace(mitigated, mitigations=(cheaper(), *mitigated.mitigations[:1]))
    summary = invest_to_save(model, free).set_index("mitigation")
    unknown = ["Better contracts", ALL]
    assert (
        summary.loc[unknown, ["invested_gbp", "payback_year", "chance_paid_back"]]
        .isna()
        .all(axis=None)
    )
    assert (summary["saved_gbp"] > 0).all()


def test_a_scenario_that_does_nothing_has_no_rows(model, mitigated):
    made = invest_to_save(model, mitigated.without_mitigations())
    assert made.empty


@pytest.mark.parametrize(
    ("invested", "saved", "year"),
    [
        ([5, 0, 0, 0], [1, 3, 3, 0], "2027-28"),
        ([5, 0, 0, 0], [5, 0, 0, 0], "2025-26"),
        ([5, 0, 0, 0], [1, 1, 1, 1], None),
        ([1, 0, 9, 0], [2, 0, 0, 0], None),  # covered, and then not
        ([0, 0, 4, 0], [2, 2, 2, 2], "2027-28"),  # nothing to pay back before
        ([0, 0, 0, 0], [1, 1, 1, 1], None),
        ([0, 0, 0, 4], [2, 2, 2, 2], "2028-29"),
    ],
)
def test_payback_is_the_first_year_from_which_savings_cover_what_was_put_in(invested, saved, year):
    assert payback_year(np.array(invested, float), np.array(saved, float), YEARS) == year


def test_an_investment_of_nothing_is_neither_paid_back_nor_not(model, mitigated):
    free = replace(mitigated, mitigations=(cheaper(investment_gbp={"2026-27": 0}),))
    row = invest_to_save(model, free).set_index("mitigation").loc["Better contracts"]
    assert row["invested_gbp"] == 0
    assert row[["payback_year", "chance_paid_back"]].isna().all()


def test_payback_of_a_mitigation_follows_its_savings_as_they_grow(model, mitigated):
    left_out = model.run(mitigated.without("Local places")).total_cost
    saved = (left_out - model.run(mitigated).total_cost).mean(axis=0)
    dear = redirecting(investment_gbp={YEARS[0]: float(saved.cumsum()[-2:].mean())})
    scenario = replace(mitigated, mitigations=(dear, *mitigated.mitigations[1:]))
    assert row_of(invest_to_save(model, scenario), "Local places")["payback_year"] == YEARS[-1]
