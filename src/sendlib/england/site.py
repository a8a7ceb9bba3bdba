"""The site of a run: every authority with its pack, and the scorecard of past forecasts."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup

import sendlib
from sendlib import areas, data, finance, forecast, indicators, pages
from sendlib.clock import in_words, now
from sendlib.compare.funnel import funnel_limits
from sendlib.england import narrative
from sendlib.england.plan import Plan
from sendlib.finance.backtest import SPEND
from sendlib.packs.publish import RUNS
from sendlib.packs.render import TEMPLATES
from sendlib.pages.formats import count, gbp_m
from sendlib.pages.markup import content_policy, templates
from sendlib.periods import closing_date
from sendlib.successors import read_future

INDEX, SCORECARD = "index.html", "scorecard.html"
_TEMPLATES = (("sendlib.england", "template"), TEMPLATES)
_CHANCE = 0.998  # what limits of chance cover, as in a funnel chart
_MOST = 0.9  # of the authorities have to have a year before it is shown
_FIRST, _SECOND = 1, 2  # years ahead that the scorecard shows of an authority
_ON_A_MAP = (
    *("North West", "North East", "West Midlands", "Yorkshire and The Humber", "South West"),
    *("East Midlands", "South East", "East of England", "London"),
)
"""The regions, from north to south in two columns, west and east."""
_MARKS = {"above": "▲", "inside": "●", "below": "▼"}
_RANGES = {"plans": count, "places": count, "deficit": gbp_m}


def write_site(plan: Plan) -> str:
    """Write the two pages of a plan's site beside its packs; says where the first is."""
    known, search = read_known(plan), files("sendlib.england") / "template" / "search.js"
    index = _render(
        INDEX,
        *narrative.opening(len(known), int(known["address"].ne("").sum())),
        sections=[
            ("Plans on time, region by region", narrative.TILES, region_tiles(known)),
            ("Every authority", narrative.HOW_TO_READ, index_table(known)),
        ],
        script=Markup(search.read_text(encoding="utf-8")),  # noqa: S704  # our own
    )
    places = forecast.place_scorecard()
    accounts = finance.check_accounts(lambda table: data.load(plan.project, table))
    scores = score_each(known, accounts)
    tested = finance.stored_backtest()
    sections = [
        ("Each authority", narrative.SCORES,
         _linked(scores, known, "scorecard", narrative.SCORE_NOTES)),
        ("Plans, all authorities", narrative.plans(known["past"]), Markup("")),
        ("Places, all authorities", narrative.PLACES, _table(places, "places")),
        ("Money, all authorities", (finance.backtest_headline(finance.backtest_summary(tested)),),
         _table(finance.backtest_summary(tested).reset_index(), "money")),
        ("The account, all authorities", narrative.ACCOUNT,
         _table(finance.account_scores(accounts), "account")),
    ]  # fmt: skip
    card = _render(SCORECARD, "How past forecasts fared", narrative.CARD, sections=sections)
    for name, text in ((SCORECARD, card), (INDEX, index)):
        plan.destination.write(name, text.encode())
    return f"{plan.destination}/{INDEX}"


def read_known(plan: Plan) -> pd.DataFrame:
    """What packs say of every authority of today, by code; those without a pack have no address.

    Columns: ``name``, ``region``, ``address`` (of its pack), ``as_of``, ``plans_now``, ``past``
    (scores of its forecasts), ``plans``, ``places`` and ``deficit`` (a range with its year), and
    the share of plans on time with what chance makes of it, in the ``year`` of ``attrs``.
    """
    area = read_future(plan.project).areas
    today = area["last_census"].isna() & area["area_code"].str.isdigit()
    shown = area[today | area["area_code"].isin(list(plan.authorities))]
    rows = {
        code: {"name": name, "region": region, "address": "", **_ahead(plan, code)}
        for code, name, region in shown[["area_code", "area_name", "region_name"]].to_numpy()
    }
    columns = ["name", "region", "address", "as_of", "plans_now", "past", *_RANGES]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).sort_values("name")
    timely = _timeliness(plan)
    known = frame.join(timely)
    known.attrs |= timely.attrs
    return known


def _ahead(plan: Plan, code: str) -> dict[str, Any]:
    """The address of a pack and the forecasts beside it; nothing where there is none."""
    folder = plan.folder(code)
    note = plan.destination.note(folder)
    return note and {"address": f"{folder}/{RUNS}/{note['run_id']}/index.html", **note["ahead"]}


def index_table(known: pd.DataFrame) -> Markup:
    """Every authority, linked to its pack, with plans, places, deficit and timeliness."""
    frame = pd.DataFrame(
        {
            "authority": known["name"],
            "region": known["region"],
            "January": known["as_of"],
            "plans": known["plans_now"],
            "plans ahead": [_range(each, count) for each in known["plans"]],
            "state special places needed": [_range(each, count) for each in known["places"]],
            "deficit ahead": [_range(each, gbp_m) for each in known["deficit"]],
            f"plans on time in {known.attrs['year']}, %": known["share_pct"],
            "on time, against chance": known["beyond"],
        }
    )
    formats = {"January": "year"}
    return _linked(frame, known, "authorities", narrative.INDEX_NOTES, formats=formats)


