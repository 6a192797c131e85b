"""Columns that name customers, things, places, persons or rows measure nothing, whatever type they are kept as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import segment
from coterie.table.unmeasured import Unmeasured, numbers_name, texts_name
from table.customers import found, plain

R = np.random.default_rng(5)
DIGITS = {"phone": 10, "custid": 4, "KundenNr": 7, "account": 8, "ssn": 9, "ean": 13, "zip": 5, "RespondentID": 11}


def numbers(digits: int, n: int = 200) -> list[int]:
    return R.choice(np.arange(10 ** (digits - 1), 10 ** (digits - 1) + 5_000), n, replace=False).tolist()


def written(frame: pd.DataFrame, folder: Path, kind: str) -> Any:
    path = folder / f"customers.{kind}"
    match kind:
        case "csv":
            frame.to_csv(path, index=False)
        case "parquet":
            frame.to_parquet(path, index=False)
        case "jsonl":
            frame.to_json(path, orient="records", lines=True)
        case _:
            return frame
    return path


@pytest.mark.parametrize("name", DIGITS)
@pytest.mark.parametrize("kind", ["frame", "csv", "parquet", "jsonl"])
def test_a_number_that_names_something_is_left_out_of_every_kind_of_file(name: str, kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({**plain(), name: numbers(DIGITS[name])})
    seen = found(written(frame, tmp_path, kind))
    told = [f.code for code in ("COT101", "COT116") for f in seen.get(code, []) if f.column == name]
    assert told == [{"phone": "COT116", "ssn": "COT116"}.get(name, "COT101")]


def test_segments_are_the_same_without_a_number_that_names_something() -> None:
    frame = pd.DataFrame(plain())
    runs = [segment(f, k=3, effort="quick", max_k=3) for f in (frame, frame.assign(custid=numbers(5)))]
    assert [f.column for f in runs[1].record.features] == ["age", "orders", "spend"]
    assert runs[0].assignments()["segment"].tolist() == runs[1].assignments()["segment"].tolist()
    forced = segment(frame.assign(custid=numbers(5)), features=("custid", "age"), k=2, effort="quick", max_k=2)
    assert [f.column for f in forced.record.features] == ["age", "custid"]


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("Unnamed: 0", [5, 5, 9, 12], Unmeasured.ROWS),
        ("index", [0, 10, 11, 17], Unmeasured.ROWS),
        ("anything", range(200), Unmeasured.COUNTER),
        ("anything", [10_000_000 + 37 * i for i in range(200)], Unmeasured.THINGS),
        ("price index", [101, 104, 99, 98], None),
        ("index", [1.5, 2.5, 3.0, 4.0], None),
        ("income", [23_455 + 311 * i for i in range(200)], None),
        ("turnover_value", [10_000_000 + 37 * i for i in range(200)], None),
        ("orders", [1, 5, 7, 7, 3], None),
        ("phone", [0, 1, 2, 2, 1, 0], None),
        ("number_of_orders", range(1, 400, 2), None),
    ],
)
def test_a_name_proposes_and_numbers_decide(name: str, values: Any, why: Unmeasured | None) -> None:
    x = np.array(list(values), dtype=np.float64)
    assert numbers_name(name, x, len(x)) is why


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("contact", [f"a{i}@b.de" for i in range(30)], Unmeasured.PERSONAL),
        ("reach", [f"+49 170 {1_000_000 + i}" for i in range(30)], Unmeasured.PERSONAL),
        ("where", [f"{i} Main Street" for i in range(30)], Unmeasured.PERSONAL),
        ("pay", [f"4111 1111 1111 {1000 + i}" for i in range(30)], Unmeasured.PERSONAL),
        ("Nachname", [f"N{i}" for i in range(30)], Unmeasured.PERSONAL),
        ("Email", ["yes", "no", "yes", "no"], None),
        ("last_name", ["x", None, "x"], None),
        ("last_name", ["Müller"] * 30, Unmeasured.PERSONAL),
        ("last_name", ["x", None, "x"] * 10, None),
        ("ref", [f"R_{i:04d}" for i in range(30)], Unmeasured.THINGS),
        ("by", ["Mail;Shop", "Shop", "Mail;Phone", "Mail", "Shop;Phone", "Mail;Shop", "Phone"] * 5, Unmeasured.SEVERAL),
        ("coded", ["3,7", "2,5", "1,2,4", "1"] * 10, Unmeasured.SEVERAL),
        ("coded", ["1;3", "1;2;5", "2"] * 10, Unmeasured.SEVERAL),
        ("pairs", ["3,7", "2,5", "3"] * 10, None),
        ("picked", ["3,7", "3", "1,7", "1", "7", "1,3", "3,7"] * 5, Unmeasured.SEVERAL),
        ("city", ["Paris, TX", "Paris", "Bonn"] * 10, None),
        ("plan", ["Pro", "Plus", "Team"] * 10, None),
    ],
)  # fmt: skip
def test_a_name_proposes_and_texts_decide(name: str, values: list[Any], why: Unmeasured | None) -> None:
    assert texts_name(name, np.array(values, dtype=object), many=len(set(values)) > 20) is why


def test_columns_of_an_earlier_result_are_left_out() -> None:
    r = np.random.default_rng(3)
    scores = {"rfm_recency": r.integers(1, 6, 200), "margin": r.random(200), "segment": r.integers(1, 4, 200)}
    frame = pd.DataFrame({**plain(), **scores, "name": ["Rich", "Young", "Old", "New"] * 50})
    seen = found(frame)
    assert [f.column for f in seen["COT144"]] == ["margin", "name", "rfm_recency"]
    assert [f.column for f in seen["COT018"]] == ["segment"]
    assert "COT144" not in found(frame.drop(columns=["segment", "rfm_recency"]))  # a margin may be anybody's


def test_an_index_that_a_program_wrote_is_no_column_of_customers(tmp_path: Path) -> None:
    frame = pd.DataFrame({k: v for k, v in plain().items() if k != "customer_id"}).drop(index=[1, 5, 6])
    index = frame.index.copy()
    frame.to_parquet(tmp_path / "index.parquet")
    frame.set_index(pd.Index(np.arange(len(frame)) // 2, name="pair")).to_parquet(tmp_path / "named.parquet")
    frame.to_csv(tmp_path / "index.csv")
    frame.assign(**{"Unnamed: 0": index}).to_parquet(tmp_path / "unnamed.parquet", index=False)
    for file, code in (("index.parquet", "COT146"), ("named.parquet", "COT146"), ("unnamed.parquet", "COT146")):
        assert [f.code for f in found(tmp_path / file).get(code, [])] == [code], file
    assert "a row number" in found(tmp_path / "index.csv")["COT006"][0].text
    runs = [
        segment(tmp_path / f, k=2, effort="quick", max_k=2) for f in ("index.parquet", "named.parquet", "index.csv")
    ]
    assert {tuple(f.column for f in run.record.features) for run in runs} == {("age", "orders", "spend")}


def test_lists_that_a_program_wrote_as_text_are_several_answers() -> None:
    lists = np.array(["['a', 'b']", "['c']", "[]", "['a']"] * 25, dtype=object)
    assert texts_name("tags", lists, many=False) is Unmeasured.SEVERAL
    assert texts_name("plan", np.array(["[old] basic", "pro", "max"] * 30, dtype=object), many=False) is None
