"""What texts of numbers look like: signs of currencies, what stands for less than zero, codes that are none."""

from __future__ import annotations

import re

from coterie.doors import pattern

# Each pattern takes time in proportion to the text: no two neighboring parts of one can take the same signs.
PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
SIGNS = (
    r"(?:US|CA|AU|A|C|R|NZ|HK|S|MX)?\$|[€£¥₹₽₩₺₴₫₪฿₱₦]|USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON"
    r"|TRY|BRL|MXN|INR|ZAR|HKD|SGD|KRW|RUB|UAH|ILS|AED|SAR|EGP|KES|NGN|THB|VND|PHP|IDR|MYR|TWD|ARS|CLP|COP|PEN|Rs\.?|kr\.?|zł|Kč|TL|lei|[Ee]uros?"
)

BOOKS = r"(?:CR|DR|Cr|Dr)\.?"
BEHIND = rf"[-\x{{2212}}]|{BOOKS}"  # what stands behind a number instead of a sign; a credit is below zero
NO_CENTS = r"[.,:][-‐-―−]{1,2}"  # 331,- is 331 and no cents: not less than zero
AFFIXED = pattern(
    rf"(?P<minus>[-+\u2212]?)(?:\s*(?P<before>{SIGNS}))?\s*(?P<number>(?=\S)[-+\u2212]?(?:[.,'’\s]*\d)+"
    rf"(?:{NO_CENTS}|[.,]*))(?:\s*(?P<inner>[-\u2212])(?=\s*(?:{SIGNS}|%)))?(?:\s*(?P<after>{SIGNS}|%))?"
    rf"(?:\s*(?P<behind>[-\u2212]|{BOOKS}))?\s*"
)
UNITED = pattern(r"(?P<number>[-+\u2212]?(?:[.,'’\s]*\d)+)(?P<gap>\s*)(?P<unit>[^\W\d]{1,12}\.?)")
CAPITALS = {"KB", "MB", "GB", "TB", "KG", "KM", "CM", "MM", "KWH", "MWH"}  # other capitals behind digits are of a code
FRACTION = pattern(r"[-+\u2212]?0?[.,]\d+")
WHOLE = pattern(rf"\d{NO_CENTS}$")
# An accountant's way to write a number below zero; its currency stands inside or outside.
BRACKETED = pattern(rf"(?P<before>{SIGNS})?\s*\((?P<inside>[^()]+)\)\s*(?P<after>{SIGNS}|%)?\s*")
BOOKED = pattern(rf"[\d.,]+ {BOOKS}")
LAKHS = pattern(r"[-+\u2212]?\d{1,2}(,\d{2})+,\d{3}(\.\d*)?")  # 12,34,567.89, as it is written in India
MAYBE_DECIMAL = pattern(r"[1-9]\d?,[1-9]\d?")
CODE = re.compile(r"0\d+")
ANSWERS = pattern(r"[.,]\d{1,2}[.,]|([.,])\d+\1\d{1,2}$")  # 1,3,7: digits between two signs are three, or no number
THOUSANDS = pattern(r"[-+]?\d{1,3}(\.\d{3})+")
CODE_LIKE = r"[A-Za-z]{1,4}[-_ ]?\d+[A-Za-z]?|\d+[-_ ]?[A-Za-z]{1,4}"  # C536379, 85123A: the column holds codes
SIZED = r"\d+ ?([kKmM]|Mio|Mrd|Tsd|[a-z]{2,4})"  # 59k, 5pcs: where all are so, sizes that cannot be read


def unbracketed(cell: str) -> str:
    """Return a number as it is without an accountant's brackets.

    >>> unbracketed("$(331.86)"), unbracketed("(331,86) €"), unbracketed("-5")
    ('$331.86', '331,86€', '-5')
    """
    held = BRACKETED.fullmatch(cell)
    return cell if held is None else f"{held['before'] or ''}{held['inside'].strip()}{held['after'] or ''}"
