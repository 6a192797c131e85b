"""What a campaign brought, as a page of the report's family."""

from __future__ import annotations

from collections.abc import Sequence

from coterie import words
from coterie.record import clean_value, effects, lift_words
from coterie.report import terminal_lift, view
from coterie.report.charts.drawing import trace_glyph
from coterie.report.charts.lifts import draw_lift
from coterie.report.compilation import template
from coterie.report.explanations import Mark
from coterie.report.html_file import assets, markup, policy
from coterie.report.page import icon, show_chart

COLUMNS = (("segment", "Segment"), ("lift", "Lift"), ("low", "From"), ("high", "To"))
CLEAR, UNCLEAR, FEW, LOSS = "green", "amber", "grey", "red"


def render(found: effects.Lift) -> str:
    """Return the lift as one self-contained HTML page; it holds counts, no customers."""
    seen: effects.Lift = clean_value(found)
    style, script = assets()
    face, verdict = judge(seen.overall)
    rows = rows_of(seen)
    return template("lift.html").render(
        style=markup(style),
        script=markup(script),
        policy=policy(style, script),
        face=face,
        icon=icon(face),
        verdict=verdict,
        line=[f"{seen.overall.members.n:,} members", f"{seen.overall.held_out.n:,} held out"],
        headline=headline(seen),
        lede=_extra(seen.overall, seen),
        facts=_facts(seen),
        picture=show_chart(draw_lift(seen), COLUMNS),
        legend=[_mark(s) for s in seen.segments if s.segment is not None],
        rows=[(_mark(r) if r.segment is not None else None, cells(r, seen)) for r in rows],
        told=_told(rows),
        cautions=seen.cautions,
        counted=terminal_lift.count_lines(seen),
        method=f"{seen.method} {seen.multiplicity}",
        rate=seen.kind == "rate",
        outcome=seen.outcome,
    )


def _told(rows: Sequence[effects.SegmentLift]) -> list[tuple[str | None, str]]:
    """Return what is said of each segment; of those without a clear lift once, for their numbers stand in the table."""
    if rows[0].obstacle == "one side":
        return [(None, rows[0].text)]
    plain = [r for r in rows if r.segment is not None and r.text.startswith("No clear lift:") and r.text.endswith(").")]
    told = [(None if r.segment is None else f"{r.letter} {r.name}", r.text) for r in rows if r not in plain]
    if len(plain) == 1:
        return [*told, (f"{plain[0].letter} {plain[0].name}", plain[0].text)]
    names = words.joined([f"{r.letter} {r.name}" for r in plain])
    return [*told, (None, f"No clear lift in {names}: it may be chance.")] if plain else told


def rows_of(found: effects.Lift) -> Sequence[effects.SegmentLift]:
    """Return all together and each segment, or the only one."""
    return (found.overall, *found.segments) if len(found.segments) > 1 else found.segments


def judge(row: effects.SegmentLift) -> tuple[str, str]:
    """Return the color of a lift, and what it is called."""
    face = FEW if row.lift is None else UNCLEAR if not row.clear else CLEAR if row.lift > 0 else LOSS
    return face, lift_words.call(row.lift, row.obstacle, clear=row.clear)


def headline(found: effects.Lift) -> str:
    """Return the finding in one line."""
    row = found.overall
    if row.lift is None:
        return lift_words.UNSAID[row.obstacle or "few"].headline
    if not row.clear:
        return "Chance alone may have made the difference between members and held-out customers."
    more = "more" if row.lift > 0 else "less"
    much = lift_words.digits_of(row, found.kind).write(abs(row.lift)).removeprefix("+")
    if found.kind == "rate":
        return f"Of 100 members {much} {more if row.lift > 0 else 'fewer'} converted than without the campaign."
    return f"A member brought {much} {more} than without the campaign."


def _extra(row: effects.SegmentLift, found: effects.Lift) -> str:
    if row.extra is None or row.extra_low is None or row.extra_high is None:
        return row.text
    much, low, high = (words.number(round(v)) for v in (abs(row.extra), row.extra_low, row.extra_high))
    less = "fewer" if found.kind == "rate" else "less"
    told = (
        f"{much} {'conversions' if found.kind == 'rate' else f'of {found.outcome}'} {less if row.extra < 0 else 'more'}"
    )
    return f"For all {row.members.n:,} members together: {told} than without it (from {low} to {high})."


def _facts(found: effects.Lift) -> list[tuple[str, str, str]]:
    row, digits = found.overall, lift_words.digits_of(found.overall, found.kind)
    between = "no interval"
    if row.low is not None and row.high is not None:
        between = f"95%: {digits.between(row.low, row.high)}"
    lift = words.UNKNOWN if row.lift is None else digits.write(row.lift)
    return [
        ("Members", _mean(row, True, found), f"of {row.members.n:,}" if found.kind == "rate" else "a member"),
        ("Held out", _mean(row, False, found), f"of {row.held_out.n:,}" if found.kind == "rate" else "a customer"),
        ("Lift in points" if found.kind == "rate" else "Lift a customer", lift, between),
    ]


def _mean(row: effects.SegmentLift, member: bool, found: effects.Lift) -> str:
    side = row.members if member else row.held_out
    if not side.n:
        return words.UNKNOWN
    return lift_words.digits_of(found.overall, found.kind).write_mean(side.mean)


def cells(row: effects.SegmentLift, found: effects.Lift) -> list[str]:
    """Return what the table says of a segment, or of all."""
    sides = [f"{row.members.n:,}", _mean(row, True, found), f"{row.held_out.n:,}", _mean(row, False, found)]
    if row.lift is None or row.low is None or row.high is None or row.extra is None:
        return [*sides, words.UNKNOWN, lift_words.UNSAID[row.obstacle or "few"].cell, words.UNKNOWN, ""]
    digits = lift_words.digits_of(found.overall, found.kind)
    return [
        *sides,
        digits.write(row.lift),
        digits.between(row.low, row.high),
        words.number(round(row.extra)),
        words.p_value(1.0 if row.adjusted is None else row.adjusted),
    ]


def _mark(row: effects.SegmentLift) -> Mark:
    id = row.segment or 0
    return Mark(id, row.letter, row.name, view.slot(id), trace_glyph(id))
