import pandas as pd
import pytest

from sendlib import strategies
from sendlib.authority import Authority
from sendlib.project import Project
from sendlib.strategies import measure_rows, read_strategies
from sendlib.strategies.file import StrategyError
from sendlib.strategies.rows import NONE

FILE = """\
authority: "999"
strategies:
  - name: Invented strategy
    begins: 2020
    source: Invented council, 2020
    priorities:
      - name: First
        measures:
          - {what: fewer late, wanted: more, direction: up, figures: [attainment8_ehcp]}
          - {what: fewer bought, wanted: fewer, direction: down,
             figures: ["plans:independent_special+non_maintained_special"]}
          - {what: nothing counted}
asked:
  - {by: A committee, when: May 2024, what: Targets, answer: None since, source: Minutes}
"""
TARGETS = """\
    targets:
      - {measure: plans bought, target: Fewer, direction: down, unit: count,
         indicator: independent_specialist_plans, share: attainment8_ehcp}
      - {measure: results, target: Better, direction: up, indicator: attainment8_ehcp}
      - {measure: waits, target: Shorter, direction: down, missing: nobody counts them}
"""
SERIES = pd.DataFrame(
    [
        ("attainment8_ehcp", 2019, "2018/19", 5.0, "percentage"),
        ("attainment8_ehcp", 2020, "2019/20", 10.0, "percentage"),
        ("attainment8_ehcp", 2022, "2021/22", 12.0, "percentage"),
        ("plans:independent_special", 2020, "January 2020", 30.0, "count"),
        ("plans:independent_special", 2022, "January 2022", 40.0, "count"),
        ("plans:non_maintained_special", 2022, "January 2022", 2.0, "count"),
        ("plans:non_maintained_special", 2020, "January 2020", 1.0, "count"),
    ],
    columns=["indicator", "year", "period", "value", "kind"],
)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "invented.yml").write_text(FILE)
    return Project(tmp_path)


def test_a_measure_has_its_figure_since_the_strategy_began_and_a_verdict_by_a_rule(project):
    read = read_strategies(project, "999")
    rows = measure_rows(read.strategies[0], SERIES).set_index("what")
    assert rows["figure"].tolist() == [
        "12.0% in 2021/22, from 10.0% in 2019/20",
        "42 in January 2022, from 31 in January 2020",
        NONE,
    ]
    assert rows["verdict"].tolist() == ["as wanted", "not as wanted", "no figure"]
    assert set(rows["target"]) == set(rows["owner"]) == {NONE}
    by_priority = strategies.priority_rows(read.strategies[0], rows.reset_index())
    assert by_priority["without a verdict"].sum() == 1
    assert by_priority["not as wanted"].str.startswith("Fewer bought").any()
    assert strategies.asked_rows(read, SERIES) == ["Targets (A committee, May 2024): None since"]


def test_an_authority_without_a_file_has_no_strategy_and_the_page_says_so(project):
    read = read_strategies(project, "998")
    assert read.strategies == ()
    assert "No strategy of Elsewhere" in strategies.say_strategy(read, "Elsewhere")
    assert strategies.printed_rows(read, SERIES).empty


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("attainment8_ehcp", "attainment8_ehpc", "unknown_figure"),
        ("plans:independent_special+", "plans:independant+", "unknown_figure"),
        ("begins: 2020", "begins: soon", "value_not_allowed"),
        ("asked:", "aksed:", "unknown_field"),
        ("direction: up", "directon: up", "unknown_field"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(project, old, new, code):
    path = project.root / "strategies" / "invented.yml"
    path.write_text(FILE.replace(old, new))
    with pytest.raises(StrategyError) as caught:
        read_strategies(project, "999")
    assert [problem.code for problem in caught.value.problems] == [code]
    line = FILE[: FILE.index(old)].count("\n") + 1
    assert caught.value.problems[0].where.startswith(f"strategies/invented.yml, line {line}")
    assert code != "unknown_field" or old.partition(":")[0] in caught.value.problems[0].remedy


def test_targets_of_a_strategy_come_before_those_proposed_to_every_authority(project):
    path = project.root / "strategies" / "invented.yml"
    path.write_text(FILE.replace("    priorities:", TARGETS + "    priorities:"))
    rows = strategies.targets(read_strategies(project, "999"))
    own = rows[rows["by"] == "strategy"]
    assert own.index.tolist() == [0, 1, 2]
    assert own["measure"].tolist() == ["plans bought", "results", "waits"]
    assert own["missing"].tolist() == ["", "", "nobody counts them"]
    assert own["share"].tolist() == ["attainment8_ehcp", "", ""]
    others = strategies.targets(read_strategies(project, "998"))
    assert set(others["by"]) == {"proposed"}
    assert len(rows) == 3 + len(others)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("independent_specialist_plans", "independent_specialist_plan", "unknown_indicator"),
        ("direction: down, unit", "direction: less, unit", "value_not_allowed"),
        ("unit: count", "unit: plans", "value_not_allowed"),
        ("measure: results, ", "measure: results, missing: not so, ", "figures_or_reason"),
        (", missing: nobody counts them", "", "figures_or_reason"),
        ("share: attainment8_ehcp", "share: state_mainstream_share", "share_without_target"),
    ],
)
def test_a_target_that_cannot_be_tested_is_refused_with_its_line(project, old, new, code):
    path = project.root / "strategies" / "invented.yml"
    assert old in TARGETS
    path.write_text(FILE.replace("    priorities:", TARGETS.replace(old, new) + "    priorities:"))
    with pytest.raises(StrategyError) as caught:
        read_strategies(project, "999")
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.where.startswith("strategies/invented.yml, line ")


def test_every_authority_has_the_figures_on_what_inspections_ask_about(root):
    authority = Authority.open("865", project=Project(root))
    rows = strategies.inspection_figures(authority)
    rows = rows.set_index("what inspections ask about")
    on_time = rows.loc["Plans issued within 20 weeks"]
    assert on_time.tolist() == ["61.6%", "2025", "46.1%"]
    assert (
        rows.loc["Reviews due before a change of phase, 2026", "last published figure"] == "1,263"
    )
    assert len(rows) == 12


def test_a_strategy_of_which_only_printed_figures_are_on_record_says_so(root):
    read = read_strategies(Project(root), "885")
    assert [strategy.priorities for strategy in read.strategies] == [()]
    assert "not on record" in strategies.say_strategy(read, "Worcestershire")
    assert len(measure_rows(read.strategies[0], SERIES)) == 0


def test_the_files_of_the_project_can_be_read(root):
    wiltshire = read_strategies(Project(root), "865")
    assert [len(each.priorities) for each in wiltshire.strategies] == [6, 6]
    newest = wiltshire.strategies[0]
    assert not any(priority.measures for priority in newest.priorities)  # none is published
    authority = Authority.open("865", project=Project(root))
    said = strategies.say_inspection(wiltshire, authority)
    assert said.startswith("Inspected 14 to 18 October 2024")
    published = strategies.say_inspection(read_strategies(Project(root), "999"), authority)
    assert published.startswith("Inspected 14 October 2024, published 6 December 2024: typically")
    answered = strategies.inspection_rows(wiltshire, SERIES)
    assert answered["last published figure"].tolist()[0] == NONE
    assert read_strategies(Project(root), "885").printed
