"""One run at a time writes into one folder.

An interruption waits while a run takes or leaves it.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from coterie import errors, system
from coterie.doors import frozen
from coterie.errors import AccessError

TRIES, PAUSE_SECONDS = 15, 0.02
LONGEST = 4096
FLAGS = os.O_RDWR | os.O_CREAT | system.SAFELY


@frozen
class _Holder:
    """The run that signed a lock: process, host, machine's start."""

    pid: int
    host: str
    boot: str


@contextmanager
def locked(path: Path, guarded: str) -> Iterator[None]:
    """Hold the lock file at ``path``, which guards a folder.

    ``guarded`` is the folder as users know it.
    The kernel's lock on the file decides (flock), and it dies with its process; process, host and start of the
    machine are written into the file for the message to others.

    Raises
    ------
    BusyError : another run holds it; found out within a third of a second.
    AccessError : a file that is no lock of coterie's stands there; it is not touched.
    """
    lock = -1
    try:
        with undisturbed():
            lock = _take(path, guarded)
        yield
    finally:
        if lock >= 0:
            with undisturbed():
                with suppress(OSError):
                    path.unlink()
                os.close(lock)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold interruptions back until the block is over.

    So none falls between an act and the note of it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(number)

    usual = {s: signal.signal(s, hold) for s in system.INTERRUPTIONS if signal.getsignal(s) is not None}
    try:
        yield
    finally:
        for signal_number, answer in usual.items():
            signal.signal(signal_number, answer)
        for number in held:
            signal.raise_signal(number)


def _take(path: Path, guarded: str) -> int:
    """Return the open lock file, ours from now on."""
    holder = None
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        lock = os.open(path, FLAGS, 0o600)
        is_held = False
        try:
            is_held = not _is_free(lock, path)
            holder = _holder(lock, path)
            if not is_held and _is_gone(holder):
                _sign(lock)
                return lock
        except BaseException:
            if not is_held and os.fstat(lock).st_size == 0:
                with suppress(OSError):
                    path.unlink()  # made just now, and signed by nobody
            os.close(lock)
            raise
        os.close(lock)
    raise errors.output_in_use(guarded, holder and holder.pid, holder and holder.host, str(path))


def _is_free(lock: int, path: Path) -> bool:
    """Lock the file, and return whether it is ours now.

    It is where that worked and its name still means this file.
    """
    try:
        system.take_lock(lock)
        return os.path.samestat(os.fstat(lock), os.lstat(path))
    except (BlockingIOError, FileNotFoundError):
        return False


def _holder(lock: int, path: Path) -> _Holder | None:
    """Return who signed the lock file, None where nobody has."""
    text = system.read_start(lock, LONGEST)
    if not text:
        return None
    try:
        return _Holder(**json.loads(text))
    except (ValueError, RecursionError, TypeError) as error:
        what = f"{errors.quoted_path(path)} is needed as a lock, but it is a file that coterie did not write."
        raise AccessError(what, do="Name another folder with --out.") from error


def _is_gone(holder: _Holder | None) -> bool:
    """Return whether a lock file's run is dead.

    Nobody holds the file; its run could be alive on another machine.
    """
    return holder is None or holder.boot == _boot() or holder.host == system.name_host()


def _sign(lock: int) -> None:
    text = json.dumps(asdict(_Holder(os.getpid(), system.name_host(), _boot()))).encode()
    os.ftruncate(lock, 0)
    os.lseek(lock, 0, os.SEEK_SET)
    if os.write(lock, text) < len(text):
        os.ftruncate(lock, 0)  # half a signature would look like a file of somebody else's
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _boot() -> str:
    """Return what this start of this machine is called.

    It is the same inside containers; the machine's name where there is none.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return system.name_host()
