"""Texts as messages show them: on one line, short, safe to print."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

SHOWN_LENGTH = 60
SHOWN_NAMES = 12
SHOWN_PATH = 240


def shown(text: object, length: int = SHOWN_LENGTH) -> str:
    r"""Return text that is safe to print on one line.

    Control and direction characters are escaped, long text is shortened.

    >>> shown("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    clean = "".join(_safe(c) for c in str(text)[: 4 * length])
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def quoted(text: object) -> str:
    """Return the text in single quotes, safe to print.

    >>> quoted("total spend")
    "'total spend'"
    """
    return f"'{shown(text)}'"


def quoted_path(path: object) -> str:
    """Return a path in single quotes, safe to print.

    Of a very long one it is the end, where the name is.
    """
    text = str(path)
    return f"'{shown(text if len(text) <= SHOWN_PATH else '…' + text[-SHOWN_PATH:], 4 * SHOWN_PATH)}'"


def _safe(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that the user probably meant, or None.

    >>> nearest("incme", ["age", "income"])
    'income'
    """
    by_fold = {n.casefold(): n for n in names}
    close = difflib.get_close_matches(name.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def listed(names: Sequence[str]) -> str:
    """Return the first dozen names, quoted and separated by commas."""
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(quoted(n) for n in names[:SHOWN_NAMES]) + more
