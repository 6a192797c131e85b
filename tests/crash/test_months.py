"""A refresh or a comparison, killed at any time: what stood there stays, or the new one is whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from coterie.runs.manifest import verify
from crash.killing import ended, kill_after, start, timed
from months import four

NAMES = ("february", "january", "january.csv")


def january(folder: Path) -> None:
    four(1, 20).to_csv(folder / "january.csv", index=False)
    options = ("--id", "customer_id", "-k", "4", "--effort", "quick", "--max-k", "4")
    assert ended(start(folder, "segment", "january.csv", "--out", "january", *options)) == 0


def test_a_refresh_killed_at_any_time(
    tmp_path: Path, points: int, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    january(folder)
    words = ("refresh", "january", "january.csv", "--out", "february", "--overwrite")
    seconds = timed(folder, *words)
    record = (folder / "february" / "run.json").read_bytes()
    torn = 0
    for i in range(points):
        kill_after(seconds * (i + 0.5) / points, folder, *words)
        whole = verify(folder / "february") == () and verify(folder / "january") == ()
        torn += not whole or (folder / "february" / "run.json").read_bytes() != record
        torn += duckdb.read_parquet(str(folder / "february" / "changes.parquet")).fetchall() != []
    record_property("places", points)
    record_property("torn", torn)
    assert torn == 0
    assert ended(start(folder, "name", "february", "A", "Weekend families")) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted(NAMES), "the next verb clears away what killed ones left"


def test_a_comparison_killed_at_any_time(
    tmp_path: Path, points: int, record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "months"
    folder.mkdir()
    january(folder)
    assert ended(start(folder, "refresh", "january", "january.csv", "--out", "february")) == 0
    words = ("compare", "january", "february", "--source", "january.csv", "--overwrite")
    words = (*words, "--out", "page.html", "--changes", "who.parquet")
    seconds = timed(folder, *words)
    kept = {name: (folder / name).read_bytes() for name in ("page.html", "who.parquet")}
    torn = 0
    for i in range(points):
        kill_after(seconds * (i + 0.5) / points, folder, *words)
        torn += any((folder / name).read_bytes() != content for name, content in kept.items())
    record_property("places", points)
    record_property("torn", torn)
    assert torn == 0
    assert ended(start(folder, *words)) == 0
    assert sorted(p.name for p in folder.iterdir()) == sorted((*NAMES, "page.html", "who.parquet"))
