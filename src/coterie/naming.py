"""What sets each segment apart, and the name that says so: level and column pairs, each tied to a measured effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coterie import words
from coterie.columns import ColumnRecord
from coterie.profile import ALL, ProfileRow

FACTS = 3
AVERAGE = "Close to average"
# Effect (robust standard deviations) and superiority from which a word is earned; METHOD §5, after Vargha & Delaney.
VERY = (1.5, 0.85)
CLEAR = (0.8, 0.71)
SLIGHT = 0.5
SHARE_RATIO = 1.5
SHARE_DIFFERENCE = 0.15
YES = {"yes", "true", "1", "y", "ja", "oui", "si"}
NO = {"no", "false", "0", "n", "nein", "non"}


@dataclass(frozen=True, slots=True)
class Marker:
    """One fact that sets a segment apart, in the units of the source; see docs/reference/record.md."""

    column: str
    label: str
    word: str
    median: float | None
    p10: float | None
    p90: float | None
    overall: float | None
    mean: float | None
    overall_mean: float | None
    difference: float | None
    effect: float
    superiority: float | None
    text: str


def markers(
    profile: Sequence[ProfileRow], columns: Sequence[ColumnRecord], segment: int, *, used: bool = True
) -> tuple[Marker, ...]:
    """Return the facts that set a segment apart, the strongest first.

    Parameters
    ----------
    used : facts on columns that formed the segments; False: on columns that only describe them.
    """
    label = {c.name: c.label for c in columns}
    everybody = {(r.column, r.level): r for r in profile if r.segment == ALL}
    mine = [r for r in profile if r.segment == segment and (r.role == "feature") == used]
    numbers = [_number(r, everybody[r.column, None], label[r.column]) for r in mine if r.level is None]
    best: dict[str, Marker] = {}
    for row in mine:
        fact = _level(row, label[row.column]) if row.level is not None else None
        if fact is not None and (row.column not in best or abs(fact.effect) > abs(best[row.column].effect)):
            best[row.column] = fact
    found = [m for m in (*numbers, *best.values()) if m is not None]
    return tuple(sorted(found, key=lambda m: (-_strength(m), m.column)))


def _strength(marker: Marker) -> float:
    """Return an effect's size; a difference of shares counts as the robust effect that it would earn a word with."""
    return abs(marker.effect) if marker.superiority is not None else abs(marker.effect) / SHARE_DIFFERENCE * CLEAR[0]


def level_word(effect: float, superiority: float) -> str | None:
    """Return the word that an effect has earned, or None.

    >>> level_word(2.0, 0.9), level_word(-1.0, 0.2), level_word(0.6, 0.6), level_word(0.1, 0.5)
    ('very high', 'low', 'above-average', None)
    """
    size, chance = abs(effect), superiority if effect > 0 else 1 - superiority
    side = "high" if effect > 0 else "low"
    if size >= VERY[0] and chance >= VERY[1]:
        return f"very {side}"
    if size >= CLEAR[0] and chance >= CLEAR[1]:
        return side
    return ("above-average" if effect > 0 else "below-average") if size >= SLIGHT else None


def _number(row: ProfileRow, everybody: ProfileRow, label: str) -> Marker | None:
    if row.effect is None or row.superiority is None or row.mean is None or row.median is None:
        return None
    word = level_word(row.effect, row.superiority)
    if word is None:
        return None
    mean = everybody.mean
    difference = row.mean / mean - 1 if mean is not None and mean > 0 else None
    change = f" ({_signed(difference)})" if difference is not None else ""
    text = f"{label} {words.number(row.median)}{change}"
    return Marker(
        row.column, label, word, row.median, row.p10, row.p90, everybody.median,
        row.mean, mean, difference, row.effect, row.superiority, text,
    )  # fmt: skip


def _level(row: ProfileRow, label: str) -> Marker | None:
    if row.share is None or row.overall is None or row.effect is None or row.level is None:
        return None
    high, low = max(row.share, row.overall), min(row.share, row.overall)
    if high - low < SHARE_DIFFERENCE or high < SHARE_RATIO * low or row.level.casefold() in NO:
        return None
    often = "mostly" if row.effect > 0 and row.share >= 0.5 else "more often" if row.effect > 0 else "seldom"
    fact = label if row.level.casefold() in YES else row.level
    text = f"{label}: {row.level} {words.share(row.share)} (all: {words.share(row.overall)})"
    return Marker(
        row.column, label, f"{often} {fact}", None, None, None, None,
        row.share, row.overall, None, row.effect, None, text,
    )  # fmt: skip


def _signed(share: float) -> str:
    percent = round(100 * share)
    return f"+{percent} %" if percent > 0 else f"−{-percent} %" if percent < 0 else "±0 %"


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def names(facts: Mapping[int, Sequence[Marker]], columns: Sequence[ColumnRecord]) -> dict[int, str]:
    """Return a name for each segment, no two alike: its strongest facts, more of them where two names would agree.

    Within a name the facts stand in the order of the source's columns, so that names read alike. Segments that no fact can tell apart keep one name, told apart by a letter, and the choice of k is to be doubted.
    """
    place = {c.name: i for i, c in enumerate(columns)}
    count = {segment: min(2, len(found)) for segment, found in facts.items()}
    while True:
        given = {segment: _name(sorted(found[: count[segment]], key=lambda m: place[m.column])) for segment, found in facts.items()}
        alike = [s for s in given if list(given.values()).count(given[s]) > 1]
        longer = [s for s in alike if count[s] < min(FACTS, len(facts[s]))]
        if not longer:
            break
        count.update({s: count[s] + 1 for s in longer})
    seen: dict[str, int] = {}
    for segment in sorted(alike):
        seen[given[segment]] = seen.get(given[segment], 0) + 1
        if seen[given[segment]] > 1:
            given[segment] = f"{given[segment]} ({chr(64 + seen[given[segment]])})"
    return given


def _name(found: Sequence[Marker]) -> str:
    if not found:
        return AVERAGE
    facts = [f"{m.word} {words.short(m.label)}" if m.superiority is not None else m.word for m in found]
    text = ", ".join(facts)
    return text[0].upper() + text[1:]
