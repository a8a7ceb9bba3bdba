"""Own records judged as a whole, and columns of which nothing can be read; all are invented."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from error_codes import codes, refuses
from invented_people import SALT, frame, person, read
from sendlib.errors import ParameterError
from sendlib.intake import CaseloadError, read_caseload
from sendlib.intake.people import EXTRACT
from sendlib.intake.write import write_extract, write_sen2

PEOPLE = [
    person(f"0{number:03d}", 2024, 2025, born=date(2005 + number % 14, 5, 1))
    for number in range(101, 161)
]
BAD = ["n/k", "31/12/13", "?", "0", "-1", "1e400", "nan", "\u2212", "x" * 300, "=1+1"]
CASES = Path(__file__).parents[3] / "shared" / "cases"


def people(tmp_path, change=lambda rows: rows):
    path = tmp_path / "people.csv"
    write_extract(change(frame(*PEOPLE)), path)
    return path


def judged(tmp_path, change, *confirmed, **more):
    path = people(tmp_path, change)
    return read_caseload([path], salt=SALT, confirmed=confirmed, **more)


def lose_zeros(rows):
    of_2025 = rows["january"] == 2025
    shorter = rows["reference"].str.lstrip("0").where(of_2025, rows["reference"])
    return rows.assign(reference=shorter)


WHOLE = {
    "few_stay": lose_zeros,
    "january_short": lambda rows: rows.sort_values("january").iloc[:-6],  # cut at a row's end
    "places_missing": lambda rows: rows.assign(place_type=""),
}


@pytest.mark.parametrize("check", WHOLE)
def test_what_no_row_shows_is_refused_until_a_person_confirms_it(tmp_path, check):
    with pytest.raises(CaseloadError) as caught:
        judged(tmp_path, WHOLE[check])
    assert set(codes(caught.value)) == {check}
    kept = judged(tmp_path, WHOLE[check], check)
    assert check in set(kept.findings["check"])


def test_plans_far_from_the_published_number_are_confirmed_too(tmp_path):
    with refuses(CaseloadError, "unlike_published", match="January 2025: 60 here, 70 published"):
        judged(tmp_path, lambda rows: rows, published={2025: 70.0, 2019: 1.0})
    assert judged(tmp_path, lambda rows: rows, published={2025: 62.0}).januaries == (2024, 2025)


def test_only_what_is_a_matter_of_judgement_can_be_confirmed(tmp_path):
    with refuses(ParameterError, "not_to_confirm", match="few_stay"):
        judged(tmp_path, lambda rows: rows, "few_stai")
    with refuses(ParameterError, "not_to_confirm"):
        judged(tmp_path, lambda rows: rows, "one_january")


@pytest.mark.parametrize("bad", BAD[:3])
@pytest.mark.parametrize("heading", EXTRACT.template.values())
def test_a_column_of_one_bad_value_is_a_finding_or_a_refusal(tmp_path, heading, bad):
    path = people(tmp_path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table[heading] = bad
    table.to_csv(path, index=False)
    try:
        found = [*read_caseload([path], salt=SALT).findings["column"]]
    except CaseloadError as error:
        found = [problem.where for problem in error.problems]
    assert found or heading == "Year of birth"  # unread where there is a date of birth


@pytest.mark.parametrize("case", ["short_years", "one_bad_dob"])
def test_records_that_ended_in_a_traceback_are_told_by_row(case):
    path = CASES / case / "c.csv"
    if not path.exists():
        pytest.skip("the shared cases are not here")
    with pytest.raises(CaseloadError) as caught:
        read_caseload([path], salt=SALT)
    assert "birth_unreadable" in codes(caught.value)


def test_a_return_without_a_plan_in_force_says_so(tmp_path):
    rows = frame(*PEOPLE).assign(start=date(2030, 1, 1))
    paths = [tmp_path / f"{year}.xml" for year in (2024, 2025)]
    for year, path in zip((2024, 2025), paths, strict=True):
        write_sen2(rows, path, year)
        path.write_text(path.read_text().replace("ActivePlans", "OldPlans"))
    with pytest.raises(CaseloadError) as caught:
        read(*paths)
    assert set(codes(caught.value)) == {"no_plan_in_force"}


def test_a_persons_plans_are_matched_whichever_request_they_are_in(tmp_path):
    paths = [tmp_path / f"{year}.xml" for year in (2024, 2025)]
    for year, path in zip((2024, 2025), paths, strict=True):
        write_sen2(frame(*PEOPLE), path, year)
        text = path.read_text()
        start = text.index("<ActivePlans")
        end = text.index("</ActivePlans>") + len("</ActivePlans>")
        close = text.index("</Requests>", end)
        moved = text[:start] + text[end:close] + "</Requests><Requests>" + text[start:end]
        path.write_text(moved + text[close:])
    counted = read(*paths)
    assert counted.stock.groupby("census_year")["plans"].sum().tolist() == [60, 60]
    assert "person_twice" not in set(counted.findings["check"])
