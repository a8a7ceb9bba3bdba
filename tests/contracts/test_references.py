"""Generated pages say what the code says today, and explain everything that it names."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import yaml

import sendlib
from sendlib import vocabulary
from sendlib.data import TABLES
from sendlib.kpi import Register, read_register
from sendlib.project import Project
from sendlib.scenarios import BASELINE, load_scenario

ROOT = Path(__file__).resolve().parents[2]
REMEDY = "run: make references, and commit the page"
NAMES = (
    "docs/indicators.md",
    "docs/reference/assumptions.md",
    "docs/reference/commands.md",
    "docs/reference/data.md",
    "docs/reference/glossary.md",
    "docs/reference/levers.md",
)


@pytest.fixture(scope="module")
def writers():
    """What makes the generated pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return importlib.import_module("write_references")


@pytest.fixture(scope="module")
def pages(writers) -> dict[str, str]:
    """Every generated page, made anew in memory."""
    return writers.pages(ROOT)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_these_are_all_the_generated_pages(pages):
    assert tuple(sorted(pages)) == NAMES
    assert {str(p.relative_to(ROOT)) for p in (ROOT / "docs/reference").iterdir()} < {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_generated_page_has_not_drifted(name, pages):
    if read(name) != pages[name]:  # and not thousands of letters
        pytest.fail(f"{name} does not say what the code says; {REMEDY}", pytrace=False)


def test_every_indicator_has_its_definition_and_those_added_since_are_counted_apart(pages, writers):
    register, page = read_register(), pages["docs/indicators.md"]
    for entry in register:
        assert f"### {entry.title}\n\n{entry.definition}.\n" in page
    assert "Added since" not in page
    first, *others = register
    more = Register((first.model_copy(update={"status": "added"}), *others))
    assert "recorded and 11 proposed. Added since: 1. The" in writers.indicators.write_page(more)


def test_the_data_dictionary_has_every_table_and_every_column(pages):
    page = pages["docs/reference/data.md"]
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
    assert list(sections) == list(TABLES)
    for name, table in TABLES.items():
        assert re.findall(r"^\| `(\w+)`", sections[name], re.M) == list(table.columns)


def test_every_lever_stands_on_both_pages(pages):
    levers = set(load_scenario(Project(ROOT), BASELINE).assumptions)
    for page in ("docs/reference/levers.md", "docs/reference/assumptions.md"):
        assert set(re.findall(r"^\| `(\w+\.\w+)`", pages[page], re.M)) == levers


def test_every_label_of_the_vocabulary_is_explained(pages):
    page = pages["docs/reference/glossary.md"]
    said = yaml.safe_load(read("docs/glossary.yml"))["lists"]
    kinds = {
        name: kind
        for name, kind in vars(vocabulary).items()
        if isinstance(kind, type) and issubclass(kind, vocabulary.StrEnum) and name[0] != "_"
        if kind.__module__ == vocabulary.__name__
    }
    assert list(said) == list(kinds)
    for name, kind in kinds.items():
        values = [member.value for member in kind]
        assert list(said[name]) == values, f"say what each is in docs/glossary.yml, under {name}"
        assert all(f"| {member.label} | `{member.value}` |" in page for member in kind)


def test_no_term_stands_twice_in_the_glossary():
    terms = yaml.safe_load(read("docs/glossary.yml"))["terms"]
    names = [name for entry in terms for name in (entry["term"], *entry.get("also", ()))]
    assert len({name.casefold() for name in names}) == len(names)


def test_every_package_with_a_public_name_has_its_place_in_the_site():
    pages = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs/api").glob("*.md"))
    shown = set(re.findall(r"automodule:: (sendlib[\w.]*)", pages))
    public = {
        name
        for _, name, is_package in pkgutil.iter_modules(sendlib.__path__, "sendlib.")
        if not is_package or hasattr(importlib.import_module(name), "__all__")
    }
    assert shown - {"sendlib.pages.narrative"} == public - {"sendlib.cli", "sendlib.__main__"}
