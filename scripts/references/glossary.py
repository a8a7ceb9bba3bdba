"""The glossary: the field's terms, and every value of the closed lists, from one file."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from references.dictionary import lists
from references.markdown import grid, opening, sentence


def write_page(glossary: Mapping[str, Any]) -> str:
    """Terms in alphabetical order, then each closed list in its own order."""
    opened = opening(
        "Glossary",
        "`docs/glossary.yml` and the lists in `src/sendlib/vocabulary.py`",
        "Terms in plain words. A definition of the law or of the department is named after it; "
        "the words here are ours and the law's are what counts.",
    )
    terms = sorted(glossary["terms"], key=lambda entry: entry["term"].casefold())
    named = lists()
    parts = [_list(named[name], entries) for name, entries in glossary["lists"].items()]
    return "\n".join([opened, "## Terms\n", *map(_term, terms), *parts])


def _term(entry: Mapping[str, Any]) -> str:
    also = f" ({', '.join(entry['also'])})" if "also" in entry else ""
    source = f" *{entry['source']}.*" if "source" in entry else ""
    return f"**{entry['term']}**{also}: {sentence(entry['meaning'])}{source}\n"


def _list(kind: type[StrEnum], entries: Mapping[str, str]) -> str:
    members = [kind(value) for value in entries]
    rows = (
        (member.label, f"`{member.value}`", sentence(entries[member.value]))
        for member in sorted(members, key=list(kind).index)
    )
    about = sentence((kind.__doc__ or "").strip())
    return f"## {kind.__name__}\n\n{about}\n\n{grid(('Label', 'In tables', 'Meaning'), rows)}"
