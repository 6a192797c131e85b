"""The record, and the page that says what each of its keys means."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from coterie.record import Record
from records import simulated

DOC = (
    (Path(__file__).parents[2] / "docs" / "reference" / "record.md")
    .read_text(encoding="utf-8")
    .partition("## After")[0]
)
PARTS = {f.name: get_type_hints(Record)[f.name] for f in dataclasses.fields(Record)}
# Values that a row names beside its keys, where the type is only a text.
VALUES = {
    "columns": "number category flag date text other feature describe value id dropped",
    "findings": "error warning note",
    "features": "number binary flag category ordinal log neglog asinh",
    "sample": "pca closed",
    "sensitivity": "segments rfm recency both neither",
    "segments": "below is",
}


def types_within(kind: Any) -> Iterator[Any]:
    """Return a type and every type that it is made of."""
    yield kind
    inner = get_type_hints(kind).values() if dataclasses.is_dataclass(kind) else get_args(kind)
    for part in inner if get_origin(kind) is not Literal else ():
        yield from types_within(part)


def keys(part: str) -> set[str]:
    kinds = [kind for kind in types_within(PARTS[part]) if dataclasses.is_dataclass(kind)]
    return {f.metadata.get("json", f.name) for kind in kinds for f in dataclasses.fields(kind)}


def rows(part: str) -> str:
    """Return what the page says of a part: its row, the rows of what is in it, and the section on typical customers."""
    found = re.findall(rf"^\| `{part}[^`]*` \| (.*) \|$", DOC, flags=re.MULTILINE)
    found += re.findall(r"## Typical.*", DOC, flags=re.DOTALL) if part == "segments" else []
    return "\n".join(found)


def named(part: str) -> set[str]:
    spans = re.findall(r"`([^`]+)`", rows(part))
    inside = {word for span in spans if "{" in span for word in re.findall(r'"([a-z][a-z_0-9]*)"', span)}
    return inside | {span for span in spans if re.fullmatch(r"[a-z][a-z_0-9]*", span)}


@pytest.mark.parametrize("part", PARTS)
def test_the_page_names_every_key_of_a_part(part: str) -> None:
    assert rows(part)
    assert keys(part) <= named(part)


@pytest.mark.parametrize("part", PARTS)
def test_what_the_page_names_in_a_part_is_a_key_or_a_value_there(part: str) -> None:
    known = {str(v) for kind in types_within(PARTS[part]) if get_origin(kind) is Literal for v in get_args(kind)}
    assert named(part) <= keys(part) | known | set(VALUES.get(part, "").split())


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_never_null_is_not_called_so(part: str) -> None:
    assert rows(part).startswith("null") == (type(None) in get_args(PARTS[part]))


def test_a_segment_and_a_column_are_found_by_what_identifies_them() -> None:
    record, _ = simulated()
    assert record.segment(2).letter == "B"
    assert record.column("age").role == "describe"
    with pytest.raises(KeyError):
        record.segment(9)
    with pytest.raises(KeyError):
        record.column("height")
