"""A scenario written back as a file that can be read again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.files import write_whole
from sendlib.project import Project
from sendlib.scenarios.assumptions import Change
from sendlib.scenarios.load import NO_CHECKERS, attempt, is_slug
from sendlib.scenarios.records import Checker
from sendlib.scenarios.scenario import BASELINE


class _Dumper(yaml.SafeDumper):
    """Writes a value out each time, however often it is in the file."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Never refer back to an earlier value."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """A text; in double quotes with a line break that YAML would turn into another."""
    style = '"' if set("\r\x85\u2028\u2029").intersection(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def save_changes(
    project: Project,
    slug: str,
    *,
    name: str,
    question: str,
    changes: Sequence[Change],
    extends: str = BASELINE,
    mitigations: Sequence[Mapping[str, object]] = (),
    overwrite: bool = False,
    checkers: Mapping[str, Checker] = NO_CHECKERS,
) -> Path:
    """Write changes and mitigations as a scenario file, once it passes every check of a reader."""
    path = project.scenarios / f"{slug}.yml"
    content = {
        "name": name,
        "question": question,
        "extends": extends,
        "changes": [change.model_dump() for change in changes],
    }
    if mitigations:
        content["mitigations"] = [dict(each) for each in mitigations]
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)
    if not is_slug(slug):
        remedy = "use up to 60 small letters, digits, _ and -, a letter or digit first"
        problems = [Problem("invalid_slug", f"{slug!r}", "slug", remedy)]
    elif slug == BASELINE:
        found, remedy = "the baseline is changed by hand only", "choose another name"
        problems = [Problem("baseline_by_hand_only", found, "slug", remedy)]
    else:
        problems = list(attempt(project, slug, text=text, checkers=checkers).problems)
        if path.exists() and not overwrite:
            found, remedy = f"scenarios/{slug}.yml is there", "choose another name, or overwrite it"
            problems.insert(0, Problem("scenario_exists", found, "slug", remedy))
    raise_any(ScenarioError, f"Scenario {slug} cannot be saved.", problems)
    return write_whole(path, text.encode())
