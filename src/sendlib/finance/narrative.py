"""Sentences about the money, from the frames and projections that they speak of."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sendlib.finance import levers
from sendlib.finance.funding import NEEDS_BOTH, both_known, first_common_year
from sendlib.finance.known import Opening
from sendlib.finance.projection import Projection, in_world
from sendlib.finance.tables import ranges_by_year
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import chance, gbp, gbp_m
from sendlib.pages.narrative import growth, inside, join_words, odds
from sendlib.pages.notes import KeyFigure
from sendlib.periods import closing_date, financial_year_of_census, financial_year_start
from sendlib.scenarios import BASELINE

# Policy lever "schools block transfer limit", with the Schools Forum's agreement; beyond it the
# Secretary of State decides. [%]
TRANSFER_LIMIT_SHARE = 0.005


def funding_headline(money: pd.DataFrame, name: str) -> str:
    """How spend and the allocation of an authority grew since a common year, each to its last."""
    since = money.loc[first_common_year(money) :]
    spend = growth(f"High needs spend in {name}", since["outturn_gbp"], unit="gbp_m")
    came = growth("Its allocation after deductions", since["after_deductions_gbp"], unit="gbp_m")
    return f"{spend} {came}".strip() or f"High needs spend and allocation of {name}: {NEEDS_BOTH}"


def funding_gap(money: pd.DataFrame) -> str:
    """How far spend was above or below the allocation in the last common year and the first."""
    both = both_known(money)
    if both.empty:
        return ""
    gaps = (both["outturn_gbp"] - both["after_deductions_gbp"]).iloc[[0, -1]]
    first, last = (f"{gbp_m(abs(gap))} {'above' if gap > 0 else 'below'}" for gap in gaps)
    return (
        f"In {gaps.index[-1]} spend on lines 1.2.x was {last} the allocation after deductions; in "
        f"{gaps.index[0]} it was {first} it."
    )


def balance_title(stated: pd.DataFrame) -> str:
    """The title of the chart of balances: the last that was reported."""
    reported = stated[~stated["foreseen"]]
    if reported.empty:
        return "No balance has been reported"
    last = reported.iloc[-1]
    balance = float(last["closing_balance_gbp"])
    kind = "deficit" if balance < 0 else "surplus"
    return f"The last reported {kind} is {gbp_m(abs(balance))}, in {last['balance_date']:%B %Y}"


def say_opening(opening: Opening | None) -> str:
    """Whose balance the years ahead begin from, and what else the council foresaw.

    Nothing where that balance is an outturn, or none is known.
    """
    if opening is None or not opening.foreseen:
        return ""
    date, begins = f"31 March {opening.year}", _say_balance(opening.balance_gbp)
    if opening.forecast_gbp is None:
        return f"Page 40 begins from the {begins} that the council foresaw for {date}."
    return (
        f"Two figures for {date}: the council foresaw a {_say_balance(opening.forecast_gbp)}; our "
        f"estimate, from its later monitoring, is a {begins}. Page 40 begins from ours, and page "
        "42 explains the difference."
    )


def _say_balance(gbp: float) -> str:
    return f"{'deficit' if gbp < 0 else 'surplus'} of {gbp_m(abs(gbp))}"


def _whose(forecast_gbp: float | None) -> str:
    """Whose figure a foreseen opening is."""
    if forecast_gbp is None:
        return "which the council forecast before that March"
    council = gbp_m(-forecast_gbp)
    return f"our estimate from the council's monitoring (it had forecast {council}: see page 42)"


def spend_title(money: pd.DataFrame) -> str:
    """The title of the chart of spend and allocation: how spend grew, to its last year."""
    text = growth("Spend", money["outturn_gbp"], unit="gbp_m")
    return text.rstrip(".") or "Spend and allocation"


def transport_title(cost: pd.DataFrame) -> str:
    """The title of the chart of transport: how its cost grew."""
    text = growth("Transport", cost.set_index("financial_year")["cost_gbp"], unit="gbp_m")
    return text.rstrip(".") or "Cost of transport"


def say_transport(cost: pd.DataFrame) -> str:
    """One sentence: what transport cost last, outside the grant; none where it is not known."""
    if cost.empty:
        return ""
    last = cost.iloc[-1]
    return (
        "The table leaves out SEN transport from home to school, on which the general fund spent "
        f"{gbp_m(last['cost_gbp'])} in {last['financial_year']}."
    )


def unit_costs_title(costs: pd.DataFrame) -> str:
    """The title of the unit costs: the dearest kind of place and the one used most."""
    dearest = costs.iloc[int(costs["cost used here"].to_numpy().argmax())]
    most = costs.iloc[int(costs.iloc[:, 1].to_numpy().argmax())]
    return (
        f"{dearest['kind of place']} costs most, {gbp(dearest['cost used here'])} a year; "
        f"{inside(most['kind of place'])}, which most use, {gbp(most['cost used here'])}"
    )


def deficit_headline(money: Projection, name: str) -> str:
    """One sentence: the range of an authority's deficit when protection of deficits ends."""
    date, scenario = closing_date(money.protected_year), money.scenario
    low, middle, high = map(gbp_m, deficit_range(money, money.protected_year))
    under = "" if scenario.slug == BASELINE else f", in the scenario {scenario.name}"
    return (
        f"High needs deficit of {name}{_since(money)} at {date}, before further support{under}: "
        f"between {low} and {high}, with the middle at {middle}."
    )


