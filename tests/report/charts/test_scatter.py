"""The map: every customer once, or counts that are large enough."""

from __future__ import annotations

import re
from dataclasses import replace

from coterie.record import Cell, Cells, MapAxis, Points, clean
from coterie.report.charts import drawing
from coterie.report.charts.scatter import draw_map
from records import simulated, with_part


def test_the_map_shows_every_customer_once_in_the_color_of_its_segment() -> None:
    record, points = simulated()
    chart = draw_map(clean(record), points)
    assert chart is not None
    for segment in record.segments:
        path = re.search(rf'<path class="mark pts bar s{segment.id}" d="([^"]*)"', chart.body)
        assert path is not None
        assert path[1].count("M") == segment.size


def test_five_thousand_points_are_small_and_one_path_a_segment() -> None:
    record, _ = simulated()
    n = 5000
    points = Points([i % 97 + 0.5 for i in range(n)], [(i * 7) % 89 for i in range(n)], [1 + i % 5 for i in range(n)])
    chart = draw_map(clean(record), points)
    assert chart is not None
    assert chart.body.count('class="mark dots') == 5
    assert len(chart.body) < 100_000


def test_an_outlier_does_not_squeeze_the_map() -> None:
    record, points = simulated()
    far = Points([*points.x, 1e6], [*points.y, 50.0], [*points.segment, 1])
    chart = draw_map(clean(record), far)
    assert chart is not None
    low, high = (float(v) for v in dict(chart.attributes)["data-x"].split()[:2])
    assert high - low < 500


def test_places_on_the_map_read_back_as_values() -> None:
    record, points = simulated()
    income, other = record.features
    axis = MapAxis("annual_income", "income", "log")
    record = replace(record, features=(replace(income, transform="log", unit=0.1), other))
    record = with_part(record, "sample", map=replace(record.sample.map, x=axis))
    chart = draw_map(clean(record), points)
    assert chart is not None
    attributes = dict(chart.attributes)
    assert len(attributes["data-x"].split()) == 5
    assert len(attributes["data-y"].split()) == 4
    ticks = re.findall(r'<text class="tick mid"[^>]*>([^<]*)<', chart.body)
    assert [float(t.replace(",", "")) for t in ticks] == sorted(float(t.replace(",", "")) for t in ticks)


def test_without_points_the_map_shows_counts_of_ten_or_more() -> None:
    record, _ = simulated()
    assert draw_map(clean(record), None) is None
    edges = (0.0, 25.0, 50.0, 75.0, 100.0)
    cells = Cells(edges, edges, (Cell(0, 0, 4, 12), Cell(3, 3, 2, 30), Cell(1, 1, 1, 9)))
    record = with_part(record, "sample", map=replace(record.sample.map, cells=cells))
    chart = draw_map(clean(record), None)
    assert chart is not None
    assert [row["n"] for row in chart.data] == [12, 30]
    assert chart.body.count('class="mark bar') == 2


def test_numbers_below_the_map_have_room_for_growing() -> None:
    record, points = simulated()
    wide = Points([1e4 * (1 + i % 12) + 0.5 for i in range(len(points.x))], points.y, points.segment)
    chart = draw_map(clean(record), wide)
    assert chart is not None
    bottom = max(re.findall(r'<text class="tick mid" x="[\d.]+" y="([\d.]+)"', chart.body), key=float)
    told = re.findall(rf'<text class="tick mid" x="([\d.]+)" y="{bottom}">([^<]+)<', chart.body)
    assert len(told) >= 3
    halves = [drawing.estimate_width(text, 12) * drawing.GROWN / 2 for _, text in told]
    at = [float(x) for x, _ in told]
    assert all(b - h2 > a + h1 for a, b, h1, h2 in zip(at, at[1:], halves, halves[1:], strict=False))
    assert at[-1] + halves[-1] <= chart.width
