"""Which Parquet files of a folder or pattern are one table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coterie import errors


@dataclass(frozen=True, slots=True)
class ParquetParts:
    """The Parquet files of one table, in the order of their names.

    ``name`` is what to call them in messages.
    """

    name: str
    paths: tuple[Path, ...]


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
        return ParquetParts(path.name, tuple(found))
    if (path / "_temporary").exists() and not (path / "_SUCCESS").exists() and not allow_incomplete:
        raise errors.unfinished(path.name)
    found = sorted(p for p in path.rglob("*.parquet") if not _is_hidden(p.relative_to(path)))
    if not found:
        raise errors.not_a_table(path.name, "it is a folder without Parquet files", ASK_FOR_PARTS)
    for part in found:
        with part.open("rb") as file:
            if file.read(4) != b"PAR1":
                raise errors.damaged(part.name, "it is not a Parquet file")
    return ParquetParts(path.name, tuple(found))


def _is_hidden(path: Path) -> bool:
    return any(piece.startswith((".", "_")) for piece in path.parts)
