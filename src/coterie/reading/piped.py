"""What is piped in, kept as a file: readers look at a source more than once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO

from coterie import errors

PIECE = 1 << 20
NAME = "standard.input"  # an ending that says nothing, so that the content decides


def write_piped(stream: IO[bytes], folder: Path) -> Path:
    """Return the file that everything of a stream was written to.

    Raises
    ------
    InputError : nothing comes.
    """
    path = folder / NAME
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, PIECE)
    if not path.stat().st_size:
        raise errors.empty_source(NAME)
    return path
