import re
import shutil
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_codes import codes, places, refuses
from invented_boards import BOARD, make_board_project, write_board
from sendlib.board.file import BoardError, BoardFile, Threshold
from sendlib.board.reading import read_board
from sendlib.project import Project


@pytest.fixture(scope="module")
def place(small_built, tmp_path_factory) -> Project:
    """A project of few areas with two small notebooks, in which board files may be written."""
    return make_board_project(small_built, tmp_path_factory.mktemp("boards") / "project")


@pytest.fixture
def refused(place):
    """The problems of a board file."""

    def refused(text):
        with pytest.raises(BoardError) as caught:
            read_board(write_board(place, text), place)
        return list(caught.value.problems)

    return refused


def test_a_file_with_a_name_and_an_authority_is_enough(place):
    board = read_board(write_board(place, BOARD), place)
    assert (board.scenarios, board.notebooks, board.january) == (("baseline",), "all", None)
    about = {"name": "Invented board", "file": "boards/invented.yml", "sha256": board.sha256}
    assert board.described() == about


def test_the_board_file_of_the_project_can_be_used_and_names_every_key(root, project, tmp_path):
    for part in ("notebooks", "boards", "scenarios"):
        (tmp_path / part).symlink_to(root / part)
    (tmp_path / "data").symlink_to(project.root / "data")
    board = read_board(tmp_path / "boards" / "wiltshire.yml", Project(tmp_path))
    assert board.model_fields_set >= set(BoardFile.model_fields)


def test_every_problem_is_reported_at_once_with_its_line(refused):
    told = refused("""\
name: Invented board
authority: "86"
horizon: 50
notebooks: [21, 99, 21]
scenarios: [baseline, slower_growht]
parameters:
  41: {goal_pct: high, gaol_pct: 3}
  21: {la_code: "866"}
thresholds:
  - {figure: plans_next_januray, watch_above: 7000}
  - {figure: plans_on_time_share, watch_above: -1, act_above: 60}
freshness: {most_day: 500}
schedule: {every: month, day: 31, time_zone: Europe/Lodnon}
keeps: {runs: 3}
""")
    assert places(told) == [
        ("unknown_authority", "boards/invented.yml, line 2, authority"),
        ("value_not_allowed", "boards/invented.yml, line 3, horizon"),
        ("unknown_notebook", "boards/invented.yml, line 4, notebooks, entry 2"),
        ("name_twice", "boards/invented.yml, line 4, notebooks, entry 3"),
        ("board_scenario_not_found", "boards/invented.yml, line 5, scenarios, entry 2"),
        ("notebook_not_on_board", "boards/invented.yml, line 7, parameters, 41"),
        ("invalid_parameter", "boards/invented.yml, line 7, parameters, 41, goal_pct"),
        ("unknown_parameter", "boards/invented.yml, line 7, parameters, 41, gaol_pct"),
        ("parameter_for_one_notebook", "boards/invented.yml, line 8, parameters, 21, la_code"),
        ("invalid_value", "boards/invented.yml, line 10, thresholds, entry 1, figure"),
        ("invalid_value", "boards/invented.yml, line 11, thresholds, entry 2, watch_above"),
        ("missing_key", "boards/invented.yml, line 12, freshness"),
        ("unknown_field", "boards/invented.yml, line 12, freshness"),
        ("invalid_value", "boards/invented.yml, line 13, schedule, time_zone"),
        ("unknown_field", "boards/invented.yml, line 14"),
    ]
    named = [
        "'86'",
        "50.* 10 or less",
        "'99'.* 21-plans",
        "'21_plans.ipynb'",
        "'slower_growht'.* slower_growth",
        "41",
        "'high'.* number",
        "gaol_pct.* goal_pct",
        "la_code .*authority",
        "'plans_next_januray'.* plans_next_january",
        "-1.* 0 or more",
        "most_days",
        "'most_day'.* most_days",
        "'Europe/Lodnon'.* Europe/London",
        "'keeps'.* keep",
    ]
    for problem, pattern in zip(told, named, strict=True):
        assert re.search(pattern, f"{problem.found}. {problem.remedy}")


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        (
            "thresholds: [{figure: plans_next_januray, act_above: 1}]",
            "invalid_value",
            "plans_next_january",
        ),
        (
            "thresholds: [{figure: plans_on_time_share, act_above: 60}]",
            "invalid_value",
            "share.*0 to 1",
        ),
        (
            "thresholds: [{figure: plans_in_force}]",
            "invalid_value",
            "thresholds, entry 1: no threshold",
        ),
        (
            "thresholds: [{figure: plans_in_force, act_above: 1, watch_above: 2}]",
            "invalid_value",
            "watch_above.*act_above",
        ),
        ("authority: 865", "key_twice", "authority .* 2 and 3"),
        ("as_of: 2031", "january_without_tables", "as_of: .*2031"),
        ("as_of: soon", "invalid_value", "as_of: .*'soon'.*latest"),
        ("schedule: {every: week, day: 5}", "invalid_value", "monday"),
        ("schedule: {every: month, day: 31}", "invalid_value", "1 to 28"),
        ("schedule: {every: day, at: 16:30}", "number_to_another_base", "16:30.*quotes"),
        ("schedule: {every: day, at: '24:30'}", "invalid_value", "at: .*quotes"),
        (
            "limits: {memory_mb: 10}",
            "value_not_allowed",
            "limits, memory_mb: found 10.*512 or more",
        ),
        ('contact: "a\\u0007b"', "invalid_value", "contact: .*character"),
        ("checks: {browser: sometimes}", "value_not_allowed", "'required', 'where_found' or 'off'"),
        ("pdf: maybe", "value_not_allowed", "pdf: .*'maybe'.*true or false"),
        ("scenarios: []", "value_of_wrong_kind", "scenarios: .*at least one"),
        (
            "out: /srv/packs",
            "invalid_value",
            "out: .*'/srv/packs'.*inside",
        ),
        ("out: ../packs", "invalid_value", "out: .*'[.][.]/packs'.*inside"),
        ("out: 'C:/packs'", "invalid_value", "out: .*'C:/packs'.*inside"),
        ("out: ''", "invalid_value", "out: .*''.*inside"),
        ("out: data/packs", "invalid_value", "out: 'data'"),
        ("out: outputs/Latest", "invalid_value", "out: 'Latest'"),
        ("path: /tmp", "unknown_field", "'path'"),
        ("name: x: y", "not_yaml", ""),
        ("horizon:\t5\n\tas_of: latest", "not_yaml", "tabs"),
        ("schedule: {every: month, date: 5}", "unknown_field", "every, day, at, time_zone"),
        ("parameters: {77: {goal_pct: 3.0}}", "unknown_notebook", "parameters, 77: "),
        ("parameters: {41: {}, money: {}}", "notebook_twice", "parameters, money: .*41"),
    ],
)
def test_a_bad_entry_is_reported_with_its_line_and_what_is_valid(refused, line, code, named):
    problems = refused(f"{BOARD}{line}\n")
    told = [each for each in problems if each.code == code and re.search(named, str(each))]
    assert told, problems
    assert all("invented.yml, line 3" in problem.where for problem in told)


