"""The closed lists: what a value may be, its label, and its order.

Members are listed in the order in which a page shows them. How a publication
writes each one stands in ``data/crosswalks.csv``, a table for every release.
"""

from enum import StrEnum

TOTAL = "total"
SUBTOTAL = "subtotal"  # a label of a publisher's that adds up others
MINIMUM_COUNT = 5  # a smaller count of an authority's own is not shown
OUTSIDE = "outside"  # no plan, on one side of a movement between two Januaries
ENGLAND = "E92000001"


class _Labelled(StrEnum):
    """A text value with a label for people."""

    label: str

    def __new__(cls, value: str, label: str) -> "_Labelled":
        """Make a member from its value and its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class AreaLevel(_Labelled):
    """What kind of area a row describes."""

    ENGLAND = "england", "England"
    REGION = "region", "Region"
    AUTHORITY = "authority", "Local authority"


class ValueStatus(_Labelled):
    """Why a value is there or is not; missing is never zero."""

    REPORTED = "reported", "published figure"
    SUPPRESSED = "suppressed", "withheld to protect individuals (c)"
    NOT_AVAILABLE = "not_available", "not available (x)"
    NOT_APPLICABLE = "not_applicable", "not applicable (z)"
    ROUNDS_TO_ZERO = "rounds_to_zero", "rounds to zero (low)"
    LOW_RELIABILITY = "low_reliability", "low reliability (u)"
    NOT_COLLECTED = "not_collected", "not collected in that year"
    NOT_USED = "not_used", "published, but not used: see the corrections (n)"


class PlaceType(_Labelled):
    """Where a child or young person with a plan is placed."""

    MAINSTREAM = "mainstream", "Mainstream school"
    RESOURCED_PROVISION = "resourced_provision", "Resourced provision"
    SEN_UNIT = "sen_unit", "SEN unit"
    INDEPENDENT_MAINSTREAM = "independent_mainstream", "Independent mainstream school"
    STATE_SPECIAL = "state_special", "State special school"
    INDEPENDENT_SPECIAL = "independent_special", "Independent special school"
    NON_MAINTAINED_SPECIAL = "non_maintained_special", "Non-maintained special school"
    ALTERNATIVE_PROVISION = "alternative_provision", "Alternative provision"
    FURTHER_EDUCATION = "further_education", "Further education"
    SPECIALIST_POST_16 = "specialist_post_16", "Specialist post-16 institution"
    EARLY_YEARS = "early_years", "Non-maintained early years"
    ELECTIVE_HOME_EDUCATION = "elective_home_education", "Elective home education"
    EOTAS = "eotas", "Education otherwise than at school"
    NEET = "neet", "Not in education, employment or training"
    AWAITING = "awaiting", "Awaiting a place"
    OTHER = "other", "Other setting"
    NOT_RECORDED = "not_recorded", "Not recorded"


class PrimaryNeed(_Labelled):
    """The main special educational need named in a plan."""

    ASD = "asd", "Autistic spectrum disorder"
    SLCN = "slcn", "Speech, language and communication needs"
    SEMH = "semh", "Social, emotional and mental health"
    MLD = "mld", "Moderate learning difficulty"
    SLD = "sld", "Severe learning difficulty"
    PMLD = "pmld", "Profound and multiple learning difficulty"
    SPLD = "spld", "Specific learning difficulty"
    PD = "pd", "Physical disability"
    HI = "hi", "Hearing impairment"
    VI = "vi", "Visual impairment"
    MSI = "msi", "Multi-sensory impairment"
    DS = "ds", "Down syndrome"
    OTH = "oth", "Other difficulty or disability"
    NOT_RECORDED = "not_recorded", "Not recorded"


class AgeBand(_Labelled):
    """The five age bands of the yearly return on plans."""

    UNDER_5 = "under_5", "Under 5"
    AGE_5_TO_10 = "5_to_10", "5 to 10"
    AGE_11_TO_15 = "11_to_15", "11 to 15"
    AGE_16_TO_19 = "16_to_19", "16 to 19"
    AGE_20_TO_25 = "20_to_25", "20 to 25"


class FlowMeasure(_Labelled):
    """What is counted over a calendar year on the way into and out of plans."""

    REQUESTS = "requests", "Requests for an assessment"
    REQUESTS_AGREED = "requests_agreed", "Requests agreed"
    REQUESTS_REFUSED = "requests_refused", "Requests refused"
    REQUESTS_OUTSTANDING = "requests_outstanding", "Requests still to be decided"
    REQUESTS_WITHDRAWN = "requests_withdrawn", "Requests withdrawn"
    MEDIATIONS_ABOUT_REQUESTS = "mediations_about_requests", "Mediations about requests"
    TRIBUNALS_ABOUT_REQUESTS = "tribunals_about_requests", "Tribunals about requests"
    ASSESSMENTS = "assessments", "Assessments"
    ASSESSMENTS_PLAN_ISSUED = "assessments_plan_issued", "Assessments that led to a plan"
    ASSESSMENTS_PLAN_NOT_ISSUED = (
        "assessments_plan_not_issued",
        "Assessments that did not lead to a plan",
    )
    ASSESSMENTS_OUTSTANDING = "assessments_outstanding", "Assessments still to be decided"
    ASSESSMENTS_WITHDRAWN = "assessments_withdrawn", "Assessments withdrawn"
    NEW_PLANS = "new_plans", "New plans"
    PLANS_ISSUED = "plans_issued", "Plans issued"
    PLANS_ISSUED_WITHIN_20_WEEKS = "plans_issued_within_20_weeks", "Plans issued within 20 weeks"
    PLANS_ISSUED_EXCLUDING_EXCEPTIONS = (
        "plans_issued_excluding_exceptions",
        "Plans issued, leaving out exceptions",
    )
    PLANS_ISSUED_WITHIN_20_WEEKS_EXCLUDING_EXCEPTIONS = (
        "plans_issued_within_20_weeks_excluding_exceptions",
        "Plans issued within 20 weeks, leaving out exceptions",
    )
    TRIBUNALS = "tribunals", "Tribunal appeals"
    CEASED_PLANS = "ceased_plans", "Plans that ended"


class CeasedReason(_Labelled):
    """Why a plan ended."""

    MAXIMUM_AGE = "maximum_age", "Reached the maximum age"
    NEEDS_MET = "needs_met", "Needs met without a plan"
    HIGHER_EDUCATION = "higher_education", "Went to higher education"
    EMPLOYMENT = "employment", "Went into employment"
    TRANSFERRED = "transferred", "Moved to another authority"
    NO_LONGER_ENGAGED = "no_longer_engaged", "No longer wishes to engage"
    LEFT_ENGLAND = "left_england", "Moved outside England"
    DIED = "died", "Died"
    OTHER = "other", "Other reason"
    NOT_RECORDED = "not_recorded", "Not recorded"


class FundingElement(_Labelled):
    """A part of the dedicated schools grant."""

    HIGH_NEEDS_BEFORE_DEDUCTIONS = (
        "high_needs_before_deductions",
        "High needs block before deductions",
    )
    HIGH_NEEDS_AFTER_DEDUCTIONS = (
        "high_needs_after_deductions",
        "High needs block after deductions",
    )
    SCHOOLS_BLOCK = "schools_block_before_recoupment", "Schools block before recoupment"


class FundingTerm(_Labelled):
    """A term of the formula of the high needs block, or what the formula comes to."""

    FORMULA_FACTORS = "formula_factors", "Formula factors"
    BASIC_ENTITLEMENT = "basic_entitlement", "Basic entitlement of a pupil"
    PUPILS = "pupils", "Pupils in special schools and academies"
    IMPORT_EXPORT = "import_export", "Import and export adjustment"
    SPECIAL_FREE_SCHOOLS = "special_free_schools", "New and growing special free schools"
    HOSPITAL_AND_PAY = (
        "hospital_and_pay",
        "Hospital education, and pay and pensions in alternative provision",
    )
    ADDITIONAL_BASE = "additional_base", "Amount that additional funding is a share of"
    ADDITIONAL = "additional", "Additional funding"
    BEFORE_DEDUCTIONS = "before_deductions", "High needs block before deductions"
    DEDUCTIONS = "deductions", "Deductions for places paid direct"
    AFTER_DEDUCTIONS = "after_deductions", "High needs block after deductions"


class ChildGroup(_Labelled):
    """The children whom an outcome is about, by their special educational needs (SEN)."""

    EHCP = "ehcp", "Children with an EHC plan"
    SEN_SUPPORT = "sen_support", "Children on SEN support"
    ALL_SEN = "all_sen", "Children with any SEN"
    NO_SEN = "no_sen", "Children without SEN"
    ALL = "all", "All children"


class OutcomeMeasure(_Labelled):
    """What became of children, by school year."""

    GOOD_DEVELOPMENT = "good_level_of_development", "Good level of development at age 5"
    PHONICS = "phonics_expected", "Expected standard in phonics in year 1"
    KS2_RWM = "ks2_rwm_expected", "Expected standard in reading, writing and maths at age 11"
    ATTAINMENT_8 = "attainment8", "Attainment 8 at age 16"
    PROGRESS_8 = "progress8", "Progress 8 at age 16"
    DESTINATION_SCHOOL = (
        "sustained_destination_school",
        "Sustained destination after 16 to 18 study at a school",
    )
    DESTINATION_COLLEGE = (
        "sustained_destination_college",
        "Sustained destination after 16 to 18 study at a college",
    )
    OVERALL_ABSENCE = "overall_absence", "Sessions missed"
    AUTHORISED_ABSENCE = "authorised_absence", "Sessions missed with leave"
    UNAUTHORISED_ABSENCE = "unauthorised_absence", "Sessions missed without leave"
    SHARE_OF_MAINSTREAM = "share_of_mainstream_pupils", "Share of the pupils of mainstream schools"
    SHARE_OF_PUPILS = "share_of_pupils", "Share of the pupils of all schools"


SPECIALIST_PLACES = (
    PlaceType.STATE_SPECIAL,
    PlaceType.INDEPENDENT_SPECIAL,
    PlaceType.NON_MAINTAINED_SPECIAL,
)
PLACE_GROUPS: dict[str, tuple[PlaceType, ...]] = {
    "Mainstream school": (PlaceType.MAINSTREAM, PlaceType.INDEPENDENT_MAINSTREAM),
    "Resourced provision or unit": (PlaceType.RESOURCED_PROVISION, PlaceType.SEN_UNIT),
    "State special school": (PlaceType.STATE_SPECIAL,),
    "Independent or non-maintained special": (
        PlaceType.INDEPENDENT_SPECIAL,
        PlaceType.NON_MAINTAINED_SPECIAL,
    ),
    "College or specialist post-16": (
        PlaceType.FURTHER_EDUCATION,
        PlaceType.SPECIALIST_POST_16,
    ),
    "Not in school or college": (
        PlaceType.ELECTIVE_HOME_EDUCATION,
        PlaceType.EOTAS,
        PlaceType.NEET,
        PlaceType.AWAITING,
    ),
    "Other or not recorded": (
        PlaceType.EARLY_YEARS,
        PlaceType.ALTERNATIVE_PROVISION,
        PlaceType.OTHER,
        PlaceType.NOT_RECORDED,
    ),
}
STATE_MAINSTREAM_PLACES = (
    PlaceType.MAINSTREAM,
    PlaceType.RESOURCED_PROVISION,
    PlaceType.SEN_UNIT,
)


def labels(members: type[_Labelled]) -> dict[str, str]:
    """The label of every value of a list, in the list's order."""
    return {member.value: member.label for member in members}
