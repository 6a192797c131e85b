"""One scan counts the values of each column and tells their bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import Table, read, refuse_infinite, summarize


def opened(frame: pd.DataFrame) -> Table:
    return read(frame, connect(), Options(id="id"), Reading())


@pytest.mark.parametrize("few", [0, 1_000])
def test_values_are_counted_and_bounded_in_the_engine_and_here(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coterie.table.summary.FEW", few)
    texts = ["", "b", None, "c"]
    frame = pd.DataFrame({"id": list("abcd"), "x": [1.0, np.nan, -3.0, 1.0], "t": texts, "none": [np.nan] * 4})
    found = summarize(opened(frame))
    assert found.rows == 4
    x, t, none = (found.columns[name] for name in ("x", "t", "none"))
    assert (x.present, x.low, x.high) == (3, -3.0, 1.0)
    assert t.present == 2
    assert np.isnan(t.low)
    assert none.present == 0
    assert np.isnan(none.high)


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e200])
def test_a_number_that_cannot_be_squared_is_refused_where_it_is_used(value: float) -> None:
    found = summarize(opened(pd.DataFrame({"id": ["a", "b"], "x": [1.0, value], "y": [1.0, 2.0]})))
    refuse_infinite(found, ["y"])
    with pytest.raises(errors.InputError, match="'x' holds an infinite"):
        refuse_infinite(found, ["y", "x"])
