"""Who is who from one record to the next: by shared customers, else by centers; an id is nobody else's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coterie.record import Record, by_hand, match_segments
from coterie.record.lineage import follow_by_hand
from records import simulated

SEGMENTS = 4
FOUR = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))


@pytest.fixture(scope="module")
def old() -> Record:
    made = simulated(sizes=(60, 50, 50, 40), names=("One", "Two", "Three", "Four"))[0]
    return replace(made, model=replace(made.model, centers=FOUR))


def matched(old: Record, shared: list[list[int]]) -> dict[str, list[tuple[tuple[int, ...], tuple[int, ...]]]]:
    counts = np.array(shared, dtype=np.int64)
    centers = np.zeros((counts.shape[1], len(old.model.centers[0])))
    found = match_segments(old, counts, counts.sum(axis=0).tolist(), centers)
    assert found.by == "customers"
    told: dict[str, list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for fate in found.fates:
        told.setdefault(fate.kind, []).append((fate.before, fate.after))
    before = [s for fate in found.fates for s in fate.before]
    after = [s for fate in found.fates for s in fate.after]
    assert sorted(before) == [s.id for s in old.segments], "each segment of before has one fate"
    assert sorted(after) == sorted(set(found.ids)), "each segment of now comes from one"
    return told


def test_segments_are_told_by_their_customers_whatever_their_order(old: Record) -> None:
    told = matched(old, [[0, 90, 5, 0], [0, 0, 80, 9], [70, 0, 0, 0], [2, 0, 0, 60]])
    assert told == {"kept": [((s,), (s,)) for s in (1, 2, 3, 4)]}


def test_a_segment_in_two_pieces_was_split_and_the_larger_one_keeps_the_id(old: Record) -> None:
    told = matched(old, [[60, 0, 0, 0, 35], [0, 80, 0, 0, 0], [0, 0, 70, 0, 0], [0, 0, 0, 60, 1]])
    assert told["split"] == [((1,), (1, 5))]
    assert len(told["kept"]) == 3
    halves = matched(old, [[48, 0, 0, 0, 47], [0, 80, 0, 0, 0], [0, 0, 70, 0, 0], [0, 0, 0, 60, 1]])
    assert halves["split"] in ([((1,), (1, 5))], [((1,), (5, 6))])


def test_two_segments_in_one_were_merged(old: Record) -> None:
    told = matched(old, [[90, 0, 0], [0, 80, 0], [0, 0, 70], [0, 1, 60]])
    assert told["merged"] == [((3, 4), (3,))]
    assert told["kept"] == [((1,), (1,)), ((2,), (2,))]


def test_who_left_is_retired_and_who_came_is_new(old: Record) -> None:
    told = matched(old, [[90, 0, 0, 2], [0, 80, 0, 1], [0, 0, 70, 0], [0, 1, 2, 0]])
    assert told["retired"] == [((4,), ())]
    assert told["new"] == [((), (5,))]


def test_ids_that_were_used_are_never_used_again(old: Record) -> None:
    later = replace(old, lineage=replace(old.lineage, next_id=9))
    counts = np.array([[90, 0, 0, 0], [0, 80, 0, 0], [0, 0, 70, 0], [0, 0, 0, 0]])
    found = match_segments(later, counts, [90, 80, 70, 200], np.zeros((4, len(old.model.centers[0]))))
    assert found.ids == (1, 2, 3, 9)


def test_what_was_merged_by_hand_stays_one_segment(old: Record) -> None:
    merged = by_hand.merge(old, 1, 2)
    new = max(s.id for s in merged.segments)
    place = [s.id for s in merged.segments]
    counts = np.zeros((3, 4), dtype=np.int64)
    counts[place.index(new)] = [90, 80, 0, 0]
    counts[place.index(3), 2], counts[place.index(4), 3] = 70, 60
    found = match_segments(merged, counts, counts.sum(axis=0).tolist(), np.zeros((4, len(old.model.centers[0]))))
    assert found.ids == (new, new, 3, 4)
    assert {fate.kind for fate in found.fates} == {"kept"}


def test_without_shared_customers_centers_tell(old: Record) -> None:
    nobody, centers = np.zeros((SEGMENTS, SEGMENTS), dtype=np.int64), np.array(old.model.centers)
    found = match_segments(old, nobody, [1] * SEGMENTS, centers[::-1])
    assert found.by == "centers"
    assert found.ids == old.model.segment_of[::-1]
    away = centers.copy()
    away[0] += 100
    apart = match_segments(old, nobody, [1] * SEGMENTS, away)
    assert [(f.kind, f.before, f.after) for f in apart.fates if f.kind != "kept"] == [
        ("retired", (1,), ()),
        ("new", (), (5,)),
    ]


def test_by_hand_every_record_before_is_kept_in_mind(old: Record) -> None:
    first = by_hand.rename(old, 1, "Weekend families")
    second = by_hand.rename(first, 1, "Families")
    assert second.lineage.ancestors == (*first.lineage.ancestors, second.lineage.parent)
    assert follow_by_hand(old, "so", 5).parent == first.lineage.parent
