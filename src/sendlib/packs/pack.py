"""Make a pack: run the notebooks, render them, check the pages, publish."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath

from sendlib.errors import GateError, Problem, raise_any
from sendlib.packs import subject
from sendlib.packs.draft import Draft
from sendlib.packs.execution import Execution, Progress, run_all
from sendlib.packs.jobs import make_jobs
from sendlib.packs.outputs import publish
from sendlib.packs.outputs.lock import hold
from sendlib.packs.outputs.record import RECORD, to_timings
from sendlib.packs.outputs.retention import Retention, remove_old
from sendlib.packs.outputs.writing import outputs_in
from sendlib.packs.pages.checks import PageError, find_problems, find_undescribed
from sendlib.packs.pages.front import Front
from sendlib.packs.pages.render import (
    ACCESSIBILITY,
    INDEX,
    Page,
    about_none,
    render_accessibility,
    render_index,
    render_page,
)
from sendlib.packs.program import find_commit
from sendlib.packs.resume import (
    EXECUTED,
    Lent,
    describe_ground,
    drop_marks,
    fingerprints,
    mark_finished,
    take_over,
)
from sendlib.packs.setting import Setting
from sendlib.packs.stopping import stoppable
from sendlib.packs.under_way import Run, begin, recorded
from sendlib.project import Project

_PAGES_NOT_FIT = "The pack was not published: some pages are not fit for it."
_NOT_FIT = "The pack was not published: it is not fit for it."


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
    warnings : tuple[Problem, ...]
        Figures without a description, which a gate may let pass.
    """

    run_id: str
    folder: Path
    latest: Path
    pages: tuple[Path, ...]
    record: Path
    seconds: dict[str, float]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Hooks:
    """Who is asked between the making of a pack and its publishing.

    Parameters
    ----------
    front : callable, optional
        Given the :class:`Draft` after all notebooks ran, says what the first
        page shows beyond its links.
    gate : callable, optional
        Given the draft when its pages are written, returns every reason not
        to publish it.
    extras : callable, optional
        Given a draft that passed, returns further files by their paths inside
        the run's folder.
    """

    front: Callable[[Draft], Front | None] = lambda _: None
    gate: Callable[[Draft], Sequence[Problem]] = lambda _: ()
    extras: Callable[[Draft], Mapping[str, bytes]] = lambda _: {}


_NO_HOOKS = Hooks()


def make_pack(
    project: Project,
    setting: Setting,
    *,
    parameters: Mapping[str, object],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    hooks: Hooks = _NO_HOOKS,
    out: Path | None = None,
    keep: Retention | None = None,
    resume: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    wait: float = 0.0,
) -> Pack:
    """Make a pack and publish it, whole or not at all."""
    jobs = make_jobs(setting.notebooks, parameters, overrides or {})
    place, setting = out or project.outputs, replace(setting, commit=find_commit(project.root))
    with stoppable() as stop, outputs_in(place), hold(place, wait=wait) as held:
        run = begin(project, place, jobs=jobs, setting=setting)
        held.name_run(run.run_id)
        with recorded(run), outputs_in(place):
            made = _run_notebooks(run, workers=workers, progress=progress, resume=resume)
            draft = Draft(run, tuple(page for page, _ in made))
            paths = _write_pages(draft, hooks)
            _describe_pages(draft, paths, [done for _, done in made])
            _judge(draft, paths, hooks, [done for _, done in made])
            _add_extras(draft, paths, hooks)
            with stop.held():
                latest = _publish(run, keep)
    seconds = {page.notebook.path.name: done.seconds for page, done in made}
    warnings = tuple(problem for path in paths for problem in find_undescribed(path))
    return Pack(run.run_id, run.folder, latest, paths, run.folder / RECORD, seconds, warnings)


