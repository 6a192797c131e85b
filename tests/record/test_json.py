"""run.json comes back as the record that was written, and whatever else it holds is refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.record import FORMAT, Record, dumps, parse, to_json
from coterie.record.json import checked

Place = tuple[str | int, ...]
GONE = object()


@pytest.fixture(scope="module")
def record() -> Record:
    """A record with everything in it: categories, dates, holes, a value, RFM, short rules, a merge by hand."""
    r = np.random.default_rng(4)
    n = 240
    group = np.arange(n) % 4
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:03d}" for i in range(n)],
            "Recency": np.where(group == 0, 5, 200) + r.integers(0, 30, n),
            "Frequency": np.where(group == 1, 40, 4) + r.integers(0, 4, n),
            "Monetary": np.round(np.exp(np.where(group == 2, 7, 3) + r.normal(size=n) / 4), 2),
            "region": np.where(group == 3, "north", r.choice(["south", "west"], n)),
            "member": r.choice(["yes", "no"], n),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(r.integers(0, 900, n), unit="D"),
        }
    )
    frame.loc[::19, "region"] = None
    run = coterie.segment(frame, k=4, effort="quick", max_k=5, value="Monetary", describe=("since",))
    return run.merge(1, 2).name(3, "Regulars").record


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place of a JSON value, with what is there; of lists the first and the last entry."""
    yield place, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*place, key))
    if isinstance(value, list) and value:
        for i in sorted({0, len(value) - 1}):
            yield from places(value[i], (*place, i))


@contextmanager
def changed(value: Any, place: Place, new: Any) -> Iterator[None]:
    """A JSON value while one place of it holds something else, or while a key is gone (``GONE``)."""
    at = value
    for step in place[:-1]:
        at = at[step]
    before = dict(at) if isinstance(at, dict) else list(at)
    if new is GONE:
        del at[place[-1]]
    else:
        at[place[-1]] = new
    try:
        yield
    finally:
        at.clear()
        at.update(before) if isinstance(at, dict) else at.extend(before)


def test_a_record_comes_back_as_it_was_written(record: Record) -> None:
    assert parse(dumps(record).encode(), "run") == record
    assert dumps(parse(dumps(record).encode(), "run")) == dumps(record)


def test_the_record_just_made_is_the_one_that_is_loaded(tmp_path: Path) -> None:
    run = coterie.segment(pd.DataFrame({"a": range(40), "b": [i % 7 for i in range(40)]}), k=2, effort="quick")
    run.save(tmp_path / "out")
    assert coterie.load(tmp_path / "out").record == run.record


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b"{", b'{"format": 1', b'{"a": 1}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(errors.FormatError, match="not a run"):
        parse(data, "run")


@pytest.mark.parametrize("found", [0, 2, "1", None, True, 1.5, [1]])
def test_another_format_is_refused(record: Record, found: Any) -> None:
    data = json.dumps({**to_json(record), "format": found}).encode()
    with pytest.raises(errors.FormatError, match=f"reads format {FORMAT}"):
        parse(data, "run")


def test_a_record_that_lacks_a_key_or_has_one_too_many_is_another_coteries(record: Record) -> None:
    value = to_json(record)
    objects = [(place, v) for place, v in places(value) if isinstance(v, dict) and place]
    assert len(objects) > 30
    free = ("cuts", "columns", "against", "spend", "repeat")  # mappings whose keys are names, not fields
    for place, held in objects:
        if place[-1] in free and place[0] in ("sample", "sensitivity"):
            continue
        for key, new in ((next(iter(held)), GONE), ("surprise", 1)):
            with changed(value, (*place, key), new), pytest.raises(errors.FormatError, match="another coterie"):
                checked(value, "run")


@pytest.mark.parametrize("strange", [{}, [], "banana", True, 7, 1.5, None, [[]], {"a": 1}])
def test_no_value_of_another_type_passes(record: Record, strange: Any) -> None:
    """Every place takes values of its own type alone: what is loaded is what was there."""
    value = to_json(record)
    for place, held in [*places(value)]:
        if not place or place == ("format",) or strange == held:
            continue
        with changed(value, place, strange):
            try:
                found = checked(value, "run")
            except errors.FormatError:
                continue
            assert to_json(found) == value, place
