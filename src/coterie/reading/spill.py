"""A private folder for what memory cannot hold.

It goes with its run; where that was killed, the next one removes it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coterie import errors, system

PREFIX = "coterie-"
NAME = re.compile(r"coterie-[a-z0-9_]{8}")  # as mkdtemp makes them
MARK = ".coterie"
TRIES = 10
FULL = (errno.ENOSPC, errno.EDQUOT)
NEW_SECONDS = 60.0  # a younger empty folder may be one that is being made
FLAGS = os.O_RDWR | system.SAFELY


class Spill:
    """A new private folder, removed when it is closed, or its owner is gone.

    Parameters
    ----------
    temp_dir : where it is made; None: the system's temporary folder.

    Notes
    -----
    A file in it is locked as long as the process lives, so that others can tell a dead run's folder from a live one's.
    What dead runs left in ``temp_dir`` is removed first.

    Raises
    ------
    AccessError : the folder that was named is not there or cannot be written.
    """

    def __init__(self, temp_dir: Path | None = None) -> None:
        place = _usual_place() if temp_dir is None else Path(temp_dir)
        try:
            remove_dead(place)
            self.path, lock = _make(place)
        except OSError as error:
            if isinstance(error, errors.CoterieError):
                raise
            if error.errno in FULL:
                raise errors.temporary_full(str(place)) from error
            raise errors.no_temporary(str(place), error.strerror or "") from error
        self._finalizer = weakref.finalize(self, _remove, self.path, lock)

    def close(self) -> None:
        """Remove the folder and what is in it."""
        self._finalizer()


def _usual_place() -> Path:
    """Return the system's temporary folder; where ``TMPDIR`` names it, without the file that Python would try it with.

    A run that is killed in that moment would leave such a file.
    """
    named = os.environ.get("TMPDIR", "")
    return Path(named if os.path.isdir(named) and os.access(named, os.W_OK | os.X_OK) else tempfile.gettempdir())


@contextmanager
def spilling(folder: Path) -> Iterator[None]:
    """Say that the temporary disk is full, where a write to ``folder`` finds it so.

    Raises
    ------
    LimitError : there is no room left.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, errors.CoterieError) or error.errno not in FULL:
            raise
        raise errors.temporary_full(str(folder.parent)) from error


def remove_dead(place: Path) -> None:
    """Remove the folders in ``place`` whose runs are dead."""
    for name in os.listdir(place):
        if NAME.fullmatch(name):
            with suppress(OSError):  # another run removes it too, or it is somebody else's
                _remove_if_dead(place / name)


def _remove_if_dead(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or not system.is_mine(status):
        return
    try:
        lock = os.open(folder / MARK, FLAGS)
    except FileNotFoundError:
        if time.time() - status.st_mtime > NEW_SECONDS:
            folder.rmdir()  # killed before it was marked; what is not empty is not ours
        return
    try:
        # elsewhere locks may be seen by one machine only; a run that was killed before it wrote where it is holds none
        if system.take_lock(lock) and system.read_start(lock, 256).decode() in ("", system.name_host()):
            _clear(folder)
    finally:
        os.close(lock)


def _make(place: Path) -> tuple[Path, int]:
    """Return a new folder, and its mark, which is open and locked."""
    for _ in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)).resolve()
        lock = os.open(folder / MARK, FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            system.take_lock(lock)
            if os.path.samestat(os.fstat(lock), os.lstat(folder / MARK)):
                os.write(lock, system.name_host().encode())
                return folder, lock
        except (BlockingIOError, FileNotFoundError):
            pass  # another run took it for a dead one's
        except BaseException:
            _remove(folder, lock)
            raise
        os.close(lock)
    raise errors.no_temporary(str(place), "folders made there disappear")


def _remove(folder: Path, lock: int) -> None:
    with suppress(OSError):
        _clear(folder)
    os.close(lock)
    shutil.rmtree(folder, ignore_errors=True)  # where what is open cannot be removed, as on Windows


def _clear(folder: Path) -> None:
    """Remove a folder, its mark last: a kill in between leaves it marked."""
    for name in os.listdir(folder):
        held = folder / name
        if held.is_dir() and not held.is_symlink():
            shutil.rmtree(held, ignore_errors=True)
        elif name != MARK:
            os.unlink(held)
    if os.listdir(folder) == [MARK]:
        os.unlink(folder / MARK)
        folder.rmdir()