def deficit_figures(money: Projection, threshold_gbp: float) -> list[KeyFigure]:
    """The deficit next March, when protection ends and in the last March, and a chance.

    The chance is that of passing a threshold when protection ends. [£]
    """
    years: dict[str, str] = {}
    years.setdefault(money.financial_years[0], "deficit_next_march")
    years.setdefault(money.protected_year, "deficit_protection_ends")
    years.setdefault(money.financial_years[-1], "deficit_last_march")
    since, figures = _since(money), []
    for year, key in years.items():
        ends = deficit_range(money, year)
        detail = f"before further support; {odds(money.range_pct)}; middle {gbp_m(ends[1])}"
        date = closing_date(year)
        label, when = f"Deficit{since} at {date}", date.removeprefix("31 ")
        reserves = np.nan if money.reserves_gbp is None else money.reserves_gbp
        figures.append(KeyFigure(key, ends, detail, label, when, {"reserves": reserves}))
    passed = float(money.before.chance_below(-threshold_gbp)[money.protected_year])
    when = f"at {closing_date(money.protected_year)}{since.replace(' since', ', since')}"
    label = f"Chance of more than {gbp_m(threshold_gbp)}"
    return [*figures, KeyFigure("deficit_chance_share", passed, when, label)]


def deficit_title(money: Projection, name: str) -> str:
    """The title of the chart of the deficit: how far it reaches when protection ends."""
    low, _, high = map(gbp_m, deficit_range(money, money.protected_year))
    date = closing_date(money.protected_year).removeprefix("31 ")
    if not money.opening_known:
        return f"Without support {name} spends {low} to {high} more than it gets by {date}"
    return f"Without support {name}'s deficit is heading for {low} to {high} by {date}"


def deficit_growth(money: Projection) -> str:
    """One sentence: how much the deficit grows in the first year ahead and in the last."""
    first, *_, last = (-np.median(money.before.in_year, axis=0)).tolist()
    return (
        f"On the middle path the deficit grows by {gbp_m(first)} in {money.financial_years[0]} and "
        f"by {gbp_m(last)} in {money.financial_years[-1]}."
    )


