"""A call that an interruption cancels: drivers wait in native code, where no signal is heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
GRACE = 10.0  # seconds that a cancelled call gets to end
AGAIN = 0.5  # seconds after which it is cancelled again: what had not begun, or is between two queries, did not hear it


def wait(action: Callable[[], T], cancel: Callable[[], None]) -> T:
    """Return what an action returns; where the waiting is interrupted, cancel it first.

    >>> wait(lambda: 6 * 7, lambda: None)
    42
    """
    answers: list[T] = []
    failures: list[BaseException] = []
    over = threading.Event()  # a thread whose join was interrupted passes for ended, before Python 3.13

    def work() -> None:
        try:
            answers.append(action())
        except BaseException as error:
            failures.append(error)
        finally:
            over.set()

    try:
        threading.Thread(target=work, daemon=True).start()
        over.wait()
    except BaseException:
        until = time.monotonic() + GRACE
        while not over.is_set() and time.monotonic() < until:
            cancel()
            over.wait(AGAIN)
        raise
    if failures:
        raise failures[0]
    return answers[0]
