"""Databases in which segments are put, and runs that put them there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from databases import CUSTOMERS, in_mariadb, in_postgres, mariadb, psql, written


@dataclass(frozen=True)
class Place:
    """A database of customers, and how it is asked.

    ``home`` is the schema of names that have none, ``mark`` the query of what is written on a table.
    """

    url: str
    ask: Callable[[str], list[tuple[str, ...]]]
    home: str
    mark: str
    busy: str
    refused: str

    def marked(self, table: str) -> str:
        return self.ask(self.mark.format(*table.split(".") if "." in table else (self.home, table)))[0][0]

    def tables(self) -> list[str]:
        """Return the tables and views beside that of the customers."""
        asked = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{self.home}'"
        found = sorted(name for (name,) in self.ask(asked))
        return [name for name in found if name in ("segments", "mine", "seen") or name[:3] == "__c"]

    def wait(self) -> None:
        """Wait for the end of what the server does for a program that is gone."""
        until = time.monotonic() + 30
        while self.ask(self.busy) != [("0",)]:
            assert time.monotonic() < until
            time.sleep(0.02)


def in_place(kind: str, url: str) -> Place:
    if kind == "postgres":
        return Place(
            url,
            lambda text: [tuple(line.split("|")) for line in psql(url, text).splitlines()],
            "public",
            "SELECT obj_description('{}.{}'::regclass)",
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%transaction%'",
            "permission denied for schema crm",
        )
    return Place(
        url,
        lambda text: mariadb(url, text),
        "coterie",
        "SELECT table_comment FROM information_schema.tables WHERE table_schema = '{}' AND table_name = '{}'",
        "SELECT count(*) FROM information_schema.processlist WHERE db = 'coterie' AND id <> connection_id()",
        "CREATE command denied to user 'reader'",
    )


def filled(place: Place, folder: Path) -> Place:
    """Return a place with 400 customers and nothing else."""
    held = in_postgres if place.home == "public" else in_mariadb
    held(place.url).fill("customers", written(folder, "customers", CUSTOMERS, 0, 400))
    place.ask("CREATE SCHEMA IF NOT EXISTS crm")
    for name in ("seen", "leaning"):
        place.ask(f"DROP VIEW IF EXISTS {name}")
    for name in ("leant", "crm.s", *(name for name in place.tables() if name != "seen")):
        place.ask(f"DROP TABLE IF EXISTS {name}")
    return place


def command(url: str, *more: object, table: str = "segments", out: str = "out") -> list[str]:
    shaping = ["--table", "customers", "--id", "id", "-k", "3", "--effort", "quick"]
    shaping += ["--features", "orders,score,since", "--quiet"]
    into = [] if not table else ["--into", table]
    return ["-m", "coterie", "segment", url, *shaping, *into, "--out", out, *map(str, more)]


def run(folder: Path, *words: str) -> tuple[int, str]:
    tests = str(Path(__file__).parent)
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": tests},
    )
    return ended.returncode, ended.stderr


def digest_of(out: Path) -> str:
    """Return the mark of a run's table; nothing where there is no run."""
    found = out / "manifest.json"
    return f"coterie run {json.loads(found.read_text())['digest']}" if found.exists() else ""


def check_both_or_neither(place: Place, folder: Path) -> tuple[bool, bool]:
    """Return whether the table and the folder of a killed run are there; the next one finishes what it can."""
    table, out = "segments" in place.tables(), (folder / "out").exists()
    staged = any(p.name.startswith(".out.tmp") and (p / "manifest.json").exists() for p in folder.iterdir())
    assert table == out or (table and staged)
    if place.home == "public":
        assert not [name for name in place.tables() if name.startswith("__c")]
    return table, out
