"""Charts of outcomes, small and in rows of dots, and the sentences beside them."""

import pandas as pd
import pytest

from sendlib.present.charts.multiples import plot_dots, plot_multiples
from sendlib.present.sections.outcomes import lacking_table, outcome_chart, outcome_table
from sendlib.present.words.outcomes import (
    describe_dots,
    describe_multiples,
    say_basis,
    say_better,
    say_last,
    say_measures,
)

NAN = float("nan")
AREAS = ["Here", "Neighbours' mean", "Region", "England"]
YEARS = [2017, 2018, 2019, 2020, 2021]


def lines(part, *, lowest=0.1):
    rows = [
        (part, year, str(year), name, NAN if year == 2020 else lowest + 0.01 * place + 0.001 * nth)
        for place, name in enumerate(AREAS)
        for nth, year in enumerate(YEARS)
    ]
    return pd.DataFrame(rows, columns=["part", "year", "period", "name", "value"])


def measure(**changed):
    row = {
        "number": 15,
        "chart": "Absence",
        "part": "Sessions missed",
        "unit": "%",
        "better": "lower",
        "kind": "untested",
        "period": "2020/21",
        "name": "Here",
        "value": 0.124,
        "neighbours": 0.12,
        "england": 0.13,
        "other_name": "England",
        "other": 0.13,
        "verdict": NAN,
        "tested_verdict": NAN,
        "tested_period": NAN,
        "tested_beside": NAN,
        "tested_value": NAN,
        "tested_other": NAN,
        "gap_low": NAN,
        "gap_high": NAN,
        "direction": "no clear direction",
        "slope": 0.002,
        "points": 5,
        "first_year": 2017,
        "last_year": 2021,
        "rose": 4,
        "changes": 4,
        "printed": NAN,
        "printed_period": "",
        "printed_of": "",
        "mean_basis": "unweighted",
        "neighbours_held": 10,
        "not_held": (),
        "children": "Children with an EHC plan",
    }
    return {**row, **changed}


def test_each_measure_has_a_panel_with_a_line_for_each_area():
    first = plot_multiples(
        pd.concat([lines("Absence"), lines("Progress", lowest=-1.0)]),
        units={"Absence": "share1", "Progress": "number2"},
    )
    panels = first.get_figure().axes
    assert [panel.get_title(loc="left") for panel in panels] == ["Absence", "Progress"]
    assert panels[0].get_ylim()[0] == 0
    assert -1.1 < panels[1].get_ylim()[0] < panels[1].get_ylim()[1] < 0


def test_a_line_stops_where_a_year_has_no_value():
    ax = plot_multiples(lines("Absence"), units={"Absence": "share1"})
    drawn = max((line.get_ydata() for line in ax.lines), key=len)
    assert pd.isna(drawn[YEARS.index(2020)])


def test_labels_of_a_small_chart_stay_inside_its_height():
    ax = plot_multiples(lines("Absence"), units={"Absence": "share1"})
    named = [text for text in ax.texts if text.get_text().startswith(tuple(AREAS))]
    assert len(named) == len(AREAS)
    assert max(text.xy[1] for text in named) <= ax.get_ylim()[1]


def test_figures_that_a_strategy_printed_and_breaks_are_marked_on_their_own_panel():
    printed = pd.DataFrame(
        {"part": ["Absence"], "year": [2018], "value": [0.1], "label": ["strategy 10%"]}
    )
    breaks = pd.DataFrame({"part": ["Other", "Absence"], "year": [2018, 2021]})
    first = plot_multiples(
        pd.concat([lines("Absence"), lines("Other")]),
        units={"Absence": "share1", "Other": "share1"},
        printed=printed,
        breaks=breaks,
    )
    absence, other = first.get_figure().axes
    texts = [{text.get_text() for text in panel.texts} for panel in (absence, other)]
    assert {"strategy 10%", "break"} <= texts[0]
    assert "strategy 10%" not in texts[1]


