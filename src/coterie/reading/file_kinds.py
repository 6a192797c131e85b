"""What a file is, by its first bytes; its name must agree."""

from __future__ import annotations

import os
import re
from pathlib import Path

from coterie import errors

HEAD = 65_536
TEXT_ENDINGS = {".csv", ".tsv", ".tab", ".txt", ".dat", ".asc", ".data", ""}
JSON_ENDINGS = {".json", ".jsonl", ".ndjson"}
PARQUET_ENDINGS = {".parquet", ".pq"}
SQLITE_ENDINGS = {".sqlite", ".sqlite3", ".db", ".db3"}
EXCEL_ENDINGS = {".xlsx", ".xlsm"}
PACKED_ENDINGS = {".gz": "gzip", ".zip": "zip", ".zst": "zstd"}
PACKED = frozenset(PACKED_ENDINGS.values())

# What the first bytes say: (bytes, kind, words for people)
MAGIC = (
    (b"PAR1", "parquet", "a Parquet file"),
    (b"PARE", "encrypted parquet", "an encrypted Parquet file"),
    (b"ARROW1", "arrow", "an Arrow IPC file (Feather)"),
    (b"PK\x03\x04", "zip", "a ZIP archive"),
    (b"PK\x05\x06", "zip", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "zstd", "a zstd file"),
    (b"\x50\x2a\x4d\x18", "zstd", "a zstd file"),  # one that pzstd wrote
    (b"SQLite format 3\x00", "sqlite", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole", "an old or a password-protected Office file"),
    (b"\x89PNG", "picture", "a PNG picture"),
    (b"\xff\xd8\xff", "picture", "a JPEG picture"),
    (b"GIF8", "picture", "a GIF picture"),
    (b"%PDF", "pdf", "a PDF document"),
    (b"\x7fELF", "program", "a program"),
    (b"MZ\x90", "program", "a program"),
    (b"BZh", "bzip2", "a bzip2 file"),
    (b"\xfd7zXZ", "xz", "an xz file"),
    (b"7z\xbc\xaf", "7z", "a 7-Zip archive"),
    (b"\x93NUMPY", "numpy", "a NumPy array"),
    (b"-----BEGIN ", "pem", "a key or a certificate"),
    (b"version https://git-lfs", "lfs", "a Git LFS pointer: the data themselves were not fetched"),
    (b"{\\rtf", "rtf", "a rich-text document"),
)
SPELLED = {"parquet", "encrypted parquet", "arrow", "picture", "bzip2"}  # their first bytes may begin a column's name
REMEDY = {
    "lfs": "Fetch the data with `git lfs pull`, then run again.",
    "ole": "Save it as .xlsx without a password, or export a CSV file.",
    "encrypted parquet": "Write it without encryption.",
    "arrow": "Write it as Parquet or CSV.",
    "parquet": "Rename it so that it ends in .parquet.",
    "excel": "Rename it so that it ends in .xlsx.",
    "json": "Rename it so that it ends in .json or .ndjson, if these are the data.",
    "sqlite": "Rename it so that it ends in .sqlite.",
    "gzip": "Rename it so that it ends in .gz.",
    "zip": "Rename it so that it ends in .zip.",
    "zstd": "Rename it so that it ends in .zst.",
    "text": "Rename it so that it ends in .csv, if these are the data.",
}
ASK_FOR_DATA = "Give a file of data: CSV, Parquet, JSON, Excel or SQLite."
HTML = re.compile(rb"\s*(<!doctype html|<html|<head|<\?xml[^>]*>\s*<html)", re.IGNORECASE)


def is_pattern(path: Path) -> bool:
    """Say whether a path is a pattern, and no file's own name."""
    return any(c in path.name for c in "*?[") and not os.path.lexists(path)


def recognize(path: Path) -> str:
    """Return what a file is, or how it is packed.

    One of ``text``, ``json``, ``parquet``, ``excel``, ``sqlite``, ``duckdb``, ``gzip``, ``zip``, ``zstd``.

    Raises
    ------
    InputError : its content is not what the ending of its name says, or of a kind that coterie does not read.
    """
    ending = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind, words = kind_of_content(head)
    wanted = kind_of_ending(ending)
    if kind == "zip" and (wanted == "excel" or b"[Content_Types].xml" in head or b"xl/workbook" in head):
        kind, words = "excel", "an Excel workbook"
    if kind == "ole" and (wanted == "excel" or ending == ".xls"):
        protected = "EncryptedPackage".encode("utf-16-le") in head
        words = "a password-protected workbook" if protected else "a workbook of the old .xls kind"
    if wanted is None:
        wanted = kind
    if kind == wanted or (wanted == "json" and kind == "text"):
        return wanted
    raise errors.not_a_table(path.name, f"it is {words}", REMEDY.get(kind, ASK_FOR_DATA))


def kind_of_ending(ending: str) -> str | None:
    """Return what the ending of a name says; None: nothing known."""
    for kind, endings in (
        ("text", TEXT_ENDINGS),
        ("json", JSON_ENDINGS),
        ("parquet", PARQUET_ENDINGS),
        ("sqlite", SQLITE_ENDINGS),
        ("excel", EXCEL_ENDINGS | {".xls"}),
    ):
        if ending in endings:
            return kind
    return "duckdb" if ending in (".duckdb", ".ddb") else PACKED_ENDINGS.get(ending)


def kind_of_content(head: bytes) -> tuple[str, str]:
    """Return what a file's first bytes are: kind, words."""
    for magic, kind, words in MAGIC:
        if head.startswith(magic) and not (kind in SPELLED and is_plain(head)):
            return kind, words
    if head[8:12] == b"DUCK":
        return "duckdb", "a DuckDB database"
    if HTML.match(head):
        return "html", "a web page, perhaps a login or an error page that was saved as data"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text", "text in UTF-16"
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare[:1] in (b"{", b"[") and re.match(rb'[{\[]\s*(["{\[\]}]|[-\d])', bare):
        return "json", "JSON"
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05":
        return "pickle", "a Python pickle, which coterie never opens"
    if is_binary(head):
        return "binary", "not text"
    return "text", "text"


def is_plain(head: bytes) -> bool:
    """Say whether bytes are lines of text without control characters."""
    return (b"\n" in head or b"\r" in head) and not any(c in head for c in (*range(9), *range(14, 32)))


def is_binary(head: bytes) -> bool:
    """Say whether bytes are no text; UTF-16 without a mark is text."""
    if not head:
        return False
    control = sum(head.count(c) for c in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return control > 0.02 * len(head)
