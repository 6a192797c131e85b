"""What stands in a cell is read as people mean it, or stops: logs as shops, banks and spreadsheets write them."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie.__main__ import _run

Write = Callable[[datetime.datetime], str]
R = np.random.default_rng(3)
MOMENTS = [datetime.datetime(2025, 1, 1, 10) + datetime.timedelta(days=int(d)) for d in R.integers(0, 320, 90)]
MONEY = [round(float(x), 2) * (-1 if i % 11 == 5 else 1) for i, x in enumerate(R.lognormal(7, 1, 90))]
FRENCH = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
DUTCH = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
GERMAN = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def log(date: Write = "{:%Y-%m-%d}".format, amount: Callable[[float], str] = "{:.2f}".format) -> pd.DataFrame:
    """Return 90 purchases of 15 customers, some of them returns, as texts."""
    rows = [(f"C{i % 15:02d}", date(d), amount(m)) for i, (d, m) in enumerate(zip(MOMENTS, MONEY, strict=True))]
    return pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])


def changed(frame: pd.DataFrame, column: str, cell: str, row: int = 40) -> pd.DataFrame:
    frame = frame.copy()
    frame.loc[row, column] = cell
    return frame


def to_sqlite(frame: pd.DataFrame, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        frame.to_sql("log", connection, index=False, if_exists="replace")
    connection.close()


FILES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "log.csv": lambda frame, path: frame.to_csv(path, index=False),
    "log.tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "semicolons.csv": lambda frame, path: frame.to_csv(path, index=False, sep=";"),
    "log.json": lambda frame, path: frame.to_json(path, orient="records"),
    "log.parquet": lambda frame, path: frame.to_parquet(path, index=False),
    "log.sqlite": to_sqlite,
    "log.xlsx": lambda frame, path: frame.to_excel(path, index=False),
}


def made(frame: pd.DataFrame, folder: Path, file: str = "log.csv", *flags: str) -> str:
    """Return the customers that the program makes of a log, as text."""
    FILES[file](frame, folder / file)
    out = folder / "customers.csv"
    assert _run(["customers", str(folder / file), "--out", str(out), "--overwrite", *flags]) == 0
    return out.read_text()


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The customers of the log in plain notation."""
    return made(log(), tmp_path_factory.mktemp("right"))


DATES: dict[str, Write] = {
    "with an offset": lambda d: f"{d:%Y-%m-%d %H:%M:%S} +0200",
    "with an offset at midnight": lambda d: f"{d:%Y-%m-%dT00:10:00}+01:00",
    "microseconds, one without": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}" + (".123456" if d != MOMENTS[7] else ""),
    "in UTC": lambda d: f"{d:%Y-%m-%dT%H:%MZ}",
    "a month in words": lambda d: f"{d:%B %d %Y}",
    "a month in French": lambda d: f"{d.day} {FRENCH[d.month - 1]} {d.year}",
    "a month in Dutch": lambda d: f"{d.day}-{DUTCH[d.month - 1]}-{d.year}",
    "a weekday in German": lambda d: f"{GERMAN[d.weekday()]}, {d:%d.%m.%Y}",
    "a weekday in English": lambda d: f"{d:%A, %B} {d.day}, {d.year}",
    "twelve hours": lambda d: f"{d:%m/%d/%Y %I:%M:%S %p}",
    "mail": lambda d: f"{d:%a, %d %b %Y %H:%M:%S} +0000",
    "compact": lambda d: f"{d:%Y%m%d}",
    "compact with a clock": lambda d: f"{d:%Y%m%dT%H%M%S}",
    "named zones": lambda d: f"{d:%Y-%m-%d %H:%M:%S} PST",
    "day numbers": lambda d: str((d.date() - datetime.date(1899, 12, 30)).days),
    "seconds": lambda d: str(int(d.replace(tzinfo=datetime.UTC).timestamp())),
    "milliseconds": lambda d: str(int(d.replace(tzinfo=datetime.UTC).timestamp()) * 1_000),
    "iso, then month/day": lambda d: f"{d:%Y-%m-%d}" if d < MOMENTS[3] else f"{d:%m/%d/%Y}",
    "iso, then day.month": lambda d: f"{d:%Y-%m-%d}" if d < MOMENTS[3] else f"{d:%d.%m.%Y}",
    "iso, then months in words": lambda d: f"{d:%Y-%m-%d}" if d < MOMENTS[3] else f"{d:%d %b %Y}",
}


