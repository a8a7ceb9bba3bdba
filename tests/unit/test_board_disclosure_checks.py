"""Disclosure control over finished pages; every count here is invented."""

import base64
import dataclasses
import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from error_codes import codes, places
from invented_notebooks import write_notebook
from sendlib import charts, pages
from sendlib.board import disclosure_checks
from sendlib.project import Project

COUNTS = pd.DataFrame({"asd": [12, 20], "hi": [30, 9]}, index=["mainstream", "special"])


@dataclasses.dataclass(frozen=True)
class Draft:
    """As much of a draft as disclosure control looks at."""

    folder: object
    setting: object = dataclasses.field(
        default_factory=lambda: SimpleNamespace(notebooks=(), title=SimpleNamespace(la_code="999"))
    )
    parameters: dict = dataclasses.field(default_factory=dict)
    previous: object = None
    figures: dict = dataclasses.field(default_factory=dict)
    project: object = dataclasses.field(
        default_factory=lambda: SimpleNamespace(outputs=Path("no outputs"))
    )
    record: dict = dataclasses.field(default_factory=dict)

    @property
    def out(self):
        return self.folder / "no outputs"


def table(frame=COUNTS, *, name="needs", own="own", **more):
    """A table of a page; one that the page alone marks as own records is not withheld by itself."""
    placed = frame if "place" in frame else frame.rename_axis("place").reset_index()
    made = pages.table(placed, caption="Invented plans", name=name, origin=own, **more)
    return made._repr_html_()


def own_page(folder, *parts, **more):
    """A page that says once that its figures come from own records."""
    return page_of(folder, pages.own_records(), *parts, **more)


def page_of(folder, *parts, name="23-places.html"):
    folder.mkdir(parents=True, exist_ok=True)
    inside = "\n".join(part if isinstance(part, str) else part._repr_html_() for part in parts)
    (folder / name).write_text(f"<html><main>{inside}</main><footer>2 plans</footer></html>")
    return Draft(folder)


def problems_of(draft, **more):
    return list(disclosure_checks.find_disclosures(draft, **more))


def small(value=3):
    return COUNTS.replace(12, value)


def csv_of(markup):
    held = re.search(r"base64,([^\"]+)\"", markup)[1]
    return base64.b64decode(held).decode("utf-8-sig")


def test_counts_of_five_or_more_and_nought_may_be_shown(tmp_path):
    assert problems_of(page_of(tmp_path, table(), table(small(0), name="two"))) == []


@pytest.mark.parametrize("value", [1, 4])
def test_a_small_count_of_own_records_is_withheld_where_its_table_is_made(tmp_path, value):
    markup = table(small(value))
    assert ">[c]</abbr>" in markup
    assert csv_of(markup).splitlines()[1] == "mainstream,[c],30"
    assert problems_of(own_page(tmp_path, markup)) == []


@pytest.mark.parametrize("value", [1, 4])
def test_a_small_count_that_was_not_withheld_is_found_and_not_repeated(tmp_path, value):
    (problem,) = problems_of(own_page(tmp_path, table(small(value), own="")))
    assert places([problem]) == [("small_count", "23-places.html, table needs, mainstream")]
    assert "asd" in problem.found
    assert not re.search(rf"\b{value}\b", str(problem))


def test_a_frame_says_itself_that_it_comes_from_own_records():
    frame = small().rename_axis("place").reset_index()
    frame.attrs["origin"] = "own"
    assert "[c]" in table(frame, own="")


def test_a_published_small_count_may_be_shown(tmp_path):
    assert "[c]" not in table(small(), own="published")
    assert problems_of(page_of(tmp_path, table(small(), own=""))) == []
    assert problems_of(own_page(tmp_path, table(small(), own="published"))) == []


def test_what_counts_no_child_may_be_small(tmp_path):
    assert problems_of(own_page(tmp_path, table(small(), own="not_people"))) == []
    weeks = pd.DataFrame({"place": ["a"], "weeks": [3], "census_year": [2025]})
    assert problems_of(own_page(tmp_path, table(weeks))) == []


