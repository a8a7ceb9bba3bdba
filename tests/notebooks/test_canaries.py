"""Canaries planted in person data are found in nothing that is written or said.

References, names, dates of birth and postcodes stand in every column of an
extract, in a return and in the notes of a feed. Each command is run as a person
runs it; then every byte of the project is searched, workbooks unzipped, tables
and links decoded, but for ``data/private`` and the files read.
"""

import base64
import csv
import io
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from command_line import call_sendlib
from conftest import ROOT
from sendlib.intake.people import EXTRACT

pytestmark = pytest.mark.notebook

LA = "802"
CANARIES = (
    "Zanzibarov",
    "ZQX77341",
    "QZ7 9QX",
    "2011-03-19",
    "19/03/2011",
    "19 March 2011",
    "40621",  # the same day as a workbook holds it
)
SECRET = "not-to-be-written-anywhere"
PLANTS = {
    "reference": ("ZQX77341-0007", "Zanzibarov Birdie", "QZ7 9QX"),
    "born": ("Zanzibarov 19/03/2011", "ZQX77341"),
    "birth_year": ("ZQX77341", "19/03/2011"),
    "need": ("Zanzibarov Birdie", "19/03/2011", "QZ7 9QX", "ZQX77341"),
    "place": ("care of Zanzibarov, QZ7 9QX", "ZQX77341", "40621"),
    "start": ("19 March 2011 Zanzibarov", "ZQX77341"),
    "end": ("Zanzibarov", "2011-03-19x"),
    "january": ("Zanzibarov", "19/03/2011 ZQX77341"),
}
HEADINGS = EXTRACT.labels
_HELD = re.compile(rb"base64,([A-Za-z0-9+/=\n]{40,})")


@dataclass(frozen=True)
class Place:
    """A project of its own, the people of its caseload, and the tables built before they came."""

    root: Path
    people: pd.DataFrame
    built: frozenset


@pytest.fixture(scope="module")
def place(synthetic, tmp_path_factory):
    """An invented caseload that no longer says that it is invented."""
    root = tmp_path_factory.mktemp("canaries")
    shutil.copytree(synthetic, root, dirs_exist_ok=True)
    (root / "notebooks").mkdir()
    page = "23_cohort_model.ipynb"
    (root / "notebooks" / page).write_bytes((ROOT / "notebooks" / page).read_bytes())
    baseline = root / "scenarios" / "baseline.yml"
    given = yaml.safe_load(baseline.read_text(encoding="utf-8"))
    for lever in ("cohort.draws", "forecast.draws"):  # what is searched is not how many there are
        given["assumptions"][lever]["value"] = 100
    baseline.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    book = root / "data" / "private" / "synthetic" / "synthetic_caseload.xlsx"
    people = pd.read_excel(book, sheet_name="Caseload", dtype=str, engine="calamine").fillna("")
    people[HEADINGS["reference"]] = people[HEADINGS["reference"]].str.replace(
        "SYNTHETIC", "ZQX77341"
    )
    people["Surname"], people["Home postcode"] = "Zanzibarov", "QZ7 9QX"
    who = people[HEADINGS["reference"]] == people[HEADINGS["reference"]].iloc[0]
    people.loc[who, HEADINGS["born"]] = "2011-03-19"
    built = {path for path in (root / "data" / "processed").rglob("*") if path.is_file()}
    return Place(root, people, frozenset(built))


def told(made, *, fails):
    assert (made.returncode != 0) == fails, made.stderr
    return made.stdout + made.stderr


def texts_of(content, name):
    """All that a file holds, as bytes: packed parts unpacked, tables as text."""
    yield content
    if name.endswith(".parquet"):
        yield pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            yield from (parts.read(part) for part in parts.namelist())
    for match in _HELD.finditer(content):
        yield base64.b64decode(match[1].replace(b"\n", b""))


def searched(root, built):
    """Every file that was written, by its path, with all that it holds."""
    skipped = (root / "data" / "private", root / "data" / "raw", root / "notebooks")
    for path in sorted(set(root.rglob("*")) - built):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in skipped):
            yield path.relative_to(root).as_posix(), list(texts_of(path.read_bytes(), path.name))


def check_clean(place, said):
    held = {"what was said": [said.encode()], **dict(searched(place.root, place.built))}
    found = {
        (name, canary)
        for name, parts in held.items()
        for part in map(bytes.lower, parts)
        for canary in CANARIES
        if canary.lower().encode() in part
    }
    assert not found
    return held


def inbox(root, name):
    """Where an authority's own files lie: in data/private, which is never published."""
    folder = root / "data" / "private" / "inbox"
    folder.mkdir(exist_ok=True)
    return folder / name


def with_plants(people):
    """The same rows and, for each plant, a copy of one with the plant in its column."""
    rows = people.to_dict("records")
    for number, (field, text) in enumerate(
        (field, text) for field, texts in PLANTS.items() for text in texts
    ):
        rows.append({**rows[number], HEADINGS[field]: text})
    return pd.DataFrame(rows)


