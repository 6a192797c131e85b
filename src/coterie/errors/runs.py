"""What is wrong with a run: its record, its folder, its lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from coterie.errors.kinds import AccessError, BusyError, FormatError, InputError
from coterie.errors.texts import listed, quoted, quoted_path, shown

Published = Literal["run", "audience"]


def not_a_run(path: str, reason: str) -> FormatError:
    """A folder that is not a run of coterie's."""
    return FormatError(
        f"{quoted_path(path)} is not a run of coterie's: {shown(reason, 120)}.",
        do="Name a folder that `coterie segment` wrote.",
    )


def other_format(path: str, found: object, known: int) -> FormatError:
    """A record of another version."""
    return FormatError(
        f"{quoted_path(path)} has format {shown(found)}; this coterie reads format {known}.",
        do="Use the version of coterie that wrote it, or segment again.",
    )


def other_record(path: str, what: str) -> FormatError:
    """A record whose keys are not those of this version."""
    return FormatError(
        f"{quoted_path(path)} was made by another coterie: {shown(what, 160)}.", do="Segment again with this one."
    )


def cannot_write(path: str, reason: str, free: int | None = None) -> AccessError:
    """An output that the system refuses.

    ``free`` bytes are left where the disk is full.
    """
    room = "" if free is None else f"Where: {free:,} bytes are free on that disk."
    do = "Name another folder with --out." if free is None else "Make room, or name another disk with --out."
    return AccessError(f"Cannot write {quoted_path(path)}: {shown(reason, 120)}.", room, do)


def cannot_print(reason: str) -> AccessError:
    """A standard output that takes nothing."""
    return AccessError(
        f"Cannot write to standard output: {shown(reason, 120)}.", do="Send it somewhere else, or pass --quiet."
    )


def file_exists(path: str) -> InputError:
    """A file that stands where one is to be written."""
    return InputError(f"{quoted_path(path)} exists.", do="Pass --overwrite, or name another file with --out.")


def overlapping(out: str, source: str) -> InputError:
    """An output that is the source, or its part."""
    return InputError(
        f"The output {quoted_path(out)} and the source {quoted_path(source)} overlap.",
        do="Write somewhere else with --out.",
    )


def inside_published(out: str, called: str, folder: str) -> InputError:
    """An output inside the folder of a run or an audience, which holds its own files only."""
    return InputError(
        f"{quoted_path(out)} lies inside the {called} {quoted_path(folder)}.",
        do="Write somewhere else with --out.",
    )


def source_of_a_run(out: str, run: str) -> InputError:
    """An output that holds what a run was made of."""
    return InputError(
        f"{quoted_path(out)} is what the run {quoted_path(run)} was made of.", do="Write somewhere else with --out."
    )


def not_a_folder(out: str) -> AccessError:
    """A file where a folder is to be."""
    return AccessError(f"{quoted_path(out)} is a file, not a folder.", do="Name another folder with --out.")


def output_in_use(path: str, pid: object, host: object, lock: str) -> BusyError:
    """Name the run that is writing there."""
    return BusyError(
        f"{quoted_path(path)} is in use by another run of coterie (process {shown(pid)} on {shown(host)}).",
        do=f"Wait for it, or name another folder with --out. If that run is surely dead, delete {quoted_path(lock)}.",
    )


def changed_file(folder: str, name: str, called: Published = "run") -> FormatError:
    """A file of a run or an audience that is not the published one."""
    again = "Segment again" if called == "run" else "Make the audience again"
    return FormatError(
        f"{quoted(name)} in the {called} {quoted_path(folder)} was changed after it was written.",
        do=f"{again}, or restore it.",
    )


def no_tree() -> InputError:
    """A run without rules: merged by hand without its customers."""
    return InputError(
        "This run has no tree of rules: it was merged by hand, or no rule tells its segments.",
        do="Merge with --source, or write the whole assignment: leave --rules out.",
    )


def too_few_customers(rows: int, least: int) -> InputError:
    """Too few customers to find questions and to measure them."""
    return InputError(
        f"{rows:,} customers are too few to find a typing tool and to measure it.", do=f"Give at least {least:,}."
    )


def unasked_column(name: str, able: Sequence[str]) -> InputError:
    """A column that a typing tool cannot ask for."""
    return InputError(
        f"The column {quoted(name)} cannot be asked for: the run left it out, or it is of another kind here.",
        where=f"Columns that can: {listed(able)}.",
        do="Name some of these with --columns.",
    )


def nothing_told(columns: Sequence[str]) -> InputError:
    """Columns that tell no segment from another."""
    return InputError(
        f"No question about {listed(columns)} tells one segment from another.", do="Name other columns with --columns."
    )
