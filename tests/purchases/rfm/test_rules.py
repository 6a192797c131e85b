"""Named segments: the ten that the industry knows, or those of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coterie import errors
from coterie.purchases import rfm
from purchases.shop import customers, scored


def test_the_first_segment_whose_bounds_hold_wins(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        'bins = 3\nother = "Rest"\n[[segment]]\nname = "Lately"\nrecency = [3, 3]\n'
        '[[segment]]\nname = "Often"\nfrequency = [2, 3]\n'
    )
    _, record, found = scored(customers(), rfm.read_rules(path))
    wanted = np.where(found.rfm_recency == 3, "Lately", np.where(found.rfm_frequency >= 2, "Often", "Rest"))
    assert found.rfm_segment.tolist() == wanted.tolist()
    assert [s.name for s in record.segments] == ["Lately", "Often", "Rest"]
    assert [s.n for s in record.segments] == [int((wanted == n).sum()) for n in ("Lately", "Often", "Rest")]
    assert "thirds" in record.text


def test_the_ten_segments_hold_every_pair_of_recency_and_money_that_they_promise() -> None:
    rules = rfm.read_rules()
    assert len(rules.segments) == 10
    assert rules.segments[0] == rfm.NamedSegment("Champions", (5, 5), (5, 5), (5, 5))
    assert rules.segments[-1] == rfm.NamedSegment("Lost", (1, 1), (1, 5), (1, 5))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bins = 1", "bins"),
        ("bins = 'five'", "bins"),
        ("cuts = 'open'", "closed, plus-one"),
        ("bnis = 5", "Did you mean 'bins'"),
        ("[[segment]]\nrecency = [1, 5]", "name"),
        ("[[segment]]\nname = 'A'\nrecency = [5, 1]", "the lower first"),
        ("[[segment]]\nname = 'A'\nrecency = [0, 5]", "from 1 to 5"),
        ("[[segment]]\nname = 'A'\nrecncy = [1, 5]", "recency"),
        ("[[segment]]\nname = 'A'\n[[segment]]\nname = 'A'", "no other segment"),
        ("bins =", "not valid TOML"),
    ],
)
def test_a_wrong_file_of_rules_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(errors.InputError) as caught:
        rfm.read_rules(path)
    assert told in str(caught.value)
    with pytest.raises(errors.InputError, match="no file"):
        rfm.read_rules(tmp_path / "nowhere.toml")
