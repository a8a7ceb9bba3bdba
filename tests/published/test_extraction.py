"""The committed tables are those that the script makes of the files as published."""

import gzip
import importlib
import shutil

import pytest

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def made(published, project, root, tmp_path_factory):
    """The raw data that the script makes, beside the committed ones."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(project.raw / "reference", folder / "reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "scripts"))
        script = importlib.import_module("extract_published")
    for step in script.STEPS:
        step(published, folder)
    return folder


def test_every_compressed_file_is_made_by_the_script(made, project):
    here = {path.relative_to(project.raw) for path in project.raw.rglob("*.gz")}
    assert here == {path.relative_to(made) for path in made.rglob("*.gz")}


def test_every_file_has_the_same_content(made, project):
    for path in made.rglob("*.gz"):
        committed = project.raw / path.relative_to(made)
        same = gzip.decompress(path.read_bytes()) == gzip.decompress(committed.read_bytes())
        assert same, path.name