def test_the_smallest_count_shown_can_be_raised_to_ten(tmp_path):
    draft = page_of(tmp_path, table())
    assert len(problems_of(draft, minimum=10)) == 1


def test_a_number_that_the_page_rounds_up_is_withheld_or_found_in_the_csv(tmp_path):
    mean = COUNTS.astype(float).replace(12, 4.6)
    assert "4.6" not in csv_of(table(mean, formats={"asd": "count"}))
    assert problems_of(own_page(tmp_path, table(mean, formats={"asd": "count"}, own="")))


def test_what_a_total_would_give_away_is_withheld_with_a_small_count(tmp_path):
    frame = pd.DataFrame({"place": ["a", "b", "c", "Total"], "plans": [3, 10, 20, 33]})
    assert csv_of(table(frame)).splitlines()[1:] == ["a,[c]", "b,[c]", "c,20", "Total,33"]
    assert problems_of(page_of(tmp_path, table(frame))) == []
    hidden = frame.assign(plans=["[c]", 10, 20, 33])
    made = table(hidden, formats={"plans": "count"}, own="")
    (problem,) = problems_of(own_page(tmp_path, made))
    assert problem.code == "withheld_count_disclosed"
    assert "5" in problem.found


def test_totals_on_both_sides_are_considered(tmp_path):
    frame = small().assign(total=small().sum(axis=1))
    frame.loc["total"] = frame.sum()
    made = table(frame)
    assert csv_of(made).count("[c]") == 4
    assert problems_of(page_of(tmp_path, made)) == []


def test_a_percentage_of_a_few_is_withheld_or_found_next_to_its_count(tmp_path):
    frame = pd.DataFrame({"place": ["a"], "plans": [20], "moved_pct": [10.0]})
    assert csv_of(table(frame)).splitlines()[1] == "a,20,[c]"
    assert "small_count_by_share" in codes(problems_of(own_page(tmp_path, table(frame, own=""))))
    for value in (40.0, 0.0):
        assert problems_of(own_page(tmp_path, table(frame.assign(moved_pct=value)))) == []


def test_a_share_does_not_give_back_the_count_next_to_it():
    frame = pd.DataFrame({"place": ["a"], "plans": [3], "of": [40], "moved_share": [0.075]})
    assert csv_of(table(frame)).splitlines()[1] == "a,[c],40,[c]"


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"place": ["a", "b"], "status": ["no change", "better"]}),
        pd.DataFrame({"place": ["a", "Total"], "moved_share": [0.1, 0.2]}),
        pd.DataFrame({"place": ["a", "a"], "need": ["asd", "hi"], "plans": [30, 40]}),
    ],
)
def test_tables_without_counts_or_with_repeated_names_may_be_shown_twice(tmp_path, frame):
    assert problems_of(since(tmp_path, [table(frame)], [table(frame)])) == []


def bars(frame, **more):
    words = {"title": "Invented", "source": "Invented", "name": "c"}
    return charts.columns(frame, **{**words, **more})


def test_a_chart_draws_no_small_count_of_own_records(tmp_path):
    frame = pd.DataFrame({"census_year": [2024, 2025], "plans": [3, 10]})
    with pytest.raises(ValueError, match="would draw counts of own records below 5"):
        bars(frame, origin="own")
    frame.attrs["origin"] = "own"
    with pytest.raises(ValueError, match="would draw counts of own records below 5"):
        bars(frame)
    assert "table c" not in str(problems_of(page_of(tmp_path, bars(frame, origin="published"))))
    assert problems_of(own_page(tmp_path, bars(frame.replace(3, 12)))) == []


def test_the_numbers_of_a_chart_are_judged_as_a_table(tmp_path):
    frame = pd.DataFrame({"census_year": [2024, 2025], "plans": [3, 10]})
    (problem,) = problems_of(own_page(tmp_path, bars(frame)))
    assert problem.code == "small_count"
    assert problem.where.endswith("table c, 2024")
    assert "plans" in problem.found


def test_a_table_that_was_made_in_another_way_cannot_be_judged(tmp_path):
    bare = "<div><table><caption>x</caption><tr><td>3</td></tr></table></div>"
    assert problems_of(own_page(tmp_path, bare))[0].code == "table_not_judged"
    assert problems_of(page_of(tmp_path, bare)) == []


