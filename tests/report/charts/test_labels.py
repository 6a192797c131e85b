"""The labels of a map stand clear of its marks and of each other, and are led to their segments."""

from __future__ import annotations

import itertools

import numpy as np

from coterie.report.charts import drawing
from coterie.report.charts.labels import Ask, Box, Crowd, place_labels

ROOM = Box(20.0, 20.0, 540.0, 330.0)


def crowd_of(centers: list[tuple[float, float]], spread: float, n: int = 120) -> list[tuple[float, float]]:
    r = np.random.default_rng(4)
    return [(float(a), float(b)) for x, y in centers for a, b in r.normal((x, y), spread, (n, 2))]


def asks(centers: list[tuple[float, float]]) -> list[Ask]:
    return [Ask(i, x, y, [[f"{i} High income, low spending"], [str(i)]]) for i, (x, y) in enumerate(centers)]


def test_no_label_touches_a_mark_or_another_label() -> None:
    centers = [(120.0, 100.0), (300.0, 110.0), (430.0, 230.0), (160.0, 240.0)]
    spots = crowd_of(centers, 14)
    labels = place_labels(asks(centers), Crowd(spots, ROOM), 13)
    assert len(labels) == 4
    for label in labels:
        assert not [
            s for s in spots if label.box.left < s[0] < label.box.right and label.box.top < s[1] < label.box.bottom
        ]
        assert len(label.lines[0]) > 3
        assert label.leader is not None  # it stands beside its cloud, and a line says whose it is
    assert not [pair for pair in itertools.combinations(labels, 2) if pair[0].box.meets(pair[1].box)]


def test_a_name_that_finds_no_room_near_its_segment_gives_way_to_the_letter() -> None:
    r = np.random.default_rng(1)
    everywhere = [(float(x), float(y)) for x, y in r.uniform((20, 20), (540, 330), (3000, 2))]
    (label,) = place_labels(asks([(280.0, 170.0)]), Crowd(everywhere, ROOM), 13)
    assert label.lines == ["0"]


def test_a_label_in_an_empty_place_needs_no_leader() -> None:
    (label,) = place_labels(asks([(280.0, 170.0)]), Crowd([], ROOM), 13)
    assert label.leader is None
    assert (label.box.left + label.box.right) / 2 == 280


def test_lines_hold_every_word_and_none_is_too_wide() -> None:
    text = "Weekend families who come by car and buy " * 2 + "Donaudampfschifffahrtsgesellschaft"
    lines = drawing.wrap(text, 120, most=20)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(drawing.estimate_width, lines)) <= 120
    assert drawing.wrap(text, 120, most=2)[-1].endswith("…")


def test_every_axis_has_three_ticks() -> None:
    r = np.random.default_rng(0)
    for low, span in zip(r.uniform(-1e4, 1e4, 200), 10 ** r.uniform(-3, 6, 200), strict=True):
        for unit in (None, 0.1) if low >= 0 else (None,):
            scale = drawing.Scale(float(low), float(low + span), 0, 300, unit)
            assert 3 <= len(scale.ticks(3)) <= 12


def test_no_line_runs_through_the_text_of_another_segment() -> None:
    r = np.random.default_rng(2)
    for _ in range(40):
        centers = [(float(x), float(y)) for x, y in r.uniform((120, 80), (440, 270), (5, 2))]
        labels = place_labels(asks(centers), Crowd(crowd_of(centers, 12, 40), ROOM), 13)
        for one, other in itertools.permutations(labels, 2):
            if one.leader is not None:
                x, y, to_x, to_y = one.leader
                at = [(x + t * (to_x - x), y + t * (to_y - y)) for t in np.linspace(0.05, 0.95, 19)]
                box = other.box.grown(-1)
                assert not any(box.left < a < box.right and box.top < b < box.bottom for a, b in at)
