"""Messages to people that a pack was published, or why it was not, sent with Apprise.

Where a message goes stands in environment variables, as addresses that Apprise
understands (``mailtos://...`` for e-mail by SMTP, ``jsons://...`` for a webhook):
an address may hold a password, so none stands in a file, a record or a message.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sendlib.board.file import Board
from sendlib.board.schedules import describe_next_run
from sendlib.errors import NoticeError, Problem, SendlibError, raise_any
from sendlib.packs.pack import Pack
from sendlib.packs.runs import latest_run
from sendlib.packs.stopping import Stopped

_LINES: Final = 12  # headlines or problems that a message lists, at most

_WRITE = (
    "write it as mailtos://user:password@host?to=someone@council.example, or as a webhook; "
    "in a user's name or password @ is %40, / is %2F and : is %3A"
)
_TRY = (
    "check the server, the user, the password and who it goes to, and whether the server can be "
    "reached from here; to see why: apprise -vvv --body=Trial with the address"
)
_SET = (
    "set it to an address for Apprise, such as mailtos://user:password@host, "
    "where the run is started: a scheduler does not have the variables of a terminal"
)


@dataclass(frozen=True)
class Message:
    """One message, in plain text."""

    event: Literal["success", "failure"]
    title: str
    body: str


def notify_published(board: Board, pack: Pack) -> None:
    """Send word that a pack is out."""
    record: Mapping[str, Any] = json.loads(pack.record.read_text(encoding="utf-8"))
    headlines = [line for lines in record["headlines"].values() for line in lines]
    message = success_message(
        board.name,
        where=str(pack.latest),
        headlines=headlines,
        stale=str(record["notice"]),
        next_run=describe_next_run(board),
    )
    send(message, board.notices.success)


@contextmanager
def failure_notified(board: Board, out: Path) -> Iterator[None]:
    """Send word of a run within the block that published nothing; its error stays what it was."""
    try:
        yield
    except BaseException as error:
        if getattr(error, "pack_is_out", False):
            raise
        try:
            last = latest_run(out)
            message = failure_message(board.name, error, last_good=last.run_id if last else "")
            send(message, board.notices.failure)
        except SendlibError as unsent:
            if isinstance(error, SendlibError):
                problems = (*error.problems, *unsent.problems)
                raise type(error)(error.headline, problems) from error
            error.add_note(str(unsent))
        raise


def success_message(
    board: str, *, where: str, headlines: Sequence[str], stale: str = "", next_run: str = ""
) -> Message:
    """The message that a pack was published; ``stale`` says why it is marked out of date."""
    lines = [f"The pack: {where}", *([f"Out of date: {stale}"] if stale else []), ""]
    lines += _listed(headlines)
    lines += ["", f"Next run: {next_run}"] if next_run else []
    return Message("success", f"{_in_a_line(board)}: a new pack is out", "\n".join(lines))


def failure_message(board: str, error: BaseException, *, last_good: str = "") -> Message:
    """The message that a run published nothing; of an error that is not ours only its kind."""
    problems = error.problems if isinstance(error, SendlibError) else ()
    stays = f"The last good pack stays: {last_good}" if last_good else "No pack was out before."
    if isinstance(error, SendlibError):
        headline = error.headline
    elif isinstance(error, Stopped):
        headline = f"The run was {error}."
    else:
        is_key = isinstance(error, KeyboardInterrupt)
        headline = "The run was stopped from the keyboard." if is_key else type(error).__name__
    lines = [headline, "", *_listed([str(problem) for problem in problems]), "", stays]
    return Message("failure", f"{_in_a_line(board)}: no new pack", "\n".join(lines))


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _listed(lines: Sequence[str]) -> list[str]:
    shown = [f"- {_in_a_line(line)}" for line in lines[:_LINES]]
    return [*shown, *[f"- and {len(lines) - _LINES} more"] * (len(lines) > _LINES)]


def send(message: Message, variables: Sequence[str]) -> None:
    """Deliver a message to the address in each variable, none of which waits for long."""
    tried = (_deliver(message, name, os.environ.get(name)) for name in variables)
    unsent = [problem for problem in tried if problem]
    raise_any(NoticeError, "A notice could not be delivered.", unsent)


def _deliver(message: Message, name: str, address: str | None) -> Problem | None:
    """What went wrong with one address, if anything."""
    if not address:
        return Problem("variable_not_set", "the environment variable is not set", name, _SET)
    import apprise

    channel = apprise.Apprise()
    if not channel.add(address):
        return Problem(
            "unknown_kind_of_address", "its address is of no kind that Apprise knows", name, _WRITE
        )
    if channel.notify(
        body=message.body,
        title=message.title,
        notify_type=message.event,
        body_format=apprise.NotifyFormat.TEXT,
    ):
        return None
    return Problem("notice_not_taken", "its address did not take the notice", name, _TRY)
