"""What lies near people is its owner's alone, and what a kernel need not know it does not get."""

import os
import stat

import pandas as pd
import pytest

import small_run
from invented_notebooks import make_project
from sendlib.files import write_private
from sendlib.intake import local_salt
from sendlib.intake.store import Store

SECRET = "invented-and-secret-83651"
SECRETS = [
    *("COUNCIL_TOKEN", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "SENDLIB_PASSWORD"),
    *(
        f"{owner}_{kind}"
        for owner in ("AZURE", "GITHUB", "JUPYTER", "PIP", "SMTP", "PYTHON", "LC", "MPL", "HOME")
        for kind in ("TOKEN", "API_KEY", "PASSWORD", "SECRET", "CONNECTION_STRING")
    ),
    "http_proxy",
]
TELLS_ALL = """\
import os, pathlib, subprocess, sys
print(dict(os.environ))
process = pathlib.Path('/proc/self/environ')
print(process.read_text() if process.exists() else '')
print(subprocess.run([sys.executable, '-c', 'import os; print(dict(os.environ))'],
                     capture_output=True, text=True).stdout)
pathlib.Path('written.txt').write_text('by a notebook')"""


@pytest.fixture(params=[0o000, 0o022, 0o277])
def mask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.posix
def test_own_records_are_for_their_owner_whatever_the_umask(tmp_path, mask):
    project = make_project(tmp_path / "project")
    own = project.processed / "own"
    own.mkdir(mode=0o777, parents=True)
    tables = {"stock": pd.DataFrame({"plans": [3]})}
    folder = Store("own", "caseload", "fit {}").save(project, "865", tables, {"kind": "own"})
    local_salt(project)
    assert {mode(each) for each in (own, folder, project.private)} == {0o700}
    files = [*folder.iterdir(), project.private / "salt"]
    assert len(files) == 3
    assert {mode(file) for file in files} == {0o600}


@pytest.mark.posix
def test_a_private_file_takes_the_place_of_an_open_one(tmp_path, mask):
    for name in ("report.csv", ".report.csv.part"):
        (tmp_path / name).write_text("open to all")
        (tmp_path / name).chmod(0o666)
    written = write_private(tmp_path / "report.csv", b"check\n")
    assert (mode(written), written.read_bytes()) == (0o600, b"check\n")
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


@pytest.mark.notebook
@pytest.mark.parametrize("end", ["pass", "raise ValueError(str(dict(os.environ)))"])
def test_a_secret_of_the_environment_reaches_nothing_that_a_run_writes(tmp_path, end):
    root = small_run.make_project(tmp_path / "project")
    small_run.write_notebook(root, "21_first.ipynb", f"{TELLS_ALL}\n{end}")
    done = small_run.run(root, "mark", **dict.fromkeys(SECRETS, SECRET))
    said = [done.stdout, done.stderr]
    files = [path for path in root.rglob("*") if path.is_file()]
    assert any("SENDLIB_ROOT" in path.read_text() for path in files if path.suffix == ".ipynb")
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    assert SECRET not in "".join(said)
    (run,) = (root / "outputs" / "runs").iterdir()
    is_out = done.returncode == 0
    assert is_out == (end == "pass"), done.stderr
    assert mode(run) == (mode(run.parent) if is_out else 0o700)
    assert mode(run / "notebooks") == 0o700
    copies = [*(run / "notebooks").iterdir(), root / "written.txt"]
    assert {mode(path) for path in copies} == {0o600}
