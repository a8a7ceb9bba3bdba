"""A panel in the page: a few settings, and the deficit under them, worked out by the browser.

The arithmetic is that of ``what_if``, on draws that stand in the page; without scripts a table
of the ends of every setting is left.
"""

import base64
import json
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from markupsafe import Markup

from sendlib.finance.income import schools_block_ahead
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Projection
from sendlib.finance.what_if import (
    FROM_SEPTEMBER,
    INDEPENDENT,
    MAINSTREAM,
    SEAT_GBP,
    SPECIAL,
    TOPPED_UP,
    Draws,
    Settings,
    deficits,
    draws_of,
)
from sendlib.pages import Block, table
from sendlib.pages.formats import MINUS, gbp_m
from sendlib.pages.markup import SCRIPT, render
from sendlib.pages.narrative import join_words, odds
from sendlib.periods import closing_date, financial_year, financial_year_start
from sendlib.vocabulary import PLACE_GROUPS

IN_PAGE = 500  # draws: a page grows by less than 150 kB
_STEPS = 65_535  # that two bytes tell apart
_PLACES_TRIED = 100  # where the table moves what they replace


@dataclass(frozen=True)
class Input:
    """Something to be set on the panel, by the name of its setting."""

    name: str
    label: str
    unit: str
    least: float
    most: float
    step: float
    start: float = 0.0
    kind: str = ""  # of place, where the setting is a price
    choices: tuple[str, ...] = ()  # for a setting that is chosen, by its number
    alone: str = ""  # its label in the table of ends, where that differs

    @property
    def row(self) -> str:
        """What the table of ends calls it."""
        return self.alone or (f"Price: {self.label}" if self.kind else self.label)

    def say(self, value: float) -> str:
        """A value as the panel writes it, a sign where it may be of either."""
        if self.choices:
            return self.choices[int(value)]
        sign = MINUS if value < 0 else "+" * (value > 0 and self.least < 0)
        return f"{sign}{abs(value):,g}{self.unit}"

    def set_in(self, start: Settings, value: float) -> Settings:
        """The settings with this one at a value, among places added where it speaks of them."""
        if self.kind:
            return replace(start, price_pct={self.kind: value})
        among = replace(start, added_places=_PLACES_TRIED) if self.alone else start
        return replace(among, **{self.name: int(value) if self.choices else value})  # type: ignore[arg-type]


_POINTS, _PERCENT = " points a year", "%"
_DEMAND = (
    Input("plans_points", "Growth of plans", _POINTS, -5, 5, 0.5),
    Input("top_ups_pct", "Top-ups of state schools and bases", _PERCENT, -10, 20, 0.5),
    Input("allocation_points", "Growth of the allocation", _POINTS, -3, 5, 0.5),
    Input("transfer_pct", "More from the schools block", "% of it a year", 0, 1, 0.1),
)
_PRICES = tuple(Input("price_pct", kind, _PERCENT, -20, 20, 1, kind=kind) for kind in PLACE_GROUPS)
_SEATS = Input("added_places", "Added in state special schools", " places", 0, 500, 10)
_REPLACED = "in place of independent schools"
_DISPLACED = Input("displaced_pct", f"Filled {_REPLACED}", _PERCENT, 0, 100, 5, 50,
                   alone=f"Of {_PLACES_TRIED} added places, filled {_REPLACED}")  # fmt: skip
