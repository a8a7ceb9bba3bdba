"""The description of a run, read back by the reference reader of RO-Crates."""

import pytest
from rocrate.rocrate import ROCrate

from invented_notebooks import make_project, make_run, make_setting
from sendlib.board import crate
from sendlib.packs.draft import Draft
from sendlib.packs.setting import Assurance, DataFile

PEOPLE = Assurance(analyst="Ada Invented", assurer="", approver="Bea <b>Invented</b>")
INPUT = DataFile("dfe_ehcp/2025/caseload, by age.csv", "ab" * 32, "Plans", "2025-06-26")


@pytest.fixture
def read(tmp_path):
    project = make_project(tmp_path)
    folder = tmp_path / "outputs" / "runs" / "one"
    folder.mkdir(parents=True)
    for name in ("index.html", "run.json"):
        (folder / name).write_text("{}")
    setting = make_setting(assurance=PEOPLE, inputs=(INPUT,))
    draft = Draft(make_run(folder, setting, project=project), ())
    (folder / crate.FILE).write_bytes(crate.describe(draft, files=["index.html", "run.json"]))
    return ROCrate(folder)


def test_the_run_says_what_it_used_and_what_it_made(read):
    run = read.get("#run")
    assert run.type == "CreateAction"
    assert run["startTime"] == "2026-01-02T03:04:00Z"
    assert {made.id for made in run["result"]} == {"index.html", "run.json"}
    (used,) = run["object"]
    assert used["sha256"] == INPUT.sha256
    assert used["datePublished"] == "2025-06-26"
    assert run["instrument"]["name"] == "sendlib"
    assert run["instrument"]["softwareRequirements"][0]["softwareVersion"]


def test_only_people_who_were_named_stand_in_it(read):
    people = {person["jobTitle"]: person["name"] for person in read.get_by_type("Person")}
    assert people == {"analyst": "Ada Invented", "approver": "Bea <b>Invented</b>"}
    assert read.get("#run")["agent"]["name"] == "Ada Invented"


def test_every_file_of_the_pack_is_part_of_the_crate(read):
    assert {part.id for part in read.root_dataset["hasPart"]} == {"index.html", "run.json"}
    assert read.root_dataset["license"].id == crate.LICENCE
