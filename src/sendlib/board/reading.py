"""Read a board file: strictly, with every problem said at once, each with its line."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sendlib import errors
from sendlib.authority import Authority
from sendlib.board import file
from sendlib.errors import Problem, did_you_mean
from sendlib.finance.levers import CHECKERS
from sendlib.packs.notebooks import Notebook, find_notebook, list_notebooks
from sendlib.packs.parameters import check
from sendlib.packs.setting import Assurance, Retention
from sendlib.project import Project
from sendlib.scenarios import check_scenarios, documents, list_scenarios

FOLDER = "boards"

_PARTS: Mapping[str, type[BaseModel]] = {
    "freshness": file.Freshness,
    "thresholds": file.Threshold,
    "assurance": Assurance,
    "checks": file.Checks,
    "keep": Retention,
    "limits": file.RunLimits,
    "notices": file.Notices,
    "schedule": file.Schedule,
}
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
        problems += _Checker(board, document, project).problems(without=wrong)
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
        details = error.errors()
    wrong = {str(detail["loc"][0]) for detail in details}
    rest = {key: part for key, part in keys.items() if key not in wrong}
    problems = [*document.problems, *(_invalid(document, detail) for detail in details)]
    return file.BoardFile.model_validate({**_STAND_INS, **rest}), problems, wrong


def _invalid(document: documents.Document, detail: ErrorDetails) -> Problem:
    """What is wrong with a key, where, and what is valid."""
    path = tuple(detail["loc"])
    last = str(path[-1])
    match detail["type"]:
        case "extra_forbidden":
            model = _PARTS.get(str(path[0]), file.BoardFile) if len(path) > 1 else file.BoardFile
            valid = [field.alias or name for name, field in model.model_fields.items()]
            remedy = did_you_mean(last, valid)
            if len(path) > 1 and "?" in remedy:  # of a few short keys the nearest may be another
                remedy += f" Valid: {', '.join(valid)}"
            where = _place(document, path, path[:-1])
            return Problem("unknown_key", f"unknown key {last!r}", where, remedy)
        case "missing":
            return Problem(
                "missing_key", f"{last} is missing", _place(document, path, path[:-1]), "add it"
            )
    return documents.to_problem(detail).at(_place(document, path))


def _place(
    document: documents.Document, path: documents.Path, named: documents.Path | None = None
) -> str:
    """The line of a part, and the path to it in words; entries are counted from one."""
    written: documents.Path = ()
    for part in path:  # YAML reads a notebook's number as a number
        number = int(part) if isinstance(part, str) and part.isdecimal() else part
        written = (*written, part if (*written, part) in document.lines else number)
    words = [
        f"entry {part + 1}" if isinstance(part, int) else part
        for part in (path if named is None else named)
    ]
    return ", ".join([document.place(written), *words])


class _Checker:
    """Whether what a board asks for is there: notebooks, parameters, scenarios, data."""

    def __init__(
        self, board: file.BoardFile, document: documents.Document, project: Project
    ) -> None:
        self.board, self.document, self.project = board, document, project

    def problems(self, *, without: set[str]) -> list[Problem]:
        """Everything that is not there, each with its line; of keys that could be read."""
        figures = [threshold.figure for threshold in self.board.thresholds]
        return [
            *self._notebooks(),
            *self._parameters(),
            *self._scenarios(),
            *self._twice(figures, "thresholds", "figure"),
            *([] if "authority" in without else self._data()),
        ]

    def _at(self, *path: int | str) -> str:
        return _place(self.document, path)

    def _notebooks(self) -> Iterator[Problem]:
        try:
            list_notebooks(self.project)
        except errors.NotebookError as error:
            yield from error.problems
            return
        if self.board.notebooks == file.ALL:
            return
        found: list[str] = []
        for at, name in enumerate(self.board.notebooks):
            try:
                found.append(find_notebook(self.project, name).path.name)
            except errors.NotebookError as error:
                found.append(name)
                yield from _placed(error, self._at("notebooks", at), "there is no such notebook")
        yield from self._twice(found, "notebooks")

    def _parameters(self) -> Iterator[Problem]:
        seen: set[Notebook] = set()
        for name, parameters in self.board.parameters.items():
            where = self._at("parameters", name)
            try:
                notebook = find_notebook(self.project, name)
            except errors.NotebookError as error:
                yield from _placed(error, where, "there is no such notebook")
                continue
            if notebook in seen:
                yield Problem(
                    "notebook_twice",
                    f"notebook {notebook.number} is given twice",
                    where,
                    "keep one",
                )
            seen.add(notebook)
            if not self._has(notebook):
                remedy = "add it to notebooks, or leave its parameters out"
                yield Problem(
                    "notebook_not_on_board",
                    f"notebook {name} is not one of this board's",
                    where,
                    remedy,
                )
            for parameter, value in parameters.items():
                where = self._at("parameters", name, parameter)
                yield from _of_value(notebook, parameter, value, where)

    def _has(self, notebook: Notebook) -> bool:
        """Whether a notebook is one of the board's; names of none are a problem elsewhere."""
        if self.board.notebooks == file.ALL:
            return True
        for name in self.board.notebooks:
            with suppress(errors.NotebookError):
                if find_notebook(self.project, name) == notebook:
                    return True
        return False

    def _scenarios(self) -> Iterator[Problem]:
        known = list_scenarios(self.project)
        for at, slug in enumerate(self.board.scenarios):
            if slug not in known:
                found, remedy = f"there is no scenario {slug!r}", did_you_mean(slug, known)
                yield Problem("board_scenario_not_found", found, self._at("scenarios", at), remedy)
                continue
            try:
                check_scenarios(self.project, [slug], checkers=CHECKERS)
            except errors.ScenarioError as error:
                yield from error.problems
        yield from self._twice(self.board.scenarios, "scenarios")

    def _data(self) -> Iterator[Problem]:
        """Whether the authority has data at its January; a fault of the data is for the run."""
        try:
            Authority.open(
                self.board.authority, as_of=self.board.january, project=self.project, build=True
            )
        except errors.NotAvailableError as error:
            yield from _placed(error, self._at("authority"), error.headline.rstrip("."))
        except errors.ParameterError as error:
            yield from _placed(error, self._at("as_of"), error.headline.rstrip("."))
        except (errors.DataError, errors.ManifestError, errors.OutputError):
            return

    def _twice(self, names: Sequence[str], *path: str) -> Iterator[Problem]:
        key, *rest = path
        for at, name in enumerate(names):
            if names.index(name) != at:
                yield Problem(
                    "name_twice", f"{name!r} is given twice", self._at(key, at, *rest), "keep one"
                )


def _of_value(notebook: Notebook, parameter: str, value: object, where: str) -> Iterator[Problem]:
    if parameter in _ELSEWHERE:
        remedy = f"leave it out; {_ELSEWHERE[parameter]} states it for every page"
        yield Problem(
            "parameter_for_one_notebook", f"{parameter} for one notebook only", where, remedy
        )
        return
    try:
        check(notebook.path, {parameter: value})
    except errors.ParameterError as error:
        for problem in error.problems:
            yield problem.at(where)


def _placed(error: errors.SendlibError, where: str, found: str) -> list[Problem]:
    """The problems of an error, at a line of the board file."""
    return [
        replace(problem, found=f"{found}: {problem.found}", where=where)
        for problem in error.problems
    ]
