"""The committed tables are those that adding the files as published makes, or the script."""

import gzip
import importlib
import shutil

import pytest

from sendlib.data.manifest import read_manifest
from sendlib.data.refresh.arrivals import receive, recognise
from sendlib.data.refresh.sources import read_sources
from sendlib.project import Project

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def made(published, project, root, tmp_path_factory):
    """The raw data that are made of the files as published, beside the committed ones."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(project.raw / "reference", folder / "reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "scripts"))
        script = importlib.import_module("extract_published")
    for step in script.STEPS:
        step(published, folder)
    sources, manifest = read_sources(Project(root)), read_manifest(project)
    for path in sorted(each for each in published.rglob("*") if each.is_file()):
        for source, name, content in recognise(path.name, path.read_bytes(), sources):
            arrival = receive(source, content, manifest, where=name)
            (folder / arrival.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / arrival.path).write_bytes(arrival.content)
    return folder


def test_every_compressed_file_is_made_of_the_files_as_published(made, project):
    here = {path.relative_to(project.raw) for path in project.raw.rglob("*.gz")}
    assert here == {path.relative_to(made) for path in made.rglob("*.gz")}


def test_every_file_has_the_same_content(made, project):
    def read(folder, path):
        return gzip.decompress((folder / path).read_bytes())

    paths = [path.relative_to(made) for path in made.rglob("*.gz")]
    assert [path for path in paths if read(made, path) != read(project.raw, path)] == []
