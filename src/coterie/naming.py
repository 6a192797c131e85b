"""What sets each segment apart, and the name that says so: level and column pairs, each tied to a measured effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coterie import words
from coterie.columns import ColumnRecord
from coterie.profile import ALL, ProfileRow

FACTS = 3
AVERAGE = "Close to average"
# Effect (robust standard deviations) and superiority from which a word is earned: the superiorities of two normal
# clouds so far apart (Vargha & Delaney 2000).
VERY = (1.5, 0.85)
CLEAR = (0.8, 0.71)
SLIGHT = (0.5, 0.64)
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
    by_name = {c.name: c for c in columns}
    everybody = {(r.column, r.level): r for r in profile if r.segment == ALL}
    mine = [r for r in profile if r.segment == segment and (r.role == "feature") == used]
    best: dict[str, Marker] = {}
    for row in mine:
        column = by_name[row.column]
        if row.level is not None:
            fact = _share(column, row.level, row.share, row.overall)
        elif column.distinct == 2 and column.min is not None and column.max is not None:
            fact = _share(column, words.number(column.max), *(_yes(m, column) for m in (row.mean, row.overall)))
        else:
            fact = _number(row, everybody[row.column, None], column)
        if fact is not None and (row.column not in best or _strength(fact) > _strength(best[row.column])):
            best[row.column] = fact
    return tuple(sorted(best.values(), key=lambda m: (-_strength(m), m.column)))


def _strength(marker: Marker) -> float:
    """Return an effect's size; a difference of shares counts as the robust effect that it would earn a word with.

    What members are comes before what they are not: "mostly men" says it better than "seldom women".
    """
    if marker.superiority is not None:
        return abs(marker.effect)
    return abs(marker.effect) / SHARE_DIFFERENCE * CLEAR[0] * (1.0 if marker.effect > 0 else 0.999)


def _yes(mean: float | None, column: ColumnRecord) -> float | None:
    """Return the share of the larger value of a number that has two values."""
    return None if mean is None else (mean - column.min) / (column.max - column.min)  # type: ignore[operator]


def level_word(effect: float, superiority: float) -> str | None:
    """Return the word that an effect has earned, or None.

    >>> level_word(2.0, 0.9), level_word(-1.0, 0.2), level_word(0.6, 0.65), level_word(0.1, 0.5)
    ('very high', 'low', 'above-average', None)
    """
    size, chance = abs(effect), superiority if effect > 0 else 1 - superiority
    side = "high" if effect > 0 else "low"
    if size >= VERY[0] and chance >= VERY[1]:
        return f"very {side}"
    if size >= CLEAR[0] and chance >= CLEAR[1]:
        return side
    slight = size >= SLIGHT[0] and chance >= SLIGHT[1]
    return ("above-average" if effect > 0 else "below-average") if slight else None


def _number(row: ProfileRow, everybody: ProfileRow, column: ColumnRecord) -> Marker | None:
    if row.effect is None or row.superiority is None or row.mean is None or row.median is None:
        return None
    word = level_word(row.effect, row.superiority)
    if word is None:
        return None
    mean = everybody.mean
    # A percentage of a mean says something only where zero is the least there can be.
    difference = row.mean / mean - 1 if mean and column.min is not None and column.min >= 0 else None
    change = f" ({_signed(difference)})" if difference is not None else ""
    text = f"{column.label} {words.number(row.median)}{change}"
    return Marker(
        row.column, column.label, word, row.median, row.p10, row.p90, everybody.median,
        row.mean, mean, difference, row.effect, row.superiority, text,
    )  # fmt: skip


def _share(column: ColumnRecord, level: str, share: float | None, overall: float | None) -> Marker | None:
    """Return the fact that a level is met clearly more or less often than among all customers."""
    if share is None or overall is None or level.casefold() in NO:
        return None
    high, low = max(share, overall), min(share, overall)
    if high - low < SHARE_DIFFERENCE or high < SHARE_RATIO * low:
        return None
    often = "seldom" if share < overall else "mostly" if share >= 0.5 else "more often"
    fact = column.label if level.casefold() in YES else level
    if column.kind not in ("flag", "category") and fact == level:
        fact = f"{column.label} {level}"
    text = f"{column.label}: {level} {words.share(share)} (all: {words.share(overall)})"
    return Marker(
        column.name, column.label, f"{often} {fact}", None, None, None, None,
        share, overall, None, share - overall, None, text,
    )  # fmt: skip


def _signed(share: float) -> str:
    percent = round(100 * share)
    return f"+{percent} %" if percent > 0 else f"−{-percent} %" if percent < 0 else "±0 %"


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def names(facts: Mapping[int, Sequence[Marker]], columns: Sequence[ColumnRecord]) -> dict[int, str]:
    """Return a name for each segment, no two alike: its strongest facts, more of them where two names would agree.

    Within a name the facts stand in the order of the source's columns, so that names read alike. Segments that no
    fact can tell apart keep one name, told apart by a letter, and the choice of k is to be doubted.
    """
    place = {c.name: i for i, c in enumerate(columns)}
    count = {segment: min(2, len(found)) for segment, found in facts.items()}
    while True:
        given = {
            segment: _name(sorted(found[: count[segment]], key=lambda m: place[m.column]))
            for segment, found in facts.items()
        }
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
    facts = [words.level(m.word, m.label) if m.superiority is not None else m.word for m in found]
    text = ", ".join(facts)
    return text[0].upper() + text[1:]
