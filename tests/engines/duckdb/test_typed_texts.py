"""Texts in Parquet and frames are read as those of a text file: numbers and dates by one grammar."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coterie import sql
from coterie.engines import Reading, connect, judge_unread
from coterie.errors import InputError
from coterie.options import Options
from coterie.table import Table, read

N = 120
START = datetime.datetime(2024, 1, 5, 9, 30, tzinfo=datetime.UTC)
MOMENTS = [START + datetime.timedelta(days=i) for i in range(N)]
DAYS = [float((m.date() - datetime.date(1970, 1, 1)).days) for m in MOMENTS]
WRITTEN: dict[str, Callable[[datetime.datetime, int], str]] = {
    "isoformat, some without a fraction of a second": lambda m, i: m.replace(
        tzinfo=None, microsecond=i % 3
    ).isoformat(),
    "in UTC": lambda m, i: f"{m:%Y-%m-%dT%H:%M:%SZ}",
    "with an offset": lambda m, i: f"{m:%Y-%m-%d %H:%M:%S}+02:00",
    "without seconds": lambda m, i: f"{m:%Y-%m-%dT%H:%M}",
    "day first": lambda m, i: f"{m:%d.%m.%Y}",
    "twelve hours": lambda m, i: f"{m:%m/%d/%Y %I:%M %p}",
    "named": lambda m, i: f"{m:%d %b %Y}",
    "compact": lambda m, i: f"{m:%Y%m%d}",
}


def frame(since: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in range(N)],
            "since": since,
            "spend": [f"{1_000 + i}".replace("1", "1.", 1) + ",50" for i in range(N)],
            "zip": [f"0{i:04d}" for i in range(N)],
        }
    )


def as_parquet(made: pd.DataFrame, folder: Path) -> Any:
    made.to_parquet(folder / "t.parquet", index=False)
    return folder / "t.parquet"


def values(table: Table, name: str) -> list[Any]:
    got = table.engine.fetch(sql.select([sql.column(name)], sql.table(table.relation)))
    return [round(v) if isinstance(v, float) and name == "since" else v for v in got[name].tolist()]


@pytest.mark.parametrize("give", [lambda made, folder: made, as_parquet], ids=["a frame", "Parquet"])
@pytest.mark.parametrize("way", WRITTEN)
def test_dates_and_numbers_in_texts_are_dates_and_numbers(
    way: str, give: Callable[[pd.DataFrame, Path], Any], tmp_path: Path
) -> None:
    made = frame([WRITTEN[way](m, i) for i, m in enumerate(MOMENTS)])
    table = read(give(made, tmp_path), connect(), Options(), Reading())
    assert [c.kind for c in table.columns] == ["text", "date", "number", "text"]
    got = table.engine.fetch(sql.select([sql.floor(sql.column("since"))], sql.table(table.relation)))
    assert next(iter(got.values())).tolist() == DAYS
    assert values(table, "spend") == [1_000.5 + i for i in range(N)]
    assert values(table, "zip")[:2] == ["00000", "00001"]


def test_a_text_that_cannot_be_read_is_kept_in_mind_or_its_row_left_out_and_counted() -> None:
    made = frame([m.date().isoformat() for m in MOMENTS])
    made.loc[70, "since"] = "2024-01-05 garbage"
    (unread,) = read(made, connect(), Options(), Reading()).unread
    assert (unread.column, unread.many, unread.row, unread.seen) == ("since", 1, 71, "2024-01-05 garbage")
    table = read(made, connect(), Options(), Reading(on_bad_rows="skip"))
    assert (table.rows, table.left_out, table.rejected[0][1]) == (N - 1, 1, "row 71, column since: not a date")


def test_forms_that_cannot_be_read_together_are_refused_with_both() -> None:
    made = frame([f"{m:%d/%m/%Y}" if i < 60 else f"{m:%m/%d/%Y}" for i, m in enumerate(MOMENTS)])
    table = read(made, connect(), Options(), Reading())
    with pytest.raises(InputError, match="written in 2 forms"):
        judge_unread(table.name, table.unread, ["since"])


def test_what_has_a_type_and_what_is_only_text_is_left_as_it_is() -> None:
    made = pd.DataFrame({"customer_id": ["01", "02", "03"], "city": ["Rome", "Oslo", "Rome"], "age": [31, 44, 57]})
    table = read(made, connect(), Options(), Reading())
    assert (values(table, "city"), values(table, "age")) == (["Rome", "Oslo", "Rome"], [31.0, 44.0, 57.0])