def _run_notebooks(
    run: Run, *, workers: int | None, progress: Progress | None, resume: bool
) -> list[tuple[Page, Execution]]:
    """Run what no earlier run lends; render each notebook as it ends."""
    ground = describe_ground(run.project, run.setting.inputs)
    prints = fingerprints(run.jobs, run.parameters, ground=ground)
    lent = Lent()
    if resume:
        lent = take_over(run.out, run.folder, run.jobs, kind=run.setting.kind, wanted=prints)
    run.note(resumed_from=lent.run_id, resumed=sorted(lent.finished))

    def to_page(execution: Execution) -> tuple[Page, Execution]:
        name = execution.job.notebook.path.name
        if name not in lent.finished:
            mark_finished(execution, prints[name])
        return _render(execution, run), execution

    return run_all(
        run.jobs,
        root=run.project.root,
        folder=run.folder / EXECUTED,
        then=to_page,
        workers=workers,
        progress=progress,
        limits=run.setting.limits,
        finished=lent.finished,
        expected=run.previous.record.get("seconds") if run.previous else None,
    )


def _render(execution: Execution, run: Run) -> Page:
    notebook = execution.job.notebook
    return render_page(
        execution.node,
        notebook,
        setting=run.setting,
        parameters=run.parameters[notebook.path.name],
        headlines=execution.headlines,
        figures=execution.figures,
    )


def _write_pages(draft: Draft, hooks: Hooks) -> tuple[Path, ...]:
    setting = draft.run.setting
    if not any(page.is_about_one for page in draft.pages):
        setting = about_none(setting)
    texts = {
        INDEX: render_index(draft.pages, setting=setting, front=hooks.front(draft)),
        **{page.notebook.page: page.html for page in draft.pages},
        ACCESSIBILITY: render_accessibility(setting),
    }
    for name, text in texts.items():
        (draft.folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(draft.folder / name for name in texts)


def _describe_pages(draft: Draft, paths: Sequence[Path], made: Sequence[Execution]) -> None:
    """Say in the record what the pages hold, and what held their kernels."""
    draft.run.note(
        in_force={done.path.name: asdict(done.in_force) for done in made},
        figures=draft.figures,
        headlines={page.notebook.path.name: list(page.headlines) for page in draft.pages},
        pages={path.name: _hash(path.read_bytes()) for path in paths},
        content={page.notebook.page: _hash(page.content.encode()) for page in draft.pages},
        seconds=to_timings({done.path.name: done.seconds for done in made}),
    )


def _judge(draft: Draft, paths: Sequence[Path], hooks: Hooks, made: Sequence[Execution]) -> None:
    """Refuse what is not fit to be published, for every reason at once."""
    title, parameters = draft.run.setting.title, draft.run.parameters
    of_pages = [
        *(
            problem
            for done in made
            for problem in subject.find_problems(done, title, parameters[done.path.name])
        ),
        *(problem for path in paths for problem in find_problems(path)),
    ]
    of_gate = list(hooks.gate(draft))
    refusal = GateError if of_gate else PageError
    raise_any(refusal, _NOT_FIT if of_gate else _PAGES_NOT_FIT, [*of_gate, *of_pages])


def _add_extras(draft: Draft, paths: Sequence[Path], hooks: Hooks) -> None:
    """Write the files that stand beside the pages, each inside the run's folder."""
    extras = hooks.extras(draft)
    taken = {path.name for path in paths} | {RECORD}
    for name in extras:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name in taken:
            raise ValueError(f"A file beside the pages cannot be called {name!r}.")
    for name, content in extras.items():
        (draft.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (draft.folder / name).write_bytes(content)
    draft.run.note(files={name: _hash(content) for name, content in extras.items()})


def _publish(run: Run, keep: Retention | None) -> Path:
    """Switch to the finished pack, then remove what is no longer kept."""
    drop_marks(run.folder)
    run.end("published", 0)
    latest = publish.switch_latest(run.folder, run.out)
    with suppress(OSError):  # what cannot be removed now is tried again by the next run
        remove_old(run.out, keep, kind=run.setting.kind, today=run.setting.started)
    return latest


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
