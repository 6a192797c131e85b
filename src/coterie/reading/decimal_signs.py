"""Which decimal sign a number shows."""

from __future__ import annotations

MINUS = "+-\u2212"


def decimal_of(value: str) -> str | None:
    """Return the decimal sign that a value shows, None without any.

    ``?,`` or ``?.`` where it may be a sign between thousands.

    >>> decimal_of("1.234,50"), decimal_of("12,5"), decimal_of("1,234"), decimal_of("7")
    (',', ',', '?,', None)
    """
    commas, dots = value.count(","), value.count(".")
    if commas and dots:
        return "," if value.rindex(",") > value.rindex(".") else "."
    if not commas and not dots:
        return None
    sign = "," if commas else "."
    if max(commas, dots) > 1:
        return "." if sign == "," else ","
    whole, rest = value.split(sign)
    if len(rest) == 3 and 1 <= len(whole.lstrip(MINUS)) <= 3 and whole.lstrip(MINUS) != "0":
        return f"?{sign}"
    return sign
