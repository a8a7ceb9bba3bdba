import pandas as pd
import pytest

from sendlib.finance.comparison import agreement_steps, within_rounding

CAP = "safety valve maximum cumulative deficit excluding payments"
PLANNED = "planned in-year high needs deficit"


@pytest.fixture(scope="module")
def figures(tables):
    return tables["council_figure"]


@pytest.fixture(scope="module")
def steps(figures):
    return agreement_steps(figures, "865").set_index("step")


def test_the_deficit_and_the_plan_of_2024_25_roll_forward_to_the_limit_of_the_agreement(steps):
    added_up = steps.loc["Balance at 31 March 2025 before payments, added up"]
    assert added_up["amount"] == pytest.approx(-84.497e6)
    limit = steps.loc["Limit of the agreement for 31 March 2025"]
    assert (limit["amount"], limit["agrees"]) == (-84.5e6, True)


def test_the_payments_of_the_department_leave_what_the_agreement_says_to_the_council(steps):
    added_up = steps.loc["Left to the council, added up"]
    assert added_up["amount"] == pytest.approx(-70.2e6)
    assert steps.loc["Left to the council in the agreement", "agrees"]


def test_every_printed_figure_has_its_source_and_only_results_agree_or_not(steps):
    made_here = steps.index.str.endswith("added up")
    assert steps.loc[~made_here, "source_id"].notna().all()
    assert steps.loc[made_here, "source_id"].isna().all()
    assert steps["agrees"].notna().sum() == 2


def test_a_result_beyond_its_rounding_does_not_agree(figures):
    value = figures["value"].mask(figures["item"] == CAP, 84.4)
    other = agreement_steps(figures.assign(value=value), "865").set_index("step")
    assert not other.loc["Limit of the agreement for 31 March 2025", "agrees"]
    assert other.loc["Left to the council in the agreement", "agrees"]


def test_a_figure_that_was_stated_again_counts_as_stated_last(figures):
    again = figures[figures["item"] == CAP].assign(value=84.6)
    both = pd.concat([figures, again], ignore_index=True)
    limit = agreement_steps(both, "865").set_index("step")
    assert limit.loc["Limit of the agreement for 31 March 2025", "amount"] == -84.6e6


def test_a_sum_of_which_a_figure_is_not_held_is_left_out(figures):
    steps = agreement_steps(figures[figures["item"] != PLANNED], "865")
    assert len(steps) == 4
    assert not steps["step"].str.contains("2025").any()


@pytest.mark.parametrize("area", ["802", "999"])
def test_an_authority_without_an_agreement_has_no_steps(figures, area):
    empty = agreement_steps(figures, area)
    assert empty.empty
    assert list(empty) == ["step", "amount", "source_id", "agrees"]


@pytest.mark.parametrize(
    ("added_up", "printed", "agrees"),
    [(84.45, 84.5, True), (84.549, 84.5, True), (84.551, 84.5, False), (69.6, 70, True)],
)
def test_a_sum_agrees_to_the_last_digit_that_was_printed(added_up, printed, agrees):
    assert within_rounding(added_up, printed) is agrees
