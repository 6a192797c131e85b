"""Records made by simulation, as small as the real ones are: what charts, report and terminal are tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coterie.report.charts import Points

VERDICTS: dict[str | None, dict[str, Any]] = {
    "natural": {
        "label": "natural groups",
        "face": "green",
        "term": "natural",
        "p": 0.005,
        "depth": 0.82,
        "share": 1.0,
        "ari": 0.97,
        "text": "Distinct groups found. 100% of customers belong to segments separated by thinly populated borders"
        " (82% emptier than the cores; p = 0.005). 5 compact segments describe them; curved groups"
        " may be cut in pieces.",
    },
    "partly": {
        "label": "some natural groups",
        "face": "green-amber",
        "term": "natural",
        "p": 0.005,
        "depth": 0.6,
        "share": 0.4,
        "ari": 0.9,
        "text": "Some distinct groups. A and C stand apart (border ≥50% emptier than their cores). The others"
        " shade into each other and are constructed.",
    },
    "overlapping": {
        "label": "overlapping groups",
        "face": "amber",
        "term": "reproducible",
        "p": 0.01,
        "depth": 0.3,
        "share": 0.0,
        "ari": 0.86,
        "text": "Overlapping groups. There is real structure, but neighboring segments blend: borders are"
        " only 30% emptier"
        " than the segment cores. Expect 12% borderline customers.",
    },
    "shape": {
        "label": "useful, not natural",
        "face": "amber",
        "term": "reproducible",
        "p": 0.02,
        "depth": 0.2,
        "share": 0.0,
        "ari": 0.84,
        "text": "No separate groups, but not a featureless cloud. The data are more structured than size"
        " and correlation"
        " explain (p = 0.02), yet no border between segments is emptier than chance. Treat"
        " segments as zones of a continuum.",
    },
    "none": {
        "label": "useful, not natural",
        "face": "amber",
        "term": "constructive",
        "p": 0.42,
        "depth": 0.15,
        "share": 0.0,
        "ari": 0.83,
        "text": "No evidence of separate groups. A simulated table with the same columns, spreads and"
        " correlations but no"
        " groups looks just as clustered (p = 0.42). The segments below are a useful way to cut"
        " the cloud into manageable parts.",
    },
    "weak": {
        "label": "the cut is only partly repeatable",
        "face": "amber",
        "term": "constructive",
        "p": 0.42,
        "depth": 0.1,
        "share": 0.0,
        "ari": 0.7,
        "text": "No evidence of separate groups (p = 0.42).",
    },
    "red": {
        "label": "do not use",
        "face": "red",
        "term": "constructive",
        "p": 0.6,
        "depth": 0.1,
        "share": 0.0,
        "ari": 0.4,
        "text": "No evidence of separate groups (p = 0.6). Other samples of the same customers would be"
        " cut differently.",
    },
    None: {
        "label": "structure not tested yet",
        "face": "grey",
        "term": None,
        "p": None,
        "depth": None,
        "share": None,
        "ari": None,
        "text": "",
    },
}

FIVE = ((88.0, 82.0), (55.0, 50.0), (88.0, 18.0), (26.0, 79.0), (26.0, 20.0))
NAMES = (
    "Average customers",
    "High income, high spending",
    "High income, low spending",
    "Low income, low spending",
    "Low income, high spending",
)
IDEAS = (
    "Grow: bundles and a loyalty tier one step up.",
    "Protect: early access and service, not discounts.",
    "Learn why: ask a few of them before any offer.",
    "Serve at low cost: value range, no paid media.",
    "Engage: new arrivals and small tickets.",
)


def simulated(
    centers: Sequence[Sequence[float]] = FIVE,
    *,
    sizes: Sequence[int] = (39, 81, 35, 22, 23),
    columns: Sequence[tuple[str, str]] = (("annual_income", "income"), ("spending_score", "spending score")),
    verdict: str | None = "natural",
    value: bool = True,
    names: Sequence[str] | None = None,
    seed: int = 7,
) -> tuple[dict[str, Any], Points]:
    """A record and its points: segments planted at `centers`, two described columns (age, member), value if asked."""
    rng = np.random.default_rng(seed)
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    label = np.repeat(np.arange(1, len(sizes) + 1), [sizes[i] for i in order])
    spread = np.array([6.0] * len(columns))
    X = np.array([centers[i] for i in order])[label - 1] + spread * rng.standard_normal((len(label), len(columns)))
    X = np.round(np.abs(X), 1)
    age = np.round(45 - 0.2 * X[:, -1] + 9 * rng.standard_normal(len(label)))
    worth = np.round(X[:, 0] * X[:, -1]) if value else None
    member = np.where(rng.random(len(label)) < 0.3 + 0.005 * X[:, 0], "yes", "no")
    table: dict[str, Any] = {name: X[:, j] for j, (name, _) in enumerate(columns)} | {"age": age, "member": member}
    labels = dict(columns) | {"age": "age", "member": "member"}
    if worth is not None:
        table["revenue"], labels["revenue"] = worth, "revenue"
    roles = {name: "feature" for name, _ in columns} | {"age": "describe", "member": "describe", "revenue": "value"}
    record = _record(table, labels, roles, label, verdict, names or NAMES)
    points = Points(X[:, 0].tolist(), X[:, 1 if len(columns) > 1 else 0].tolist(), label.tolist())
    return record, points


def _record(
    table: Mapping[str, Any],
    labels: Mapping[str, str],
    roles: Mapping[str, str],
    label: Any,
    verdict: str | None,
    names: Sequence[str],
) -> dict[str, Any]:
    k, n = int(label.max()), len(label)
    features = [c for c in table if roles[c] == "feature"]
    shares = [float(np.mean(label == s)) for s in range(1, k + 1)]
    value = table.get("revenue")
    profile = [row for column in table for row in _profile(column, table[column], roles[column], label, names)]
    return {
        "format": 1,
        "coterie": "0.1.0",
        "options": {
            "k": "auto",
            "max_k": 10,
            "min_share": 0.03,
            "seed": 0,
            "effort": "normal",
            "scale": "auto",
            "features": None,
            "describe": ["age", "member"],
            "value": "revenue" if value is not None else None,
            "id": "customer_id",
        },
        "columns": [
            {
                "name": "customer_id",
                "label": "customer id",
                "kind": "text",
                "role": "id",
                "reason": None,
                "missing": 0,
                "distinct": n,
                **dict.fromkeys(("min", "max", "mean", "median", "p10", "p90", "skew", "levels")),
            },
            *(
                {
                    "name": c,
                    "label": labels[c],
                    "kind": "flag" if c == "member" else "number",
                    "role": roles[c],
                    "reason": None,
                    "missing": 3 if c == "age" else 0,
                    "distinct": len(set(np.asarray(v).tolist())),
                    **dict.fromkeys(("min", "max", "mean", "median", "p10", "p90", "skew", "levels")),
                }
                for c, v in table.items()
            ),
        ],
        "findings": [
            {
                "code": "COT101",
                "level": "note",
                "column": "customer_id",
                "count": n,
                "text": "one value a row",
                "done": "used as the id, left out of the model",
            },
            {
                "code": "COT110",
                "level": "warning",
                "column": "age",
                "count": 3,
                "text": "3 of the cells are empty",
                "done": "counted, not filled",
            },
        ],
        "features": [
            {
                "column": c,
                "kind": "number",
                "transform": None,
                "unit": None,
                "low": float(np.quantile(table[c], 0.005)),
                "high": float(np.quantile(table[c], 0.995)),
                "cap": [-0.5, 1.5],
                "weight": 1.0,
                "levels": None,
                "other": None,
                "steps": [f"{labels[c]} was divided by its usual range."],
            }
            for c in features
        ],
        "sample": {
            "rows": n,
            "used": n,
            "seed": 0,
            "whole": True,
            "unassigned": 0,
            "map": {
                "kind": "columns" if len(features) <= 2 else "pca",
                "shown": n,
                "of": n,
                "cells": None,
                "x": {"column": features[0], "label": labels[features[0]], "transform": None}
                if len(features) <= 2
                else {"column": None, "label": "mostly income and orders (+), age (−)", "transform": None},
                "y": {"column": features[-1], "label": labels[features[-1]], "transform": None}
                if len(features) <= 2
                else {"column": None, "label": "mostly visits (+)", "transform": None},
            },
        },
        "model": {
            "prepared": features,
            "centers": [[0.5] * len(features)] * k,
            "segment_of": list(range(1, k + 1)),
            "inertia": 3.1,
            "inertia_all": 3.1,
            "explained": 0.87,
            "step": 0.0,
            "silhouette": 0.553,
            "silhouette_error": 0.012,
            "silhouette_rows": n,
            "starts": 20,
            "hits": 20,
        },
        "verdict": _verdict(verdict, k, n),
        "choice": _choice(k, n, shares, verdict),
        "stability": _stability(verdict, k, shares),
        "sensitivity": None
        if verdict is None
        else {
            "columns": [{"column": c, "share": 1 / len(features)} for c in features],
            "changes": [
                {"what": "z-scores instead of ranges", "moved": 0.02},
                {"what": f"without {labels[features[0]]}", "moved": 0.41},
            ],
            "rare": [],
            "text": "The segments hardly depend on how the columns are scaled.",
        },
        "segments": [_segment(s, k, n, label, value, names, profile, labels, verdict) for s in range(1, k + 1)],
        "profile": profile,
        "lineage": {"parent": None, "next_id": k + 1, "history": []},
    }


def _profile(column: str, values: Any, role: str, label: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    kinds = [None] if values.dtype.kind == "f" else sorted(set(values.tolist()))
    for level in kinds:
        numbers = values if level is None else (values == level).astype(float)
        center, wide = (
            np.median(numbers),
            1.4826 * np.median(np.abs(numbers - np.median(numbers))) or numbers.std() or 1.0,
        )
        for segment in range(int(label.max()) + 1):
            inside = numbers[label == segment] if segment else numbers
            rest = numbers[label != segment] if segment and np.any(label != segment) else numbers
            middle = (np.median(inside) - np.median(rest)) / wide if level is None else inside.mean() - rest.mean()
            q = np.quantile(inside, [0.5, 0.1, 0.9]).tolist() if level is None else [None] * 3
            rows.append(
                {
                    "segment": segment,
                    "name": names[(segment - 1) % len(names)] if segment else "All customers",
                    "column": column,
                    "level": level,
                    "role": role,
                    "n": len(inside) if level is None else int(inside.sum()),
                    "missing": 0,
                    "mean": float(inside.mean()) if level is None else None,
                    "median": q[0],
                    "p10": q[1],
                    "p90": q[2],
                    "share": None if level is None else float(inside.mean()),
                    "overall": float(numbers.mean()),
                    "effect": float(middle) if segment else None,
                    "superiority": float(np.mean(inside[:, None] > rest[None, :])) if segment and len(rest) else None,
                }
            )
        del center
    return rows


def _segment(  # noqa: PLR0917
    s: int,
    k: int,
    n: int,
    label: Any,
    value: Any,
    names: Sequence[str],
    profile: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    verdict: str | None,
) -> dict[str, Any]:
    rows = [r for r in profile if r["segment"] == s and r["role"] == "feature" and abs(r["effect"] or 0) >= 0.8]
    markers = [
        {
            "column": r["column"],
            "label": labels[r["column"]],
            "word": "high" if r["effect"] > 0 else "low",
            "median": r["median"],
            "p10": r["p10"],
            "p90": r["p90"],
            "overall": r["overall"],
            "mean": r["mean"],
            "overall_mean": r["overall"],
            "difference": r["mean"] / r["overall"] - 1,
            "effect": r["effect"],
            "superiority": r["superiority"],
            "text": f"{'high' if r['effect'] > 0 else 'low'} {labels[r['column']]}",
        }
        for r in sorted(rows, key=lambda r: -abs(r["effect"]))[:3]
    ]
    name = names[(s - 1) % len(names)]
    letter = chr(64 + s) if s <= 26 else f"S{s}"
    size = int(np.sum(label == s))
    return {
        "id": s,
        "letter": letter,
        "name": name,
        "given": None,
        "tentative": False,
        "size": size,
        "share": size / n,
        "value": None if value is None else float(value[label == s].sum()),
        "value_share": None if value is None else float(value[label == s].sum() / value.sum()),
        "depth": None if verdict is None else VERDICTS[verdict]["depth"],
        "spread": 0.1,
        "markers": markers,
        "rule": {
            "text": "income above 70 and spending score above 60",
            "precision": 0.97,
            "recall": 0.95,
            "conditions": [
                {"column": "annual_income", "op": "at least", "value": 70.0},
                {"column": "spending_score", "op": "at least", "value": 60.0},
            ],
        }
        if k > 1
        else None,
        "idea": IDEAS[(s - 1) % len(IDEAS)],
        "name_returns": 0.95,
        "typical": None,
        "border": None,
    }


def _verdict(code: str | None, k: int, n: int) -> dict[str, Any]:
    v = VERDICTS[code]
    real = "none" if code in ("weak", "red") else code
    return {
        "code": real,
        "label": v["label"],
        "face": v["face"],
        "term": v["term"],
        "text": v["text"],
        "caveats": [],
        "k": k,
        "p_structure": v["p"],
        "p_gap": v["p"],
        "p_depth": v["p"],
        "depth": v["depth"],
        "null_depth": None if v["p"] is None else 0.2,
        "share": v["share"],
        "draws": None if v["p"] is None else 199,
        "rows": n,
        "repeated_rows": 0,
    }


def _choice(k: int, n: int, shares: Sequence[float], verdict: str | None) -> dict[str, Any]:
    tested = verdict is not None
    ari = VERDICTS[verdict]["ari"] or 0.0
    candidates = []
    for i in range(2, 11):
        high = 0.56 - 0.03 * abs(i - k)
        repeat = max(ari - 0.06 * abs(i - k), 0.05)
        candidates.append(
            {
                "k": i,
                "inertia": 30.0 / i,
                "silhouette": high,
                "null_silhouette": [0.33, 0.36, 0.39] if tested else None,
                "ari": {"median": repeat, "p10": max(repeat - 0.1, 0.0), "p90": min(repeat + 0.05, 1.0)}
                if tested
                else None,
                "gap": None,
                "prediction_strength": None,
                "smallest": min(shares) if i == k else 0.6 / i,
                "sizes": [n // i] * i,
                "feasible": i < 10,
                "reason": None if i < 10 else "its smallest segment holds less than 3% of customers",
            }
        )
    flow = []
    for i in range(max(2, k - 2), min(k + 2, 10)):
        sizes = _cut(n, shares, i, k)
        later = _cut(n, shares, i + 1, k)
        flow += _moves(sizes, later, i)
    return {
        "k": k,
        "asked": None,
        "supported": k,
        "rule": "vote" if tested else "silhouette",
        "words": "4 of 5 criteria say 5; prediction strength says 4: good agreement." if tested else None,
        "candidates": candidates,
        "votes": [{"rule": r, "k": k} for r in ("silhouette", "silhouette over null", "gap", "repeatability")]
        if tested
        else [],
        "flow": flow if k > 1 else [],
    }


def _cut(n: int, shares: Sequence[float], i: int, k: int) -> list[int]:
    sizes = [round(n * s) for s in shares]
    while len(sizes) > i:
        sizes[-2:] = [sizes[-2] + sizes[-1]]
    while len(sizes) < i:
        sizes[-1:] = [sizes[-1] - sizes[-1] // 3, sizes[-1] // 3]
    return sizes


def _moves(sizes: Sequence[int], later: Sequence[int], k: int) -> list[dict[str, int]]:
    flow, a, b = [], 0, 0
    left, room = list(sizes), list(later)
    while a < len(left) and b < len(room):
        n = min(left[a], room[b])
        flow.append({"k": k, "from": a + 1, "to": b + 1, "n": n})
        left[a] -= n
        room[b] -= n
        a, b = a + (left[a] == 0), b + (b < len(room) and room[b] == 0)
    return [f for f in flow if f["n"]]


def _stability(verdict: str | None, k: int, shares: Sequence[float]) -> dict[str, Any] | None:
    ari = VERDICTS[verdict]["ari"]
    if ari is None:
        return None
    return {
        "resamples": 40,
        "rows": 200,
        "ari": {"median": ari, "p10": max(ari - 0.1, 0), "p90": min(ari + 0.02, 1.0)},
        "text": f"Refits on resampled customers agree {ari:.2f} in the median.",
        "segments": [
            {
                "id": s + 1,
                "jaccard": max(ari - 0.02 * s, 0.2),
                "p05": max(ari - 0.15, 0.1),
                "null": 0.62,
                "words": "highly reproducible" if ari > 0.9 else "tentative",
            }
            for s in range(k)
        ],
        "core": 0.9,
        "probable": 0.06,
        "borderline": 0.04,
        "several": False,
        "solutions": "The best solution was found in 20 of 20 starts.",
        "neighbors": ["With one segment more, only the last one splits."],
        "refits": [],
    }


def explained(**how: Any) -> tuple[dict[str, Any], Points]:
    """A record with a tree, typical and borderline customers, and one segment without a rule."""
    record, points = simulated(**how)
    column, label = next((c["name"], c["label"]) for c in record["columns"] if c["role"] == "feature")
    condition = {"column": column, "op": "at least", "value": 70.0}
    leaf = dict.fromkeys(("condition", "text", "otherwise", "yes", "no", "missing"))
    record["model"]["tree"] = {
        "nodes": [
            {**leaf, "condition": condition, "text": f"{label} ≥ 70", "otherwise": f"{label} < 70", "yes": 1,
             "no": 2, "missing": "no", "segment": 1, "rows": 100, "right": 0.4},
            {**leaf, "segment": 2, "rows": 60, "right": 0.9},
            {**leaf, "segment": 1, "rows": 7, "right": 0.5},
        ],
        "depth": 1, "leaves": 2, "learned": 100, "measured": 67, "fidelity": 0.86, "words": "good approximation",
        "text": "The tree gives 86% their own segment.",
    }  # fmt: skip
    record["model"]["rules"] = {"learned": 100, "measured": 100, "text": "No short rule describes C.", "weak": []}
    record["segments"][2]["rule"] = None
    values = [{"column": column, "label": label, "text": "about 88"}]
    record["segments"][0]["typical"] = {"n": 12, "share": 0.2, "values": values, "towards": None, "towards_share": None}
    record["segments"][0]["border"] = {"n": 11, "share": 0.1, "values": values, "towards": 2, "towards_share": 0.6}
    return record, points
