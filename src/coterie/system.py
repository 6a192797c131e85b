"""What systems give in ways of their own: locks, signals, safe opening.

All that needs POSIX stands here, and beside it what Windows has in its place, which nobody has tried. What a system
lacks is done without: importing coterie and work in memory need none of it.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import signal
from contextlib import suppress
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of renameat2(2)
USUAL_MEMORY = 4_000_000_000  # where a system does not tell how much there is

# A planted link is refused, a planted pipe does not block; Windows has neither, and changes line ends unless told.
SAFELY = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_NOINHERIT", "O_BINARY"))
FOLDER = getattr(os, "O_DIRECTORY", None)
# The alarm is a stop that came while a module was imported.
INTERRUPTIONS = tuple(
    signal.Signals(getattr(signal, name))
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM")
    if hasattr(signal, name)
)


def take_lock(descriptor: int) -> bool:
    """Lock an open file as long as this process has it open.

    False: this system has no locks.

    Raises
    ------
    BlockingIOError : another process has it.
    """
    with suppress(ImportError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    with suppress(ImportError):
        import msvcrt

        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # beyond what is written, which others must be able to read
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # there on Windows alone
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from error
        finally:
            os.lseek(descriptor, place, os.SEEK_SET)
        return True
    return False


def name_host() -> str:
    """Return what this machine is called."""
    return platform.node()


def count_memory() -> int:
    """Return the bytes of memory that this machine has."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return USUAL_MEMORY


def hide_argument(secret: str) -> None:
    """Write over a secret in the command line that everybody on the machine can see, where there is a way (Linux)."""
    try:
        # the 48th and the 49th field: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
        start, end = int(fields[45]), int(fields[46])
    except (OSError, ValueError, IndexError):
        return
    if start and secret:
        import ctypes

        for found in re.finditer(re.escape(os.fsencode(secret)), ctypes.string_at(start, end - start)):
            ctypes.memset(start + found.start(), ord("*"), len(found[0]))


def read_start(descriptor: int, most: int) -> bytes:
    """Return an open file's first bytes."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, most)


def is_mine(status: os.stat_result) -> bool:
    """Say whether a file belongs to who runs this process.

    Windows gives everybody a temporary folder of his own.
    """
    return not hasattr(os, "getuid") or status.st_uid == os.getuid()


def make_private(descriptor: int) -> None:
    """Let nobody but its owner read or write an open file.

    On Windows the folder decides.
    """
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, 0o600)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last.

    Some file systems have no such thing and say so with EINVAL; Windows opens no folder.
    """
    if FOLDER is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | FOLDER | SAFELY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def swap_at_once(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False: this system cannot."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, TypeError):  # another system has no such function, Windows no program to look in
        return False
    if renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    if (code := ctypes.get_errno()) in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))
