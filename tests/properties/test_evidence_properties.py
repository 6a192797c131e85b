"""Any prepared table with two different customers gets an answer, and a sane one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from coterie.evidence import Context, evidence, sensitivity, verdict
from coterie.evidence.groupless import Block
from coterie.evidence.plan import Plan, scramble
from coterie.record import to_json

KINDS = ("normal", "few values", "constant", "yes or no", "levels", "zeros", "tails", "copy", "missing", "far away")


def column(r, kind, n, before):
    made = {
        "few values": lambda: r.integers(0, 4, (n, 1)).astype(float),
        "constant": lambda: np.full((n, 1), 0.3),
        "yes or no": lambda: r.integers(0, 2, (n, 1)) * 0.7,
        "levels": lambda: np.eye(4)[r.integers(0, 4, n)] * 0.5,
        "zeros": lambda: np.where(r.random((n, 1)) < 0.6, 0.0, r.lognormal(size=(n, 1))),
        "tails": lambda: np.clip(r.standard_cauchy((n, 1)), -1e6, 1e6),
        "copy": lambda: before[0][:, :1].copy() if before else r.normal(size=(n, 1)),
        "missing": lambda: np.where(r.random((n, 1)) < 0.7, np.nan, r.normal(size=(n, 1))),
        "far away": lambda: 1e6 + r.normal(size=(n, 1)),
        "normal": lambda: r.normal(size=(n, 1)),
    }
    return made[kind]()


def table(seed):
    r = np.random.default_rng(seed)
    n = int(r.choice([2, 3, 4, 5, 7, 10, 15, 30, 60, 150]))
    columns, blocks = [], []
    for j in range(r.integers(1, 6)):
        kind = KINDS[r.integers(len(KINDS))]
        made = column(r, kind, n, columns)
        if r.random() < 0.2:
            made[r.random(n) < 0.2] = np.nan
        start = sum(c.shape[1] for c in columns)
        what = {"levels": "nominal", "yes or no": "binary"}.get(kind, "numeric")
        columns.append(made)
        blocks.append(Block(f"f{j}", what, start, start + made.shape[1]))
    return np.column_stack(columns), blocks


@pytest.mark.parametrize("part", range(8))
def test_any_table_gets_an_answer(part):
    for seed in range(12 * part, 12 * part + 12):
        Z, blocks = table(seed)
        known = ~np.isnan(Z).all(axis=1)
        if len(np.unique(np.nan_to_num(Z[known], nan=9e9), axis=0)) < 2:
            continue
        key = scramble(np.arange(len(Z), dtype=np.uint64))
        plan = Plan(effort="quick", seed=seed)
        found = evidence.weigh(Z, blocks, key, plan)
        k = found.choice.k
        assert found.fit.centers.shape == (k, Z.shape[1])
        assert ((found.fit.label >= 0) == known).all()
        context = Context(k, len(Z), len(blocks), [f"segment {i}" for i in range(k)], found.borders)
        words = verdict.judge(found.structure, context)
        assert words.text
        assert all(0.0 <= depth <= 1.0 for depth in found.borders.depths)
        assert all(0.0 <= s.p05 <= 1.0 and 0.0 <= s.jaccard <= 1.0 for s in found.stability.segments)
        hangs = sensitivity.measure(Z, blocks, key, found.fit, plan, variants={"twice": 2 * Z})
        assert all(0.0 <= c.moved <= 1.0 for c in hangs.changes)
        for part_of_the_record in (words, found.choice, found.stability, hangs):
            json.dumps(to_json(part_of_the_record), allow_nan=False)
