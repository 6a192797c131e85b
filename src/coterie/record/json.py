"""The record: the whole result as one JSON object, and the way back from it. docs/reference/record.md has every key."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from coterie import errors
from coterie.evidence import Cut
from coterie.model import Decision, Feature, Model, estimate_silhouette
from coterie.portrait import (
    Condition,
    CustomerGroup,
    Map,
    Marker,
    ProfileRow,
    Rule,
    Segment,
    Totals,
    UsualValue,
)
from coterie.table import ColumnRecord, Sample

FORMAT = 1
KEYS = (
    "format", "coterie", "options", "columns", "findings", "features", "sample", "model", "verdict", "choice",
    "stability", "sensitivity", "segments", "profile", "lineage",
)  # fmt: skip

Record = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: records as objects, arrays as lists, NaN as null.

    A field whose key cannot be its name says so: ``field(metadata={"json": "from"})``.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.metadata.get("json", f.name): plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
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


def of_sample(sample: Sample, totals: Totals, charted: Map, seed: int) -> dict[str, Any]:
    """Return the record's ``sample``."""
    shown = {
        "kind": charted.kind,
        "x": charted.x,
        "y": charted.y,
        "shown": len(charted.points[2]),
        "of": charted.of,
        "cells": charted.cells,
    }
    return {
        "rows": sample.rows,
        "used": sample.size,
        "seed": seed,
        "whole": sample.whole,
        "unassigned": totals.unassigned,
        "map": shown,
    }


def of_model(decided: Decision, totals: Totals) -> dict[str, Any]:
    """Return the record's ``model``."""
    value, error, rows = estimate_silhouette(decided.Z, decided.label)
    return {
        **plain(decided.model),
        "inertia_all": totals.inertia,
        "explained": totals.explained,
        "step": totals.step,
        "silhouette": value,
        "silhouette_error": error,
        "silhouette_rows": rows,
    }


def of_stability(decided: Decision) -> dict[str, Any]:
    """Return the record's ``stability``, with the margins from which a customer is core or probable."""
    return {**plain(decided.evidence.stability), "margins": plain(decided.confidence)}


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
    listed: list[dict[str, Any]] = [
        {k: tuple(v) if isinstance(v, list) else v for k, v in f.items()} for f in record["features"]
    ]
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


def cuts(record: Record) -> tuple[Cut, ...]:
    """Return the margins from which a customer is core or probable, by segment."""
    return tuple(Cut(**c) for c in record["stability"]["margins"]["cuts"])


def segments(record: Record) -> tuple[Segment, ...]:
    """Return the segments of a record, by id."""
    return tuple(
        Segment(
            **{
                **s,
                "markers": tuple(Marker(**m) for m in s["markers"]),
                "rule": _rule(s["rule"]),
                "typical": _group(s["typical"]),
                "border": _group(s["border"]),
            }
        )
        for s in record["segments"]
    )


def _rule(held: Mapping[str, Any] | None) -> Rule | None:
    return None if held is None else Rule(**{**held, "conditions": tuple(Condition(**c) for c in held["conditions"])})


def _group(held: Mapping[str, Any] | None) -> CustomerGroup | None:
    return None if held is None else CustomerGroup(**{**held, "values": tuple(UsualValue(**v) for v in held["values"])})


def columns(record: Record) -> tuple[ColumnRecord, ...]:
    """Return the columns of a record."""
    held: list[dict[str, Any]] = [
        {
            **c,
            "levels": None if c["levels"] is None else tuple((str(name), float(share)) for name, share in c["levels"]),
        }
        for c in record["columns"]
    ]
    return tuple(ColumnRecord(**c) for c in held)


def profile(rows: Iterable[Mapping[str, Any]]) -> tuple[ProfileRow, ...]:
    """Return rows of a record's profile."""
    return tuple(ProfileRow(**row) for row in rows)
