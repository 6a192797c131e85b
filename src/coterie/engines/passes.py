"""What a query over the data cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    """A query over the data: what it made, its CPU seconds in all threads, and seconds by the clock."""

    what: str
    cpu: float
    wall: float


@contextmanager
def timed(passes: list[Pass], what: str) -> Iterator[None]:
    """Add what is done within as a pass."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    passes.append(Pass(what, time.process_time() - cpu, time.perf_counter() - wall))
