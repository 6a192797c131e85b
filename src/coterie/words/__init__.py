"""English for names and numbers: the only place that writes a number, a share, a day, a list or a letter.

Its modules, in import order::

    yes_no           words for yes and for no
    names            columns' names, levels and lists of them
    numbers          numbers, shares, counts, days, letters
"""

from coterie.words.names import (
    FORMULA_STARTS,
    Often,
    answers_yes_or_no,
    fact_alone,
    is_year,
    joined,
    label,
    labels,
    level,
    level_of,
    sentence,
    short,
    yes,
)
from coterie.words.numbers import (
    CHANCY,
    DAY_ZERO,
    REPEATABLE,
    SMALLEST_GROUP,
    UNKNOWN,
    count,
    day,
    decimals,
    exact_number,
    fine_percent,
    in_words,
    letter,
    number,
    p_value,
    percent,
    plural,
    rounded,
    short_count,
    short_number,
    signed_percent,
    too_few,
)
from coterie.words.yes_no import no_words, say_yes_or_no, yes_words

__all__ = [
    "CHANCY",
    "DAY_ZERO",
    "FORMULA_STARTS",
    "REPEATABLE",
    "SMALLEST_GROUP",
    "UNKNOWN",
    "Often",
    "answers_yes_or_no",
    "count",
    "day",
    "decimals",
    "exact_number",
    "fact_alone",
    "fine_percent",
    "in_words",
    "is_year",
    "joined",
    "label",
    "labels",
    "letter",
    "level",
    "level_of",
    "no_words",
    "number",
    "p_value",
    "percent",
    "plural",
    "rounded",
    "say_yes_or_no",
    "sentence",
    "short",
    "short_count",
    "short_number",
    "signed_percent",
    "too_few",
    "yes",
    "yes_words",
]
