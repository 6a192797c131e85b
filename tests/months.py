"""Customers of two months with planted groups: what refresh and compare are tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

CORNERS = {"a": (0.0, 0.0), "b": (7.0, 0.0), "c": (0.0, 7.0), "d": (7.0, 7.0)}
QUICK = {"effort": "quick", "max_k": 6}


def month(groups: Mapping[str, Sequence[tuple[float, float]]], seed: int, size: int = 100) -> pd.DataFrame:
    """Return ``size`` customers a group around its places, in equal parts; ids begin with the group's name.

    The same customer is at the same spot around the group's place in every month.
    """
    parts = []
    for name, places in groups.items():
        r = np.random.default_rng([seed, *name.encode()])
        spots = r.standard_normal((size, 2)) * 0.8 + np.array([places[i % len(places)] for i in range(size)])
        parts.append(
            pd.DataFrame({"customer_id": [f"{name}{i}" for i in range(size)], "x": spots[:, 0], "y": spots[:, 1]})
        )
    return pd.concat(parts, ignore_index=True)


def four(seed: int, size: int = 100, **changes: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """Return four groups in the corners of a square; of those that ``changes`` name, without places, none."""
    groups = {**{name: [place] for name, place in CORNERS.items()}, **changes}
    return month({name: places for name, places in groups.items() if places}, seed, size)