def test_too_many_measures_or_none_are_refused():
    many = pd.concat([lines(str(number)) for number in range(4)])
    with pytest.raises(ValueError, match="4 measures"):
        plot_multiples(many, units={str(number): "share1" for number in range(4)})
    with pytest.raises(ValueError, match="0 measures"):
        plot_multiples(many.iloc[:0], units={})


def test_dots_have_a_row_for_each_measure_and_label_the_first_area():
    frame = pd.concat([lines("Autism"), lines("Speech")])
    ax = plot_dots(frame[frame["year"] == 2021], unit="share1")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Autism", "Speech"]
    assert ax.get_yticks()[0] > ax.get_yticks()[1]
    assert [text.get_text() for text in ax.texts] == ["10.4%", "10.4%"]


def test_dots_without_values_are_refused():
    with pytest.raises(ValueError, match="dots need values"):
        plot_dots(lines("Autism").assign(value=NAN), unit="share1")


def test_words_of_a_chart_name_each_measure_and_each_area():
    frame = lines("Absence")
    said = describe_multiples(frame, units={"Absence": "share1"})
    assert said.startswith("Line chart of absence. Here goes from 10.0% in 2017 to 10.4% in 2021")
    dots = describe_dots(frame[frame["year"] == 2021], what="needs", unit="share1")
    assert all(name in dots for name in AREAS)


def test_a_figure_without_counts_is_set_beside_and_said_not_to_be_tested():
    assert say_measures([measure()]) == (
        "Here: sessions missed (2020/21) 12.4%, beside 13.0% in England (not tested). "
        "Over the years: no clear direction between 2017 and 2021."
    )


EARLIER = {
    "tested_verdict": "similar",
    "tested_period": "2018/19",
    "tested_beside": "england",
    "tested_value": 0.12,
    "tested_other": 0.125,
}


def test_an_earlier_figure_with_its_count_has_its_own_test_told_with_its_year():
    assert (
        "beside 13.0% in England (not tested; the last that could be, 2018/19: 12.0%, "
        "similar to England (12.5%))." in say_measures([measure(**EARLIER)])
    )
    few = measure(**{**EARLIER, "tested_verdict": "too few", "tested_beside": "neighbours"})
    assert "12.0% beside 12.5% in the neighbours' mean, too few to say)." in say_measures([few])
    shown = outcome_table(
        pd.DataFrame([measure(**EARLIER), measure(verdict="too few")]), caption="c", source="s"
    ).shown
    assert shown["Gap"].tolist() == ["2018/19: similar to England", "too few to say"]


def test_a_tested_gap_has_its_verdict_and_a_share_moves_by_points():
    said = say_measures(
        [measure(verdict="lower", gap_low=-0.02, gap_high=-0.005, direction="rising", slope=0.012)]
    )
    assert "lower than England (13.0%), by between 0.5 and 2.0 points." in said
    assert "rising by 1.2 points a year between 2017 and 2021, which is worse." in said


def test_an_amount_is_set_beside_and_says_how_often_it_rose():
    said = say_measures(
        [measure(kind="amount", unit="£ per resident aged 0 to 17", value=683.0, other=825.0)]
    )
    assert "at £683, is lower than England (£825)." in said
    assert said.endswith(
        "between 2017 and 2021. Counted as it was each year, it rose in 4 of 4 years."
    )


def test_what_the_strategy_printed_keeps_its_digits():
    said = say_measures([measure(printed=0.0876, printed_period="2017/18")])
    assert said.endswith("The strategy printed 8.76% for 2017/18.")
    of = measure(printed=0.289, printed_period="2019", printed_of="Children with any SEN")
    assert say_measures([of]).endswith("28.9% for 2019, of children with any SEN.")


def test_one_year_alone_has_no_direction():
    said = say_measures([measure(points=1, direction="too few points")])
    assert said.endswith("No earlier year can be compared with it.")


def test_many_measures_are_put_together_by_their_verdicts():
    verdicts = ["higher", "lower", "similar", "similar", "too few"]
    rows = [measure(part=f"Need {place}", verdict=said) for place, said in enumerate(verdicts)]
    assert say_measures(rows) == (
        "Here beside England, 2020/21: higher for need 0 (12.4% against 13.0%); "
        "lower for need 1 (12.4% against 13.0%); similar in 2 of 5 measures; "
        "too few to say in 1 of 5 measures."
    )


