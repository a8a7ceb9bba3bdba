"""End a run cleanly when a person or a service asks for it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT)


class Stopped(SystemExit):
    """A signal asked the run to end; the program ends with 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number
        self.pack_is_out = False  # whether the run had published its pack by then

    def __str__(self) -> str:
        return f"stopped by a signal, {signal.Signals(self.number).name}"


class Stop:
    """Where signals to a run arrive: the first raises, or waits until it may."""

    def __init__(self) -> None:
        self._is_postponed = False
        self._waiting: int | None = None

    def __call__(self, number: int) -> None:
        """Take a signal."""
        if not self._is_postponed:
            raise Stopped(number)
        self._waiting = number

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Let a few last steps end, before a signal that came meanwhile is heard."""
        self._is_postponed = True
        try:
            yield
        finally:
            self._is_postponed = False
        if self._waiting is not None:
            raise Stopped(self._waiting)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Hear SIGTERM and SIGINT as :class:`Stopped` within the block.

    The first signal is heard so; a second one meets what was there before, so
    that nobody has to wait. Signals that were ignored stay ignored. In a
    thread other than the main one nothing can be heard, and nothing changes.
    """
    stop = Stop()
    is_main = threading.current_thread() is threading.main_thread()
    handlers = {number: signal.getsignal(number) for number in STOPPING if is_main}
    before = {number: each for number, each in handlers.items() if each is not signal.SIG_IGN}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def hear(number: int, _frame: FrameType | None) -> None:
        restore()
        stop(number)

    for number in before:
        signal.signal(number, hear)
    try:
        yield stop
    finally:
        restore()
