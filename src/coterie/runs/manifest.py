"""What is in a run folder: a manifest names every file.

It says each file's hash, and readers believe nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypedDict

from coterie import errors, system
from coterie.doors import frozen
from coterie.engines import Fingerprint

RUN, AUDIENCE = "coterie.run/1", "coterie.audience/1"
CALLED = {RUN: "a run", AUDIENCE: "an audience"}
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 * 2**20
LEFT_BY_DESKTOPS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
CLOCKS = frozenset({"mtime_ns", "inode"})  # what differs between two copies of the same source
HASHES = frozenset({"digest", "seal"})
Folder = Literal["run", "audience"]
REFUSED: dict[Folder, Callable[[str, str], errors.FormatError]] = {
    "run": errors.not_a_run,
    "audience": errors.not_an_audience,
}


class FileHash(TypedDict):
    """What a file of a run must be."""

    size: int
    sha256: str


class RowCounts(TypedDict):
    """How many rows are customers, how many left out."""

    accepted: int
    rejected: int


class RunFacts(TypedDict, total=False):
    """What a run says of itself beside its files.

    Nothing is decided by it when it is read.
    """

    coterie: str
    source: str | None
    options: Mapping[str, object]
    rows: RowCounts
    versions: Mapping[str, str]
    warnings: list[str]
    raw_csv: bool
    audience: Mapping[str, object]
    into: Mapping[str, str]


class Manifest(RunFacts):
    """A run's facts, its files, and its source; sealed."""

    schema: str
    files: dict[str, FileHash]
    fingerprint: Fingerprint | None
    digest: str
    seal: str


@frozen
class Problem:
    """A run's file that is not as its manifest says."""

    file: str
    what: str


def seal(facts: RunFacts, files: Mapping[str, FileHash], read: Fingerprint | None, schema: str = RUN) -> Manifest:
    """Return the manifest of these files.

    ``read`` is the fingerprint of the source that they were made from, ``schema`` what kind of folder it is.
    ``digest`` is over everything but the source's time and inode: two runs of one version on two copies of the same
    data share it. ``seal`` is over the rest of the manifest, so that a change of the manifest shows as well. What the
    manifest says of its own, the facts cannot say for it.
    """
    said = {key: value for key, value in facts.items() if key not in HASHES}
    manifest: Manifest = json.loads(json.dumps({**said, "schema": schema, "files": files, "fingerprint": read}))
    manifest["digest"] = _sha256({**manifest, "fingerprint": _without_clocks(manifest["fingerprint"])})
    manifest["seal"] = _sha256(manifest)
    return manifest


