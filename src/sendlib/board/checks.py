"""Whether what a board asks for is there: notebooks, parameters, scenarios, data."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress

from sendlib.board.file import ALL, BoardFile
from sendlib.board.subject import open_authority
from sendlib.errors import (
    DataError,
    ManifestError,
    NotAvailableError,
    NotebookError,
    OutputError,
    ParameterError,
    Problem,
    ScenarioError,
    SendlibError,
    did_you_mean,
)
from sendlib.finance.levers import CHECKERS
from sendlib.packs.notebooks import Notebook, find_notebook, list_notebooks
from sendlib.packs.parameters import check
from sendlib.project import Project
from sendlib.scenarios import check_scenarios, list_scenarios
from sendlib.scenarios.documents import Document, Path

_ELSEWHERE = {
    "la_code": "authority",
    "as_of": "as_of",
    "scenario": "scenarios",
}
"""What is one for the whole pack, and the key of a board file that states it."""


def notebooks_of(project: Project, board: BoardFile) -> list[Notebook]:
    """The notebooks of a board, in the order of its pages."""
    if board.notebooks == ALL:
        return list_notebooks(project)
    return [find_notebook(project, name) for name in board.notebooks]


def find_problems(
    board: BoardFile, document: Document, project: Project, *, unread: Collection[str] = ()
) -> list[Problem]:
    """Everything that a board asks for and that is not there, each with its line."""
    is_named = "authority" not in unread
    return [
        *_notebook_problems(board, document, project),
        *_parameter_problems(board, document, project),
        *_scenario_problems(board, document, project),
        *_twice(
            [threshold.figure for threshold in board.thresholds],
            document,
            ("thresholds",),
            "figure",
        ),
        *(_data_problems(board, document, project) if is_named else []),
    ]


def _notebook_problems(board: BoardFile, document: Document, project: Project) -> list[Problem]:
    try:
        list_notebooks(project)
    except NotebookError as error:
        return list(error.problems)
    if board.notebooks == ALL:
        return []
    found: list[str] = []
    problems: list[Problem] = []
    for at, name in enumerate(board.notebooks):
        where = place(document, ("notebooks", at))
        try:
            found.append(find_notebook(project, name).path.name)
        except NotebookError as error:
            found.append(name)
            problems += _told(error, where, "there is no such notebook")
    return [*problems, *_twice(found, document, ("notebooks",))]


def _parameter_problems(
    board: BoardFile, document: Document, project: Project
) -> Iterator[Problem]:
    seen: set[Notebook] = set()
    for name, parameters in board.parameters.items():
        path: Path = ("parameters", name)
        where = place(document, path)
        try:
            notebook = find_notebook(project, name)
        except NotebookError as error:
            yield from _told(error, where, "there is no such notebook")
            continue
        if notebook in seen:
            yield Problem(f"notebook {notebook.number} is given twice", where, "keep one")
        seen.add(notebook)
        if not _is_in_pack(notebook, board, project):
            remedy = "add it to notebooks, or leave its parameters out"
            yield Problem(f"notebook {name} is not one of this board's", where, remedy)
        for parameter, value in parameters.items():
            yield from _value_problems(notebook, parameter, value, document, path)


def _is_in_pack(notebook: Notebook, board: BoardFile, project: Project) -> bool:
    """Whether a notebook is one of the board's; names that mean none are told elsewhere."""
    if board.notebooks == ALL:
        return True
    for name in board.notebooks:
        with suppress(NotebookError):
            if find_notebook(project, name) == notebook:
                return True
    return False


def _value_problems(
    notebook: Notebook, parameter: str, value: object, document: Document, path: Path
) -> Iterator[Problem]:
    where = place(document, (*path, parameter))
    if parameter in _ELSEWHERE:
        remedy = f"leave it out; {_ELSEWHERE[parameter]} states it for every page"
        yield Problem(f"{parameter} for one notebook only", where, remedy)
        return
    try:
        check(notebook.path, {parameter: value})
    except ParameterError as error:
        for problem in error.problems:
            yield Problem(problem.found, where, problem.remedy)


def _scenario_problems(board: BoardFile, document: Document, project: Project) -> Iterator[Problem]:
    known = list_scenarios(project)
    told: set[Problem] = set()
    for at, slug in enumerate(board.scenarios):
        where = place(document, ("scenarios", at))
        if slug not in known:
            yield Problem(f"there is no scenario {slug!r}", where, did_you_mean(slug, known))
            continue
        try:
            check_scenarios(project, [slug], checkers=CHECKERS)
        except ScenarioError as error:
            yield from (problem for problem in error.problems if problem not in told)
            told.update(error.problems)
    yield from _twice(board.scenarios, document, ("scenarios",))


def _data_problems(board: BoardFile, document: Document, project: Project) -> list[Problem]:
    """Whether there are figures for that January; a fault of the data is told by the run."""
    try:
        open_authority(project, board.authority, board.january)
    except NotAvailableError as error:
        return _told(error, place(document, ("authority",)), error.headline.rstrip("."))
    except ParameterError as error:
        return _told(error, place(document, ("as_of",)), error.headline.rstrip("."))
    except (DataError, ManifestError, OutputError):
        pass  # no fault of the board's file: a run is refused for it, and tells people
    return []


def _twice(
    names: Sequence[str], document: Document, path: Path, key: str = ""
) -> Iterator[Problem]:
    first: Mapping[str, int] = {name: at for at, name in reversed(list(enumerate(names)))}
    for at, name in enumerate(names):
        if first[name] != at:
            where = place(document, (*path, at, *([key] if key else [])))
            yield Problem(f"{name!r} is given twice", where, "keep one")


def _told(error: SendlibError, where: str, found: str) -> list[Problem]:
    """The problems of an error, at a line of the board file."""
    return [
        Problem(f"{found}: {problem.found}", where, problem.remedy) for problem in error.problems
    ]


def place(document: Document, path: Path, named: Path | None = None) -> str:
    """The line of a part, and the path to it in words; entries are counted from one.

    Parameters
    ----------
    document : Document
        Where everything stands.
    path : tuple
        The keys and positions that lead to the part; of a notebook's number, as text.
    named : tuple, optional
        What the words say, where that is not the whole path.
    """
    words = map(_counted, path if named is None else named)
    return ", ".join([document.place(_as_written(document, path)), *words])


def _counted(part: int | str) -> str:
    return f"entry {part + 1}" if isinstance(part, int) else part


def _as_written(document: Document, path: Path) -> Path:
    """The path with numbers for keys that YAML has read as numbers."""
    written: Path = ()
    for part in path:
        number = int(part) if isinstance(part, str) and part.isdecimal() else part
        known = (*written, part) in document.lines
        written = (*written, part if known else number)
    return written
