"""What is piped in is kept as a file, and is what its content says."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.file_kinds import recognize
from coterie.reading.piped import PIECE, write_piped


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"id,v\na,1\n", "text"),
        (b'[{"id": "a"}]', "json"),
        (b"PAR1....", "parquet"),
        (b"\x1f\x8b....", "gzip"),
        (b"SQLite format 3\x00", "sqlite"),
        (b"PK\x03\x04....[Content_Types].xml", "excel"),
        (b"x" * (PIECE + 1), "text"),
    ],
)
def test_every_byte_is_kept_and_says_what_it_is(data: bytes, kind: str, tmp_path: Path) -> None:
    path = write_piped(io.BytesIO(data), tmp_path)
    assert (path.read_bytes(), recognize(path)) == (data, kind)


def test_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="no data rows"):
        write_piped(io.BytesIO(b""), tmp_path)
