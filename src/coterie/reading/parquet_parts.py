"""Which Parquet files of a folder or pattern are one table."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from coterie import errors
from coterie.doors import frozen

Partition = tuple[tuple[str, str | None], ...]
WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})")  # 007 is no number
MISSING = "__HIVE_DEFAULT_PARTITION__"


@frozen
class ParquetParts:
    """The Parquet files of one table, in the order of their names.

    ``name`` is what to call them in messages. ``partitions`` has for each what its folders say of all of its rows:
    ``country=DE/`` is a column and a value, None where it is missing.
    """

    name: str
    paths: tuple[Path, ...]
    partitions: tuple[Partition, ...] = ()

    @property
    def whole(self) -> frozenset[str]:
        """The columns of partitions that are whole numbers wherever they are given."""
        said = [pair for partition in self.partitions for pair in partition]
        words = {column for column, value in said if value is not None and not WHOLE.fullmatch(value)}
        return frozenset(column for column, value in said if value is not None) - words


ASK_FOR_PARTS = "Name a file, or a folder of .parquet files."


def find_parts(path: Path, *, allow_incomplete: bool = False) -> ParquetParts:
    """Return the Parquet files of a folder or of a pattern.

    Raises
    ------
    InputError : there are none, or the folder is the output of a Spark job that did not finish.
    """
    if not path.is_dir():
        found = sorted(p for p in Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))) if p.is_file())
        if not found:
            raise errors.missing_source(str(path))
        fixed = next((p for p in path.parents if not any(c in str(p) for c in "*?[")), path.parent)
        return ParquetParts(path.name, tuple(found), _partitions(fixed, found))
    if (path / "_temporary").exists() and not (path / "_SUCCESS").exists() and not allow_incomplete:
        raise errors.unfinished(path.name)
    found = sorted(p for p in path.rglob("*.parquet") if not _is_hidden(p.relative_to(path)))
    if not found:
        raise errors.not_a_table(path.name, "it is a folder without Parquet files", ASK_FOR_PARTS)
    for part in found:
        with part.open("rb") as file:
            if file.read(4) != b"PAR1":
                raise errors.damaged(part.name, "it is not a Parquet file")
    return ParquetParts(path.name, tuple(found), _partitions(path, found))


def _partitions(root: Path, parts: list[Path]) -> tuple[Partition, ...]:
    """Return what the folders between a root and each part say; what only others say is missing."""
    said: list[dict[str, str | None]] = []
    for part in parts:
        pairs = [piece.split("=", 1) for piece in part.relative_to(root).parent.parts if "=" in piece[1:]]
        said.append({unquote(column): None if value == MISSING else unquote(value) for column, value in pairs})
    columns = list(dict.fromkeys(column for own in said for column in own))
    return tuple(tuple((column, own.get(column)) for column in columns) for own in said) if columns else ()


def _is_hidden(path: Path) -> bool:
    return any(piece.startswith((".", "_")) for piece in path.parts)
