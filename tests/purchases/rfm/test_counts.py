"""What the scores come to: the grid and the segments add up, and little is said where little is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from coterie.purchases.rfm.counts import agreement
from purchases.shop import customers, scored


def test_the_grid_and_the_segments_add_up_to_the_customers() -> None:
    frame = customers()
    _, record, found = scored(frame)
    assert sum(c.n for c in record.grid) == sum(s.n for s in record.segments) == len(frame)
    assert sum(s.monetary_share or 0 for s in record.segments) == pytest.approx(1)
    assert [(c.recency, c.frequency) for c in record.grid[:2]] == [(5, 5), (5, 4)]
    frame = frame.assign(name=found.rfm_segment)
    for s in record.segments:
        mine = frame[frame.name == s.name]
        if s.n:
            assert s.mean_monetary == pytest.approx(mine.Monetary.mean())
            assert s.mean_recency == pytest.approx(mine.Recency.mean())


def test_a_missing_measure_has_no_score_and_no_segment() -> None:
    frame = customers().astype({"Recency": float})
    frame.loc[:9, "Recency"] = np.nan
    _, record, found = scored(frame)
    assert found.rfm_segment.isna().sum() == record.unscored == 10
    assert record.customers == 390


def test_too_few_different_values_give_fewer_scores_and_say_so() -> None:
    _, record, found = scored(customers().assign(Frequency=[1] * 330 + [2] * 70))
    assert sorted(set(found.rfm_frequency)) == [1, 5]
    assert record.notes == ("Frequency has only 2 scores: its most common values fill more than one part.",)
    _, record, found = scored(customers().assign(Frequency=1))
    assert set(found.rfm_frequency) == {1}
    assert "1 score:" in record.notes[0]


def test_agreement_is_the_adjusted_rand_index() -> None:
    random = np.random.default_rng(1)
    a, b = random.integers(0, 4, 300), random.integers(0, 3, 300)
    crossed = {(int(i), str(j)): int(n) for (i, j), n in pd.Series(zip(a, b, strict=True)).value_counts().items()}
    assert agreement(crossed) == pytest.approx(adjusted_rand_score(a, b))
    assert agreement({(1, "a"): 1}) is None
