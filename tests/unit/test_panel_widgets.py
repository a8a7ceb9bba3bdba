"""The sliders themselves, driven in process; only where ipywidgets is installed."""

import pytest

from sendlib import panel
from sendlib.project import BRIEFING_VARIABLE
from sendlib.scenarios import load_scenario

pytest.importorskip("ipywidgets", reason="ipywidgets is installed with JupyterLab only")

REQUESTS = "Requests for an assessment, % more or fewer"
GRANT = "Approval of the stability grant, % chance"


@pytest.fixture
def shown(model, own_scenarios, monkeypatch):
    """Every widget of the panel."""
    monkeypatch.delenv(BRIEFING_VARIABLE, raising=False)
    scenario = load_scenario(own_scenarios, "baseline")
    box = panel.show(model, scenario, threshold_gbp=1e8, project=own_scenarios)
    return list(inside(box))


def inside(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def labelled(shown, description):
    return next(each for each in shown if getattr(each, "description", "") == description)


def slider(shown, label):
    return next(each for each in of_kind(shown, "FloatSlider") if each.tooltip == label)


def of_kind(shown, kind):
    return [each for each in shown if type(each).__name__ == kind]


def html(shown):
    return [each.value for each in of_kind(shown, "HTML")]


def words(shown):
    return next(text for text in html(shown) if "before further support" in text)


def press(shown, description):
    labelled(shown, description).click()


def test_every_slider_says_its_ends_and_stands_next_to_a_box_with_its_label(shown):
    sliders, boxes = of_kind(shown, "FloatSlider"), of_kind(shown, "BoundedFloatText")
    assert len(sliders) == 10
    assert slider(shown, REQUESTS).description == "−50 to 50"
    assert [each.description for each in boxes] == [each.tooltip for each in sliders]
    assert all(each.description for each in (*sliders, *boxes))


def test_a_move_redraws_the_chart_and_the_words(shown):
    before = html(shown)
    slider(shown, REQUESTS).value = -20
    changed = [old != new for old, new in zip(before, html(shown), strict=True)]
    assert changed == [True, True, False]
    assert "less before support" in words(shown)


def test_a_number_typed_in_the_box_moves_the_slider(shown):
    labelled(shown, REQUESTS).value = 12
    assert slider(shown, REQUESTS).value == 12
    assert "more before support" in words(shown)


def test_back_to_the_scenario_sets_every_slider_back(shown):
    before = html(shown)
    slider(shown, REQUESTS).value = -20
    slider(shown, GRANT).value = 100
    press(shown, "Back to the scenario")
    assert slider(shown, GRANT).value == 0
    assert html(shown) == before


def test_what_was_set_is_saved_under_the_name_that_was_typed(shown, own_scenarios):
    slider(shown, REQUESTS).value = -20
    labelled(shown, "Save as").value = "my_plan"
    press(shown, "Save as a scenario")
    assert "Saved as scenarios/my_plan.yml" in html(shown)[-1]
    assert load_scenario(own_scenarios, "my_plan").value("forecast.requests_pct") == -20


def test_a_bad_name_is_reported_and_written_as_text(shown, own_scenarios):
    slider(shown, REQUESTS).value = -20
    labelled(shown, "Save as").value = "<b>Mine</b>"
    press(shown, "Save as a scenario")
    assert "small letters" in html(shown)[-1]
    assert "<b>" not in html(shown)[-1]
    assert not (own_scenarios.scenarios / "my_plan.yml").exists()


def test_a_scenario_is_replaced_only_with_the_box_ticked(shown, own_scenarios):
    slider(shown, REQUESTS).value = -20
    labelled(shown, "Save as").value = "slower_growth"
    press(shown, "Save as a scenario")
    assert "is there" in html(shown)[-1]
    labelled(shown, "Replace a scenario of that name").value = True
    press(shown, "Save as a scenario")
    assert load_scenario(own_scenarios, "slower_growth").value("forecast.requests_pct") == -20
