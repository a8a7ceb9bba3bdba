"""Run folders for tests, as runs leave them; whatever they say is invented."""

from datetime import UTC, datetime
from pathlib import Path

from sendlib.packs.publish import make_run_folder
from sendlib.packs.runs import describe_run, write_record
from sendlib.packs.setting import PackTitle, Setting

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def leave_run(
    out: Path,
    state: str = "published",
    *,
    sequence: int = 1,
    started: datetime = STARTED,
    la_code: str = "999",
    scenario: str = "baseline",
    board: str = "",
) -> Path:
    """Leave a run's folder with its record."""
    setting = Setting(
        PackTitle("Inventedshire", "2026", la_code, scenario),
        notebooks=(),
        inputs=(),
        board={"name": board, "sha256": "ab"} if board else None,
        started=started,
    )
    folder = make_run_folder(out, setting.run_name)
    record = describe_run(folder.name, setting, parameters={}, sequence=sequence)
    if state != "running":
        record |= {"state": state, "exit_code": 0, "finished": record["started"]}
    write_record(record, folder)
    (folder / "index.html").write_text(folder.name)
    return folder
