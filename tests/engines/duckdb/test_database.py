"""A table of a DuckDB file is copied, the file itself stays as it is."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas
import pytest

from coterie import errors
from coterie.engines.duckdb import database
from coterie.engines.duckdb.database import Limits, copy_table
from coterie.reading import DatabaseTable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with duckdb.connect(str(tmp_path / "t.duckdb")) as made:
        made.execute('CREATE TABLE customers AS SELECT 1 AS id; CREATE VIEW "the rich" AS SELECT 2 AS id')
    return tmp_path / "t.duckdb"


def test_a_table_is_taken_before_a_view_and_said(path: Path) -> None:
    before = path.read_bytes()
    findings, copy = copy_table(DatabaseTable("t.duckdb", path, None), path.parent)
    assert [f.code for f in findings] == ["COT009"]
    assert duckdb.read_parquet(str(copy.paths[0])).fetchall() == [(1,)]
    assert path.read_bytes() == before


def test_a_view_can_be_named(path: Path) -> None:
    findings, copy = copy_table(DatabaseTable("t.duckdb", path, "the rich"), path.parent)
    assert (findings, duckdb.read_parquet(str(copy.paths[0])).fetchall()) == ((), [(2,)])


def test_what_is_not_there_or_damaged_is_refused(path: Path) -> None:
    with pytest.raises(errors.InputError, match="`table`"):
        copy_table(DatabaseTable("t.duckdb", path, "poor"), path.parent)
    path.write_bytes(path.read_bytes()[:40] + b"\xff" * 9_000)
    with pytest.raises(errors.InputError):
        copy_table(DatabaseTable("t.duckdb", path, None), path.parent)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Somebody's database, whose views want more than their own."""
    secret = tmp_path / "mine" / "secret.csv"
    secret.parent.mkdir()
    secret.write_text("id,v\n" + "".join(f"SECRET{i},{i}\n" for i in range(50)))
    with duckdb.connect(str(tmp_path / "t.duckdb")) as made:
        made.execute(
            f"""CREATE MACRO mine() AS TABLE FROM read_csv('{secret}');
            CREATE VIEW by_reader AS FROM read_csv('{secret}');
            CREATE VIEW by_macro AS FROM mine();
            CREATE VIEW by_name AS FROM '{secret}';
            CREATE VIEW by_text AS SELECT content AS id FROM read_text('{secret}');
            CREATE VIEW by_pattern AS FROM glob('{tmp_path}/**');
            CREATE VIEW endless AS WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) FROM t;
            CREATE VIEW broad AS SELECT random() AS r FROM range(1000000) a, range(1000000) b;
            CREATE VIEW ordered AS FROM broad ORDER BY r;
            CREATE VIEW gathered AS SELECT list(r) FROM broad;
            CREATE SCHEMA shop;
            CREATE TABLE shop.customers AS SELECT 3 AS id, 'a"b' AS "the ""name"" of it";"""
        )
    return tmp_path / "t.duckdb"


@pytest.mark.parametrize("view", ["by_reader", "by_macro", "by_name", "by_text", "by_pattern"])
def test_no_view_reaches_another_file(foreign: Path, view: str) -> None:
    with pytest.raises(errors.InputError, match="files outside it") as refused:
        copy_table(DatabaseTable("t.duckdb", foreign, view), foreign.parent)
    held = [p.read_bytes() for p in foreign.parent.rglob("database-*/**/*") if p.is_file()]
    assert not any(b"SECRET" in data for data in [str(refused.value).encode(), *held])


@pytest.mark.parametrize("view", ["endless", "broad", "ordered", "gathered"])
def test_a_view_without_an_end_ends_at_the_limits(foreign: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "VIEW_BYTES", 1 << 24)
    started = time.monotonic()
    with pytest.raises(errors.LimitError):
        copy_table(DatabaseTable("t.duckdb", foreign, view), foreign.parent, Limits(1.5, "300MB", 2))
    assert time.monotonic() - started < 10
    assert sum(p.stat().st_size for p in foreign.parent.rglob("database-*/**/*")) < 1 << 28


def test_a_view_may_not_name_a_variable_of_the_callers(tmp_path: Path) -> None:
    my_frame = pandas.DataFrame({"id": ["SECRET"]})  # noqa: F841 - a replacement scan would find it
    with duckdb.connect(str(tmp_path / "t.duckdb")) as made:
        made.execute("CREATE TABLE my_frame AS SELECT 1 AS id; CREATE VIEW spy AS FROM my_frame; DROP TABLE my_frame")
    with pytest.raises(errors.InputError):
        copy_table(DatabaseTable("t.duckdb", tmp_path / "t.duckdb", "spy"), tmp_path)


def test_a_table_of_another_schema_is_named_with_it(foreign: Path) -> None:
    findings, copy = copy_table(DatabaseTable("t.duckdb", foreign, "shop.customers"), foreign.parent)
    assert (findings, duckdb.read_parquet(str(copy.paths[0])).fetchall()) == ((), [(3, 'a"b')])


def test_a_database_that_is_written_to_is_said_to_be_locked(path: Path) -> None:
    code = f"import duckdb, sys; held = duckdb.connect({str(path)!r}); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.read(1)
        with pytest.raises(errors.AccessError, match="locked by another program"):
            copy_table(DatabaseTable("t.duckdb", path, None), path.parent)
        other.communicate()
