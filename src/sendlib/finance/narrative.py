"""Sentences about the money ahead, made from the projections that they speak of."""

from collections.abc import Iterator, Mapping

import pandas as pd

from sendlib.finance.policy import exceeds_reserves
from sendlib.finance.projection import Projection
from sendlib.finance.summaries import deficit_ranges, transfers_over_the_limit
from sendlib.pages.formats import chance, gbp_m
from sendlib.pages.narrative import join_words, odds
from sendlib.pages.notes import KeyFigure
from sendlib.periods import closing_date, financial_year_start
from sendlib.scenarios import BASELINE


def deficit_headline(money: Projection, name: str) -> str:
    """One sentence: the range of the deficit when protection of deficits ends.

    Parameters
    ----------
    money : Projection
        The years ahead.
    name : str
        Of the authority.
    """
    low, middle, high = map(gbp_m, _range_at(money, money.protected_year))
    made = money.scenario
    under = "" if made.slug == BASELINE else f", in the scenario {made.name}"
    return (
        f"High needs deficit of {name}{_since(money)} at {closing_date(money.protected_year)}, "
        f"before any support{under}: between {low} and {high}, with the middle at {middle}."
    )


def deficit_figures(money: Projection, threshold_gbp: float) -> list[KeyFigure]:
    """The deficit next March, when protection ends and in the last March, and a chance.

    Parameters
    ----------
    money : Projection
        The years ahead.
    threshold_gbp : float
        A deficit to know the chance of passing when protection ends. [£]
    """
    years: dict[str, str] = {}
    years.setdefault(money.financial_years[0], "deficit_next_march")
    years.setdefault(money.protected_year, "deficit_protection_ends")
    years.setdefault(money.financial_years[-1], "deficit_last_march")
    passed = float(money.before.chance_below(-threshold_gbp)[money.protected_year])
    date = closing_date(money.protected_year)
    return [
        *[_deficit_figure(money, year, key) for year, key in years.items()],
        KeyFigure(
            "deficit_chance_share",
            passed,
            f"at {date}{_since(money)}",
            f"Chance of more than {gbp_m(threshold_gbp)}",
        ),
    ]


def _deficit_figure(money: Projection, year: str, key: str) -> KeyFigure:
    ends = _range_at(money, year)
    detail = f"before any support; {odds(money.range_pct)}; middle {gbp_m(ends[1])}"
    return KeyFigure(key, ends, detail, f"Deficit{_since(money)} at {closing_date(year)}")


def deficit_title(money: Projection, name: str) -> str:
    """The title of the chart of the deficit: how far it reaches when protection ends."""
    low, _, high = map(gbp_m, _range_at(money, money.protected_year))
    date = closing_date(money.protected_year).removeprefix("31 ")
    return f"Without support {name}'s deficit is heading for {low} to {high} by {date}"


def deficit_growth(money: Projection) -> str:
    """One sentence: how much the deficit grows in the first year ahead and in the last."""
    within = deficit_ranges(money).set_index("financial_year")["in the year, middle"]
    first, last = money.financial_years[0], money.financial_years[-1]
    return (
        f"On the middle path the deficit grows by {gbp_m(within[first])} in {first} and by "
        f"{gbp_m(within[last])} in {last}."
    )


def caveats(runs: Mapping[str, Projection], name: str, *, weak: int) -> list[str]:
    """What limits the conclusions drawn from projections; the first is the one shown.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        By the short name of their scenario.
    name : str
        Of the authority.
    weak : int
        How many assumptions of great effect rest on weak evidence.
    """
    money = next(iter(runs.values()))
    return [
        "Before any support: the deficit if government gives nothing beyond the grant allocated "
        "each year. What has been announced is further down.",
        f"Of the assumptions that matter most, {weak} rest on weak evidence; they are listed at "
        "the end.",
        f"Nobody publishes what every kind of place costs in {name}. Costs published elsewhere, or "
        "stated by the council, are adjusted to agree with what was spent in "
        f"{money.unit_costs.financial_year}.",
        *_further_caveats(runs, money, name),
    ]


