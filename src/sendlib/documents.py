"""YAML that a person wrote, with the line of each part."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

import yaml

from sendlib.errors import Problem

Path = tuple[int | str, ...]  # the keys and positions that lead to a value, from the top

MOST_CHARACTERS = 100_000  # of a file that a person wrote
DEEPEST = 20  # values inside values
_AS_TEXT = "save it from a text editor as plain text (UTF-8), not from Excel or Word"
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # LibYAML where it is there
_YAML_REMEDIES = {  # by words of what the reader of YAML says
    r"'\t'": "indent with spaces, not with tabs",
    "cannot start any token": 'put the text in quotes, as in unit: "%"',
    "mapping values are not allowed": "put text that holds a colon in quotes",
    "expected <block end>": "begin all keys of one entry in the same column",
    "could not find expected ':'": "write a colon and a space after the key",
    "expected ',' or": "close the bracket, and put a comma between its parts",
}
_OTHER_BASES = {  # numbers that YAML reads otherwise than a person: what each is called
    re.compile(r"[-+]?0_*[0-7][0-7_]*"): "to base 8",
    re.compile(r"[-+]?0x[0-9a-fA-F_]+"): "to base 16",
    re.compile(r"[-+]?0b[01_]+"): "to base 2",
    re.compile(
        r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    ): "to base 60, as hours and minutes are",
}


@dataclass(frozen=True)
class Document:
    """The content of one file in plain values, and the line of each part, counted from one."""

    name: str
    value: object = None
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()  # of the YAML itself, keys given twice included

    def place(self, path: Path) -> str:
        """The file and the line of a part, or of the nearest part around it."""
        path = tuple(map(_plain, path))
        around = (path[:size] for size in range(len(path), -1, -1))
        line = next((self.lines[part] for part in around if part in self.lines), 1)
        return f"{self.name}, line {line}"

    def locate(self, path: Path, named: Path | None = None) -> str:
        """The line of a part, and the way to it in words; entries are counted from one."""
        words = path if named is None else named
        entries = (f"entry {part + 1}" if isinstance(part, int) else part for part in words)
        return ", ".join([self.place(path), *entries])


def load(path: File, name: str) -> Document:
    """The content of a file that a person wrote; why it cannot be read is a problem of it."""
    try:
        return parse(path.read_text(encoding="utf-8"), name)
    except UnicodeDecodeError as error:
        problem = Problem("not_plain_text", f"not plain text: {error}", name, _AS_TEXT)
    except OSError as error:
        remedy = "mend it, or restore it (git checkout)"
        problem = Problem("file_not_readable", str(error), name, remedy)
    return Document(name, problems=(problem,))


def parse(text: str, name: str) -> Document:
    r"""Read YAML; whatever is wrong with it becomes a problem of the document.

    Of a key that is given twice, PyYAML would keep the last and say nothing.

    Examples
    --------
    >>> parse("name: Slower\nyears: [2027, 2028]", "a.yml").place(("years", 1))
    'a.yml, line 2'
    >>> print(parse("a: 1\na: 2", "a.yml").problems[0])
    a.yml, line 2: a is given twice, on lines 1 and 2. Keep one.
    """
    if len(text) > MOST_CHARACTERS:
        found = f"{len(text):,} characters, where {MOST_CHARACTERS:,} are the most"
        long = Problem("file_too_long", found, name, "leave out what is not of this file")
        return Document(name, problems=(long,))
    try:
        try:
            refused, loader, node = _compose(text, name, _QUICK)
        except yaml.YAMLError:  # the loader in Python says more exactly what is wrong
            refused, loader, node = _compose(text, name, yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Document(name, problems=(_not_yaml(error, text, name),))
    if refused:
        return Document(name, problems=refused)
    if node is None:
        return Document(name)
    reader = _Reader(name, loader)
    value = reader.read(node, ())
    return Document(name, value, reader.lines, tuple(reader.problems))


def _compose(
    text: str, name: str, kind: type[yaml.SafeLoader]
) -> tuple[tuple[Problem, ...], yaml.SafeLoader, yaml.Node | None]:
    """What is refused, and otherwise the loader with the node that it composed."""
    refused, loader = tuple(_beyond_plain_values(text, name, kind)), kind(text)
    return refused, loader, None if refused else loader.get_single_node()


def _beyond_plain_values(text: str, name: str, kind: type[yaml.SafeLoader]) -> Iterator[Problem]:
    """Aliases, merge keys and deep nesting, found before anything is built of them.

    A few lines of aliases can stand for a thousand million values.
    """
    depth, reported = 0, set()
    for event in yaml.parse(text, Loader=kind):
        where = f"{name}, line {event.start_mark.line + 1}"  # type: ignore[union-attr]
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            found = f"values inside values, more than {DEEPEST} deep"
            yield Problem("nested_too_deep", found, where, "close the brackets, or indent less")
            return
        if isinstance(event, yaml.AliasEvent) and event.anchor not in reported:
            reported.add(event.anchor)
            found = f"*{event.anchor} stands for what &{event.anchor} names elsewhere"
            remedy = f"write the value out here, and leave out &{event.anchor}"
            yield Problem("yaml_alias", found, where, remedy)
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            found = "<< takes over the keys of another entry"
            remedy = "write the keys that it stands for out in this entry"
            yield Problem("yaml_merge_key", found, where, remedy)


def _not_yaml(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """Where reading stopped, and why."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 1
        reason = " ".join(filter(None, [error.context, error.problem]))
    else:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        reason = str(error).splitlines()[0]
    look = (
        "look there and in the lines above for a colon, a quote or a bracket that is missing, "
        "or for spaces at the beginning that differ"
    )
    remedy = next((way for sign, way in _YAML_REMEDIES.items() if sign in reason), look)
    return Problem("not_yaml", f"not valid YAML: {reason}", f"{name}, line {line}", remedy)


