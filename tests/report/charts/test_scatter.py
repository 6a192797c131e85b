"""The map: every customer once, or counts that are large enough."""

from __future__ import annotations

import re

from coterie.record import Points
from coterie.report.charts.scatter import draw_map
from records import simulated_json as simulated


def test_the_map_shows_every_customer_once_in_the_color_of_its_segment() -> None:
    record, points = simulated()
    chart = draw_map(record, points)
    assert chart is not None
    for segment in record["segments"]:
        path = re.search(rf'<path class="mark pts bar s{segment["id"]}" d="([^"]*)"', chart.body)
        assert path is not None
        assert path[1].count("M") == segment["size"]


def test_five_thousand_points_are_small_and_one_path_a_segment() -> None:
    record, _ = simulated()
    n = 5000
    points = Points([i % 97 + 0.5 for i in range(n)], [(i * 7) % 89 for i in range(n)], [1 + i % 5 for i in range(n)])
    chart = draw_map(record, points)
    assert chart is not None
    assert chart.body.count('class="mark dots') == 5
    assert len(chart.body) < 100_000


def test_an_outlier_does_not_squeeze_the_map() -> None:
    record, points = simulated()
    far = Points([*points.x, 1e6], [*points.y, 50.0], [*points.segment, 1])
    chart = draw_map(record, far)
    assert chart is not None
    low, high = (float(v) for v in dict(chart.attributes)["data-x"].split()[:2])
    assert high - low < 500


def test_places_on_the_map_read_back_as_values() -> None:
    record, points = simulated()
    record["sample"]["map"]["x"]["transform"] = "log"
    record["features"][0]["unit"] = 0.1
    chart = draw_map(record, points)
    assert chart is not None
    attributes = dict(chart.attributes)
    assert len(attributes["data-x"].split()) == 5
    assert len(attributes["data-y"].split()) == 4
    ticks = re.findall(r'<text class="tick mid"[^>]*>([^<]*)<', chart.body)
    assert [float(t.replace(",", "")) for t in ticks] == sorted(float(t.replace(",", "")) for t in ticks)


def test_without_points_the_map_shows_counts_of_ten_or_more() -> None:
    record, _ = simulated()
    assert draw_map(record, None) is None
    edges = [0.0, 25.0, 50.0, 75.0, 100.0]
    counts = [
        {"i": 0, "j": 0, "segment": 4, "n": 12},
        {"i": 3, "j": 3, "segment": 2, "n": 30},
        {"i": 1, "j": 1, "segment": 1, "n": 9},
    ]
    record["sample"]["map"]["cells"] = {"x": edges, "y": edges, "counts": counts}
    chart = draw_map(record, None)
    assert chart is not None
    assert [row["n"] for row in chart.data] == [12, 30]
    assert chart.body.count('class="mark bar') == 2
