"""Sums over all rows, and shares of them."""

from __future__ import annotations

from coterie.engines import shares_of


def test_shares_lie_between_nothing_and_all_or_are_not_given() -> None:
    assert shares_of([1.0, 4.0]) == (0.2, 0.8)
    assert shares_of([0.0, 4.0]) == (0.0, 1.0)
    for parts in ([-27.0, 127.0], [0.0, 0.0], [None, 1.0], [-1.0, -2.0]):
        assert shares_of(parts) == (None, None)
    assert shares_of([]) == ()
