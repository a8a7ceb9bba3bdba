"""The wording of every message in one file, by code: a change of tone is read there, not in tests.

After one that is meant, SENDLIB_RENEW_GOLDEN=1 python -m pytest tests/contracts/test_messages.py
"""

import ast
import builtins
import os
import re
import sys
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path

import sendlib
from sendlib.intake.findings import checks

SOURCE = Path(sendlib.__file__).parent
GOLDEN = Path(__file__).parents[1] / "golden" / "messages.txt"
RENEW = "SENDLIB_RENEW_GOLDEN"
FIELDS = ("code", "found", "where", "remedy")
MAKES_MESSAGE = re.compile(r"\b(Problem|raise_any|[A-Z]\w*Error)$")
OPEN = "{…}"
CODES_FROM_CHECKS = "findings.py"  # those of intake/checks.csv


def wordings(node, names):
    """Every text that an expression may be, as it stands in the source."""
    match node:
        case ast.Constant(value=str(text)):
            return {text} if text else set()
        case ast.JoinedStr(values=parts):
            return {"".join(getattr(part, "value", OPEN) if is_text(part) else OPEN
                            for part in parts)}  # fmt: skip
        case ast.IfExp():
            return wordings(node.body, names) | wordings(node.orelse, names)
        case ast.BinOp(op=ast.Add()):
            pairs = product(wordings(node.left, names), wordings(node.right, names))
            return {"".join(pair) for pair in pairs}
        case ast.Name(id=name) if names.get(name):
            rest = {key: values for key, values in names.items() if key != name}
            return set().union(*(wordings(value, rest) for value in names[name]))
    return {OPEN}


def is_text(part):
    return isinstance(part, ast.Constant)


def assigned(statements, line, column):
    """What names may be at a place: back to the line that sets each whatever happens."""
    names, settled = defaultdict(list), set()
    for node in sorted(statements, key=lambda each: -each.lineno):
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts, strict=True)
        for each, content in pairs:
            if isinstance(each, ast.Name) and node.lineno < line and each.id not in settled:
                names[each.id].append(content)
                settled |= {each.id} if node.col_offset <= column else set()
    return names


def within(nodes, call):
    """The innermost of some nodes around a call."""
    around = [each for each in nodes if each.lineno <= call.lineno <= each.end_lineno]
    return max(around, key=lambda each: (each.lineno, each.col_offset), default=None)


def calls(tree):
    """The calls that make a message, each with what the names in it may be."""
    nodes = list(ast.walk(tree))
    assignments = [each for each in nodes if isinstance(each, ast.Assign)]
    top = assigned([each for each in tree.body if each in assignments], sys.maxsize, 0)
    functions = [each for each in nodes if isinstance(each, ast.FunctionDef)]
    statements = [each for each in nodes if isinstance(each, ast.stmt)]
    for call in nodes:
        if isinstance(call, ast.Call) and MAKES_MESSAGE.search(ast.unparse(call.func)):
            scope, line = within(functions, call), within(statements, call)
            inner = [each for each in assignments if scope and within(functions, each) is scope]
            yield call, top | assigned(inner, line.lineno, line.col_offset)


@cache
def messages():
    """The wordings of each code at each site, headlines by error, and codes that are no literal."""
    texts = {name: {"found": {each.what}, "remedy": {each.remedy}}
             for name, each in checks().items()}  # fmt: skip
    by_code = defaultdict(list, {name: [parts] for name, parts in texts.items()})
    headlines, not_literal = defaultdict(set), []
    for path in sorted(SOURCE.rglob("*.py")):
        for call, names in calls(ast.parse(path.read_text(encoding="utf-8"))):
            name, args = ast.unparse(call.func).rpartition(".")[2], call.args
            if name == "raise_any":
                name, *args = ast.unparse(args[0]).rpartition(".")[2], *args[1:]
            if name != "Problem":
                if name == "ValueError" or not hasattr(builtins, name):  # pydantic passes it on
                    headlines[name] |= wordings(args[0], names) - {OPEN} if args else set()
                continue
            given = dict(zip(FIELDS, args, strict=False))
            given |= {each.arg: each.value for each in call.keywords}
            parts = {part: wordings(value, names) for part, value in given.items()}
            for code in parts.get("code", ()):
                if re.fullmatch("[a-z0-9_]+", code):
                    by_code[code].append(parts)
                elif path.name != CODES_FROM_CHECKS:
                    not_literal.append(f"{path.name}, line {call.lineno}")
    return by_code, headlines, not_literal


def as_text(by_code, headlines):
    lines = []
    for code, sites in sorted(by_code.items()):
        lines.append(code)
        for part in ("found", "remedy"):
            texts = set().union(*(site.get(part, set()) for site in sites))
            lines += [f"    {part}: {text}" for text in sorted(texts)]
    for error, texts in sorted(headlines.items()):
        lines += [error, *(f"    headline: {text}" for text in sorted(texts))] if texts else []
    return "\n".join([*lines, ""])


def test_messages_are_worded_as_they_were():
    by_code, headlines, _ = messages()
    text = as_text(by_code, headlines)
    if os.environ.get(RENEW):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_code_is_a_literal():
    assert messages()[2] == []


def test_a_code_names_one_kind_of_problem():
    sites_by_code = messages()[0]
    kinds = {
        code: {frozenset(site["found"]) for site in sites} for code, sites in sites_by_code.items()
    }
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}
