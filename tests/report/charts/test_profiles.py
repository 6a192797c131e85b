"""What makes each segment different, as bars."""

from __future__ import annotations

import re
from dataclasses import replace

from coterie.record import clean
from coterie.report.charts.profiles import choose_measures, draw_panel, draw_panels, draw_profile, draw_ranges
from records import simulated


def test_what_stands_out_is_saturated_and_the_rest_is_pale() -> None:
    chart = draw_profile(clean(simulated()[0]))
    assert chart is not None
    strong = [row for row in chart.data if row["stands_out"]]
    assert chart.body.count('class="mark mk') == len(strong)
    assert chart.body.count('class="mark nm') == len(chart.data) - len(strong)
    assert {row["column"] for row in strong} >= {"annual_income", "spending_score"}


def test_no_bar_starts_from_a_zero_that_is_not_there() -> None:
    record, _ = simulated()
    born = tuple(
        replace(row, mean=row.mean + 1950, overall=row.overall + 1950) if row.column == "age" else row
        for row in record.profile
    )
    record = clean(replace(record, profile=born))
    chart = draw_panel(record.segments[0], choose_measures(record))
    assert chart.body.count("<circle") == 1


def test_a_small_difference_looks_small_where_the_track_has_no_zero() -> None:
    record, _ = simulated()
    near = {1: 98.0, 2: 102.0}
    rows = tuple(
        replace(row, mean=near.get(row.segment, 100.0), overall=100.0) if row.column == "age" else row
        for row in record.profile
    )
    record = clean(replace(record, profile=rows))
    measures = [m for m in choose_measures(record) if m.column == "age"]
    at = [
        float(re.search(r'<circle class="bar" cx="([\d.]+)"', draw_panel(record.segment(i), measures).body)[1])  # type: ignore[index]
        for i in (1, 2)
    ]
    assert 0 < at[1] - at[0] < 0.25 * 208


def test_ranges_of_fewer_than_ten_customers_are_neither_drawn_nor_told() -> None:
    record, _ = simulated(sizes=(39, 81, 35, 22, 8), centers=[(10, 10), (30, 30), (50, 50), (70, 70), (95, 95)])
    chart = draw_ranges(clean(record))
    assert chart is not None
    assert {row["segment"] for row in chart.data} == {1, 2, 3, 4}
    small = next(s for s in record.segments if s.size == 8)
    assert small.called not in chart.desc


def test_few_panels_are_wide_so_that_their_words_keep_their_size() -> None:
    record = clean(simulated()[0])
    measures = choose_measures(record)
    few, many = draw_panels(record.segments[:3], measures), draw_panels(record.segments, measures)
    assert {panel.width for panel in few} == {340}
    assert {panel.width for panel in many} == {208}
    track = re.findall(r'class="track"[^>]* width="(\d+)"', few[0].body)
    assert set(track) == {"340"}
