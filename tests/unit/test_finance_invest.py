from dataclasses import replace

import numpy as np
import pytest

from invented_money import YEARS, cheaper, redirecting
from sendlib.finance.invest_to_save import ALL, SHARED, invest_to_save, payback_year


@pytest.fixture(scope="module")
def mitigated(base):
    places = redirecting(investment_gbp={"2024-25": 100_000, "2026-27": 150_000})
    contracts = cheaper(investment_gbp={"2025-26": 1_000_000_000})
    return replace(base, mitigations=(places, contracts))


@pytest.fixture(scope="module")
def made(model, mitigated):
    return invest_to_save(model, mitigated)


def of(made, name):
    return made.by_year[made.by_year["mitigation"] == name].set_index("financial_year")


def test_savings_add_up_to_the_unmitigated_cost_less_the_mitigated(model, mitigated, made):
    before = model.run(mitigated.without_mitigations()).total_cost.mean(axis=0)
    after = model.run(mitigated).total_cost.mean(axis=0)
    parts = ["Local places", "Better contracts", SHARED]
    together = sum(of(made, name)["saving_gbp"] for name in parts)
    assert np.allclose(together, before - after)
    assert np.allclose(of(made, ALL)["saving_gbp"], before - after)


def test_a_saving_is_what_leaving_one_out_would_lose(model, mitigated, made):
    lost = model.run(mitigated.without("Better contracts")).total_cost
    saved = lost - model.run(mitigated).total_cost
    assert np.allclose(of(made, "Better contracts")["saving_gbp"], saved.mean(axis=0))


def test_two_that_act_on_the_same_children_save_more_alone_than_together(made):
    assert of(made, SHARED)["saving_gbp"].iloc[-1] > 0


def test_money_put_in_before_the_first_year_counts(made):
    places = of(made, "Local places")
    assert places["investment_gbp"].tolist() == [100_000, 150_000, 0, 0]
    assert places["cumulative_gbp"].iloc[0] == places["saving_gbp"].iloc[0] - 100_000


def test_what_costs_more_than_it_saves_never_pays_back(made):
    summary = made.summary.set_index("mitigation")
    assert summary["payback_year"].isna()["Better contracts"]
    assert summary.loc["Better contracts", "chance_paid_back"] == 0
    assert summary.loc["Local places", "payback_year"] in YEARS
    assert summary.loc[ALL, "invested_gbp"] == 1_000_250_000


def test_without_a_stated_investment_the_payback_is_not_known(model, mitigated):
    free = replace(mitigated, mitigations=(cheaper(), *mitigated.mitigations[:1]))
    summary = invest_to_save(model, free).summary.set_index("mitigation")
    unknown = ["Better contracts", ALL]
    assert (
        summary.loc[unknown, ["invested_gbp", "payback_year", "chance_paid_back"]]
        .isna()
        .all(axis=None)
    )
    assert (summary["saved_gbp"] > 0).all()


def test_a_scenario_that_does_nothing_has_no_rows(model, mitigated):
    made = invest_to_save(model, mitigated.without_mitigations())
    assert made.by_year.empty
    assert made.summary.empty


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
    row = invest_to_save(model, free).summary.set_index("mitigation").loc["Better contracts"]
    assert row["invested_gbp"] == 0
    assert row[["payback_year", "chance_paid_back"]].isna().all()


def test_what_all_mitigations_cost_is_their_sum_in_each_year(made):
    assert of(made, ALL)["investment_gbp"].tolist() == [1_000_100_000, 150_000, 0, 0]
    assert of(made, SHARED)[["investment_gbp", "cumulative_gbp"]].isna().all(axis=None)
    assert made.by_year.index.tolist() == list(range(len(made.by_year)))


def test_the_range_of_a_saving_is_that_of_its_draws(model, mitigated, made):
    lost = model.aside().run(mitigated.without("Better contracts")).total_cost
    saved = lost - model.run(mitigated).total_cost
    found = of(made, "Better contracts")[["low", "middle", "high"]].to_numpy().T
    assert np.allclose(found, np.quantile(saved, [0.1, 0.5, 0.9], axis=0))
    owner = made.summary.set_index("mitigation")["owner"]
    assert owner.to_dict() == {
        "Local places": "Head of SEND",
        "Better contracts": "Head of SEND",
        ALL: "",
    }


def test_a_summary_is_read_off_the_years(made):
    for row in made.summary.itertuples():
        years = of(made, row.mitigation)
        assert row.saved_gbp == pytest.approx(years["saving_gbp"].sum())
        invested, saved = (years[name].to_numpy() for name in ("investment_gbp", "saving_gbp"))
        paid_back = payback_year(invested, saved, YEARS)
        assert (row.payback_year if isinstance(row.payback_year, str) else None) == paid_back


def test_payback_of_a_mitigation_follows_its_savings_as_they_grow(model, mitigated, made):
    so_far = of(made, "Local places")["saving_gbp"].cumsum().to_numpy()
    dear = redirecting(investment_gbp={YEARS[0]: float(so_far[-2:].mean())})
    summary = invest_to_save(
        model, replace(mitigated, mitigations=(dear, *mitigated.mitigations[1:]))
    ).summary.set_index("mitigation")
    assert summary.loc["Local places", "payback_year"] == YEARS[-1]
