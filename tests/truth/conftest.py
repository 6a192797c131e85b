"""Tables whose answer is known, and the way from a frame to what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.engines import Reading, connect
from coterie.evidence.groupless import Block
from coterie.model import decision, features, formula
from coterie.options import Options
from coterie.record import Record
from coterie.table import columns, sample, summary, table


@dataclass(frozen=True)
class Said:
    """The record of a frame's segments, and each customer's segment in the frame's order."""

    record: Record
    label: np.ndarray

    @property
    def code(self) -> str:
        return self.record.verdict.code

    @property
    def text(self) -> str:
        return self.record.verdict.text

    @property
    def k(self) -> int:
        return self.record.choice.k

    @property
    def depths(self) -> list[float]:
        return [s.depth for s in self.record.segments]


def say(frame: pd.DataFrame, **changes: Any) -> Said:
    run = coterie.segment(frame.assign(id=np.arange(len(frame))), id="id", **changes)
    return Said(run.record, run.assignments()["segment"].to_numpy())


@dataclass(frozen=True)
class Prepared:
    """What the tests of structure see: prepared rows in the order of their hash, and where each row was."""

    Z: np.ndarray
    blocks: list[Block]
    key: np.ndarray
    row: np.ndarray


def prepare(frame: pd.DataFrame) -> Prepared:
    options = Options(id="id")
    read = table.read(frame.assign(id=np.arange(len(frame))), connect(), options, Reading())
    drawn = sample.draw(read, [*columns.wanted(read, options), "id"], 50_000, seed=0)
    found, _ = columns.describe(read, summary.summarize(read), drawn, options)
    proposed, _ = features.propose(found, drawn.values, "auto")
    Z = formula.prepare(proposed, drawn.values)
    return Prepared(Z, decision.blocks(proposed, drawn.values), drawn.key, drawn.values["id"].astype(np.int64))


@pytest.fixture(scope="session")
def said() -> Callable[..., Said]:
    """Return what is said about a frame."""
    return say


@pytest.fixture(scope="session")
def prepared() -> Callable[[pd.DataFrame], Prepared]:
    return prepare


def G(n, C, seed, sd=1.0, w=None):  # noqa: N802
    """Gaussian groups of equal spread around the rows of C: values, and the group of each row."""
    C = np.array(C, dtype=float)
    r = np.random.default_rng(seed)
    z = r.choice(len(C), n, p=w)
    return C[z] + sd * r.standard_normal((n, C.shape[1])), z


@pytest.fixture(scope="session")
def groups() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return G


@pytest.fixture(scope="session")
def frame() -> Callable[[np.ndarray], pd.DataFrame]:
    """Return a matrix as a frame with columns f1, f2, …"""
    return lambda X: pd.DataFrame(X, columns=[f"f{j + 1}" for j in range(X.shape[1])])
