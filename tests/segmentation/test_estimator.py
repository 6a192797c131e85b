"""Segmenter: scikit-learn's own checks, and that it gives the segments of segment()."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import coterie
from coterie.segmentation.estimator import Segmenter

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "scikit-learn.md"


@parametrize_with_checks([Segmenter(effort="quick", max_segments=4)])
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_finds_nothing_to_remark(estimator: Segmenter, check: Callable[[Any], None]) -> None:
    check(estimator)


@pytest.fixture(scope="module", name="X")
def groups() -> NDArray[np.float64]:
    centers = np.repeat([[30.0, 30.0], [39.0, 30.0], [30.0, 39.0]], [200, 100, 60], axis=0)
    return centers + np.random.default_rng(0).normal(size=(360, 2))


@pytest.fixture(scope="module")
def fitted(X: NDArray[np.float64]) -> Segmenter:
    return Segmenter(effort="quick").fit(X)


def test_labels_are_the_segments_from_0_by_size(fitted: Segmenter, X: NDArray[np.float64]) -> None:
    assert fitted.n_segments_ == 3
    assert np.bincount(fitted.labels_).tolist() == [200, 100, 60]
    assert fitted.verdict_.code == "natural"
    own = coterie.segment({"x0": X[:, 0], "x1": X[:, 1]}, effort="quick", features=["x0", "x1"])
    assert (own.assignments()["segment"] - 1 == fitted.labels_).all()
    assert (fitted.transform(X).argmin(axis=1) == fitted.labels_).all()


def test_what_is_missing_adds_nothing_and_a_row_without_values_is_not_assigned(fitted: Segmenter) -> None:
    assert fitted.predict([[39.0, np.nan], [np.nan, np.nan]]).tolist() == [1, -1]
    with pytest.raises(ValueError, match="infinity"):
        fitted.predict([[np.inf, 0.0]])


def test_it_copies_pickles_and_stands_in_a_pipeline(fitted: Segmenter, X: NDArray[np.float64]) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.predict(X) == fitted.labels_).all()
    assert again.segmentation_.record == fitted.segmentation_.record
    fresh = clone(fitted).set_params(n_segments=2, random_state=np.random.RandomState(3))
    assert set(make_pipeline(StandardScaler(), fresh).fit_predict(X)) == {0, 1}


def test_frames_go_in_and_come_out(X: NDArray[np.float64]) -> None:
    frame = pd.DataFrame(X, columns=["income", "spend"], index=range(7, 367))
    made = Segmenter(3, effort="quick").set_output(transform="pandas").fit(frame)
    out = made.transform(frame)
    assert list(out.columns) == ["segmenter0", "segmenter1", "segmenter2"]
    assert out.index.equals(frame.index)
    assert [f.column for f in made.segmentation_.record.features] == ["income", "spend"]


def test_without_scikit_learn_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['sklearn'] = sys.modules['sklearn.base'] = None; import coterie; coterie.Segmenter"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'coterie[sklearn]'" in ended.stderr


def test_the_example_of_the_page_prints_what_it_says() -> None:
    page = PAGE.read_text()
    code, said = (re.search(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("python", "text"))
    assert code
    assert said
    ended = subprocess.run([sys.executable, "-c", code[1]], capture_output=True, text=True, check=False)
    assert ended.stdout == said[1], ended.stderr
