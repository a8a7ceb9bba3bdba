"""Give each notebook of a pack the values that it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sendlib.errors import ParameterError, Problem, did_you_mean, raise_any
from sendlib.packs.execution import Job
from sendlib.packs.notebooks import Notebook
from sendlib.packs.parameters import Value, share


def make_jobs(
    notebooks: Sequence[Notebook],
    parameters: Mapping[str, object],
    overrides: Mapping[str, Mapping[str, object]],
) -> tuple[Job, ...]:
    """Give each notebook the values that it takes: the shared ones, then its own."""
    paths = {notebook.path.name: notebook.path for notebook in notebooks}
    problems = [
        Problem(f"values for {name}", remedy=did_you_mean(name, paths))
        for name in overrides
        if name not in paths
    ]
    shared, wrong = _share([*paths.values()], parameters)
    problems += wrong
    own: dict[str, dict[str, Value]] = {}
    for name in sorted(overrides.keys() & paths.keys()):
        found, wrong = _share([paths[name]], overrides[name])
        problems += [replace(problem, where=problem.where or name) for problem in wrong]
        own.update(zip([name], found, strict=False))
    raise_any(ParameterError, "Some parameters cannot be used.", problems)
    return tuple(
        Job(notebook, {**values, **own.get(notebook.path.name, {})})
        for notebook, values in zip(notebooks, shared, strict=True)
    )


def _share(
    paths: Sequence[Path], given: Mapping[str, object]
) -> tuple[list[dict[str, Value]], tuple[Problem, ...]]:
    """What each notebook takes, or what is wrong."""
    try:
        return share(paths, given), ()
    except ParameterError as error:
        return [], error.problems
