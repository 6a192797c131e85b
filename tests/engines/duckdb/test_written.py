"""A result is written while few of its rows are held."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coterie import sql
from coterie.engines import Reading, Source, Target
from coterie.engines.duckdb.engine import DuckDB
from coterie.engines.duckdb.lock import close_off
from coterie.engines.duckdb.written import HELD, statement, write

LIMIT = "SELECT value FROM duckdb_settings() WHERE name = 'operator_memory_limit'"


@pytest.fixture
def connection(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    close_off(connection, [], tmp_path)
    return connection


def test_what_waits_to_be_written_is_limited_while_it_is_written(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute(f"CREATE VIEW held AS {LIMIT}")
    path = tmp_path / "written.parquet"
    query = statement(sql.select([sql.column("value")], sql.table("held")), path, Target(path))
    write(connection, sql.render(query, "duckdb"), path, Target(path))
    ((during,),) = connection.read_parquet(str(path)).fetchall()
    assert connection.execute(LIMIT).fetchall() == [(None,)]
    connection.execute(f"SET operator_memory_limit = '{HELD}'")
    assert connection.execute(LIMIT).fetchall() == [(during,)]


def test_no_limit_is_left_after_a_query_that_failed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(duckdb.Error):
        write(connection, "SELECT error('wrong')", tmp_path / "written.parquet", Target(tmp_path / "written.parquet"))
    assert connection.execute(LIMIT).fetchall() == [(None,)]


NUMBERS = pa.table({"n": [3, 1, None, 2, 4, 1]})
WORDS = ["", "it's", 'größer, "sehr"', 'größer, "sehr"']


def _named(default: sql.Node | None) -> sql.Node:
    n = sql.column("n")
    inner = sql.case([(sql.equal(n.copy(), sql.whole(4)), sql.text(WORDS[3]))], default)
    branches = [(sql.equal(n.copy(), sql.whole(i)), sql.text(word)) for i, word in enumerate(WORDS[:3], 1)]
    return sql.named(sql.case(branches, inner), "word")


def _delivered(folder: Path, *columns: sql.Node, order: Sequence[sql.Node] = ()) -> tuple[pa.Table, pa.Table, bytes]:
    """Return a query's result as a file has it and as the engine says it, and the file's bytes."""
    engine, path = DuckDB(), folder / "written.parquet"
    try:
        engine.read(Source.of(NUMBERS), "t", Reading(), lambda _: False)
        query = sql.select([sql.column("n"), *columns], sql.table("t"), order=order)
        engine.deliver(query, Target(path, levels={"word": tuple(dict.fromkeys(WORDS))}))
        return pq.read_table(path), engine.relation(query).to_arrow_table(), path.read_bytes()
    finally:
        engine.close()


@pytest.mark.parametrize("default", [None, sql.text(""), sql.null()])
def test_the_few_texts_of_a_column_are_texts_in_its_file(default: sql.Node | None, tmp_path: Path) -> None:
    written, said, _ = _delivered(tmp_path, _named(default))
    assert written.to_pydict() == said.to_pydict()
    assert pa.types.is_string(written.schema.field("word").type)
    assert written["word"].to_pylist()[:2] == [WORDS[2], WORDS[0]]


def test_the_few_texts_of_a_column_have_the_same_bytes_wherever_they_come_from(tmp_path: Path) -> None:
    words = {1: WORDS[0], 2: WORDS[1], 3: WORDS[2], 4: WORDS[3]}
    letters = [(sql.equal(sql.column("n"), sql.whole(n)), sql.lower(sql.text(word))) for n, word in words.items()]
    computed = sql.named(sql.case(letters), "word")
    assert _delivered(tmp_path, computed)[2] == _delivered(tmp_path, _named(None))[2]


def test_the_few_texts_of_a_column_are_sorted_as_texts(tmp_path: Path) -> None:
    written, said, _ = _delivered(tmp_path, _named(None), order=[sql.ascending(sql.column("word"))])
    assert written.to_pydict() == said.to_pydict()
    assert written["word"].to_pylist() == ["", "", *WORDS[2:], "it's", None]
