"""What DuckDB refuses is said in coterie's words, without the data that DuckDB quotes."""

from __future__ import annotations

import duckdb
import pytest

from coterie import errors
from coterie.engines.duckdb.refusals import first_line, reading_error


def test_the_lines_that_duckdb_quotes_are_left_out() -> None:
    assert first_line(duckdb.Error("Conversion failed\nOriginal line: Zebedee,12")) == "Conversion failed"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (duckdb.OutOfMemoryException("failed to allocate"), errors.LimitError, "memory"),
        (duckdb.PermissionException("no"), errors.AccessError, "may not be opened"),
        (duckdb.IOException("file is encrypted, but no key"), errors.InputError, "encrypted"),
        (duckdb.InvalidInputException("CSV Error on Line: 1204\nOriginal Line: Zebedee"), errors.InputError, "1204"),
        (duckdb.IOException("Zebedee: no magic bytes"), errors.InputError, "cannot be decoded"),
    ],
)
def test_each_refusal_says_what_it_is(error: duckdb.Error, kind: type[Exception], words: str) -> None:
    said = reading_error("t.csv", error)
    assert isinstance(said, kind)
    assert words in str(said)
    assert "Zebedee" not in str(said)
