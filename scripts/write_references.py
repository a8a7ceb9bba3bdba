"""Write the generated pages of the documentation, each from the one place that knows.

The forecast card is not among them: it needs the departments' whole files, and
`sendlib forecast backtest --data FOLDER --card docs/forecast_card.md` makes it.

    .venv/bin/python scripts/write_references.py
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from references import assumptions, commands, dictionary, glossary, levers
from sendlib import kpi
from sendlib.project import Project
from sendlib.scenarios import BASELINE, load_scenario

ROOT = Path(__file__).resolve().parents[1]


def pages(root: Path) -> dict[str, str]:
    """Every generated page of a project: its path below the root, and its text."""
    baseline = load_scenario(Project(root), BASELINE)
    words = _read(root / "docs" / "levers.yml")
    return {
        "docs/indicators.md": kpi.write_page(kpi.read_register()),
        "docs/reference/assumptions.md": assumptions.write_page(baseline),
        "docs/reference/commands.md": commands.write_page(),
        "docs/reference/data.md": dictionary.write_page(),
        "docs/reference/glossary.md": glossary.write_page(_read(root / "docs" / "glossary.yml")),
        "docs/reference/levers.md": levers.write_page(
            baseline, meanings=words["levers"], fields=words["fields"]
        ),
    }


def _read(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def main() -> None:
    for path, text in pages(ROOT).items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
