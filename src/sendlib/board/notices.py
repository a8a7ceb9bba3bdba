"""Tell people that a pack was published, or why it was not.

Where a notice goes stands in environment variables, as addresses that Apprise
understands (``mailtos://...`` for e-mail by SMTP, ``jsons://...`` for a webhook):
an address may hold a password, so none stands in a file, a record or a message.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from sendlib.errors import NoticeError, Problem, SendlibError, raise_any
from sendlib.packs.stopping import Stopped

Event = Literal["success", "failure"]

SHOWN_AT_MOST = 12
"""How many headlines or problems a notice lists."""

MAY_TAKE = 120.0
"""How long all addresses together may take to take a notice. [seconds]"""

_WRITE = (
    "write it as mailtos://user:password@host?to=someone@council.example, or as a webhook; "
    "in a user's name or password @ is %40, / is %2F and : is %3A"
)
_TRY = (
    "check the server, the user, the password and who it goes to, and whether the server can be "
    "reached from here; to see why: .venv/bin/apprise -vvv --body=Trial with the address"
)


@dataclass(frozen=True)
class Notice:
    """One message, in plain text.

    Parameters
    ----------
    event : {"success", "failure"}
        What happened.
    title : str
        One line.
    body : str
        What a reader needs, a line for each thing.
    """

    event: Event
    title: str
    body: str


def published(
    board: str, *, where: str, headlines: Sequence[str], stale: str = "", next_run: str = ""
) -> Notice:
    """The notice of a pack that was published.

    Parameters
    ----------
    board : str
        Name of the board.
    where : str
        Where the pack is.
    headlines : Sequence[str]
        What its pages state.
    stale : str
        Why it is marked out of date, if it is.
    next_run : str
        When the next is due, in words.

    Examples
    --------
    >>> published("Invented board", where="outputs/latest", headlines=["Plans rose."]).title
    'Invented board: a new pack is out'
    """
    lines = [f"The pack: {where}", *([f"Out of date: {stale}"] if stale else []), ""]
    lines += _listed(headlines)
    lines += ["", f"Next run: {next_run}"] if next_run else []
    return Notice("success", _title(board, "a new pack is out"), "\n".join(lines))


def not_published(board: str, error: BaseException, *, last_good: str = "") -> Notice:
    """The notice of a run that published nothing."""
    problems = error.problems if isinstance(error, SendlibError) else ()
    standing = f"The last good pack stays: {last_good}" if last_good else "No pack was out before."
    told = [_headline(error), "", *_listed([str(problem) for problem in problems]), "", standing]
    body = "\n".join(told)
    return Notice("failure", _title(board, "no new pack"), body)


def _headline(error: BaseException) -> str:
    if isinstance(error, SendlibError):
        return error.headline
    if isinstance(error, Stopped):
        return f"The run was {error}."
    is_key = isinstance(error, KeyboardInterrupt)
    return "The run was stopped from the keyboard." if is_key else type(error).__name__


def send(
    notice: Notice,
    variables: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    most: float = MAY_TAKE,
) -> None:
    """Deliver a notice to every address."""
    values = os.environ if environment is None else environment
    until = monotonic() + most
    under_way = [_Delivery(notice, name, values.get(name)) for name in variables]
    found = [problem for delivery in under_way for problem in delivery.problems(until)]
    raise_any(NoticeError, "A notice could not be delivered.", found)


class _Delivery:
    """The way of a notice to one address, in a thread that nobody has to wait for."""

    def __init__(self, notice: Notice, name: str, address: str | None) -> None:
        self._name = name
        self._found: list[Problem] | None = None

        def deliver() -> None:
            self._found = _deliver(notice, name, address)

        self._thread = threading.Thread(target=deliver, daemon=True)
        self._thread.start()

    def problems(self, until: float) -> list[Problem]:
        """What went wrong by a moment of the monotonic clock. [seconds]"""
        self._thread.join(max(0.0, until - monotonic()))
        if self._found is None:
            remedy = "check the server in it, and whether it can be reached from here"
            return [Problem("its address did not take the notice in time", self._name, remedy)]
        return self._found


def _deliver(notice: Notice, name: str, address: str | None) -> list[Problem]:
    if not address:
        remedy = (
            "set it to an address for Apprise, such as mailtos://user:password@host, "
            "where the run is started: a scheduler does not have the variables of a terminal"
        )
        return [Problem("the environment variable is not set", name, remedy)]
    import apprise

    channel = apprise.Apprise()
    if not channel.add(address):
        return [Problem("its address is of no kind that Apprise knows", name, _WRITE)]
    kinds = {"success": apprise.NotifyType.SUCCESS, "failure": apprise.NotifyType.FAILURE}
    sent = channel.notify(
        body=notice.body,
        title=notice.title,
        notify_type=kinds[notice.event],
        body_format=apprise.NotifyFormat.TEXT,
    )
    return [] if sent else [Problem("its address did not take the notice", name, _TRY)]


def _title(board: str, what: str) -> str:
    """One line, whatever a name holds."""
    return f"{' '.join(board.split())}: {what}"


def _listed(lines: Sequence[str]) -> list[str]:
    shown = [f"- {' '.join(line.split())}" for line in lines[:SHOWN_AT_MOST]]
    left_out = len(lines) - SHOWN_AT_MOST
    return [*shown, f"- and {left_out} more"] if left_out > 0 else shown
