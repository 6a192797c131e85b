"""Single customers as examples, for who has the table: core and near, or unsure; kept nowhere, never personal data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import coterie
import exact_heights
from coterie import errors
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return exact_heights.customers()


@pytest.fixture(scope="module")
def run(frame: pd.DataFrame) -> Segmentation:
    return segment(frame, k=4, effort="quick", features=["annual_income", "spending_score"], describe=["height_mm"])


def test_examples_are_core_and_near_or_unsure_and_have_no_ids_unless_asked(run: Segmentation) -> None:
    shown = run.examples()
    assert len(shown) == 4 * 5
    placed = run.assignments().set_index("id")
    assert all(e.id is None for e in shown)
    for e in run.examples(ids=True):
        assert placed.loc[e.id, "segment"] == e.segment
        assert placed.loc[e.id, "confidence"] == ("core" if e.what == "typical" else "borderline")
        assert placed.loc[e.id, "margin"] == e.margin
        mine = placed[placed["segment"] == e.segment]
        if e.what == "borderline":
            assert (mine["margin"] < e.margin).sum() < 2


def test_examples_never_show_personal_data(run: Segmentation) -> None:
    assert all("email" not in e.values for e in run.examples(ids=True))


def test_one_segment_can_be_asked_for_by_letter(run: Segmentation) -> None:
    assert {e.segment for e in run.examples("b")} == {2}
    with pytest.raises(errors.InputError, match="no segment"):
        run.examples("Z")


def test_a_loaded_run_needs_the_customers(run: Segmentation, frame: pd.DataFrame, tmp_path: Path) -> None:
    run.save(tmp_path / "out")
    loaded = coterie.load(tmp_path / "out")
    with pytest.raises(errors.InputError, match="without its customers"):
        loaded.examples()
    assert loaded.examples(ids=True, source=frame) == run.examples(ids=True)
