"""Read a board file: strictly, with every problem said at once, each with its line."""

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from sendlib import documents, errors, fields
from sendlib.authority import Authority
from sendlib.board import file
from sendlib.errors import Problem, did_you_mean, result_or_problems
from sendlib.finance.levers import CHECKERS
from sendlib.packs.notebooks import Notebook, find_notebook, list_notebooks
from sendlib.packs.parameters import check
from sendlib.project import Project
from sendlib.scenarios import check_scenarios, list_scenarios

FOLDER = "boards"

_STAND_INS = {"name": "-", "authority": "-"}  # so that the rest of a file can be checked
_ELSEWHERE = {"la_code": "authority", "as_of": "as_of", "scenario": "scenarios"}
"""What is one for the whole pack, and the key of a board file that states it."""


def read_board(path: Path, project: Project) -> file.Board:
    """Read what a board wants, and check that everything it asks for is there."""
    full, root = path.resolve(), project.root.resolve()
    name = full.relative_to(root).as_posix() if full.is_relative_to(root) else path.name
    headline = f"The board file {name} cannot be used."
    try:
        content = path.read_bytes()
        document = documents.parse(content.decode("utf-8"), name)
    except OSError as error:
        raise file.BoardError(headline, [_unreadable(path, project, error)]) from error
    except UnicodeDecodeError as error:
        problem = Problem("not_utf8", str(error), name, "save the file as UTF-8")
        raise file.BoardError(headline, [problem]) from error
    board, problems, wrong = _read_keys(document)
    if board is not None:
        problems += _not_there(board, document.locate, project)
        if "authority" not in wrong:
            problems += _without_data(board, document.locate, project)
    line = re.compile(rf"{re.escape(name)}, line (\d+)")

    def order(problem: Problem) -> float:  # those of other files last
        found = line.match(problem.where)
        return int(found[1]) if found else math.inf

    errors.raise_any(file.BoardError, headline, sorted(dict.fromkeys(problems), key=order))
    hashed = hashlib.sha256(content).hexdigest()
    known_by = name if full.is_relative_to(root) else str(full)
    return file.Board(**dict(board or {}), path=full, file=known_by, sha256=hashed)


def notebooks_of(project: Project, board: file.BoardFile) -> list[Notebook]:
    """The notebooks of a board, in the order of its pages."""
    if board.notebooks == file.ALL:
        return list_notebooks(project)
    return [find_notebook(project, name) for name in board.notebooks]


def _unreadable(path: Path, project: Project, error: OSError) -> Problem:
    """Why a file cannot be read, with the nearest board files."""
    known = [f"{FOLDER}/{each.name}" for each in sorted((project.root / FOLDER).glob("*.yml"))]
    remedy = did_you_mean(f"{FOLDER}/{path.name}", known) if known else f"write one in {FOLDER}/"
    if path.is_dir():
        return Problem("folder_for_file", "it is a folder", str(path), remedy)
    if path.exists():
        return Problem("unreadable_file", f"it cannot be read: {error}", str(path), remedy)
    return Problem("no_such_file", "there is no such file", str(path), remedy)


def _read_keys(
    document: documents.Document,
) -> tuple[file.BoardFile | None, list[Problem], set[str]]:
    """What can be read, all that is wrong, and the keys that are left at their defaults for it."""
    content = document.value
    if not isinstance(content, dict):
        empty = "the file is empty" if content is None else "the file is not keys and values"
        problem = Problem("no_keys_and_values", empty, document.place(()), "begin with name:")
        return None, list(document.problems) or [problem], set()
    keys = {str(key): part for key, part in content.items() if part is not None}
    try:
        return file.BoardFile.model_validate(keys), list(document.problems), set()
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors()}
        invalid = fields.explain(error, document, file.BoardFile, list_keys=True)
        problems = [*document.problems, *invalid]
    rest = {key: part for key, part in keys.items() if key not in wrong}
    return file.BoardFile.model_validate({**_STAND_INS, **rest}), problems, wrong


