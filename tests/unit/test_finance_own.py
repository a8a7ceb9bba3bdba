"""Own figures of money: what is read, everything that is refused, and what they replace."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from error_codes import codes, places
from invented_figures import AFTER, BLOCK, CONTRACT, FUNDED, ROWS, TOTAL, write_figures
from invented_levers import with_levers
from sendlib import own_figures
from sendlib.errors import DataError
from sendlib.finance import Model
from sendlib.finance.known import published_money
from sendlib.own_figures.checks import SHEETS
from sendlib.project import Project
from sendlib.returns.tables import own_figures as own_figures_sheet
from sendlib.scenarios import load_scenario

TODAY = date(2026, 11, 29)
YEARS = 3
LEVER = "own_lever_unlawful"


@pytest.fixture(scope="module")
def known(wiltshire):
    return published_money(wiltshire)


@pytest.fixture(scope="module")
def read(project, known):
    def read(path, **more):
        return own_figures.read_figures(path, project=project, known=known, today=TODAY, **more)

    return read


@pytest.fixture(scope="module")
def supplied(read, tmp_path_factory):
    return read(write_figures(tmp_path_factory.mktemp("own") / "own_figures.xlsx"))


@pytest.fixture(scope="module")
def runs(wiltshire, project, supplied):
    """The same few draws of published and of own figures."""
    few = with_levers(load_scenario(project, "baseline"), {"cohort.draws": 100})
    models = {
        name: Model.from_tables(
            wiltshire.load, area_code="865", origin=2026, years=YEARS, own_figures=figures
        )
        for name, figures in (("published", None), ("own", supplied.values))
    }
    return models, {name: model.run(few) for name, model in models.items()}


def test_amounts_of_every_unit_become_pounds_and_brackets_are_a_minus(supplied):
    values = supplied.values.set_index(["sheet", "financial_year", "item"])["value"]
    assert values["Outturn"].to_dict() == {
        ("2025-26", "spend"): 117.9e6,
        ("2025-26", "place_funding"): 7.1e6,
        ("2024-25", "spend"): 101.2e6,
    }
    assert values["Balances", "2025-26", "high_needs"] == -112e6
    assert values["Progress", "2026-27", "Spend"] == -350e3
    months = supplied.values[supplied.values["sheet"] == "Monitoring"]
    assert set(months["month"]) == {"2026-09", "2026-10"}
    assert supplied.synthetic


def test_an_empty_template_is_read_and_refused_for_having_no_row(read, tmp_path):
    own_figures.write_template(tmp_path / "empty.xlsx")
    with pytest.raises(DataError) as caught:
        read(tmp_path / "empty.xlsx")
    assert codes(caught.value) == ["own_nothing_filled"]


def first(sheet, **changed):
    """The first row of a sheet with some cells changed."""
    fields = list(SHEETS[sheet].template)
    row = dict(zip(fields, ROWS[sheet][0], strict=True))
    return tuple({**row, **changed}.values())


BAD = [
    ("Outturn", {"unit": "£k"}, ["own_unit_unlikely"]),
    ("Outturn", {"unit": "pounds"}, ["own_unit_unknown"]),
    ("Outturn", {"unit": ""}, ["own_cell_missing", "own_unit_unknown"]),
    ("Outturn", {"amount": -117.9}, ["own_amount_negative"]),
    ("Outturn", {"amount": "about 9"}, ["number_unreadable"]),
    ("Outturn", {"year": "2025-27"}, ["own_year_unreadable"]),
    ("Outturn", {"year": "2026-27"}, ["own_year_not_over"]),
    ("Outturn", {"line": "Lines 1.2 total"}, ["own_line_unknown"]),
    ("Balances", {"amount": 109.4}, ["own_sign_unlikely", "own_total_differs"]),
    ("Places commissioned", {"place": "castle"}, ["own_place_unknown"]),
    ("Places commissioned", {"amount": 20.3, "unit": "£k"}, ["own_place_cost_unlikely"]),
    ("Places commissioned", {"places": 0}, ["own_number_low", "own_place_cost_unlikely"]),
    ("Monitoring", {"unit": "£k"}, ["own_unit_unlikely"]),
    ("Monitoring", {"month": "2026-13"}, ["own_month_unreadable"]),
    ("Monitoring", {"month": "2026-11"}, ["own_month_not_over"]),
    ("Monitoring", {"requests": "", "plans": "", "spend": ""}, ["own_month_empty"]),
    ("Planned seats", {"september": 2027.5}, ["own_number_not_whole"]),
    ("Planned seats", {"september": 1999}, [LEVER]),
    ("Top-ups", {"uplift": 30}, [LEVER]),
    ("Top-ups", {"place": "Independent special school"}, [LEVER]),
    ("Mitigations", {"confidence": 0.7}, [LEVER]),
    ("Mitigations", {"action": "Joiners sent elsewhere"}, ["own_cell_missing"]),
    ("Progress", {"name": "Framework"}, ["own_workstream_unknown"]),
    ("Progress", {"term": "Money"}, ["own_term_unknown"]),
]


@pytest.fixture(scope="module")
def refused(read, tmp_path_factory):
    """Each code and where it is, of one workbook with all of these rows."""
    rows = {sheet: [] for sheet, *_ in BAD}
    for at, (sheet, changed, _) in enumerate(BAD):
        own_name = {"name": f"Row {at}"} if sheet in ("Planned seats", "Mitigations") else {}
        rows[sheet].append(first(sheet, **own_name, **changed))
    filled = {sheet: [*mine, *ROWS[sheet][1:]] for sheet, mine in rows.items()}
    folder = tmp_path_factory.mktemp("bad")
    with pytest.raises(DataError) as caught:
        read(write_figures(folder / "own.xlsx", **filled))
    return places(caught.value)


@pytest.mark.parametrize("at", range(len(BAD)), ids=[f"{sheet}-{cells}" for sheet, cells, _ in BAD])
def test_a_cell_that_is_wrong_is_refused_with_its_sheet_and_row(refused, at):
    sheet, _, expected = BAD[at]
    row = 2 + [each for each, *_ in BAD[:at]].count(sheet)
    where = f"own.xlsx, sheet {sheet}, row {row}"
    assert {code for code, place in refused if f"{place},".startswith(f"{where},")} >= {*expected}


@pytest.mark.parametrize(
    ("sheet", "more", "expected"),
    [
        ("Outturn", ("2025-26", TOTAL, 118.0, "£m"), "own_line_twice"),
        ("Monitoring", ("2026-10", 1010, 6980, 71.2, "£m"), "own_line_twice"),
        ("Monitoring", ("2026-08", 800, 6800, 81.0, "£m"), "own_to_date_falls"),
        ("Allocation", ("2027-28", AFTER, 71.0, "£m"), "own_total_missing"),
    ],
)
def test_what_stands_twice_or_has_no_total_is_refused(read, tmp_path, sheet, more, expected):
    path = write_figures(tmp_path / "own.xlsx", **{sheet: [*ROWS[sheet], more]})
    with pytest.raises(DataError) as caught:
        read(path)
    assert codes(caught.value) == [expected]


def test_a_total_may_differ_from_its_parts_by_rounding_and_no_more(read, tmp_path):
    rows = [("2025-26", BLOCK, 80.2, "£m"), *ROWS["Allocation"][1:]]
    assert read(write_figures(tmp_path / "near.xlsx", Allocation=rows))
    far = [("2025-26", BLOCK, 84.1, "£m"), *ROWS["Allocation"][1:]]
    with pytest.raises(DataError, match=r"£84,100,000.*£80,100,000"):
        read(write_figures(tmp_path / "far.xlsx", Allocation=far))


def test_everything_wrong_is_said_at_once(read, tmp_path):
    path = write_figures(
        tmp_path / "own.xlsx",
        Outturn=[("2025-26", TOTAL, 117.9, "£k"), ("2025-26", FUNDED, -7, "£m")],
        Mitigations=[(*CONTRACT, "Independent special school", "", -500, 400, "£k", "A pilot")],
    )
    with pytest.raises(DataError) as caught:
        read(path)
    assert set(codes(caught.value)) == {
        "own_unit_unlikely",
        "own_amount_negative",
        LEVER,
    }


@pytest.mark.parametrize(
    ("sheet", "changed", "expected"),
    [
        ("Mitigations", {"confidence": 0.7, "size": -500, "unit": "£"}, [LEVER, LEVER]),
        ("Mitigations", {"place": "castle", "size": -500}, [LEVER, "own_place_unknown"]),
        ("Planned seats", {"september": 1999, "place": "castle"}, [LEVER, "own_place_unknown"]),
        ("Planned seats", {"seats": -5}, ["own_number_low"]),
        ("Mitigations", {"phased_over": 0}, ["own_number_low"]),
        ("Top-ups", {"uplift": 30, "year": "soon"}, [LEVER, "own_year_unreadable"]),
    ],
)
def test_everything_wrong_with_one_row_is_said_at_once_and_once(
    read, tmp_path, sheet, changed, expected
):
    none = {"Progress": [], "Mitigations": [], "Planned_seats": [], "Top-ups": []}
    changes = {**none, sheet.replace(" ", "_"): [first(sheet, **changed)]}
    with pytest.raises(DataError) as caught:
        read(write_figures(tmp_path / "own.xlsx", **changes))
    assert sorted(codes(caught.value)) == expected


@pytest.mark.parametrize(
    "rows",
    [
        [("2026-27", "State special school", 900, 9.2, "£m")],
        [*ROWS["Places commissioned"], ("2025-26", "Further education", 300, 1.8, "£m")],
    ],
)
def test_places_that_leave_kinds_out_are_told_and_may_be_confirmed(read, tmp_path, rows):
    path = write_figures(tmp_path / "own.xlsx", Places_commissioned=rows)
    with pytest.raises(DataError) as caught:
        read(path)
    assert set(codes(caught.value)) == {"own_places_partial"}
    assert read(path, confirmed=["own_places_partial"]).advice


def test_own_figures_stand_in_place_of_published_ones_and_beside_them(runs):
    models, projections = runs
    mine, published = projections["own"], projections["published"]
    assert mine.unit_costs.financial_year == "2025-26"
    assert (mine.opening_gbp, mine.opening_foreseen) == (-109.4e6, False)
    assert set(mine.income.before_deductions[:, 0]) == {82.3e6}
    assert set(mine.income.transfer[:, 0]) == {1.5e6}
    assert set(mine.places[:, 0]) == {20.3e6}
    assert mine.places[:, 1].std() > 0
    assert published.own == ()
    beside = (
        models["own"].known.own.compare_with_published().set_index(["figure", "financial year"])
    )
    outturn = beside.loc[("Outturn of lines 1.2.x", "2024-25")]
    assert outturn["own"] == 101.2e6
    assert outturn["published"] == pytest.approx(published_outturn(models["published"]))
    assert np.isnan(beside.loc[("Outturn of lines 1.2.x", "2025-26"), "published"])


def test_the_return_shows_own_figures_compare_with_published_ones(runs, project):
    models, _ = runs
    numbers = SimpleNamespace(model=models["own"])
    [sheet] = own_figures_sheet(numbers)
    rows = {row[:2]: row[2:] for row in sheet.rows}
    assert rows["Outturn of lines 1.2.x", "2024-25"][:2] == (101_200_000, 100_879_859)
    assert rows["Transfer from the schools block", "2026-27"][0] == 1_500_000
    assert own_figures_sheet(SimpleNamespace(model=models["published"])) == []


def published_outturn(model):
    return model.known.outturn["2024-25"]


def test_costs_agree_with_an_own_outturn_that_is_newer_than_england_s(runs):
    models, projections = runs
    costs, known = projections["own"].unit_costs, models["own"].known
    spend = known.plan_years.loc["2025-26", list(costs.places)].to_numpy() @ costs.mean[:-1]
    assert spend + costs.mean[-1] == pytest.approx(117.9e6, rel=0.01)


def test_the_plan_becomes_a_scenario_and_the_figures_lie_apart(
    supplied, own_scenarios: Project, wiltshire
):
    own_scenarios.processed.mkdir(parents=True, exist_ok=True)
    path = own_figures.store_figures(own_scenarios, "865", supplied, name="Wiltshire", today=TODAY)
    plan = load_scenario(own_scenarios, path.stem)
    assert [done.name for done in plan.mitigations] == ["North site", "Framework contract"]
    assert plan.value("finance.top_up_uplift")[0]["pct"] == 2.0
    assert (own_scenarios.processed / "own_figures" / "865" / "own_figure.parquet").is_file()
