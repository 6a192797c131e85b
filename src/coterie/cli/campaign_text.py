"""An audience as lines of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie import errors, words
from coterie.cli.console import LONGEST

if TYPE_CHECKING:
    from coterie.runs import Audience, AudienceSegment

RATE = 0.05  # of the three base rates the one that is printed


def show_audience(made: Audience) -> str:
    """Return what was written: a line a list, and what its holdout can show."""
    facts = made.facts
    width = max(len(s.file) for s in made.segments)
    lines = [f"{s.file:<{width}}  {s.members:>9,} members{_held(s)}" for s in made.segments]
    if facts.without_borderline:
        left = sum(s.borderline for s in made.segments)
        lines.append(f"{words.plural(left, 'borderline customer')} left out")
    if facts.holdout is not None:
        share = words.fine_percent(facts.holdout)
        stays = "; the same key holds the same customers out next month: keep it"
        lines.append(f"{share} held out (holdout.csv){'' if facts.id is None else stays}.")
        lines.append(f"Seen: the least lift that shows four times in five, where {RATE:.0%} convert without it.")
    return "\n".join(
        [*(errors.shown(line, LONGEST) for line in lines), f"audience {errors.shown(made.folder, LONGEST)}"]
    )


def _held(segment: AudienceSegment) -> str:
    if segment.detectable is None:
        return ""
    seen = dict(segment.detectable.rates)[RATE]
    said = "no lift would be seen" if seen is None else f"seen from {words.number(100 * seen)} points on"
    return f"  {segment.held_out:>7,} held out  {said}"
