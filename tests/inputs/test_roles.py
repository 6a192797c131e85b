"""What a column is, is told by its name and its values together, in any language and in every kind of file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import check

N = 300
R = np.random.default_rng(1)
TICK, FEW = R.random(N) < 0.4, R.random(N) < 0.06


def answers(*levels: str) -> list[str]:
    return [levels[i] for i in R.integers(0, len(levels), N)]


def numbers(low: int, high: int) -> list[int]:
    return [int(x) for x in R.integers(low, high, N)]


def instead(*codes: int, of: Sequence[int]) -> list[int]:
    return [codes[i % len(codes)] if FEW[i] else x for i, x in enumerate(of)]


COLUMNS: dict[str | None, dict[str, Sequence[Any]]] = {
    "COT101": {
        "PLZ": numbers(1_000, 99_999), "code postal": numbers(10_000, 95_000), "n_facture": numbers(10_000, 99_999),
        "CAP": [f"{x:05d}" for x in numbers(10, 99_999)], "sku": numbers(100_000, 999_999),
        "Rechnungsnr": numbers(10**5, 10**6),
        "EAN13": numbers(4 * 10**12, 4 * 10**12 + 10**9), "num_pedido": numbers(10**5, 10**6),
        "bestelnummer": numbers(10**5, 10**6),
        "Steuernummer": numbers(10**9, 10**10), "nothing of a name": numbers(10**8, 10**9),
        "KundenNr": numbers(10**5, 10**6), "LEID": numbers(10**5, 10**6),
    },
    "COT116": {
        "IBAN": [f"DE{x:020d}" for x in numbers(10**10, 10**15)],
        "Telefon": numbers(491_500_000_000, 491_799_999_999),
        "reach": [f"+49 170 {x}" for x in numbers(10**6, 10**7)], "contact": [f"u{i}@mail.example" for i in range(N)],
    },
    "COT146": {"rowid": range(N), "Unnamed: 3": range(5, N + 5)},
    "COT145": {
        "last_seen": numbers(1_600_000_000_000, 1_700_000_000_000),
        "unix_signup": numbers(1_600_000_000, 1_700_000_000),
        "Eintrittsdatum": numbers(43_000, 45_500),
    },
    "COT018": {
        "Cluster": numbers(1, 5), "kmeans_label": numbers(0, 4), "Kundensegment": answers("Gold", "Silver", "New"),
    },
    "COT144": {"rfm_recency": numbers(1, 6)},
    "COT141": {
        "uses_chat": [("yes" if t else None) for t in TICK], "box 1": [1.0 if t else None for t in TICK],
        "box 2": [("☑" if t else None) for t in TICK], "box 3": [("Oui" if t else None) for t in TICK],
        "box 4": [("TRUE" if t else None) for t in TICK],
    },
    "COT121": {
        "salary": answers("bis 1.000 €", "1.000 bis 2.000 €", "2.000 bis 5.000 €", "über 5.000 €"),
        "size": answers("<50k", "50k-100k", "100k-1M", "1M+"), "how much": answers("0-0.5", "0.5-1", "1-2", "2.5+"),
        "how often": answers("täglich", "wöchentlich", "monatlich", "jährlich", "nie"),
        "opinion": answers("Pas du tout d'accord", "Plutôt pas d'accord", "Plutôt d'accord", "Tout à fait d'accord"),
        "likes": answers("1 - never", "2 - rarely", "3 - sometimes", "4 - often"),
        "short": answers("SD", "D", "N", "A", "SA"),
        "income": answers("Under $25,000", "$25,000 - $49,999", "$50,000 - $99,999", "$100,000 or more"),
        "rated": answers("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), "shirt": answers("S", "M", "L", "XL"),
    },
    "COT122": {
        "item 1": instead(98, 99, of=numbers(1, 6)), "item 2": instead(9, of=numbers(1, 6)),
        "item 3": instead(-99, of=numbers(1, 8)),
        "paid last": instead(9_999_999, of=numbers(20_000, 90_000)),
    },
    "COT142": {
        "by": answers("Mail;Shop", "Shop", "Mail;Phone", "Mail", "Shop;Phone"),
        "asked": answers("1,3", "1", "3,7", "1,3,7", "7"),
        "picked": answers("3,7", "1,3", "2,4"), "tags": answers("['a', 'b']", "['c']", "[]", "['a']"),
    },
    "COT147": {
        "boats": [3 if i in (7, 99) else 0 for i in range(N)], "has boat": ["no"] * (N - 1) + ["yes"],
    },
    None: {
        "age": numbers(18, 80), "loyalty_points": numbers(0, 5_000), "number_of_cards": numbers(0, 9),
        "order_value": numbers(9, 900),
        "account_balance": numbers(10_000, 99_999), "phone_calls": numbers(0, 90),
        "zip_income": numbers(20_000, 90_000),
        "credit_score": numbers(300, 850), "color": answers("red", "green", "blue"), "paid": answers("card", "cash"),
        "signup_date": [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(N)],
    },
}  # fmt: skip
CODES = {code for code in COLUMNS if code}


def to_sqlite(frame: pd.DataFrame, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        frame.to_sql("t", connection, index=False)
    connection.close()


FILES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    "t.csv": lambda frame, path: frame.to_csv(path, index=False),
    "t.jsonl": lambda frame, path: frame.to_json(path, orient="records", lines=True),
    "t.parquet": lambda frame, path: frame.to_parquet(path, index=False),
    "t.sqlite": to_sqlite,
}


@pytest.mark.parametrize("file", [*FILES, "frame"])
def test_every_column_is_told_by_its_rule_and_the_others_have_nothing_to_be_told(file: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"customer_id": [f"c{i}" for i in range(N)], **{n: v for held in COLUMNS.values() for n, v in held.items()}}
    )
    if file != "frame":
        FILES[file](frame, tmp_path / file)
    seen = check(frame if file == "frame" else tmp_path / file).findings
    told = {(f.column, f.code) for f in seen if f.code in CODES}
    assert told == {(name, code) for code, held in COLUMNS.items() if code for name in held}
    hidden = [f for f in seen if f.column in COLUMNS["COT116"]]
    assert not any(str(v) in f.text + f.done for f in hidden for v in COLUMNS["COT116"][str(f.column)])


def test_lists_are_no_answers_and_are_left_out(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(N)], "age": numbers(18, 80), "paid": numbers(1, 99)})
    frame["tags"] = [["a"] if i % 2 else ["a", "b"] for i in range(N)]
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    for source in (frame, tmp_path / "t.parquet", tmp_path / "t.jsonl"):
        assert ("tags", "COT104") in {(f.column, f.code) for f in check(source).findings}
