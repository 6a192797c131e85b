"""How much evidence is gathered, and streams of random numbers."""

from __future__ import annotations

import numpy as np

from coterie.cluster import count_cores
from coterie.evidence.plan import Plan, scramble


def test_more_effort_gathers_more():
    plans = [Plan(effort=effort) for effort in ("quick", "normal", "thorough")]
    assert [p.draws for p in plans] == [99, 199, 499]
    assert [p.refits for p in plans] == [20, 50, 100]


def test_a_stream_gives_the_same_numbers_whenever_it_is_asked():
    plan = Plan(seed=3)
    first = plan.generator(7).random(5)
    plan.generator(8).random(100)
    assert np.array_equal(plan.generator(7).random(5), first)
    assert not np.array_equal(plan.generator(8).random(5), first)
    assert not np.array_equal(Plan(seed=4).generator(7).random(5), first)


def test_seeds_of_many_streams_are_those_of_each():
    plan = Plan(seed=11)
    streams = range(5 << 40, (5 << 40) + 50)
    assert plan.seeds_of(streams) == [plan.seed_of(s) for s in streams]
    assert len(set(plan.seeds_of(streams))) == 50
    assert all(0 <= seed < 1 << 63 for seed in plan.seeds_of(streams))


def test_scrambling_loses_nothing():
    assert len(np.unique(scramble(np.arange(10_000, dtype=np.uint64)))) == 10_000


def test_a_plan_knows_how_many_threads_work():
    assert Plan(threads=3).threads == 3
    assert Plan().threads == count_cores(0) >= 1


def test_progress_is_heard_where_somebody_listens():
    heard = []
    Plan(progress=lambda *said: heard.append(said)).say("resamples", 3, 20)
    Plan().say("resamples", 4, 20)
    assert heard == [("resamples", 3, 20)]