def test_a_scenario_with_an_error_is_reported_with_the_line_of_its_own_file(place, refused):
    path = place.scenarios / "broken.yml"
    path.write_text("name: B\nquestion: W?\nextends: baseline\nchanges:\n  - {lever: a.b}\n")
    told = refused(f"{BOARD}scenarios: [baseline, broken]\n")
    path.unlink()
    assert any(problem.where.startswith("scenarios/broken.yml, line 5") for problem in told)


@pytest.mark.parametrize(
    "line",
    [
        "notices: {success: 'mailtos://user:pa55@host'}",
        "notices: {success: ['mailtos://user:pa55@host']}",
        "notices: {failure: {'mailtos://user:pa55@host': 1}}",
    ],
)
def test_an_address_that_stands_in_the_file_is_refused_without_being_repeated(refused, line):
    told = refused(f"{BOARD}{line}\n")
    assert told
    assert "pa55" not in str(told)


def test_a_file_that_is_not_there_is_reported_with_those_that_are(place):
    write_board(place, BOARD)
    with refuses(BoardError, "no_such_file", match=r"boards/invented\.yml"):
        read_board(place.root / "invented.yml", place)
    with refuses(BoardError, "folder_for_file", match=r"boards/invented\.yml"):
        read_board(place.root / "boards", place)


@pytest.mark.parametrize("text", ["", "- a", "just words"])
def test_a_file_without_keys_is_refused(refused, text):
    assert codes(refused(text)) == ["no_keys_and_values"]


def test_a_truth_value_of_yaml_is_taken_as_the_word_off(place):
    board = read_board(write_board(place, f"{BOARD}checks: {{browser: off}}\n"), place)
    assert board.checks.browser == "off"


def test_levels_on_both_sides_have_to_be_in_order():
    with pytest.raises(ValueError, match="watch_below is more than watch_above"):
        Threshold(figure="plans_in_force", watch_below=8, watch_above=7)


@settings(max_examples=15)
@given(
    key=st.text(string.ascii_lowercase + "_", min_size=1, max_size=12).filter(
        lambda key: key not in BoardFile.model_fields and key not in ("on", "off", "yes", "no")
    ),
    value=st.one_of(st.integers(), st.booleans(), st.text(string.ascii_letters, max_size=5)),
)
def test_a_key_that_nothing_reads_is_always_refused(place, key, value):
    text = f"{BOARD}{key}: {str(value).lower() if isinstance(value, bool) else repr(value)}\n"
    with pytest.raises(BoardError) as caught:
        read_board(write_board(place, text), place)
    assert len(caught.value.problems) == 1
    assert "line 3" in str(caught.value)


def test_nothing_is_made_by_reading(place):
    before = sorted(path.name for path in place.root.iterdir())
    read_board(write_board(place, BOARD), place)
    assert sorted(path.name for path in place.root.iterdir()) == before
    shutil.rmtree(place.root / "boards")
    (place.root / "boards").mkdir()


def test_what_is_wrong_with_the_data_is_no_fault_of_the_board_s_file(place):
    damaged = next(path for path in sorted(place.raw.rglob("*.csv")))
    sound = damaged.read_bytes()
    damaged.write_bytes(sound + b"x")
    try:
        assert read_board(write_board(place, BOARD), place).authority == "865"
    finally:
        damaged.write_bytes(sound)
