"""The record as JSON, and the way back, on which every type, key and range is checked."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from coterie import errors
from coterie.record.record import FORMAT, Record
from coterie.record.soundness import first_fault

T = TypeVar("T")
Reader = Callable[[Any, str], Any]
WANTED = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", NoneType: "null"}


class _WrongError(ValueError):
    """A value of a record that is not what its place asks for."""


class _StrangeKeyError(ValueError):
    """A record that lacks a key, or has one too many."""


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_json(value: Any) -> Any:
    """Return a value as JSON knows it.

    Dataclasses become objects, tuples and arrays lists, and numbers that are not finite null.
    """
    if value is None or isinstance(value, str | bool | int):  # most of what a record holds
        return value
    if isinstance(value, float):
        return (value if type(value) is float else float(value)) if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return to_json(value.tolist())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {_key(f): to_json(v) for f, v in held if not (_is_optional(f) and v == f.default)}
    return value


def dumps(record: Record) -> str:
    """Return the text of run.json: the same record, the same bytes."""
    return json.dumps(to_json(record), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _key(field: dataclasses.Field[Any]) -> str:
    """Return the key of a field; a field whose key is a word of Python's has it in its metadata."""
    return str(field.metadata.get("json", field.name))


def _is_optional(field: dataclasses.Field[Any]) -> bool:
    """Say whether a field is left out where nobody set it."""
    return bool(field.metadata.get("optional"))


# ── back ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse(data: bytes, run: str) -> Record:
    """Return the record that the bytes of a run.json hold.

    Parameters
    ----------
    run : the folder, for errors.

    Raises
    ------
    FormatError : not JSON, not a record of coterie's, of another format, or with values that no run has.
    """
    try:
        held = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise errors.not_a_run(run, "run.json is not valid JSON") from error
    return checked(held, run)


def checked(held: Any, run: str) -> Record:
    """Return the record that a JSON value stands for, or raise FormatError as ``parse`` does."""
    if not isinstance(held, dict) or "format" not in held:
        raise errors.not_a_run(run, "run.json holds something else")
    if isinstance(held["format"], bool) or held["format"] != FORMAT:
        raise errors.other_format(run, held["format"], FORMAT)
    try:
        record = from_json(Record, held)
    except _StrangeKeyError as error:
        raise errors.other_record(run, str(error)) from error
    except (_WrongError, errors.InputError) as error:  # the latter: options that are out of range
        raise errors.not_a_run(run, str(error).partition("\n")[0].rstrip(".")) from error
    if fault := first_fault(record):
        raise errors.not_a_run(run, fault)
    return record


def canonical(record: Record) -> Record:
    """Return the record as it comes back from its file: Python's own numbers, None for NaN, tuples."""
    return from_json(Record, to_json(record))


def from_json(kind: type[T], value: Any) -> T:
    """Return the dataclass that JSON stands for.

    Raises
    ------
    ValueError : a key is missing or unknown, or a value is of another type; the message names the place.
    """
    made: T = _reader(cast(Hashable, kind))(value, "")
    return made


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


@cache
def _reader(kind: Hashable) -> Reader:
    """Return the function that reads a value of a type; ``kind`` is a type as annotations write it."""
    origin, args = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _object_reader(kind)
    if origin is tuple:
        return _list_reader(args)
    if origin in (dict, Mapping):
        return _mapping_reader(_reader(args[1]))
    if origin is Literal:
        return _choice_reader(args)
    if origin in (Union, UnionType):
        return _union_reader(args)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        read = _choice_reader([str(word) for word in kind])
        return lambda value, place: kind(read(value, place))
    return _plain_reader(kind)


def _object_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    fields = {_key(f): (f.name, _reader(hints[f.name])) for f in dataclasses.fields(kind)}
    needed = {_key(f) for f in dataclasses.fields(kind) if not _is_optional(f)}

    def read(value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            raise _WrongError(f"{place or 'the record'} is not an object")
        if not needed <= value.keys() <= fields.keys():
            lacking, strange = [k for k in fields if k in needed - value.keys()], [k for k in value if k not in fields]
            verb, key = ("lacks", lacking[0]) if lacking else ("has", strange[0])
            raise _StrangeKeyError(f"{place or 'the record'} {verb} {errors.quoted(key)}")
        inside = f"{place}." if place else ""
        return kind(
            **{name: reader(value[key], inside + key) for key, (name, reader) in fields.items() if key in value}
        )

    return read


def _list_reader(args: Sequence[Any]) -> Reader:
    many = len(args) == 2 and args[1] is Ellipsis
    readers = [_reader(a) for a in args if a is not Ellipsis]

    def read(value: Any, place: str) -> Any:
        if not isinstance(value, list):
            raise _WrongError(f"{place} is not a list")
        if many:
            return tuple(readers[0](v, f"{place}[{i}]") for i, v in enumerate(value))
        if len(value) != len(readers):
            raise _WrongError(f"{place} has {len(value)} entries, not {len(readers)}")
        return tuple(reader(v, f"{place}[{i}]") for i, (reader, v) in enumerate(zip(readers, value, strict=True)))

    return read


def _mapping_reader(inner: Reader) -> Reader:
    def read(value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            raise _WrongError(f"{place} is not an object")
        return {key: inner(v, f"{place}.{key}") for key, v in value.items()}

    return read


def _choice_reader(allowed: Sequence[Any]) -> Reader:
    def read(value: Any, place: str) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise _WrongError(f"{place} is none of {', '.join(map(str, allowed))}")
        return value

    return read


def _union_reader(args: Sequence[Any]) -> Reader:
    readers = [_reader(a) for a in args if a is not NoneType]

    def read(value: Any, place: str) -> Any:
        if value is None and NoneType in args:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value, place)
            except _WrongError:
                continue
        return readers[-1](value, place)

    return read


def _plain_reader(kind: Any) -> Reader:
    def read(value: Any, place: str) -> Any:
        if not _fits(kind, value):
            raise _WrongError(f"{place} is not {WANTED[kind]}")
        return value

    return read


def _fits(kind: Any, value: Any) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
