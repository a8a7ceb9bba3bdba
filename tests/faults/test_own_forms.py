"""Faults in every form that an authority fills in or exports: sentences, never a traceback."""

import csv
import io
import shutil
import zipfile
from datetime import date

import numpy as np
import pytest

from invented_people import crowd, frame, person, read, write_all
from invented_returns import write_blades, write_books
from sendlib.errors import SendlibError
from sendlib.intake.write import invented_urns
from sendlib.kpi import read_feed, read_register, synthesise_feed, write_feed
from sendlib.project import Project
from sendlib.scenarios import load_scenario

TODAY, REGISTER = date(2026, 1, 20), read_register()
NAMES = ("865", "E06000054", "Wiltshire")
ODD = [
    "",
    " ",
    "n/k",
    "-1",
    "0",
    "1e400",
    "99999999999999999999",
    "NaN",
    "=1+1",
    "31/02/2012",
    "£9",
]
ODD += ["2012", "0400", "1:30", "é" * 300, "\x00", "<a>", '"', "SYNTHETIC"]


def any_byte(content, random):
    place = int(random.integers(len(content)))
    return content[:place] + random.bytes(int(random.integers(1, 6))) + content[place + 1 :]


def cut(content, random):
    return content[: int(random.integers(len(content)))]


def other_encoding(content, random):
    text = content.decode("utf-8", errors="replace")
    return text.encode(str(random.choice(["utf-16", "cp1252", "utf-8-sig"])), errors="replace")


def a_line(content, random):
    """A line gone, doubled or in another place."""
    lines = content.splitlines(keepends=True)
    one, other = (int(random.integers(len(lines))) for _ in range(2))
    lines[other : other + int(random.integers(2))] = [lines[one]] * int(random.integers(3))
    return b"".join(lines)


def a_word(content, random):
    """A word, and every one like it, replaced by something odd."""
    words = [word for word in content.replace(b"<", b" ").replace(b">", b" ").split() if word]
    odd = str(random.choice(ODD)).encode()
    return content.replace(words[int(random.integers(len(words)))], odd) if words else odd


def a_column(content, random):
    """A column of a table wholly odd, gone, or in another's place."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8", errors="replace"))))
    width = min(map(len, rows), default=0)
    if width < 2:
        return a_word(content, random)
    one, other = random.choice(width, 2, replace=False)
    odd, kind = str(random.choice(ODD)), random.integers(3)
    for number, row in enumerate(rows):
        if kind == 0 and number:
            row[one] = odd
        if kind == 1:
            row[one], row[other] = row[other], row[one]
        if kind == 2:
            del row[one]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


FAMILIES = [any_byte, cut, other_encoding, a_line, a_word, a_column]


def inside(content, fault, random):
    """A workbook with a fault in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = str(random.choice([each for each in parts if "sheet" in each or "shared" in each]))
    parts[name] = fault(parts[name], random)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as book:
        for each, part in parts.items():
            book.writestr(each, part)
    return target.getvalue()


def faulty(content, fault, random, *, is_book):
    if not content:
        return content
    whole = is_book and fault not in (any_byte, cut)
    return inside(content, fault, random) if whole else fault(content, random)


@pytest.fixture(scope="module")
def forms(tmp_path_factory, root):
    """For each form its files, and what reads them."""
    folder = tmp_path_factory.mktemp("forms")
    rows = frame(crowd(30), person("B001", 2024, 2025, need="ds", place="state_special"))
    paths = write_all(rows, folder)
    for form, write in (("blade", write_blades), ("books", write_books)):
        (folder / form).mkdir()
        paths[form] = write(folder / form)
    for name in ("feed.csv", "feed.xlsx"):
        feed = synthesise_feed(REGISTER, today=TODAY, seed=1)
        write_feed(feed.values, folder / name, REGISTER, authority="865", synthetic=False)
        paths[name] = [folder / name]
    scenarios = Project(folder / "project").root / "scenarios"
    shutil.copytree(root / "scenarios", scenarios)
    paths["scenario"] = [scenarios / "white_paper.yml"]

    def read_form(form, changed):
        if form == "scenario":
            return load_scenario(Project(folder / "project"), "white_paper")
        if form.startswith("feed"):
            return read_feed(changed[0], authority=NAMES, register=REGISTER, today=TODAY)
        return read(*changed, urns=invented_urns())

    return {form: (files, read_form) for form, files in paths.items()}


@pytest.mark.parametrize("each", [6, pytest.param(334, marks=pytest.mark.slow)])
def test_no_fault_in_an_own_file_ends_in_a_traceback(forms, each):
    random, ended = np.random.default_rng(each), {"read": 0, "refused": 0}
    for form, (files, read_form) in forms.items():
        whole = [path.read_bytes() for path in files]
        for number in range(each):
            at, fault = int(random.integers(len(files))), FAMILIES[number % len(FAMILIES)]
            content = faulty(whole[at], fault, random, is_book=files[at].suffix == ".xlsx")
            files[at].write_bytes(content)
            try:
                read_form(form, files)
                ended["read"] += 1
            except SendlibError:
                ended["refused"] += 1
            except Exception as error:
                raise AssertionError(f"{form}, {fault.__name__}, fault {number}") from error
            files[at].write_bytes(whole[at])
    assert min(ended.values()) > 0
    assert sum(ended.values()) == each * len(forms)
