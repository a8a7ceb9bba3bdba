"""The parameters of a notebook: what it takes, and a check of the values for it.

A notebook declares them in one cell tagged ``parameters``, one annotated
literal to a line::

    la_code: str = "865"  # three-digit DfE code

papermill reads names and help from such lines, but it passes over those that
it cannot parse, and only warns of a name it does not know. Both are errors
here.
"""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import nbformat
from papermill.translators import PythonTranslator
from pydantic import AfterValidator, BeforeValidator, Strict, TypeAdapter, ValidationError

from sendlib.errors import ParameterError, Problem, did_you_mean, raise_any
from sendlib.validation import name_or_code, to_integer

TAG = "parameters"

Value = int | float | str | bool

_KINDS: dict[str, type[Value]] = {"int": int, "float": float, "str": str, "bool": bool}
_IN_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


_READERS: dict[type[Value], TypeAdapter[Any]] = {
    int: TypeAdapter(Annotated[int, Strict(), BeforeValidator(to_integer)]),
    float: TypeAdapter(
        Annotated[float, Strict()] | Annotated[str, Strict(), AfterValidator(float)]
    ),
    str: TypeAdapter(Annotated[str, Strict(), BeforeValidator(name_or_code)]),
    bool: TypeAdapter(bool),
}
"""How values are read: also from text, and a code also from the number that papermill makes."""


@dataclass(frozen=True)
class Parameter:
    """One parameter that a notebook declares."""

    name: str
    kind: type[Value]
    default: Value
    help: str  # the remark after it


def list_parameters(notebook: Path) -> list[Parameter]:
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
    headline = f"The parameters of {notebook.name} cannot be read."
    cells = nbformat.read(notebook, as_version=4).cells
    sources = [cell.source for cell in cells if TAG in cell.metadata.get("tags", [])]
    if len(sources) > 1:
        found = f"{len(sources)} cells are tagged {TAG}"
        problem = Problem("several_parameters_cells", found, notebook.name, "keep one")
        raise ParameterError(headline, [problem])
    try:
        statements = [each for source in sources for each in ast.parse(source).body]
    except SyntaxError as error:
        problem = Problem(
            "parameters_not_python", f"{error.msg} in line {error.lineno}", notebook.name
        )
        raise ParameterError(headline, [problem]) from error
    # of a line with two = papermill makes something else: such a line is refused below
    plain = [line for source in sources for line in source.splitlines() if line.count("=") < 2]
    helps = {
        each.name: each.help for each in PythonTranslator.inspect({"source": "\n".join(plain)})
    }
    parameters: list[Parameter] = []
    problems: list[Problem] = []
    for statement in statements:
        read = _read(statement, helps)
        if isinstance(read, Parameter):
            parameters.append(read)
        else:
            where = f"{notebook.name}, line {statement.lineno} of the parameters cell"
            problems.append(Problem("not_a_parameter", ast.unparse(statement), where, read))
    raise_any(ParameterError, headline, problems)
    return parameters


def _read(statement: ast.stmt, helps: Mapping[str, str]) -> Parameter | str:
    """The parameter that a line declares, or what to do about the line."""
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return "write each parameter as: name: type = literal  # help"
    kind = _KINDS.get(ast.unparse(statement.annotation))
    if kind is None:
        return f"use one of the types {', '.join(_KINDS)}"
    try:
        literal = ast.literal_eval(statement.value) if statement.value else None
        default = TypeAdapter(kind).validate_python(literal, strict=True)
    except ValueError:
        return f"give a literal of type {kind.__name__}"
    if statement.target.id not in helps:
        return "papermill passes over this line; write it on one line with a single ="
    return Parameter(statement.target.id, kind, default, helps[statement.target.id])


def check(notebook: Path, values: Mapping[str, object]) -> dict[str, Value]:
    """All parameters of a notebook: values of the declared types, and the defaults of the rest.

    Text, as it comes from a command line, is converted, and so are a code that
    is a number and a year with a decimal point.

    Raises
    ------
    ParameterError
        If a name is unknown or a value is not of the declared type; all such
        problems at once, each with its remedy.
    """
    return share([notebook], values)[0]


def share(
    notebooks: Sequence[Path],
    values: Mapping[str, object],
    own: Mapping[str, Mapping[str, object]] | None = None,
) -> list[dict[str, Value]]:
    """The parameters of each notebook of a pack: the values it takes, then its own by its file.

    What has neither keeps its default.
    """
    own = own or {}
    declared = {
        path.name: {entry.name: entry for entry in list_parameters(path)} for path in notebooks
    }
    problems = [
        Problem("values_for_unknown", f"values for {name}", remedy=did_you_mean(name, declared))
        for name in own
        if name not in declared
    ]
    problems += _unknown(values, {name for entries in declared.values() for name in entries})
    shares: list[dict[str, Value]] = []
    for name, entries in declared.items():
        extra = own.get(name, {})
        problems += [replace(each, where=name) for each in _unknown(extra, entries)]
        share = {entry.name: entry.default for entry in entries.values()}
        for given in (values, extra):
            for entry in (entries[key] for key in entries if key in given):
                try:
                    share[entry.name] = _READERS[entry.kind].validate_python(given[entry.name])
                except ValidationError:
                    found, where = f"found {given[entry.name]!r}", f"parameter {entry.name}"
                    remedy = f"give {_IN_WORDS[entry.kind]}, such as {entry.default!r}"
                    problems.append(Problem("invalid_parameter", found, where, remedy))
        shares.append(share)
    raise_any(ParameterError, "Some parameters cannot be used.", list(dict.fromkeys(problems)))
    return shares


def _unknown(values: Mapping[str, object], known: Collection[str]) -> list[Problem]:
    valid = sorted(known)
    return [
        Problem("unknown_parameter", f"unknown parameter {name}", remedy=did_you_mean(name, valid))
        for name in values
        if name not in known
    ]
