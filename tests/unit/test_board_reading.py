import shutil
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from error_codes import refuses
from invented_boards import BOARD, make_board_project, write_board
from sendlib.board.file import BoardError, BoardFile, Threshold
from sendlib.board.reading import read_board
from sendlib.project import Project


@pytest.fixture(scope="module")
def place(project, tmp_path_factory) -> Project:
    """A project with two small notebooks, in which board files may be written."""
    return make_board_project(project, tmp_path_factory.mktemp("boards") / "project")


@pytest.fixture
def refused(place):
    """The problems of a board file, as a person reads them."""

    def refused(text):
        with pytest.raises(BoardError) as caught:
            read_board(write_board(place, text), place)
        return [str(problem) for problem in caught.value.problems]

    return refused


def test_a_file_with_a_name_and_an_authority_is_enough(place):
    board = read_board(write_board(place, BOARD), place)
    assert (board.scenarios, board.notebooks, board.january) == (("baseline",), "all", None)
    assert board.described() == {"name": "Invented board", "sha256": board.sha256}


def test_the_board_file_of_the_project_can_be_used_and_names_every_key(root):
    copy = Project(root)
    board = read_board(root / "boards" / "wiltshire.yml", copy)
    assert board.model_fields_set >= set(BoardFile.model_fields)


def test_every_problem_is_told_at_once_with_its_line(refused):
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
    assert told == [
        "boards/invented.yml, line 2, authority: No authority is called '86': '86' is not a name "
        "or a code of an authority. Give a name, or a code such as 865.",
        "boards/invented.yml, line 3, horizon: found 50. Give 10 or less.",
        "boards/invented.yml, line 4, notebooks, entry 2: there is no such notebook: found '99'. "
        "Valid: plans, 21-plans, money, 41-money.",
        "boards/invented.yml, line 4, notebooks, entry 3: '21_plans.ipynb' is given twice. "
        "Keep one.",
        "boards/invented.yml, line 5, scenarios, entry 2: there is no scenario 'slower_growht'. "
        "Did you mean slower_growth?",
        "boards/invented.yml, line 7, parameters, 41: notebook 41 is not one of this board's. "
        "Add it to notebooks, or leave its parameters out.",
        "boards/invented.yml, line 7, parameters, 41, goal_pct: found 'high'. Give a number, "
        "such as 80.0.",
        "boards/invented.yml, line 7, parameters, 41, gaol_pct: unknown parameter gaol_pct. "
        "Did you mean goal_pct?",
        "boards/invented.yml, line 8, parameters, 21, la_code: la_code for one notebook only. "
        "Leave it out; authority states it for every page.",
        "boards/invented.yml, line 10, thresholds, entry 1, figure: there is no figure "
        "'plans_next_januray'. Did you mean plans_next_january?",
        "boards/invented.yml, line 11, thresholds, entry 2, watch_above: found -1. Give 0 or more.",
        "boards/invented.yml, line 12, freshness: most_days is missing. Add it.",
        "boards/invented.yml, line 12, freshness: unknown key 'most_day'. Did you mean most_days? "
        "Valid: most_days, otherwise.",
        "boards/invented.yml, line 13, schedule, time_zone: unknown time zone 'Europe/Lodnon'. "
        "Did you mean Europe/London or Europe/Lisbon or Europe/Oslo?",
        "boards/invented.yml, line 14: unknown key 'keeps'. Did you mean keep?",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "thresholds: [{figure: plans_next_januray, act_above: 1}]",
            "Did you mean plans_next_january?",
        ),
        (
            "thresholds: [{figure: plans_on_time_share, act_above: 60}]",
            "Give it as a share, 0 to 1.",
        ),
        ("thresholds: [{figure: plans_in_force}]", "line 3, thresholds, entry 1: no threshold."),
        (
            "thresholds: [{figure: plans_in_force, act_above: 1, watch_above: 2}]",
            "watch_above is more than act_above. Swap them.",
        ),
        ("authority: 865", "authority is given twice, on lines 2 and 3."),
        ("as_of: 2031", "line 3, as_of: That January is not available: 2031."),
        ("as_of: soon", "line 3, as_of: found 'soon'. Give a year, or latest."),
        ("schedule: {every: week, day: 5}", "give day as one of monday"),
        ("schedule: {every: month, day: 31}", "a number from 1 to 28, which every month has"),
        (
            "schedule: {every: day, at: 16:30}",
            "schedule, at: found 990. Give hours and minutes in quotes",
        ),
        ("schedule: {every: day, at: '24:30'}", "Give hours and minutes in quotes"),
        ("limits: {memory_mb: 10}", "limits, memory_mb: found 10. Give 512 or more."),
        ('contact: "a\\u0007b"', "a character that cannot be shown."),
        ("checks: {browser: sometimes}", "Give 'required', 'where_found' or 'off'."),
        ("pdf: maybe", "line 3, pdf: found 'maybe'. Give true or false."),
        ("scenarios: []", "scenarios: there is none. Add at least one."),
        ("out: /srv/packs", "line 3, out: found '/srv/packs'. Give one inside the project"),
        ("out: ../packs", "out: found '../packs'. Give one inside the project"),
        ("out: 'C:/packs'", "out: found 'C:/packs'. Give one inside the project"),
        ("out: ''", "out: found ''. Give one inside the project"),
        ("out: data/packs", "out: 'data' is a folder for something else."),
        ("out: outputs/Latest", "out: 'Latest' is a folder for something else."),
        ("path: /tmp", "unknown key 'path'."),
        ("name: x: y", "line 3: not valid YAML"),
        ("horizon:\t5\n\tas_of: latest", "Indent with spaces, not with tabs."),
        ("schedule: {every: month, date: 5}", "Valid: every, day, at, time_zone."),
        ("parameters: {77: {goal_pct: 3.0}}", "line 3, parameters, 77: there is no such notebook"),
        ("parameters: {41: {}, money: {}}", "parameters, money: notebook 41 is given twice."),
    ],
)
def test_a_bad_entry_is_told_with_its_line_and_what_is_valid(refused, line, said):
    told = [problem for problem in refused(f"{BOARD}{line}\n") if said.lower() in problem.lower()]
    assert told, refused(f"{BOARD}{line}\n")
    assert all("invented.yml, line 3" in problem for problem in told)


