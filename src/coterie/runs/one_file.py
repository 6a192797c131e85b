"""One file, written whole or not at all.

It is written beside its place, flushed to the disk, then renamed.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from coterie import errors
from coterie.reading import is_pattern
from coterie.runs.lock import locked
from coterie.runs.manifest import is_made_of, published_around


@contextmanager
def replacing(path: Path, *, overwrite: bool = False, read: Sequence[Path] = ()) -> Iterator[Path]:
    """Give a place to write to, which becomes ``path``; 0600.

    It does when the block ends well; else ``path`` stays as it was. Everything that could forbid the result is looked
    at first. What a killed process left of an earlier try is removed.

    Parameters
    ----------
    overwrite : replace an older file.
    read : the sources of what is written, which are never replaced, whatever they are called; a run among them stands
        for what it was made of.

    Raises
    ------
    InputError : there is an older file, or ``path`` is the source or a part of it, or lies inside a run.
    AccessError : the folder is missing or refuses, the disk is full, or ``path`` is not a plain file.
    BusyError : another process is writing the same file.
    """
    stem = f".{path.name[:60]}"
    beside = path.with_name(f"{stem}.tmp-{os.urandom(4).hex()}")
    try:
        _refuse(path, overwrite, read)
        with locked(path.with_name(f"{stem}.lock"), str(path)):
            _sweep(path.parent, stem)
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            yield beside
            _put(beside, path, overwrite, read)
    except OSError as error:
        if isinstance(error, errors.CoterieError):
            raise
        raise errors.cannot_write(str(path), error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _put(beside: Path, path: Path, overwrite: bool, read: Sequence[Path]) -> None:
    """Move a finished file to its place."""
    beside.chmod(0o600)
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    _refuse(path, overwrite, read)
    beside.replace(path)


def _sweep(folder: Path, stem: str) -> None:
    """Remove what killed processes left; with the lock ours, nobody else writes there."""
    ours = re.compile(rf"{re.escape(stem)}\.tmp-[0-9a-f]{{8}}")
    for name in os.listdir(folder):
        if ours.fullmatch(name) and not (folder / name).is_dir():
            (folder / name).unlink()


def _refuse(path: Path, overwrite: bool, read: Sequence[Path]) -> None:
    """Refuse to replace what nobody gave away."""
    if not path.name or path.name == ".." or "\0" in str(path):
        raise errors.bad_option("--out", path, "a file with a name of its own")
    if around := published_around(path):
        raise errors.inside_published(str(path), *map(str, around))
    for source in read:
        if _is_part(path, source):
            raise errors.overlapping(str(path), str(source))
        if is_made_of(source, path):
            raise errors.source_of_a_run(str(path), str(source))
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise OSError(None, "it is not a plain file")
    if path.exists() and not overwrite:
        raise errors.file_exists(str(path))


def _is_part(path: Path, source: Path) -> bool:
    """Say whether a path is a source or a file of it, also by a link or in another spelling."""
    real = path.resolve()
    if is_pattern(source):
        if real.parent == source.parent.resolve() and fnmatch.fnmatch(real.name, source.name):
            return True
        parts = list(source.parent.glob(source.name))
    elif source.is_dir():
        if real.is_relative_to(source.resolve()):
            return True
        parts = [part for part in source.rglob("*") if part.is_file()]
    else:
        parts = [source]
    return path.exists() and any(part.exists() and path.samefile(part) for part in parts)


def write_text(path: Path, text: str, *, overwrite: bool = False, read: Sequence[Path] = ()) -> None:
    """Write a text file as UTF-8, whole or not at all; as ``replacing``."""
    with replacing(path, overwrite=overwrite, read=read) as beside:
        beside.write_text(text, encoding="utf-8", newline="")


def write_texts(folder: Path, texts: Mapping[str, str], *, overwrite: bool = False, read: Sequence[Path] = ()) -> None:
    """Write text files into a folder, which is made where missing.

    Each is whole or not there at all; none is written where one may not be.

    Raises
    ------
    InputError, AccessError : as ``replacing``.
    """
    try:
        for name in texts:
            _refuse(folder / name, overwrite, read)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise errors.not_a_folder(str(folder)) from error
    except OSError as error:
        if isinstance(error, errors.CoterieError):
            raise
        raise errors.cannot_write(str(folder), error.strerror or str(error)) from error
    with ExitStack() as all_of_them:
        for name, text in texts.items():
            beside = all_of_them.enter_context(replacing(folder / name, overwrite=overwrite, read=read))
            beside.write_text(text, encoding="utf-8", newline="")
