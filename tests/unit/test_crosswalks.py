import pandas as pd

from error_codes import places
from sendlib.data import crosswalks
from sendlib.data.crosswalks import crosswalk, to_standard


def test_each_release_has_words_of_its_own():
    assert crosswalk("dfe_ehcp_2022", "setting_label")["Hospital School"] == "state_special"
    assert "Hospital School" not in crosswalk("dfe_ehcp_2025", "setting_label")


def test_an_unknown_label_is_missing_and_reported_once_with_the_nearest():
    labels = pd.Series(["age 5", "age five", "age five"], name="breakdown", index=[3, 4, 5])
    standard, problems = to_standard(
        labels, release="dfe_ehcp_2025", field="age_label", where="a.csv"
    )
    assert standard.iloc[0] == "5"
    assert standard.iloc[1:].isna().all()
    assert places(problems) == [("unknown_label", "a.csv, row 6, column breakdown")]
    assert "'age five'" in problems[0].found
    assert "crosswalks.csv (dfe_ehcp_2025, age_label)" in problems[0].remedy


def test_a_label_like_no_other_is_reported_without_an_offer():
    labels = pd.Series(["zzzz"], name="breakdown")
    _, problems = to_standard(labels, release="dfe_ehcp_2025", field="age_label", where="a.csv")
    assert str(problems[0]).endswith("(dfe_ehcp_2025, age_label).")


def test_an_edition_states_only_what_it_adds_to_the_one_before(monkeypatch):
    rows = [
        ("old", "need", "ASD", "asd"),
        ("old", "need", "Other", "oth"),
        ("new", "edition_before", "old", ""),
        ("new", "need", "Autism", "asd"),
    ]
    table = pd.DataFrame(rows, columns=["release", "field", "published", "standard"])
    monkeypatch.setattr(crosswalks, "read_list", lambda *_: table)
    assert crosswalks.crosswalk("new", "need") == {"ASD": "asd", "Other": "oth", "Autism": "asd"}
    assert crosswalks.crosswalk("old", "need") == {"ASD": "asd", "Other": "oth"}
