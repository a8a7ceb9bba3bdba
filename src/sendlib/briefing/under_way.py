"""A run under way: its folder, and the record that says what becomes of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sendlib.briefing.outputs import publish
from sendlib.briefing.outputs.folders import Kind, Published, last_published, list_runs, to_kind
from sendlib.briefing.outputs.lock import hold
from sendlib.briefing.outputs.record import RECORD, State, describe_run, end_run, write_record
from sendlib.briefing.pages.render import PackTitle, Setting
from sendlib.briefing.parameters import Value, in_full
from sendlib.briefing.run import Job
from sendlib.briefing.stopping import Stopped
from sendlib.errors import SendlibError
from sendlib.project import Project


@dataclass(frozen=True)
class Run:
    """What is known of a run before its first notebook starts.

    Parameters
    ----------
    project : Project
        Whose notebooks run.
    out : Path
        The folder of outputs.
    folder : Path
        The run's own folder; everything is made there.
    started : datetime
        When it began, in UTC.
    jobs : tuple[Job, ...]
        What runs.
    parameters : dict[str, dict[str, Value]]
        For each notebook file, all parameters with their values.
    setting : Setting
        What its pages share.
    kind : tuple
        Board, authority and scenario.
    previous : Published or None
        The last published pack of the same kind.
    record : dict[str, object]
        What its record says; added to as the run goes on.
    """

    project: Project
    out: Path
    folder: Path
    started: datetime
    jobs: tuple[Job, ...]
    parameters: dict[str, dict[str, Value]]
    setting: Setting
    kind: Kind
    previous: Published | None
    record: dict[str, object]

    @property
    def run_id(self) -> str:
        """Name of its folder."""
        return self.folder.name

    def note(self, **found: object) -> Path:
        """Add to the record, and write it."""
        self.record.update(found)
        return write_record(self.record, self.folder / RECORD)

    def end(self, state: State, exit_code: int, problems: Sequence[str] = ()) -> Path:
        """Write into the record what became of the run."""
        ended = end_run(self.record, state, exit_code=exit_code, problems=problems)
        return write_record(ended, self.folder / RECORD)

    def is_shown(self) -> bool:
        """Whether ``latest`` shows this run."""
        shown = last_published(self.out)
        return shown is not None and shown.run_id == self.run_id


def begin(
    project: Project,
    out: Path,
    *,
    jobs: Sequence[Job],
    setting: Setting,
    started: datetime,
    board: Mapping[str, object] | None,
) -> Run:
    """Clear what killed runs left, make the run's folder, and a record that it is under way.

    Parameters
    ----------
    project : Project
        Whose notebooks run.
    out : Path
        The folder of outputs, whose lock is held.
    jobs : Sequence[Job]
        What runs.
    setting : Setting
        What its pages share.
    started : datetime
        When it began, in UTC.
    board : Mapping or None
        ``name`` and ``sha256`` of the board's file.
    """
    publish.clear_left(out)
    earlier = list_runs(out)
    title = setting.title
    folder = publish.make_run_folder(
        out, started=started, la_code=title.la_code, scenario=title.scenario
    )
    named = {job.notebook.path.name: in_full(job.notebook.path, job.parameters) for job in jobs}
    kind = to_kind(_describe(title), board)
    run = Run(
        project=project,
        out=out,
        folder=folder,
        started=started,
        jobs=tuple(jobs),
        parameters=named,
        setting=setting,
        kind=kind,
        previous=_last_of(earlier, kind),
        record=describe_run(
            run_id=folder.name,
            state="running",
            started=started,
            parameters=named,
            scenario=setting.scenario,
            inputs=setting.inputs,
            commit=setting.commit,
            sequence=_next_number(earlier),
            pack=_describe(title),
            board=board,
            assurance=setting.assurance,
            notice=setting.notice,
            limits=asdict(setting.limits) if setting.limits else None,
        ),
    )
    run.note()
    return run


@contextmanager
def recorded(run: Run) -> Iterator[None]:
    """Say in the record why a run ended early; what ended it passes on.

    Where even that cannot be written, the record goes on saying that the run
    is under way, which whoever finds its lock free reads as interrupted.
    """
    try:
        yield
    except BaseException as error:
        is_out = run.is_shown()
        if isinstance(error, Stopped):
            error.pack_is_out = is_out
        if not is_out:
            with suppress(OSError):
                run.end("failed", _exit_code(error), _explain(error))
        raise


def leave_refusal(
    out: Path,
    error: BaseException,
    *,
    started: datetime,
    title: PackTitle,
    board: Mapping[str, object] | None,
) -> Path | None:
    """Leave a record of a run that was refused before it could begin.

    It is a run's folder with nothing but a record that says ``failed``, and
    goes like any other when a newer pack is published.

    Parameters
    ----------
    out : Path
        The folder of outputs.
    error : BaseException
        Why it was refused.
    started : datetime
        When, in UTC.
    title : PackTitle
        What the pack would have been about, as far as that is known.
    board : Mapping or None
        ``name`` and ``sha256`` of the board's file.

    Returns
    -------
    Path or None
        The record; None where another run is at work, which makes one, or
        where it could not be written.
    """
    with suppress(SendlibError, OSError), hold(out):
        folder = publish.make_run_folder(
            out, started=started, la_code=title.la_code, scenario=title.scenario
        )
        record = describe_run(
            run_id=folder.name,
            state="running",
            started=started,
            parameters={},
            scenario=None,
            inputs=(),
            commit=None,
            sequence=_next_number(list_runs(out)),
            pack=_describe(title),
            board=board,
        )
        ended = end_run(record, "failed", exit_code=_exit_code(error), problems=_explain(error))
        return write_record(ended, folder / RECORD)
    return None


def _next_number(runs: Sequence[Published]) -> int:
    return max((run.sequence for run in runs), default=0) + 1


def _describe(title: PackTitle) -> dict[str, str]:
    return {
        "authority": title.authority,
        "as_of": title.as_of,
        "la_code": title.la_code,
        "scenario": title.scenario,
    }


def _last_of(runs: Sequence[Published], kind: Kind) -> Published | None:
    return next((run for run in runs if run.state == "published" and run.kind == kind), None)


def _exit_code(error: BaseException) -> int:
    if isinstance(error, SendlibError):
        return error.exit_code
    if isinstance(error, Stopped):
        return 128 + error.number
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _explain(error: BaseException) -> list[str]:
    if isinstance(error, SendlibError | Stopped):
        return str(error).splitlines()
    return [type(error).__name__, *str(error).splitlines()]
