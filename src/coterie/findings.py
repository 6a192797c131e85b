"""Rules: every finding about data has a code, and the code a title, a reason and a remedy in plain words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEVELS = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen in the data: rule code, level, column, how many rows, what was seen, what was done."""

    code: str
    level: str
    column: str | None
    count: int
    text: str
    done: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means: a title, why it matters, what to do."""

    code: str
    title: str
    why: str
    do: str


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order they are shown: errors, warnings, notes; then by code and column."""
    return tuple(sorted(findings, key=lambda f: (LEVELS.index(f.level), f.code, f.column or "", f.text)))


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its code, in the order of the codes."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: Rule(code, **texts) for code, texts in listed.items()}
