"""What each edition of the EHCP release holds: its files, their rows and columns.

A new edition needs an entry here and its labels in ``crosswalks.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sendlib.vocabulary import TOTAL, FlowMeasure


@dataclass(frozen=True)
class Member:
    """One file of a release and what is taken from it.

    Parameters
    ----------
    name : str
        The file's name inside the release.
    table : str
        The long table that it feeds.
    columns : str
        The crosswalk field that names its value columns.
    rows : Mapping[str, str]
        For each column that labels rows, the crosswalk field of its labels.
    topics : Mapping[str, str]
        For files with ``breakdown_topic``: the topics taken, and the crosswalk
        field of their ``breakdown``; empty text for a topic of totals.
    values : Mapping[str, str]
        Value columns and their standard terms that need no crosswalk, such as
        the total.
    """

    name: str
    table: str
    columns: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


AGES = "age_label"
PLACES = "setting_label"
LAYOUTS: dict[str, tuple[Member, ...]] = {
    "dfe_ehcp_2022": (
        Member(
            "sen2_age_caseload.csv",
            "age",
            rows={"characteristic_age": AGES},
            values={"Total_all": TOTAL},
        ),
        Member(
            "sen2_estab_caseload.csv",
            "caseload",
            rows={"establishment_type": PLACES},
            values={"Total_all": TOTAL},
        ),
        Member("sen2_mi.csv", "flow", columns="flow_column"),
    ),
    "dfe_ehcp_2025": (
        Member(
            "caseload.csv",
            "caseload",
            columns="setting_column",
            topics={"All EHC plans": "", "Child or young persons age": AGES},
            values={"ehcplans": TOTAL},
        ),
        Member(
            "newplans.csv",
            "new_plans",
            columns="setting_column",
            topics={"New EHC plans": "", "Age when plan started": AGES},
            values={"new_ehc_plans": TOTAL},
        ),
        Member(
            "sen_needs_all_plans.csv",
            "need",
            columns="need_column",
            topics={
                "All EHC plans": "",
                "Child or young persons age": AGES,
                "Type of placement": PLACES,
            },
        ),
        Member(
            "ceased_plans.csv",
            "ceased",
            columns="reason_column",
            topics={
                "All ceased EHC plans": "",
                "Age plan ceased": AGES,
                "Type of placement": PLACES,
            },
        ),
        Member(
            "requests.csv",
            "flow",
            columns="request_column",
            topics={"All requests for EHC needs assessments": ""},
        ),
        Member(
            "assessments.csv",
            "flow",
            columns="assessment_column",
            topics={"All EHC needs assessments": ""},
        ),
        Member(
            "newplans.csv",
            "flow",
            topics={"New EHC plans": ""},
            values={"new_ehc_plans": FlowMeasure.NEW_PLANS.value},
        ),
        Member(
            "timeliness_20_week.csv",
            "flow",
            columns="timeliness_column",
            topics={"All EHC plans issued": ""},
        ),
        Member(
            "ceased_plans.csv",
            "flow",
            topics={"All ceased EHC plans": ""},
            values={"total_ceased": FlowMeasure.CEASED_PLANS.value},
        ),
    ),
}
