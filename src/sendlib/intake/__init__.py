"""An authority's own caseload: read in three forms, checked, and counted at once.

Extracts (CSV or workbook), the SEN2 person-level return (XML) and the
transitions layout of witan.send all become one ``OwnCaseload``: counts by age,
need and place of each January, and of those who stayed, joined, left or moved
between two. Nothing about one person leaves this package.
"""

from sendlib.intake.caseload import OwnCaseload, read_caseload
from sendlib.intake.kept import keep_caseload, load_caseload
from sendlib.intake.report import CaseloadError, write_report
from sendlib.intake.salt import local_salt
from sendlib.intake.template import write_template
from sendlib.intake.urns import read_urns, write_urns

__all__ = [
    "CaseloadError",
    "OwnCaseload",
    "keep_caseload",
    "load_caseload",
    "local_salt",
    "read_caseload",
    "read_urns",
    "write_report",
    "write_template",
    "write_urns",
]
