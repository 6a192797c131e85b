"""Findings about data: what was seen, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: title, why it matters, remedy.

    ``several`` : it is said of several columns at once, and its text names them.
    """

    code: str
    title: str
    why: str
    do: str
    several: bool = False


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings as they are shown: errors, warnings, notes.

    Those of a level stand by code and column.
    """
    return tuple(sorted(findings, key=lambda f: (LEVELS.index(f.level), f.code, f.column or "", f.text)))


@cache
def read_codes() -> dict[str, Code]:
    """Return what every code means, in their order.

    >>> read_codes()["COT103"].title
    'constant column'
    """
    import tomllib

    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: Code(code, **meaning) for code, meaning in listed.items()}
