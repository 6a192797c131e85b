"""A database that was closed off opens its files and its folder, and nothing else, for good."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from coterie.engines.duckdb.lock import close_off


def test_only_the_files_and_the_folder_can_be_opened(tmp_path: Path) -> None:
    for name in ("source.csv", "other.csv", "spill/swap.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n1\n")
    connection = duckdb.connect()
    close_off(connection, [tmp_path / "source.csv"], tmp_path / "spill")
    for name in ("source.csv", "spill/swap.csv"):
        assert connection.read_csv(str(tmp_path / name)).fetchall() == [(1,)]
    for refused in (
        lambda: connection.read_csv(str(tmp_path / "other.csv")),
        lambda: connection.execute("SET threads = 1"),
        lambda: connection.execute("SET allowed_configs = ['threads']"),
    ):
        with pytest.raises(duckdb.Error):
            refused()
