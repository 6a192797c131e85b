"""A run folder in the making: published whole or not at all.

It is written beside its place, then moved there.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from coterie import errors, system
from coterie.doors import frozen
from coterie.engines import Fingerprint, Source
from coterie.errors import AccessError, CoterieError, FormatError, InputError, LimitError
from coterie.runs.lock import locked, undisturbed
from coterie.runs.manifest import (
    CALLED,
    MANIFEST,
    RUN,
    Manifest,
    RunFacts,
    entries,
    find_strangers,
    is_plain,
    measure,
    published_around,
    read_manifest,
    render,
    seal,
)

DISK_FULL, TOO_MANY_FILES = (errno.ENOSPC, errno.EDQUOT), (errno.EMFILE, errno.ENFILE)


@frozen
class _Place:
    """Where a run goes, and the stem of the names beside it.

    ``shown`` is the folder's name as the user gave it, ``schema`` the kind of folder.
    """

    out: Path
    shown: str
    stem: str
    overwrite: bool
    schema: str

    @property
    def lock(self) -> Path:
        return self.out.with_name(f"{self.stem}.lock")

    def beside(self, mark: str) -> Path:
        return self.out.with_name(f".{self.stem}.{mark}-{os.urandom(4).hex()}")


class RunFolder:
    """A run in the making, which nobody sees before ``commit``.

    Files go to ``path``.
    """

    def __init__(self, place: _Place, path: Path, source: Source | None, before: Fingerprint | None) -> None:
        self.path = path
        self._place, self._source, self._before = place, source, before
        self._awaited = False  # whether it is published elsewhere already, and only its name is missing

    def file(self, name: str) -> Path:
        """Return the path for a file an engine writes itself."""
        if not is_plain(name):
            raise ValueError(f"{name!r} is not a name inside the run folder")
        folder = self.path
        with _in_own_words(self._place, name):
            for part in name.split("/")[:-1]:
                folder /= part
                folder.mkdir(mode=0o700, exist_ok=True)
                if folder.is_symlink():
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return self.path / name

    def write_bytes(self, name: str, data: bytes) -> Path:
        """Write one new file, and return its path.

        It is 0600, and never written through a link.
        """
        target = self.file(name)
        with _in_own_words(self._place, name):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.SAFELY, 0o600)
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            finally:
                os.close(descriptor)
        return target

    def write_text(self, name: str, text: str) -> Path:
        """Write one new text as UTF-8, and return its path.

        Line ends stay as they are.
        """
        return self.write_bytes(name, text.encode())

    def commit(
        self, facts: RunFacts, *, read: Fingerprint | None = None, publish: Callable[[str], None] | None = None
    ) -> Manifest:
        """Publish the folder as OUT at once; return its manifest.

        Every file is flushed to the disk and hashed, the source is compared with what it was, the manifest is written
        last, and one rename shows the folder under its name. A run that it replaces is removed afterwards.

        Parameters
        ----------
        facts : what the manifest says besides: version, options, warnings. JSON values, no clock.
        read : fingerprint of the source that an earlier run read, where this one follows from that run.
        publish : publishes what belongs to the folder and stands elsewhere, marked with the manifest's digest, right
            before the folder gets its name. A kill between both leaves the folder beside OUT, for ``open_run`` to find.

        Raises
        ------
        InputError : the source changed while it was being read, or OUT was taken meanwhile.
        AccessError : the disk is full, or refuses.

        Notes
        -----
        Cost: every file is read once more, for its SHA-256; and the source, up to 100 MB.
        """
        files, folders = {}, [self.path]
        for name, found in list(entries(self.path)):
            if stat.S_ISDIR(found.st_mode):
                folders.append(self.path / name)
                continue
            with _in_own_words(self._place, name):
                files[name] = measure(self.path / name, settle=True)
        if self._source is not None and self._source.fingerprint() != self._before:
            name = errors.quoted_path(self._source.path)
            raise InputError(f"{name} changed while it was being read.", do="Run again.")
        manifest = seal(facts, files, self._before if read is None else read, self._place.schema)
        target = self.write_bytes(MANIFEST, render(manifest))
        with _in_own_words(self._place, MANIFEST):
            measure(target, settle=True)
            for folder in reversed(folders):
                folder.chmod(0o700)
                system.flush_folder(folder)
        with _in_own_words(self._place), undisturbed():
            if publish is not None:
                publish(manifest["digest"])
                self._awaited = True
            _show(self.path, self._place)
            self._awaited = False
        return manifest

    def discard(self) -> None:
        """Remove what was not published, or was replaced."""
        if not self._awaited:
            _discard(self.path)


@contextmanager
def open_run(
    out: Path,
    *,
    overwrite: bool = False,
    source: Source | None = None,
    apart: Path | None = None,
    schema: str = RUN,
    is_published: Callable[[Manifest], bool] | None = None,
) -> Iterator[RunFolder]:
    """Give a folder to write into; ``commit`` publishes it.

    Everything that could forbid the result is looked at first: call this before any data are read. Leaving the block
    without a commit, by an error or an interruption, leaves OUT as it was and nothing beside it.

    Parameters
    ----------
    out : the run folder to be. ``OUT.lock`` and ``.OUT.tmp-*`` stand beside it for a while.
    overwrite : replace an older run. Only a run with nothing but its own files in it is ever replaced.
    source : what will be read; at the commit it must still be the same.
    apart : what was read already, and is not replaced either.
    schema : what kind of folder it is, ``manifest.RUN`` or ``manifest.AUDIENCE``; only its own kind is ever replaced.
    is_published : tells of the manifest of a folder that a killed run left whole whether what belongs to it stands in
        the database: such a folder gets its name first.

    Raises
    ------
    InputError : OUT is not empty, or not a run, or overlaps the source, or lies inside another run.
    AccessError : OUT is a file or a link, or its parent does not exist or cannot be written.
    BusyError : another run holds OUT.

    >>> import tempfile
    >>> from coterie.runs import manifest
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> with open_run(out) as run:
    ...     _ = run.write_text("note.txt", "four segments")
    ...     said = run.commit({"coterie": "0.1.0"})
    >>> said["files"]["note.txt"]["size"], manifest.verify(out)
    (13, ())
    """
    place = _place_of(Path(out), overwrite, schema)
    with _in_own_words(place):
        for path in (apart, None if source is None else source.path):
            if path is not None:
                _keep_apart(place, path)
        if around := published_around(place.out):
            raise errors.inside_published(place.shown, *map(str, around))
        _is_taken(place)
    path = place.beside("tmp")
    with ExitStack() as held:
        with _in_own_words(place):
            held.enter_context(locked(place.lock, place.shown))
            before = None if source is None else source.fingerprint()
            run = RunFolder(place, path, source, before)
            held.callback(run.discard)
            with undisturbed():
                _sweep(place, is_published)
                _is_taken(place)
                path.mkdir(mode=0o700)
                path.chmod(0o700)
        with _in_own_words(place, inside=path):
            yield run


def _place_of(out: Path, overwrite: bool, schema: str) -> _Place:
    """Choose names beside OUT that its parent's file system allows."""
    if out.name in ("", "..") or "\0" in str(out):
        raise errors.bad_option("--out", out, "a folder with a name of its own")
    if not out.parent.is_dir():
        raise AccessError(f"There is no folder {errors.quoted_path(out.parent)} to write in.", do="Create it first.")
    parent, stem = out.parent.resolve(), out.name
    room = os.pathconf(parent, "PC_NAME_MAX") - len("..tmp-01234567")
    if len(os.fsencode(stem)) > room:
        while len(os.fsencode(stem)) > room - len("~01234567"):
            stem = stem[:-1]
        stem += "~" + hashlib.sha256(os.fsencode(out.name)).hexdigest()[:8]
    return _Place(parent / out.name, str(out), stem, overwrite, schema)


