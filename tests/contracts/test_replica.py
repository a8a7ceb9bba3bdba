"""The replica answers as the API's own OpenAPI document says.

Schemathesis makes requests from the document, right and wrong ones, and holds each answer to it.
The document is put right first where no answer could meet it.
"""

import copy
import gzip
import json
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import content_type_conformance, not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from replica import Catalogue, DataSet, Replica, Version, identify

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "ees_api" / "openapi-v1.json"
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]
_COUNTRY = "National,E92000001,England,,,,,,"
_REGION = "E92000001,England,E12000009,South West"
FIRST = f"""\
time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,\
old_la_code,new_la_code,la_name,breakdown,plans,plans_pc
202324,Academic year,{_COUNTRY}All,900,x
202425,Academic year,{_COUNTRY}All,1000,x
202425,Academic year,Regional,{_REGION},,,,All,100,10.0
202425,Academic year,Local authority,{_REGION},865,E06000054,Wiltshire,All,40,4.0
202425,Academic year,Local authority,{_REGION},865,E06000054,Wiltshire,Age 5,c,low
""".encode()
SECOND = FIRST.replace(b"Age 5", b"Aged 5").replace(b",40,4.0", b",41,4.1")


@pytest.fixture(scope="module")
def replica():
    versions = [
        Version("1.0", FIRST),
        Version(
            "1.1",
            FIRST.replace(b",40,", b",42,"),
            kind="Minor",
            status="Withdrawn",
            withdrawn="2026-07-01T00:00:00+00:00",
        ),
        Version("2.0", SECOND, notes="Labels of ages are new."),
        Version("2.0.1", SECOND.replace(b",41,", b",40,"), kind="Patch"),
        Version("3.0", SECOND, status="Draft"),
    ]
    with Replica(Catalogue([DataSet("Invented plans", "Plans by age", versions)])) as running:
        yield running


@pytest.fixture(scope="module")
def guid(replica):
    return replica.catalogue.data_sets[0].id


def ask(replica, path, **parameters):
    return requests.get(f"{replica.url}/v1/{path}", params=parameters, timeout=10)


def document():
    """The document; what the notes say of errors everywhere, and locations that can exist."""
    content = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    schemas = content["components"]["schemas"]
    for name in [
        name
        for name in schemas
        if name.startswith("Location") and len(schemas[name].get("allOf", ())) == 2
    ]:
        parts = [schemas["LocationOptionViewModel"], schemas[name]["allOf"][1]]
        schemas[name] = {  # two closed objects, of which an option would have to be both
            "type": "object",
            "required": [each for part in parts for each in part.get("required", ())],
            "properties": {
                key: value for part in parts for key, value in part.get("properties", {}).items()
            },
            "additionalProperties": False,
        }
    problem = {"$ref": "#/components/schemas/ProblemDetailsViewModel"}
    invalid = {"$ref": "#/components/schemas/ValidationProblemViewModel"}
    for operations in content["paths"].values():
        for operation in operations.values():
            for status, schema in (("404", problem), ("400", invalid)):
                answer = {"description": "", "content": {"application/json": {"schema": schema}}}
                operation["responses"].setdefault(status, copy.deepcopy(answer))
    return content


def operations():
    if not DOCUMENT.is_file():
        return []
    schema = schemathesis.openapi.from_dict(document())
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="the OpenAPI document is not beside the project (shared/ees_api)"
)
@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.label)
def test_every_answer_is_one_that_the_document_allows(replica, guid, operation):
    statuses = set()
    publication = next(iter(replica.catalogue.publications()))

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.one_of(
            operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode
        ),
        st.sampled_from([guid, guid, None]),
        st.sampled_from(["1.0", "2.*", "*", "2", "3.0", "9.9", None]),
    )
    def hold(case, data_set, version):
        if isinstance(case.path_parameters, dict):
            if data_set:
                real = {"dataSetId": data_set, "publicationId": publication}
                case.path_parameters |= {n: real[n] for n in real if n in case.path_parameters}
            if version and "dataSetVersion" in case.path_parameters:
                case.path_parameters["dataSetVersion"] = version
        response = case.call(base_url=replica.url)
        case.validate_response(response, checks=CHECKS)
        statuses.add(response.status_code)

    hold()
    assert statuses <= {200, 400, 403, 404, 405}
    assert len(statuses) > 1  # right and wrong requests were both made


