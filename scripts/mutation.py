"""Do the unit tests notice a change of the code? A mutation score, on a sample that a seed fixes.

    python scripts/mutation.py compare forecast --sample 200 --seed 1

mutmut changes an operator, a comparison, a number or an argument of a function at a time, in a
temporary copy of the project with its tables built, and runs the unit tests of that package in
the files that reach it. A change that no test notices has survived; the score is the share of
those noticed.
Decorated functions and constants of a module are not changed.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 10.0  # beyond what tests take: a busy machine is no change that was noticed [seconds]
NOTICED = ("killed", "timeout", "suspicious", "segfault")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", nargs="+", help="packages of sendlib, such as compare")
    parser.add_argument("--sample", type=int, default=100, help="how many changes of each")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--workers", type=int, default=2, help="how many at a time")
    given = parser.parse_args()
    for package in given.packages:
        score(package, given.sample, given.seed, given.workers)


def score(package: str, sample: int, seed: int, workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy_project(copy, package)
        mutmut(copy, "run", "--max-children", str(workers), "none of them")  # writes the changes
        share_fixtures(copy / "mutants" / "mutmut-stats.json")
        names = [name for path in copy.rglob("*.py.meta") for name in changes(path)]
        if not names:
            sys.exit(f"Nothing of {package} can be changed, or its tests fail as they are.")
        chosen = random.Random(seed).sample(sorted(names), min(sample, len(names)))  # noqa: S311
        mutmut(copy, "run", "--max-children", str(workers), *chosen)
        lines = mutmut(copy, "results", "--all", "true").splitlines()
        status = dict(line.strip().split(": ", 1) for line in lines if ": " in line)
        results = {name: status.get(name, "not checked") for name in chosen}
        for name in sorted(name for name in chosen if results[name] not in NOTICED):
            print(f"{results[name]}: {place(name)}\n{changed(mutmut(copy, 'show', name))}")
    noticed = sum(result in NOTICED for result in results.values())
    print(f"{package}: {noticed} of {len(chosen)} noticed, {noticed / len(chosen):.0%}")
    print(f"  {len(names)} possible, seed {seed}, {dict(Counter(results.values()))}")


def copy_project(copy: Path, package: str) -> None:
    """The files that git knows, with what is to be changed and which tests are to notice."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    subprocess.run(  # once here, not once for each change
        [sys.executable, "-m", "sendlib", "data", "build"],
        cwd=copy,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
    )
    tests = sorted(str(path.relative_to(copy)) for path in copy.glob(f"tests/unit/test_{package}*"))
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/sendlib/{package}/*", f"src/sendlib/{package}.py"],
        "also_copy": [path.name for path in copy.iterdir()],
        "pytest_add_cli_args_test_selection": tests,
        "timeout_constant": PATIENCE,
    }
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n")
        file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def mutmut(copy: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout


def share_fixtures(stats: Path) -> None:
    """A fixture of a file is run once, in its first test, but every test of the file may use it."""
    found = json.loads(stats.read_text(encoding="utf-8"))
    of_file: dict[str, list[str]] = {}
    for test in found["duration_by_test"]:
        of_file.setdefault(test.split("::")[0], []).append(test)
    for name, tests in found["tests_by_mangled_function_name"].items():
        files = dict.fromkeys(test.split("::")[0] for test in tests)
        found["tests_by_mangled_function_name"][name] = [t for file in files for t in of_file[file]]
    stats.write_text(json.dumps(found), encoding="utf-8")


def changes(path: Path) -> list[str]:
    return list(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"])


def place(name: str) -> str:
    """The file and line of the function that was changed."""
    module, function = name.rsplit(".", 1)
    path = Path("src", *module.split(".")).with_suffix(".py")
    short = re.split(r"x_|ǁ", function.rsplit("__mutmut_", 1)[0])[-1]
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        if re.match(rf"\s*def {short}\(", line):
            return f"{path}:{number} {short}"
    return f"{path} {short}"


def changed(diff: str) -> str:
    lines = [line for line in diff.splitlines() if re.match(r"[+-](?![+-])", line)]
    return "\n".join(f"    {line}" for line in lines)


if __name__ == "__main__":
    main()
