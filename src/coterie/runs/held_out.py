"""Who is held out of a campaign: a keyed hash of the id decides.

The same key holds the same customers out next month, whatever else has changed, and who does not know the key cannot
tell beforehand who they will be. The key is stored nowhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import errors

CHECKED = b"coterie holdout"
DIGITS = 8  # bytes of the hash that are compared with the share
LONGEST = 4096


def read_key(key: str | None, file: str | Path | None) -> str | None:
    """Return the key of a holdout, from a text or a file; blanks around it do not count.

    Raises
    ------
    InputError : both are given, or the file holds no key.
    AccessError : the file cannot be read.
    """
    if file is None:
        return key
    if key is not None:
        raise errors.two_keys()
    path = Path(file)
    try:
        with path.open("rb") as opened:
            text = opened.read(LONGEST + 1).decode("utf-8").strip()
    except FileNotFoundError as error:
        raise errors.missing_source(str(path)) from error
    except UnicodeDecodeError as error:
        raise errors.bad_option("--key-file", path, "a text file that holds nothing but the key") from error
    except OSError as error:
        raise errors.unreadable(str(path), error.strerror or "") from error
    if not text or len(text) > LONGEST:
        raise errors.bad_option("--key-file", path, "a text file that holds nothing but the key")
    return text


def check_of(key: str) -> str:
    """Return what tells a key from another one, and does not tell the key.

    >>> check_of("spring")[:8], check_of("autumn")[:8]
    ('4e7ee710', '87e69b6f')
    """
    return hmac.digest(key.encode(), CHECKED, "sha256").hex()


def are_held_out(ids: Sequence[str] | NDArray[Any], key: str, share: float) -> NDArray[np.bool_]:
    """Return which customers are held out: those whose hash lies below the share.

    Who is held out at a share is so at every larger one.

    >>> people = [str(i) for i in range(10_000)]
    >>> few, more = are_held_out(people, "spring", 0.1), are_held_out(people, "spring", 0.2)
    >>> int(few.sum()), bool((few <= more).all())
    (1042, True)
    """
    secret, limit = key.encode(), round(share * 2 ** (8 * DIGITS))
    found = (_hash(secret, id) < limit for id in ids)
    return np.fromiter(found, dtype=np.bool_, count=len(ids))


def _hash(secret: bytes, id: str) -> int:
    digest = hmac.digest(secret, id.encode("utf-8", "surrogatepass"), "sha256")
    return int.from_bytes(digest[:DIGITS], "big")
