"""What is made when it is first asked for: what a room hands out, patterns over text, methods of records.

No verb needs all of it, and a short run's time is mostly that of its imports.
What can go wrong is imported at once (`errors`): a run that is out of memory can import nothing more.

Its module::

    records          records that nothing changes, cheap to define
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # of `typing`, which costs more than all that `import coterie` needs
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping
    from typing import Any

    from coterie.doors.records import distinct, frozen

__all__ = ["Pattern", "distinct", "frozen", "opened", "pattern"]


def opened(room: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a room.

    Parameters
    ----------
    room : its ``__name__``.
    homes : the module of the room that has a name; a module's own name is the module itself.
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        module = importlib.import_module(f"{room}.{homes[name]}")
        return module if homes[name] == name else getattr(module, name)

    return get, lambda: sorted(homes)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled when it is first used."""
    return Pattern(text, flags)  # type: ignore[return-value]  # it has the methods of one, and nothing else is asked


class Pattern:
    """A regular expression; once compiled, its methods are those of the compiled one."""

    def __init__(self, text: str, flags: int) -> None:
        self.pattern, self.flags = text, flags

    def __getattr__(self, name: str) -> Any:
        compiled = importlib.import_module("re").compile(self.pattern, self.flags)
        method = getattr(compiled, name)
        setattr(self, name, method)
        return method


__getattr__, __dir__ = opened(__name__, {"distinct": "records", "frozen": "records"})
