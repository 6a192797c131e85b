"""Mutates inputs by a seed: bytes changed, cut, doubled, swapped; the same seed, the same input."""

from __future__ import annotations

import random
from pathlib import Path

SHARP = [
    *(bytes([c]) for c in b",;\t\"'\n\r\\\0{}[]-=#<\xff"),
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"\xe2\x82",
    b"NA",
    b"1e999",
    b"PAR1",
    b"PK\x03\x04",
    b"9" * 20,
]


def mutated(data: bytes, seed: int) -> bytes:
    """Return the bytes with one to four changes."""
    r = random.Random(seed)
    out = bytearray(data)
    for _ in range(r.randint(1, 4)):
        at = r.randrange(len(out) + 1)
        change = r.randrange(7)
        if change == 0 and out:
            out[min(at, len(out) - 1)] = r.randrange(256)
        elif change == 1:
            out[at:at] = r.choice(SHARP) * r.choice((1, 1, 1, 2, 50))
        elif change == 2:
            del out[at : at + r.choice((1, 1, 2, 10, 200))]
        elif change == 3:
            del out[at:]
        elif change == 4:
            end = min(len(out), at + r.choice((1, 20, 300)))
            out[at:at] = out[at:end]
        elif change == 5:
            out[at : at + 1] = r.choice(SHARP)
        else:
            lines = out.split(b"\n")
            i, j = r.randrange(len(lines)), r.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            out = bytearray(b"\n".join(lines))
    return bytes(out)


def seeds(corpus: Path) -> list[Path]:
    """Return the inputs that are mutated: small plain files of every kind that is read."""
    wanted = ("base", "csv", "values", "ids", "compressed", "parquet", "excel", "json", "db")
    found = [p for folder in wanted for p in sorted((corpus / folder).glob("*")) if p.is_file() and not p.is_symlink()]
    return [p for p in found if 0 < p.stat().st_size < 60_000]
