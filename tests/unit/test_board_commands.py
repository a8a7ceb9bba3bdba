import json
import re
from time import monotonic

import pytest
from typer.testing import CliRunner

from command_line import call_sendlib, run_sendlib
from invented_boards import BOARD, make_board_project, write_board, write_run
from sendlib.cli import app
from sendlib.packs import lock

WANTED = f"""\
{BOARD}scenarios: [baseline, slower_growth]
parameters: {{41: {{goal_pct: 75.0}}}}
freshness: {{most_days: 1}}
thresholds: [{{figure: plans_next_january, watch_above: 6000, act_above: 6400}}]
assurance: {{analyst: A. Analyst, assurer: B. Assurer, approver: ""}}
contact: send@invented.example
checks: {{browser: off}}
keep: {{runs: 2}}
schedule: {{every: month, day: 5, at: "06:30"}}
"""


@pytest.fixture(scope="module")
def place(project, tmp_path_factory):
    """A project with two small notebooks and one board file."""
    place = make_board_project(project, tmp_path_factory.mktemp("commands") / "project")
    write_board(place, WANTED)
    return place


@pytest.fixture(scope="module")
def ran(place):
    """What the command line says of the board's run."""
    return run_sendlib(place.root, "board", "run", str(place.root / "boards" / "invented.yml"))


@pytest.fixture
def ask(place, monkeypatch):
    """Ask a board command in this process: its exit code and what it says."""

    def ask(*arguments):
        monkeypatch.setenv("SENDLIB_ROOT", str(place.root))
        monkeypatch.chdir(place.root)
        done = CliRunner().invoke(app, ["board", *arguments])
        said = str(done.exception) if done.exception and done.exit_code else ""
        return done.exit_code, f"{done.output}{said}"

    return ask


@pytest.fixture
def record(place, ran):
    assert ran.returncode == 0, ran.stderr
    return json.loads((place.outputs / "latest" / "run.json").read_text(encoding="utf-8"))


def test_a_board_run_publishes_what_the_file_asks_for(place, ran, record):
    assert ran.stdout.startswith("4 pages for Wiltshire, January 2026: ")
    assert record["board"]["name"] == "Invented board"
    assert record["assurance"]["assurer"] == "B. Assurer"
    assert record["parameters"]["21_plans.ipynb"] == {
        "la_code": "865",
        "scenario": "baseline",
        "as_of": 2026,
        "goal_pct": 80.0,
        "compare": "slower_growth",
    }
    assert record["parameters"]["41_money.ipynb"]["goal_pct"] == 75.0


def test_the_first_page_has_ratings_the_next_run_and_the_mark_of_old_figures(place, record):
    page = (place.outputs / "latest" / "index.html").read_text(encoding="utf-8")
    assert "older than the board" in record["notice"]
    for words in ("above 6,400, the level to act at", "at 06:30 (Europe/London)", "the rule is 1"):
        assert words in page
    statement = (place.outputs / "latest" / "accessibility.html").read_text(encoding="utf-8")
    assert "send@invented.example" in statement


def test_what_was_checked_stands_next_to_the_pages(place, record):
    assert set(record["files"]) == {"checks.txt"}
    checks = (place.outputs / "latest" / "checks.txt").read_text(encoding="utf-8")
    assert "key figures were compared" in checks


def test_status_history_and_diff_tell_of_the_run(ask, record):
    code, told = ask("status", "boards/invented.yml")
    assert code == 0, told
    assert record["run_id"] in told
    assert "The next run is due on 5 " in told
    assert ask("history") == (0, f"{record['run_id']}  published  Invented board  on show\n")
    code, told = ask("diff", "latest", record["run_id"])
    assert code == 0
    assert "Plans (plans_next_january): 6,100 to 7,100, in both" in told


def test_status_where_nothing_ran_ends_with_one(ask, tmp_path):
    code, told = ask("status", "--out", str(tmp_path))
    assert code == 1
    assert told.startswith("No pack has been published yet.")
    assert ask("history", "--out", str(tmp_path)) == (0, "No run is kept.\n")


def test_a_check_names_the_board_or_every_problem(place, ask):
    code, told = ask("check", "boards/invented.yml")
    assert (code, re.sub(r"due: .*", "due: WHEN", told)) == (
        0,
        "No problem found in the file of Invented board.\n"
        "It is about Wiltshire (865), January 2026.\n"
        "Notebooks: 2. Next due: WHEN\n"
        "The pack will be in outputs/latest.\n",
    )
    write_board(place, f"{BOARD}horizn: 3\n", "bad.yml")
    code, told = ask("check", "boards/bad.yml")
    assert code == 1
    assert "boards/bad.yml, line 3: unknown key 'horizn'. Did you mean horizon?" in told


