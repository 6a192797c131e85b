"""Whether the pages of a Parquet file are what was written: their checksums, where the file has them.

A page begins with a header in Thrift's compact protocol, of which three fields matter: the size, the checksum, the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

from coterie import errors

LONGEST_HEADER = 1 << 20
SIZE, CHECKSUM = 3, 4  # fields of a page's header
TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12


def check_pages(path: Path, name: str, chunks: Iterable[tuple[int | None, int, int]]) -> None:
    """Refuse a file with a page whose checksum is another.

    Parameters
    ----------
    chunks : for each column of each group of rows: where its dictionary and its first page begin, and its size.

    Raises
    ------
    InputError : the bytes of a page were changed.

    Notes
    -----
    Cost: the file is read once where it has checksums, else a piece of it.
    """
    with path.open("rb") as file:
        for dictionary, first, size in chunks:
            file.seek(min(first, dictionary or first))
            data = file.read(min(size, LONGEST_HEADER))
            if not _has_checksum(data):
                return  # a writer makes them for all pages or for none
            data += file.read(size - len(data))
            if not _are_whole(data):
                raise errors.damaged(name, "a page is not what its checksum says")


def _has_checksum(data: bytes) -> bool:
    try:
        return CHECKSUM in _Header(data, 0).fields
    except IndexError:
        return False


def _are_whole(data: bytes) -> bool:
    place = 0
    while place < len(data):
        try:
            header = _Header(data, place)
        except IndexError:
            return False
        place = header.end + header.fields.get(SIZE, 0)
        wanted = header.fields.get(CHECKSUM)
        if wanted is not None and zlib.crc32(data[header.end : place]) != wanted & 0xFFFFFFFF:
            return False
    return True


class _Header:
    """The whole numbers of a page's header by field, and where it ends."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self.end = data, place
        self.fields: dict[int, int] = {}
        self._struct(self.fields)

    def _struct(self, found: dict[int, int] | None = None) -> None:
        field = 0
        while head := self._byte():
            kind, step = head & 15, head >> 4
            field = field + step if step else self._number()
            value = self._value(kind)
            if found is not None and value is not None:
                found[field] = value

    def _value(self, kind: int) -> int | None:
        """Return a whole number; step over anything else."""
        if kind in (TRUE, FALSE):
            return None
        if kind == STRUCT:
            self._struct()
        elif kind == BINARY:
            length = self._varint()
            self.end += length
        elif kind in (BYTE, DOUBLE):
            self.end += 1 if kind == BYTE else 8
        elif kind in (LIST, SET):
            head = self._byte()
            for _ in range(head >> 4 if head >> 4 != 15 else self._varint()):
                self._value(head & 15)
        elif kind == MAP:
            raise IndexError  # a page's header has none
        else:
            return self._number()
        return None

    def _byte(self) -> int:
        self.end += 1
        return self._data[self.end - 1]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
