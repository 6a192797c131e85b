"""The segments in other words: a short rule for each, a small tree, typical and borderline customers, ideas to test."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.model import Feature
from coterie.portrait.conditions import axes
from coterie.portrait.naming import Marker
from coterie.portrait.rules import GOOD, Rule, rule
from coterie.portrait.tree import Tree, tree
from coterie.table import ColumnRecord

ROWS = 20_000  # of the sample that rules and tree are found and measured on


@dataclass(frozen=True, slots=True)
class Weak:
    """A segment that no short rule describes: how well the best one does, or None where it has too few customers."""

    segment: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that are good enough, by segment, and what can be said of the others; one half finds, one measures."""

    by_segment: dict[int, Rule]
    weak: tuple[Weak, ...]
    learned: int
    measured: int


def retold(
    features: Sequence[Feature],
    columns: Sequence[ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    label: NDArray[np.int32],
    segments: Sequence[int],
) -> tuple[Rules, Tree | None]:
    """Return a short rule for each segment and a small tree, found on one half of the sample and measured on the other.

    Parameters
    ----------
    values, label : the sample's arrays and segment ids, in the order of their hash; 0 = not assigned.

    Notes
    -----
    Every other customer of each segment goes to the half that is measured, so both halves hold every segment in its
    share. Cost: see ``conjunction.rule`` and ``tree.tree``, on at most 20,000 rows.
    """
    order, half = _halves(label[:ROWS], segments)
    learned, measured = slice(0, half), slice(half, len(order))
    label, values = label[order], {f.column: values[f.column][order] for f in features}
    if len(segments) < 2:
        return Rules({}, (), half, len(order) - half), None
    cut = axes(features, columns, values, learned)
    found = {s: rule(cut, label == s, learned, measured) for s in segments}
    good = {s: r for s, r in found.items() if r is not None and r.is_good}
    weak = tuple(
        Weak(s, None if r is None else r.precision, None if r is None else r.recall)
        for s, r in found.items()
        if s not in good
    )
    position = np.searchsorted(np.array(segments), label)
    return Rules(good, weak, half, len(order) - half), tree(cut, position, segments, learned, measured)


def _halves(label: NDArray[np.int32], segments: Sequence[int]) -> tuple[NDArray[np.intp], int]:
    """Return the assigned rows, first those that rules are found on, and how many these are."""
    mine = [np.flatnonzero(label == s) for s in segments]
    learned = np.sort(np.concatenate([rows[::2] for rows in mine]))
    return np.concatenate([learned, np.sort(np.concatenate([rows[1::2] for rows in mine]))]), len(learned)


def rules_text(good: Sequence[int], weak: Sequence[Weak], measured: int, letters: Mapping[int, str]) -> str:
    """Return which segments a short rule describes, and which none does, in sentences.

    Parameters
    ----------
    good : segments with a rule; ``weak`` those without; ``measured`` customers say how well each does.
    letters : the segments' letters.
    """
    said = []
    if good:
        names = words.joined([letters[s] for s in good])
        said.append(
            f"A short rule describes {names}; precision and recall were measured on {measured:,} customers that it was"
            " not found on."
        )
    if bad := [w for w in weak if w.precision is not None]:
        best = words.joined([f"{letters[w.segment]} ({_below(w.precision)} and {_below(w.recall)})" for w in bad])
        said.append(
            f"No short rule describes {best}: in brackets the precision and recall of the best one; a rule is shown"
            f" from {GOOD:.2f} of both."
        )
    if few := [letters[w.segment] for w in weak if w.precision is None]:
        said.append(f"{words.joined(few)} {_has(few)} too few customers for a rule to be found and measured.")
    return " ".join(said)


def _below(share: float | None) -> str:
    """Return a share with two places, rounded down: 0.699 is not 0.70."""
    return f"{math.floor(100 * (share or 0.0) + 1e-9) / 100:.2f}"


def _has(some: Sequence[str]) -> str:
    return "has" if len(some) == 1 else "have"


# ── ideas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def ideas(facts: Mapping[int, Sequence[Marker]]) -> dict[int, str]:
    """Return an idea to test for each segment: the first in ``ideas.toml`` whose conditions its markers meet.

    An idea that another segment has goes to a second one only where no other idea's conditions hold; segments with the
    fewest to choose from choose first.
    """
    table = tomllib.loads(resources.files("coterie.portrait").joinpath("ideas.toml").read_text(encoding="utf-8"))
    possible = {segment: _fitting(table, _levels(table["topics"], found)) for segment, found in facts.items()}
    given: dict[int, str] = {}
    for segment in sorted(facts, key=lambda s: (len(possible[s]), s)):
        free = [idea for idea in possible[segment] if idea not in given.values()]
        given[segment] = free[0] if free else possible[segment][0]
    return {segment: given[segment] for segment in facts}


def _levels(topics: Mapping[str, Sequence[str]], found: Sequence[Marker]) -> dict[str, str]:
    """Return the level of each topic, from its strongest marker."""
    levels: dict[str, str] = {}
    for marker in found:
        if marker.superiority is None:
            continue
        for topic, listed in topics.items():
            if topic not in levels and any(f" {word} " in f" {marker.label.casefold()} " for word in listed):
                levels[topic] = "high" if marker.effect > 0 else "low"
    return levels


def _fitting(table: Mapping[str, Any], levels: Mapping[str, str]) -> list[str]:
    """Return the ideas whose conditions hold, in their order; the one without conditions only where no other holds."""
    held = [i for i in table["ideas"] if all(levels.get(topic) == level for topic, level in i["when"].items())]
    return list(dict.fromkeys(str(i["text"]) for i in held if i["when"])) or [str(i["text"]) for i in held[:1]]
