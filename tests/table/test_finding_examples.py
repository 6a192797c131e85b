"""Values that show what a finding is about: the ends of a column, its levels, and none where no value shows it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie.engines import Reading, connect
from coterie.findings import Finding
from coterie.options import Options
from coterie.table import draw, finding_examples, read


@pytest.mark.parametrize(
    ("code", "column", "shown"),
    [
        ("COT113", "spend", ("-3", "0.5", "7")),  # values below zero: the least
        ("COT118", "spend", ("1000", "7", "0.5")),  # far beyond the others: the largest
        ("COT111", "age", ("130", "-4")),  # impossible ones alone
        ("COT120", "job", ("unknown",)),  # what may mean missing
        ("COT105", "job", ("clerk", "unknown")),
        ("COT106", "spend", None),  # missing values show nothing
        ("COT131", None, None),
    ],
)
def test_a_finding_is_shown_by_the_values_that_it_is_about(
    code: str, column: str | None, shown: tuple[str, ...] | None
) -> None:
    frame = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(5)],
            "spend": [-3.0, 0.5, 7.0, 1000.0, np.nan],
            "age": [130.0, -4.0, 30.0, 40.0, 50.0],
            "job": ["clerk", "unknown", None, "clerk", "clerk"],
        }
    )
    table = read(frame, connect(), Options(id="id"), Reading())
    sample = draw(table, ("spend", "age", "job"), 10, seed=0)
    found = finding_examples.examples_of([Finding(code, "note", column, 1, "", "")], table, sample)
    given = found.get((code, column or ""))
    assert (given and tuple(sorted(given)) if code == "COT105" else given) == shown