def since(tmp_path, now, before, *, figures=None):
    page_of(tmp_path / "before", *before)
    record = {"figures": figures or {}}
    previous = SimpleNamespace(run_id="before", folder=tmp_path / "before", record=record)
    return dataclasses.replace(page_of(tmp_path / "now", *now), previous=previous)


def test_a_pack_is_compared_with_every_published_pack_of_its_authority(tmp_path):
    for board, la_code, state, count in (
        ("outputs/a", "999", "published", 15),
        ("outputs/deep/b", "999", "published", 16),
        ("outputs/a", "999", "failed", 17),
        ("outputs/a", "998", "published", 18),
    ):
        folder = tmp_path / board / "runs" / f"of-{count}"
        own_page(folder, table(COUNTS.replace({12: count})))
        record = {"state": state, "run_id": folder.name, "pack": {"la_code": la_code}}
        (folder / "run.json").write_text(json.dumps(record))
    project = SimpleNamespace(outputs=tmp_path / "outputs")
    now = dataclasses.replace(own_page(tmp_path / "now", table(COUNTS)), project=project)
    found = [problem.found for problem in problems_of(now)]
    assert set(codes(problems_of(now))) == {"small_difference"}
    assert sorted({word for each in found for word in each.split() if "of-" in word}) == [
        "of-15",
        "of-16",
    ]


def test_two_packs_whose_difference_is_small_are_found(tmp_path):
    grown = COUNTS.replace({12: 15, 9: 69})
    (problem,) = problems_of(since(tmp_path, [table(grown)], [table()]))
    assert problem.code == "small_difference"
    assert problem.where.endswith("table needs, mainstream")
    for now, before in (
        (table(grown, own=""), table(own="")),
        (table(grown, name="others"), table()),
        (table(), table()),
    ):
        assert problems_of(since(tmp_path, [now], [before])) == []


def test_ranges_of_a_model_are_not_counts_of_anyone(tmp_path):
    now = pd.DataFrame({"place": ["a"], "low": [20], "middle": [30], "high": [40]})
    later = now.assign(middle=31)
    assert problems_of(since(tmp_path, [table(later)], [table(now)])) == []
    counted, recounted = (now.assign(low=count, middle=count, high=count) for count in (30, 31))
    assert problems_of(since(tmp_path, [table(recounted)], [table(counted)]))


def test_what_one_pack_withholds_and_the_other_shows_is_found(tmp_path):
    packs = [
        [table(pd.DataFrame({"place": [*"abc", "Total"], "plans": ["[c]", *rest, 33]}),
               formats={"plans": "count"})]
        for rest in (["[c]", 20], [10, "[c]"])
    ]  # fmt: skip
    (problem,) = problems_of(since(tmp_path, *packs))
    assert problem.code == "other_pack_discloses_count"
    assert problems_of(since(tmp_path, packs[0], packs[0])) == []


def test_no_random_table_of_own_records_and_no_pair_of_them_tells_a_small_count(tmp_path):
    random = np.random.default_rng(1)
    for _ in range(10):
        rows, columns = random.integers(1, 4, 2)
        counts = pd.DataFrame(random.integers(0, 25, (rows, columns))).rename(columns=str)
        frame = counts.set_axis([f"place {place}" for place in range(rows)])
        if random.random() < 0.7:
            frame.loc["Total"] = frame.sum()
        if random.random() < 0.5:
            frame["total"] = frame.sum(axis=1)
        made = table(frame)
        assert problems_of(page_of(tmp_path, made)) == []
        shown = [line.split(",")[1:] for line in csv_of(made).splitlines()[1:]]
        told = [cell for row in shown for cell in row if cell != "[c]"]
        assert not any(0 < int(cell) < 5 for cell in told)
        assert problems_of(since(tmp_path, [made], [made])) == []


