"""Every message says what, where and what to do, in at most three lines; the wording is written down."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import pytest

from coterie import errors
from coterie.errors import CoterieError

GOLDEN = Path(__file__).parents[1] / "golden" / "errors.txt"
EXAMPLES = {
    "str": "customers.csv", "int": 3, "Sequence[str]": ["income", "total spend"], "object": "five",
    "Sequence[tuple[int, int, int]]": [(20, 21, 7)], "bool": True, "Published": "run",
    "Sequence[tuple[str, int]]": [("EUR", 140), ("USD", 60)],
    "Sequence[tuple[str, int, int]]": [("year-month-day", 140, 1), ("day/month/year", 60, 141)],
    "Sequence[UnreadCells]": [
        errors.UnreadCells("age", 2, 41, "many", "a number"),
        errors.UnreadCells("since", 1, 7, "?!", "a date"),
    ],
    "int | None": 41, "tuple[int, int] | None": (3, 40), "tuple[int, ...]": (3, 40),
    "str | None": "income", "float": 0.5, "OddCell": errors.OddCell(2, "x4", "a number"),
    "OddCell | None": errors.OddCell(2, "x4", "a number"),
}  # fmt: skip


def messages() -> dict[str, CoterieError]:
    """Make every message of the room with ordinary arguments."""
    made = {}
    for name, function in inspect.getmembers(errors, inspect.isfunction):
        if function.__module__ in ("coterie.errors.texts", "coterie.errors.in_python", "coterie.errors.kinds"):
            continue
        positional = [p for p in inspect.signature(function).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        named = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
        values = [EXAMPLES[str(p.annotation)] for p in positional]
        made[name] = function(*values, **{p.name: EXAMPLES[str(p.annotation)] for p in named})
    return made


def _in_both(error: CoterieError) -> str:
    """Return a message as a shell shows it, and below it what Python says in another way."""
    in_python = [said for said, own in zip(str(error).splitlines(), error.lines, strict=True) if said != own]
    return "\n".join([*error.lines, *(f"  in Python: {line}" for line in in_python)])


def test_golden_messages_are_as_written_down() -> None:
    told = sorted(messages().items())
    text = "".join(f"# {name} ({type(e).__name__}, exit {e.exit_code})\n{_in_both(e)}\n\n" for name, e in told)
    if os.environ.get("COTERIE_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.parametrize("name", sorted(messages()))
def test_a_message_has_at_most_three_lines_and_a_remedy(name: str) -> None:
    error = messages()[name]
    assert isinstance(error, CoterieError)
    assert 1 <= len(str(error).splitlines()) <= 3
    assert error.do or name == "too_many_files", f"{name} says nothing of what to do"
    assert error.exit_code in (2, 3, 4, 5)
