import numpy as np
import pytest

from error_codes import refuses
from invented_notebooks import PARAMETERS, write_notebook
from sendlib.errors import ParameterError
from sendlib.packs import parameters


@pytest.fixture
def notebook(tmp_path):
    return write_notebook(tmp_path).path


def test_a_notebook_says_what_it_takes(notebook):
    described = parameters.list_parameters(notebook)
    assert [(p.name, p.kind, p.default, p.help) for p in described] == [
        ("la_code", str, "865", "three-digit DfE code"),
        ("horizon", int, 5, "years ahead"),
        ("growth", float, 1.5, "per cent a year"),
        ("detailed", bool, False, "show more"),
    ]


def test_a_notebook_without_a_parameters_cell_takes_nothing(tmp_path):
    assert parameters.list_parameters(write_notebook(tmp_path, parameters=None).path) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('area = "865"', "name: type = literal"),
        ("horizon: int = 2 + 3", "literal of type int"),
        ('horizon: int = "5"', "literal of type int"),
        ("detailed: bool = 1", "literal of type bool"),
        ("years: list = [1]", "one of the types int, float, str, bool"),
        ('rule: str = "a=b"', "papermill passes over this line"),
        ("import os", "name: type = literal"),
        ("horizon: int =", "invalid syntax"),
    ],
)
def test_a_line_that_papermill_would_pass_over_is_an_error(tmp_path, line, words):
    notebook = write_notebook(tmp_path, parameters=f"{PARAMETERS}\n{line}").path
    with pytest.raises(ParameterError, match=f"(?i){words}"):
        parameters.list_parameters(notebook)


@pytest.mark.parametrize(("horizon", "growth"), [("8", "2"), (8, 2)])
@pytest.mark.parametrize("rest", [{}, {"detailed": "yes"}, {"detailed": True}])
def test_values_get_the_declared_types_and_the_rest_its_defaults(notebook, horizon, growth, rest):
    checked = parameters.check(notebook, {"horizon": horizon, "growth": growth, **rest})
    assert checked == {"la_code": "865", "horizon": 8, "growth": 2.0, "detailed": bool(rest)}
    assert type(checked["growth"]) is float


@pytest.mark.parametrize("code", [865, 865.0, np.int64(865), " 865 ", "865"])
def test_a_code_that_is_a_number_becomes_text(notebook, code):
    assert parameters.check(notebook, {"la_code": code})["la_code"].strip() == "865"


@pytest.mark.parametrize("horizon", [3.0, "3.0", np.int64(3), " 3 "])
def test_a_whole_number_with_a_decimal_point_is_one(notebook, horizon):
    checked = parameters.check(notebook, {"horizon": horizon})
    assert (checked["horizon"], type(checked["horizon"])) == (3, int)


def test_unknown_parameter_names_the_nearest_valid_one(notebook):
    with refuses(ParameterError, "unknown_parameter", match="horizn.*horizon"):
        parameters.check(notebook, {"horizn": 8})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", "abc"),
        ("horizon", "3.5"),
        ("horizon", True),
        ("horizon", 3.5),
        ("growth", "fast"),
        ("detailed", "perhaps"),
        ("la_code", 86.5),
        ("la_code", True),
        ("la_code", ["865"]),
        ("la_code", None),
    ],
)
def test_a_value_of_another_type_is_an_error(notebook, name, value):
    with pytest.raises(ParameterError, match=f"parameter {name}: found"):
        parameters.check(notebook, {name: value})


def test_all_problems_are_reported_at_once(notebook):
    with pytest.raises(ParameterError) as caught:
        parameters.check(notebook, {"horizn": 8, "growth": "fast", "detailed": "perhaps"})
    assert len(caught.value.problems) == 3


def test_each_notebook_of_a_pack_takes_what_it_declares(tmp_path):
    first = write_notebook(tmp_path, "10_first.ipynb", parameters="a: int = 1  # one")
    second = write_notebook(tmp_path, "20_second.ipynb", parameters="b: int = 2  # two")
    shared = parameters.share([first.path, second.path], {"a": "3", "b": "4"})
    assert shared == [{"a": 3}, {"b": 4}]


def test_a_problem_that_two_notebooks_share_is_reported_once(tmp_path):
    paths = [write_notebook(tmp_path, name).path for name in ("10_a.ipynb", "20_b.ipynb")]
    with pytest.raises(ParameterError) as caught:
        parameters.share(paths, {"horizon": "abc"})
    assert len(caught.value.problems) == 1
