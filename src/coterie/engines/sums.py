"""Sums over all rows that are exact whatever stands beside, and shares of them.

Sums of doubles move in their last bits with threads and the order of rows, so values are added as whole numbers of a
unit. One unit fixed by the largest value would take the decimals of all others: beside 1e15 they lose a third each,
beside 1e20 everything. Where values are that far apart each is cut in two, whole numbers of a coarse unit and of a fine
one, and both are added. What is too large for the coarse unit is told apart: it is in no sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from coterie import sql
from coterie.doors import frozen
from coterie.engines.engine import round_off
from coterie.sql import Node

BITS = 60  # a value in fine units stays below 2^60, so a 64-bit whole number holds it
ROOM = 14  # binary digits that a coarse unit has more than a usual value
LEAST_USUAL = -10  # binary digits of the least usual value that is provided for
APART = 10  # binary digits of a value beyond a coarse unit from which values are cut in two
MOST_BITS = 62  # of a value in coarse units


@frozen
class ExactSum:
    """How the values of a column are added: as whole numbers of one unit, or of two.

    ``fine`` is how many fine units make 1, ``coarse`` the coarse unit (None: there is none) and ``most`` what a value
    must stay below to be added (None: all are).
    """

    fine: float
    coarse: float | None = None
    most: float | None = None

    def within(self, x: Node) -> Node:
        """Return a value, NULL where it is told apart."""
        if self.most is None:
            return x
        return sql.case([(sql.less(sql.absolute(x), sql.number(self.most)), x.copy())])

    def high(self, x: Node) -> Node:
        """Return how many coarse units a value holds, towards zero."""
        assert self.coarse is not None
        return sql.cast(self._high(self.within(x)), "whole")

    def low(self, x: Node) -> Node:
        """Return how many fine units a value, or what is left of it, comes to."""
        x = self.within(x)
        if self.coarse is not None:
            x = sql.subtract(x, sql.multiply(self._high(x.copy()), sql.number(self.coarse)))
        return sql.nearest_whole(sql.multiply(x, sql.number(self.fine)))

    def _high(self, x: Node) -> Node:
        assert self.coarse is not None
        size = sql.multiply(sql.absolute(x), sql.number(1 / self.coarse))
        return sql.multiply(sql.sign(x.copy()), sql.floor(size))

    def parts(self, x: Node, name: str) -> dict[str, Node]:
        """Return the aggregates that ``read`` makes a sum of."""
        found = {name: sql.whole_sum(self.low(x))}
        return found if self.coarse is None else {**found, f"{name}_high": sql.whole_sum(self.high(x.copy()))}

    def value(self, low: float, high: float = 0.0) -> float:
        """Return the number that both units' whole numbers make."""
        return low / self.fine + (0.0 if self.coarse is None else high * self.coarse)


def plan_sum(usual: float, largest: float) -> ExactSum:
    """Return how values are added in binary units, by their sizes.

    Parameters
    ----------
    usual : what most absolute values do not exceed; 0: not known.
    largest : what no absolute value exceeds.

    >>> plan_sum(50.0, 900.0).coarse, plan_sum(50.0, 1e20).coarse, plan_sum(50.0, 1e20).most
    (None, 1048576.0, None)
    """
    room = max(LEAST_USUAL, math.frexp(usual)[1] if usual > 0 else 0) + ROOM
    exponent = math.frexp(largest)[1] if largest > 0 else 0
    if exponent <= room + APART:
        return ExactSum(2.0 ** max(-1000, min(1000, BITS - exponent)))
    most = 2.0 ** (room + MOST_BITS)
    return ExactSum(2.0 ** (BITS - room), 2.0**room, most if largest >= most else None)


PLACES, FEWEST_PLACES = 9, 4  # decimal places that sums of decimals keep, where one unit does: coins have 8
COARSE_PLACES = 6
LARGEST_WHOLE = 9e18
DECIMAL_COARSE, DECIMAL_MOST = 2.0**24, 1e21


def plan_decimal_sum(largest: float, bound: float) -> ExactSum:
    """Return how decimal numbers are added, so that what is written is exact.

    Parameters
    ----------
    largest : what no absolute value exceeds.
    bound : what no sum of absolute values exceeds.

    >>> plan_decimal_sum(900.0, 1e6), plan_decimal_sum(1e20, 1e22)
    (ExactSum(fine=1000000000.0, coarse=None, most=None), ExactSum(fine=1000000.0, coarse=16777216.0, most=None))
    """
    places = min(PLACES, math.floor(math.log10(LARGEST_WHOLE / bound))) if bound > 0 else PLACES
    if places >= FEWEST_PLACES:
        return ExactSum(10.0**places)
    return ExactSum(10.0**COARSE_PLACES, DECIMAL_COARSE, DECIMAL_MOST if largest >= DECIMAL_MOST else None)


def shares_of(parts: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return each part's share of all parts, from 0 to 1.

    None for each where there is no such share: a part is unknown or below zero, or all of them come to nothing.

    >>> shares_of([1.0, 3.0])
    (0.25, 0.75)
    >>> shares_of([-1.0, 3.0])
    (None, None)
    """
    known = [part for part in parts if part is not None]
    whole = math.fsum(known)
    if len(known) < len(parts) or min(known, default=-1.0) < 0 or whole <= 0:
        return (None,) * len(parts)
    return tuple(min(1.0, round_off(part / whole)) for part in known)