def _further_caveats(runs: Mapping[str, Projection], money: Projection, name: str) -> Iterator[str]:
    """Those that hold of some authorities and scenarios only."""
    if beyond := transfers_over_the_limit(money):
        yield (
            f"The transfer from the schools block in {join_words(beyond)} is more than a Schools "
            "Forum may agree to: the Secretary of State decides."
        )
    if len({run.opening_gbp for run in runs.values()}) > 1:
        yield "Not all scenarios here begin from the same balance: they differ by that as well."
    if not money.opening_known:
        start = financial_year_start(money.financial_years[0])
        yield (
            f"No balance of {name} is available here, so deficits count from 31 March {start}. "
            "Set finance.opening_balance_gbp in a scenario, and they count from it."
        )


def scenarios_title(compared: pd.DataFrame) -> str:
    """The title of the chart of scenarios: how far they differ, and one from itself.

    Parameters
    ----------
    compared : pd.DataFrame
        As made by ``compare_scenarios``.
    """
    between = gbp_m(compared["middle"].max() - compared["middle"].min())
    within = gbp_m((compared["high"] - compared["low"]).iloc[0])
    if len(compared) == 1:
        return f"Chance alone moves the deficit by {within}"
    return f"Scenarios move the deficit by {between}; chance within one moves it by {within}"


def reserve_risk(money: Projection) -> str:
    """One sentence: the chance that what is left exceeds the reserve; none without a reserve."""
    ends = int(money.scenario.value("finance.override_ends"))
    reserves = money.reserves_gbp
    over = None if reserves is None else exceeds_reserves(money.left, reserves, ends=ends)
    if reserves is None or over is None:
        return ""
    return (
        f"When protection ends on 31 March {ends}, the chance that what is left exceeds the "
        f"general fund reserve of {gbp_m(reserves)} is {chance(over)}."
    )


def grant_terms(money: Projection) -> str:
    """One sentence: which share of which deficit the grant pays, and how likely it is."""
    value = money.scenario.value
    cut_off = int(value("finance.grant_cut_off"))
    return (
        f"The grant is {value('finance.grant_share_pct'):g}% of the deficit at 31 March {cut_off}; "
        f"the chance that it is approved is taken to be "
        f"{value('finance.grant_approval_pct'):g}%."
    )


def board_decisions(runs: Mapping[str, Projection], compared: pd.DataFrame) -> list[str]:
    """What a board can decide, and the risks that no vote settles.

    A scenario with mitigations holds measures; any other changes what may happen.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        By the short name of their scenario; the first is the one looked at.
    compared : pd.DataFrame
        Their rows of ``compare_scenarios``.
    """
    money = next(iter(runs.values()))
    own, gaps = compared.iloc[0], compared["middle"] - compared["middle"].iloc[0]
    named = dict(zip(runs, zip(compared["scenario"], gaps, strict=True), strict=True))
    others = {slug: said for slug, said in named.items() if slug != money.scenario.slug}
    measures = [_adds(*others[slug]) for slug in others if runs[slug].scenario.mitigations]
    risks = [_adds(*others[slug]) for slug in others if not runs[slug].scenario.mitigations]
    final = money.financial_years[-1]
    balanced = chance(float(money.before.chance_in_balance()[final]))
    date = closing_date(money.protected_year)
    return [
        f"Which deficit the budget assumes: {own['scenario']} gives {gbp_m(own['middle'])} "
        f"at {date} on the middle path, before any support.",
        f"Which measures to approve: {join_words(measures)}."
        if measures
        else "Which measures to approve: none is worked out in the scenarios here.",
        f"What to set aside: the range reaches {gbp_m(own['high'])}, and the chance that {final} "
        f"is in balance is {balanced}.",
        f"Risks that no vote settles: {join_words(risks)}." if risks else "",
    ]


def _adds(name: str, gap: float) -> str:
    """A scenario and what it does to the deficit."""
    if gbp_m(abs(gap)) == gbp_m(0.0):
        return f"{name} leaves it as it is"
    return f"{name} {'adds' if gap > 0 else 'takes off'} {gbp_m(abs(gap))}"


def _range_at(money: Projection, year: str) -> list[float]:
    ranges = deficit_ranges(money).set_index("financial_year")
    row = ranges.loc[[year], ["low", "middle", "high"]].to_numpy(dtype=float)[0]
    return [float(value) for value in row]


def _since(money: Projection) -> str:
    start = financial_year_start(money.financial_years[0])
    return "" if money.opening_known else f" since 31 March {start}"
