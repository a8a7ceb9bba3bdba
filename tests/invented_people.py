"""Invented people with plans, and their records written in every form. No one here is real."""

from collections import Counter
from datetime import date

import pandas as pd

from sendlib.intake import read_caseload
from sendlib.intake.write import invented_urns, write_extract, write_sen2, write_transitions

SALT = b"an invented salt"
HEADINGS = "Person reference,Date of birth,Year of birth,Need,Placement,Plan start,Plan end,January"


def person(reference, *januaries, born=date(2012, 3, 31), need="asd", place="mainstream", **more):
    """The rows of one invented person, the same in every January."""
    row = {"reference": reference, "born": born, "need": need, "place_type": place}
    row |= {"start": date(2019, 9, 1), "end": None} | more
    return [row | {"january": january} for january in januaries]


def crowd(count=10, januaries=(2024, 2025)):
    """People whom nothing is wrong with, so that one bad row does not stand alone."""
    return [row for number in range(count) for row in person(f"C{number:03d}", *januaries)]


def frame(*people):
    """Rows of several people as one frame."""
    return pd.DataFrame([row for rows in people for row in rows])


def line(
    reference="X001",
    born="31/03/2012",
    year="",
    need="ASD",
    place="Mainstream",
    start="2019-09-01",
    end="",
    january="2025",
):
    """One line of an extract as text."""
    return ",".join([reference, born, year, need, place, start, end, january])


def extract_of(tmp_path, *lines, name="extract.csv"):
    """An extract of text lines below a crowd of 20 rows, so that the first line is row 22."""
    path = tmp_path / name
    write_extract(frame(crowd()), path)
    with path.open("a", encoding="utf-8") as target:
        target.write("".join(f"{text}\n" for text in lines))
    return path


def read(*paths, **more):
    """Read records, whatever share of them is left out."""
    return read_caseload(list(paths), salt=SALT, **{"refuse_above": 1.0} | more)


def write_all(rows, folder, *, synthetic=False):
    """The same people in every form: the paths to read, by form."""
    csv, book, moves = (folder / name for name in ("people.csv", "people.xlsx", "moves.csv"))
    write_extract(rows, csv, synthetic=synthetic)
    write_extract(rows, book, synthetic=synthetic)
    returns = [folder / f"return_{year}.xml" for year in sorted(set(rows["january"]))]
    for path in returns:
        write_sen2(rows, path, int(path.stem[-4:]), synthetic=synthetic)
    write_transitions(read(csv).movements, moves, synthetic=synthetic)
    return {"csv": [csv], "workbook": [book], "return": returns, "transitions": [moves]}


def read_all(paths_by_form):
    """What every form is read as."""
    return {form: read(*paths, urns=invented_urns()) for form, paths in paths_by_form.items()}


def counted(movements):
    """Movements as a plain count, by everything but the count."""
    return Counter(
        {tuple(row[:-1]): row[-1] for row in movements.itertuples(index=False, name=None)}
    )
