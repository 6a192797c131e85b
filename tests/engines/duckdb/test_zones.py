"""With a time zone, a moment counts by its day there, in every kind of source; a clock without an offset stays."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from tests.engines.test_dates import value

from coterie import errors, sql
from coterie.engines import Reading, connect, date_in
from coterie.engines.source import Source
from coterie.reading import WRITTEN

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
# around midnight, and around the changes of the clocks in 2024 in Europe (31 March, 27 October) and America (10 March)
MOMENTS = [
    datetime.datetime(2024, month, day, hour, 30, tzinfo=datetime.UTC)
    for month, day in ((1, 15), (3, 10), (3, 31), (7, 1), (10, 27), (11, 3))
    for hour in (0, 1, 4, 5, 18, 22, 23)
]


def _sources(folder: Path) -> dict[str, Any]:
    texts = [moment.isoformat() for moment in MOMENTS]
    (folder / "t.csv").write_text("n,at\n" + "".join(f"{i},{text}\n" for i, text in enumerate(texts)))
    (folder / "t.json").write_text(json.dumps([{"n": i, "at": text} for i, text in enumerate(texts)]))
    connection = duckdb.connect()
    for name, kind in (("instants", "TIMESTAMPTZ"), ("texts", "VARCHAR")):
        values = ", ".join(f"({i}, '{text}'::{kind})" for i, text in enumerate(texts))
        connection.sql(f'SELECT * FROM (VALUES {values}) AS t(n, "at")').write_parquet(str(folder / f"{name}.parquet"))
    frame = {"n": list(range(len(texts))), "at": texts}
    return {"frame": frame, **{p.name: p for p in folder.iterdir()}}


@pytest.mark.parametrize("zone", ZONES)
def test_every_kind_of_source_tells_the_days_of_a_zone_as_python_does(zone: str, tmp_path: Path) -> None:
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in MOMENTS]
    for name, source in _sources(tmp_path).items():
        engine = connect()
        engine.read(Source.of(source), "r", Reading(time_zone=zone), lambda name: False)
        got = engine.fetch(sql.select([sql.named(sql.day_number(sql.column("at")), "d")], sql.table("r")))
        assert [datetime.date(1970, 1, 1) + datetime.timedelta(int(d)) for d in got["d"]] == days, name


def test_a_name_that_no_zone_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n\n1\n")
    for zone, meant in (("Europe/Berln", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("IST", "such zone")):
        with pytest.raises(errors.InputError, match=meant):
            connect().read(Source.of(tmp_path / "t.csv"), "r", Reading(time_zone=zone), lambda name: False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-07-01T23:30:00Z", "2024-07-02 01:30:00"),
        ("2024-07-01 23:30:00", "2024-07-01 23:30:00"),
        ("2024-07-01", "2024-07-01 00:00:00"),
        ("Mon, 1 Jul 2024 23:30:00 GMT", "2024-07-02 01:30:00"),
        ("13 Jul 2024 11:30 PM EST", "2024-07-14 06:30:00"),
        ("20240701T2330-02", "2024-07-02 03:30:00"),
        ("2024-07-01 10:00:00+05:30[Asia/Kolkata]", "2024-07-01 06:30:00"),
        ("Mon Jul 1 23:30:00 UTC 2024", "2024-07-02 01:30:00"),
    ],
)
def test_a_clock_with_an_offset_is_moved_and_one_without_stays(text: str, shown: str) -> None:
    assert str(value(date_in(sql.text(text), WRITTEN, "Europe/Berlin"))) == shown


def test_letters_that_mean_several_zones_are_unread() -> None:
    for text in ("2024-07-01 10:00:00 CST", "2024-07-01 10:00:00 IST", "2024-07-01 10:00:00+99:00"):
        assert value(date_in(sql.text(text), WRITTEN, "Europe/Berlin")) is None
        assert value(date_in(sql.text(text), WRITTEN)) is not None
