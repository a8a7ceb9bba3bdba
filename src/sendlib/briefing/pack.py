"""Make a pack: run the notebooks, render them, check the pages, publish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sendlib
from sendlib.briefing import publish, record
from sendlib.briefing.checks import check_pages
from sendlib.briefing.notebooks import Notebook
from sendlib.briefing.parameters import Value, in_full, share
from sendlib.briefing.record import DataFile
from sendlib.briefing.render import (
    ACCESSIBILITY,
    INDEX,
    PackTitle,
    Page,
    Setting,
    render_accessibility,
    render_index,
    render_page,
)
from sendlib.briefing.run import Execution, Job, Progress, run_all
from sendlib.project import Project

RECORD = "run.json"
EXECUTED = "notebooks"


@dataclass(frozen=True)
class Pack:
    """A pack that was published.

    Parameters
    ----------
    run_id : str
        Name of its folder.
    folder : Path
        Where it is kept.
    latest : Path
        The same pack, until the next one replaces it.
    pages : tuple[Path, ...]
        Its pages, the contents page first.
    record : Path
        The record of the run.
    seconds : dict[str, float]
        For each notebook file, how long it ran. [seconds]
    """

    run_id: str
    folder: Path
    latest: Path
    pages: tuple[Path, ...]
    record: Path
    seconds: dict[str, float]


@dataclass(frozen=True)
class _Run:
    """A run under way: what is known before the first notebook starts."""

    out: Path
    folder: Path
    started: datetime
    jobs: tuple[Job, ...]
    parameters: dict[str, dict[str, Value]]
    setting: Setting

    def write_record(
        self,
        state: record.State,
        *,
        seconds: Mapping[str, float] | None = None,
        problems: Sequence[str] = (),
    ) -> Path:
        """Replace the run's record."""
        described = record.describe_run(
            run_id=self.folder.name,
            state=state,
            started=self.started,
            parameters=self.parameters,
            scenario=self.setting.scenario,
            inputs=self.setting.inputs,
            commit=self.setting.commit,
            seconds=seconds,
            problems=problems,
        )
        return record.write_record(described, self.folder / RECORD)


def make_pack(
    project: Project,
    *,
    notebooks: Sequence[Notebook],
    parameters: Mapping[str, object],
    title: PackTitle,
    inputs: Sequence[DataFile],
    scenario: Mapping[str, object] | None = None,
    out: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Pack:
    """Make a pack and publish it, whole or not at all.

    Parameters
    ----------
    project : Project
        Whose notebooks run, from its root.
    notebooks : Sequence[Notebook]
        The pages, in order.
    parameters : Mapping[str, object]
        Values for the notebooks; each takes those that it declares.
    title : PackTitle
        Authority, date and scenario.
    inputs : Sequence[DataFile]
        Every file that the figures come from.
    scenario : Mapping, optional
        ``name``, ``question`` and ``changes``, a list of mappings with
        ``lever``, ``old``, ``new`` and ``why``; only values that JSON knows.
    out : Path, optional
        The folder of outputs, instead of the project's own.
    workers : int, optional
        How many notebooks run at a time; two by default.
    progress : Progress, optional
        Told, from any thread, whenever a cell is done.

    Raises
    ------
    ParameterError
        If a parameter is unknown or ill-typed; nothing has been made then.
    NotebookError
        If a notebook fails. Its executed copy and the record are kept.
    PageError
        If a page is not fit to be published. The pages are kept.
    """
    values = share([notebook.path for notebook in notebooks], parameters)
    jobs = tuple(Job(*pair) for pair in zip(notebooks, values, strict=True))
    setting = Setting(
        title=title,
        notebooks=tuple(notebooks),
        made=record.in_words(record.now()),
        version=sendlib.__version__,
        commit=record.find_commit(project.root),
        scenario=scenario,
        inputs=tuple(inputs),
    )
    run = _begin(jobs, setting, out or project.outputs)
    try:
        return _finish(run, root=project.root, workers=workers, progress=progress)
    except Exception as error:
        run.write_record("failed", problems=str(error).splitlines())
        raise


def _begin(jobs: tuple[Job, ...], setting: Setting, out: Path) -> _Run:
    """Make the run's folder, and a record that says it is under way."""
    started = record.now()
    folder = publish.make_run_folder(
        out, started=started, la_code=setting.title.la_code, scenario=setting.title.scenario
    )
    parameters = {
        job.notebook.path.name: in_full(job.notebook.path, job.parameters) for job in jobs
    }
    run = _Run(out, folder, started, jobs, parameters, setting)
    run.write_record("running")
    return run


def _finish(run: _Run, *, root: Path, workers: int | None, progress: Progress | None) -> Pack:
    """Run, render, check, record, publish."""

    def to_page(execution: Execution) -> tuple[Page, float]:
        return _render(execution, run), execution.seconds

    made = run_all(
        run.jobs,
        root=root,
        folder=run.folder / EXECUTED,
        then=to_page,
        workers=workers,
        progress=progress,
    )
    pages = _write_pages([page for page, _ in made], run)
    check_pages(pages)
    seconds = {page.notebook.path.name: taken for page, taken in made}
    kept = run.write_record("published", seconds=seconds)
    latest = publish.switch_latest(run.folder, run.out)
    return Pack(run.folder.name, run.folder, latest, pages, kept, seconds)


def _render(execution: Execution, run: _Run) -> Page:
    notebook = execution.job.notebook
    return render_page(
        execution.node,
        notebook,
        setting=run.setting,
        parameters=run.parameters[notebook.path.name],
        headlines=execution.headlines,
    )


def _write_pages(pages: Sequence[Page], run: _Run) -> tuple[Path, ...]:
    texts = {
        INDEX: render_index(pages, setting=run.setting),
        **{page.notebook.page: page.html for page in pages},
        ACCESSIBILITY: render_accessibility(run.setting),
    }
    for name, text in texts.items():
        (run.folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(run.folder / name for name in texts)
