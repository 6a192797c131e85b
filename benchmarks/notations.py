"""Whether notations and kinds of files change what is read: the same values, written in many ways.

    python benchmarks/notations.py                  # everything: writes results/notations.json
    python benchmarks/notations.py --only tables --every 5

Purchases in 40 notations and 5 kinds of files give the same customers, cent for cent, or stop. Customers in 30
notations and 5 kinds of files give the same record but for how it says that they were written, or stop.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

import coterie
from coterie import sql
from coterie.engines import Reading, connect
from coterie.errors import CoterieError
from coterie.purchases import Purchases, customer_base
from coterie.record import to_json

RESULTS = Path(__file__).parent / "results" / "notations.json"
BASE = datetime.datetime(2025, 1, 1)  # midnight: with a clock or without, a moment is the same
Rows = list[dict[str, str]]


class Number(NamedTuple):
    """How a number with two decimals is written."""

    name: str
    decimal: str
    grouping: str
    before: str = ""
    after: str = ""
    below: str = "-{}"

    def write(self, x: float) -> str:
        """Return a number as it is written."""
        digits = f"{abs(x):,.2f}".translate({44: self.grouping, 46: self.decimal})
        whole = f"{self.before}{digits}{self.after}"
        return self.below.format(whole) if x < 0 else whole


NUMBERS = (
    Number("plain", ".", ""),
    Number("American", ".", ","),
    Number("German", ",", "."),
    Number("French", ",", "\u202f"),
    Number("Swiss", ".", "'"),
    Number("dollars", ".", ",", before="$"),
    Number("euros", ",", ".", after=" €"),
    Number("SAP", ".", ",", below="{}-"),
    Number("accounts", ".", ",", below="({})"),
    Number("typographic", ",", " ", below="\u2212{}"),
)
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
DATES: dict[str, Callable[[datetime.datetime], str]] = {
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "iso with a clock": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}",
    "iso with microseconds": lambda d: d.isoformat(timespec="microseconds" if d.day % 3 else "auto"),
    "iso in UTC": lambda d: f"{d:%Y-%m-%dT%H:%MZ}",
    "shopify": lambda d: f"{d:%Y-%m-%d %H:%M:%S} +0200",
    "compact": lambda d: f"{d:%Y%m%d}",
    "compact with a clock": lambda d: f"{d:%Y%m%dT%H%M%S}",
    "German": lambda d: f"{d:%d.%m.%Y}",
    "British": lambda d: f"{d:%d/%m/%Y %H:%M}",
    "American": lambda d: f"{d:%m/%d/%Y}",
    "American, twelve hours": lambda d: f"{d:%m/%d/%Y %I:%M:%S %p}",
    "short years": lambda d: f"{d:%d/%m/%y}",
    "named": lambda d: f"{d:%d %b %Y}",
    "long": lambda d: f"{d:%B %d, %Y}",
    "mail": lambda d: f"{d:%a, %d %b %Y %H:%M:%S} +0100",
    "weekday before": lambda d: f"{WEEKDAYS[d.weekday()]}, {d:%d.%m.%Y}",
    "slashes, year first": lambda d: f"{d:%Y/%m/%d}",
    "day numbers": lambda d: str((d.date() - datetime.date(1899, 12, 30)).days),
    "seconds": lambda d: str(int(d.replace(tzinfo=datetime.UTC).timestamp())),
    "milliseconds": lambda d: str(int(d.replace(tzinfo=datetime.UTC).timestamp()) * 1_000),
}
YES_NO = (("true", "false"), ("True", "False"), ("TRUE", "FALSE"))


# ── the same values ───────────────────────────────────────────────────────────────────────────────────────────────


def purchases() -> list[tuple[str, datetime.datetime, float]]:
    """Return 400 purchases of 60 customers, some of them returns."""
    r = np.random.default_rng(8)
    days = r.integers(0, 500, 400)
    money = np.round(np.exp(r.normal(4.5, 1.2, 400)) * np.where(r.random(400) < 0.05, -1, 1), 2)
    return [
        (f"C{i % 60:03d}", BASE + datetime.timedelta(days=int(d)), float(m))
        for i, d, m in zip(range(400), days, money, strict=True)
    ]


def customers() -> list[tuple[str, datetime.datetime, float, float, bool]]:
    """Return 300 customers: a day, money, a balance, yes or no."""
    r = np.random.default_rng(9)
    kind = r.integers(0, 3, 300)
    money = np.round(r.normal([200, 3_000, 9_000], [40, 400, 900], (300, 3))[range(300), kind], 2)
    balance = np.round(r.normal([-50, 400, 1_500], [30, 80, 300], (300, 3))[range(300), kind], 2)
    since = [BASE + datetime.timedelta(days=int(d)) for d in r.integers(0, 900, 300)]
    return [
        (f"C{i:03d}", since[i], float(money[i]), float(balance[i]), bool(kind[i] == 1 or i % 7 == 0))
        for i in range(300)
    ]


def written_purchases() -> Iterator[tuple[str, Rows]]:
    """Give the purchases in 40 notations."""
    ways = [(NUMBERS[i % 10], date) for i, date in enumerate(DATES)]
    ways += product(NUMBERS, ("iso", "British", "American"))
    for number, date in list(dict.fromkeys(ways))[:40]:
        rows = [{"customer": c, "order_date": DATES[date](d), "amount": number.write(m)} for c, d, m in purchases()]
        yield f"{number.name}, {date}", rows


def written_customers() -> Iterator[tuple[str, Rows]]:
    """Give the customers in 30 notations."""
    ways = [(NUMBERS[i % 10], list(DATES)[i % 17], YES_NO[i % 3]) for i in range(30)]
    for number, date, (yes, no) in ways:
        rows = [
            {
                "customer_id": c, "since": DATES[date](d), "money": number.write(m), "balance": number.write(b),
                "news": yes if n else no,
            }
            for c, d, m, b, n in customers()
        ]  # fmt: skip
        yield f"{number.name}, {date}, {yes}", rows


# ── five kinds of files ───────────────────────────────────────────────────────────────────────────────────────────


def as_csv(rows: Rows, path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    return path


def as_json(rows: Rows, path: Path) -> Path:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def as_parquet(rows: Rows, path: Path) -> Path:
    pd.DataFrame(rows).to_parquet(path, index=False)
    return path


def as_sqlite(rows: Rows, path: Path) -> Path:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        pd.DataFrame(rows).to_sql("rows", connection, index=False)
    connection.close()
    return path


def as_cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def as_workbook(rows: Rows, path: Path) -> Path:
    """Write texts only, as a program does that knows no types."""
    sheet = "".join(
        f"<row>{''.join(map(as_cell, line))}</row>" for line in [list(rows[0]), *(r.values() for r in rows)]
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        listed = '<sheets><sheet name="rows" sheetId="1" r:id="r1"/></sheets>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{relation}">{listed}</workbook>')
        target = f'<Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/>'
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{target}</Relationships>')
        table = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
        book.writestr("xl/worksheets/sheet1.xml", table)
    return path


FILES: dict[str, Callable[[Rows, Path], Path]] = {
    "rows.csv": as_csv, "rows.json": as_json, "rows.parquet": as_parquet, "rows.sqlite": as_sqlite,
    "rows.xlsx": as_workbook,
}  # fmt: skip


# ── what is read of them ──────────────────────────────────────────────────────────────────────────────────────────


def made_customers(path: Path) -> object:
    """Return the customers of a log, to the cent."""
    engine = connect(threads=1)
    try:
        asked = Purchases(customer="customer", date="order_date", amount="amount")
        base = customer_base.customers_of_log(path, engine, asked, Reading())
        names = ["__c_id", "recency", "frequency", "monetary", "returned", "tenure"]
        got = engine.fetch(sql.select([sql.column(n) for n in names], sql.table(base.table.relation)))
        return sorted(zip(*(got[n].tolist() for n in names), strict=True))
    finally:
        engine.close()


def made_record(path: Path) -> object:
    """Return the record of a segmentation, without what says how its values were written."""
    formed = ["money", "balance", "since", "news"]
    run = coterie.segment(path, id="customer_id", k=3, max_k=4, effort="quick", features=formed)
    record: dict[str, Any] = to_json(run.record)
    record.pop("findings")
    for column in record["columns"]:
        column.pop("notation")
    return record


KINDS: dict[str, tuple[Callable[[], Iterator[tuple[str, Rows]]], Callable[[Path], object]]] = {
    "purchases": (written_purchases, made_customers),
    "tables": (written_customers, made_record),
}


def compare(kind: str, every: int) -> dict[str, Any]:
    """Return how often the values are the same, are refused, or are others."""
    written, read = KINDS[kind]
    right, counts, told = None, Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        for i, (name, rows) in enumerate(written()):
            for file, write in FILES.items() if i % every == 0 else ():
                path = write(rows, Path(folder) / file)
                try:
                    got = read(path)
                except CoterieError as error:
                    counts["stopped"] += 1
                    told.append({"notation": name, "file": file, "stopped": str(error).splitlines()[0]})
                    continue
                right = got if right is None else right
                counts["same" if got == right else "others"] += 1
                if got != right:
                    told.append({"notation": name, "file": file, "others": True})
    return {"counts": dict(counts), "told": told}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=KINDS)
    asked.add_argument("--every", type=int, default=1, help="take every so many notations only")
    options = asked.parse_args()
    result = {kind: compare(kind, options.every) for kind in KINDS if options.only in (None, kind)}
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if options.only is None and options.every == 1:
        RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
