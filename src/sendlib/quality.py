"""What is available, what is missing and why, and where published figures disagree."""

import re
from collections.abc import Mapping

import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.pages.narrative import inside, join_words
from sendlib.tidy import about, period_of, pick
from sendlib.vocabulary import ENGLAND, TOTAL, AreaLevel, ValueStatus, labels

TABLES: Mapping[str, str] = {
    "Plans in force": "ehcp_caseload",
    "Plans by single year of age": "ehcp_caseload_by_age",
    "New plans by age": "ehcp_new_plans_by_age",
    "Plans that ended": "ehcp_ceased",
    "Requests, assessments and timeliness": "ehcp_flow",
    "Published indicators": "indicator",
    "Residents by age": "population",
    "High needs allocation": "high_needs_funding",
    "High needs outturn": "high_needs_spend",
    "Stated balances of the schools grant": "dsg_balance",
}
"""The tables whose coverage matters to a reader, by what a page calls them."""


def coverage(tables: Mapping[str, pd.DataFrame], group: PeerGroup) -> pd.DataFrame:
    """For each table: the years available for the authority, its neighbours, England.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        By what a page calls each.
    group : PeerGroup
        The authority and whom it is compared with: ``authority.group``.

    Returns
    -------
    pd.DataFrame
        ``table``, ``first``, ``last``, ``periods``, ``neighbours``, ``england``; an
        authority that is not in a table has no first and no last period.
    """
    rows = []
    for name, frame in tables.items():
        column = "balance_date" if "balance_date" in frame else period_of(frame)
        found = sorted(set(frame.loc[frame["area_code"] == group.area_code, column]))
        years = [f"{at:%d %B %Y}" if column == "balance_date" else str(at) for at in found]
        first, last = (years[0], years[-1]) if years else (None, None)
        there = set(frame["area_code"].unique())
        rows.append(
            {
                "table": name,
                "first": first,
                "last": last,
                "periods": len(years),
                "neighbours": sum(code in there for code in group.neighbours),
                "england": ENGLAND in there,
            }
        )
    return pd.DataFrame(rows)


def say_coverage(covered: pd.DataFrame, group: PeerGroup) -> str:
    """One sentence on which tables lack an authority."""
    missing = [inside(name) for name in covered.loc[covered["periods"] == 0, "table"]]
    if not missing:
        return f"Figures of every kind listed below are available for {group.name}."
    return f"Not available for {group.name}: {join_words(missing)}."


def say_neighbours(group: PeerGroup) -> str:
    """One sentence on whom an authority is compared with."""
    names = [group.names[code] for code in group.neighbours]
    if not names:
        return (
            f"The statistical neighbours of {group.name} are not known here, so it is compared "
            "with its region and England only."
        )
    return (
        f"The statistical neighbours of {group.name}, those most like it in the department's "
        f"model, closest first: {join_words(names)}."
    )


def status_counts(tables: Mapping[str, pd.DataFrame], area_code: str) -> pd.DataFrame:
    """How many figures of an area are published, and why the others are not.

    Returns
    -------
    pd.DataFrame
        Index table, columns the labels of the statuses that occur, in the list's
        order. [figures]
    """
    counts = {
        name: frame.loc[frame["area_code"] == area_code, "value_status"].value_counts()
        for name, frame in tables.items()
        if "value_status" in frame
    }
    wide = pd.DataFrame(counts).T.fillna(0).astype("int64").rename_axis("table")
    wide = wide[[status.value for status in ValueStatus if status.value in wide]]
    wide = wide.rename(columns=labels(ValueStatus))
    return about(wide, what="figures by why they are there or not", unit="count")


def say_missing(counts: pd.DataFrame) -> str:
    """One sentence on how many figures have no value."""
    total = int(counts.to_numpy().sum())
    without = counts.drop(columns=ValueStatus.REPORTED.label, errors="ignore").to_numpy().sum()
    share = without / total if total else 0.0
    return f"{share:.1%} of {total:,} figures have no value, each with its reason."


def disagreeing_totals(total_by_table: pd.DataFrame, *area_codes: str) -> pd.DataFrame:
    """Januaries in which a release has two totals in table ``ehcp_total_by_table`` for some areas.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``census_year``, ``source_id``, ``by_age``,
        ``by_setting`` [plans], ``difference`` (by setting less by age).
    """
    mine = total_by_table[total_by_table["area_code"].isin(area_codes)]
    key = ["area_code", "area_name", "census_year", "source_id"]
    wide = mine.pivot(index=key, columns="table", values="plans")
    both = wide.reindex(columns=["age", "caseload"]).dropna()
    both = both.set_axis(["by_age", "by_setting"], axis=1)
    both["difference"] = both["by_setting"] - both["by_age"]
    found = both[both["difference"] != 0].reset_index().rename_axis(columns=None)
    found["area_and_january"] = found["area_name"] + ", " + found["census_year"].astype(str)
    why = "Both tables agree in every January."
    return about(found, what="two totals that differ", why=why)


def say_totals(found: pd.DataFrame, group: PeerGroup) -> str:
    """One sentence on the Januaries in which an authority has two totals."""
    years = found.loc[found["area_code"] == group.area_code, "census_year"]
    if years.empty:
        return f"The two tables give the same totals for {group.name}."
    return f"The two tables differ for {group.name} in {join_words(list(map(str, years)))}."


