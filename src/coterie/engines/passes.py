"""What a query over the data cost, and with what versions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from coterie.doors import frozen


@frozen
class Pass:
    """A query over the data: what it made, its CPU seconds in all threads, and seconds by the clock.

    ``rows`` is how many rows left a database for it; None: the data were in this process.
    """

    what: str
    cpu: float
    wall: float
    rows: int | None = None


@contextmanager
def timed(passes: list[Pass], what: str) -> Iterator[None]:
    """Add what is done within as a pass."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    passes.append(Pass(what, time.process_time() - cpu, time.perf_counter() - wall))


def versions_of(*names: str) -> dict[str, str]:
    """Return the versions of Python and of packages."""
    from importlib.metadata import version
    from platform import python_version

    return {"python": python_version(), **{name: version(name) for name in names}}
