"""Every example in a docstring says what really happens; every quotation is of what is there."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import sendlib

ROOT = Path(__file__).parents[2]
MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(sendlib.__path__, "sendlib.")
    if not name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name, project, monkeypatch):
    monkeypatch.setenv("SENDLIB_ROOT", str(project.root))
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = [
        test
        for name in MODULES
        for test in finder.find(importlib.import_module(name))
        if test.examples
    ]
    assert len(found) >= 20


def test_the_guide_to_style_quotes_our_modules_as_they_are():
    guide = (ROOT / "docs/style.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## .*?`(\S+\.py)`(.*?)(?=^## |\Z)", guide, re.DOTALL | re.MULTILINE)
    quoted = [
        (module, quotation)
        for module, text in sections
        for quotation in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]
    assert len(quoted) == guide.count("```python") >= len(sections) > 0
    for module, quotation in quoted:
        assert quotation in (ROOT / "src/sendlib" / module).read_text(encoding="utf-8")
