"""Segmenter: the segments in scikit-learn's manners."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from coterie import errors
from coterie.cluster import distances
from coterie.evidence import Verdict
from coterie.model import model, prepare
from coterie.options import Options
from coterie.segmentation.segmentation import Segmentation
from coterie.segmentation.stages import segment

try:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as missing:
    raise errors.missing_extra("scikit-learn", "sklearn") from missing

FloatArray = NDArray[np.float64]
NOBODY = -1
SEEDS = 2**31 - 1


class Segmenter(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """Segments of the rows of X, as a scikit-learn estimator.

    It does what :func:`coterie.segment` does: columns are prepared, the number of segments is chosen and it is judged
    whether there are groups at all. It needs the extra ``coterie[sklearn]``.

    Parameters
    ----------
    n_segments : a number, or ``"auto"``: left to the evidence.
    max_segments : the largest number that ``"auto"`` considers.
    min_share : the smallest share of rows that a segment may have under ``"auto"``.
    scale : ``"auto"``; ``"z"``: mean 0 and standard deviation 1; ``"none"``: columns as they stand.
    effort : ``"quick"``, ``"normal"`` or ``"thorough"``: how much is simulated and resampled.
    random_state : an int, a RandomState, or None, which counts as 0: the same X gives the same segments.

    Attributes
    ----------
    labels_ : (n,) the segment of each row of the X that was fitted, from 0 by size; -1 where every value is missing.
    n_segments_ : how many segments there are.
    verdict_ : whether there are groups at all; ``.code``, ``.text``.
    segmentation_ : the whole result, a :class:`coterie.Segmentation`; its segment ids are labels plus 1.
    n_features_in_ : columns of X.
    feature_names_in_ : names of the columns of X, where it has names that are texts.

    Notes
    -----
    NaN is a missing value: it adds nothing to any distance. Infinity is refused. Columns of texts are refused, as
    scikit-learn does; :func:`coterie.segment` takes them.

    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(120, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 40, axis=0)
    >>> fitted = Segmenter(effort="quick").fit(X)
    >>> fitted.n_segments_, fitted.transform(X[:2]).shape, fitted.predict([[9.0, np.nan]]).shape
    (3, (2, 3), (1,))
    """

    labels_: NDArray[np.int64]
    n_segments_: int
    verdict_: Verdict
    segmentation_: Segmentation

    def __init__(
        self,
        n_segments: int | Literal["auto"] = "auto",
        *,
        max_segments: int = 10,
        min_share: float = 0.03,
        scale: Literal["auto", "z", "none"] = "auto",
        effort: Literal["quick", "normal", "thorough"] = "normal",
        random_state: Any = None,
    ) -> None:
        self.n_segments = n_segments
        self.max_segments = max_segments
        self.min_share = min_share
        self.scale = scale
        self.effort = effort
        self.random_state = random_state

    def fit(self, X: Any, y: object = None) -> Self:
        """Find the segments of the rows of X (n, d).

        Raises
        ------
        ValueError : infinite values, texts, a single row, or rows that differ too little.
        """
        X = self._read(X, reset=True)
        names = self._names()
        self.segmentation_ = segment(dict(zip(names, X.T, strict=True)), self._options(names))
        self.verdict_ = self.segmentation_.verdict
        self.n_segments_ = len(self.segmentation_.segments)
        self.labels_ = self._predict(X)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return the segment of each row (n,), from 0; -1: not assigned."""
        check_is_fitted(self)
        return self._predict(self._read(X))

    def transform(self, X: Any) -> FloatArray:
        """Return the distance of each row to each segment (n, segments)."""
        check_is_fitted(self)
        Z, held = self._prepare(self._read(X)), self.segmentation_.record.model
        away, owner = distances(Z, np.array(held.centers)), np.array(held.segment_of)
        return np.asarray(np.sqrt(np.column_stack([away[:, owner == s].min(axis=1) for s in held.segments])))

    def _read(self, X: Any, *, reset: bool = False) -> FloatArray:
        """Return X as doubles, checked as scikit-learn does."""
        least = 2 if reset else 1
        read = validate_data(
            self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=least
        )
        return np.ascontiguousarray(read)

    def _names(self) -> list[str]:
        """Return the columns' names: those of X, or x0, x1 and so on."""
        named = getattr(self, "feature_names_in_", None)
        return [f"x{i}" for i in range(self.n_features_in_)] if named is None else [str(name) for name in named]

    def _options(self, names: list[str]) -> Options:
        state = self.random_state
        seed = 0 if state is None else state if isinstance(state, int) else check_random_state(state).randint(SEEDS)
        return Options(
            k=self.n_segments if self.n_segments == "auto" else int(self.n_segments),
            max_k=self.max_segments,
            min_share=self.min_share,
            scale=self.scale,
            effort=self.effort,
            seed=int(seed),
            features=tuple(names),
            rows_are_customers=True,
        )

    def _prepare(self, X: FloatArray) -> FloatArray:
        return prepare(self.segmentation_.record.features, dict(zip(self._names(), X.T, strict=True)))

    def _predict(self, X: FloatArray) -> NDArray[np.int64]:
        held = self.segmentation_.record.model
        found, _ = model.predict(held, self._prepare(X))
        place = np.searchsorted(np.array(held.segments), found)
        return np.where(found == 0, NOBODY, place).astype(np.int64)

    @property
    def _n_features_out(self) -> int:
        """How many columns ``transform`` gives."""
        return self.n_segments_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
