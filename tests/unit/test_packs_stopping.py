import os
import signal
import threading

import pytest

from sendlib.packs.stopping import Stopped, stoppable

pytestmark = pytest.mark.posix  # Windows ends a process that sends itself a signal


def end_with_signals(*numbers, done, error=None):
    """Send signals to this process in the last steps of a run."""
    with stoppable() as stop:
        with stop.postponed():
            for number in numbers:
                os.kill(os.getpid(), number)
            done.append("the switch")
            if error:
                raise error
        done.append("never")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_block_with_its_code(number, code):
    before = signal.getsignal(number)
    with pytest.raises(Stopped, match=f"stopped by a signal, {number.name}") as caught, stoppable():
        os.kill(os.getpid(), number)
    assert caught.value.code == code
    assert signal.getsignal(number) == before


def test_the_last_steps_end_before_a_signal_is_heard():
    done = []
    with pytest.raises(Stopped):
        end_with_signals(signal.SIGTERM, done=done)
    assert done == ["the switch"]


def test_an_error_of_the_last_steps_comes_before_a_signal():
    with pytest.raises(ZeroDivisionError):
        end_with_signals(signal.SIGTERM, done=[], error=ZeroDivisionError())


def test_a_second_signal_meets_what_was_there_before():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("before"))
    try:
        with pytest.raises(Stopped):
            end_with_signals(signal.SIGTERM, signal.SIGTERM, done=[])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["before"]


def test_a_signal_that_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_outside_the_main_thread_nothing_changes():
    seen = []

    def other():
        with stoppable() as stop, stop.postponed():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]
