"""A run under way: its folder, and the record that says what becomes of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sendlib.errors import SendlibError
from sendlib.packs.execution import Job
from sendlib.packs.outputs import publish
from sendlib.packs.outputs.folders import KeptRun, last_published, list_runs
from sendlib.packs.outputs.lock import hold
from sendlib.packs.outputs.record import RECORD, State, describe_run, end_run, write_record
from sendlib.packs.parameters import Value, in_full
from sendlib.packs.setting import Kind, Setting
from sendlib.packs.stopping import Stopped
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
    jobs : tuple[Job, ...]
        What runs.
    parameters : dict[str, dict[str, Value]]
        For each notebook file, all parameters with their values.
    setting : Setting
        What its pages share.
    previous : KeptRun or None
        The last published pack of the same board, authority and scenario.
    record : dict[str, object]
        What its record says; added to as the run goes on.
    """

    project: Project
    out: Path
    folder: Path
    jobs: tuple[Job, ...]
    parameters: dict[str, dict[str, Value]]
    setting: Setting
    previous: KeptRun | None
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


def begin(project: Project, out: Path, *, jobs: Sequence[Job], setting: Setting) -> Run:
    """Clear what killed runs left, make the run's folder, and a record that it is under way."""
    publish.clear_left(out)
    earlier = list_runs(out)
    folder = _make_folder(out, setting)
    named = {job.notebook.path.name: in_full(job.notebook.path, job.parameters) for job in jobs}
    run = Run(
        project=project,
        out=out,
        folder=folder,
        jobs=tuple(jobs),
        parameters=named,
        setting=setting,
        previous=_last_of(earlier, setting.kind),
        record=describe_run(folder.name, setting, parameters=named, sequence=_next_number(earlier)),
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


def leave_refusal(out: Path, error: BaseException, *, setting: Setting) -> Path | None:
    """Leave a record of a run that was refused before it could begin.

    It is a run's folder with nothing but a record that says ``failed``, and
    goes like any other when a newer pack is published.
    """
    with suppress(SendlibError, OSError), hold(out):
        folder = _make_folder(out, setting)
        number = _next_number(list_runs(out))
        record = describe_run(folder.name, setting, parameters={}, sequence=number)
        ended = end_run(record, "failed", exit_code=_exit_code(error), problems=_explain(error))
        return write_record(ended, folder / RECORD)
    return None


def _make_folder(out: Path, setting: Setting) -> Path:
    return publish.make_run_folder(
        out,
        started=setting.started,
        la_code=setting.title.la_code,
        scenario=setting.title.scenario,
    )


def _next_number(runs: Sequence[KeptRun]) -> int:
    return max((run.sequence for run in runs), default=0) + 1


def _last_of(runs: Sequence[KeptRun], kind: Kind) -> KeptRun | None:
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