def caveats(runs: Mapping[str, Projection], name: str, *, weak: int) -> list[str]:
    """What limits the conclusions drawn from projections; the first is the one shown.

    ``runs`` are by the short name of their scenario; ``weak`` is how many assumptions of great
    effect rest on weak evidence.
    """
    money = next(iter(runs.values()))
    return [
        "Before further support: the deficit if government gives nothing beyond what is allocated "
        "each year. What has been announced is further down.",
        f"Of the assumptions that matter most, {weak} rest on weak evidence: page 42 lists them.",
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
    if money.own:
        yield (
            f"{money.own_mark}Own figures of {name} stand in place of published ones: "
            f"{join_words(money.own)}. Page 42 sets them side by side."
        )
    if money.month:
        yield (
            f"Months of {name}'s own, to {money.month}, have moved every deficit here; the early "
            "warning shows what it was before them."
        )
    if money.opening_foreseen:
        start = financial_year_start(money.financial_years[0])
        yield (
            f"Deficits start from {gbp_m(-money.opening_gbp)} at 31 March {start}, "
            f"{_whose(money.opening_forecast_gbp)}; its outturn is not available here."
        )
    if not money.opening_known:
        start = financial_year_start(money.financial_years[0])
        yield (
            f"No balance of {name} at 31 March {start} is available here, so deficits count from "
            "then. "
            "Set finance.opening_balance_gbp in a scenario, and they count from it."
        )


def transfers_over_the_limit(money: Projection) -> list[str]:
    """The financial years whose transfer is more than a Schools Forum may agree to."""
    starts = [financial_year_start(name) for name in money.financial_years]
    shares = levers.yearly(money.scenario.value("finance.transfer_pct"), starts) / 100
    return [
        name
        for name, share in zip(money.financial_years, shares, strict=True)
        if share > TRANSFER_LIMIT_SHARE
    ]


def scenarios_title(compared: pd.DataFrame) -> str:
    """The title of the chart of ``compare_scenarios``: how far they differ, and one from itself."""
    between = gbp_m(compared["middle"].max() - compared["middle"].min())
    within = gbp_m((compared["high"] - compared["low"]).iloc[0])
    if len(compared) == 1:
        return f"Chance alone moves the deficit by {within}"
    return f"Scenarios move the deficit by {between}; chance within one moves it by {within}"


def worlds_title(left: pd.DataFrame) -> str:
    """The title of the chart of ``worlds``: what the first and the last leave to the council."""
    best, worst = (gbp_m(left["middle"].iloc[at]) for at in (0, -1))
    return f"With the grant about {best} is left to the council, without it about {worst}"


def reserve_risk(money: Projection) -> str:
    """One sentence: the chance that what is left exceeds the reserve, in each world of the grant.

    None without a reserve.
    """
    ends = int(money.scenario.value("finance.override_ends"))
    year, reserves = financial_year_of_census(ends), money.reserves_gbp
    if reserves is None or year not in money.financial_years:
        return ""
    approved, refused = (
        chance(float(in_world(money, grant=grant, takeover=True).chance_below(-reserves)[year]))
        for grant in (True, False)
    )
    said = f"{approved} if the grant is approved and {refused} if it is refused"
    if approved == refused:
        said = f"{approved}, whether the grant is approved or refused"
    return (
        f"When protection ends on 31 March {ends}, the chance that what is left exceeds the "
        f"general fund reserve of {gbp_m(reserves)} is {said}."
    )


def board_decisions(runs: Mapping[str, Projection], compared: pd.DataFrame) -> list[str]:
    """What a board can decide, and the risks that no vote settles.

    ``runs`` are by the short name of their scenario, the first the one looked at; ``compared``
    has their rows of ``compare_scenarios``. A scenario with mitigations holds measures; any
    other changes what may happen.
    """
    money = next(iter(runs.values()))
    own, gaps = compared.iloc[0], compared["middle"] - compared["middle"].iloc[0]
    measures: list[str] = []
    risks: list[str] = []
    for run, name, gap in zip(runs.values(), compared["scenario"], gaps, strict=True):
        if run.scenario.slug != money.scenario.slug:
            effect = f"{name} {'adds' if gap > 0 else 'takes off'} {gbp_m(abs(gap))}"
            if gbp_m(abs(gap)) == gbp_m(0.0):
                effect = f"{name} leaves it as it is"
            (measures if run.scenario.mitigations else risks).append(effect)
    final = money.financial_years[-1]
    balanced = chance(float(money.before.chance_in_balance()[final]))
    date = closing_date(money.protected_year)
    return [
        f"Which deficit the budget assumes: {own['scenario']} gives {gbp_m(own['middle'])}"
        f"{_since(money)} at {date} on the middle path, before further support.",
        f"Which measures to approve: {join_words(measures)}."
        if measures
        else "Which measures to approve: none is worked out in the scenarios here.",
        f"What to set aside: the range reaches {gbp_m(own['high'])}, and the chance that {final} "
        f"is in balance is {balanced}.",
        f"Risks that no vote settles: {join_words(risks)}." if risks else "",
    ]


def deficit_range(money: Projection, year: str, closing: Money | None = None) -> list[float]:
    """Low, middle and high of the deficit at the end of a year, before support unless given. [£]"""
    closing = money.before.closing if closing is None else closing
    ranges = ranges_by_year(-closing, money.financial_years, money.levels)
    low, middle, high = ranges.loc[[year]].to_numpy(dtype=float)[0]
    return [float(low), float(middle), float(high)]


def _since(money: Projection) -> str:
    start = financial_year_start(money.financial_years[0])
    return "" if money.opening_known else f" since 31 March {start}"


def say_support(money: Projection) -> str:
    """One sentence: the deficit when protection ends, without the grant and with it."""
    ends = money.protected_year
    low, _, high = map(gbp_m, deficit_range(money, ends))
    approved = in_world(money, grant=True, takeover=True)
    left_low, _, left_high = map(gbp_m, deficit_range(money, ends, approved.closing))
    return (
        f"At {closing_date(ends)}, when protection of deficits ends, the deficit{_since(money)} is "
        f"between {low} and {high} without further support; if the grant is approved, between "
        f"{left_low} and {left_high}."
    )