def test_the_document_describes_the_endpoints_that_there_are():
    if not DOCUMENT.is_file():
        pytest.skip("the OpenAPI document is not beside the project (shared/ees_api)")
    assert len(operations()) == 11


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("*", "2.0.1"),
        ("2.*", "2.0.1"),
        ("1", "1.0"),
        ("1.*", "1.0"),
        ("v2.0", "2.0"),
        ("1.1", "1.1"),
    ],
)
def test_a_version_is_found_by_number_or_wildcard(replica, guid, wanted, found):
    assert ask(replica, f"data-sets/{guid}/versions/{wanted}").json()["version"] == found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("data-sets/{}/csv?dataSetVersion=1.1", 403),  # withdrawn: it is listed, but not to be had
        ("data-sets/{}/versions/1.1", 200),
        ("data-sets/{}/versions/3.0", 403),  # not public yet
        ("data-sets/{}/versions/9.0", 404),
        ("data-sets/not-a-guid", 404),
        ("data-sets/{}/csv?colour=red", 400),
        ("publications?search=ab", 400),
        ("publications?pageSize=41", 400),
        ("data-sets/{}/query?timePeriods.eq=2024/2026|AY", 400),
        ("data-sets/{}/query?locations.eq=LA|urn|1", 400),
        ("data-sets/{}/query?indicators=nowhere", 400),
    ],
)
def test_what_is_refused_is_refused_with_its_status(replica, guid, path, status):
    answer = ask(replica, path.format(guid))
    assert answer.status_code == status
    assert status < 400 or answer.json()["title"]


def test_lists_come_in_pages(replica, guid):
    first = ask(replica, f"data-sets/{guid}/versions", page=1, pageSize=3).json()
    assert first["paging"] == {"page": 1, "pageSize": 3, "totalResults": 4, "totalPages": 2}
    second = ask(replica, f"data-sets/{guid}/versions", page=2, pageSize=3).json()
    numbers = [each["version"] for page in (first, second) for each in page["results"]]
    assert numbers == ["2.0.1", "2.0", "1.1", "1.0"]


def test_changes_say_what_was_renamed_and_with_patches_what_followed(replica, guid):
    path = f"data-sets/{guid}/versions/2.0/changes"
    changes = ask(replica, path, includePatchHistory="true").json()
    gone = changes["majorChanges"]["filterOptions"][0]["options"][0]["previousState"]["label"]
    come = changes["minorChanges"]["filterOptions"][0]["options"][0]["currentState"]["label"]
    assert (gone, come, changes["notes"]) == ("Age 5", "Aged 5", "Labels of ages are new.")
    assert [each["versionNumber"] for each in changes["patchHistory"]] == ["2.0.1"]


def test_a_file_is_always_compressed_and_has_the_columns_of_its_publisher(replica, guid):
    asked = requests.get(
        f"{replica.url}/v1/data-sets/{guid}/csv?dataSetVersion=1.0", stream=True, timeout=10
    )
    assert asked.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(asked.raw.read(decode_content=False)) == FIRST


def test_queries_by_get_and_by_post_agree_and_keep_symbols(replica, guid):
    rows = {"locations.eq": "LA|code|E06000054", "filters.eq": identify("breakdown", "Aged 5")}
    by_get = ask(replica, f"data-sets/{guid}/query", **rows).json()
    place = {"locations": {"eq": {"level": "LA", "oldCode": "865"}}}
    other = {"not": {"filters": {"eq": identify("breakdown", "All")}}}
    body = "{ // a comment is allowed\n" + json.dumps({"criteria": {"and": [place, other]}})[1:]
    by_post = requests.post(
        f"{replica.url}/v1/data-sets/{guid}/query", data=body, timeout=10
    ).json()
    assert by_get == by_post
    assert sorted(by_get["results"][0]["values"].values()) == ["c", "low"]


def test_a_query_that_finds_nothing_warns(replica, guid):
    found = ask(
        replica, f"data-sets/{guid}/query", **{"timePeriods.eq": "1999|CY", "debug": "true"}
    )
    codes = {each["code"] for each in found.json()["warnings"]}
    assert codes == {"TimePeriodsNotFound", "QueryNoResults", "DebugEnabled"}


def test_newer_periods_come_first_and_sorts_change_that(replica, guid):
    newest = ask(replica, f"data-sets/{guid}/query", pageSize=1).json()["results"][0]
    oldest = ask(replica, f"data-sets/{guid}/query", pageSize=1, sorts="timePeriod|Asc").json()[
        "results"
    ][0]
    assert (newest["timePeriod"]["period"], oldest["timePeriod"]["period"]) == (
        "2024/2025",
        "2023/2024",
    )
