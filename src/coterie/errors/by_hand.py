"""What is wrong with a name or a merge given by hand."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.kinds import InputError
from coterie.errors.texts import SHOWN_NAMES, quoted, quoted_path, shown


def no_segment(key: str, segments: Sequence[str]) -> InputError:
    """An id or letter that no segment has."""
    return InputError(
        f"There is no segment {quoted(key)}.",
        where=f"The run has: {', '.join(shown(s, 20) for s in segments[:SHOWN_NAMES])}.",
        do="Name one by its number or its letter.",
    )


def bad_name(text: str, reason: str) -> InputError:
    """A name given by hand that cannot be one."""
    return InputError(
        f"{quoted(text)} cannot be the name of a segment: {shown(reason, 120)}.",
        do='Give a short name in plain letters, for example "Weekend families".',
    )


def name_taken(text: str, letter: str) -> InputError:
    """A name that another segment of the run has."""
    return InputError(
        f"Segment {shown(letter, 8)} is called {quoted(text)} already.", do="Give every segment its own name."
    )


def merge_with_itself(key: str) -> InputError:
    """One segment named twice."""
    return InputError(f"Segment {quoted(key)} cannot be merged with itself.", do="Name two different segments.")


def last_two_segments() -> InputError:
    """A merge that would leave one segment."""
    return InputError(
        "The run has two segments only; merging them would leave none to tell apart.",
        do="Keep both, or segment again with other columns.",
    )


def one_segment() -> InputError:
    """A question about a border in a run without one."""
    return InputError("The run has one segment only: there is no other to compare with.", do="Segment again with -k 2.")


def no_customers() -> InputError:
    """A run without its customers: loaded, or pickled after a frame."""
    return InputError("This run is without its customers.", do="Give them with --source.")


def other_source(source: str) -> InputError:
    """Customers that are not those of the run."""
    return InputError(
        f"{quoted_path(source)} does not hold the customers that the run was made of.",
        do="Give the same file, unchanged, or leave --source out.",
    )


def changed_meanwhile(run: str) -> InputError:
    """A run folder that holds another record than was loaded."""
    return InputError(f"{quoted_path(run)} was written again since it was loaded.", do="Load it again.")