def test_an_outcome_that_falls_is_better_only_where_low_is_good():
    rows = [
        measure(direction="falling"),
        measure(direction="falling", better="higher"),
        measure(direction="too few points"),
    ]
    assert say_better(rows, name="Here", group="children with an EHC plan") == (
        "Of 3 outcomes of children with an EHC plan in Here, 1 is getting better, 1 worse, "
        "none show no clear direction and 1 has too few years that can be compared."
    )
    assert "No outcome" in say_better([], name="Here", group="children")


def test_last_figures_are_counted_by_which_way_is_better():
    rows = [measure(), measure(better="higher"), measure(other=0.124), measure(other=NAN)]
    assert say_last(rows) == (
        "By their last figures 1 of 3 stands better than England, 1 worse and 1 the same; "
        "none of these gaps can be tested."
    )
    assert say_last([measure(other=NAN)]) == ""


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (
            ["similar", "too few"],
            "of 1 gap that can be tested, none is a real difference.",
        ),
        (
            ["higher", "similar"],
            "of 2 gaps that can be tested, 1 is a real difference.",
        ),
        (["higher", "lower"], "of 2 gaps that can be tested, 2 are real differences."),
    ],
)
def test_only_gaps_that_can_be_tested_count_as_tested(verdicts, said):
    assert say_last([measure(verdict=verdict) for verdict in verdicts]).endswith(said)


def test_the_basis_says_how_many_neighbours_and_which_lines_are_missing():
    said = say_basis([measure(not_held=("Region",)), measure(neighbours_held=3)])
    assert "Neighbours with a figure in the authority's last year: 3 and 10." in said
    assert said[-1] == "No figures of Region: sessions missed."


def test_measures_whose_means_are_made_in_two_ways_are_named():
    both = [measure(mean_basis="weighted"), measure(part="Persistent absentees")]
    assert say_basis(both)[:2] == [
        "In the neighbours' mean each neighbour counts the same: persistent absentees.",
        "In the neighbours' mean a neighbour with more children counts for more: sessions missed.",
    ]


def test_a_chart_has_all_that_a_page_needs():
    panels = lines("Sessions missed").assign(line="x", status="reported")
    numbers = panels[panels["name"] == "Here"][["part", "period", "value"]]
    values = numbers.set_axis(["Measure", "Period", "Here"], axis=1).reset_index(drop=True)
    made = outcome_chart(
        pd.DataFrame([measure(printed=0.1, printed_period="2018")]),
        panels,
        marks=pd.DataFrame({"part": ["Sessions missed"], "year": [2018], "value": [0.1]}),
        breaks=pd.DataFrame({"part": ["Sessions missed"], "year": [2021]}),
        numbers=(values, pd.DataFrame({"Here": ["reported"] * len(values)})),
        children="children with an EHC plan",
        source="The department",
    )
    assert made.title == "Chart 15. Absence: sessions missed, children with an EHC plan"
    assert made.name == "chart_15"
    assert made.takeaway is not None
    assert made.numbers.shown["Here"].tolist()[3] == "not available"


def test_the_tables_say_what_was_tested_and_what_is_missing():
    shown = outcome_table(pd.DataFrame([measure()]), caption="Outcomes", source="S").shown
    assert shown.loc[0, "Gap"] == "not tested"
    assert shown.loc[0, "Direction"] == "no clear direction, 2017 to 2021"
    lacking = pd.DataFrame(
        [
            measure(
                why="not held: no table", england_printed=0.1, printed=0.2031, printed_period="2018"
            ),
            measure(why="not held: no table", england_printed=NAN),
        ]
    )
    listed = lacking_table(lacking, name="Here", caption="Missing", source=None).shown
    assert listed["Strategy printed, Here"].tolist() == ["20.31% (2018)", "none"]
    assert listed["Measure"].tolist() == [
        "Sessions missed, children with an EHC plan",
        "Sessions missed",
    ]
