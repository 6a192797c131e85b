"""All the evidence about one table, gathered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coterie import words
from coterie.evidence import evidence
from prepared_tables import QUICK, blobs, columns, keys, weigh


def test_threads_change_nothing(table):
    one = evidence.weigh(table, columns(3), keys(500), replace(QUICK, threads=1))
    two = evidence.weigh(table, columns(3), keys(500), replace(QUICK, threads=2))
    assert one.choice == two.choice
    assert one.stability == two.stability
    assert one.borders == two.borders
    assert one.structure.trial.p_structure == two.structure.trial.p_structure


def test_two_different_rows_are_enough():
    found = weigh(np.repeat([[0.0, 0.0], [1.0, 1.0]], 10, axis=0))
    assert found.choice.k == 2
    assert found.structure is None
    assert found.choice.rule == "repeatability"


def test_a_number_asked_for_is_given_and_the_supported_one_said():
    asked = weigh(blobs(300, [[0, 0], [7, 0], [0, 7]]), asked=2)
    assert (asked.choice.k, asked.choice.asked, asked.choice.supported, asked.choice.rule) == (2, 2, 3, "asked")
    assert len(asked.fit.centers) == 2


def test_a_number_beyond_the_largest_can_be_asked_for():
    asked = weigh(blobs(300, [[0, 0], [7, 0], [0, 7]]), asked=9)
    assert asked.choice.k == 9
    assert asked.choice.supported == 3
    assert {c.k for c in asked.choice.candidates} >= {8, 9, 10}
    refused = {c.k: c.reason for c in asked.choice.candidates if not c.feasible}
    assert refused[9] == "more than the 6 segments considered"


def test_every_long_piece_of_work_is_heard_of():
    heard = []
    weigh(np.random.default_rng(0).random((1000, 3)), replace(QUICK, progress=lambda *said: heard.append(said)))
    assert {what for what, _, _ in heard} >= {"groupless tables", "numbers of segments", "resamples", "halves"}
    assert all(0 <= done <= total for _, done, total in heard)


def test_halves_are_asked_only_where_nine_of_ten_refits_agree():
    clear, crowd = weigh(blobs(300, [[0, 0], [8, 0], [4, 7]])), weigh(blobs(300, [[0, 0, 0, 0, 0]]))
    assert clear.stability.ari.p10 >= words.HELD > crowd.stability.ari.p10
    assert clear.halves is not None
    assert crowd.halves is None
