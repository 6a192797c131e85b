"""What is wrong with an option or with what is installed."""

from __future__ import annotations

from collections.abc import Sequence

from coterie.errors.kinds import InputError, MissingExtra
from coterie.errors.texts import nearest, quoted, quoted_path, shown


def bad_option(name: str, found: object, wanted: str, origin: str = "") -> InputError:
    """An option out of range or of another type."""
    source = f" (from {origin})" if origin else ""
    return InputError(f"{name} cannot be {quoted(found)}{source}.", do=f"It must be {wanted}.")


def unknown_option(name: str, names: Sequence[str], origin: str) -> InputError:
    """A key of no option, in configuration or environment."""
    guess = nearest(name, names)
    meant = f"Did you mean {quoted(guess)}?" if guess else f"Known are: {', '.join(sorted(names))}."
    return InputError(f"Unknown option {quoted(name)}.", where=f"Where: {origin}.", do=meant)


def unknown_zone(zone: str, names: Sequence[str]) -> InputError:
    """A time zone that there is not."""
    guess = nearest(zone, names)
    meant = f"Did you mean {quoted(guess)}?" if guess else "It must be an IANA name such as Europe/Berlin."
    return InputError(f"--time-zone cannot be {quoted(zone)}: there is no such zone.", do=meant)


def bad_toml(path: str, reason: str) -> InputError:
    """A configuration file that is not TOML."""
    return InputError(f"{quoted_path(path)} is not valid TOML: {shown(reason, 120)}.", do="Correct the file.")


def no_source() -> InputError:
    """Nothing to read."""
    return InputError(
        "No input was given.", do='Name a file, for example `coterie segment customers.csv`, or set input = "…".'
    )


def missing_extra(package: str, extra: str) -> MissingExtra:
    """An optional package is not installed."""
    return MissingExtra(f"This needs the package {package}.", do=f"pip install 'coterie[{extra}]'")


def unknown_dialect(name: str, names: Sequence[str]) -> InputError:
    """A dialect that no SQL is written in."""
    guess = nearest(name, names)
    meant = f"Did you mean {guess}? " if guess else ""
    return InputError(f"There is no dialect {quoted(name)}.", do=f"{meant}Known are: {', '.join(names)}.")


def unwritable_column(column: str, reason: str, target: str) -> InputError:
    """A column that cannot be read in a dialect as it was in the file."""
    return InputError(
        f"The column {quoted(column)} cannot be written in SQL for {shown(target)}: {reason}.",
        do="Use `coterie assign`, or segment without it: --exclude.",
    )


def no_log() -> InputError:
    """A run of customers, where one of purchases is needed."""
    return InputError(
        "This run's customers were not made of purchases.",
        do="Name the table of the customers instead, or segment the purchases with --transactions.",
    )


def no_id_in_dialect(target: str) -> InputError:
    """A run without ids, for a dialect without row numbers."""
    return InputError(
        f"The run's customers have no id, and rows have no number in {shown(target)}.",
        do="Name the column that identifies a customer: --id COLUMN.",
    )
