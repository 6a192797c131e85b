"""What sets each segment apart, and the name that says so.

A name is made of levels of columns, each tied to a measured effect.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from coterie import words
from coterie.doors import frozen
from coterie.portrait.marks import SHARE_AS_ONE, Compared, compare
from coterie.portrait.profile import ALL, ProfileRow
from coterie.table import ColumnRecord
from coterie.words import Often

FACTS = 3
PACE = "median_gap"  # of customers who come from purchases: the days between two orders
AVERAGE = "Middle of the range"
# Effect (robust standard deviations) and superiority from which a word is earned: the superiorities of two normal
# clouds so far apart (Vargha & Delaney 2000).
VERY = (1.5, 0.85)
CLEAR = (0.8, 0.71)
SLIGHT = (0.5, 0.64)
SHARE_RATIO = 1.5
ALL_OF_THEM = 0.995  # printed as more than 99%
SHARE_DIFFERENCE = 0.15


@frozen
class Marker:
    """A fact that sets a segment apart, in the source's units.

    The fields are those of ``markers`` in docs/reference/record.md.
    """

    column: str
    label: str
    word: str
    median: float | None
    p10: float | None
    p90: float | None
    overall: float | None
    mean: float
    overall_mean: float | None
    difference: float | None
    effect: float
    superiority: float | None
    text: str

    @property
    def is_share(self) -> bool:
        """Whether it is about a level, of which the mean is a share, and not about a number."""
        return self.superiority is None


def markers(
    profile: Sequence[ProfileRow], columns: Sequence[ColumnRecord], segment: int, *, used: bool = True
) -> tuple[Marker, ...]:
    """Return the facts that set a segment apart, the strongest first.

    Parameters
    ----------
    used : facts on columns that formed the segments; False: on columns that only describe them.
    """
    by_name = {c.name: c for c in columns}
    lines: dict[tuple[str, str | None], list[ProfileRow]] = {}
    for row in profile:
        lines.setdefault((row.column, row.level), []).append(row)
    everybody = {key: next(r for r in line if r.segment == ALL) for key, line in lines.items()}
    mine = [r for r in profile if r.segment == segment and (r.role == "feature") == used]
    best: dict[str, Marker] = {}
    for row in mine:
        column, line = by_name[row.column], lines[row.column, row.level]
        if row.level is not None:
            fact = _share(column, row.level, row.share, row.overall)
            others = [level for level, _ in column.levels or () if level != row.level]
            fact = _other_level(fact, column, others[0]) if len(others) == 1 else fact
        elif column.distinct == 2 and column.min is not None and column.max is not None:
            fact = _share(column, words.number(column.max), row.share, everybody[row.column, None].share)
            fact = _other_level(fact, column, words.number(column.min))
        else:
            fact = _number(row, line, column)
        if fact is not None and not compare(line, column)[segment].stands_out:
            fact = None  # a name says nothing that is not marked wherever the number is printed
        if fact is not None and (row.column not in best or _strength(fact) > _strength(best[row.column])):
            best[row.column] = fact
    return tuple(sorted(best.values(), key=lambda m: (-_strength(m), m.column)))


def _strength(marker: Marker) -> float:
    """Return an effect's size, comparable between numbers and shares.

    A difference of shares counts as the robust effect that it would earn a word with. What members are comes before
    what they are not: "mostly men" says it better than "seldom women".
    """
    if marker.superiority is not None:
        return abs(marker.effect)
    return abs(marker.effect) / SHARE_AS_ONE * (1.0 if marker.effect > 0 else 0.999)


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


def _number(row: ProfileRow, line: Sequence[ProfileRow], column: ColumnRecord) -> Marker | None:
    effect = row.standing
    if effect is None or row.superiority is None or row.mean is None:
        return None
    word = level_word(effect, row.superiority)
    if word is None:
        return None
    printed, everybody = compare(line, column)[row.segment], next(r for r in line if r.segment == ALL)
    if printed.side != (1 if effect > 0 else -1):
        return None
    return Marker(
        row.column, column.label, word, row.median, row.p10, row.p90, everybody.median,
        row.mean, everybody.mean, printed.change, effect, row.superiority, _text(column.label, printed),
    )  # fmt: skip


def _text(label: str, printed: Compared) -> str:
    """Return a number as it is printed, with how far it is from that of all customers."""
    if printed.is_share:
        return f"{words.some(label)} {words.percent(printed.value)} (all: {words.percent(printed.overall)})"
    if printed.part:
        return f"{label} {words.percent(printed.value)} (all: {words.percent(printed.overall)})"
    change = f" ({words.signed_percent(printed.change)})" if printed.change is not None else ""
    return f"{label} {words.number(printed.value or 0.0)}{change}"


def _share(column: ColumnRecord, level: str, share: float | None, overall: float | None) -> Marker | None:
    """Return the fact that a level is met more or less often."""
    if share is None or overall is None:
        return None
    if level.casefold() in words.no_words() and words.answers_yes_or_no(_levels(column, level)):
        return None
    high, low = max(share, overall), min(share, overall)
    if high - low < SHARE_DIFFERENCE or high < SHARE_RATIO * low:
        return None
    more = Often.ALL if share >= ALL_OF_THEM else Often.MOSTLY if share >= 0.5 else Often.MORE_OFTEN
    often = Often.SELDOM if share < overall else more
    fact = level_fact(column, level)
    word = f"{often} {fact}"
    if share == 0:
        said = column.kind not in ("flag", "category") or level.casefold() in words.yes_words()
        word = words.never(fact, said=said)
    text = f"{column.label}: {level} {words.percent(share)} (all: {words.percent(overall)})"
    return Marker(
        column.name, column.label, word, None, None, None, None,
        share, overall, None, share - overall, None, text,
    )  # fmt: skip


def _other_level(fact: Marker | None, column: ColumnRecord, other: str) -> Marker | None:
    """Return a seldom fact of two levels, said of the other.

    Of 1 and 2, seldom 2 is mostly 1. What is not yes stays "seldom yes", for of a no nothing can be said but that.
    """
    if fact is None or fact.effect > 0 or other.casefold() in words.no_words():
        return fact
    share, overall = 1 - fact.mean, 1 - (fact.overall_mean or 0.0)
    text = f"{column.label}: {other} {words.percent(share)} (all: {words.percent(overall)})"
    word = f"{Often.ALL if share >= ALL_OF_THEM else Often.MOSTLY} {level_fact(column, other)}"
    return replace(fact, word=word, mean=share, overall_mean=overall, effect=-fact.effect, text=text)


def _levels(column: ColumnRecord, level: str) -> list[str]:
    return [name for name, _ in column.levels or ((level, 1.0),)]


def level_fact(column: ColumnRecord, level: str) -> str:
    """Return what a name says of those who have a level."""
    if column.kind not in ("flag", "category"):
        return words.yes(column.label) if level in words.yes_words() and column.min == 0 else f"{column.label} {level}"
    if level.casefold() in words.yes_words() and words.answers_yes_or_no(_levels(column, level)):
        return words.yes(column.label)
    return words.level_of(column.label, level)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Names:
    """A name for each segment, and groups that no fact tells apart."""

    names: dict[int, str]
    alike: tuple[tuple[int, ...], ...]


Away = Mapping[tuple[str, str | None], float]  # how far a segment lies from the rest, by column and level


def away(profile: Sequence[ProfileRow], segment: int) -> dict[tuple[str, str | None], float]:
    """Return how far a segment lies from the rest in each column.

    It is of the columns that formed the segments, whether they earn a word or not.
    """
    rows = [r for r in profile if r.segment == segment and r.role == "feature" and r.effect is not None]
    return {(r.column, r.level): _signed_strength(r.effect or 0.0, r.level is not None) for r in rows}


def _signed_strength(effect: float, share: bool) -> float:
    return effect / SHARE_AS_ONE if share else effect


def name_segments(
    facts: Mapping[int, Sequence[Marker]], columns: Sequence[ColumnRecord], away_from: Callable[[int], Away]
) -> Names:
    """Return a name for each segment, no two alike.

    It says the segment's two strongest facts, and a third where two names would agree.

    Two segments with one name are told apart by the column in which they lie farthest from each other and on which
    one of them has earned another word than the other. Segments that no fact can tell apart keep one name, all but the
    first with their letter, and the choice of k is to be doubted. Within a name the facts stand in the order of the
    source's columns, so that names read alike.

    Parameters
    ----------
    away_from : gives ``away`` of a segment; asked only where two names would agree.
    """
    chosen = {segment: list(found[:2]) for segment, found in facts.items()}

    hopeless: set[tuple[int, int]] = set()
    while True:
        given = {segment: name_of(found, columns) for segment, found in chosen.items()}
        pairs = [
            p for p in itertools.combinations(sorted(facts), 2) if p not in hopeless and given[p[0]] == given[p[1]]
        ]
        if not pairs:
            return _with_letters(given)
        if not _tell_apart(pairs[0], facts, chosen, [away_from(s) for s in pairs[0]]):
            hopeless.add(pairs[0])


def _tell_apart(
    pair: tuple[int, int], facts: Mapping[int, Sequence[Marker]], chosen: dict[int, list[Marker]], away: Sequence[Away]
) -> bool:
    """Give two segments of one name the fact that tells them apart.

    Returns
    -------
    False where there is none, or no room for it.
    """
    gaps: dict[str, float] = {}
    for column, level in away[0]:
        gap = abs(away[0][column, level] - away[1].get((column, level), 0.0))
        gaps[column] = max(gaps.get(column, 0.0), gap)
    for column in sorted(gaps, key=lambda c: (-gaps[c], c)):
        more = [
            [m for m in facts[s] if m.column == column and m not in chosen[s] and len(chosen[s]) < FACTS] for s in pair
        ]
        if [m.word for m in more[0]] != [m.word for m in more[1]]:
            for segment, found in zip(pair, more, strict=True):
                chosen[segment] += found
            return True
    return False


def _with_letters(given: dict[int, str]) -> Names:
    """Return the names, those still alike with their segment's letter."""
    groups: dict[str, list[int]] = {}
    for segment in sorted(given):
        groups.setdefault(given[segment], []).append(segment)
    for name, group in groups.items():
        for segment in group[1:]:
            given[segment] = f"{name} ({words.letter(segment)})"
    return Names(given, tuple(tuple(group) for group in groups.values() if len(group) > 1))


def name_of(found: Sequence[Marker], columns: Sequence[ColumnRecord]) -> str:
    """Return the name that says these facts, in the source's order."""
    if not found:
        return AVERAGE
    place = {c.name: i for i, c in enumerate(columns)}
    ordered = sorted(found, key=lambda m: place[m.column])
    pace = pace_of(columns)
    facts = [_say(m, pace) for m in ordered]
    text = ", ".join(facts)
    return text[0].upper() + text[1:]


def pace_of(columns: Sequence[ColumnRecord]) -> float | None:
    """Return the usual days from one order to the next, where purchases tell them."""
    return next((c.median for c in columns if c.name == PACE), None)


def _say(marker: Marker, pace: float | None) -> str:
    """Return a fact as a name says it; times have absolute words where the data have a pace."""
    if marker.superiority is None:
        return marker.word
    timed = None
    if pace and marker.median is not None:
        timed = words.timed(marker.label, marker.median, pace, above=marker.effect > 0)
    return timed or words.level(marker.word, marker.label)