def test_a_damaged_data_file_is_reported_as_that_and_sent_to_people(small_built, tmp_path):
    place = make_board_project(small_built, tmp_path / "project")
    path = str(write_board(place, f"{BOARD}notices: {{failure: [NOT_SET]}}\n"))
    damaged = next(path for path in sorted(place.raw.rglob("*.csv")))
    sound = damaged.read_bytes()
    damaged.write_bytes(sound + b"x")
    refused = call_sendlib(place.root, "board", "run", path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("data/raw cannot be built.")
    assert "NOT_SET: the environment variable is not set" in refused.stderr  # so it was tried
    checked = call_sendlib(place.root, "board", "check", path)
    assert checked.returncode == 1
    assert "the file was changed" in checked.stderr
    damaged.write_bytes(sound)
    status = call_sendlib(place.root, "board", "status", path)
    assert status.returncode == 1
    told = "failed (exit code 1: refused before a notebook ran): data/raw cannot be built."
    assert told in status.stdout


def test_a_bad_board_file_is_refused_before_anything_runs(place, tmp_path):
    path = write_board(place, f"{BOARD}notebooks: [77]\nhorizon: ten\n", "bad.yml")
    refused = call_sendlib(place.root, "board", "run", str(path), "--out", str(tmp_path / "out"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "The board file boards/bad.yml cannot be used.",
        "  - boards/bad.yml, line 3, notebooks, entry 1: there is no such notebook: found '77'. "
        "Valid: plans, 21-plans, money, 41-money.",
        "  - boards/bad.yml, line 4, horizon: found 'ten'. Give a whole number.",
    ]
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_refused_says_too_that_nobody_could_be_notified(place, tmp_path, ask):
    rule = "freshness: {most_days: 1, otherwise: refuse}\nnotices: {failure: [NOT_SET]}\n"
    write_board(place, f"{BOARD}{rule}", "old.yml")
    code, told = ask("run", "boards/old.yml", "--out", str(tmp_path / "out"))
    assert code == 1  # the runner knows no other; main gives the error's own
    assert "too old for this board" in told
    assert "NOT_SET: the environment variable is not set" in told
    assert not (tmp_path / "out" / "latest").exists()
    code, told = ask("status", "boards/old.yml", "--out", str(tmp_path / "out"))
    assert code == 1
    assert "failed (exit code 4: not fit to be published): The pack was not made" in told


def test_a_notice_that_cannot_be_sent_ends_with_its_own_code_and_the_pack_is_out(place, tmp_path):
    wanted = WANTED.replace("contact:", "notebooks: [41]\nnotices: {success: [NOT_SET]}\ncontact:")
    path = write_board(place, wanted.replace("thresholds", "# thresholds"), "told.yml")
    made = call_sendlib(place.root, "board", "run", str(path), "--out", str(tmp_path))
    assert made.returncode == 7, made.stderr
    page = tmp_path / "latest" / "index.html"
    assert made.stdout == f"3 pages for Wiltshire, January 2026: {page}\n"
    assert made.stderr.startswith("A notice could not be delivered.\n  - NOT_SET: ")
    assert (tmp_path / "latest" / "41-money.html").is_file()


def test_a_run_waits_for_another_one_as_long_as_it_may(place, ask, tmp_path):
    write_board(place, f"{BOARD}notebooks: [41]\nchecks: {{browser: off}}\n", "waits.yml")
    with lock.lock_outputs(tmp_path):
        began = monotonic()
        code, told = ask("run", "boards/waits.yml", "--out", str(tmp_path), "--wait", "0.02")
    assert code == 1  # the runner knows no other; main gives the error's own
    assert "Another run is at work." in told
    assert monotonic() - began > 1.2  # seconds


def test_a_board_with_a_folder_of_its_own_is_asked_there(place, ask):
    write_board(place, f"{BOARD}out: outputs/own\n", "own.yml")
    write_run(place.root / "outputs" / "own", 5, board={"name": "Own", "file": "boards/own.yml"})
    code, told = ask("status", "boards/own.yml")
    assert code == 0, told
    assert "The last pack is 20260105T063000Z_865_baseline" in told


def test_without_a_run_there_is_nothing_to_set_side_by_side(ask, tmp_path):
    code, told = ask("diff", "latest", "latest", "--out", str(tmp_path))
    assert code == 1
    assert "Make a pack first" in told


def test_a_schedule_is_shown_or_written(ask, tmp_path):
    code, told = ask("schedule", "boards/invented.yml", "cron")
    assert code == 0
    assert "30 6 5 * *" in told
    code, told = ask("schedule", "boards/invented.yml", "systemd", "--into", str(tmp_path))
    assert code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "sendlib-invented.service",
        "sendlib-invented.timer",
    ]


def test_a_brief_of_another_authority_leaves_a_board_s_pack_on_show(place, record):
    made = call_sendlib(place.root, "brief", "--la", "916")
    assert made.returncode == 0, made.stderr
    shown = json.loads((place.outputs / "latest" / "run.json").read_text(encoding="utf-8"))
    assert shown["pack"]["la_code"] == "865"
    other = json.loads((place.outputs / "916" / "latest" / "run.json").read_text(encoding="utf-8"))
    assert other["pack"]["authority"] == "Gloucestershire"