_GRANT = Input("grant", "Stability grant", "", 0, 1, 1, choices=("refused", "approved"))
_WHO = ("the council", "government")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Settings of the reader's own and the deficit under them: ``ends`` and ``panel``."""

    draws: Draws  # those that stand in a page
    money: Projection

    @property
    def opens(self) -> Input:
        """The September in which added places open."""
        opens = tuple(
            f"September {financial_year_start(each)}" for each in self.draws.financial_years
        )
        last = len(opens) - 1
        return Input("opens", "Open from", "", 0, last, 1, min(1, last), choices=opens)

    @property
    def inputs(self) -> dict[str, tuple[Input, ...]]:
        """Everything that can be set, by the title of its group."""
        since = financial_year(int(self.money.scenario.value("finance.central_from")))
        takeover = Input(
            "takeover", f"New deficits from {since} fall on", "", 0, 1, 1, choices=_WHO
        )
        return {
            "Plans and money": _DEMAND,
            "Price of a place": _PRICES,
            "Added places": (_SEATS, self.opens, _DISPLACED),
            "What government decides": (_GRANT, takeover),
        }

    @property
    def ends(self) -> pd.DataFrame:
        """The middle of the deficit left to the council, with one setting at a time at its ends.

        ``what is set``, its ends as ``from`` and ``to``, and the middle at each of the two, when
        protection ends and at the last March. [£]
        """
        at, opens = self.closing_years, int(self.opens.start)
        start, rows = Settings(opens=opens, displaced_pct=_DISPLACED.start), []
        for each in (each for group in self.inputs.values() for each in group):
            if each.name != "opens":  # without added places it moves nothing
                both = [each.set_in(start, end) for end in (each.least, each.most)]
                middles = np.stack([deficits(self.draws, end)[at, 1] for end in both])
                rows.append((each.row, each.say(each.least), each.say(each.most), *middles.T.flat))
        years = [str(financial_year_start(self.money.financial_years[year]) + 1) for year in at]
        sides = [f"{year}, {end}" for year, end in product(years, ("from", "to"))]
        still = [gbp_m(value) for value in deficits(self.draws, start)[at, 1]]
        notes = [
            f"With nothing set: {join_words(still)}.",
            f"Added places open in {self.opens.say(opens)}; half of them are filled in place of "
            "independent schools, unless that is what is set.",
        ]
        return in_millions(
            pd.DataFrame(rows, columns=["what is set", "from", "to", *sides]),
            "middle of the deficit left to the council at 31 March, with one setting at its ends",
            notes=notes,
        )

    @property
    def closing_years(self) -> list[int]:
        """The years that sentences speak of: the end of protection, and the last."""
        years = self.money.financial_years
        return list(dict.fromkeys([years.index(self.money.protected_year), len(years) - 1]))

    def panel(self, *, folded: bool = False) -> Block:
        """Sliders and choices on a page, with the chart, table and sentence that follow them.

        The browser works them out from draws that stand in the page, and sends nothing
        anywhere. Where scripts do not run, the table of ``ends`` is left.

        Parameters
        ----------
        folded : bool
            Whether the panel opens on demand.
        """
        ends = table(self.ends, name="what-if-ends", origin="not_people")
        data = _payload(self)
        written = json.dumps(data, separators=(",", ":"))
        script, left = Markup(SCRIPT), Markup(ends._repr_html_())  # noqa: S704
        inputs, kinds = self.inputs, self.draws.kinds
        return Block(render("what_if", inputs, kinds, data, written, left, script, folded))


def what_if(model: Model, money: Projection) -> WhatIf:
    """Settings that depart from one projection, and the deficit under them.

    Parameters
    ----------
    model : Model
        That the projection was run with.
    money : Projection
        From which settings depart.
    """
    starts = [financial_year_start(year) for year in money.financial_years]
    schools = schools_block_ahead(model.known, money.scenario, starts)
    allocated = {
        *map(financial_year_start, map(str, model.known.allocation.index)),
        *money.scenario.value("finance.allocation_gbp"),
    }
    return WhatIf(draws_of(money, schools, allocated=allocated, most=IN_PAGE), money)


def _payload(asked: WhatIf) -> dict[str, object]:
    """What the script reads: draws in two bytes a number, and what the sums need beside them."""
    draws = asked.draws
    columns = [
        column
        for at in range(len(draws.financial_years))
        for column in (
            *draws.cost[:, at].T,
            draws.other_cost[:, at],
            draws.block[:, at],
            draws.other_income[:, at] - draws.places[:, at],
        )
    ]
    lows = [float(column.min()) for column in columns]
    steps = [float(np.ptp(column)) / _STEPS or 1.0 for column in columns]  # a constant has no steps
    packed = [
        np.rint((column - low) / step).astype("<u2")
        for column, low, step in zip(columns, lows, steps, strict=True)
    ]
    worlds = [draws.as_it_stands[bool(each // 2), bool(each % 2)] for each in range(4)]
    return {
        "years": draws.financial_years,
        "closes": [closing_date(year) for year in draws.financial_years],
        "first": financial_year_start(draws.financial_years[0]),
        "shown": asked.closing_years,
        "odds": odds(asked.money.range_pct),
        "draws": len(draws.cost),
        "columns": [[round(low, 1), round(step, 4)]
                    for low, step in zip(lows, steps, strict=True)],
        "packed": base64.b64encode(np.concatenate(packed).tobytes()).decode("ascii"),
        "opening": draws.opening_gbp,
        "blockYears": draws.block_years.tolist(),
        "schoolsBlock": draws.schools_block.round().tolist(),
        "planCost": draws.plan_cost.round(2).tolist(),
        "granted": draws.granted.tolist(),
        "met": draws.met.tolist(),
        "takenOver": draws.taken_over.tolist(),
        "levels": draws.levels,
        "asItStands": [each.round().tolist() for each in worlds],
        "seat": SEAT_GBP,
        "fromSeptember": FROM_SEPTEMBER,
        "seatKinds": [draws.kinds.index(each) for each in (MAINSTREAM, SPECIAL, INDEPENDENT)],
        "toppedUp": [draws.kinds.index(each) for each in TOPPED_UP],
    }  # fmt: skip
