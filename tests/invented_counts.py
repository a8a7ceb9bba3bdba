"""Invented counted figures of a few authorities and of England."""

import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.vocabulary import ENGLAND

GROUP = PeerGroup("1", ("2", "3"), "E12000009", {"1": "One"})
SMALL_GROUP = PeerGroup("1", ("2",), "E12000009", {"1": "One"})


def counted(*rows, indicator="a"):
    frame = pd.DataFrame(rows, columns=["area_code", "year", "value", "of"])
    period = frame["year"].astype(str)
    return frame.assign(indicator=indicator, period=period, kind="share", source_id="s")


FIGURES = counted(
    ("1", 2024, 0.9, 1_000),
    ("1", 2025, 0.3, 1_000),
    ("2", 2025, 0.2, 3_000),
    ("3", 2025, 0.6, 1_000),
    ("4", 2025, 0.1, 500),
    (ENGLAND, 2025, 0.2, 100_000),
    ("E12000009", 2025, 0.2, 9_000),
)
FEW_FIGURES = (
    ("1", 2024, 0.9, 1_000),
    ("1", 2025, 0.3, 1_000),
    ("2", 2025, 0.2, 3_000),
    ("3", 2025, 0.4, 500),
    (ENGLAND, 2025, 0.2, 100_000),
)


def few_counted(kind="share", indicator="a"):
    return counted(*FEW_FIGURES, indicator=indicator).assign(kind=kind)
