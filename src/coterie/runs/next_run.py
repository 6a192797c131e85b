"""What a run's next record takes over from the folder before it.

It takes over customers' segments, and files as they are. Names change by a column, merged
segments lose the margins that only the customers themselves could tell.
"""

from __future__ import annotations

import hashlib
import shutil
import weakref
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from coterie import errors, sql
from coterie.doors import frozen
from coterie.engines import Engine, Reading, Source, Target, connect, engine_for
from coterie.model import COLUMNS
from coterie.reading import Spill
from coterie.record import Points, Record
from coterie.runs import contents
from coterie.runs.changes import CHANGES, CHANGES_CSV, merged_sql
from coterie.runs.manifest import FileHash, Manifest, find_published, measure, read_manifest, read_published
from coterie.runs.run_folder import RunFolder
from coterie.scoring import levels_of

SEGMENTS = "segments.parquet"
RELATION, NOW = "segments_before", "segments_now"
MADE_AGAIN = ("run.json", "profile.csv", "points.csv", "report.html", SEGMENTS, "segments.csv")


@frozen
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


def segments_sql(record: Record, moves: Mapping[int, int], relation: str = RELATION) -> sql.Select:
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
    return sql.select(columns, sql.table(relation))


def attach_segments(then: Before, engine: Engine, relation: str = RELATION) -> None:
    """Make the customers' former segments a relation.

    Raises
    ------
    InputError : another record stands in the folder by now.
    FormatError : the file is missing, or not the one that was published.
    """
    if hashlib.sha256(read_published(then.folder, "run.json")).hexdigest() != then.sha256:
        raise errors.changed_meanwhile(str(then.folder))
    into = read_manifest(then.folder).get("into")
    source = Source.of(find_published(then.folder, SEGMENTS)) if into is None else _fetch(into, engine)
    engine.read(replace(source, beside=True), relation, Reading(), lambda name: True)


def _fetch(into: Mapping[str, str], engine: Engine) -> Source:
    """Return the segments that stand in a database as a file, which lives as long as the engine."""
    spill, source = Spill(engine.temp_dir), Source.of(into["address"], table=into["table"])
    weakref.finalize(engine, spill.close)
    with closing(engine_for(source)) as there:
        there.read(source, RELATION, Reading(), lambda name: True)
        held = sql.select([sql.column(c) for c in COLUMNS], sql.table(RELATION), order=[sql.column("id")])
        there.deliver(held, Target(spill.path / SEGMENTS))
    return Source.of(spill.path / SEGMENTS)


def keep_segments(record: Record, then: Before, engine: Engine, name: str, *, nobody: bool = False) -> None:
    """Make a relation of the customers' segments as they are now: id, segment, confidence.

    ``nobody`` leaves every customer out.
    """
    relation = f"{name}_file"
    attach_segments(then, engine, relation)
    _keep(segments_sql(record, moves_since(then, record), relation), engine, name, nobody=nobody)


def keep_file(path: Path, engine: Engine, name: str, *, nobody: bool = False) -> None:
    """Make a relation of the segments that a file holds, as ``keep_segments`` does."""
    relation = f"{name}_file"
    engine.read(replace(Source.of(path), beside=True), relation, Reading(), lambda column: True)
    _keep(sql.select([sql.star()], sql.table(relation)), engine, name, nobody=nobody)


def _keep(query: sql.Select, engine: Engine, name: str, *, nobody: bool) -> None:
    columns = [sql.column(c) for c in ("id", "segment", "confidence")]
    never = sql.equal(sql.whole(1), sql.whole(0)) if nobody else None
    engine.keep(name, sql.steps([("segments", query)], sql.select(columns, sql.table("segments"), where=never)))


def is_source(then: Before, source: Source) -> bool:
    """Say whether a source is the file that a run was made of, to the byte."""
    manifest, found = read_manifest(then.folder), source.fingerprint()
    held = [manifest["fingerprint"], manifest["files"].get("customers.csv")]
    digests = [one.get("sha256") for one in held if one is not None]
    return found is not None and found.get("sha256") is not None and found.get("sha256") in digests


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
        fill(Target(folder.file(SEGMENTS), levels=levels_of(record)))
        if "segments.csv" in manifest["files"]:
            fill(Target(folder.file("segments.csv"), "csv", manifest.get("raw_csv", False)))
        made = _write_changes(folder, manifest, then, moves_since(then, record), engine)
    finally:
        engine.close()
    for name, wanted in manifest["files"].items():
        if name not in (*MADE_AGAIN, *made) and not name.startswith(("charts/", f"{SEGMENTS}/")):
            shutil.copyfile(then.folder / name, folder.file(name), follow_symlinks=False)
            _check(folder.path, name, wanted)
    manifest.pop("into", None)  # what is changed by hand is changed here, and the segments come into the folder
    folder.commit(manifest, read=manifest["fingerprint"])


def _write_changes(
    folder: RunFolder, manifest: Manifest, then: Before, moves: Mapping[int, int], engine: Engine
) -> tuple[str, ...]:
    """Write who was in another segment again where segments were merged since, and return the files written."""
    if CHANGES not in manifest["files"] or all(s == new for s, new in moves.items()):
        return ()
    engine.read(Source.of(find_published(then.folder, CHANGES)), "changes_before", Reading(), lambda name: True)
    query = merged_sql("changes_before", moves)
    engine.deliver(query, Target(folder.file(CHANGES)))
    if CHANGES_CSV not in manifest["files"]:
        return (CHANGES,)
    engine.deliver(query, Target(folder.file(CHANGES_CSV), "csv", manifest.get("raw_csv", False)))
    return CHANGES, CHANGES_CSV


def _check(folder: Path, name: str, wanted: FileHash) -> None:
    try:
        found = measure(folder / name)
    except OSError as error:
        raise errors.changed_file(str(folder), name) from error
    if found != wanted:
        raise errors.changed_file(str(folder), name)
