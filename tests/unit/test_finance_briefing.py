"""What a board is told of the years ahead agrees with the model, and says why it is empty."""

import pytest

from sendlib import charts, cohort, finance
from sendlib.authority import Authority
from sendlib.finance import brief, deficit_ranges
from sendlib.finance.briefing import SPECIAL
from sendlib.pages.formats import count, gbp_m


@pytest.fixture(scope="module")
def authority(project):
    return Authority.open("865", as_of=2025, project=project)


@pytest.fixture(scope="module")
def made(authority, base):
    return brief(authority, scenario=base)


def test_a_brief_is_what_the_model_makes_of_the_scenario(made, authority, base):
    model = finance.Model.from_tables(authority.load, area_code=authority.code, origin=2025)
    needed = cohort.places_needed(model.places(base), SPECIAL)
    state = needed[needed["name"] == "State special school"].iloc[-1]
    assert set(made.special_places["name"]) == set(SPECIAL)
    assert f"need {count(state['low'])} to {count(state['high'])} places" in made.places_title
    ahead = deficit_ranges(model.run(base))
    ends = ahead.set_index("financial_year").loc["2027-28"]
    assert f"{gbp_m(ends['low'])} and {gbp_m(ends['high'])} without support" in made.support
    assert made.deficits["middle"].tolist() == ahead["middle"].tolist()
    assert "Wiltshire" in made.deficit_title
    assert len(made.past)


def test_a_brief_without_ages_is_empty_and_its_charts_say_why(project, base):
    early = brief(Authority.open("865", as_of=2023, project=project), scenario=base)
    assert early.special_places.empty
    assert early.deficits.empty
    words = {"title": early.deficit_title, "source": "invented", "band": "8 outcomes in 10"}
    shown = (
        charts.fan(early.past, early.deficits, **words),
        charts.fans(early.special_places, **words),
    )
    for block in shown:
        assert "cannot be followed by age" in block._repr_html_()
    assert early.support == ""
