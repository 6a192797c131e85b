"""Who went where between two runs: segments then and now, customers as ribbons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coterie import words
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, tag, write

if TYPE_CHECKING:
    from coterie.record import ComparedRuns, Move, Side

LEFT, RIGHT, WIDE, TALL = 120.0, 426.0, 14.0, 330.0
GAP, NAME, LINE, MOST = 8.0, 80.0, 16.0, 20  # between segments; a line of a name: how long, how high, how many
Ends = dict[int | None, tuple[float, float]]


def draw_migration(facts: ComparedRuns) -> Chart | None:
    """Return the customers of both runs, flowing from segment to segment.

    None where nobody can be followed.
    """
    if facts.migration is None or not facts.migration.shared:
        return None
    moves = facts.migration.moves
    before, now = _stack(facts.old, moves, then=True), _stack(facts.new, moves, then=False)
    body = _draw_ribbons(facts, before, now) + _draw_ends(facts.old, before, LEFT) + _draw_ends(facts.new, now, RIGHT)
    body += write(LEFT + WIDE, 16, "before", "lab end") + write(RIGHT, 16, "now", "lab")
    rows: tuple[Row, ...] = tuple(
        {"from": facts.old.called(m.before), "to": facts.new.called(m.now), "n": m.n, "share": m.share}
        for m in moves
        if m.n >= words.SMALLEST_GROUP
    )
    return Chart("migration", "Who went where", _tell(facts), 560, TALL + 6, body, rows)


def _tell(facts: ComparedRuns) -> str:
    gone = sorted((m for m in facts.migration.moves if not m.stays), key=lambda m: -m.n) if facts.migration else []
    if not gone:
        return "Nobody is in another segment."
    first = gone[0]
    said = (
        f"{words.count(first.n)} customers went from {facts.old.called(first.before)} to {facts.new.called(first.now)}"
    )
    return f"{said}, the most of all who changed."


def _stack(side: Side, moves: Sequence[Move], *, then: bool) -> Ends:
    """Return top and bottom of each segment; those not assigned stand below the others."""
    sizes: dict[int | None, int] = {}
    for move in moves:
        key = move.before if then else move.now
        sizes[key] = sizes.get(key, 0) + move.n
    order: list[int | None] = [*(s.id for s in side.segments if s.id in sizes), *([None] if None in sizes else [])]
    gap = min(GAP, 90.0 / max(1, len(order)))
    room, top, found = TALL - 28 - gap * (len(order) - 1), 26.0, Ends()
    for key in order:
        high = room * sizes[key] / sum(sizes.values())
        found[key] = top, top + high
        top += high + gap
    return found


def _draw_ribbons(facts: ComparedRuns, before: Ends, now: Ends) -> str:
    moves = facts.migration.moves if facts.migration else ()
    total = sum(m.n for m in moves)
    sides = before, now
    counts = [{key: sum(m.n for m in moves if (m.before, m.now)[i] == key) for key in sides[i]} for i in (0, 1)]
    at = [{key: top for key, (top, _) in side.items()} for side in sides]
    ranks = [{key: i for i, key in enumerate(side)} for side in sides]
    x, y, mid, parts = LEFT + WIDE, RIGHT, (LEFT + WIDE + RIGHT) / 2, []
    for move in sorted(moves, key=lambda m: (ranks[0][m.before], ranks[1][m.now])):
        keys = move.before, move.now
        (a, b), thick = [at[i][keys[i]] for i in (0, 1)], [0.0, 0.0]
        for i in (0, 1):
            top, end = sides[i][keys[i]]
            thick[i] = move.n / counts[i][keys[i]] * (end - top)
            at[i][keys[i]] += thick[i]
        d = (
            f"M{x:.1f} {a:.1f}C{mid:.1f} {a:.1f} {mid:.1f} {b:.1f} {y:.1f} {b:.1f}v{thick[1]:.1f}"
            f"C{mid:.1f} {b + thick[1]:.1f} {mid:.1f} {a + thick[0]:.1f} {x:.1f} {a + thick[0]:.1f}z"
        )
        route = f"from {facts.old.called(move.before)} to {facts.new.called(move.now)}"
        tip = f"{words.count(move.n)} customers ({words.percent(move.n / total)}) {route}"
        color = f"bar rib s{view.slot(move.before)}" if move.before else "node rib"
        parts.append(tag("path", class_=f"mark {color}", data_s=move.before, data_t=tip, d=d))
    return "".join(parts)


def _draw_ends(side: Side, ends: Ends, x: float) -> str:
    letters = {s.id: (s.letter, s.name) for s in side.segments}
    left, parts = x == LEFT, []
    for key, (top, end) in ends.items():
        color = f"bar s{view.slot(key)}" if key else "node"
        parts.append(tag("rect", class_=color, x=x, y=top, width=WIDE, height=max(end - top, 0.8), rx=2))
        letter, name = letters[key] if key else ("", "not assigned")
        middle, place = (top + end) / 2 + 4.5, x - 7 if left else x + WIDE + 7
        parts.append(write(place, middle, letter or "–", "halo end" if left else "halo"))
        lines = drawing.wrap(name, NAME, most=MOST)
        if LINE * len(lines) > end - top + GAP:
            continue  # there is no room for all of it, and the table below says it
        away, first = 18 if letter else 12, middle - LINE * (len(lines) - 1) / 2
        beside = place - away if left else place + away  # on a phone letters are enough: tables below say the names
        parts.append(drawing.write_lines(beside, first, lines, f"lab wide{' end' if left else ''}", step=LINE))
    return "".join(parts)
