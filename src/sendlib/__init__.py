"""See, forecast and pay for special educational needs and disabilities (SEND).

A notebook takes four steps, each of them a name to complete with the Tab key:

- ``from sendlib import Authority``: open an authority, load its tables;
- ``indicators``: counts, rates, shares and growth of a table, as frames to read;
- ``compare``: an authority beside its neighbours, and whether a gap is more than chance;
- ``charts``: a chart of a frame in one call; ``pages`` has tables and notes for a page.

``forecast``, ``cohort`` and ``finance`` look ahead under a scenario of
``scenarios``. A question mark after a name, as in ``compare.to_peers?``, says
what it takes and gives.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sendlib.authority import Authority

__all__ = ["Authority", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """``Authority``, imported when it is first asked for: the command line starts without it."""
    if name != "Authority":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sendlib.authority import Authority

    return Authority
