"""Write the generated pages of the documentation, each from the one place that knows.

The forecast card is not among them, since it takes minutes:
`sendlib forecast backtest --card docs/forecast_card.md` makes it.

    .venv/bin/python scripts/write_references.py
"""

from pathlib import Path

import yaml

from references import assumptions, commands, dictionary, glossary, indicators, levers
from sendlib.kpi import read_register
from sendlib.project import Project
from sendlib.scenarios import BASELINE, load_scenario

ROOT = Path(__file__).resolve().parents[1]


def pages(root: Path) -> dict[str, str]:
    """Every generated page of a project: its path below the root, and its text."""
    baseline = load_scenario(Project(root), BASELINE)
    glossed = yaml.safe_load((root / "docs" / "glossary.yml").read_text(encoding="utf-8"))
    return {
        "docs/indicators.md": indicators.write_page(read_register()),
        "docs/reference/assumptions.md": assumptions.write_page(baseline),
        "docs/reference/commands.md": commands.write_page(),
        "docs/reference/data.md": dictionary.write_page(),
        "docs/reference/glossary.md": glossary.write_page(glossed),
        "docs/reference/levers.md": levers.write_page(baseline),
    }


def main() -> None:
    for path, text in pages(ROOT).items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
