"""What a campaign brought, in words; its numbers all have the digits that those of all customers together deserve."""

from __future__ import annotations

import math
from typing import NamedTuple

from coterie import words
from coterie.record.effects import FEWEST, LEVEL, Interval, Kind, Obstacle, SegmentLift, Side, find_obstacle

FIGURES = 3  # of the held-out customers' mean, and of how far an interval reaches


class Digits(NamedTuple):
    """Decimals of means and of lifts in one result, as they are printed: of rates in percent and in points."""

    kind: Kind
    mean: int
    lift: int

    @classmethod
    def of(cls, sides: tuple[Side, Side], low: float | None, high: float | None, kind: Kind) -> Digits:
        """Return the decimals that the means and the interval of all customers together deserve."""
        times, mean = 100 if kind == "rate" else 1, sides[1].mean or sides[0].mean
        reach = mean if low is None or high is None else (high - low) / 2
        return cls(kind, _decimals(times * mean), _decimals(times * reach))

    def write_mean(self, mean: float) -> str:
        """Return a mean; a rate in percent.

        >>> Digits("rate", 2, 1).write_mean(0.036), Digits("amount", 0, 0).write_mean(4748.6)
        ('3.60%', '4,749')
        """
        return f"{words.fixed(100 * mean, self.mean)}%" if self.kind == "rate" else words.fixed(mean, self.mean)

    def write(self, lift: float) -> str:
        """Return a lift with its sign; of rates in points.

        >>> digits = Digits("rate", 1, 2)
        >>> digits.write(0.0213), digits.write(-0.00001), digits.write(0.0)
        ('+2.13', '−0.00', '0.00')
        """
        size = words.fixed(abs(100 * lift if self.kind == "rate" else lift), self.lift)
        return f"{'+' if lift > 0 else '−' if lift < 0 else ''}{size}"

    def said(self, lift: float) -> str:
        """Return a lift with its unit.

        >>> Digits("rate", 1, 2).said(0.0213), Digits("amount", 1, 1).said(-1.5)
        ('+2.13 points', '−1.5 a customer')
        """
        return f"{self.write(lift)} {'points' if self.kind == 'rate' else 'a customer'}"

    def between(self, low: float, high: float) -> str:
        """Return an interval.

        >>> Digits("amount", 1, 1).between(-1.25, 2)
        '−1.2 to +2.0'
        """
        return f"{self.write(low)} to {self.write(high)}"


def digits_of(overall: SegmentLift, kind: Kind) -> Digits:
    """Return the decimals of a result."""
    return Digits.of((overall.members, overall.held_out), overall.low, overall.high, kind)


def _decimals(size: float) -> int:
    """Return the decimals with which a number has so many figures."""
    return min(6, max(0, FIGURES - 1 - math.floor(math.log10(abs(size))))) if size else 0


class Unsaid(NamedTuple):
    """How it is said that there is no lift: in two words, in one line, and in a cell."""

    verdict: str
    headline: str
    cell: str


TOO_FEW = Unsaid(
    "Not enough customers",
    "There are not enough customers to say what the campaign brought.",
    "not enough customers",
)
UNSAID: dict[Obstacle, Unsaid] = {
    "few": TOO_FEW,
    "rare": TOO_FEW,
    "alike": Unsaid(
        "No interval",
        "All members have the same outcome, and all held-out customers: no interval can be given.",
        "all alike",
    ),
    "one side": Unsaid(
        "Nothing to compare",
        "Nothing can be compared: the results hold members alone, or held-out customers alone.",
        "nothing to compare",
    ),
}
METHODS: dict[Kind, str] = {
    "rate": "Difference of two rates; 95% score interval of Miettinen and Nurminen.",
    "amount": "Difference of two means; 95% score interval with the spread of both sides together, corrected for "
    "skewness.",
}


def tell_multiplicity(segments: int) -> str:
    """Return what several segments mean for the intervals."""
    if segments < 2:
        return "One segment: its interval stands by itself."
    return (
        f"Each interval holds by itself. With {segments} segments one of them is easily off by chance: a lift is "
        "called clear where Holm's p-value over all of them is below 5%."
    )


def describe_lift(
    who: tuple[int | None, str, str],
    sides: tuple[Side, Side],
    found: Interval | None,
    adjusted: float | None,
    digits: Digits,
    *,
    one_side: bool = False,
) -> SegmentLift:
    """Return the lift of a segment, by id, letter and name, with its words.

    Parameters
    ----------
    sides : members, and held-out customers.
    found : None where there are not enough.
    adjusted : Holm's p-value, of all segments together the p-value itself.
    one_side : the results hold members alone, or held-out customers alone.
    """
    members, held = sides
    clear = adjusted is not None and adjusted < 1 - LEVEL
    obstacle: Obstacle | None = None if found else "one side" if one_side else find_obstacle(members, held)
    return SegmentLift(
        *who,
        members=members,
        held_out=held,
        lift=found.lift if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        relative=found.lift / held.mean if found and held.mean > 0 else None,
        extra=found.lift * members.n if found else None,
        extra_low=found.low * members.n if found else None,
        extra_high=found.high * members.n if found else None,
        p=found.p if found else None,
        adjusted=adjusted,
        clear=clear,
        obstacle=obstacle,
        text=_tell_obstacle(obstacle, members, held) if found is None else _tell(found, members, digits, clear=clear),
    )


def call(lift: float | None, obstacle: Obstacle | None, *, clear: bool) -> str:
    """Return what a lift is called.

    >>> call(0.1, None, clear=True), call(-0.1, None, clear=True), call(None, "few", clear=False)
    ('A clear lift', 'A clear loss', 'Not enough customers')
    """
    if lift is None:
        return UNSAID[obstacle or "few"].verdict
    if not clear:
        return "No clear lift"
    return "A clear lift" if lift > 0 else "A clear loss"


def _tell(found: Interval, members: Side, digits: Digits, *, clear: bool) -> str:
    between, called = digits.between(found.low, found.high), call(found.lift, None, clear=clear)
    if not clear:
        alone = "; by itself its interval leaves 0 out, among several segments that is easily chance"
        return f"{called}: {digits.said(found.lift)} ({between}){alone if _leaves_out(found) else ''}."
    much = f"{words.number(round(members.n * abs(found.lift)))} {'conversions' if digits.kind == 'rate' else 'in all'}"
    verb = "brought" if found.lift > 0 else "cost"
    people = words.plural(members.n, "member")
    return f"{called}: {digits.said(found.lift)} ({between}); the campaign {verb} {much}, to {people}."


def _leaves_out(found: Interval) -> bool:
    return found.low > 0 or found.high < 0


def _tell_obstacle(obstacle: Obstacle | None, members: Side, held: Side) -> str:
    if obstacle == "one side":
        return f"Nothing can be compared: no {'member' if held.listed else 'held-out customer'} is in the results."
    if obstacle == "alike" and members.mean == held.mean:
        return "Nothing to compare: everybody has the same outcome."
    if obstacle == "alike":
        return UNSAID["alike"].headline
    if obstacle == "few":
        few = f"{words.plural(members.n, 'member')} and {held.n:,} held out"
        return f"Not enough customers: {few}; {FEWEST} of each are needed."
    if not members.positive + held.positive:
        return "Not enough customers: nobody has an outcome."
    return "Not enough customers: too few of them have an outcome other than 0."