@pytest.mark.parametrize("name", DATES)
def test_dates_as_programs_and_people_write_them_make_the_same_customers(name: str, right: str, tmp_path: Path) -> None:
    assert made(log(DATES[name]), tmp_path) == right


@pytest.mark.parametrize("file", FILES)
def test_texts_in_every_kind_of_file_make_the_same_customers(file: str, right: str, tmp_path: Path) -> None:
    if file == "log.xlsx":
        pytest.importorskip("openpyxl")
    for date in (DATES["microseconds, one without"], DATES["a weekday in German"]):
        assert made(log(date, german), tmp_path, file) == right


def german(x: float) -> str:
    return f"{x:,.2f}".translate({44: ".", 46: ","})


def behind(x: float) -> str:
    return f"{abs(x):,.2f}{'-' if x < 0 else ''}"


AMOUNTS: dict[str, Callable[[float], str]] = {
    "a minus behind": behind,
    "a German minus behind": lambda x: behind(x).translate({44: ".", 46: ","}),
    "a typographic minus": lambda x: f"{x:.2f}".replace("-", "\u2212"),
    "credit": lambda x: f"{abs(x):.2f}{' CR' if x < 0 else ''}",
    "debit and credit": lambda x: f"{abs(x):.2f} {'CR' if x < 0 else 'DR'}",
    "brackets": lambda x: f"({-x:,.2f})" if x < 0 else f"{x:,.2f}",
    "zloty": lambda x: f"{german(x)} zł",
    "narrow blanks": lambda x: f"{x:,.2f}".translate({44: "\u202f", 46: ","}) + "\u00a0€",
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_amounts_below_zero_as_books_write_them_make_the_same_customers(name: str, right: str, tmp_path: Path) -> None:
    assert made(log(amount=AMOUNTS[name]), tmp_path) == right


STOPS: dict[str, tuple[pd.DataFrame, str]] = {
    "a day of the year": (log(lambda d: f"{d:%Y%j}"), "holds no dates"),
    "weeks": (log(lambda d: f"{d:%G-W%V-%u}"), "that coterie can read. Where: row 1 holds '2025-W"),
    "a word": (changed(log(), "order_date", "epoch"), "cannot be read"),
    "more behind a date": (changed(log(), "order_date", "2025-01-05 garbage"), "cannot be read"),
    "more before a date": (changed(log(), "order_date", "before 2025-05-05"), "cannot be read"),
    "more before a month": (changed(log(DATES["mail"]), "order_date", "until 5 May 2025"), "cannot be read"),
    "before Christ": (changed(log(), "order_date", "0044-03-15 (BC)"), "cannot be read"),
    "no day of a calendar": (changed(log(), "order_date", "2025-02-30"), "cannot be read"),
    "Japanese dates": (log(lambda d: f"{d:%Y}年{d:%m}月{d:%d}日"), "holds no dates"),
    "infinity": (changed(log(), "amount", "infinity"), "cannot be read"),
    "an underscore": (changed(log(), "amount", "1_000"), "cannot be read"),
    "words for an amount": (changed(log(), "amount", "12 or 13"), "cannot be read"),
    "day and month in both orders": (log(lambda d: f"{d:%d/%m/%Y}" if d.day % 2 else f"{d:%m/%d/%Y}"), "in 2 forms"),
    "a few dates of another form": (
        changed(log(lambda d: f"{d.replace(day=min(d.day, 12)):%d/%m/%Y}"), "order_date", "2025-06-07"), "2 forms",
    ),
    "a bank's own word": (changed(log(), "amount", "pending"), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_what_is_there_and_cannot_be_read_stops(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame, told = STOPS[name]
    frame.to_csv(tmp_path / "log.csv", index=False)
    assert _run(["customers", str(tmp_path / "log.csv"), "--out", str(tmp_path / "c.csv")]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.parametrize("file", ["log.csv", "log.parquet", "log.json", "log.sqlite"])
def test_a_loss_that_was_asked_for_is_counted(file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = made(changed(log(), "order_date", "soon"), tmp_path, file, "--on-bad-rows", "skip")
    assert capsys.readouterr().out.startswith("1 row that could not be read was left out. 81 orders of 15 customers")
    assert len(rows.splitlines()) == 16


def test_the_day_beside_the_clock_counts_unless_a_time_zone_is_named(right: str, tmp_path: Path) -> None:
    late = log(lambda d: f"{d:%Y-%m-%dT00:10:00}+01:00")
    before = log(lambda d: f"{d - datetime.timedelta(days=1):%Y-%m-%d}")
    assert made(late, tmp_path) == right
    assert made(late, tmp_path, "log.csv", "--time-zone", "UTC") == made(before, tmp_path)


def test_a_workbook_whose_program_may_have_switched_day_and_month_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it could read as month and day became a date, the rest stayed text."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["customer_id", "order_date", "amount"])
    for i, (d, m) in enumerate(zip(MOMENTS, MONEY, strict=True)):
        switched = datetime.datetime(d.year, d.day, d.month) if d.day <= 12 else f"{d:%d/%m/%Y}"
        book.active.append([f"C{i % 15:02d}", switched, m])
    book.save(tmp_path / "log.xlsx")
    assert _run(["customers", str(tmp_path / "log.xlsx"), "--out", str(tmp_path / "c.csv")]) == 2
    assert "may have switched day and month" in " ".join(capsys.readouterr().err.split())


def test_numbers_in_a_column_that_nobody_uses_are_unread_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"c{i},{20 + i % 50},{i * 7 % 90},{i if i != 150 else '1_000'}" for i in range(200)]
    (tmp_path / "t.csv").write_text("customer_id,age,spend,x\n" + "\n".join(rows) + "\n")
    _run(["check", str(tmp_path / "t.csv")])
    assert "COT129 warning 'x': 1 value cannot be read as a number" in capsys.readouterr().out
    assert _run(["segment", str(tmp_path / "t.csv"), "--features", "age,x", "--out", str(tmp_path / "out")]) == 2
    assert "row 151 holds '1_000'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("date", "told"),
    [
        (lambda d: "0000-00-00" if d.day == 3 else f"{d:%Y-%m-%d}", "COT125 note 'joined': 0000-00-00 means missing"),
        (lambda d: f"{d:%m/%d/%Y}" if d.day % 2 else f"{d:%d/%m/%Y}", "COT129 error 'joined'"),
        (lambda d: f"{d:%Y%m%d}", "COT110 note 'joined': dates are not written as year-month-day"),
        (lambda d: f"{d:%Y-%m-%d}" if d.day % 4 else "unknown", "COT123 warning 'joined': 76% of the values are dates"),
    ],
    ids=["zeros", "two orders", "compact", "three quarters"],
)
def test_dates_are_no_category_and_no_number_without_a_word(
    date: Write, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=i % 60) for i in range(200)]
    rows = [f"c{i},{20 + i % 50},{i * 7 % 90},{date(d)}" for i, d in enumerate(days)]
    (tmp_path / "t.csv").write_text("customer_id,age,spend,joined\n" + "\n".join(rows) + "\n")
    _run(["check", str(tmp_path / "t.csv")])
    assert told in " ".join(capsys.readouterr().out.split())
