"""The return as tables, blade CSVs and the pre-submission workbook, of invented people."""

import pandas as pd

from invented_people import crowd, frame, person
from sendlib.intake.write import invented_urns

PEOPLE = frame(crowd(), person("B001", 2025, need="ds", place="state_special"))


def tables_of(january, *, linked=True):
    """The tables of one return; without the two in the middle where it is not ``linked``."""
    rows = PEOPLE[PEOPLE["january"] == january].reset_index(drop=True)
    urns = invented_urns().set_index("place_type")["urn"]
    at = pd.Series(rows.index + 1).astype(str)
    native = {"NativeId": at}
    tables = {
        "person": {
            "PersonTableId": "P" + at,
            "Surname": "Invented",
            "PersonBirthDate": pd.to_datetime(rows["born"]).dt.strftime("%Y-%b-%d 00:00:00"),
            "UPN": rows["reference"],
        },
        "requests": {"RequestsTableId": "R" + at, "PersonTableId": "P" + at, "ReceivedDate": ""},
        "assessment": {
            "AssessmentTableId": "A" + at,
            "RequestsTableId": "R" + at,
            "AssessmentOutcome": "Y",
        },
        "namedPlan": {
            "NamedPlanTableId": "N" + at,
            "AssessmentTableId": "A" + at,
            "StartDate": rows["start"],
            "CeaseDate": "",
        },
        "activePlans": {"ActivePlansTableId": "L" + at, "RequestsTableId": "R" + at},
        "placementDetail": {
            "PlacementDetailTableId": "D" + at,
            "ActivePlansTableId": "L" + at,
            "URN": rows["place_type"].map(urns),
            "PlacementRank": "1",
            "EntryDate": rows["start"],
        },
        "senNeed": {
            "SENNeedTableId": "E" + at,
            "ActivePlansTableId": "L" + at,
            "SENTypeRank": "1",
            "SENType": rows["need"].str.upper(),
        },
    }
    left_out = () if linked else ("assessment", "activePlans")
    return {
        name: pd.DataFrame(native | table) for name, table in tables.items() if name not in left_out
    }


def write_blades(folder, **more):
    paths = []
    for january in (2024, 2025):
        for name, table in tables_of(january, **more).items():
            paths.append(folder / f"{name}_SEN2_{january}.csv")
            table.to_csv(paths[-1], index=False)
    return paths


def write_books(folder):
    """The workbook: sheets without ids of their own, each with the person and the request."""
    paths = [folder / f"SEN2_{january}_presubmission.xlsx" for january in (2024, 2025)]
    for path in paths:
        with pd.ExcelWriter(path, engine="xlsxwriter") as book:
            for name, table in tables_of(int(path.name[5:9])).items():
                at, sheet = table["NativeId"], table.drop(columns="NativeId")
                if name not in ("person", "requests"):
                    own = [column for column in table if column.endswith("TableId")]
                    ids = {"persontableid": "P" + at, "requeststableid": "R" + at}
                    sheet = sheet.drop(columns=own).assign(**ids)
                sheet = sheet.rename(columns=str.lower)
                sheet.to_excel(book, sheet_name=name, index=False)
    return paths
