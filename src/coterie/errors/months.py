"""What is wrong with a refresh, or with two runs that are compared."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.kinds import InputError
from coterie.errors.texts import listed, quoted, quoted_path


def another_id(id: str, usual: str) -> InputError:
    """Customers identified by another column than those of the run."""
    return InputError(
        f"The run's customers are known by {quoted(usual)}, not by {quoted(id)}: nobody could be followed.",
        do="Leave --id out, or call the column as it was called.",
    )


def lost_id(usual: str, have: Sequence[str]) -> InputError:
    """A table without the column that identified the run's customers."""
    return InputError(
        f"The table lacks {quoted(usual)}, by which the run's customers are known.",
        where=f"It has: {listed(have)}.",
        do="Add the column, or call it as it was called.",
    )


def fewer_customers(k: int, customers: int) -> InputError:
    """Fewer customers than the run has segments."""
    there = "is only 1 customer" if customers == 1 else f"are only {customers:,} customers"
    return InputError(
        f"The run has {k} segments, and there {there} to put into them.",
        do="Give all customers of now, or ask for fewer segments with -k.",
    )


def same_run() -> InputError:
    """One run named twice."""
    return InputError("Both runs are the same one.", do="Name the run of before, and that of now.")


def other_features(both: Sequence[str], before: Sequence[str], now: Sequence[str]) -> InputError:
    """Runs that were formed with different columns."""
    parts = [f"Both have {listed(both)}" if both else "They have none in common"]
    parts += [f"only the old one {listed(before)}"] if before else []
    parts += [f"only the new one {listed(now)}"] if now else []
    return InputError(
        "The runs were formed with different columns, so that their segments cannot be compared.",
        where=f"{'; '.join(parts)}.",
        do="Make the new one with `coterie refresh`, or name the same --features.",
    )


def nobody_followed() -> InputError:
    """Changes asked for where no customer can be followed."""
    return InputError(
        "Nobody can be followed: the runs have no id of their customers in common.", do="Segment with --id."
    )


def repeated_customers(source: str, repeats: int) -> InputError:
    """Customers of whom several have one id, so that none can be followed."""
    rows = "row has the id of another" if repeats == 1 else "rows have the id of another"
    return InputError(
        f"Customers of {quoted_path(source)} cannot be followed: {repeats:,} {rows}.",
        do="Segment again with one row a customer.",
    )
