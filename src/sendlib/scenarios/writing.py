"""A scenario written back as a file that can be read again."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.project import Project
from sendlib.scenarios.assumptions import Change
from sendlib.scenarios.checks import Checker
from sendlib.scenarios.loading import NO_CHECKERS, attempt, is_slug
from sendlib.scenarios.scenario import BASELINE, Scenario


class _Plain(yaml.SafeDumper):
    """Writes a value out each time, however often it stands there."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Never refer back to an earlier value."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text; in double quotes where it holds a line break that YAML would turn into another."""
    style = '"' if _OTHER_BREAKS.intersection(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")
_Plain.add_representer(str, _text)


def to_yaml(scenario: Scenario) -> str:
    """A scenario as the text of its file.

    The baseline is written whole. Any other extends the baseline, with every
    change and mitigation that leads to it, its parents' included.
    """
    head = {"name": scenario.name, "question": scenario.question}
    if scenario.slug == BASELINE:
        entries = {
            lever: entry.model_dump(exclude_none=True)
            for lever, entry in scenario.assumptions.items()
        }
        return _dump({**head, "assumptions": entries})
    last = {made.lever: made for made in scenario.changed}
    changes = [
        Change(
            lever=lever,
            value=scenario.assumptions[lever].value,
            unit=scenario.assumptions[lever].unit,
            why=made.why,
        )
        for lever, made in last.items()
    ]
    done = [entry.model_dump() for entry in scenario.mitigations]
    return _changes_text(head, BASELINE, changes, {"mitigations": done} if done else {})


def save_changes(
    project: Project,
    slug: str,
    *,
    name: str,
    question: str,
    changes: Sequence[Change],
    extends: str = BASELINE,
    overwrite: bool = False,
    checkers: Mapping[str, Checker] = NO_CHECKERS,
) -> Path:
    """Write changes as a scenario file, after every check that reading it would make.

    Parameters
    ----------
    project : Project
        Where the file goes.
    slug : str
        The file's name without its ending: small letters, digits, ``_`` and ``-``.
    name, question : str
        What a page calls the scenario and the question it answers.
    changes : Sequence[Change]
        What is set to another value.
    extends : str
        The scenario that is changed.
    overwrite : bool
        Whether a scenario of that name may be replaced; never the baseline.
    checkers : Mapping[str, Checker]
        As for ``load_scenario``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        With all that is wrong; nothing is written then.
    """
    text = _changes_text({"name": name, "question": question}, extends, changes, {})
    problems = _name_problems(project, slug, overwrite=overwrite)
    if is_slug(slug) and slug != BASELINE:
        problems += attempt(project, slug, text=text, checkers=checkers).problems
    raise_any(ScenarioError, f"Scenario {slug} cannot be saved.", problems)
    path = project.scenarios / f"{slug}.yml"
    _write_whole(path, text)
    return path


def _name_problems(project: Project, slug: str, *, overwrite: bool) -> list[Problem]:
    if not is_slug(slug):
        remedy = "use up to 60 small letters, digits, _ and -, a letter or digit first"
        return [Problem(f"{slug!r}", "slug", remedy)]
    if slug == BASELINE:
        return [Problem("the baseline is changed by hand only", "slug", "choose another name")]
    if (project.scenarios / f"{slug}.yml").exists() and not overwrite:
        return [
            Problem(
                f"scenarios/{slug}.yml is there", "slug", "choose another name, or overwrite it"
            )
        ]
    return []


def _changes_text(
    head: Mapping[str, str],
    extends: str,
    changes: Sequence[Change],
    more: Mapping[str, object],
) -> str:
    given = [change.model_dump() for change in changes]
    return _dump({**head, "extends": extends, "changes": given, **more})


def _dump(content: Mapping[str, object]) -> str:
    return yaml.dump(_plain(content), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=96)


def _plain(value: object) -> object:
    """Mappings and lists as YAML knows them."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _write_whole(path: Path, text: str) -> None:
    """Write a file in one step, so that nobody reads half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            part.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
