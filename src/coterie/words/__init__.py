"""English for names and numbers: the only place that writes a number, a share, a day, a list or a letter.

Its modules, in import order::

    yes_no           words for yes and for no
    lexicon          what is known of the words in columns' names
    names            columns' names, levels and lists of them
    numbers          numbers, shares, counts, days, letters
    units            what numbers are counted in
"""

from coterie.words.names import (
    FORMULA_STARTS,
    SIGNED_NUMBER,
    Often,
    answers_yes_or_no,
    fact_alone,
    harmless,
    is_year,
    joined,
    label,
    labels,
    level,
    level_of,
    sentence,
    short,
    some,
    timed,
    yes,
)
from coterie.words.numbers import (
    CHANCY,
    DAY_ZERO,
    REPEATABLE,
    SMALLEST_GROUP,
    UNKNOWN,
    condition,
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
from coterie.words.units import say_days, unit_of, with_unit
from coterie.words.yes_no import no_words, say_yes_or_no, yes_words

__all__ = [
    "CHANCY",
    "DAY_ZERO",
    "FORMULA_STARTS",
    "REPEATABLE",
    "SIGNED_NUMBER",
    "SMALLEST_GROUP",
    "UNKNOWN",
    "Often",
    "answers_yes_or_no",
    "condition",
    "count",
    "day",
    "decimals",
    "exact_number",
    "fact_alone",
    "fine_percent",
    "harmless",
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
    "say_days",
    "say_yes_or_no",
    "sentence",
    "short",
    "short_count",
    "short_number",
    "signed_percent",
    "some",
    "timed",
    "too_few",
    "unit_of",
    "with_unit",
    "yes",
    "yes_words",
]