def test_a_scenario_with_an_error_is_told_with_the_line_of_its_own_file(place, refused):
    path = place.scenarios / "broken.yml"
    path.write_text("name: B\nquestion: W?\nextends: baseline\nchanges:\n  - {lever: a.b}\n")
    told = refused(f"{BOARD}scenarios: [baseline, broken]\n")
    path.unlink()
    assert any(problem.startswith("scenarios/broken.yml, line 5") for problem in told)


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


def test_a_file_that_is_not_there_is_told_with_those_that_are(place):
    write_board(place, BOARD)
    with refuses(BoardError, "no_such_file", match=r"boards/invented\.yml"):
        read_board(place.root / "invented.yml", place)
    with refuses(BoardError, "folder_for_file", match=r"boards/invented\.yml"):
        read_board(place.root / "boards", place)


@pytest.mark.parametrize("text", ["", "- a", "just words"])
def test_a_file_without_keys_is_refused(refused, text):
    assert "Begin with name:" in refused(text)[0]


def test_a_truth_value_of_yaml_is_taken_as_the_word_off(place):
    board = read_board(write_board(place, f"{BOARD}checks: {{browser: off}}\n"), place)
    assert board.checks.browser == "off"


def test_levels_on_both_sides_have_to_be_in_order():
    with pytest.raises(ValueError, match="watch_below is more than watch_above"):
        Threshold(figure="plans_in_force", watch_below=8, watch_above=7)


@settings(max_examples=15, deadline=None)
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
