"""Disclosure control over finished pages; every count here is invented."""

import dataclasses
import json
import re
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output

from invented_notebooks import write_notebook
from sendlib import charts, disclosure, pages
from sendlib.board.disclosure import everything as discreet
from sendlib.cohort.axes import AGES
from sendlib.cohort.evidence import evidence_from_movements
from sendlib.cohort.summaries import flows_between
from sendlib.errors import ParameterError
from sendlib.intake.movements import stock_of
from sendlib.project import Project
from sendlib.vocabulary import OUTSIDE

COUNTS = pd.DataFrame({"asd": [12, 20], "hi": [30, 9]}, index=["mainstream", "special"])


@dataclasses.dataclass(frozen=True)
class Draft:
    """As much of a draft as disclosure control looks at."""

    folder: object
    pages: tuple = ()
    setting: object = dataclasses.field(default_factory=lambda: SimpleNamespace(notebooks=()))
    parameters: dict = dataclasses.field(default_factory=dict)
    previous: object = None
    figures: dict = dataclasses.field(default_factory=dict)
    project: object = None


def table(frame=COUNTS, *, name="needs", own="own", **more):
    placed = frame if "place" in frame else frame.rename_axis("place").reset_index()
    made = pages.table(placed, caption="Invented plans", name=name, origin=own, **more)
    return made._repr_html_()


def page_of(folder, *parts, name="23-places.html"):
    folder.mkdir(exist_ok=True)
    inside = "\n".join(part if isinstance(part, str) else part._repr_html_() for part in parts)
    (folder / name).write_text(f"<html><main>{inside}</main><footer>2 plans</footer></html>")
    return Draft(folder)


def told(draft, **more):
    return [str(problem) for problem in discreet.find_problems(draft, **more)]


def small(value=3):
    return COUNTS.replace(12, value)


def test_counts_of_five_or_more_and_nought_may_be_shown(tmp_path):
    assert told(page_of(tmp_path, table(), table(small(0), name="two"))) == []


@pytest.mark.parametrize("value", [1, 4])
def test_a_small_count_of_own_records_is_found_and_not_repeated(tmp_path, value):
    (problem,) = told(page_of(tmp_path, table(small(value))))
    assert "23-places.html, table needs, mainstream: a count below 5 in Asd" in problem
    assert not re.search(rf"\b{value}\b", problem)


def test_a_published_small_count_may_be_shown(tmp_path):
    assert told(page_of(tmp_path, table(small(), own=""))) == []
    both = page_of(tmp_path, pages.own_records(), table(small(), own="published"))
    assert told(both) == []


def test_one_sentence_puts_a_whole_page_under_control(tmp_path):
    assert told(page_of(tmp_path, pages.own_records(), table(small(), own="")))


def test_what_counts_no_child_may_be_small(tmp_path):
    weeks = page_of(tmp_path, pages.own_records(), table(small(), own="not_people"))
    assert told(weeks) == []


def test_the_smallest_count_shown_can_be_raised_to_ten_and_no_further(tmp_path):
    draft = page_of(tmp_path, table())
    assert len(told(draft, fewest=10)) == 1
    with pytest.raises(ParameterError, match="3 to 10"):
        discreet.find_problems(draft, fewest=11)


def test_a_number_that_the_page_rounds_up_is_found_in_the_csv(tmp_path):
    mean = COUNTS.astype(float).replace(12, 4.6)
    assert told(page_of(tmp_path, table(mean, formats={"asd": "count"})))


def test_a_protected_table_may_be_shown_and_its_halves_may_not(tmp_path):
    made = disclosure.protect(small())
    assert made.secondary
    whole = table(made.shown, status=made.status.reset_index(drop=True))
    assert told(page_of(tmp_path, whole)) == []
    only_first = pd.DataFrame({"asd": ["suppressed", "", ""]})
    halved = table(disclosure.with_totals(small()), status=only_first)
    (problem,) = told(page_of(tmp_path, halved))
    assert "withheld cells can be told to within 5 from the totals" in problem


def test_a_total_of_rows_alone_gives_a_cell_away_too(tmp_path):
    frame = pd.DataFrame({"place": ["a", "b", "c", "Total"], "plans": [3, 10, 20, 33]})
    status = pd.DataFrame({"plans": ["suppressed", "", "", ""]})
    assert told(page_of(tmp_path, table(frame, status=status)))
    status = pd.DataFrame({"plans": ["suppressed", "suppressed", "", ""]})
    assert told(page_of(tmp_path, table(frame, status=status))) == []


def test_a_percentage_of_a_few_is_found_beside_its_count(tmp_path):
    frame = pd.DataFrame({"place": ["a"], "plans": [20], "moved_pct": [10.0]})
    assert "beside it tells a count below 5" in told(page_of(tmp_path, table(frame)))[0]
    assert told(page_of(tmp_path, table(frame.assign(moved_pct=40.0)))) == []
    assert told(page_of(tmp_path, table(frame.assign(moved_pct=0.0)))) == []


