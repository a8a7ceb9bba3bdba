"""Every frame and sentence of the money, of a small model of Wiltshire, as pages show them.

The figures are real and from few draws: they change with the data and with the model.
"""

import re
from dataclasses import replace

from golden_text import check_golden
from invented_money import LAST, done, redirecting
from sendlib import finance, indicators
from sendlib.finance.tornado import plausible_ranges
from sendlib.scenarios import with_value

THRESHOLD = 150e6


def test_frames_and_sentences_of_a_projection_are_as_they_were(model, base, tables_of_2025):
    measure = redirecting(investment_gbp={"2026-27": 250_000})
    local = replace(base, slug="local", name="Local places", mitigations=(measure,))
    dearer = replace(
        with_value(base, "finance.price_points", 1.0), slug="dearer", name="Dearer places"
    )
    runs = {each.slug: model.run(each) for each in (base, local, dearer)}
    money, figure = runs["baseline"], finance.Figure("before_support", LAST)
    compared = finance.compare_scenarios(runs, threshold_gbp=THRESHOLD)
    steps, back = (
        finance.deficit_steps(finance.bridge(model, *pair, figure), figure)
        for pair in ((base, dearer), (dearer, base))
    )
    widest = finance.tornadoes(model, base, [figure], among=plausible_ranges(2025)[:4])[0]
    effects = finance.deficit_effects(widest, figure)
    seats = {"place": "state_special", "seats": {2025: 40}, "displacement_pct": 60.0}
    opened = replace(base, mitigations=(done("Places", "cohort.added_places", seats),))
    opening = {"opened": model.run(opened), **runs}
    panel = re.sub(
        r'data-draws="[^"]*"', "", str(finance.what_if(model, money).panel(folded=True).html)
    )
    checked = finance.check_accounts(tables_of_2025.__getitem__)
    worlds, costs = finance.worlds(money), finance.unit_cost_table(money)
    known = finance.funding_and_spend(
        *(tables_of_2025[name] for name in ("high_needs_funding", "high_needs_spend")),
        indicators.total_plans(tables_of_2025["ehcp_caseload"]),
        area_code="865",
    )
    check_golden(
        "finance_small.txt",
        {
            "deficits": finance.deficit_ranges(money, threshold_gbp=THRESHOLD),
            "while protected": finance.while_protected(finance.deficit_ranges(money), money),
            "said of the deficits": [
                finance.deficit_headline(money, "Wiltshire"),
                finance.deficit_title(money, "Wiltshire"),
                finance.deficit_growth(money),
                finance.reserve_risk(money),
            ],
            "figures": [each.detail for each in finance.deficit_figures(money, THRESHOLD)],
            "opening": finance.opening_deficit(money),
            "threshold": finance.threshold_line(THRESHOLD),
            "income and cost": finance.income_and_cost(money),
            "unit costs": costs,
            "said of unit costs": finance.unit_costs_title(costs),
            "worlds": worlds,
            "said of worlds": finance.worlds_title(worlds),
            "scenarios": compared,
            "said of scenarios": finance.scenarios_title(compared),
            "questions": finance.scenario_questions(runs),
            "decisions": finance.board_decisions(runs, compared),
            "caveats": finance.caveats(runs, "Wiltshire", weak=3),
            "weak assumptions": finance.weak_assumptions(base),
            "bridge": steps,
            "said of the bridge": [finance.bridge_title(steps), finance.bridge_title(back)],
            "swings": effects,
            "said of swings": [finance.effects_title(effects), finance.say_middle(widest)],
            "investment": finance.invest_to_save(model, local),
            "seats": finance.seats_by_scenario(opening, model.seats),
            "ends of settings": finance.what_if(model, money).ends,
            "panel": panel,
            "accounts": checked[checked["area_code"] == "865"],
            "scores of accounts": finance.account_scores(checked),
            "funding and spend": known,
            "growth": finance.growth_by_year(known),
            "said of funding": [
                finance.funding_headline(known, "Wiltshire"),
                finance.funding_gap(known),
                finance.spend_title(known),
            ],
        },
    )
