import shutil
import textwrap

import pytest
from typer.testing import CliRunner

from command_line import call_sendlib
from invented_scenarios import (
    BASELINE,
    assumption,
    change,
    extending,
    mitigation,
    redirection,
    write_scenarios,
)
from sendlib.cli import app
from sendlib.errors import ScenarioError

OTHER = extending(
    change(),
    change("cohort.redirections", [redirection(from_year=2027)], "% of a stream", "A new school"),
    mitigations=[mitigation()],
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a scenario command in a project of these files: what it says, what it refuses."""

    def run(*arguments, **files):
        project = write_scenarios(tmp_path, **files)
        project.raw.mkdir(parents=True, exist_ok=True)
        project.manifest.touch()
        monkeypatch.setenv("SENDLIB_ROOT", str(tmp_path))
        return CliRunner().invoke(app, ["scenario", *arguments])

    return run


def said(result):
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.output.splitlines())
    return result.output


def test_every_scenario_is_listed_with_its_question_and_its_size(run):
    assert said(run("list", other=OTHER)) == textwrap.dedent("""\
        baseline: Baseline
          As is?
          changes nothing
        other: Other
          What if?
          2 changes, 1 mitigation
        """)


def test_a_scenario_that_cannot_be_used_is_listed_as_such(run):
    told = said(run("list", other=extending(change("a.cuont"), change("b"))))
    assert "other: cannot be used, 2 problems; see: sendlib scenario check other" in told


def test_a_scenario_is_shown_with_what_it_changed_and_why(run):
    told = said(run("show", "other", other=OTHER))
    assert (
        textwrap.dedent("""\
        a.count (changed): 6 [plans]
          meaning: m
          changed from: 5 [plans]
          why: because
          as of 2026; quality red, impact red
          baseline's source: s

        a.rate: 0.5 [share]
          meaning: m
          may be set to: 0 to 1 [share]
          as of 2026; quality red, impact red
          source: s
        """)
        in told
    )
    assert "a.path: 2026: 1, 2027: 2.5 [%]\n" in told
    assert "- flow join, from_place independent_special, to_place resourced_provision," in told
    assert (
        textwrap.dedent("""\
        Bases
          owner: Head of SEND
          from January 2027, in full from January 2030
          confidence: 50% of the effect is counted on
          investment: £250,000 in 2026-27
        """)
        in told
    )


def test_pounds_are_shown_with_commas(run):
    content = BASELINE | {"assumptions": {"a.pounds": assumption(56_247_000.0, "£")}}
    assert "a.pounds: 56,247,000 [£]" in said(run("show", "baseline", baseline=content))


def test_two_scenarios_are_set_side_by_side(run):
    assert said(run("diff", "baseline", "other", other=OTHER)) == textwrap.dedent("""\
        baseline and other: 2 levers set differently

        a.count
          baseline: 5 [plans]
          other: 6 [plans]
          why: because

        cohort.redirections
          baseline: none [% of a stream]
          other: 1 record [% of a stream]
            - flow join, from_place independent_special, to_place resourced_provision,
              share_pct 40, from_year 2027
          why: A new school

        Mitigations of other only:
          - Bases
        """)


def test_scenarios_that_are_the_same_are_said_to_be(run):
    told = said(run("diff", "other", "third", other=OTHER, third=OTHER))
    assert told == "other and third: 0 levers set differently\n"


def test_mitigations_that_are_not_the_same_in_both_are_named(run):
    third = OTHER | {"mitigations": [mitigation(owner="Nobody yet")]}
    told = said(run("diff", "other", "third", other=OTHER, third=third))
    assert told.endswith("Mitigations of both that are not the same in each:\n  - Bases\n")


def test_a_check_without_problems_names_what_was_checked(run):
    assert said(run("check", other=OTHER)) == "No problem found in: baseline, other\n"
    assert said(run("check", "other", other=OTHER)) == "No problem found in: other\n"


def test_what_may_not_be_meant_is_reported_and_used_as_it_stands(run):
    assert said(run("check", "other", other=extending(change(value=5)))) == textwrap.dedent("""\
        No problem found in: other

        Worth a look (it is used as it stands):
          - scenarios/other.yml, line 6: lever a.count has this value in baseline
            already. Leave it out, or give another.
          - scenarios/other.yml, line 1: the scenario changes nothing of baseline. Add
            changes or mitigations.
        """)


def test_a_list_says_of_a_file_that_a_check_would_refuse_that_it_cannot_be_used(run):
    records = [redirection(from_yaer=2027)]
    told = said(
        run("list", other=extending(change("cohort.redirections", records, "% of a stream")))
    )
    assert "other: cannot be used, 2 problems; see: sendlib scenario check other" in told


def test_years_are_looked_at_once_figures_are_available(run, project, tmp_path):
    past = extending(mitigations=[mitigation(start=2020)])
    assert said(run("check", "other", other=past)) == "No problem found in: other\n"
    shutil.copytree(project.processed, tmp_path / "data" / "processed")
    assert "start: 2020 lies" in said(run("check", "other", other=past))


def refused(project, *arguments):
    made = call_sendlib(project.root, "scenario", *arguments)
    assert (made.returncode, made.stdout) == (1, "")
    return made.stderr.splitlines()


@pytest.fixture
def broken(tmp_path):
    """A project with two scenarios that cannot be used."""
    sent = [redirection(from_year=2027, share_pct=120), redirection(from_year=2060)]
    project = write_scenarios(
        tmp_path,
        one=extending(change("a.cuont"), change("a.rate", 2, "share")),
        two=extending(change("cohort.redirections", sent, "% of a stream")),
    )
    project.raw.mkdir(parents=True)
    project.manifest.touch()
    return project


def test_a_check_tells_every_problem_of_every_file_with_its_line(broken):
    assert refused(broken, "check") == [
        "These scenarios cannot be used.",
        "  - scenarios/one.yml, line 5: unknown lever 'a.cuont'. Did you mean a.count?",
        "  - scenarios/one.yml, line 10: lever a.rate is 2. Give 0 to 1 [share].",
        "  - scenarios/two.yml, line 10, cohort.redirections, record 1, share_pct: found 120. "
        "Give 100 or less.",
        "  - scenarios/two.yml, line 16, cohort.redirections, record 2, from_year: the year is "
        "2060. Give one from 2019 to 2047.",
    ]


@pytest.mark.parametrize(
    "command", [["show", "two"], ["diff", "baseline", "two"], ["check", "tow"]]
)
def test_other_commands_refuse_what_cannot_be_used(broken, command, monkeypatch):
    monkeypatch.setenv("SENDLIB_ROOT", str(broken.root))
    with pytest.raises(ScenarioError) as caught:
        CliRunner().invoke(app, ["scenario", *command], catch_exceptions=False)
    first = str(caught.value.problems[0])
    assert "line 10, cohort.redirections, record 1" in first or "Did you mean two?" in first