@pytest.mark.parametrize(
    "text", ["Of these, 3 plans ended.", "Two young people moved.", "4 new tribunal cases"]
)
def test_words_about_own_records_tell_of_no_few(tmp_path, text):
    (problem,) = told(page_of(tmp_path, pages.own_records(), pages.takeaway(text)))
    assert "words tell a count below 5" in problem
    assert "3 plans" not in problem
    assert told(page_of(tmp_path, pages.takeaway(text))) == []


@pytest.mark.parametrize(
    "text",
    ["1 in 4 children", "3 of 12 years", "12 plans", "In 3 years", "0 plans", "Key Stage 2 pupils"],
)
def test_words_that_count_no_few_children_stay(tmp_path, text):
    assert told(page_of(tmp_path, pages.own_records(), pages.takeaway(text))) == []


def test_a_tile_with_a_small_count_is_found(tmp_path):
    tiles = pages.key_figures(pages.KeyFigure("plans_in_force", 3))
    assert told(page_of(tmp_path, pages.own_records(), tiles))


def chart(alt, *, label="", numbers=COUNTS):
    axes = Figure().add_subplot()
    axes.plot([1, 2, 3, 4], [1, 2, 3, 4])
    axes.text(2, 2, label)
    frame = numbers.rename_axis("place").reset_index()
    behind = pages.table(frame, caption="Invented", name="c", origin="own")
    return charts.show(axes, title="Invented", alt=alt, source="Invented", table=behind, name="c")


def test_the_words_and_the_labels_of_a_chart_are_read_but_not_its_axes(tmp_path):
    good = "Chart of invented flows: mainstream to special 12, and 9 back."
    assert told(page_of(tmp_path, chart(good, label="12"))) == []
    (problem,) = told(page_of(tmp_path, chart(good.replace("12", "3"))))
    assert "chart c: a count below 5 in the words or the labels of the chart" in problem
    assert told(page_of(tmp_path, chart(good, label="3")))
    assert "table c" in told(page_of(tmp_path, chart(good, numbers=small())))[0]


@pytest.mark.parametrize(
    ("alt", "problems"),
    [
        ("Plans in an invented place: 1,110 in 2025, 2,004 (1,867 to 2,870) in 2035.", 0),
        ("Plans in an invented place: 3 in 2025, 12 (9 to 14) in 2035, limit 20.", 1),
        ("Plans by age in an invented place: ages 0 to 4 12, ages 5 to 9 30.", 0),
        ("Requests in an invented place: 2 in April 2025, from 20 to 30 before.", 1),
        ("Invented shares of plans: 2.4%, 3%, +4 and £3 in the last 4 years.", 0),
        ("Invented plans that moved in the year: 3 of 12 children in all did.", 1),
    ],
)
def test_a_description_may_hold_years_ages_and_shares_but_no_small_count(tmp_path, alt, problems):
    assert len(told(page_of(tmp_path, chart(alt)))) == problems


def previous_of(folder, *parts, figures=None):
    page_of(folder, *parts)
    return SimpleNamespace(folder=folder, record={"figures": figures or {}})


def since(tmp_path, now, before, **more):
    draft = page_of(tmp_path / "now", *now)
    previous = previous_of(tmp_path / "before", *before, **more)
    return dataclasses.replace(draft, previous=previous)


def test_two_packs_whose_difference_is_small_are_found(tmp_path):
    grown = COUNTS.replace({12: 15, 9: 69})
    (problem,) = told(since(tmp_path, [table(grown)], [table()]))
    assert "table needs, mainstream: with the last pack it tells a difference below 5" in problem
    assert told(since(tmp_path, [table(grown, own="")], [table(own="")])) == []
    assert told(since(tmp_path, [table(grown, name="others")], [table()])) == []
    assert told(since(tmp_path, [table()], [table()])) == []


def test_ranges_of_a_model_are_not_counts_of_anyone(tmp_path):
    now = pd.DataFrame({"place": ["a"], "low": [20], "middle": [30], "high": [40]})
    later = now.assign(middle=31)
    assert told(since(tmp_path, [table(later)], [table(now)])) == []
    counted, recounted = (now.assign(low=count, middle=count, high=count) for count in (30, 31))
    assert told(since(tmp_path, [table(recounted)], [table(counted)]))


def test_what_one_pack_withholds_and_the_other_shows_is_found(tmp_path):
    frame = pd.DataFrame({"place": ["a", "b", "c", "Total"], "plans": [3, 10, 20, 33]})
    hidden = [pd.DataFrame({"plans": ["suppressed", *rest, ""]}) for rest in
              (["suppressed", ""], ["", "suppressed"])]  # fmt: skip
    packs = [[table(frame, status=status)] for status in hidden]
    (problem,) = told(since(tmp_path, *packs))
    assert "what one pack withholds can be told from the other" in problem
    assert told(since(tmp_path, packs[0], packs[0])) == []


def test_a_key_figure_may_not_move_by_a_few_either(tmp_path):
    figure = {"label": "Plans", "value": "33", "detail": "", "page": "23-places.html"}
    draft = since(tmp_path, [table()], [table()], figures={"plans": figure | {"numbers": [30]}})
    few = dataclasses.replace(draft, figures={"plans": figure | {"numbers": [33]}})
    assert "key figure Plans: with the last pack" in told(few)[0]
    many = dataclasses.replace(draft, figures={"plans": figure | {"numbers": [63]}})
    assert told(many) == []


