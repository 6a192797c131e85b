"""Texts in messages stay on their line and short, whatever was in the file."""

from __future__ import annotations

from coterie import errors


def test_hostile_text_cannot_leave_its_line() -> None:
    hostile = "a\nb\r\x1b[2J\u202ec" + "x" * 500
    for text in (errors.quoted(hostile), str(errors.unknown_column(hostile, [hostile], "--id"))):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "\n" not in errors.quoted(hostile)
    assert len(errors.quoted(hostile)) < 80
