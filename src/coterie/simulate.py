"""Customers that nobody knows: the tutorial's table, made by the tutorial's own random numbers."""

from __future__ import annotations

import csv
import io

import numpy as np

TUTORIAL_SEED = 42
TUTORIAL_ROWS = 300


def tutorial() -> dict[str, list[int]]:
    """Return the table that the tutorials segment: 300 customers with an income and a spending score.

    Both columns are uniform random numbers, so there are no groups in it.

    Returns
    -------
    columns ``customer_id`` (1…300), ``annual_income`` (20,000–119,999) and ``spending_score`` (1–99).

    >>> table = tutorial()
    >>> table["annual_income"][0], table["spending_score"][0]
    (35795, 38)
    """
    random = np.random.RandomState(TUTORIAL_SEED)
    income = random.randint(20_000, 120_000, TUTORIAL_ROWS)
    score = random.randint(1, 100, TUTORIAL_ROWS)
    return {
        "customer_id": list(range(1, TUTORIAL_ROWS + 1)),
        "annual_income": [int(v) for v in income],
        "spending_score": [int(v) for v in score],
    }


def as_csv(table: dict[str, list[int]]) -> str:
    """Return a table of columns as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return out.getvalue()
