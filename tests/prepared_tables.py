"""Prepared tables as the rooms of the kernel and the evidence see them: arrays, blocks and keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coterie.evidence import Block, Evidence, Plan, evidence
from coterie.evidence.plan import scramble

QUICK = Plan(effort="quick", max_k=6)

Matrix = NDArray[np.float64]


def blobs(n: int, centers: Sequence[Sequence[float]], seed: int = 0, sd: float = 1.0) -> Matrix:
    """Return rows around some centers, each as likely."""
    r = np.random.default_rng(seed)
    group = r.integers(0, len(centers), n)
    return np.array(centers, dtype=float)[group] + sd * r.standard_normal((n, len(centers[0])))


def columns(d: int) -> list[Block]:
    """Return the blocks of so many numeric features."""
    return [Block(f"f{j}", "numeric", j, j + 1) for j in range(d)]


def keys(n: int) -> NDArray[np.uint64]:
    """Return the leading bits of the hashes of so many rows."""
    return scramble(np.arange(n, dtype=np.uint64))


def mixed_table(n: int = 1500, seed: int = 0) -> tuple[Matrix, list[Block]]:
    """Return a cloud without groups: a normal column, a skewed one, a flag and three levels."""
    r = np.random.default_rng(seed)
    z = r.multivariate_normal(np.zeros(4), 0.5 + 0.5 * np.eye(4), n)
    level = np.digitize(z[:, 3], [-0.5, 0.5])
    Z = np.column_stack([z[:, 0], np.exp(z[:, 1]), z[:, 2] > 0.7, np.eye(3)[level]])
    blocks = [Block("a", "numeric", 0, 1), Block("b", "numeric", 1, 2), Block("c", "binary", 2, 3)]
    return Z, [*blocks, Block("d", "nominal", 3, 6)]


def weigh(Z: Matrix, plan: Plan = QUICK, asked: int | None = None) -> Evidence:
    """Return the evidence about a table of numeric features."""
    return evidence.weigh(Z, columns(Z.shape[1]), keys(len(Z)), plan, asked=asked)
