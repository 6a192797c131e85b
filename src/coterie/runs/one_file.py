"""One file, written whole or not at all.

It is written beside its place, flushed to the disk, then renamed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coterie import errors


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place to write to, which becomes ``path``; 0600.

    It does when the block ends well; else ``path`` stays as it was.

    Raises
    ------
    AccessError : the folder is missing or refuses, the disk is full, or ``path`` is not a plain file.
    """
    beside = path.with_name(f".{path.name[:60]}.tmp-{os.urandom(4).hex()}")
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise OSError(None, "it is not a plain file")
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield beside
        beside.chmod(0o600)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        if isinstance(error, errors.CoterieError):
            raise
        raise errors.cannot_write(str(path), error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="")
