"""Where the figures of a page or a block come from, said in words and in its markup.

National statistics are in the public domain, and their publisher has dealt with
small numbers. Counts from an authority's own records have yet to be kept from
pointing to a child; the mark lets the check before publishing find every one.
"""

from typing import Literal, get_args

from markupsafe import Markup

from sendlib.pages.markup import Block
from sendlib.vocabulary import FEWEST_SHOWN

Origin = Literal["", "own", "published", "not_people"]
"""Own records; published statistics; what counts no child; or empty, as the page says."""


def check_origin(origin: str) -> None:
    """Refuse an origin that is not known.

    Raises
    ------
    ValueError
        Naming those that are.
    """
    if origin not in get_args(Origin):
        known = ", ".join(name for name in get_args(Origin) if name)
        raise ValueError(f"Unknown origin {origin!r}. Valid: {known}.")


def mark(origin: str) -> Markup:
    """The attribute of an element that says where its figures come from; none when empty."""
    return Markup(' data-origin="{}"').format(origin) if origin else Markup("")


def own_records(*, fewest: int = FEWEST_SHOWN) -> Block:
    """Say that the figures of a page come from the authority's own records.

    Shown once, it makes every table, chart and sentence of the page subject to
    disclosure control before a pack is published, but for blocks that say they
    are of another origin.

    Parameters
    ----------
    fewest : int
        The smallest count of children that is shown.
    """
    text = (
        "Figures on this page come from the authority's own records. Counts of children below "
        f"{fewest}, and others that would give them away, are withheld: marked [c] in tables, and "
        "left out of charts. National statistics beside them are in the public domain and are "
        "shown in full."
    )
    return Block(
        Markup(
            '<div class="banner banner-note" role="note" data-origin="own">'
            '<p class="block-title">The authority\'s own records</p><p>{}</p></div>'
        ).format(text)
    )