def _not_there(
    board: file.BoardFile, place: Callable[[documents.Path], str], project: Project
) -> Iterator[Problem]:
    """What a board asks for that is not there, or asks for twice, each with its line."""
    every, problems = result_or_problems(partial(list_notebooks, project))
    yield from problems
    found, names = every or [], []
    if board.notebooks != file.ALL:
        found = []
        for at, name in enumerate(board.notebooks):
            notebook, problems = _find(project, name, place(("notebooks", at)))
            yield from problems
            names.append(notebook.path.name if notebook else name)
            found += [notebook] if notebook else []
    yield from _twice(names, place, "notebooks")
    yield from _wrong_parameters(board, found, place, project)
    known = list_scenarios(project)
    for at, slug in enumerate(board.scenarios):
        if slug not in known:
            missing, remedy = f"there is no scenario {slug!r}", did_you_mean(slug, known)
            yield Problem("board_scenario_not_found", missing, place(("scenarios", at)), remedy)
            continue
        check = partial(check_scenarios, project, [slug], checkers=CHECKERS)
        yield from result_or_problems(check)[1]
    yield from _twice(board.scenarios, place, "scenarios")
    yield from _twice([each.figure for each in board.thresholds], place, "thresholds", "figure")


def _wrong_parameters(
    board: file.BoardFile,
    notebooks: Sequence[Notebook],
    place: Callable[[documents.Path], str],
    project: Project,
) -> Iterator[Problem]:
    seen: set[Notebook] = set()
    for name, parameters in board.parameters.items():
        where = place(("parameters", name))
        notebook, unknown = _find(project, name, where)
        yield from unknown
        if notebook is None:
            continue
        if notebook in seen:
            found = f"notebook {notebook.number} is given twice"
            yield Problem("notebook_twice", found, where, "keep one")
        seen.add(notebook)
        if notebook not in notebooks:
            found = f"notebook {name} is not one of this board's"
            remedy = "add it to notebooks, or leave its parameters out"
            yield Problem("notebook_not_on_board", found, where, remedy)
        for parameter, value in parameters.items():
            yield from _of_value(notebook, parameter, value, place(("parameters", name, parameter)))


def _without_data(
    board: file.BoardFile, place: Callable[[documents.Path], str], project: Project
) -> list[Problem]:
    """Why an authority has no data at its January; a fault of the data is for the run."""
    try:
        Authority.open(board.authority, as_of=board.january, project=project, build=True)
    except (errors.NotAvailableError, errors.ParameterError) as error:
        key = "authority" if isinstance(error, errors.NotAvailableError) else "as_of"
        what = error.headline.rstrip(".")
        return [
            replace(each, found=f"{what}: {each.found}", where=place((key,)))
            for each in error.problems
        ]
    except (errors.DataError, errors.ManifestError, errors.OutputError):
        pass
    return []


def _twice(
    names: Sequence[str], place: Callable[[documents.Path], str], key: str, *rest: str
) -> Iterator[Problem]:
    for at, name in enumerate(names):
        if name in names[:at]:
            found = f"{name!r} is given twice"
            yield Problem("name_twice", found, place((key, at, *rest)), "keep one")


def _find(project: Project, name: str, where: str) -> tuple[Notebook | None, tuple[Problem, ...]]:
    """A notebook by its name, or why there is none, at a line of the board's file."""
    notebook, problems = result_or_problems(partial(find_notebook, project, name))
    what = "there is no such notebook"
    return notebook, tuple(
        replace(each, found=f"{what}: {each.found}", where=where) for each in problems
    )


def _of_value(notebook: Notebook, parameter: str, value: object, where: str) -> Iterator[Problem]:
    if parameter in _ELSEWHERE:
        remedy = f"leave it out; {_ELSEWHERE[parameter]} states it for every page"
        yield Problem(
            "parameter_for_one_notebook", f"{parameter} for one notebook only", where, remedy
        )
        return
    _, problems = result_or_problems(partial(check, notebook.path, {parameter: value}))
    for problem in problems:
        yield problem.at(where)
