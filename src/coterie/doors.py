"""What a room hands out, imported when it is first asked for.

No verb needs all of what the rooms hand out, and a short run's time is mostly that of its imports.
What can go wrong is imported at once (`errors`): a run that is out of memory can import nothing more.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any


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
