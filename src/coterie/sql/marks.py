"""Nodes that dialects spell differently: marks in the tree, which rendering replaces.

A mark is a call of a function whose name no engine has; ``dialects`` says what stands for it in each dialect.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlglot import exp

from coterie.sql.tree import Node, text, whole


class Mark(StrEnum):
    """What a marked node means; with its blanks no function is called so."""

    NUMBER_IN = "cell as a number"
    IS_NAN = "is not a number"
    LEAST = "the least"
    WHOLE_SUM = "sum of whole numbers"
    PARSED_TIME = "text as a time"
    IN_UTC = "instant as UTC shows it"
    SECONDS = "seconds since 1970"
    DAY = "days since 1970"
    KEY = "text that only the same letters equal"
    LETTERS = "such a text as it is written"
    BY_BYTES = "text that is compared by its bytes"
    TIME_OF_MICROS = "microseconds as a time"
    ONE_IN_32 = "an id that a hash picks"
    HEX_NUMBER = "hexadecimal digits as a number"
    RANGE = "relation of whole numbers"
    EACH = "row for each whole number"
    RENAMED = "tables under other names"


def _mark(meaning: Mark, *arguments: Node) -> Node:
    return exp.Anonymous(this=meaning, expressions=list(arguments))


def number_in(a: Node) -> Node:
    """Return a cell as a double.

    What is no number is an error of the engine, or NULL where the engine would take it for 0.
    """
    return _mark(Mark.NUMBER_IN, a)


def is_nan(a: Node) -> Node:
    """Return the condition that a double is no number."""
    return _mark(Mark.IS_NAN, a)


def least(nodes: Sequence[Node]) -> Node:
    """Return the smallest; none may be NULL, for dialects differ there."""
    return nodes[0] if len(nodes) == 1 else _mark(Mark.LEAST, *nodes)


def whole_sum(a: Node) -> Node:
    """Return the sum of 64-bit whole numbers as a double, rounded once.

    The sum is exact, may pass 64 bits, and is the last thing asked of the numbers. Where a sum is counted on with, and
    is known to stay within 64 bits, ``total`` gives a whole number.
    """
    return _mark(Mark.WHOLE_SUM, a)


def parsed_time(a: Node, formats: Sequence[str]) -> Node:
    """Return the time that a text says in the first fitting format, or NULL.

    Parameters
    ----------
    formats : as ``strptime`` writes them: ``%Y-%m-%d``.
    """
    return _mark(Mark.PARSED_TIME, a, *(text(f) for f in formats))


def in_utc(a: Node) -> Node:
    """Return an instant as the time that clocks in UTC show."""
    return _mark(Mark.IN_UTC, a)


def seconds(a: Node) -> Node:
    """Return the seconds from 1970 on, as a double; the time has no zone."""
    return _mark(Mark.SECONDS, a)


def day_number(a: Node) -> Node:
    """Return the whole days from 1970-01-01 to the day that a time shows."""
    return _mark(Mark.DAY, a)


def key(a: Node) -> Node:
    """Return a text to group and to compare by: some dialects take no account of capitals and of blanks behind."""
    return _mark(Mark.KEY, a)


def letters(a: Node) -> Node:
    """Return a key as the text that it was."""
    return _mark(Mark.LETTERS, a)


def by_bytes(a: Node) -> Node:
    """Return a text for which sorting and comparing costs least: by its bytes, in no language."""
    return _mark(Mark.BY_BYTES, a)


def time_of_micros(a: Node) -> Node:
    """Return the time so many microseconds after 1970-01-01 00:00."""
    return _mark(Mark.TIME_OF_MICROS, a)


def one_in_32(a: Node) -> Node:
    """Return the condition that an id is one of those that a hash of the engine's own picks: for a look, not to decide.

    It holds for all rows of an id, or for none.
    """
    return _mark(Mark.ONE_IN_32, a)


def hex_number(a: Node) -> Node:
    """Return the whole number of at most 15 hexadecimal digits."""
    return _mark(Mark.HEX_NUMBER, a)


def whole_numbers(count: int, name: str) -> Node:
    """Return a table of ``count`` whole numbers, from 0 on."""
    alias = exp.TableAlias(this=exp.to_identifier("numbers"), columns=[exp.to_identifier(name, quoted=True)])
    return exp.Table(this=_mark(Mark.RANGE, whole(count)), alias=alias)


def unnested(count: Node) -> Node:
    """Return the first ``count`` whole numbers, each in a row of its own."""
    return _mark(Mark.EACH, count)


def renamed(*names: Node) -> Node:
    """Return the statement that renames tables all at once; behind each name stands the new one."""
    return _mark(Mark.RENAMED, *names)
