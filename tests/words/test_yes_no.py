"""Yes and no in seven languages, each word with one meaning."""

from __future__ import annotations

import pytest

from coterie.words.yes_no import no_words, say_yes_or_no, yes_words


def test_no_word_means_both() -> None:
    assert not yes_words() & no_words()
    assert all(word == word.strip().lower() for word in yes_words() | no_words())


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (["TRUE", "false"], True),
        ([" Ja ", "Nein"], True),
        (["sí", "no"], True),
        (["1", "0"], True),
        (["yes", "no", "unknown"], False),
        (["Oslo", "Rome"], False),
    ],
)
def test_a_column_says_yes_or_no_where_all_its_words_do(levels: list[str], said: bool) -> None:
    assert say_yes_or_no(levels) is said