def notebook_of(folder, *outputs, tags=()):
    cell = new_code_cell("1", outputs=list(outputs), metadata={"tags": list(tags)})
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[cell]), folder / "notebooks" / "23_places.ipynb")


def test_an_executed_notebook_holds_no_more_than_its_page(tmp_path):
    draft = page_of(tmp_path, table())
    marked = new_output("display_data", data={"text/html": str(pages.own_records().html)})
    printed = new_output("stream", text="special  3\n")
    notebook_of(tmp_path, marked, printed)
    assert "notebooks/23_places.ipynb: printed text tells a count below 5" in told(draft)[0]
    bare = new_output("execute_result", data={"text/plain": "array([3, 12])"})
    notebook_of(tmp_path, marked, bare)
    assert "a bare value that no check can judge" in told(draft)[0]
    hidden = new_output("display_data", data={"text/html": table(small())})
    notebook_of(tmp_path, marked, hidden, tags=["hide"])
    assert "23_places.ipynb, table needs, mainstream: a count below 5" in told(draft)[0]
    notebook_of(tmp_path, printed, bare)
    assert told(draft) == []


def test_files_beside_pages_of_own_records_are_judged_too(tmp_path):
    draft = page_of(tmp_path, table())
    (tmp_path / "more.csv").write_text("place,plans\nspecial,3\n", encoding="utf-8")
    assert "more.csv, table 1, special: a count below 5 in plans" in told(draft)[0]
    with pd.ExcelWriter(tmp_path / "more.xlsx", engine="xlsxwriter") as book:
        small().to_excel(book, sheet_name="Needs")
    assert any("more.xlsx, sheet Needs" in problem for problem in told(draft))
    assert told(page_of(tmp_path, table(own=""))) == []


def test_nothing_about_one_person_is_published_whatever_it_is_called(tmp_path):
    people = COUNTS.assign(date_of_birth="2011-03-17").rename(columns={"hi": "Surname"})
    problems = " ".join(told(page_of(tmp_path, table(people, own=""))))
    assert "a column Surname" in problems
    assert "a column Date of birth" in problems
    number = page_of(tmp_path, pages.takeaway("See A123456789012."))
    assert "a unique pupil number" in told(number)[0]
    (tmp_path / "rows.parquet").write_bytes(b"rows")
    (tmp_path / "run.json").write_text(json.dumps({"who": "A123456789012"}), encoding="utf-8")
    assert "run.json: a unique pupil number" in " ".join(told(page_of(tmp_path, table())))
    assert "rows.parquet: a kind of file that cannot be judged" in " ".join(told(number))


def test_a_page_that_shows_own_records_has_to_say_so(tmp_path):
    notebook = write_notebook(tmp_path, "23_places.ipynb", cells=["1 + 1"])
    draft = dataclasses.replace(
        page_of(tmp_path / "run", table(own=""), name=notebook.page),
        setting=SimpleNamespace(notebooks=(notebook,)),
        parameters={"23_places.ipynb": {"caseload": "own", "la_code": "999"}},
        project=Project(tmp_path),
    )
    assert told(draft) == []
    (tmp_path / "data" / "processed" / "own" / "999").mkdir(parents=True)
    assert "figures from own records are not marked as such" in told(draft)[0]
    published = {"23_places.ipynb": {"caseload": "published", "la_code": "999"}}
    assert told(dataclasses.replace(draft, parameters=published)) == []
    page_of(tmp_path / "run", pages.own_records(), table(own=""), name=notebook.page)
    assert told(draft) == []
    invented = pages.banner("Invented.", "synthetic")
    page_of(tmp_path / "run", invented, table(own=""), name=notebook.page)
    assert told(draft) == []


@pytest.mark.parametrize("fewest", [5, 10])
def test_flows_of_own_records_are_rounded_so_that_january_counts_give_none_away(fewest):
    moves = [
        ("mainstream", "mainstream", 60),
        ("mainstream", "state_special", 1),
        ("state_special", "state_special", 40),
        (OUTSIDE, "mainstream", 13),
        ("state_special", OUTSIDE, 3),
    ]
    movements = pd.DataFrame(moves, columns=["place_from", "place_to", "plans"]).assign(
        census_year=2025, age=9, need_from="asd", need_to="asd"
    )
    residents = pd.DataFrame(1000.0, index=[2025], columns=list(AGES))
    evidence = evidence_from_movements(stock_of(movements), movements, residents, kind="own")
    groups = {str(place): [place] for place in evidence.axes.places}
    whole, shown = (
        flows_between(evidence, groups, joined="Joined", left="Left", minimum_count=each)
        for each in (0, fewest)
    )
    assert whole["value"].sum() == 117
    assert (shown["value"] % fewest == 0).all()
    assert shown["value"].min() >= fewest
    assert len(shown) < len(whole)
