"""Make a pack: parameters, execute, render, check, publish."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sendlib.clock import is_time_fixed, now, stamp
from sendlib.errors import Problem, PublicationError, SendlibError, raise_any
from sendlib.packs import executed, page_checks, publish, render, runs
from sendlib.packs.execution import Execution, Job, Progress, run_all
from sendlib.packs.failures import locate
from sendlib.packs.front import Front
from sendlib.packs.lock import lock_outputs
from sendlib.packs.parameters import Value, share
from sendlib.packs.setting import Retention, Setting, find_commit
from sendlib.packs.stopping import Stopped, stoppable
from sendlib.project import Project
from sendlib.reuse import trim

EXECUTED = "notebooks"
"""The folder of executed copies, inside a run's own."""

OTHERS = "authorities"
"""The parameter in which a notebook names, by code, which other authorities it opens."""


@dataclass
class Draft:
    """A pack that is being made, in the folder of its run."""

    project: Project
    out: Path
    folder: Path
    setting: Setting
    parameters: dict[str, dict[str, Value]]  # by notebook file, all of them with their values
    previous: runs.Run | None = None  # the last published one of the same kind
    record: dict[str, object] = field(default_factory=dict)
    pages: tuple[render.Page, ...] = ()  # those made from notebooks, once they are rendered

    @property
    def run_id(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Every key figure by its key, as the first page that states it gives it, and that page."""
        figures: dict[str, dict[str, Any]] = {}
        for page in self.pages:
            for figure in page.figures:
                parts = {name: part for name, part in figure.items() if name != "key"}
                figures.setdefault(str(figure["key"]), {**parts, "page": page.notebook.page})
        return figures

    def note(self, **facts: object) -> None:
        """Add to the record, and write it."""
        self.record.update(facts)
        runs.write_record(self.record, self.folder)

    def end(self, state: runs.State, exit_code: int, problems: Sequence[str] = ()) -> None:
        """Write into the record what became of the run."""
        ended = {"state": state, "exit_code": exit_code, "finished": stamp(now())}
        self.note(**ended, problems=list(problems))


@dataclass(frozen=True)
class Pack:
    """A pack that was published."""

    run_id: str
    folder: Path
    latest: Path  # the same pack, until the next one replaces it
    pages: tuple[Path, ...]  # the contents page first
    record: Path
    seconds: dict[str, float]  # how long each notebook file ran
    warnings: tuple[Problem, ...] = ()  # figures without a description
    reused: int = 0  # results that other pages or runs had worked out
    worked_out: int = 0  # results that others may reuse


@dataclass(frozen=True)
class Review:
    """What somebody who looks at a finished draft says of it."""

    problems: Sequence[Problem] = ()  # reasons not to publish it
    files: Mapping[str, bytes] = field(default_factory=dict)  # to add, by name


def make_pack(
    project: Project,
    setting: Setting,
    *,
    parameters: Mapping[str, object],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    front: Callable[[Draft], Front | None] = lambda _: None,
    review: Callable[[Draft], Review] = lambda _: Review(),
    out: Path | None = None,
    keep: Retention | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    wait: float = 0.0,
    fresh: bool = False,
) -> Pack:
    """Make a pack and publish it, as a whole or not at all.

    Parameters
    ----------
    project : Project
        Whose notebooks run.
    setting : Setting
        What its pages share.
    parameters : Mapping
        Values for every notebook that takes them.
    overrides : Mapping, optional
        Values for single notebooks, by file name.
    front : callable, optional
        Says, when all notebooks have run, what the first page shows beyond its links.
    review : callable, optional
        Looks at the draft when its pages are written.
    out : Path, optional
        The folder of outputs; the project's by default.
    keep : Retention, optional
        How long packs of this kind are stored; for ever by default.
    workers : int, optional
        How many notebooks run at a time.
    progress : Progress, optional
        Called, from any thread, whenever a cell is done.
    wait : float
        How long to wait for another run to end. [seconds]
    fresh : bool
        Whether to work everything out anew, without results of earlier runs.

    Raises
    ------
    ParameterError, NotebookError, PublicationError, LockedError, OutputError
        With every reason; the last good pack stays.
    Stopped
        If a signal asked the run to end.
    """
    shares = share([each.path for each in setting.notebooks], parameters, overrides)
    jobs = [Job(notebook, own) for notebook, own in zip(setting.notebooks, shares, strict=True)]
    out, setting = out or project.outputs, replace(setting, commit=find_commit(project.root))
    with stoppable() as stop, publish.explained_errors(out), lock_outputs(out, wait=wait) as name:
        publish.clear_unfinished(out)
        draft = _begin(project, out, setting, jobs)
        name(draft.run_id)
        with _recorded(draft), publish.explained_errors(out):
            executions = run_all(
                jobs,
                root=project.root,
                folder=draft.folder / EXECUTED,
                then=lambda done: (
                    render.render_page(
                        done.node,
                        done.job.notebook,
                        setting=setting,
                        parameters=draft.parameters[done.name],
                    ),
                    done,
                ),
                workers=workers,
                progress=progress,
                limits=setting.limits,
                expected=draft.previous.record.get("seconds") if draft.previous else None,
                store=None if fresh else project.results,
            )
            draft.pages = tuple(page for page, _ in executions)
            made = [execution for _, execution in executions]
            pages = _write_pages(draft, front(draft), made)
            _add_files(draft, _check(draft, pages, made, review))
            with stop.postponed():
                draft.end("published", 0)
                latest = publish.switch_latest(draft.folder, out)
                with suppress(OSError):  # what cannot be removed now is tried by the next run
                    runs.remove_old(out, keep, kind=setting.kind, today=setting.started)
        trim(project.results)
    warnings = [problem for path in pages for problem in page_checks.find_undescribed(path)]
    page_checks.parse.cache_clear()
    return Pack(
        draft.run_id,
        draft.folder,
        latest,
        pages,
        draft.folder / publish.RUN_FILE,
        {execution.name: execution.seconds for execution in made},
        tuple(warnings),
        *executed.total(done.results for done in made),
    )


def _begin(project: Project, out: Path, setting: Setting, jobs: Sequence[Job]) -> Draft:
    """Make the run's folder, and a record that it is under way."""
    earlier = runs.list_runs(out)
    alike = [run for run in earlier if run.state == "published" and run.kind == setting.kind]
    number = max((run.sequence for run in earlier), default=0) + 1
    folder = publish.make_run_folder(out, setting.run_name)
    full = {job.notebook.path.name: dict(job.parameters) for job in jobs}
    draft = Draft(project, out, folder, setting, full, alike[0] if alike else None)
    draft.note(**runs.describe_run(folder.name, setting, parameters=full, sequence=number))
    return draft


def leave_refusal(project: Project, out: Path, error: BaseException, *, setting: Setting) -> None:
    """Leave a record of a run that was refused before it could begin.

    It is a run's folder with nothing but a record that says ``failed``, and
    goes like any other when a newer pack is published.
    """
    with suppress(SendlibError, OSError), lock_outputs(out):
        _begin(project, out, setting, []).end("failed", *_explain(error))


@contextmanager
def _recorded(draft: Draft) -> Iterator[None]:
    """Say in the record why a run ended early; what ended it passes on.

    Where even that cannot be written, the record goes on saying that the run
    is under way, which whoever finds its lock free reads as interrupted.
    """
    try:
        yield
    except BaseException as error:
        shown = runs.latest_run(draft.out)
        is_out = shown is not None and shown.run_id == draft.run_id
        if isinstance(error, Stopped):
            error.pack_is_out = is_out
        if not is_out:
            with suppress(OSError):
                draft.end("failed", *_explain(error))
        raise


def _explain(error: BaseException) -> tuple[int, list[str]]:
    """The exit code of an error, and what it says."""
    if isinstance(error, SendlibError):
        return error.exit_code, str(error).splitlines()
    if isinstance(error, Stopped):
        return 128 + error.number, str(error).splitlines()
    code = 130 if isinstance(error, KeyboardInterrupt) else 1
    return code, [type(error).__name__, *str(error).splitlines()]


def _write_pages(
    draft: Draft, front: Front | None, executions: Sequence[Execution]
) -> tuple[Path, ...]:
    """Write every page, and say in the record what they hold and what was in force for each."""
    setting = draft.setting
    if not any(page.is_about_one for page in draft.pages):
        setting = render.about_none(setting)
    texts = {
        render.INDEX: render.render_index(draft.pages, setting=setting, front=front),
        **{page.notebook.page: page.html for page in draft.pages},
        render.ACCESSIBILITY: render.render_accessibility(setting),
    }
    for name, text in texts.items():
        (draft.folder / name).write_text(text, encoding="utf-8", newline="\n")
    seconds = {done.name: round(done.seconds, 2) for done in executions}
    results = {done.name: done.results for done in executions if done.results}
    draft.note(
        in_force={done.name: asdict(done.in_force) for done in executions},
        figures=draft.figures,
        headlines={page.notebook.path.name: list(page.headlines) for page in draft.pages},
        pages={name: _hash(text.encode()) for name, text in texts.items()},
        content={page.notebook.page: _hash(page.content.encode()) for page in draft.pages},
        seconds={} if is_time_fixed() else seconds,
        results={} if is_time_fixed() else results,
    )
    return tuple(draft.folder / name for name in texts)


def _check(
    draft: Draft,
    pages: Sequence[Path],
    executions: Sequence[Execution],
    review: Callable[[Draft], Review],
) -> Mapping[str, bytes]:
    """Refuse what is not fit to be published, for every reason at once; else the files to add."""
    of_pages = [problem for done in executions for problem in _find_other_subjects(done, draft)]
    of_pages += [problem for page in pages for problem in page_checks.find_problems(page)]
    said = review(draft)
    refusal = PublicationError if said.problems else page_checks.PageError
    what = "it is not fit for it" if said.problems else "some pages are not fit for it"
    raise_any(refusal, f"The pack was not published: {what}.", [*said.problems, *of_pages])
    return said.files


def _find_other_subjects(execution: Execution, draft: Draft) -> Iterator[Problem]:
    """Every cell that makes a page one about something else than its title says.

    A page bears the name of the authority that its run was asked for. A
    notebook that opens another one, or sets a parameter anew, would put other
    figures below that name; where it means to, it names the others in a
    parameter of its own.
    """
    title, node = draft.setting.title, execution.node
    values = draft.parameters[execution.name]
    expected = {part.strip() for part in str(values.get(OTHERS, "")).split(",")}
    expected.add(title.la_code)
    openings = executed.read_log(node, "opened")
    remedy = "open it with Authority.open(la_code, as_of=as_of)"
    found: list[tuple[int, Problem]] = []
    for place, entry in openings:
        if (code := entry["opened"]) not in expected:
            said = f"opens the authority {code}, but the page is about {title.authority}"
            named = f'{remedy}, or name it in a parameter: {OTHERS}: str = "{code}"'
            found.append((place, Problem("opens_another_authority", said, remedy=named)))
    januaries = [(place, entry["as_of"]) for place, entry in openings if entry["as_of"] is not None]
    asked = [year for _, year in januaries if title.as_of.endswith(str(year))]
    for place, year in januaries:  # one after the page's, or none at that itself
        if not asked or year > asked[0]:
            said = f"looks from January {year}, but the page says {title.as_of}"
            found.append((place, Problem("looks_from_another_january", said, remedy=remedy)))
    for place, entry in executed.read_log(node, "changed"):
        for name, value in entry["changed"].items():
            said = f"sets {name} to {value!r}, but the page says {values.get(name)!r}"
            way = "give what the cell sets another name"
            found.append((place, Problem("changes_parameter", said, remedy=way)))
    for place, problem in dict.fromkeys(found):
        yield problem.at(f"{execution.name}, {locate(node, place)}")


def _add_files(draft: Draft, files: Mapping[str, bytes]) -> None:
    """Write what was made of the pages: PDFs, and a list of the checks."""
    for name, content in files.items():
        (draft.folder / name).write_bytes(content)
    draft.note(files={name: _hash(content) for name, content in files.items()})


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
