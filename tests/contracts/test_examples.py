"""Every example in a docstring of the library says what really happens."""

import doctest
import importlib
import pkgutil

import pytest

import sendlib

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
