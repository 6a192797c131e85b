"""Texts in messages stay on their line and short, whatever was in the file."""

from __future__ import annotations

import pytest

from coterie import errors


def test_hostile_text_cannot_leave_its_line() -> None:
    hostile = "a\nb\r\x1b[2J\u202ec" + "x" * 500
    for text in (errors.quoted(hostile), str(errors.unknown_column(hostile, [hostile], "--id"))):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert "\n" not in errors.quoted(hostile)
    assert len(errors.quoted(hostile)) < 80


def test_an_argument_that_is_called_otherwise_than_its_flag_is_told_by_its_own_name() -> None:
    with pytest.raises(errors.InputError) as found, errors.calling(out="path"):
        raise errors.file_exists("report.html")
    assert str(found.value).endswith("Pass overwrite=True, or name another file with `path`.")
    assert found.value.lines[-1] == "Pass --overwrite, or name another file with --out."
