"""What a campaign brought, as lines of a terminal."""

from __future__ import annotations

from coterie import errors, words
from coterie.record import effects, lift_words

LONGEST = 4_000


def show(found: effects.Lift) -> str:
    """Return a lift as lines for people: in all, then segment by segment."""
    rows = (found.overall, *found.segments) if len(found.segments) > 1 else found.segments
    wide = max(len(_name(row)) for row in rows)
    lines = [f"{'':<{wide}}  {'members':>18}  {'held out':>18}  lift (95% interval)"]
    for row in rows:
        sides = f"{_side(row, True, found):>18}  {_side(row, False, found):>18}"
        lines.append(f"{_name(row):<{wide}}  {sides}  {_lift(row, found)}")
    lines += ["", *([found.overall.text] if len(found.segments) > 1 else [s.text for s in found.segments])]
    lines += [*count_lines(found), *found.cautions, found.method, found.multiplicity]
    return "\n".join(errors.shown(line, LONGEST) if line else "" for line in lines)


def count_lines(found: effects.Lift) -> list[str]:
    """Return who is counted how."""
    counts, told = found.counts, []
    if counts.unlisted:
        people = words.plural(counts.unlisted, "customer")
        told.append(f"{people} of the audience not in the results {_verb(counts.unlisted, found)}.")
    if counts.without_outcome:
        people = words.plural(counts.without_outcome, "customer")
        told.append(f"{people} in the results, the outcome missing, {_verb(counts.without_outcome, found)}.")
    if counts.strangers:
        told.append(f"{words.plural(counts.strangers, 'customer')} in the results, never in the audience: left out.")
    if counts.several:
        how = "one conversion each" if found.outcome is None else "their outcomes are added"
        told.append(f"{words.plural(counts.several, 'customer')} in several rows: {how}.")
    if counts.without_value:
        told.append(f"{words.plural(counts.without_value, 'row')} without an outcome add nothing.")
    return told


def _verb(n: int, found: effects.Lift) -> str:
    if found.only_listed:
        return "is left out" if n == 1 else "are left out"
    return "has outcome 0" if n == 1 else "have outcome 0"


def _name(row: effects.SegmentLift) -> str:
    return errors.shown(f"{row.letter} {row.name}".strip(), 200)


def _side(row: effects.SegmentLift, member: bool, found: effects.Lift) -> str:
    side = row.members if member else row.held_out
    if not side.n:
        return words.UNKNOWN
    mean = lift_words.digits_of(found.overall, found.kind).write_mean(side.mean)
    return f"{mean} of {side.n:,}" if found.kind == "rate" else f"{mean} ({side.n:,})"


def _lift(row: effects.SegmentLift, found: effects.Lift) -> str:
    if row.lift is None or row.low is None or row.high is None:
        return lift_words.UNSAID[row.obstacle or "few"].cell
    unit = " points" if found.kind == "rate" else ""
    clear = ("  clear" if row.lift > 0 else "  clear loss") if row.clear else ""
    digits = lift_words.digits_of(found.overall, found.kind)
    return f"{digits.write(row.lift)}{unit} ({digits.between(row.low, row.high)}){clear}"
