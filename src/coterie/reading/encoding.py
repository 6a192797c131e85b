"""Text in any encoding becomes UTF-8, strictly.

A byte that does not belong is an error, never a replacement mark.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from coterie import errors
from coterie.reading.request import codec_of

PIECE = 1 << 20
UTF8 = ("utf-8", "utf-8-sig", "ascii")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path, given: str | None) -> str:
    """Return a text file's encoding: the given one, its mark's, else UTF-8.

    Raises
    ------
    InputError : an unknown encoding is asked for, or the text is UTF-16 without a mark.
    """
    with path.open("rb") as file:
        head = file.read(4_096)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if given is not None:
        name = codec_of(given)
        return marked if marked and name in ("utf-8", "utf-16") else name
    if marked is None and len(head) >= 4:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 0.3 * len(head) / 2 and min(even, odd) < 0.05 * len(head) / 2:
            guess = "utf-16-le" if odd > even else "utf-16-be"
            raise errors.not_a_table(
                path.name, "it looks like UTF-16 without a byte order mark", f"Pass --encoding {guess}."
            )
    return marked or "utf-8"


def to_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write the text of a file as UTF-8.

    Raises
    ------
    InputError : a byte that the encoding does not have; its offset is named.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as file, target.open("wb") as out:
        while True:
            piece = file.read(PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
                out.write(text.encode("utf-8"))
            except UnicodeDecodeError as error:
                raise errors.undecodable(path.name, encoding, max(0, done + error.start)) from error
            except UnicodeError as error:  # as UTF-16 does of a text without its mark
                raise errors.undecodable(path.name, encoding, done) from error
            if not piece:
                return
            done += len(piece)
