"""Findings about data: what was seen, and what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from coterie import errors
from coterie.doors import frozen

Level = Literal["error", "warning", "note"]
LONGEST = 4_000  # characters of a finding: what is longer is no text of coterie's
LEVELS: tuple[Level, ...] = get_args(Level)
FEW = 0.01  # of the customers: what is found of fewer changes no number that is printed
MOST_WAYS = 12  # in which one code is told one by one


@frozen
class Finding:
    """One thing seen: its code, how bad it is, where, how often, what was done.

    ``column`` is None where it is about no column, ``segments`` are the ids of those that it is about.
    """

    code: str
    level: Level
    column: str | None
    count: int
    text: str
    done: str
    segments: tuple[int, ...] = ()

    def __repr__(self) -> str:
        place = "" if self.column is None else f" {errors.quoted(self.column)}"
        said = errors.shown(f"{self.text}; {errors.in_python(self.done)}", LONGEST)
        return f"{self.code} {self.level}{place}: {said}"


@frozen
class Told:
    """Findings of one kind as they are told: once, with their columns."""

    code: str
    level: Level
    columns: tuple[str, ...]
    text: str
    done: str


@frozen
class Code:
    """What a code means: title, why it matters, remedy.

    ``several`` : it is said of several columns at once, and its text names them. ``page`` : whether a report asks for
    care because of it.
    """

    code: str
    title: str
    why: str
    do: str
    several: bool = False
    page: Literal["always", "many", "never"] = "always"


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings as they are shown: errors, warnings, notes.

    Those of a level stand by code and column.
    """
    return tuple(sorted(findings, key=lambda f: (LEVELS.index(f.level), f.code, f.column or "", f.text)))


def told_once(findings: Iterable[Finding]) -> list[Told]:
    """Return findings in their order, those that say the same together.

    What a code says in more ways than anybody reads is told together too, in the words of the first.
    """
    groups: dict[tuple[str, Level, str, str], list[Finding]] = {}
    for f in findings:
        groups.setdefault((f.code, f.level, f.text, f.done), []).append(f)
    ways = Counter((code, level) for code, level, _, _ in groups)
    merged: dict[tuple[str, ...], list[Finding]] = {}
    for (code, level, text, done), found in groups.items():
        merged.setdefault((code, level, *((text, done) if ways[code, level] <= MOST_WAYS else ())), []).extend(found)
    return [
        Told(
            found[0].code,
            found[0].level,
            tuple(f.column for f in found if f.column is not None),
            found[0].text + ("" if len(key) > 2 else "; the like of the others"),
            found[0].done,
        )
        for key, found in merged.items()
    ]


def serious(findings: Iterable[Finding]) -> list[Told]:
    """Return the findings that are more than notes, those that say the same together."""
    return [told for told in told_once(findings) if told.level != "note"]


def changes_reading(findings: Iterable[Finding], rows: int) -> list[Finding]:
    """Return those that change how a report of so many customers is read, the one about most of them first."""
    codes = read_codes()
    told = [f for f in findings if f.level != "note" and codes[f.code].page != "never"]
    told = [f for f in told if codes[f.code].page == "always" or f.count >= FEW * rows]
    return sorted(told, key=lambda f: (codes[f.code].page != "always", -f.count, f.code, f.column or ""))


@cache
def read_codes() -> dict[str, Code]:
    """Return what every code means, in their order.

    >>> read_codes()["COT103"].title
    'constant column'
    """
    import tomllib

    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: Code(code, **meaning) for code, meaning in listed.items()}
