"""An SQLite file in place: kinds are counted, missing functions are given, the file is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

import coterie
from coterie.engines import Kind, Reading, Source

ROWS = 60


def kept(path: Path, columns: dict[str, Sequence[object]], table: str = "customers") -> str:
    """Write a table, and return the address of its file."""
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f'CREATE TABLE "{table}" ({names})')
        marks = ", ".join("?" * len(columns))
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', list(zip(*columns.values(), strict=True)))
        connection.commit()
    return f"sqlite:///{path}"


def customers(**more: Sequence[object]) -> dict[str, Sequence[object]]:
    usual = {"id": range(ROWS), "age": [20 + i * 7 % 50 for i in range(ROWS)], "spend": [i * 1.5 for i in range(ROWS)]}
    return {**usual, **more}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, None], Kind.WHOLE),
        ([1, 2**60, None], Kind.WIDE),
        ([1, 2.5, None], Kind.FINITE),
        (["a", None, "b"], Kind.TEXT),
        (["a", 1, 2.5], Kind.TEXT),
        (["2026-01-31", None, "2025-12-01"], Kind.DATE),
        (["2026-01-31", "2026-01-31 10:00:00", None], Kind.TIME),
        (["2026-13-31", "2025-12-01", None], Kind.TEXT),
        ([b"\0", 1, None], Kind.OTHER),
        ([None, None, None], Kind.TEXT),
    ],
    ids=str,
)
def test_a_columns_kind_is_that_of_all_its_values(values: list[object], kind: Kind, tmp_path: Path) -> None:
    engine = coterie.connect(kept(tmp_path / "a.db", {"x": values}))
    engine.read(Source.of(f"sqlite:///{tmp_path / 'a.db'}"), "rows", Reading(), lambda name: False)
    assert engine.schema("rows") == [("x", kind)]
    engine.close()


def test_a_column_without_a_value_keeps_its_kind_in_an_answer(tmp_path: Path) -> None:
    nothing = [None] * ROWS
    url = kept(tmp_path / "a.db", customers(words=nothing, digits=[str(i) for i in range(ROWS)]))
    run = coterie.segment(url, id="id", k=2, effort="quick")
    reasons = {c.name: c.reason for c in run.record.columns}
    assert reasons["words"] == "empty in every row"
    assert reasons["digits"] == "numbers that are stored as text; --query can cast them"
    assert len(run.assignments().fetchall()) == ROWS


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"table": "custmers"}, "2 'a.db' has no table 'custmers'"),
        ({"query": "SELECT * FROM moll"}, "2 The database cannot run the query: no such table: moll"),
        ({"query": "DELETE FROM customers"}, "2 The database cannot run the query"),
        ({"query": "SELECT *, age AS __c_x FROM customers"}, "2 Column names that are reserved"),
        ({"query": "SELECT *, 9e999 AS x FROM customers"}, "2 Column 'x' holds an infinite number"),
        ({"query": "SELECT *, age % 3 AS x FROM customers", "id": "x"}, "repeat an id"),
        ({"query": "SELECT *, nullif(id, 3) AS x FROM customers", "id": "x"}, "2 Column 'x' is empty in 1 row"),
        (
            {
                "query": "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i AS id FROM c",
                "reading": Reading(time_limit=0.3),
            },
            "3 The database did not answer within 0.3 seconds",
        ),
    ],
    ids=str,
)
def test_what_is_refused_is_said(source: dict[str, str], said: str, tmp_path: Path) -> None:
    url = kept(tmp_path / "a.db", customers())
    with pytest.raises(coterie.CoterieError) as found:
        coterie.segment(url, **{"id": "id", **source})  # type: ignore[arg-type]
    assert said in f"{found.value.exit_code} {found.value}"


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(coterie.CoterieError, match="There is no file"):
        coterie.check(f"sqlite:///{tmp_path / 'none.db'}")
    (tmp_path / "text.db").write_text("a,b\n1,2\n" * 100)
    with pytest.raises(coterie.CoterieError, match=r"'text\.db'"):
        coterie.check(f"sqlite:///{tmp_path / 'text.db'}")
    with pytest.raises(coterie.CoterieError, match="no file is named"):
        coterie.check("sqlite://host/file.db")


def test_nothing_is_written_into_it(tmp_path: Path) -> None:
    from coterie.engines import begin_into

    url = kept(tmp_path / "a.db", customers())
    before = (tmp_path / "a.db").read_bytes()
    engine = coterie.connect(url)
    with pytest.raises(coterie.CoterieError, match="Nothing is written into SQLite"):
        begin_into(engine, ["segments"])
    engine.close()
    assert (tmp_path / "a.db").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.db"]
