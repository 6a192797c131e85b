"""A call that an interruption cancels: drivers wait in native code, where no signal is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
GRACE = 10.0  # seconds that a cancelled call gets to end


def wait(action: Callable[[], T], cancel: Callable[[], None]) -> T:
    """Return what an action returns; where the waiting is interrupted, cancel it first.

    >>> wait(lambda: 6 * 7, lambda: None)
    42
    """
    answers: list[T] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(action())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join()
    except BaseException:
        cancel()
        thread.join(GRACE)
        raise
    if failures:
        raise failures[0]
    return answers[0]
