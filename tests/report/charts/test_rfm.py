"""The RFM grid as a picture and a table."""

from __future__ import annotations

import pytest

import coterie
from coterie.record import clean
from coterie.report.charts.rfm import draw_rfm, tabulate_rfm
from purchases.shop import customers


@pytest.fixture(scope="module")
def run() -> coterie.Segmentation:
    return coterie.segment(customers(), effort="quick", k=3)


def test_the_chart_and_the_table_print_no_count_below_ten(run: coterie.Segmentation) -> None:
    drawn, section = draw_rfm(clean(run.record)), tabulate_rfm(clean(run.record))
    assert drawn is not None
    assert section is not None
    small = [c for c in drawn.data if 0 < c["n"] < 10]
    assert small
    assert drawn.svg("light").count("&lt;10") == len(small)
    assert not [cell for row in section.rows for cell in row if cell.isdigit() and 0 < int(cell) < 10]
    assert section.head[:2] == ("RFM segment", "Customers")
    assert 'id="rfm"' in run.report()
