"""What an engine could not do."""

from __future__ import annotations

from coterie.errors.kinds import AccessError, EngineError, LimitError
from coterie.errors.texts import quoted_path, shown


def engine_refused(reason: str, sql: str = "") -> EngineError:
    """The engine could not run a query of ours."""
    return EngineError(
        f"The engine could not finish: {shown(reason, 200)}.", do="Run again with -v; please report it.", sql=sql
    )


def temporary_full(folder: str) -> LimitError:
    """A full disk, for what memory cannot hold."""
    return LimitError(
        f"The disk of the temporary folder {quoted_path(folder)} is full.",
        do="Make room, or name a folder with more room with --temp-dir.",
    )


def no_temporary(folder: str, reason: str) -> AccessError:
    """A temporary folder that is not there, or refuses."""
    return AccessError(
        f"Cannot write in the temporary folder {quoted_path(folder)}: {shown(reason, 120)}.",
        do="Name another folder with --temp-dir.",
    )


def out_of_memory(reason: str) -> LimitError:
    """The engine ran into its memory or disk limit."""
    return LimitError(
        f"Memory ran out: {shown(reason, 160)}.",
        do="Give more with --memory, name a folder with more room with --temp-dir, or use fewer columns.",
    )
