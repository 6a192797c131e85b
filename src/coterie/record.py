"""The record: the whole result as one JSON object, and the way back from it. docs/reference/record.md has every key."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from coterie import errors
from coterie.features import Feature
from coterie.model import Model
from coterie.naming import Marker
from coterie.segments import Segment

FORMAT = 1
KEYS = (
    "format", "coterie", "options", "columns", "findings", "features", "sample", "model", "verdict", "choice",
    "stability", "sensitivity", "segments", "profile", "lineage",
)  # fmt: skip

Record = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: records as objects, arrays as lists, NaN as null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def dumps(record: Record) -> str:
    """Return the text of run.json: the same record, the same bytes."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def parse(data: bytes, run: str) -> dict[str, Any]:
    """Return the record that the bytes of a run.json hold; ``run`` names the folder in errors.

    Raises
    ------
    FormatError : not JSON, not a record of coterie's, or one of another format.
    """
    try:
        record = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise errors.not_a_run(run, "run.json is not valid JSON") from error
    if not isinstance(record, dict) or "format" not in record:
        raise errors.not_a_run(run, "run.json holds something else")
    if record["format"] != FORMAT:
        raise errors.other_format(run, record["format"], FORMAT)
    missing = [key for key in KEYS if key not in record]
    if missing:
        raise errors.not_a_run(run, f"the record lacks {missing[0]}")
    try:
        _check_model(features(record), model(record))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise errors.not_a_run(run, "the model in the record is damaged") from error
    return record


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _check_model(found: tuple[Feature, ...], fitted: Model) -> None:
    width = len(fitted.prepared)
    sound = (
        width == sum(len(f.prepared) for f in found)
        and len(fitted.centers) == len(fitted.segment_of) > 0
        and all(len(c) == width and all(math.isfinite(v) for v in c) for c in fitted.centers)
        and all(isinstance(s, int) and s > 0 for s in fitted.segment_of)
    )
    if not sound:
        raise ValueError("centers and features do not fit together")


def features(record: Record) -> tuple[Feature, ...]:
    """Return the features of a record."""
    listed = [{k: tuple(v) if isinstance(v, list) else v for k, v in f.items()} for f in record["features"]]
    return tuple(Feature(**f) for f in listed)


def model(record: Record) -> Model:
    """Return the model of a record."""
    held = record["model"]
    return Model(
        tuple(held["prepared"]),
        tuple(tuple(float(v) for v in center) for center in held["centers"]),
        tuple(held["segment_of"]),
        float(held["inertia"]),
        int(held["starts"]),
        int(held["hits"]),
    )


def segments(record: Record) -> tuple[Segment, ...]:
    """Return the segments of a record, by id."""
    return tuple(
        Segment(**{**s, "markers": tuple(Marker(**m) for m in s["markers"])}) for s in record["segments"]
    )