@pytest.mark.parametrize(
    ("number", "before", "found"),
    [
        (33, 30, ["small_difference_of_key_figure"]),
        (63, 30, []),
        (3, 30, ["small_key_figure"]),
        (0, 30, []),
    ],
)
def test_a_key_figure_may_not_be_small_or_move_by_a_few(tmp_path, number, before, found):
    figure = {"label": "Plans", "value": "x", "detail": "", "page": "23-places.html"}
    earlier = {"plans_in_force": figure | {"numbers": [before]}}
    draft = since(tmp_path, [table()], [table()], figures=earlier)
    now = dataclasses.replace(draft, figures={"plans_in_force": figure | {"numbers": [number]}})
    assert codes(problems_of(now)) == found


def notebook_of(folder, *outputs, tags=()):
    cell = new_code_cell("1", outputs=list(outputs), metadata={"tags": list(tags)})
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[cell]), folder / "notebooks" / "23_places.ipynb")


def test_an_executed_notebook_holds_no_more_than_its_page(tmp_path):
    draft = page_of(tmp_path, table())
    marked = new_output("display_data", data={"text/html": str(pages.own_records().html)})
    printed = new_output("stream", text="special  3\n")
    bare = new_output("execute_result", data={"text/plain": "array([3, 12])"})
    for output in (printed, bare):
        notebook_of(tmp_path, marked, output)
        (problem,) = problems_of(draft)
        assert problem.code == "output_not_judged"
        assert problem.where.endswith("notebooks/23_places.ipynb")
    hidden = new_output("display_data", data={"text/html": table(small(), own="")})
    notebook_of(tmp_path, marked, hidden, tags=["hide"])
    assert problems_of(draft)[0].code == "small_count"
    assert problems_of(draft)[0].where.endswith("23_places.ipynb, table needs, mainstream")
    notebook_of(tmp_path, printed, bare)
    assert problems_of(draft) == []


def test_nothing_about_one_person_is_published_whatever_it_is_called(tmp_path):
    people = COUNTS.assign(date_of_birth="2011-03-17").rename(columns={"hi": "Surname"})
    problems = problems_of(page_of(tmp_path, table(people, own="")))
    columns = [each.found for each in problems if each.code == "column_about_persons"]
    assert any("Surname" in found for found in columns)
    assert any("date_of_birth" in found for found in columns)
    homes = pd.DataFrame({"place": ["QZ7 9QX"], "plans": [30]})
    assert "full_postcode" in codes(problems_of(page_of(tmp_path, table(homes, own=""))))
    number = page_of(tmp_path, pages.takeaway("See A123456789012."))
    assert problems_of(number)[0].code == "pupil_number"
    (tmp_path / "run.json").write_text(json.dumps({"who": "A123456789012"}), encoding="utf-8")
    assert ("pupil_number", "run.json") in places(problems_of(page_of(tmp_path, table())))


@pytest.mark.parametrize("name", ["rows.parquet", "more.csv", "more.xlsx"])
def test_a_file_that_cannot_be_judged_stops_the_pack(tmp_path, name):
    draft = page_of(tmp_path, table())
    (tmp_path / name).write_bytes(b"place,plans\nspecial,3\n")
    (problem,) = problems_of(draft)
    assert places([problem]) == [("file_not_judged", name)]


def test_a_page_that_shows_own_records_has_to_say_so(tmp_path):
    notebook = write_notebook(tmp_path, "23_places.ipynb", cells=["1 + 1"])
    draft = dataclasses.replace(
        page_of(tmp_path / "run", table(own=""), name=notebook.page),
        setting=SimpleNamespace(notebooks=(notebook,), title=SimpleNamespace(la_code="999")),
        parameters={"23_places.ipynb": {"caseload": "own", "la_code": "999"}},
        project=Project(tmp_path),
    )
    assert problems_of(draft) == []
    (tmp_path / "data" / "processed" / "own" / "999").mkdir(parents=True)
    assert problems_of(draft)[0].code == "own_records_not_marked"
    published = {"23_places.ipynb": {"caseload": "published", "la_code": "999"}}
    assert problems_of(dataclasses.replace(draft, parameters=published)) == []
    for mark in (pages.own_records(), pages.banner("Invented.", "synthetic")):
        page_of(tmp_path / "run", mark, table(own=""), name=notebook.page)
        assert problems_of(draft) == []
