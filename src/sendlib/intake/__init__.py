"""An authority's own caseload: read in three forms, checked, and counted at once.

Extracts (CSV or workbook), the SEN2 person-level return (XML) and the
transitions layout of witan.send all become one ``OwnCaseload``: counts by age,
need and place of each January, and of those who stayed, joined, left or moved
between two. Nothing about one person leaves this package.
"""

from sendlib.intake.caseload import OwnCaseload, load_caseload, read_caseload, save_caseload
from sendlib.intake.findings import CaseloadError, write_report
from sendlib.intake.sen2_return import read_urns
from sendlib.intake.store import local_salt
from sendlib.intake.write import write_template

__all__ = [
    "CaseloadError",
    "OwnCaseload",
    "load_caseload",
    "local_salt",
    "read_caseload",
    "read_urns",
    "save_caseload",
    "write_report",
    "write_template",
]
