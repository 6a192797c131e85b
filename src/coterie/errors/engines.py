"""What an engine could not do."""

from __future__ import annotations

from coterie.errors.kinds import EngineError, LimitError
from coterie.errors.texts import shown


def engine_refused(reason: str, sql: str = "") -> EngineError:
    """The engine could not run a query of ours."""
    return EngineError(
        f"The engine could not finish: {shown(reason, 200)}.", do="Run again with -v; please report it.", sql=sql
    )


def out_of_memory(reason: str) -> LimitError:
    """The engine ran into its memory or disk limit."""
    return LimitError(
        f"Memory ran out: {shown(reason, 160)}.",
        do="Give more with --memory, name a folder with more room with --temp-dir, or use fewer columns.",
    )
