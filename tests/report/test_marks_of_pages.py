"""No mark of any page contradicts the two numbers beside it: every one is computed again from what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import simulate
from coterie.report import page
from coterie.segmentation.stages import segment
from printed_marks import Printed, bars, cards, cells, contradictions
from records import VERDICTS, simulated

REAL = ("Mall_Customers.csv", "marketing_campaign.csv", "vacmot.csv", "mcdonalds.csv", "Wholesale customers data.csv")


def _strange() -> pd.DataFrame:
    """Skew, zeros, rare answers, dates, years, negative and tiny numbers: what marks are made of, in four groups."""
    r = np.random.default_rng(3)
    kind = np.arange(600) % 4
    return pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(600)],
            "spend": np.round(r.lognormal(3 + kind, 0.6), 2),
            "returns": np.where(r.random(600) < 0.1 + 0.2 * kind, r.integers(1, 9, 600), 0),
            "profit": np.round(r.normal(-5 + 4 * kind, 3), 2),
            "rate": np.round(r.normal(0.004 + 0.002 * kind, 0.001), 5),
            "born": 1950 + 10 * kind + r.integers(0, 9, 600),
            "member": (r.random(600) < 0.02 + 0.1 * kind).astype(int),
            "channel": np.where(r.random(600) < 0.5, 1, 2),
            "since": pd.Timestamp("2015-01-01") + pd.to_timedelta(400 * kind + r.integers(0, 300, 600), unit="D"),
            "plan": np.where(kind == 1, "plus", np.where(r.random(600) < 0.1, "gold", "basic")),
        }
    )


def _pages() -> Iterator[tuple[str, Any]]:
    yield "tutorial", lambda: segment(pd.DataFrame(simulate.tutorial()), effort="quick").report()
    yield "strange", lambda: segment(_strange(), effort="quick", describe=["since", "born"]).report()
    yield "wide", lambda: page.render(*simulated(centers=[[30.0] * 8, [70.0] * 8], sizes=[90, 60], columns=_eight()))
    for code in VERDICTS:
        yield str(code), lambda code=code: page.render(*simulated(verdict=code))


def _eight() -> list[tuple[str, str]]:
    return [(f"f{i}", f"visits in month {i}") for i in range(8)]


PAGES = dict(_pages())


@pytest.mark.parametrize("name", PAGES)
def test_every_mark_is_borne_out_by_the_numbers_beside_it(name: str) -> None:
    html = PAGES[name]()
    assert contradictions(html) == []
    assert [p for p in (*bars(html), *cells(html)) if p.marked], name
    assert cards(html)


@pytest.mark.parametrize("file", REAL)
def test_every_mark_is_borne_out_on_real_customers(file: str, shared_data: Path) -> None:
    html = segment(shared_data / file, effort="quick").report()
    assert contradictions(html) == []
    assert len(cells(html)) >= 15


def test_a_mark_that_is_not_borne_out_is_found() -> None:
    for value, overall, marked, side in (
        ("567", "567", True, None), ("6.2", "5.8", True, 1), ("$80", "$60", True, -1), ("40%", "20%", False, 0),
        ("–", "101", True, None),
    ):  # fmt: skip
        assert Printed("here", value, overall, marked, side).contradiction
    assert not Printed("here", "1.2M", "900k", True, 1).contradiction
