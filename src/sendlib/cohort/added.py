"""What pages show of added places."""

import numpy as np
import pandas as pd

from sendlib.cohort.levers import AddedPlaces, levers
from sendlib.cohort.projection import Projection
from sendlib.cohort.seats import INDEPENDENT, OUT_OF_SCHOOL
from sendlib.scenarios import Scenario
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES, PlaceType, labels

_COLUMNS = [
    *("places", "census_year", "open", "filled", "empty", "queue"),
    *("from independent, low", "from independent", "from independent, high"),
    *("out of school before", "in mainstream before"),
]


def added_records(scenario: Scenario) -> tuple[AddedPlaces, ...]:
    """The added places of a scenario, in order."""
    return levers(scenario).added_places


def added_places(projection: Projection) -> pd.DataFrame:
    """What becomes of added places, January by January.

    Returns
    -------
    pd.DataFrame
        A row for each record and January: ``places``, ``census_year``, ``open`` since the last
        count, ``filled`` and ``empty`` (means), ``queue`` (who would take a seat and finds none,
        middle), the range of those who would be in an independent or non-maintained special
        school otherwise, and means of those from out of school and from mainstream.
        Empty without added places. [places, children]
    """
    simulation = projection.simulation
    why = f"The scenario {projection.scenario.name} adds no places."
    rows: list[tuple[object, ...]] = []
    records = added_records(projection.scenario) if simulation.seats else ()
    for position, record in enumerate(records):
        assert simulation.seats is not None
        seats = simulation.seats.of(position)
        filled = seats.filled.sum(axis=2)
        sources = (INDEPENDENT, OUT_OF_SCHOOL, STATE_MAINSTREAM_PLACES)
        before = [
            seats.filled[..., np.isin(simulation.axes.places, source)].sum(axis=2)
            for source in sources
        ]
        name = f"{labels(PlaceType)[record.place]}, ages {record.ages}"
        for at, january in enumerate(simulation.census_years[1:]):
            low, middle, high = np.quantile(before[0][:, at], projection.levels)
            rows.append(
                (
                    *(name, january, int((filled + seats.empty)[0, at])),
                    *(each[:, at].mean() for each in (filled, seats.empty)),
                    *(float(np.median(seats.queue[:, at])), low, middle, high),
                    *(each[:, at].mean() for each in before[1:]),
                )
            )
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame.attrs |= {"what": "places that open, who fills them and who waits", "why": why}
    return frame