def render(manifest: object) -> bytes:
    r"""Return the only text that a manifest may have.

    >>> render({"b": 1, "a": []})
    b'{\n "a": [],\n "b": 1\n}\n'
    """
    return json.dumps(manifest, sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


def read_manifest(run: Path, *schemas: str) -> Manifest:
    """Return a folder's manifest, compared with its own seal.

    Parameters
    ----------
    schemas : the kinds of folder that it may be; none: a run.

    Raises
    ------
    FormatError : there is none, it is not ours or of another version, or it was changed.
    AccessError : it cannot be read.
    """
    wanted = schemas or (RUN,)
    kind: Folder = "audience" if wanted == (AUDIENCE,) else "run"
    refuse = REFUSED[kind]
    data = _read(run, MANIFEST, LARGEST_MANIFEST, kind)
    try:
        manifest: Manifest = json.loads(data)
        is_canonical = render(manifest) == data
    except (ValueError, RecursionError) as error:
        raise refuse(str(run), f"its {MANIFEST} is not JSON") from error
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    kinds = {one.partition("/")[0] for one in wanted}
    if not isinstance(schema, str) or schema.partition("/")[0] not in kinds:
        raise refuse(str(run), f"its {MANIFEST} is not one of coterie's{_other(schema)}")
    if schema not in wanted:
        raise errors.other_format(str(run), schema.partition("/")[2], 1)
    if not is_canonical or not _is_sealed(manifest):
        raise errors.changed_file(str(run), MANIFEST, _kind_of(schema))
    return manifest


def _kind_of(schema: str) -> Folder:
    return "audience" if schema == AUDIENCE else "run"


def _other(schema: object) -> str:
    """Return what a folder is instead, where that is known."""
    return f", but that of {CALLED[schema]}" if isinstance(schema, str) and schema in CALLED else ""


def read_published(run: Path, name: str) -> bytes:
    """Return a file's bytes, compared with the manifest.

    Raises
    ------
    FormatError : the folder is not a run, or the file is missing or was changed.
    AccessError : it cannot be read.
    """
    wanted = read_manifest(run)["files"].get(name)
    if wanted is None:
        raise errors.not_a_run(str(run), f"it has no {name}")
    data = _read(run, name, wanted["size"])
    if hashlib.sha256(data).hexdigest() != wanted["sha256"]:
        raise errors.changed_file(str(run), name)
    return data


def find_published(run: Path, name: str, *schemas: str) -> Path:
    """Return a file's path, or that of a folder of parts, compared with the manifest.

    ``schemas`` as ``read_manifest`` takes them.

    Raises
    ------
    FormatError : the folder is not a run, or the file or a part is missing, was changed or was added.
    AccessError : it cannot be read.
    """
    path, manifest = run / name, read_manifest(run, *schemas)
    kind, files = _kind_of(manifest["schema"]), manifest["files"]
    wanted = {one: file for one, file in files.items() if one == name or one.startswith(f"{name}/")}
    if not wanted:
        raise REFUSED[kind](str(run), f"it has no {name}")
    try:
        found = dict(entries(path)) if path.is_dir() and not path.is_symlink() else {}
        if find_strangers((f"{name}/{part}" for part in found), wanted):
            raise errors.changed_file(str(run), name, kind)
        for one, file in wanted.items():
            if not (run / one).is_file() or (run / one).is_symlink() or measure(run / one) != file:
                raise errors.changed_file(str(run), one, kind)
    except OSError as error:
        if isinstance(error, errors.CoterieError):
            raise
        raise errors.unreadable(str(path), error.strerror or "") from error
    return path


def verify(run: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the files of a run or an audience.

    It is nothing if the folder is whole.

    Raises
    ------
    FormatError : the folder is not a run, or its manifest itself was changed.
    AccessError : a file cannot be read.

    Notes
    -----
    Cost: every file is read once.
    """
    wanted = read_manifest(run, RUN, AUDIENCE)["files"]
    try:
        found = dict(entries(run))
        problems = [Problem(name, "not in the manifest") for name in find_strangers(found, wanted)]
        for name, file in wanted.items():
            if name not in found:
                problems.append(Problem(name, "missing"))
            elif not stat.S_ISREG(found[name].st_mode):
                problems.append(Problem(name, "not a file"))
            elif found[name].st_size != file["size"] or measure(run / name) != file:
                problems.append(Problem(name, "changed"))
    except OSError as error:
        raise errors.unreadable(str(error.filename or run), error.strerror or str(error)) from error
    return tuple(sorted(problems, key=lambda problem: problem.file))


def find_strangers(found: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the files that a manifest does not know.

    What desktops leave behind is not counted.

    >>> find_strangers(["run.json", "notes.txt", "charts/.DS_Store"], ["run.json"])
    ['notes.txt']
    """
    folders = {name[:cut] for name in wanted for cut, letter in enumerate(name) if letter == "/"}
    known = folders.union(wanted, [MANIFEST])
    return [name for name in found if name not in known and name.rpartition("/")[2] not in LEFT_BY_DESKTOPS]


def entries(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield everything in a folder, at any depth, with status.

    Links are not followed.
    """
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with os.scandir(folder / prefix) as here:
            for entry in sorted(here, key=lambda e: e.name):
                status = entry.stat(follow_symlinks=False)
                yield prefix + entry.name, status
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(f"{prefix}{entry.name}/")


def published_around(path: Path) -> tuple[str, Path] | None:
    """Return the run or audience that a path lies in, at any depth, and what it is called."""
    around = ((_called(folder), folder) for folder in path.resolve().parents)
    return next(((called, folder) for called, folder in around if called), None)


def is_made_of(run: Path, path: Path) -> bool:
    """Say whether a file is one that a run was made of: itself, or a copy of it as it was."""
    if not path.is_file() or not _called(run):
        return False
    status = path.stat()
    alike = [trace for trace in _traces(run) if trace["size"] == status.st_size]
    if any(trace["inode"] == status.st_ino for trace in alike):
        return True
    return bool(alike) and measure(path)["sha256"] in {trace["sha256"] for trace in alike}


def measure(path: Path, *, settle: bool = False) -> FileHash:
    """Return size and SHA-256 of a plain file.

    ``settle`` first makes it 0600 and flushes it to the disk.
    """
    with open(os.open(path, os.O_RDONLY | system.SAFELY), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is not a regular file")
        if settle:
            system.make_private(file.fileno())
            os.fsync(file.fileno())
        return {"size": status.st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def is_plain(name: object) -> bool:
    """Return whether this is a relative name that stays inside its folder.

    >>> [is_plain(name) for name in ("charts/map.svg", "../x", "/etc/passwd", "a//b", "")]
    [True, False, False, False, False]
    """
    if not isinstance(name, str) or "\0" in name or "\\" in name:
        return False
    return all(part not in ("", ".", "..") for part in name.split("/"))


def _traces(run: Path) -> list[dict[str, Any]]:
    """Return what the files were that a run was made of."""
    read: dict[str, Any] = {**(read_manifest(run, RUN, AUDIENCE)["fingerprint"] or {})}
    return [*read.get("files", {"": read}).values()] if read else []


def _called(folder: Path) -> str:
    """Return what a folder of ours is called, also one that was damaged; nothing for another."""
    if not (folder / MANIFEST).is_file():
        return ""
    if (folder / "run.json").is_file():
        return "run"
    with suppress(errors.CoterieError):
        return read_manifest(folder, RUN, AUDIENCE)["schema"].partition("/")[0].removeprefix("coterie.")
    return ""


def _without_clocks(read: object) -> object:
    if not isinstance(read, dict):
        return read
    return {key: _without_clocks(value) for key, value in read.items() if key not in CLOCKS}


def _sha256(value: object) -> str:
    return hashlib.sha256(render(value)).hexdigest()


def _is_sealed(manifest: Mapping[str, object]) -> bool:
    """Return whether a manifest is unchanged, and stays inside its folder."""
    files, rest = manifest.get("files"), {key: value for key, value in manifest.items() if key != "seal"}
    return (
        manifest.get("seal") == _sha256(rest)
        and isinstance(files, dict)
        and all(is_plain(name) and _is_measure(file) for name, file in files.items())
    )


def _is_measure(file: object) -> bool:
    return (
        isinstance(file, dict)
        and set(file) == {"size", "sha256"}
        and type(file["size"]) is int
        and file["size"] >= 0
        and isinstance(file["sha256"], str)
    )


def _read(run: Path, name: str, at_most: int, kind: Folder = "run") -> bytes:
    """Return a file's bytes; more than ``at_most`` are refused unread."""
    path = run / name
    try:
        with open(os.open(path, os.O_RDONLY | system.SAFELY), "rb") as file:
            data = file.read(at_most + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise REFUSED[kind](str(run), f"it has no {name}") from error
    except OSError as error:
        raise errors.unreadable(str(path), error.strerror or str(error)) from error
    if len(data) > at_most:
        raise errors.changed_file(str(run), name, kind)
    return data
