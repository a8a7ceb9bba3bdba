"""Files in the forms that can be read: the template, and invented people."""

from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from sendlib.intake.columns import code_list
from sendlib.intake.people import AGE_OF_YEAR_NOUGHT, EXTRACT, NONSEND, census_day
from sendlib.intake.workbook import MARK, Form, write_form, write_rows
from sendlib.vocabulary import OUTSIDE, PlaceType

_COVER = (
    "Caseload of education, health and care plans",
    "This workbook holds records of people. Keep it where such records may be kept.",
    "Fill in the sheet Caseload: one row for each person and January, for two Januaries or more.",
    "The January count is taken on the third Thursday of January.",
    "Only counts by age, need and place leave the reader; no row about a person does.",
)
_DATES = ("born", "start", "end")
FIRST_INVENTED_URN = 900_001  # the register of schools has none as high
_SETTINGS: dict[str, str] = {
    PlaceType.EOTAS: "OLA",
    PlaceType.ELECTIVE_HOME_EDUCATION: "EHE",
    PlaceType.EARLY_YEARS: "EYP",
    PlaceType.NEET: "NEET",
    PlaceType.OTHER: "OTH",
}
_INDICATORS: dict[str, str] = {
    PlaceType.SEN_UNIT: "SENunitIndicator",
    PlaceType.RESOURCED_PROVISION: "ResourcedProvisionIndicator",
}


def write_template(path: Path) -> None:
    """Write the workbook that an authority fills in with its caseload."""
    write_form(_form(), path)


def _form() -> Form:
    codes = {field: code_list(field) for field in ("need", "place")}
    rows = [
        [EXTRACT.labels[field], *row]
        for field, table in codes.items()
        for row in table.to_numpy().tolist()
    ]
    return Form(
        EXTRACT,
        "Caseload",
        cover=_COVER,
        codes="Codes",
        code_headings=("Column", "Accepted", "Read as", "Note"),
        code_rows=rows,
        choices={field: _choice(table["value"]) for field, table in codes.items()},
    )


def _choice(values: pd.Series) -> dict[str, object]:
    """A list to choose from, if it is short; other accepted codes may be typed or pasted."""
    codes = [value.upper() if len(value) <= 4 else value for value in values.drop_duplicates()]
    if len(",".join(codes)) > 255:
        return {"validate": "any", "input_message": "A code of the sheet Codes."}
    return {"validate": "list", "source": codes, "error_type": "information"}


def write_extract(rows: pd.DataFrame, path: Path, *, synthetic: bool = False) -> None:
    """Write a caseload extract, as CSV or as the filled-in template by the file's suffix."""
    table = rows.rename(columns={"place_type": "place"}).reindex(columns=list(EXTRACT.template))
    write_rows(_form(), table, path, "Every person in this workbook is invented." * synthetic)


def write_sen2(rows: pd.DataFrame, path: Path, january: int, *, synthetic: bool = False) -> None:
    """Write the SEN2 person-level return of one January as XML.

    The return names most places by URN; the invented ones of ``invented_urns``
    stand for their type.
    """
    places = {row.place_type: {"URN": row.urn} for row in invented_urns().itertuples()}
    places |= {place: {"SENsetting": code} for place, code in _SETTINGS.items()}
    for place, indicator in _INDICATORS.items():
        places[place] |= {indicator: "true"}
    mine = rows[rows["january"] == january]
    dates = {name: pd.to_datetime(mine[name]).dt.strftime("%Y-%m-%d") for name in _DATES}
    templates = Environment(
        loader=PackageLoader("sendlib.intake"),
        autoescape=select_autoescape(["xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    text = templates.get_template("sen2_return.xml").render(
        january=january,
        day=census_day(january),
        mark=MARK if synthetic else "",
        places=places | {PlaceType.NOT_RECORDED: {}},
        rows=mine.assign(**dates).astype(object).fillna("").to_dict("records"),
    )
    path.write_text(text, encoding="utf-8")


def invented_urns() -> pd.DataFrame:
    """An invented URN for each type of place: ``urn``, ``place_type``.

    Pass it as ``urns`` to read back what ``write_sen2`` wrote.
    """
    urns = [str(FIRST_INVENTED_URN + number) for number in range(len(PlaceType))]
    return pd.DataFrame({"urn": urns, "place_type": [place.value for place in PlaceType]})


def write_transitions(movements: pd.DataFrame, path: Path, *, synthetic: bool = False) -> None:
    """Write movements in the transitions layout of witan.send, a row for each plan."""
    each = movements.loc[movements.index.repeat(movements["plans"])].replace({OUTSIDE: NONSEND})
    year = each["age"] - AGE_OF_YEAR_NOUGHT
    columns = {
        "calendar-year": each["census_year"] - 1,
        "setting-1": each["place_from"],
        "need-1": each["need_from"],
        "academic-year-1": year - 1,
        "setting-2": each["place_to"],
        "need-2": each["need_to"],
        "academic-year-2": year,
    }
    table = pd.DataFrame(columns | ({"synthetic": MARK} if synthetic else {}))
    table.to_csv(path, index=False)
