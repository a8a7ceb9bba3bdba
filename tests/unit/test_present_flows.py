import matplotlib.patches
import numpy as np
import pandas as pd
import pytest

from sendlib import present
from sendlib.present import words

FLOWS = pd.DataFrame(
    [
        ("Mainstream", "Mainstream", 900),
        ("Mainstream", "Special", 40),
        ("Mainstream", "Left", 60),
        ("Special", "Special", 300),
        ("Special", "Mainstream", 0),
        ("Joined", "Mainstream", 150),
    ],
    columns=["start", "end", "value"],
)
HEADINGS = ("January 2025", "January 2026")


def drawn(texts):
    return [text.get_text().replace("\u00a0", " ") for text in texts]


def patches(ax, kind):
    return [patch for patch in ax.patches if type(patch) is kind]


def key(ax):
    return dict(
        zip(
            [text.get_text() for text in ax.get_legend().get_texts()],
            ax.get_legend().get_patches(),
            strict=True,
        )
    )


def touching(ax):
    """Pairs of labels whose boxes overlap as drawn."""
    present.figure.to_svg(ax.figure)
    boxes = [text.get_window_extent() for text in ax.texts]
    return [
        (one.get_text(), other.get_text())
        for i, (one, box) in enumerate(zip(ax.texts, boxes, strict=True))
        for other, beside in zip(ax.texts[:i], boxes[:i], strict=True)
        if box.overlaps(beside)
    ]


def test_blocks_carry_name_and_number_with_joiners_on_top_and_leavers_below():
    ax = present.plot_flows(FLOWS, headings=HEADINGS)
    left, right = (
        sorted(
            (text for text in ax.texts if text.get_ha() == ha),
            key=lambda text: -text.get_position()[1],
        )
        for ha in ("right", "left")
    )
    assert drawn(left) == ["January 2025", "Joined 150", "Mainstream 1,000", "Special 300"]
    assert drawn(right) == ["January 2026", "Mainstream 1,050", "Special 340", "Left 60"]


def test_both_sides_are_as_tall_as_what_flows():
    ax = present.plot_flows(FLOWS, headings=HEADINGS)
    blocks = patches(ax, matplotlib.patches.Rectangle)
    assert [block.get_height() for block in blocks] == [150, 1000, 300, 1050, 340, 60]


def test_ribbons_keep_their_width_and_a_flow_of_nobody_has_none():
    ax = present.plot_flows(FLOWS, headings=HEADINGS)
    corners = [r.get_path().vertices for r in patches(ax, matplotlib.patches.PathPatch)]
    widths = sorted((round(c[0, 1] - c[7, 1]), round(c[3, 1] - c[4, 1])) for c in corners)
    assert widths == [(size, size) for size in (40, 60, 150, 300, 900)]


def test_ribbons_lie_inside_the_blocks_that_they_join():
    ax = present.plot_flows(FLOWS, headings=HEADINGS)
    blocks = patches(ax, matplotlib.patches.Rectangle)
    for ribbon in patches(ax, matplotlib.patches.PathPatch):
        (x0, y0), (x1, y1) = ribbon.get_path().vertices[[0, 3]]
        assert any(b.get_x() < x0 and b.get_y() < y0 <= b.get_y() + b.get_height() for b in blocks)
        assert any(b.get_x() >= x1 - 1e-9 and b.get_y() < y1 for b in blocks)


def test_joiners_and_leavers_are_told_apart_without_colour():
    drawn = key(present.plot_flows(FLOWS, headings=HEADINGS))
    assert list(drawn) == ["Stayed", "Changed", "Joined", "Left"]
    hatches = [patch.get_hatch() for patch in drawn.values()]
    assert hatches[:2] == [None, None]
    assert len(set(hatches)) == 3


def test_the_key_names_only_what_is_drawn():
    frame = FLOWS[FLOWS["start"] == "Special"]
    assert list(key(present.plot_flows(frame, headings=HEADINGS))) == ["Stayed"]


@pytest.mark.parametrize("large", [10, 10_000])
def test_labels_of_nine_small_blocks_do_not_touch(large):
    names = [f"A kind of place with a long name, {letter}" for letter in "abcdefgh"]
    rows = [("Mainstream", "Mainstream", large), *[(name, name, 1) for name in names]]
    frame = pd.DataFrame(rows, columns=["start", "end", "value"])
    for ordered in (frame, frame.iloc[::-1]):
        ax = present.plot_flows(ordered, headings=HEADINGS)
        assert touching(ax) == []
        assert all(text.get_fontsize() >= 12 for text in ax.texts)
        assert all(ax.get_ylim()[0] <= text.get_position()[1] for text in ax.texts)


def test_a_tenth_block_is_refused_and_not_left_out():
    frame = pd.DataFrame({"start": list("ABCDEFGHIJ"), "end": "A", "value": 1})
    with pytest.raises(ValueError, match=r"10 blocks are too many for one side: A, B.*into 9"):
        present.plot_flows(frame, headings=HEADINGS)


@pytest.mark.parametrize("value", [-1.0, np.nan, 0.0])
def test_flows_that_would_not_show_are_refused(value):
    frame = pd.DataFrame({"start": ["A"], "end": ["B"], "value": [value]})
    with pytest.raises(ValueError, match="numbers of 0 or more, and one above 0"):
        present.plot_flows(frame, headings=HEADINGS)


def test_the_same_flows_are_the_same_bytes():
    drawn = {
        present.figure.to_svg(present.plot_flows(FLOWS, headings=HEADINGS).figure) for _ in "ab"
    }
    assert len(drawn) == 1


def test_flows_are_described_by_who_stayed_and_the_largest_changes():
    assert words.describe_flows(FLOWS, what="plans") == (
        "Chart of flows of plans: 1,200 stayed, 40 changed, 150 joined and 60 left. "
        "Largest: joined Mainstream 150; left Mainstream 60; Mainstream to Special 40."
    )
