"""Customers flowing into value, and from one number of segments to the next."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from coterie import words
from coterie.record import clean
from coterie.report.charts.flows import draw_flow, draw_gains, draw_value
from records import simulated, with_segment


def test_negative_value_draws_no_shares() -> None:
    record, _ = simulated()
    below = clean(with_segment(record, "A", value_share=None))
    assert draw_value(below) is None
    assert draw_gains(below) is None


def test_ribbons_are_as_wide_as_their_shares() -> None:
    record, _ = simulated()
    chart = draw_value(clean(record))
    assert chart is not None
    widths = [float(w) for w in re.findall(r'<rect class="bar"[^>]*? width="([\d.]+)"', chart.body)]
    shares = [v for row in chart.data for v in (row["share"], row["value_share"])]
    assert widths == pytest.approx([440 * s - 3 * 4 * s for s in shares], abs=0.2)


def test_more_than_eight_segments_merge_the_smallest_into_one_ribbon() -> None:
    sizes = [200, 180, 160, 140, 120, 100, 80, 60, 8, 6]
    record, _ = simulated(sizes=sizes, centers=[(10.0 + 9 * i, 10.0 + 9 * (9 - i)) for i in range(10)])
    chart = draw_value(clean(record))
    assert chart is not None
    assert [row["segment"] for row in chart.data].count(0) == 1
    assert sum(row["share"] for row in chart.data) == pytest.approx(1)


def test_the_flow_keeps_every_customer_at_every_number_of_segments() -> None:
    record, _ = simulated()
    chart = draw_flow(clean(record))
    assert chart is not None
    n = record.sample.rows
    for k in {row["k"] for row in chart.data}:
        assert sum(row["n"] for row in chart.data if row["k"] == k) == n
    assert "With 4, D Low income, low spending and E Low income, high spending are one." in chart.desc
    assert "With 6, " in chart.desc


def test_a_segment_of_which_a_part_goes_elsewhere_is_most_of_it() -> None:
    record, _ = simulated()
    chart = draw_flow(clean(record))
    assert chart is not None
    chosen = record.choice.k
    (into,) = (f for f in record.choice.flow if f.k == chosen - 1 and f.to == 4)
    other = next(n for n in {f.from_ for f in record.choice.flow if f.k == chosen - 1} if n != into.from_)
    third = into.n // 3
    flows = [replace(f, n=f.n - third) if f == into else f for f in record.choice.flow]
    moved = replace(record, choice=replace(record.choice, flow=(*flows, replace(into, from_=other, n=third))))
    shown = draw_flow(clean(moved))
    assert shown is not None
    assert "most of D Low income, low spending and E Low income, high spending are one." in shown.desc
    assert "most of" not in chart.desc


def test_every_share_is_told_in_its_block_or_beside_it_with_a_line_to_it() -> None:
    sizes = [600, 100, 80, 70, 60, 50, 40]
    record, _ = simulated(sizes=sizes, centers=[(10.0 + 12 * i, 10.0 + 12 * (i % 3)) for i in range(7)])
    worth = dict(zip("ABCDEFG", (0.003, 0.02, 0.11, 0.11, 0.4, 0.157, 0.2), strict=True))
    for letter, value in worth.items():
        record = with_segment(record, letter, value_share=value)
    chart = draw_value(clean(record))
    assert chart is not None
    texts = re.findall(r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)">([^<]*)<', chart.body)
    lines = re.findall(r'<path class="rng" d="M([\d.]+) [\d.]+L([\d.]+) ', chart.body)
    beside = [float(x) for kind, x, _, text in texts if kind == "val mid"]
    assert sorted(beside) == sorted(float(start) for start, _ in lines)
    for letter, segment in zip("ABCDEFG", record.segments, strict=True):
        for share in (segment.share, worth[letter]):
            told = words.percent(share)
            assert [t for *_, t in texts if html.unescape(t) in (told, f"{letter} {told}")]
    inside = [(x, y, text) for kind, x, y, text in texts if kind == "onbar mid"]
    assert {text[0] for *_, text in inside} >= set("BCDEFG")
    assert len({(x, y) for x, y, _ in inside}) == len(inside)
