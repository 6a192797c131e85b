"""Number formats of a workbook: whether a cell shows its number as a number, a date or a duration."""

from __future__ import annotations

import re
from enum import Enum, auto

DAYS = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}  # formats that need no code, by number
CLOCKS = {*range(18, 22), *range(32, 36), 45, 47, 55, 56}
DURATION = 46
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.', re.DOTALL)  # quoted, escaped, as wide as a sign, repeated
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
BRACKETS = re.compile(r"\[[^\]]*\]")  # a color, a condition, a language, a currency


class Shown(Enum):
    """What a cell shows of its number."""

    NUMBER = auto()
    DAY = auto()  # with a time or without
    CLOCK = auto()  # hours, minutes or seconds alone
    DURATION = auto()  # more than a day's hours, if need be


def shown_by(number: int, code: str | None) -> Shown:
    r"""Return what a format shows, by its number and its code where it has one.

    >>> shown_by(164, r"_-* #,##0.00\ _D_M_-").name, shown_by(165, "[h]:mm").name, shown_by(14, None).name
    ('NUMBER', 'DURATION', 'DAY')
    """
    if code is None:
        built_in = {**dict.fromkeys(DAYS, Shown.DAY), **dict.fromkeys(CLOCKS, Shown.CLOCK), DURATION: Shown.DURATION}
        return built_in.get(number, Shown.NUMBER)
    bare = LITERAL.sub("", code).split(";")[0]
    if ELAPSED.search(bare):
        return Shown.DURATION
    bare = BRACKETS.sub("", bare).lower()
    if "general" in bare or re.search(r"[#?]|(?<!s\.)(?<!s\.0)(?<!s\.00)0", bare):
        return Shown.NUMBER
    if re.search(r"[dy]", bare) or ("m" in bare and not re.search(r"[hs]", bare)):
        return Shown.DAY
    return Shown.CLOCK if re.search(r"[hs]", bare) else Shown.NUMBER
