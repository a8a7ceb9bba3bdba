"""Whether a page is about what it says: the authority and the January that its notebook opened.

A page bears the name of the authority that its run was asked for. A notebook
that opens another one, or sets a parameter anew, would put other figures below
that name; where it means to, it names the others in a parameter of its own.
"""

from collections.abc import Iterator, Mapping

from sendlib.errors import Problem
from sendlib.packs.executed import read_log
from sendlib.packs.execution import Execution
from sendlib.packs.kernels.failures import locate
from sendlib.packs.setting import PackTitle

OTHERS = "authorities"
"""The parameter in which a notebook names, by code, which authorities it opens."""


def find_problems(
    execution: Execution, title: PackTitle, parameters: Mapping[str, object]
) -> list[Problem]:
    """Every cell that makes a page one about something else than its title says."""
    named = {part.strip() for part in str(parameters.get(OTHERS, "")).split(",")}
    found = [
        *_others(execution, title, {title.la_code} | named),
        *_other_januaries(execution, title),
        *_set_anew(execution, parameters),
    ]
    return [
        Problem(said, f"{execution.path.name}, {locate(execution.node, place)}", remedy)
        for place, said, remedy in dict.fromkeys(found)
    ]


_Found = tuple[int, str, str]


def _others(execution: Execution, title: PackTitle, expected: set[str]) -> Iterator[_Found]:
    for place, entry in read_log(execution.node, "opened"):
        code = entry["opened"]
        if code not in expected:
            found = f"opens the authority {code}, but the page is about {title.authority}"
            remedy = "open it with Authority.open(la_code, as_of=as_of), or name it in a parameter:"
            yield place, found, f'{remedy} {OTHERS}: str = "{code}"'


def _other_januaries(execution: Execution, title: PackTitle) -> Iterator[_Found]:
    """Openings at a later January than the page's, or none at that January itself."""
    entries = read_log(execution.node, "opened")
    opened = [(place, entry["as_of"]) for place, entry in entries if entry["as_of"] is not None]
    asked = [year for _, year in opened if title.as_of.endswith(str(year))]
    for place, year in opened:
        if not asked or year > asked[0]:
            found = f"looks from January {year}, but the page says {title.as_of}"
            yield place, found, "open it with Authority.open(la_code, as_of=as_of)"


def _set_anew(execution: Execution, parameters: Mapping[str, object]) -> Iterator[_Found]:
    for place, entry in read_log(execution.node, "changed"):
        for name, value in entry["changed"].items():
            found = f"sets {name} to {value!r}, but the page says {parameters.get(name)!r}"
            yield place, found, "give what the cell sets another name"
