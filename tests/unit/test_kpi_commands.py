"""The commands on indicators, run as a person runs them."""

import pytest

from command_line import call_sendlib
from conftest import copy_project
from sendlib.kpi import read_register
from sendlib.kpi.register import MONTHS


@pytest.fixture(scope="module")
def place(project, tmp_path_factory):
    """A project of its own, and the folder with its invented feed."""
    root = tmp_path_factory.mktemp("kpi")
    copy_project(root, project)
    made = call_sendlib(root, "kpi", "synthesise", "--la", "Wiltshire")
    assert made.returncode == 0, made.stderr
    return root, root / "data" / "private" / "synthetic"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_invented_feed_is_read_and_stored_with_its_mark(place, ending):
    root, folder = place
    feed = folder / f"synthetic_kpi_feed.{ending}"
    made = call_sendlib(root, "kpi", "read", "--la", "E06000054", "--feed", str(feed))
    assert made.returncode == 0, made.stderr
    supplied = read_register().supplied
    values, many = sum(24 // MONTHS[entry.frequency] for entry in supplied), len(supplied)
    assert made.stdout.startswith(
        f"SYNTHETIC figures: {values} values of {many} indicators for Wiltshire."
    )
    kept = root / "data" / "processed" / "kpi" / "865"
    assert sorted(path.name for path in kept.iterdir()) == ["feed.parquet", "note.json"]


def test_a_feed_of_another_authority_is_refused_and_nothing_is_stored(place):
    root, folder = place
    feed = folder / "synthetic_kpi_feed.csv"
    made = call_sendlib(root, "kpi", "read", "--la", "Dorset", "--feed", str(feed))
    assert made.returncode == 1
    assert "row 2, column Authority: authority '865'" in made.stderr
    assert "Traceback" not in made.stderr
    assert not (root / "data" / "processed" / "kpi" / "838").exists()


def test_the_template_is_written_where_asked(place, tmp_path):
    root, _ = place
    made = call_sendlib(root, "kpi", "template", str(tmp_path / "fill_in.xlsx"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "fill_in.xlsx").stat().st_size > 1000
