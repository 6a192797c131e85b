"""How the number of segments was chosen: separation beside what groupless tables reach."""

from __future__ import annotations

import re
from dataclasses import replace

from coterie.evidence.sensitivity import ColumnShare
from coterie.record import clean
from coterie.report.charts.choice import draw_choice, draw_drivers, draw_stability
from records import simulated, with_part


def test_choice_says_whether_groupless_tables_reach_as_much() -> None:
    record, _ = simulated()
    above = draw_choice(clean(record))
    higher = tuple(replace(c, null_silhouette=(0.5, 0.55, 0.6)) for c in record.choice.candidates)
    below = draw_choice(clean(with_part(record, "choice", candidates=higher)))
    assert above is not None
    assert below is not None
    assert "more than tables without groups reach" in above.desc
    assert "no more than tables without groups reach" in below.desc


def test_repeatability_says_what_comes_back_of_each_segment() -> None:
    record, _ = simulated()
    chart = draw_stability(clean(record))
    assert chart is not None
    assert [row["jaccard"] for row in chart.data] == [s.jaccard for s in record.stability.segments]
    assert "0.75: reproducible" in chart.body


def test_a_column_that_decides_more_has_the_longer_bar() -> None:
    record, _ = simulated()
    columns = (ColumnShare("annual_income", 0.2), ColumnShare("spending_score", 0.8))
    chart = draw_drivers(clean(with_part(record, "sensitivity", columns=columns)))
    assert chart is not None
    assert [row["column"] for row in chart.data] == ["spending_score", "annual_income"]
    assert [float(w) for w in re.findall(r'class="mk" [^>]*? width="([\d.]+)"', chart.body)] == [450, 112.5]
    assert "Spending score: without it 80% of customers change segment" in chart.body