def _keep_apart(place: _Place, source: Path) -> None:
    read = source.resolve()
    if read == place.out or place.out in read.parents or read in place.out.parents:
        raise errors.overlapping(place.shown, str(source))


def _is_taken(place: _Place) -> bool:
    """Return whether an older run stands at OUT; refuse anything else."""
    name, do = errors.quoted_path(place.shown), "Name another folder with --out."
    try:
        mode = os.lstat(place.out).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(mode):
        raise AccessError(f"{name} is a symbolic link, and coterie does not write through links.", do=do)
    if not stat.S_ISDIR(mode):
        raise errors.not_a_folder(place.shown)
    if os.path.ismount(place.out):
        raise AccessError(f"{name} is the root of a disk and cannot be replaced.", do="Name a folder inside it.")
    if not os.listdir(place.out):
        return False
    if not place.overwrite:
        raise InputError(f"{name} exists and is not empty.", do="Pass --overwrite, or name another folder with --out.")
    try:
        more = find_strangers(dict(entries(place.out)), read_manifest(place.out, place.schema)["files"])
    except FormatError as error:
        what = f"{name} is not {CALLED[place.schema]} of coterie's, so it is not replaced."
        raise InputError(what, error.what, do) from error
    if more:
        where = f"It also holds {errors.listed(more)}."
        what = f"{name} holds more than {CALLED[place.schema]}, so it is not replaced."
        raise InputError(what, where, "Move these files away.")
    return True


