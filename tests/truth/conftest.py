"""Tables whose answer is known, and the way from a frame to what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from coterie import columns, config, evidence, features, sample, sensitivity, structure, summary, table
from coterie.engines import Reading, connect
from coterie.evidence import Weighed
from coterie.features import Feature
from coterie.null import Block
from coterie.plan import Plan
from coterie.structure import Verdict
from coterie.table import Finding


@dataclass(frozen=True)
class Said:
    """What coterie says about a frame, and each customer's segment in the frame's order."""

    verdict: Verdict
    weighed: Weighed
    label: np.ndarray
    rare: list[np.ndarray]  # positions of the customers in each rare group
    rare_texts: list[str]
    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]


def block(feature: Feature, start: int) -> Block:
    """What a feature's prepared columns are to the tests."""
    kind = {"number": "numeric", "category": "nominal"}.get(feature.kind, "binary")
    return Block(feature.column, kind, start, start + len(feature.prepared))


def say(frame: pd.DataFrame, **changes: object) -> Said:
    options = config.Options(id="id", **changes)  # type: ignore[arg-type]
    frame = frame.assign(id=np.arange(len(frame)))
    read = table.read(frame, connect(), options, Reading())
    wanted = [*columns.wanted(read, options)]
    drawn = sample.draw(read, [*wanted, "id"], 50_000, seed=options.seed)
    found, _ = columns.describe(read, summary.summarize(read), drawn, options)
    proposed, findings = features.propose(found, drawn.values, options.scale)
    Z = features.prepare(proposed, drawn.values)
    blocks: list[Block] = []
    for feature in proposed:
        blocks.append(block(feature, blocks[-1].stop if blocks else 0))
    plan = Plan(max_k=options.max_k, min_share=options.min_share, seed=options.seed, effort=options.effort)
    asked = options.k if isinstance(options.k, int) else None
    weighed = evidence.weigh(Z, blocks, drawn.key, plan, asked=asked)
    k = weighed.choice.k
    shown = structure.Shown(
        k=k,
        rows=read.rows,
        columns=len(blocks),
        names=[f"segment {i + 1}" for i in range(k)],
        depths=weighed.depths,
        ari=weighed.stability.ari.median,
        borderline=weighed.stability.borderline,
        supported=weighed.choice.supported,
    )
    at = drawn.values["id"].astype(np.int64)
    label = np.empty(len(frame), dtype=np.int32)
    label[at] = weighed.fit.label
    groups = sensitivity.rare_groups(Z, blocks, drawn.key, plan)
    return Said(
        structure.verdict(weighed.structure, shown),
        weighed,
        label,
        [at[g.rows] for g in groups],
        [g.rare.text for g in groups],
        proposed,
        findings,
    )


@pytest.fixture(scope="session")
def said() -> Callable[..., Said]:
    """Return what is said about a frame, once for all tests that ask about the same one."""
    return say


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