def parts_against_total(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans by setting, added up, with the published total of each January.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``total``, ``added`` (settings with a figure), ``left``
        (total less added), ``not_known`` (settings whose figure is missing
        though it was collected).
    """
    rows = pick(caseload, area_code=area_code, age_band=TOTAL, primary_need=TOTAL)
    total = pick(rows, place_type=TOTAL).set_index("census_year")["plans"]
    parts = rows[rows["place_type"] != TOTAL]
    unknown = parts["plans"].isna() & (parts["value_status"] != ValueStatus.NOT_COLLECTED)
    groups = parts.assign(unknown=unknown).groupby("census_year")
    added = groups["plans"].sum(min_count=1)
    frame = pd.DataFrame({"total": total, "added": added, "left": total - added})
    return frame.assign(not_known=groups["unknown"].sum()).reset_index()


def say_parts(parts: pd.DataFrame) -> str:
    """One sentence on the Januaries in which settings do not add up."""
    off = [str(year) for year in parts.loc[parts["left"] != 0, "census_year"]]
    text = f"in {len(parts) - len(off)} of {len(parts)} Januaries"
    rest = f"; not in {join_words(off)}." if off else "."
    return f"Settings add up to the published total {text}{rest}"


def breaks(
    series_break: pd.DataFrame, areas: pd.DataFrame, group: PeerGroup, *series: str
) -> pd.DataFrame:
    """Rows of table ``series_break`` that bear on an authority, not on others' returns.

    Of some series, such as "plans", "requests", "settings" or "needs"; of all otherwise.
    """
    authorities = areas.loc[areas["area_type"] == AreaLevel.AUTHORITY, "area_name"]
    others = set(authorities) - {group.names[code] for code in group.authorities}
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(others)))})\b") if others else None
    elsewhere = series_break["what_happened"].map(lambda text: bool(named and named.search(text)))
    chosen = series_break["series"].isin(series or series_break["series"])
    return series_break[chosen & ~elsewhere]


def say_breaks(found: pd.DataFrame) -> list[str]:
    """A sentence or two on each break."""
    columns = ["first_year", "what_happened", "what_it_means"]
    return [f"{year}: {happened}. {means}." for year, happened, means in found[columns].to_numpy()]


def say_older(what: str, *, shown: int, asked: int) -> str:
    """Say that a page shows an older January where the one asked for was not published.

    Examples
    --------
    >>> say_older("kinds of place", shown=2024, asked=2025)
    'The kinds of place of January 2025 are not published; those of January 2024 are shown.'
    """
    said = f"The {what} of January {asked} are not published; those of January {shown} are shown."
    return said if shown < asked else ""


def corrections(declared: pd.DataFrame, *, as_of: int) -> pd.DataFrame:
    """Published figures that are wrong: ``period``, ``what``, ``published``, ``instead``, ``why``.

    ``declared`` is table ``correction``; those later than the January ``as_of`` are left out.
    """
    known = declared[declared["period"].str[:4].astype("int64") <= as_of]
    frame = known[["period", "what", "published", "instead", "why", "area_codes", "source_id"]]
    why = "No published figure is corrected."
    return about(frame.reset_index(drop=True), what="published figures that are wrong", why=why)


def say_corrections(found: pd.DataFrame, group: PeerGroup) -> str:
    """One sentence on whether figures of an authority or its neighbours are corrected."""
    codes = {code for codes in found["area_codes"] for code in codes.split(";")}
    touched = [group.names[code] for code in group.authorities if code in codes]
    if touched:
        return f"Published figures of {join_words(touched)} are corrected on these pages."
    return f"None of them is a figure of {group.name} or one of its neighbours."


def confirmations(unlikely: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Figures of table ``unlikely`` that stand out, by the reason why they are right.

    For each reason ``why``, ``figures`` (how many, in all areas), ``tables`` they are in, and
    ``own``: those of one authority, with what stands against each.
    """
    own = (unlikely["figure"] + ": " + unlikely["found"]).where(
        unlikely["area_code"] == area_code, ""
    )
    by_reason = unlikely.assign(
        own=own.str.removeprefix("table "), table=unlikely["name"].str.split("/").str[1]
    ).groupby("why", sort=False)
    frame = by_reason.agg(
        figures=("name", "count"),
        tables=("table", lambda names: ", ".join(sorted(set(names)))),
        own=("own", lambda texts: "; ".join(filter(None, texts))),
    ).reset_index()
    frame["why"] = frame["why"].replace("", "Nobody has confirmed it")
    return about(frame, what="figures that stand out", why="No figure stands out.")


def reorganised(areas: pd.DataFrame) -> pd.DataFrame:
    """Authorities that ended: ``code``, ``authority``, ``last_year`` and ``followed_by``."""
    names = areas.set_index("area_code")["area_name"]
    ended = areas[areas["successors"] != ""].sort_values(["last_census", "area_name"])
    followed = ended["successors"].apply(
        lambda codes: ", ".join(names[code] for code in codes.split(";"))
    )
    return pd.DataFrame(
        {
            "code": ended["area_code"],
            "authority": ended["area_name"],
            "last_year": ended["last_census"].astype("int64"),
            "followed_by": followed,
        }
    ).reset_index(drop=True)


def say_reorganised(ended: pd.DataFrame, group: PeerGroup) -> str:
    """One sentence on whether any of them is compared here."""
    touched = set(ended["code"]) & set(group.authorities)
    if not touched:
        return f"None of them is {group.name} or one of its neighbours."
    return f"{len(touched)} of them are in the comparison on these pages."


def say_sources(sources: pd.DataFrame) -> str:
    """One sentence on whose publications the figures come from."""
    is_open = sources["licence"].str.startswith("OGL")
    counts = sources.loc[is_open, "publisher"].value_counts(sort=True)
    named = [f"{publisher} ({count})" for publisher, count in counts.items()]
    return (
        f"The statistics come from {is_open.sum()} publications under the Open Government Licence: "
        f"{join_words(named)}. {(~is_open).sum()} council papers, reports and press articles are "
        "quoted for single figures, which pages mark as such."
    )