class _Reader:
    """Plain values from nodes; notes lines and problems on the way."""

    def __init__(self, name: str, loader: yaml.SafeLoader) -> None:
        self.name = name
        self.loader = loader
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, path: Path) -> object:
        """The value of a node."""
        self.lines.setdefault(path, _line(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, at)) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[int | str, object]:
        content: dict[int | str, object] = {}
        for key_node, value_node in node.value:
            if value_node.value == "" and str(key_node.value)[:1].isdigit():
                spaced = "write a space after the colon, as in 2027: 0.5"
                way = spaced if ":" in key_node.value else "write a number without commas in it"
                found = f"{key_node.value} without a value"
                self._note(key_node, Problem("key_without_value", found, remedy=way))
                continue
            is_scalar = isinstance(key_node, yaml.ScalarNode)
            key = self._scalar(key_node) if is_scalar else None
            if isinstance(key, bool) or not isinstance(key, (int, str)):
                what = f"the key {key_node.value} is not" if is_scalar else "a key that is not"
                found, remedy = f"{what} a word or a year", "put it in quotes"
                self._note(key_node, Problem("invalid_key", found, remedy=remedy))
                continue
            if key in content:
                lines = f"{self.lines[(*path, _plain(key))]} and {_line(key_node)}"
                found = f"{key} is given twice, on lines {lines}"
                self._note(key_node, Problem("key_twice", found, remedy="keep one"))
                continue
            self.lines[(*path, _plain(key))] = _line(key_node)
            content[key] = self.read(value_node, (*path, _plain(key)))
        return content

    def _scalar(self, node: yaml.Node) -> object:
        if node.tag.endswith((":int", ":float")):
            for form, base in _OTHER_BASES.items():
                if form.fullmatch(node.value):
                    found = f"YAML reads {node.value} as a number {base}"
                    remedy = "write the number in tens, with no nought or colon; put text in quotes"
                    self._note(node, Problem("number_to_another_base", found, remedy=remedy))
        try:
            return self.loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            found = f"{node.value!r} cannot be read"
            self._note(node, Problem("unreadable_value", found, remedy="put it in quotes"))
            return None

    def _note(self, node: yaml.Node, problem: Problem) -> None:
        placed = problem.at(f"{self.name}, line {_line(node)}")
        if placed not in self.problems:
            self.problems.append(placed)


def _plain(part: int | str) -> int | str:
    """A key of a path as YAML reads it: one of digits is a number."""
    return int(part) if isinstance(part, str) and part.isdecimal() else part


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
