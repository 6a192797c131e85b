"""How the number of segments was chosen: separation beside what groupless tables reach."""

from __future__ import annotations

from coterie.report.charts.choice import draw_choice
from records import simulated_json as simulated


def test_choice_says_whether_groupless_tables_reach_as_much() -> None:
    record, _ = simulated()
    above = draw_choice(record)
    record["choice"]["candidates"][3]["null_silhouette"] = [0.5, 0.55, 0.6]
    below = draw_choice(record)
    assert above is not None
    assert below is not None
    assert "more than tables without groups reach" in above.desc
    assert "no more than tables without groups reach" in below.desc
