"""A scenario written back as a file that can be read again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.files import write_whole
from sendlib.project import Project
from sendlib.scenarios.assumptions import Change
from sendlib.scenarios.checks import Checker
from sendlib.scenarios.loading import NO_CHECKERS, attempt, is_slug
from sendlib.scenarios.scenario import BASELINE


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
    """Write changes as a scenario file, after every check that reading it would make."""
    content = {
        "name": name,
        "question": question,
        "extends": extends,
        "changes": [_plain(change.model_dump()) for change in changes],
    }
    text = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=96)
    problems = _name_problems(project, slug, overwrite=overwrite)
    if is_slug(slug) and slug != BASELINE:
        problems += attempt(project, slug, text=text, checkers=checkers).problems
    raise_any(ScenarioError, f"Scenario {slug} cannot be saved.", problems)
    path = project.scenarios / f"{slug}.yml"
    return write_whole(path, text.encode())


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


def _plain(value: object) -> object:
    """Mappings and lists as YAML knows them."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value
