"""A table or a view of an SQLite file, read-only and within a limit of time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading import sqlite
from coterie.reading.request import Reading
from coterie.reading.sqlite import prepare
from coterie.reading.text import Text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as made:
        made.executescript(
            """CREATE TABLE "the customers" (id TEXT, v REAL);
            INSERT INTO "the customers" VALUES ('01', 1.5), ('02', NULL);
            CREATE TABLE other (a);
            CREATE VIEW rich AS SELECT id FROM "the customers" WHERE v > 1;
            CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;"""
        )
    return tmp_path / "t.sqlite"


def prepared(path: Path, **reading: object) -> Text:
    return prepare(path, path.name, path.parent, Reading(**reading), lambda name: False)  # type: ignore[arg-type]


def test_the_first_table_is_taken_and_said(path: Path) -> None:
    text = prepared(path)
    assert text.path.read_text() == "01,1.5\n02,\n"
    assert [f.code for f in text.findings] == ["COT009"]


def test_a_view_can_be_named(path: Path) -> None:
    text = prepared(path, table="rich")
    assert (text.path.read_text(), text.findings) == ("01\n", ())


def test_a_table_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(errors.InputError, match="`table`"):
        prepared(path, table="poor")


def test_rows_without_an_end_are_given_up(path: Path) -> None:
    with pytest.raises(errors.LimitError):
        prepared(path, table="endless", time_limit=0.05)


def test_a_damaged_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 4_000)
    with pytest.raises(errors.InputError, match="malformed"):
        prepared(path)


def view(path: Path, select: str) -> Path:
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"CREATE VIEW theirs AS {select}")
    return path


def test_rows_that_grow_beyond_the_limit_are_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "VIEW_BYTES", 1 << 16)
    with pytest.raises(errors.LimitError, match="65,536 bytes"):
        prepared(path, table="endless")


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("SELECT zeroblob(500000000) AS id", "longer than"),
        ("SELECT load_extension('/lib/libc.so') AS id", "SQLite says"),
        ("SELECT readfile('/etc/passwd') AS id", "no such function"),
        ("SELECT * FROM missing", "SQLite says"),
    ],
)
def test_a_view_of_somebodys_gets_nothing_but_its_own(path: Path, select: str, words: str) -> None:
    with pytest.raises(errors.InputError, match=words):
        prepared(view(path, select), table="theirs")


def test_a_first_row_that_never_comes_is_given_up(path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS id FROM n"
    with pytest.raises(errors.LimitError, match="and 0 rows"):
        prepared(view(path, endless), table="theirs", time_limit=0.2)


def test_nothing_of_theirs_runs_and_the_file_stays_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.executescript(
            """CREATE VIRTUAL TABLE words USING fts5(id, said);
            INSERT INTO words VALUES ('a', 'hello');
            CREATE TRIGGER t AFTER INSERT ON other BEGIN DELETE FROM other; END;"""
        )
    before = path.read_bytes()
    assert prepared(path, table="words").path.read_text() == "a,hello\n"
    assert path.read_bytes() == before
    assert {p.name for p in path.parent.iterdir()} == {"t.sqlite", "table.csv"}
