"""The parameters of a notebook: what it takes, and a check of what it is given.

A notebook declares them in one cell tagged ``parameters``, one annotated
literal to a line::

    la_code: str = "865"  # three-digit DfE code

papermill reads names and help from such lines, but it passes over those that
it cannot parse, and only warns of a name it does not know. Both are errors
here.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from papermill.translators import PythonTranslator

from sendlib.errors import ParameterError, Problem, did_you_mean, raise_any
from sendlib.validation import name_or_code, whole_number

TAG = "parameters"

Value = int | float | str | bool

_KINDS: dict[str, type[Value]] = {"int": int, "float": float, "str": str, "bool": bool}
_READERS: dict[type[Value], Callable[[object], Value | None]] = {
    int: whole_number,
    str: name_or_code,  # papermill's own command makes a number of a code
}
_WORDS_FOR_TRUTH = {
    **dict.fromkeys(("true", "yes", "1"), True),
    **dict.fromkeys(("false", "no", "0"), False),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter that a notebook declares.

    Parameters
    ----------
    name : str
        Its name.
    kind : type
        ``int``, ``float``, ``str`` or ``bool``.
    default : int, float, str or bool
        The value when none is given.
    help : str
        The remark beside it.
    """

    name: str
    kind: type[Value]
    default: Value
    help: str


def describe(notebook: Path) -> list[Parameter]:
    """What a notebook takes, in the order in which it says so.

    Returns
    -------
    list[Parameter]
        Empty when the notebook has no cell tagged ``parameters``.

    Raises
    ------
    ParameterError
        If a line of the cell is not an annotated literal of type ``int``,
        ``float``, ``str`` or ``bool`` that papermill can parse.
    """
    cell = _parameters_cell(notebook)
    if cell is None:
        return []
    helps = {found.name: found.help for found in _inspect(cell)}
    parameters: list[Parameter] = []
    problems: list[Problem] = []
    for statement in _statements(cell.source, notebook):
        read = _read(statement, helps)
        if isinstance(read, Parameter):
            parameters.append(read)
        else:
            where = f"{notebook.name}, line {statement.lineno} of the parameters cell"
            problems.append(Problem(ast.unparse(statement), where, read))
    raise_any(ParameterError, f"The parameters of {notebook.name} cannot be read.", problems)
    return parameters


def check(notebook: Path, given: Mapping[str, object]) -> dict[str, Value]:
    """Turn what was given into values of the declared types.

    Text, as it comes from a command line, is converted, and so are a code that
    is a number and a year with a decimal point. Parameters that were not given
    are left out.

    Raises
    ------
    ParameterError
        If a name is unknown or a value is not of the declared type; all such
        problems at once, each with its remedy.
    """
    return share([notebook], given)[0]


def share(notebooks: Sequence[Path], given: Mapping[str, object]) -> list[dict[str, Value]]:
    """Give each notebook of a pack those values that it takes.

    Returns
    -------
    list[dict]
        One for each notebook, in the same order.

    Raises
    ------
    ParameterError
        If a name is unknown to every notebook, or a value is not of the type
        that one of them declares.
    """
    declared = [describe(notebook) for notebook in notebooks]
    known = sorted({parameter.name for parameters in declared for parameter in parameters})
    problems = [
        Problem(f"unknown parameter {name}", remedy=did_you_mean(name, known))
        for name in given
        if name not in known
    ]
    shared: list[dict[str, Value]] = []
    for parameters in declared:
        values, wrong = _convert_all(parameters, given)
        shared.append(values)
        problems += [problem for problem in wrong if problem not in problems]
    raise_any(ParameterError, "Some parameters cannot be used.", problems)
    return shared


def in_full(notebook: Path, given: Mapping[str, Value]) -> dict[str, Value]:
    """All parameters of a notebook: those that were given, and the defaults."""
    return {
        parameter.name: given.get(parameter.name, parameter.default)
        for parameter in describe(notebook)
    }


def _parameters_cell(notebook: Path) -> nbformat.NotebookNode | None:
    cells = nbformat.read(notebook, as_version=4).cells
    tagged = [cell for cell in cells if TAG in cell.metadata.get("tags", [])]
    if len(tagged) > 1:
        raise ParameterError(
            f"The parameters of {notebook.name} cannot be read.",
            [Problem(f"{len(tagged)} cells are tagged {TAG}", notebook.name, "keep one")],
        )
    return tagged[0] if tagged else None


def _inspect(cell: nbformat.NotebookNode) -> list["_Found"]:
    """What papermill can parse; lines with two ``=`` are left to :func:`_read`."""
    plain = [line for line in cell.source.splitlines() if line.count("=") < 2]
    found: list[_Found] = PythonTranslator.inspect({"source": "\n".join(plain)})
    return found


class _Found:
    """The shape of what papermill's inspection returns."""

    name: str
    help: str


def _statements(source: str, notebook: Path) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"The parameters of {notebook.name} cannot be read.",
            [Problem(f"{error.msg} in line {error.lineno}", notebook.name)],
        ) from error


def _read(statement: ast.stmt, helps: Mapping[str, str]) -> Parameter | str:
    """The parameter that a line declares, or what to do about the line."""
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return "write each parameter as: name: type = literal  # help"
    kind = _KINDS.get(ast.unparse(statement.annotation))
    if kind is None:
        return f"use one of the types {', '.join(_KINDS)}"
    default = _as_kind(_literal(statement.value), kind)
    if default is None:
        return f"give a literal of type {kind.__name__}"
    name = statement.target.id
    if name not in helps:
        return "papermill passes over this line; write it on one line with a single ="
    return Parameter(name, kind, default, helps[name])


def _literal(value: ast.expr | None) -> object:
    try:
        return ast.literal_eval(value) if value else None
    except ValueError:
        return None


def _as_kind(value: object, kind: type[Value]) -> Value | None:
    """The value if it counts as of a kind: an int is a float, a bool is no int."""
    if isinstance(value, int) and not isinstance(value, bool) and kind is float:
        return float(value)
    if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
        return value
    return None


def _convert_all(
    parameters: Sequence[Parameter], given: Mapping[str, object]
) -> tuple[dict[str, Value], list[Problem]]:
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for parameter in parameters:
        if parameter.name not in given:
            continue
        value = given[parameter.name]
        try:
            values[parameter.name] = _convert(value, parameter.kind)
        except ValueError:
            remedy = f"give {_described(parameter.kind)}, such as {parameter.default!r}"
            problems.append(Problem(f"found {value!r}", f"parameter {parameter.name}", remedy))
    return values, problems


def _convert(value: object, kind: type[Value]) -> Value:
    fitting = _as_kind(value, kind)
    if fitting is None and kind in _READERS:
        fitting = _READERS[kind](value)
    if fitting is not None:
        return fitting
    if not isinstance(value, str):
        raise ValueError(value)
    if kind is bool:
        return _truth(value)
    convert: Callable[[str], Value] = kind
    return convert(value)


def _truth(word: str) -> bool:
    if word.lower() not in _WORDS_FOR_TRUTH:
        raise ValueError(word)
    return _WORDS_FOR_TRUTH[word.lower()]


def _described(kind: type[Value]) -> str:
    return {
        int: "a whole number",
        float: "a number",
        str: "text",
        bool: "true or false",
    }[kind]