def fit(root, *paths, fails=False, more=()):
    named = [part for path in paths for part in ("--caseload", str(path))]
    report = root / "outputs" / "report.csv"
    report.parent.mkdir(exist_ok=True)
    made = call_sendlib(root, "cohort", "fit", "--la", LA, *named, "--report", str(report), *more)
    assert report.is_file()
    return told(made, fails=fails)


def test_a_page_from_own_records_and_its_pack_hold_no_canary(place, monkeypatch):
    for name in ("SENDLIB_NOTICE_URL", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"mailto://{SECRET}@example.org")
    root, people = place.root, place.people
    path = inbox(root, "caseload.csv")
    with_plants(people).to_csv(path, index=False)
    said = fit(root, path)
    assert "set aside" in said
    made = call_sendlib(root, "notebook", "run", "23", "-p", f"la_code={LA}", "-p", "caseload=own")
    held = check_clean(place, said + told(made, fails=False))
    names = " ".join(held)
    for part in ("own/802/stock.parquet", "report.csv", "23-cohort-model.html", "run.json"):
        assert part in names
    (page,) = (name for name in held if name.endswith("23-cohort-model.html"))
    assert b"own records" in b"".join(held[page])
    assert not [name for name, parts in held.items() if SECRET.encode() in b"".join(parts)]


def test_a_refused_extract_says_nothing_of_its_people(place):
    root, people = place.root, place.people
    path = inbox(root, "refused.csv")
    with_plants(people.head(40)).to_csv(path, index=False)
    check_clean(place, fit(root, path, fails=True))


def test_a_workbook_and_a_file_without_headings_say_nothing_either(place):
    root, people = place.root, place.people
    book, bare = inbox(root, "caseload.xlsx"), inbox(root, "bare.csv")
    some = people[HEADINGS["reference"]].isin(people[HEADINGS["reference"]].unique()[:200])
    with_plants(people[some]).to_excel(book, index=False, engine="xlsxwriter")
    check_clean(
        place, fit(root, book, more=("--refuse-above", "1", "--confirm", "unlike_published"))
    )
    with bare.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(people.head(20).to_numpy().tolist())
    check_clean(place, fit(root, bare, fails=True))


@pytest.mark.parametrize("broken", [False, True])
def test_a_return_says_nothing_of_its_people(place, broken):
    root = place.root
    folder = root / "data" / "private" / "synthetic"
    paths = []
    for january in (2024, 2025):
        text = (folder / f"synthetic_sen2_{january}.xml").read_text(encoding="utf-8")
        text = re.sub(r"<Synthetic>.*?</Synthetic>", "", text).replace("SYNTHETIC", "ZQX77341")
        text = text.replace(
            "<UPN>", "<Surname>Zanzibarov</Surname><Postcode>QZ7 9QX</Postcode><UPN>"
        )
        text = re.sub(r"(<PersonBirthDate>)[^<]*", r"\g<1>2011-03-19", text, count=2)
        text = re.sub(r"(<SENtype>)[^<]*", r"\g<1>Zanzibarov", text, count=2)
        paths.append(inbox(root, f"return_{january}.xml"))
        paths[-1].write_text(text[: len(text) // 2] if broken else text, encoding="utf-8")
    urns = ("--urns", str(folder / "synthetic_urns.csv"))
    check_clean(place, fit(root, *paths, fails=broken, more=urns))


def test_notes_of_a_feed_are_read_and_not_stored(place):
    root = place.root
    path = inbox(root, "feed.csv")
    path.write_text(
        "Authority,KPI,Period,Value,Note\n"
        "802,New EHC requests,2025-04,105,Zanzibarov ZQX77341 born 19/03/2011 at QZ7 9QX\n",
        encoding="utf-8",
    )
    made = call_sendlib(root, "kpi", "read", "--la", LA, "--feed", str(path))
    held = check_clean(place, told(made, fails=False))
    assert b"105" in b"".join(held["data/processed/kpi/802/feed.parquet"])
    path.write_text(path.read_text("utf-8").replace("2025-04", "2099-04"), encoding="utf-8")
    made = call_sendlib(root, "kpi", "read", "--la", LA, "--feed", str(path))
    check_clean(place, told(made, fails=True))


def test_the_search_finds_a_canary_wherever_it_is_hidden(place, tmp_path):
    people = place.people
    people.head(2).to_parquet(tmp_path / "a.parquet", compression="gzip")
    people.head(2).to_excel(tmp_path / "a.xlsx", index=False, engine="xlsxwriter")
    held = base64.b64encode(b"place,plans\nZanzibarov and others,3\n" * 3).decode()
    (tmp_path / "a.html").write_text(f'<a href="data:text/csv;base64,{held}">')
    for path in tmp_path.iterdir():
        parts = texts_of(path.read_bytes(), path.name)
        assert any(b"Zanzibarov" in part for part in list(parts)[1:]), path.name