def _sweep(place: _Place, is_published: Callable[[Manifest], bool] | None) -> None:
    """Remove what dead runs left beside OUT, or finish it where only its name is missing.

    With the lock ours, nobody else can be writing there.
    """
    ours = re.compile(rf"\.{re.escape(place.stem)}\.(tmp|old)-[0-9a-f]{{8}}")
    for name in sorted(os.listdir(place.out.parent)):
        left, match = place.out.with_name(name), ours.fullmatch(name)
        if match is None or left.is_symlink() or not left.is_dir():
            continue
        if match[1] == "old" and not os.path.lexists(place.out):
            left.rename(place.out)  # killed between the renames of an exchange: the older run stays
        elif (awaited := _awaited(left)) is None:
            _discard(left.rename(place.beside("tmp")))
        elif is_published is not None:
            if is_published(awaited):
                _finish(left, place)
            _discard(left)


def _awaited(left: Path) -> Manifest | None:
    """Return the manifest of a whole folder whose segments are to stand in a database; None: it is none."""
    with suppress(CoterieError, OSError):
        manifest = read_manifest(left)
        return manifest if "into" in manifest else None
    return None


def _finish(left: Path, place: _Place) -> None:
    """Give a folder the name that it should have got; an older run is then at its own place."""
    if os.path.lexists(place.out) and os.listdir(place.out):
        _exchange(left, place.out, place.beside("old"))
    else:
        os.rename(left, place.out)


def _discard(path: Path) -> None:
    """Remove what is at ``path`` now.

    It is a run that was not published, or the one that was replaced.
    """
    with undisturbed():
        shutil.rmtree(path, ignore_errors=True)


def _show(path: Path, place: _Place) -> None:
    """Move the finished folder to its name.

    A run that stood there is then at ``path``.
    """
    if _is_taken(place):
        move = undo = functools.partial(_exchange, path, place.out, place.beside("old"))
    else:
        move, undo = functools.partial(os.rename, path, place.out), functools.partial(os.rename, place.out, path)
    move()
    try:
        system.flush_folder(place.out.parent)
    except OSError:
        undo()
        raise


def _exchange(new: Path, out: Path, aside: Path) -> None:
    """Swap two folders, in one step where the kernel can.

    Elsewhere it is done so that ``_sweep`` puts a killed swap right.
    """
    if system.swap_at_once(new, out):
        return
    os.rename(out, aside)
    try:
        os.rename(new, out)
    except OSError:
        os.rename(aside, out)
        raise
    os.rename(aside, new)


@contextmanager
def _in_own_words(place: _Place, name: str = "", inside: Path | None = None) -> Iterator[None]:
    """Say in coterie's words what the system refused.

    Of the caller's own errors these are those about the run folder only.
    """
    try:
        yield
    except CoterieError as error:
        code = None if inside is None else _engine_code(error, inside)
        if code is None:
            raise
        raise _refusal(OSError(code, os.strerror(code)), place, name) from error
    except OSError as error:
        is_ours = inside is None or error.errno in DISK_FULL + TOO_MANY_FILES or str(inside) in str(error.filename)
        if not is_ours:
            raise
        raise _refusal(error, place, name) from error


def _refusal(error: OSError, place: _Place, name: str) -> CoterieError:
    if error.errno in TOO_MANY_FILES:
        return LimitError("Too many files are open.", do="Raise the limit, for example with `ulimit -n 1024`.")
    free = None
    if error.errno in DISK_FULL:
        with suppress(OSError):
            free = shutil.disk_usage(place.out.parent).free
    target = os.path.join(place.shown, name) if name else place.shown
    return errors.cannot_write(target, error.strerror or str(error), free)


def _engine_code(error: CoterieError, inside: Path) -> int | None:
    """Return the system's code behind an engine's error, or None.

    It is asked about files of the run only; engines keep only the code's words.
    """
    said = f"{error} {error.__cause__}"
    if isinstance(error.__cause__, OSError) or str(inside) not in said:
        return None
    return next((code for code in errno.errorcode if os.strerror(code) in said), errno.EIO)
