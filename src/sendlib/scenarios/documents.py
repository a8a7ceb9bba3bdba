"""YAML that remembers where everything stood, so that a problem can name its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from sendlib.errors import Problem

Path = tuple[int | str, ...]  # the keys and positions that lead to a value, from the top


@dataclass(frozen=True)
class Document:
    """The content of one file, and the line of each part of it.

    Parameters
    ----------
    name : str
        The file, as problems name it.
    value : object
        Plain mappings, lists, texts and numbers; None for an empty file.
    lines : Mapping[Path, int]
        The line on which each part begins, counted from one.
    problems : tuple[Problem, ...]
        What is wrong with the YAML itself, keys that stand there twice included.
    """

    name: str
    value: object = None
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, path: Path) -> str:
        """The file and the line of a part, or of the nearest part around it."""
        around = (path[:size] for size in range(len(path), -1, -1))
        line = next((self.lines[part] for part in around if part in self.lines), 1)
        return f"{self.name}, line {line}"


def parse(text: str, name: str) -> Document:
    r"""Read YAML; whatever is wrong with it becomes a problem of the document.

    Of a key that stands there twice, PyYAML would keep the last and say nothing.

    Examples
    --------
    >>> parse("name: Slower\nyears: [2027, 2028]", "a.yml").place(("years", 1))
    'a.yml, line 2'
    >>> print(parse("a: 1\na: 2", "a.yml").problems[0])
    a.yml, line 2: a is given twice, on lines 1 and 2. Keep one.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        return Document(name, problems=(_not_yaml(error, text, name),))
    if node is None:
        return Document(name)
    reader = _Reader(name, loader)
    value = reader.read(node, (), ())
    return Document(name, value, reader.lines, tuple(reader.problems))


def _not_yaml(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """Where reading stopped, and why."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 1
        told = " ".join(filter(None, [error.context, error.problem]))
    else:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        told = str(error).splitlines()[0]
    remedy = next((way for sign, way in _REMEDIES.items() if sign in told), _LOOK)
    return Problem(f"not valid YAML: {told}", f"{name}, line {line}", remedy)


_LOOK = (
    "look there and in the lines above for a colon, a quote or a bracket that is missing, "
    "or for spaces at the beginning that differ"
)
_REMEDIES = {  # by words of what the reader of YAML says
    r"'\t'": "indent with spaces, not with tabs",
    "cannot start any token": 'put the text in quotes, as in unit: "%"',
    "mapping values are not allowed": "put text that holds a colon in quotes",
    "expected <block end>": "begin all keys of one entry in the same column",
    "could not find expected ':'": "write a colon and a space after the key",
    "expected ',' or": "close the bracket, and put a comma between its parts",
}


class _Reader:
    """Plain values from nodes; notes lines and problems on the way."""

    def __init__(self, name: str, loader: yaml.SafeLoader) -> None:
        self.name = name
        self.loader = loader
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, path: Path, around: tuple[yaml.Node, ...]) -> object:
        """The value of a node that lies inside the nodes ``around``."""
        self.lines.setdefault(path, _line(node))
        if node in around:
            self._note(node, "a value that holds itself", "write it out")
            return None
        inside = (*around, node)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, at), inside) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, inside)
        return self._scalar(node)

    def _mapping(
        self, node: yaml.MappingNode, path: Path, inside: tuple[yaml.Node, ...]
    ) -> dict[int | str, object]:
        found: dict[int | str, object] = {}
        for key_node, value_node in node.value:
            if way := _way_to_a_value(key_node, value_node):
                self._note(key_node, f"{key_node.value} without a value", way)
                continue
            key = self._scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if isinstance(key, bool) or not isinstance(key, (int, str)):
                self._note(key_node, *_not_a_key(key_node))
                continue
            if key in found:
                lines = f"{self.lines[(*path, key)]} and {_line(key_node)}"
                self._note(key_node, f"{key} is given twice, on lines {lines}", "keep one")
                continue
            self.lines[(*path, key)] = _line(key_node)
            found[key] = self.read(value_node, (*path, key), inside)
        return found

    def _scalar(self, node: yaml.Node) -> object:
        try:
            return self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self._note(node, f"{node.value!r} cannot be read", "put it in quotes")
            return None

    def _note(self, node: yaml.Node, found: str, remedy: str) -> None:
        problem = Problem(found, f"{self.name}, line {_line(node)}", remedy)
        if problem not in self.problems:
            self.problems.append(problem)


def _not_a_key(node: yaml.Node) -> tuple[str, str]:
    """What is wrong with a key, and how to mend it."""
    if not isinstance(node, yaml.ScalarNode):
        return "a key that is not a word or a year", "put it in quotes"
    return f"the key {node.value} is not a word or a year", "put it in quotes"


def _way_to_a_value(key: yaml.Node, value: yaml.Node) -> str:
    """How to mend what stands as a number without a value, as in {2027: 5,000} or {2027:5}."""
    if value.value != "" or not str(key.value)[:1].isdigit():
        return ""
    if ":" in key.value:
        return "write a space after the colon, as in 2027: 0.5"
    return "write a number without commas in it"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
