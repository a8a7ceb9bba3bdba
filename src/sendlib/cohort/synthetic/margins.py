"""What was published of an authority, beside what was drawn of the invented one."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import NEEDS, PLACES, Counts
from sendlib.cohort.synthetic.januaries import BANDS, January, by_band
from sendlib.cohort.synthetic.targets import Targets
from sendlib.vocabulary import TOTAL

_COLUMNS = ["census_year", "margin", "age_band", "age", "need", "place_type", "published", "drawn"]


def compare_margins(targets: Targets, drawn: Sequence[Counts]) -> pd.DataFrame:
    """Every published margin beside what was drawn."""
    parts = [
        part
        for published, table in zip(targets.published, drawn, strict=True)
        for part in _margins_of(published, table)
    ]
    parts.append(_needs_of(targets, drawn[-1]))
    found = pd.concat(parts, ignore_index=True)[_COLUMNS]
    return found.assign(difference=found["drawn"] - found["published"])


def _margins_of(published: January, drawn: Counts) -> list[pd.DataFrame]:
    by_place, by_age = drawn.sum(axis=(0, 1)), drawn.sum(axis=1)
    compared: list[tuple[str, Mapping[str, Iterable[str]], Counts, Counts]] = [
        ("total", {}, np.array([published.total]), np.array([drawn.sum()])),
        ("place_type", {"place_type": PLACES}, published.by_place, by_place),
    ]
    if published.by_band is not None:
        bands = by_band(by_age)
        compared.append(("age_band", {"age_band": BANDS}, published.by_band, bands))
    frames = [
        _compared(published.census_year, name, values, counts, found)
        for name, values, counts, found in compared
    ]
    if published.by_age is not None:
        age, place = np.nonzero(published.by_age + by_age)
        cells = {"age": age.astype(str), "place_type": np.array(PLACES, dtype=object)[place]}
        pairs = (published.by_age[age, place], by_age[age, place])
        frames.append(_compared(published.census_year, "age and place_type", cells, *pairs))
    return frames


def _needs_of(targets: Targets, drawn: Counts) -> pd.DataFrame:
    known = targets.needs.dropna(subset=["plans"])
    need, place = (
        known[column].map({value: at for at, value in enumerate(values)}).to_numpy()
        for column, values in (("primary_need", NEEDS), ("place_type", PLACES))
    )
    cells = {"need": known["primary_need"], "place_type": known["place_type"]}
    found = drawn.sum(axis=0)[need, place]
    last = targets.published[-1].census_year
    return _compared(last, "need and place_type", cells, known["plans"].to_numpy(), found)


def _compared(
    census_year: int, name: str, values: Mapping[str, Iterable[str]], counts: Counts, found: Counts
) -> pd.DataFrame:
    every = dict.fromkeys(("age_band", "age", "need", "place_type"), TOTAL)
    named = {column: list(given) for column, given in values.items()}
    rows = pd.DataFrame({"published": counts, "drawn": found, **named})
    missing = {column: value for column, value in every.items() if column not in named}
    return rows.assign(census_year=census_year, margin=name, **missing)
