"""A call that waits in native code is cancelled by an interruption, and its own error is passed on."""

from __future__ import annotations

import itertools
import signal
import threading
import time

import pytest

from coterie.engines.database.waiting import wait


def test_what_fails_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        wait(lambda: 1 // 0, lambda: None)


def test_an_interruption_cancels_the_call_and_waits_for_its_end() -> None:
    cancelled, ended = threading.Event(), threading.Event()

    def work() -> None:
        _interrupt()
        cancelled.wait(10)
        time.sleep(0.05)
        ended.set()

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wait(work, cancelled.set)
    assert ended.is_set()
    assert time.monotonic() - began < 5


def test_a_call_that_does_not_hear_the_first_cancellation_is_cancelled_again() -> None:
    times, heard = itertools.count(1), threading.Event()

    def work() -> None:
        _interrupt()
        heard.wait(60)

    def cancel() -> None:
        if next(times) == 3:
            heard.set()

    with pytest.raises(KeyboardInterrupt):
        wait(work, cancel)
    assert heard.is_set()
    assert next(times) == 4


def _interrupt() -> None:
    """Interrupt the main thread, once the call runs: it waits for it, or is about to."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
