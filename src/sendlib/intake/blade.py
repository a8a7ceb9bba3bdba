"""The return as the department's system gives it: one table for each kind of record.

They come as CSV files of a blade export or as sheets of the pre-submission workbook, and
are linked by the columns that end in ``TableId``. From the tables of one return a tree is
made like that of the XML, so that what follows need not know the form. Which columns there
are is taken from MastodonC/witan.sen2.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

import pandas as pd

from sendlib.intake.columns import normalise, to_dates
from sendlib.intake.files import Cells, File, text_frame
from sendlib.intake.findings import Findings
from sendlib.intake.people import census_day
from sendlib.intake.sen2_return import Sen2Return
from sendlib.intake.workbook import MARK

_SIGNS = {  # headings that tell a kind of record from others; the first that fits counts
    "sen2": {"referencedate"},
    "person": {"personbirthdate"},
    "requests": {"receiveddate"},
    "assessment": {"assessmentoutcome"},
    "namedplan": {"startdate", "ceasedate"},
    "placementdetail": {"entrydate", "placementrank"},
    "senneed": {"sentype"},
    "plandetail": {"placementrank"},
    "activeplans": {"requeststableid"},
}
_ABOVE = {  # the kinds that a record may name as its own, nearest first
    "requests": ("person",),
    "assessment": ("requests", "person"),
    "activeplans": ("requests", "person"),
    "namedplan": ("assessment", "requests", "person"),
    "plandetail": ("namedplan", "requests", "person"),
    "placementdetail": ("activeplans", "requests", "person"),
    "senneed": ("activeplans", "requests", "person"),
}
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(eq=False)
class Blade:
    """The tables of one return."""

    folder: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)  # kind: text by heading
    names: dict[str, str] = field(default_factory=dict)  # kind: file, or file and sheet
    synthetic: bool = False


def read_blades(files: Sequence[File], findings: Findings) -> tuple[list[Sen2Return], list[File]]:
    """The returns whose tables are among some files, and the files that are none of them."""
    blades: dict[str, Blade] = {}
    others = []
    for file in files:
        kinds = [(kind, name, rows) for name, rows in file.sheets if (kind := _kind_of(rows))]
        if not kinds:
            others.append(file)
        for kind, name, rows in kinds:
            stem = file.path.stem.casefold()
            one = stem if len(file.sheets) > 1 else stem.replace(kind, "", 1)
            blade = blades.setdefault(f"{file.path.parent}/{one}", Blade(file.path.parent.name))
            blade.tables[kind], blade.names[kind] = _table(rows), name
            marked = (blade.tables[kind].get("synthetic", pd.Series(dtype="str")) == MARK).any()
            blade.synthetic |= file.synthetic or bool(marked)
    made = [_to_return(blade, findings) for blade in blades.values()]
    return [each for each in made if each is not None], others


def _kind_of(rows: Cells) -> str:
    """Which kind of record a table holds; none where it has no ids of such tables."""
    headings = {normalise(str(cell)) for cell in rows[0]} if rows else set()
    if not any(heading.endswith("tableid") for heading in headings):
        return ""
    return next((kind for kind, signs in _SIGNS.items() if signs <= headings), "")


def _table(rows: Cells) -> pd.DataFrame:
    """Text by heading in lower case, dates as 2025-01-16."""
    frame = text_frame(rows).rename(columns=normalise)
    for name in frame.columns[frame.columns.str.endswith("date")]:
        written = to_dates(frame[name]).dt.strftime("%Y-%m-%d")
        frame[name] = written.fillna(frame[name]).astype("str")
    return frame


def _to_return(blade: Blade, findings: Findings) -> Sen2Return | None:
    """The tree of one return; none where it cannot be made."""
    name = blade.names.get("person", next(iter(blade.names.values())))
    plans = {"namedplan", "activeplans", "placementdetail"} & set(blade.tables)
    if "person" not in blade.tables or not plans:
        findings.add("blade_incomplete", file=name, detail=f"there: {', '.join(blade.tables)}")
        return None
    stated = to_dates(
        blade.tables.get("sen2", pd.DataFrame({"referencedate": [""]}))["referencedate"]
    )
    years = _YEAR.findall(f"{blade.folder} {name}")
    if stated.notna().any():
        day = str(stated.dropna().iloc[0].date())
    elif years:
        day = census_day(int(years[-1])).isoformat()
        findings.add("reference_from_file", file=name, detail=day)
    else:
        findings.add("reference_date_missing", file=name, column="ReferenceDate")
        return None
    return Sen2Return(name, _Tree(blade, findings).root, day, blade.synthetic)


class _Tree:
    """Elements of all records, each below the one that it names."""

    def __init__(self, blade: Blade, findings: Findings) -> None:
        self.root = Element("sen2")
        self.by_id: dict[tuple[str, str], Element] = {}  # by kind and id
        self.by_native_id: dict[str, Element | None] = {}  # requests; none where two have it
        self.blade = blade
        for record in blade.tables["person"].to_dict("records"):
            self._add("person", record, self.root)
        for kind in _ABOVE:
            records = blade.tables[kind].to_dict("records") if kind in blade.tables else []
            lost = sum(not self._link(kind, record) for record in records)
            if lost:
                detail = f"{lost:,} of {len(records):,}"
                findings.add("blade_unlinked", file=blade.names[kind], detail=detail)

    def _add(self, kind: str, record: Mapping[Hashable, str], parent: Element) -> None:
        element = SubElement(parent, kind)
        for column, text in record.items():
            SubElement(element, str(column)).text = text
        self.by_id[kind, record.get(f"{kind}tableid", "")] = element
        if kind == "requests":
            native = record.get("nativeid", "")
            self.by_native_id[native] = None if native in self.by_native_id else element

    def _link(self, kind: str, record: Mapping[Hashable, str]) -> bool:
        """Put a record below what it names; where that table is not there, below its NativeId."""
        for above in _ABOVE[kind]:
            if not (number := record.get(f"{above}tableid", "")):
                continue
            if above in self.blade.tables:
                parent = self.by_id.get((above, number))
            else:
                parent = self.by_native_id.get(record.get("nativeid", ""))
            if parent is not None:
                self._add(kind, record, _inside(parent, kind))
                return True
        return False


def _inside(parent: Element, kind: str) -> Element:
    """Where in an element a record of a kind belongs; what has to be around it is made."""
    if kind != "requests" and parent.tag == "person":
        parent = _child(parent, "requests")
    if kind in ("placementdetail", "senneed") and parent.tag != "activeplans":
        return _child(parent, "activeplans")
    if kind == "plandetail" and parent.tag != "namedplan":
        return _child(parent, "namedplan")
    return parent


def _child(parent: Element, tag: str) -> Element:
    found = list(parent.iter(tag))
    return found[-1] if found else SubElement(parent, tag)
