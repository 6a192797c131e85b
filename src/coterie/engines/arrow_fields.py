"""The columns of an Arrow stream, told before a row of it is read.

The stream is a capsule of the Arrow C stream interface, which says what it holds without giving any of it away, and
without a library for Arrow: https://arrow.apache.org/docs/format/CStreamInterface.html.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

from coterie.doors import frozen

STREAM = b"arrow_array_stream"
EXTENSION, ORIGIN = "ARROW:extension:name", "ADBC:postgresql:typname"


class _Schema(ctypes.Structure):
    """struct ArrowSchema."""


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.c_void_p),
    ("get_last_error", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]


SAID = {"e": "half-precision numbers", "_pli128": "128-bit whole numbers", "n": "nothing"}


@frozen
class Field:
    """A column of a stream: its name, its format as Arrow writes it.

    ``levels`` is the format of a dictionary's values, ``extension`` the name of a type that somebody added, ``origin``
    what a database calls a type that Arrow has no match for.
    """

    name: str
    format: str
    levels: str = ""
    extension: str = ""
    origin: str = ""

    @property
    def type(self) -> str:
        """The type in words, as far as a reader needs them."""
        wide = "numbers of 256 bits" if self.format.endswith(",256") else ""
        return self.extension or wide or SAID.get(self.format, f"Arrow format {self.format}")


def fields_of(capsule: object) -> tuple[Field, ...] | None:
    """Return the columns of a stream; None: it is no stream of tables."""
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    stream = ctypes.cast(get(capsule, STREAM), ctypes.POINTER(_Stream))
    schema = _Schema()
    if stream.contents.get_schema(stream, ctypes.byref(schema)):
        return None
    try:
        if schema.format != b"+s":
            return None
        return tuple(_field(schema.children[i].contents) for i in range(schema.n_children))
    finally:
        schema.release(ctypes.byref(schema))


def _field(schema: _Schema) -> Field:
    levels = schema.dictionary.contents.format.decode() if schema.dictionary else ""
    said = dict(_metadata(schema.metadata)) if schema.metadata else {}
    name = (schema.name or b"").decode(errors="replace")
    return Field(name, schema.format.decode(), levels, said.get(EXTENSION, ""), said.get(ORIGIN, ""))


def _metadata(address: int) -> Iterator[tuple[str, str]]:
    """Give keys and values: their number, then each with its length before it, in this machine's order of bytes."""

    def text() -> str:
        nonlocal address
        length = ctypes.c_int32.from_address(address).value
        address += 4 + length
        return ctypes.string_at(address - length, length).decode(errors="replace")

    pairs = ctypes.c_int32.from_address(address).value
    address += 4
    for _ in range(pairs):
        key = text()
        yield key, text()
