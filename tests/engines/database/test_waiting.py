"""A call that waits in native code is cancelled by an interruption, and its own error is passed on."""

from __future__ import annotations

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
        cancelled.wait(10)
        time.sleep(0.05)
        ended.set()

    threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        wait(work, cancelled.set)
    assert ended.is_set()
