"""What a run's next record takes over from the folder before it.

It takes over customers' segments, and files as they are. Names change by a column, merged
segments lose the margins that only the customers themselves could tell.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from coterie import errors, sql
from coterie.engines import Engine, Reading, Source, Target, connect
from coterie.model import COLUMNS
from coterie.record import Points, Record
from coterie.runs import contents
from coterie.runs.manifest import FileHash, find_published, measure, read_manifest, read_published
from coterie.runs.run_folder import RunFolder

SEGMENTS = "segments.parquet"
RELATION, NOW = "segments_before", "segments_now"
MADE_AGAIN = ("run.json", "profile.csv", "points.csv", "report.html", SEGMENTS, "segments.csv")


@dataclass(frozen=True, slots=True)
class Before:
    """The folder a record was loaded from, with segments.

    ``segment_of`` is the segment that each center belonged to there.
    """

    folder: Path
    sha256: str
    segment_of: tuple[int, ...]


def remember(folder: Path, data: bytes, record: Record) -> Before:
    """Return what a loaded run's next record needs of it.

    ``data`` are the bytes of its run.json.
    """
    return Before(folder, hashlib.sha256(data).hexdigest(), record.model.segment_of)


def moves_since(then: Before, record: Record) -> dict[int, int]:
    """Return the segment each former segment is part of now."""
    return dict(zip(then.segment_of, record.model.segment_of, strict=True))


def move_points(found: Points | None, moves: Mapping[int, int]) -> Points | None:
    """Return the map's points with the segments of now."""
    return found and Points(found.x, found.y, [moves.get(s, s) for s in found.segment])


def segments_sql(record: Record, moves: Mapping[int, int]) -> sql.Node:
    """Return the SELECT of every customer's present segment.

    It reads the file of before, in its order.
    """
    old = sql.column("segment")
    names = {s.id: s.called for s in record.segments}
    lost = [s for s, new in moves.items() if s != new]

    def where(values: Mapping[int, sql.Node], default: sql.Node | None = None) -> sql.Node:
        return sql.case([(sql.equal(old, sql.whole(s)), node) for s, node in values.items()], default)

    def kept(name: str) -> sql.Node:
        node = sql.column(name)
        return where(dict.fromkeys(lost, sql.null()), node) if lost else node

    own = {
        "id": sql.column("id"),
        "segment": sql.cast(where({s: sql.whole(new) for s, new in moves.items()}), "small"),
        "name": where({s: sql.text(names[new]) for s, new in moves.items()}),
    }
    columns = [sql.named(own[name] if name in own else kept(name), name) for name in COLUMNS]
    return sql.select(columns, sql.table(RELATION))


def attach_segments(then: Before, engine: Engine) -> None:
    """Make the customers' former segments a relation.

    Raises
    ------
    InputError : another record stands in the folder by now.
    FormatError : the file is missing, or not the one that was published.
    """
    if hashlib.sha256(read_published(then.folder, "run.json")).hexdigest() != then.sha256:
        raise errors.changed_meanwhile(str(then.folder))
    source = Source.of(find_published(then.folder, SEGMENTS))
    engine.read(source, RELATION, Reading(), lambda name: True)


def assignments(record: Record, then: Before) -> Any:
    """Return every customer's present segment, as a relation.

    It does not change when the folder does.
    """
    engine = connect()
    attach_segments(then, engine)
    engine.keep(NOW, segments_sql(record, moves_since(then, record)))
    return engine.relation(sql.select([sql.star()], sql.table(NOW)))


def write(
    folder: RunFolder,
    record: Record,
    found: Points | None,
    then: Before,
    fill: Callable[[Target], None] | None = None,
) -> None:
    """Write and publish the next record in an open run folder.

    Parameters
    ----------
    fill : writes every customer's segment to a file, where the customers are at hand; None: from the file of before.

    Raises
    ------
    InputError : another record stands in the folder by now.
    FormatError : a file of the run was changed after it was published.
    """
    engine = connect()
    try:
        attach_segments(then, engine)
        manifest, query = read_manifest(then.folder), segments_sql(record, moves_since(then, record))
        contents.write(folder, record, found, source=manifest.get("source"))
        fill = fill or partial(engine.deliver, query)
        fill(Target(folder.file(SEGMENTS)))
        if "segments.csv" in manifest["files"]:
            fill(Target(folder.file("segments.csv"), "csv", manifest.get("raw_csv", False)))
    finally:
        engine.close()
    for name, wanted in manifest["files"].items():
        if name not in MADE_AGAIN and not name.startswith("charts/"):
            shutil.copyfile(then.folder / name, folder.file(name), follow_symlinks=False)
            _check(folder.path, name, wanted)
    folder.commit(manifest, read=manifest["fingerprint"])


def _check(folder: Path, name: str, wanted: FileHash) -> None:
    try:
        found = measure(folder / name)
    except OSError as error:
        raise errors.changed_file(str(folder), name) from error
    if found != wanted:
        raise errors.changed_file(str(folder), name)