def region_tiles(known: pd.DataFrame) -> Markup:
    """A tile for each authority with its share on time, in regions set about as on a map."""
    share = known["share_pct"]
    tiles = known.assign(
        share=share.map("{:.0f}%".format).where(share.notna(), "–"),
        mark=known["beyond"].map(_MARKS).fillna(""),
    )
    regions = [(name, tiles[tiles["region"] == name].itertuples()) for name in _ON_A_MAP]
    picture = templates(*_TEMPLATES).get_template("tiles.html.j2")
    return Markup(picture.render(regions=regions, year=known.attrs["year"]))  # noqa: S704


def _range(ahead: object, write: Any) -> str | None:
    """A range with its year, in words; nothing where there is none."""
    if not isinstance(ahead, Mapping) or not ahead:
        return None
    year = ahead.get("financial_year")
    when = closing_date(year) if year else f"January {ahead['census_year']:.0f}"
    return f"{write(ahead['low'])} to {write(ahead['high'])} ({when})"


def _timeliness(plan: Plan) -> pd.DataFrame:
    """The share on time in the newest year of nearly all, and whether chance explains it."""
    flow, area = (data.load(plan.project, table) for table in ("ehcp_flow", "area"))
    shares = indicators.share_within_20_weeks(areas.with_names(flow, area))
    shares = shares[shares["area_code"].str.isdigit() & shares["share"].notna()]
    published = shares.groupby("calendar_year").size()
    year = published[published >= _MOST * published.max()].index.max()
    last = shares[shares["calendar_year"] == year].set_index("area_code")
    centre = float(last["within_20_weeks"].sum() / last["of"].sum())
    limits = funnel_limits(last["of"], centre, coverages=[_CHANCE])
    beyond = pd.Series("inside", last.index)
    beyond[last["share"].to_numpy() > limits["high"].to_numpy()] = "above"
    beyond[last["share"].to_numpy() < limits["low"].to_numpy()] = "below"
    found = pd.DataFrame({"share_pct": 100 * last["share"], "beyond": beyond})
    found.attrs["year"] = int(year)
    return found


def score_each(known: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """How past forecasts of each authority fared, and how near its account comes to its balance."""
    tested = finance.stored_backtest()
    spend = tested[(tested["kind"] == SPEND) & (tested["years_ahead"] == _FIRST)]
    error = 100 * (spend["middle"] / spend["actual"] - 1).abs()
    by_area = spend.assign(error_pct=error).groupby("area_code")
    gap = (accounts["balanced_gbp"] - accounts["stated_gbp"]).abs() / 1e6
    own = {years: [_score(each, years) for each in known["past"]] for years in (_FIRST, _SECOND)}
    columns: dict[str, Any] = {"authority": known["name"]}
    for years, scores in own.items():
        columns[f"plans {years} ahead: error, %"] = [each.get("error_pct") for each in scores]
        columns[f"plans {years} ahead: inside"] = [
            f"{each['inside']} of {each['rows']}" if each else None for each in scores
        ]
    held = by_area["inside"].sum().astype(int).astype(str) + " of " + by_area.size().astype(str)
    columns["spend 1 ahead: error, %"] = by_area["error_pct"].mean().reindex(known.index)
    columns["spend 1 ahead: inside"] = held.reindex(known.index)
    columns["account less stated, £m"] = (
        gap.groupby(accounts["area_code"]).mean().reindex(known.index)
    )
    return pd.DataFrame(columns, index=known.index)


def _score(past: object, years: int) -> Mapping[str, Any]:
    scores = past if isinstance(past, Sequence) else ()
    return next((each for each in scores if each["years"] == years), {})


def _linked(
    frame: pd.DataFrame, known: pd.DataFrame, name: str, notes: Sequence[str], **options: Any
) -> Markup:
    """A table whose authorities are links to their packs, where they have one."""
    links = {
        row.name: Markup('<a href="{}">{}</a>').format(row.address, row.name)
        for row in known[["name", "address"]].itertuples(index=False)
        if row.address
    }
    return _table(frame, name, notes=notes, pictures=links, is_answer=True, **options)


def _table(frame: pd.DataFrame, name: str, **options: Any) -> Markup:
    caption = "" if frame.attrs.get("what") else narrative.CAPTIONS[name]
    shown = pages.table(frame.reset_index(drop=True), name=name, caption=caption, **options)
    return Markup(shown._repr_html_())  # noqa: S704  # made by our own tables


def _render(here: str, heading: str, lede: str, **parts: Any) -> str:
    """One page of the site, which loads and runs nothing but itself."""
    return (
        templates(*_TEMPLATES)
        .get_template("site.html.j2")
        .render(
            here=here,
            heading=heading,
            lede=lede,
            policy=content_policy(str(parts.get("script", ""))),
            made=f"Made on {in_words(now())} with sendlib {sendlib.__version__}.",
            **{"script": "", **parts},
        )
    )
