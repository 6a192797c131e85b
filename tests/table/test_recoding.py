"""Ticks, seconds since 1970 and values that mean missing are read as what they stand for, in every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from coterie import check, errors, segment
from coterie.engines import Reading
from table.customers import found, plain

TICK = np.arange(200) % 3 == 0


def kinds(run: Any) -> dict[str, tuple[str, list[str]]]:
    return {c.name: (c.kind, sorted(level for level, _ in c.levels or ())) for c in run.record.columns}


@pytest.mark.parametrize("value", ["yes", "TRUE", "Chat", 1.0, True])
def test_a_box_is_ticked_or_not_and_decides_as_a_flag_does(value: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({**plain(), "chat": pd.Series([value if t else None for t in TICK], dtype=object)})
    frame.to_csv(tmp_path / "boxes.csv", index=False)
    flags = segment(pd.DataFrame({**plain(), "chat": np.where(TICK, "ticked", "no")}), k=3, effort="quick", max_k=3)
    for source in (frame, tmp_path / "boxes.csv"):
        run = segment(source, k=3, effort="quick", max_k=3)
        assert kinds(run)["chat"] == ("flag", ["not ticked", "ticked"])
        assert [f.column for f in run.findings if f.code == "COT141"] == ["chat"]
        got, same = (r.assignments() for r in (run, flags))
        segments = [getattr(g, "df", lambda g=g: g)()["segment"].tolist() for g in (got, same)]
        assert segments[0] == segments[1]
        again = run.assign(frame.head(40))["segment"].tolist()
        assert again == segments[0][:40]
        nobody = run.assign(frame.head(40).assign(chat=np.nan))
        assert nobody["segment"].notna().all()


def test_a_tick_in_few_rows_is_no_missing_value_and_another_lone_number_is_constant() -> None:
    few = pd.DataFrame({**plain(), "vip": ["x"] * 20 + [None] * 180, "seven": [7.0] * 100 + [None] * 100})
    seen = found(few)
    assert [f.column for f in seen["COT141"]] == ["vip"]
    assert [f.column for f in seen["COT103"]] == ["seven"]
    assert "COT102" not in seen


@pytest.mark.parametrize("unit", [1, 1_000])
def test_seconds_since_1970_are_dates_and_form_no_segments(unit: int) -> None:
    moments = np.random.default_rng(1).integers(1_600_000_000, 1_700_000_000, 200) * unit
    frame = pd.DataFrame({**plain(), "signup": moments, "phone": moments, "revenue": moments})
    run = segment(frame, k=2, effort="quick", max_k=2)
    assert {c.name: c.kind for c in run.record.columns}["signup"] == "date"
    assert [f.column for f in run.findings if f.code == "COT145"] == ["signup"]
    assert {f.column for f in run.record.features} == {"age", "orders", "spend", "revenue"}
    named = segment(frame, features=("signup", "age"), k=2, effort="quick", max_k=2)
    assert named.assign(frame)["segment"].tolist() == named.assignments()["segment"].tolist()


@pytest.mark.parametrize("file", ["padded.csv", "padded.parquet"])
def test_texts_filled_up_with_blanks_are_those_without(file: str, tmp_path: Path) -> None:
    """As databases export columns of one width; where nothing else is in the cell it is empty."""
    plan = np.random.default_rng(4).choice(["basic", "plus", "very high"], 200)
    answers = {"plan": plan, "chat": np.where(TICK, "x", None), "vip": np.where(TICK, "no", "yes")}
    frame = pd.DataFrame({**plain(), **answers})
    padded = frame.assign(**{name: frame[name].fillna("").str.ljust(12) for name in answers})
    source = tmp_path / file
    padded.to_csv(source, index=False) if file.endswith("csv") else padded.to_parquet(source)
    runs = [segment(of, k=3, effort="quick", max_k=3) for of in (frame, source)]
    assert kinds(runs[0]) == kinds(runs[1])
    assert kinds(runs[1])["chat"] == ("flag", ["not ticked", "ticked"])
    assert [s.name for s in runs[0].record.segments] == [s.name for s in runs[1].record.segments]
    labels = runs[0].assignments()["segment"].tolist()
    for run in runs:
        assert [run.assign(of)["segment"].tolist() for of in (frame, padded)] == [labels, labels]
        with duckdb.connect() as warehouse:
            for name, of in {"usual": frame, "padded": padded}.items():
                warehouse.register(name, of)
                said = warehouse.sql(run.sql("duckdb", table=name) + ' ORDER BY CAST(substr("id", 2) AS INT)')
                assert said.fetchnumpy()["segment"].tolist() == labels


def test_texts_of_kinds_of_their_own_may_be_padded_too(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TYPE plans AS ENUM ('basic  ', 'plus   ')")
        made.execute(
            "CREATE TABLE t AS SELECT 'c' || i AS customer_id, uuid() AS device, i % 7 AS visits, i % 31 AS spend,"
            " (CASE WHEN i % 3 = 0 THEN 'basic  ' ELSE 'plus   ' END)::plans AS plan FROM range(200) r(i)"
        )
    run = segment(path, k=2, effort="quick", max_k=2)
    assert kinds(run)["plan"] == ("flag", ["basic", "plus"])


@pytest.mark.parametrize("rows", [200, 1_200])
def test_the_days_of_epochs_that_are_printed_are_those_of_the_time_zone_however_many_rows(rows: int) -> None:
    evening = 1_704_063_600  # 23 o'clock on the last day of 2023, UTC
    frame = pd.DataFrame({"spend": np.arange(rows) % 97, "signup": evening + np.arange(rows) % 5 * 86_400})
    for zone, ends in ((None, "2023-12-31 to 2024-01-04"), ("Europe/Berlin", "2024-01-01 to 2024-01-05")):
        said = check(frame, reading=Reading(time_zone=zone)).findings
        assert [ends in f.text for f in said if f.code == "COT145"] == [True]


@pytest.mark.parametrize("name", ["signup_date", "Eintrittsdatum", "last_visit", "created_at", "Data di nascita"])
def test_day_numbers_of_a_spreadsheet_are_dates_in_a_column_that_is_called_so(name: str) -> None:
    days = np.random.default_rng(1).integers(45_000, 46_000, 200)
    frame = pd.DataFrame({**plain(), name: days, "revenue": days})
    run = segment(frame, k=2, effort="quick", max_k=2)
    signup = next(c for c in run.record.columns if c.name == name)
    assert (signup.kind, signup.min) == ("date", days.min() - 25_569)
    assert [(f.column, f.text[:28]) for f in run.findings if f.code == "COT145"] == [
        (name, "day numbers of a spreadsheet")
    ]
    assert {f.column for f in run.record.features} == {"age", "orders", "spend", "revenue"}
    named = segment(frame, features=(name, "age"), k=2, effort="quick", max_k=2)
    assert named.assign(frame)["segment"].tolist() == named.assignments()["segment"].tolist()


def test_values_that_mean_missing_are_missing_where_they_are_named(tmp_path: Path) -> None:
    answers = np.random.default_rng(2).integers(1, 6, (200, 2)).astype(float)
    cities = ["Bonn", "?x", "Ulm", "Bonn"] * 50
    frame = pd.DataFrame({**plain(), "q1": answers[:, 0], "q2": answers[:, 1], "city": cities})
    odd = frame.assign(q1=frame["q1"].where(~TICK, 99), q2=frame["q2"].where(~TICK, 98))
    empty = frame.assign(q1=frame["q1"].where(~TICK), q2=frame["q2"].where(~TICK))
    odd.to_csv(tmp_path / "odd.csv", index=False)
    expected = segment(empty, k=3, effort="quick", max_k=3)
    for missing in ([98, 99], "98,99", {"q1": 99, "q2": [98]}):
        for source in (odd, tmp_path / "odd.csv"):
            run = segment(source, missing=missing, k=3, effort="quick", max_k=3)
            assert {f.column: f.count for f in run.findings if f.code == "COT143"} == {"q1": 67, "q2": 67}
            assert run.record.features == expected.record.features
            assert run.assign(odd)["segment"].tolist() == expected.assignments()["segment"].tolist()
    city = segment(odd, missing="city=?x", exclude=["q1", "q2"], k=2, effort="quick", max_k=2)
    assert kinds(city)["city"][1] == ["Bonn", "Ulm"]
    with pytest.raises(errors.InputError, match="`missing`"):
        segment(odd, missing="q3=98")


@pytest.mark.parametrize("clock", ["", "1015", "235959"])
def test_days_in_digits_are_days_in_every_kind_of_source(clock: str, tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=200).strftime("%Y%m%d").to_numpy() + clock
    frame = pd.DataFrame({**plain(), "joined": days.astype("int64"), "counted": np.arange(20_240_101, 20_240_301)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    seen = [found(source, id="customer_id") for source in (frame, tmp_path / "t.csv", tmp_path / "t.parquet")]
    assert [[f.column for f in told["COT110"]] for told in seen] == [["joined"]] * 3
    assert seen[0]["COT110"] == seen[1]["COT110"] == seen[2]["COT110"]
    assert seen[0]["COT110"][0].done == "read as year, month, day: 2024-01-01 to 2024-07-18"


def test_words_that_were_named_as_missing_are_missing_in_a_column_of_numbers(tmp_path: Path) -> None:
    spend = np.where(np.arange(200) % 15 == 0, "n/v", np.round(plain()["spend"], 2).astype(str))
    since = np.where(np.arange(200) % 20 == 0, "01.01.1900", "13.05.2024")
    frame = pd.DataFrame({**plain(), "spend": spend, "since": since})
    frame.to_csv(tmp_path / "t.csv", index=False)
    for source in (frame, tmp_path / "t.csv"):
        with pytest.raises(errors.InputError, match="14 values of column 'spend'"):
            segment(source, max_k=2, effort="quick")
        run = segment(source, k=2, max_k=2, effort="quick", missing=("n/v", "since=01.01.1900"))
        missing = {c.name: (c.kind, c.missing) for c in run.record.columns}
        assert (missing["spend"], missing["since"]) == (("number", 14), ("date", 10))
        again = run.assign(source)
        assert len(again) == 200


DAYS = pd.date_range("2024-01-03", periods=200, freq="3D")  # with a day above 12, so that one order reads them all
WAYS_OF_DIGITS = {"%d%m%Y": "dmy", "%m%d%Y": "mdy", "%y%m%d": "ymd", "%d%m%y": "dmy", "%m%d%y": "mdy"}


def days_of(name: str, way: str) -> pd.DataFrame:
    return pd.DataFrame({**plain(), name: DAYS.strftime(way)})


def source_of(frame: pd.DataFrame, kind: str, name: str, path: Path) -> Any:
    """A frame with digits as they are, in a file, or as numbers, which have no zeros in front."""
    if kind == "numbers":
        return frame.assign(**{name: frame[name].astype("int64")})
    if kind == "texts":
        return frame
    frame.to_csv(path / "t.csv", index=False)
    return path / "t.csv"


@pytest.mark.parametrize("kind", ["texts", "numbers", "csv"])
@pytest.mark.parametrize("name", ["order_date", "Datum", "signup", "fecha_alta"])
@pytest.mark.parametrize("way", ["%d%m%Y", "%m%d%Y"])
def test_days_in_digits_with_the_year_last_are_days_where_a_name_says_so(
    kind: str, name: str, way: str, tmp_path: Path
) -> None:
    run = segment(source_of(days_of(name, way), kind, name, tmp_path), k=2, effort="quick", max_k=2)
    column = next(c for c in run.record.columns if c.name == name)
    first = (DAYS[0] - pd.Timestamp("1970-01-01")).days
    assert (column.kind, column.min, column.max) == ("date", first, first + 3 * 199)
    assert [f.column for f in run.findings if f.code in ("COT110", "COT114", "COT130")] == [name]
    asked = segment(
        source_of(days_of(name, way), kind, name, tmp_path), features=(name, "age"), k=2, effort="quick", max_k=2
    )
    few, usual = days_of(name, way).iloc[:4], margins(asked.assignments())  # few of them read in other orders too
    for new in ("texts", "numbers", "csv"):
        got = margins(asked.assign(source_of(few, new, name, tmp_path)))
        assert got == {id: usual[id] for id in got}
        assert len(got) == 4


def test_months_of_the_calendar_are_numbers() -> None:
    frame = pd.DataFrame({**plain(), "birth_month": [1 + i % 12 for i in range(200)]})
    run = segment(frame, k=2, effort="quick", max_k=2)
    assert all(c.kind != "date" for c in run.record.columns)


def margins(table: Any) -> dict[str, float]:
    frame = table if isinstance(table, pd.DataFrame) else table.df()
    return dict(zip(frame.iloc[:, 0].astype(str), frame["margin"], strict=True))


@pytest.mark.parametrize("name", ["signup", "signup_month", "Monat"])
@pytest.mark.parametrize("kind", ["texts", "numbers", "csv"])
def test_months_in_digits_are_their_first_days(kind: str, name: str, tmp_path: Path) -> None:
    months = [f"{2014 + i % 11}{1 + i % 12:02d}" for i in range(200)]
    frame = pd.DataFrame({**plain(), name: months, "weight": months})
    run = segment(source_of(frame, kind, name, tmp_path), k=2, effort="quick", max_k=2)
    column = next(c for c in run.record.columns if c.name == name)
    assert (column.kind, column.min) == ("date", (pd.Timestamp("2014-01-01") - pd.Timestamp("1970-01-01")).days)
    assert next(c for c in run.record.columns if c.name == "weight").kind != "date"


def test_digits_that_read_in_several_orders_are_told_and_an_order_decides(tmp_path: Path) -> None:
    frame = pd.DataFrame({**plain(), "signup": [f"{20 + i % 6}{1 + i % 12:02d}{1 + i % 28:02d}" for i in range(200)]})
    path = source_of(frame, "csv", "signup", tmp_path)
    (told,) = found(path)["COT130"]
    assert (told.level, told.column) == ("warning", "signup")
    assert told.text == "digits that read as day, month, year and year, month, day"
    assert "--date-order" in told.done
    run = segment(path, reading=Reading(date_order="ymd"), k=2, effort="quick", max_k=2)
    assert next(c for c in run.record.columns if c.name == "signup").min == 18_262  # the first of 2020
    assert "COT130" not in {f.code for f in run.findings}


def test_digits_of_which_some_are_no_days_are_told_and_other_numbers_are_not(tmp_path: Path) -> None:
    frame = days_of("signup", "%d%m%Y")
    frame.loc[3, "signup"] = "99999999"
    (told,) = found(source_of(frame, "csv", "signup", tmp_path))["COT130"]
    assert told.text == "digits that are not all days of a calendar"
    others = pd.DataFrame({**plain(), "signup": np.arange(200) * 7_919 + 20_000, "paid": 28_102_025 - np.arange(200)})
    assert "COT130" not in found(others)
