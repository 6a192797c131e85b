"""What is wrong with an audience, or with what came of a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.kinds import FormatError, InputError
from coterie.errors.texts import listed, quoted, quoted_path, shown


def not_an_audience(path: str, reason: str) -> FormatError:
    """A folder that is not an audience of coterie's."""
    return FormatError(
        f"{quoted_path(path)} is not an audience of coterie's: {shown(reason, 120)}.",
        do="Name a folder that `coterie audience` wrote.",
    )


def no_key() -> InputError:
    """A holdout without the key that picks it."""
    return InputError(
        "A holdout needs a key: the same key holds the same customers out next month.",
        do="Give one with --key-file FILE, in COTERIE_KEY, or with --key TEXT, and keep it.",
    )


def two_keys() -> InputError:
    """A key and a file with a key."""
    return InputError("There are two keys: --key (or COTERIE_KEY) and --key-file.", do="Give one of them.")


def small_segments(segments: Sequence[str], least: int) -> InputError:
    """Segments whose list would tell of single people."""
    lists = "list" if len(segments) == 1 else "lists"
    return InputError(
        f"The {lists} of {listed(segments)} would have fewer than {least} members: such a list tells of single people.",
        do="Choose others with --segment, hold out fewer, or write it all the same with --allow-small.",
    )


def nothing_to_join(flag: str) -> InputError:
    """Columns without the customers who have them."""
    return InputError(f"{shown(flag)} needs the customers.", do="Give their file with --source FILE.")


def no_columns() -> InputError:
    """Customers of whom nothing is asked."""
    return InputError(
        "--source brings nothing by itself.", do="Name what to take from it: --columns A,B or --hash COL."
    )


def other_customers(source: str, met: int, customers: int) -> InputError:
    """A source that holds other customers than the run."""
    return InputError(
        f"{quoted_path(source)} has {met:,} of the run's {customers:,} customers; it must have 99% of them.",
        do="Give the customers that the run was made of; --id names the column that identifies them.",
    )


def taken_name(column: str) -> InputError:
    """A column called as one that an audience has anyway."""
    return InputError(
        f"A column {quoted(column)} cannot stand beside the customers' id, which is called so.",
        do="Rename it in the source, or leave it out.",
    )


def no_confidence(segments: Sequence[str]) -> InputError:
    """Segments of which nobody knows who is borderline."""
    of = "segment" if len(segments) == 1 else "segments"
    return InputError(
        f"The run does not say which customers of {of} {listed(segments)} are borderline.",
        do="Leave --without-borderline out; after a merge, merge again with --source.",
    )


def no_holdout(path: str) -> InputError:
    """An audience from which nobody was held out."""
    return InputError(
        f"Nobody was held out of the audience {quoted_path(path)}, so there is nothing to compare with.",
        do="Make the next one with --holdout 0.1 and a key.",
    )


def other_run(audience: str, run: str) -> InputError:
    """An audience of another run."""
    return InputError(
        f"The audience {quoted_path(audience)} was not made from the run {quoted_path(run)}.",
        do="Name the run that it was made from.",
    )


def no_outcome(column: str, kind: str) -> InputError:
    """Outcomes that are no numbers."""
    return InputError(
        f"The outcome {quoted(column)} holds {shown(kind)}, not numbers.",
        do="Name a column of numbers, or of yes and no, with --outcome; leave it out only where the "
        "results list nobody but those who converted.",
    )


def only_listed_converted() -> InputError:
    """A comparison of customers who all have the same outcome."""
    return InputError(
        "Without --outcome everybody in the results converted, so --only-listed leaves nothing to compare.",
        do="Name the column of outcomes with --outcome, or leave --only-listed out.",
    )


def nobody_known(results: str, rows: int) -> InputError:
    """Results in which nobody of the audience is."""
    return InputError(
        f"Nobody of the audience is in {quoted_path(results)} ({rows:,} rows).",
        do="Give the results of this campaign; --id names the column that identifies a customer.",
    )
