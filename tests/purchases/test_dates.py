"""Dates as days: what engines and texts write, and what is never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.engines import Reading


def recencies(dates: Any, **more: Any) -> list[int]:
    frame = pd.DataFrame({"customer": [f"c{i}" for i in range(len(dates))], "date": dates, "amount": 1.0})
    named = {"customer": "customer", "date": "date", "amount": "amount"}  # nobody comes twice
    return coterie.customers(frame, as_of="2026-02-01", **named, **more).recency.tolist()


def test_recency_counts_to_the_day_after_the_last_purchase() -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], "date": ["2026-01-01", "2026-01-11"], "amount": [1.0, 2.0]})
    assert coterie.customers(frame).recency.tolist() == [11, 1]


@pytest.mark.parametrize(
    "dates",
    [
        ["2026-01-02", "2026-01-31"],
        ["2026-01-02 23:59:59", "2026-01-31 00:00:00"],
        ["1/2/2026 8:45", "1/31/2026 18:05"],
        ["2/1/26", "31/1/26"],
        ["02.01.2026", "31.01.2026"],
        ["Jan 2, 2026", "Jan 31, 2026"],
        ["2026-01-02T23:50:00Z", "2026-01-31"],
        ["2026-01-02 00:10:00 +0200", "2026-01-31 23:50:00.123456-08:00"],
        ["Fri, 02 Jan 2026 10:00:00 +0000", "Sat, 31 Jan 2026 10:00:00 +0000"],
        ["January 02 2026", "31. Januar 2026"],
        ["2026-01-02", "31/01/2026"],
        ["20260102T101500", "20260131T101500"],
        [20260102, 20260131],
        [46024, 46053],
        [1767348000, 1769817600],
        [1767348000000, 1769817600000],
        [20260102.0, 20260131.0],
        pd.to_datetime(["2026-01-02 23:59:59", "2026-01-31 00:00:01"]),
        pd.to_datetime(["2026-01-02", "2026-01-31"]).date,
        pd.to_datetime(["2026-01-02 23:00", "2026-01-31 01:00"]).tz_localize("UTC"),
        pd.to_datetime(["2026-01-01 20:00", "2026-01-30 20:00"]).tz_localize("America/New_York"),
    ],
    ids=lambda dates: str(dates[0]),
)
def test_dates_times_and_texts_are_days(dates: Any) -> None:
    assert recencies(dates) == [30, 1]


def test_a_day_and_a_month_are_never_swapped_on_a_guess(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="2 ways"):
        recencies(["1/2/2026", "2/1/2026"])
    assert recencies(["1/2/2026", "2/1/2026"], reading=Reading(date_order="dmy")) == [0, 30]
    (tmp_path / "o.csv").write_text("customer,date,amount\na,1/2/2026,5\nb,3/4/2026,5\n")
    with pytest.raises(errors.InputError, match="date_order"):
        coterie.customers(tmp_path / "o.csv")


def _count(days: list[str], path: Path, **how: Any) -> int:
    path.write_text("customer,date,amount\n" + "".join(f"c{i % 9},{d},5\n" for i, d in enumerate(days)))
    return len(coterie.customers(path, **how).recency.fetchnumpy()["recency"])


@pytest.mark.parametrize(("one", "other"), [(".", "/"), ("-", "/"), ("/", ".")])
def test_the_order_that_dates_with_one_sign_show_decides_no_dates_with_another(
    one: str, other: str, tmp_path: Path
) -> None:
    shown = [f"{1 + i % 28:02d}{one}07{one}2025" for i in range(28)]
    unshown = [f"{1 + i % 12:02d}{other}08{other}2025" for i in range(12)]
    with pytest.raises(errors.InputError, match="2 ways") as stopped:
        _count([*shown, *unshown], tmp_path / "o.csv")
    assert "another sign reads both ways" in str(stopped.value)
    assert _count([*shown, *unshown], tmp_path / "o.csv", reading=Reading(date_order="dmy")) == 9
    assert _count([*shown, *unshown, f"28{other}08{other}2025"], tmp_path / "o.csv") == 9


@pytest.mark.parametrize("sign", ["-", "/", "."])
def test_a_short_year_that_may_come_first_stops(sign: str, tmp_path: Path) -> None:
    days = [f"{24 + i % 2}{sign}{1 + i % 12:02d}{sign}{1 + i % 28:02d}" for i in range(60)]
    with pytest.raises(errors.InputError, match="2 ways") as stopped:
        _count(days, tmp_path / "o.csv")
    assert "with the year first" in str(stopped.value)
    assert "four digits" in str(stopped.value)
    last = [f"{1 + i % 28:02d}{sign}{1 + i % 12:02d}{sign}{24 + i % 2}" for i in range(60)]
    assert _count(last, tmp_path / "o.csv") == 9


@pytest.mark.parametrize("sign", ["-", "/", "."])
@pytest.mark.parametrize("clock", ["", " 23:10", "T23:10:00"])
@pytest.mark.parametrize("kind", ["csv", "frame"])
def test_a_short_year_that_must_come_first_is_read(sign: str, clock: str, kind: str, tmp_path: Path) -> None:
    """Of some dates the last number is no year that could have them, or the first no day."""
    days = pd.Timestamp("1996-01-31") + pd.to_timedelta(np.arange(60) * 97, unit="D")
    written = [f"{d:%y{sign}%m{sign}%d}{clock}" for d in days]
    frame = pd.DataFrame({"customer": [f"c{i % 9}" for i in range(60)], "date": days, "amount": 5.0})
    wanted = coterie.customers(frame)
    texts = frame.assign(date=written)
    texts.to_csv(tmp_path / "o.csv", index=False)
    got = coterie.customers(texts) if kind == "frame" else coterie.customers(tmp_path / "o.csv").df()
    pd.testing.assert_frame_equal(got, wanted, check_dtype=False)


def test_a_short_year_that_may_come_first_is_read_where_that_was_said(tmp_path: Path) -> None:
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(60) * 11, unit="D")
    path = tmp_path / "o.csv"
    path.write_text("customer,date,amount\n" + "".join(f"c{i % 9},{d:%y-%m-%d},5\n" for i, d in enumerate(days)))
    wanted = coterie.customers(pd.DataFrame({"customer": [f"c{i % 9}" for i in range(60)], "date": days, "amount": 5}))
    with pytest.raises(errors.InputError, match=r'date_order="dmy"\) or ymd'):
        coterie.customers(path)
    got = coterie.customers(path, reading=Reading(date_order="ymd")).df()
    pd.testing.assert_frame_equal(got, wanted, check_dtype=False)


def test_short_years_first_and_last_in_one_column_stop(tmp_path: Path) -> None:
    days = [f"{70 + i % 30}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(60)]
    with pytest.raises(errors.InputError, match="written in 2 forms"):
        _count([*days, "05/01/85"], tmp_path / "o.csv")


@pytest.mark.parametrize("way", ["%d%m%Y", "%m%d%Y", "%y%m%d", "%Y%m"])
@pytest.mark.parametrize("kind", ["csv", "texts", "numbers"])
def test_the_days_of_purchases_may_be_digits_in_any_order(way: str, kind: str, tmp_path: Path) -> None:
    first = pd.Timestamp("1994-01-31" if way == "%y%m%d" else "2022-01-03")  # 94 to 98 are no days
    days = first + pd.to_timedelta(np.arange(300) * 5, unit="D")
    frame = pd.DataFrame({"customer": [f"c{i % 40}" for i in range(300)], "Datum": days, "amount": 5.0})
    if way == "%Y%m":
        frame["Datum"] = frame["Datum"].dt.to_period("M").dt.start_time
    wanted = coterie.customers(frame)
    frame["Datum"] = frame["Datum"].dt.strftime(way)
    frame.to_csv(tmp_path / "o.csv", index=False)
    numbers = frame.assign(Datum=frame["Datum"].astype("int64"))
    source = {"csv": tmp_path / "o.csv", "texts": frame, "numbers": numbers}[kind]
    made = coterie.customers(source)
    got = made if isinstance(made, pd.DataFrame) else made.df()
    pd.testing.assert_frame_equal(got, wanted, check_dtype=False)


def test_digits_that_read_in_several_orders_stop_a_log_until_one_is_named() -> None:
    days = [10112025, 11122025, 12012025, 9102025]
    with pytest.raises(errors.InputError, match="2 ways"):
        recencies(days)
    assert recencies(days, reading=Reading(date_order="dmy")) == [83, 52, 385, 115]
    with pytest.raises(errors.InputError, match="1 of the values"):
        recencies([28102025, 29102025, 99999999])
    assert len(recencies([28102025, 29102025, 99999999], reading=Reading(on_bad_rows="skip"))) == 2


def test_dates_that_are_none_are_an_error() -> None:
    with pytest.raises(errors.InputError, match="no dates"):
        recencies(["soon", "later"])


def test_of_a_long_log_the_first_rows_show_that_it_cannot_be_read() -> None:
    dates = [f"2026-01-{1 + i % 28:02}" for i in range(12_000)]
    with pytest.raises(errors.InputError, match="no dates that coterie can read in its first 5,000 rows"):
        recencies([f"week {i % 52}" for i in range(12_000)])
    with pytest.raises(errors.InputError, match=r"^1,667 of the first 5,000 values") as early:
        recencies([day if i % 3 else "soon" for i, day in enumerate(dates)])
    assert "row 1." in str(early.value)


@pytest.mark.parametrize("wrong", ["soon", "2026-01-02 garbage", "2026002", "epoch", "2026-02-30", "0044-03-15 (BC)"])
def test_a_value_that_is_no_date_stops_the_run_unless_its_loss_was_asked_for(wrong: str) -> None:
    dates = ["2026-01-02"] * 30 + [wrong] + ["2026-01-31", None, "NA", "0000-00-00"]
    with pytest.raises(errors.InputError, match="row 31"):
        recencies(dates)
    assert len(recencies(dates, reading=Reading(on_bad_rows="skip"))) == 31


def test_numbers_of_two_meanings_stop() -> None:
    with pytest.raises(errors.InputError, match="1 of the values"):
        recencies([*([46024] * 30), 1767348000])


def test_forms_of_dates_that_cannot_be_read_together_stop() -> None:
    with pytest.raises(errors.InputError, match="2 forms") as stopped:
        recencies(["2026-01-02", "2026-01-13", "1/2/2026"])
    assert "(first in row 3)" in str(stopped.value)
    assert recencies(["2026-01-02", "2026-01-13", "1/2/2026"], reading=Reading(date_order="dmy")) == [30, 19, 0]


def test_a_log_that_changes_its_form_half_way_is_read_whole(tmp_path: Path) -> None:
    days = [*(f"2025-06-{1 + i % 30:02d}" for i in range(30)), *(f"{1 + i % 28:02d}/07/2025" for i in range(28))]
    (tmp_path / "o.csv").write_text(
        "customer,date,amount\n" + "".join(f"c{i % 29},{d},5\n" for i, d in enumerate(days))
    )
    made = coterie.customers(tmp_path / "o.csv")
    assert sorted(made.recency.fetchnumpy()["recency"].tolist()) == list(range(1, 30))
