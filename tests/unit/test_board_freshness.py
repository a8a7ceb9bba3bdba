from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sendlib.board.file import Freshness
from sendlib.board.freshness import earliest_day, judge, published_in
from sendlib.errors import GateError, NotAvailableError
from sendlib.project import Project

DAY = date(2026, 11, 1)


@pytest.fixture
def held(tmp_path):
    """A project with a count of each of two Januaries, from releases published as asked."""

    def make(newer="2026-06-25", older="2025-06-26"):
        folder = tmp_path / "data" / "processed"
        folder.mkdir(parents=True)
        releases = {"old": older, "new": newer}
        caseload = pd.DataFrame({"census_year": [2025, 2026], "source_id": list(releases)})
        source = pd.DataFrame({"source_id": list(releases), "published": list(releases.values())})
        caseload.to_parquet(folder / "ehcp_caseload.parquet")
        source.to_parquet(folder / "source.parquet")
        return Project(Path(tmp_path))

    return make


def say(project, days, as_of=2026, **more):
    rule = Freshness(most_days=days, **more)
    return judge(project, rule, as_of=as_of, today=DAY)


def test_figures_within_the_rule_carry_no_notice(held):
    project = held()
    assert say(project, 129) == ""
    assert judge(project, None, as_of=2025, today=DAY) == ""


def test_older_figures_say_when_they_were_published_and_what_the_rule_is(held):
    assert say(held(), 128) == (
        "The newest count of plans here, of January 2026, is older than the board's rule allows: "
        "published 25 June 2026, 129 days ago; the rule is 128 days. A newer one may be out."
    )


def test_a_pack_that_looks_from_an_earlier_january_is_as_old_as_that_count(held):
    project = held()
    assert published_in(project, 2025) == "2025-06-26"
    assert "26 June 2025" in say(project, 400, as_of=2025)


def test_a_rule_that_refuses_stops_the_pack_with_its_own_exit_code(held):
    with pytest.raises(GateError, match="129 days ago; the rule is 1 day") as caught:
        say(held(), 1, otherwise="refuse")
    assert caught.value.exit_code == 4


def test_a_year_or_a_month_alone_counts_from_its_first_day_and_says_so(held):
    assert "published in 2026, up to 304 days ago; the rule is" in say(held("2026"), 303)


def test_a_month_alone_is_read_as_a_month(held):
    assert "published in June 2026, up to " in say(held("2026-06"), 1)


@pytest.mark.parametrize("stated", ["", "in summer", "2026-13", "2026-02-30"])
def test_a_date_that_is_not_stated_never_passes_for_fresh(held, stated):
    assert earliest_day(stated) is None
    assert "is not stated" in say(held(stated), 100_000)


def test_a_january_before_every_count_is_refused(held):
    with pytest.raises(NotAvailableError, match="up to 2019"):
        say(held(), 1, as_of=2019)


def test_the_real_tables_say_when_their_newest_count_was_published(project):
    assert earliest_day(published_in(project, 2025)).year == 2025
