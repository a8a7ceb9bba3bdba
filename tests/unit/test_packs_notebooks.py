import nbformat
import pytest
from nbformat.v4 import new_notebook

from error_codes import codes, refuses
from invented_notebooks import make_project, write_notebook
from sendlib.errors import NotebookError
from sendlib.packs.notebooks import contents, find_notebook, list_notebooks
from sendlib.project import Project


@pytest.fixture
def project(tmp_path):
    project = make_project(tmp_path / "project")
    write_notebook(project.notebooks, "31_what_it_costs.ipynb", title="What does it cost?")
    write_notebook(project.notebooks, "21_demand.ipynb", title="Demand")
    return project


def test_notebooks_are_listed_by_number_with_their_titles(project):
    listed = [(n.number, n.slug, n.title, n.chapter) for n in list_notebooks(project)]
    assert listed == [
        ("21", "demand", "Demand", "Children"),
        ("31", "what-it-costs", "What does it cost?", "Money and neighbours"),
    ]


@pytest.mark.parametrize(
    "name",
    ["31", "what-it-costs", "what_it_costs", "31_what_it_costs.ipynb", "31-what-it-costs"],
)
def test_a_notebook_answers_to_its_number_slug_and_file_name(project, name):
    assert find_notebook(project, name).page == "31-what-it-costs.html"


def test_an_unknown_notebook_names_the_nearest_one(project):
    with refuses(NotebookError, "unknown_notebook", match="demand"):
        find_notebook(project, "demnad")


@pytest.mark.parametrize("name", ["Untitled", "out", "21_demand-Copy1", "25-requests"])
def test_a_notebook_that_is_not_named_like_a_page_stands_in_nobody_s_way(project, name):
    (project.notebooks / f"{name}.ipynb").write_text("half a noteb")
    assert [found.number for found in list_notebooks(project)] == ["21", "31"]
    with refuses(NotebookError, "unknown_notebook"):
        find_notebook(project, f"{name}.ipynb")


def test_all_unusable_notebooks_are_reported_at_once(project):
    write_notebook(project.notebooks, "21_again.ipynb")
    nbformat.write(new_notebook(), project.notebooks / "41_untitled.ipynb")
    with pytest.raises(NotebookError) as caught:
        list_notebooks(project)
    assert sorted(codes(caught.value)) == ["no_heading", "number_shared"]
    found = {problem.code: problem for problem in caught.value.problems}
    assert found["no_heading"].where == "41_untitled.ipynb"
    assert "21_again.ipynb, 21_demand.ipynb" in found["number_shared"].found


def test_the_contents_are_the_pages_but_for_the_first(root):
    project = Project(root)
    listed = contents(project)
    assert listed["question"].tolist() == [page.title for page in list_notebooks(project)[1:]]
    assert "00" not in listed["page"].tolist()
