"""Read a board file: strictly, and with every problem told at once, each with its line."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sendlib.board.checks import find_problems, place
from sendlib.board.file import (
    Assurance,
    Board,
    BoardError,
    BoardFile,
    Checks,
    Freshness,
    Keep,
    Notices,
    RunLimits,
    Schedule,
    Threshold,
)
from sendlib.errors import Problem, did_you_mean, raise_any
from sendlib.project import Project
from sendlib.scenarios.documents import Document, found_and_remedy, parse

FOLDER = "boards"

_PARTS: Mapping[str, type[BaseModel]] = {
    "freshness": Freshness,
    "thresholds": Threshold,
    "assurance": Assurance,
    "checks": Checks,
    "keep": Keep,
    "limits": RunLimits,
    "notices": Notices,
    "schedule": Schedule,
}
_STAND_INS = {"name": "-", "authority": "-"}  # so that the rest of a file can be checked


def read_board(path: Path, project: Project) -> Board:
    """Read what a board wants, and check that everything it asks for is there."""
    content = _read_bytes(path, project)
    name = _shown(path, project)
    try:
        document = parse(content.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise _cannot(name, [Problem(str(error), name, "save the file as UTF-8")]) from error
    board, problems, unread = _read_parts(document)
    if board is not None:
        problems += find_problems(board, document, project, unread=unread)
    raise_any(BoardError, _headline(name), _by_line(problems, name))
    given = dict(board or {})
    return Board(**given, path=path.resolve(), sha256=hashlib.sha256(content).hexdigest())


def _read_bytes(path: Path, project: Project) -> bytes:
    """The file's bytes; the nearest board files are offered where there is none."""
    try:
        return path.read_bytes()
    except OSError as error:
        folder = project.root / FOLDER
        known = [found.name for found in sorted(folder.glob("*.yml"))]
        found = "there is no such file" if not path.exists() else f"it cannot be read: {error}"
        found = "it is a folder" if path.is_dir() else found
        known = [f"{FOLDER}/{name}" for name in known]
        remedy = (
            did_you_mean(f"{FOLDER}/{path.name}", known) if known else f"write one in {FOLDER}/"
        )
        raise _cannot(path.name, [Problem(found, str(path), remedy)]) from error


def _by_line(problems: Sequence[Problem], name: str) -> list[Problem]:
    """Each problem once: those of the file by line, then those of other files."""
    line = re.compile(rf"{re.escape(name)}, line (\d+)")

    def order(problem: Problem) -> float:
        found = line.match(problem.where)
        return int(found[1]) if found else math.inf

    return sorted(dict.fromkeys(problems), key=order)


def _shown(path: Path, project: Project) -> str:
    full, root = path.resolve(), project.root.resolve()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else path.name


def _headline(name: str) -> str:
    return f"The board file {name} cannot be used."


def _cannot(name: str, problems: list[Problem]) -> BoardError:
    return BoardError(_headline(name), problems)


def _read_parts(document: Document) -> tuple[BoardFile | None, list[Problem], set[str]]:
    """What can be read, all that is wrong, and the keys that are left at their defaults for it."""
    content = document.value
    if not isinstance(content, dict):
        empty = "the file is empty" if content is None else "the file is not keys and values"
        problem = Problem(empty, document.place(()), "begin with name:")
        return None, list(document.problems) or [problem], set()
    given = {str(key): part for key, part in content.items() if part is not None}
    try:
        return BoardFile.model_validate(given), list(document.problems), set()
    except ValidationError as error:
        details = error.errors()
    wrong = {str(detail["loc"][0]) for detail in details}
    kept = {key: part for key, part in given.items() if key not in wrong}
    problems = [*document.problems, *(_problem(document, detail) for detail in details)]
    return BoardFile.model_validate({**_STAND_INS, **kept}), problems, wrong


def _problem(document: Document, detail: ErrorDetails) -> Problem:
    """What is wrong with a key, where, and what is valid."""
    path = tuple(detail["loc"])
    last = str(path[-1])
    match detail["type"]:
        case "extra_forbidden":
            remedy = did_you_mean(last, _keys(path))
            if len(path) > 1 and "?" in remedy:  # of a few short keys the nearest may be another
                remedy += f" Valid: {', '.join(_keys(path))}"
            return Problem(f"unknown key {last!r}", place(document, path, path[:-1]), remedy)
        case "missing":
            return Problem(f"{last} is missing", place(document, path, path[:-1]), "add it")
    found, remedy = found_and_remedy(detail)
    return Problem(found, place(document, path), remedy)


def _keys(path: tuple[int | str, ...]) -> list[str]:
    """The keys that are valid where an unknown one stands."""
    model = _PARTS.get(str(path[0]), BoardFile) if len(path) > 1 else BoardFile
    return [field.alias or name for name, field in model.model_fields.items()]
