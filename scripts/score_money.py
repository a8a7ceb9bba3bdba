"""Score the money on the past of every authority, and store the table that pages show.

    .venv/bin/python scripts/score_money.py

Takes some minutes. It reads the tables of this checkout and writes
``src/sendlib/finance/backtest.csv``, in £ million.
"""

from importlib.resources import files
from pathlib import Path

from sendlib import data
from sendlib.finance.backtest import STORED, backtest, backtest_summary
from sendlib.project import Project
from sendlib.scenarios import load_scenario, with_value

DRAWS = 500
AMOUNTS = ["low", "middle", "high", "actual", "block"]


def main() -> None:
    """Write the table, and say what it comes to."""
    project = Project.find()
    scenario = with_value(load_scenario(project, "baseline"), "forecast.draws", DRAWS)
    scored = backtest(lambda name: data.load(project, name), scenario)
    scored[AMOUNTS] = (scored[AMOUNTS] / 1e6).round(2)
    target = Path(str(files("sendlib.finance"))) / STORED
    scored.drop(columns="inside").to_csv(target, index=False, lineterminator="\n")
    for kind, by in (("spend", ["years_ahead"]), ("in-year deficit", ["against", "years_ahead"])):
        print(backtest_summary(scored, by, kind=kind).round(1))


if __name__ == "__main__":
    main()
