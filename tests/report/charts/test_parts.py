"""What each column of one customer says: bars to both sides."""

from __future__ import annotations

import re

from coterie.record import clean
from coterie.report.charts.parts import Spoken, draw_parts
from records import simulated


def test_bars_point_to_the_segment_that_they_speak_for() -> None:
    record, _ = simulated()
    own, other = (clean(record).segment(s) for s in (2, 1))
    spoken = [Spoken("a", "age", "31", 0.5, ""), Spoken("b", "income", "88", -0.25, ""), Spoken("c", "x", "1", 0.0, "")]
    chart = draw_parts(own, other, spoken, "Change: nothing.")
    bars = [
        (float(x), float(w)) for x, w in re.findall(r'class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', chart.body)
    ]
    (right, long), (left, short) = bars
    assert left + short == right
    assert abs(long - 2 * short) < 0.2
    assert [row["part"] for row in chart.data] == [0.5, -0.25, 0.0]
    assert all(x >= 0 and x + w <= chart.width for x, w in bars)
