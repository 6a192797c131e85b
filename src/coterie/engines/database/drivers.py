"""Which driver reaches which kind of database."""

from __future__ import annotations

from pathlib import Path

from coterie.engines.address import Address
from coterie.engines.database.engine import Database
from coterie.engines.database.waiting import wait
from coterie.engines.duckdb.fetched import Fetched


def connect(address: Address, threads: int | None, memory: str | None, temp_dir: Path | None) -> Database:
    """Return the engine of a database.

    Raises
    ------
    MissingExtra : its driver is not installed.
    AccessError : no server answers, or it lets nobody in.
    """
    from coterie.engines.database.mysql import MySQL
    from coterie.engines.database.postgres import Postgres
    from coterie.engines.database.sqlite import SQLite

    drivers: dict[str, type[Postgres | MySQL | SQLite]] = {"postgres": Postgres, "mysql": MySQL, "sqlite": SQLite}
    driver = drivers[address.server]
    local = Fetched(threads, memory, temp_dir)
    try:
        return Database(address, wait(lambda: driver(address, local.columns), lambda: None), local)
    except BaseException:
        local.close()
        raise
