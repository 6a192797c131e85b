"""What was computed of each row stands beside that row, in as many parts as the rows are joined in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coterie import sql
from coterie.engines import ROW, Engine, Reading, Source, connect
from coterie.engines.duckdb import beside

ROWS, PART = 50_000, 7_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "PART", PART)
    monkeypatch.setattr(beside, "ROW_GROUP", 1_000)


def sources(folder: Path) -> dict[str, Source]:
    """Make the same rows as a file, uneven parts of one table, a text and a frame; x is the place of a row from 1."""
    x = np.arange(1, ROWS + 1)
    table = pa.table({"id": [f"c{i}" for i in x], "x": x})
    (folder / "parts").mkdir()
    pq.write_table(table, folder / "one.parquet", row_group_size=3_000)
    for i, (start, end) in enumerate([(0, 1), (1, 30_001), (30_001, 30_003), (30_003, ROWS)]):
        pq.write_table(table.slice(start, end - start), folder / "parts" / f"{i}.parquet", row_group_size=2_048)
    table.to_pandas().to_csv(folder / "text.csv", index=False)
    made = {n: Source.of(folder / n) for n in ("one.parquet", "parts", "text.csv")}
    return {**made, "frame": Source.of(table.to_pandas())}


def doubled(engine: Engine) -> None:
    """Keep the double of each x, and put it beside its row."""
    twice = sql.named(sql.multiply(sql.column("x"), sql.whole(2)), "twice")
    engine.keep("kept", sql.select([twice], sql.table("t")))
    engine.beside("both", "t", "kept")


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("kind", ["one.parquet", "parts", "text.csv", "frame"])
def test_every_row_has_its_own_beside_it_whatever_it_was_read_from(kind: str, threads: int, tmp_path: Path) -> None:
    engine = connect(threads=threads)
    engine.read(sources(tmp_path)[kind], "t", Reading(), lambda name: False)
    doubled(engine)
    got = engine.fetch(sql.select([sql.column(name) for name in (ROW, "id", "x", "twice")], sql.table("both")))
    engine.close()
    assert sorted(got["x"].tolist()) == list(range(1, ROWS + 1))
    assert np.array_equal(got[ROW], got["x"])
    assert np.array_equal(got["twice"], 2 * got["x"])
    assert got["id"].tolist() == [f"c{int(x)}" for x in got["x"]]


def test_rows_that_were_left_out_are_left_out_on_both_sides(tmp_path: Path) -> None:
    engine = connect(threads=2)
    engine.read(sources(tmp_path)["one.parquet"], "all", Reading(), lambda name: False)
    odd = sql.equal(sql.remainder(sql.column("x"), sql.whole(3)), sql.whole(1))
    engine.define("t", sql.select([sql.star()], sql.table("all"), where=odd))
    doubled(engine)
    got = engine.fetch(sql.select([sql.column("x"), sql.column("twice")], sql.table("both")))
    engine.close()
    assert got["x"].tolist() == list(range(1, ROWS + 1, 3))
    assert (got["twice"] == 2 * got["x"]).all()


def test_many_files_are_looked_into_in_few_parts() -> None:
    beside_whole = beside.parts_of(10_000_000, 10_000_000, 10_000)
    assert beside_whole == [None]
    assert len(beside.parts_of(10_000_000, 10_000_000, 100)) <= beside.MOST_SCANS / 100 + 1
