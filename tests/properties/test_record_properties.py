"""A record whose types are right may still not fit together: then it is refused, or everything can be done with it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.record import Record, to_json
from coterie.record.json import checked
from coterie.segmentation import Segmentation

Place = tuple[str | int, ...]
STRANGE = {
    bool: [True, False],
    int: [-1, 0, 10**12],
    float: [-1e300, 1e300, 0.0, -0.5],
    str: ["banana", "", "a\x1b[2J", "core"],
    type(None): ["banana", 5, 1e9, True],
}


def customers(n: int = 150) -> pd.DataFrame:
    r = np.random.default_rng(4)
    group = np.arange(n) % 3
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03d}" for i in range(n)],
            "Recency": np.where(group == 0, 5, 200) + r.integers(0, 30, n),
            "Frequency": np.where(group == 1, 40, 4) + r.integers(0, 4, n),
            "Monetary": np.round(np.exp(3 + r.normal(size=n) / 4), 2),
            "region": np.where(group == 2, "north", r.choice(["south", "west"], n)),
        }
    )


@pytest.fixture(scope="module")
def record() -> Record:
    return coterie.segment(customers(), k=3, effort="quick", max_k=4, value="Monetary").record


@pytest.fixture(scope="module")
def leaves(record: Record) -> list[Place]:
    """Places of single values, one of each kind: the first and the last entry of every list."""
    found: dict[tuple[str, ...], Place] = {}

    def walk(value: Any, place: Place) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*place, key))
        elif isinstance(value, list):
            for i in sorted({0, len(value) - 1}) if value else ():
                walk(value[i], (*place, i))
        else:
            found.setdefault(tuple(s if isinstance(s, str) else "*" for s in place), place)

    walk(to_json(record), ())
    return list(found.values())


@pytest.mark.parametrize("part", range(4))
def test_what_is_loaded_can_be_used_or_ends_in_an_error_of_ours(record: Record, leaves: list[Place], part: int) -> None:
    """One value of the file is another of its type: it is refused, or report, names, merges and assignments go on."""
    new, failed = customers(20), []
    for place in random.Random(part).sample(leaves, 25):
        value = to_json(record)
        at = value
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = strange = random.Random(part).choice(STRANGE[type(at[place[-1]])])
        try:
            run = Segmentation(checked(value, "run"))
            run.report()
            run.name(run.segments[0].id, "Another name").merge(run.segments[0].id, run.segments[1].id)
            run.assign(new)
        except errors.CoterieError:
            continue
        except Exception as error:
            failed.append((place, strange, type(error).__name__, str(error)[:60]))
    assert failed == []
