"""Which column identifies a customer: named, or found; and what is wrong with ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors, sql
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.table import ID, Table, read
from table.customers import found, plain


def test_rows_that_may_be_purchases_are_told_apart_from_customers() -> None:
    frame = pd.DataFrame({**plain(), "customer_id": [f"c{i % 20}" for i in range(200)]})
    seen = found(frame)
    assert (seen["COT012"][0].level, seen["COT012"][0].count) == ("warning", 180)
    assert "coterie customers" in seen["COT012"][0].done


@pytest.mark.parametrize("month", ["2025-{:02d}-01", "2025-{:02d}", "month {}", "{}"])
def test_months_of_customers_are_told_apart_from_purchases(month: str, tmp_path: Path) -> None:
    cells = [(f"c{i % 20}", month.format(1 + i // 20), i * 37 % 101, i * 53 % 97) for i in range(200)]
    path = tmp_path / "months.csv"
    path.write_text("customer_id,month,age,score\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in cells))
    seen = {f.code: f for f in opened(path).findings}
    assert (seen["COT024"].column, seen["COT024"].count) == ("customer_id", 180)
    assert "20 customers in 200 rows, one for each of 10 values of 'month'" in seen["COT024"].text
    assert "COT012" not in seen
    named = {f.code for f in opened(path, id="customer_id", allow_duplicate_ids=True).findings}
    assert {"COT012", "COT024"} <= named


@pytest.mark.parametrize(
    ("ids", "code", "level", "count"),
    [
        (["a", "a"], "COT012", "error", 1),
        ([""], "COT013", "error", 1),
        (["a "], "COT011", "warning", 1),
    ],
)
def test_what_is_wrong_with_ids_is_said(ids: list[str], code: str, level: str, count: int) -> None:
    frame = pd.DataFrame({**plain(), "customer_id": [*ids, *(f"c{i}" for i in range(200 - len(ids)))]})
    seen = found(frame, id="customer_id")
    assert [(f.level, f.count, f.column) for f in seen[code]] == [(level, count, "customer_id")]


def opened(frame: pd.DataFrame | Path, **options: Any) -> Table:
    return read(frame, connect(), Options(**options), Reading())


def test_a_unique_column_that_is_named_like_an_id_is_taken_and_said() -> None:
    frame = pd.DataFrame({"age": range(30), "Account Number": range(30)})
    table = opened(frame)
    assert table.id == "Account Number"
    assert [(f.code, f.level) for f in table.findings] == [("COT001", "note")]
    without = opened(frame.assign(**{"Account Number": [0, *range(29)]}))
    assert without.id is None
    assert {f.code for f in without.findings} == {"COT002", "COT012"}


@pytest.mark.parametrize(
    "name", ["KundenNr", "custid", "CUST_ID", "RespondentID", "n° client", "id_cliente", "Klantnummer", "membre_no"]
)
def test_an_id_is_known_in_seven_languages_and_kept_to_the_letter(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"age,{name}\n" + "".join(f"{20 + i % 7},{i:06d}\n" for i in range(30)), encoding="utf-8")
    table = opened(path)
    assert table.id == name
    assert [f.code for f in table.findings if f.code in ("COT001", "COT002")] == ["COT001"]
    assert table.engine.fetch(sql.select([sql.column(ID)], sql.table(table.relation), limit=1))[ID].tolist() == [
        "000000"
    ]
    assert opened(path, features=("age", name)).id is None


@pytest.mark.parametrize("name", ["customer", "Client", "KUNDE", "shopper", "Cliente_old", "membre", "Gebruiker"])
@pytest.mark.parametrize("style", ["{:06d}", "{}", "P-{}"])
def test_a_unique_column_called_as_whom_a_row_is_of_is_the_id(name: str, style: str, tmp_path: Path) -> None:
    path, ids = tmp_path / "t.csv", [style.format(17 * i) for i in range(30)]
    path.write_text(f"age,{name}\n" + "".join(f"{20 + i % 7},{ids[i]}\n" for i in range(30)), encoding="utf-8")
    table = opened(path)
    assert table.id == name
    kept = table.engine.fetch(sql.select([sql.column(ID)], sql.table(table.relation), limit=30))[ID]
    assert sorted(kept.tolist()) == sorted(ids)
    assert opened(path, features=("age", name)).id is None
    twice = pd.DataFrame({"age": range(30), name: [i // 2 for i in range(30)], "key": range(100, 130)})
    assert opened(twice).id == "key"
    assert opened(twice.drop(columns="key")).id is None


@pytest.mark.parametrize("name", ["fan_id", "AthleteKey", "uuid_mandant", "Supporter ID", "cif"])
def test_an_id_of_something_unheard_of_is_the_rows_where_nothing_else_is(name: str) -> None:
    frame = pd.DataFrame({"age": range(30), name: range(7, 37)})
    table = opened(frame)
    assert table.id == name
    assert [f.code for f in table.findings if f.code in ("COT001", "COT002")] == ["COT001"]
    assert opened(frame, features=("age", name)).id is None
    assert opened(frame.assign(**{name: [i // 3 for i in range(30)]})).id is None


@pytest.mark.parametrize("name", ["order_id", "store_id", "email_id", "zip_id"])
def test_the_id_of_something_else_is_nobodys(name: str) -> None:
    assert opened(pd.DataFrame({"age": range(30), name: range(7, 37)})).id is None
    of_rows = pd.DataFrame({"visit_id": range(30), "customer_id": [i // 3 for i in range(30)], "age": range(30)})
    assert opened(of_rows).id is None  # the rows are visits of customers


def test_the_usual_name_goes_before_others_and_what_repeats_often_is_no_id() -> None:
    frame = pd.DataFrame({"KundenNr": range(40, 70), "Haushaltsnr": [i // 3 for i in range(30)], "id": range(30)})
    assert opened(frame).id == "id"
    assert opened(frame.drop(columns="id")).id == "KundenNr"
    without = opened(frame[["Haushaltsnr"]].assign(age=range(30)))
    assert (without.id, [f.code for f in without.findings]) == (None, ["COT002"])
    once = opened(pd.DataFrame({"KundenNr": [7, *range(7, 36)], "age": range(30)}))
    assert (once.id, [f.code for f in once.findings]) == (None, ["COT002", "COT012"])


@pytest.mark.parametrize("name", ["account", "key", "customer_id"])
def test_numbers_beyond_2_to_the_53rd_are_ids_whatever_their_name(name: str) -> None:
    r = np.random.default_rng(0)
    spend = np.where(np.arange(200) % 2, 10, 90) + r.normal(0, 2, 200)
    ids = 2**62 + np.arange(200)
    for options in ({}, {"features": ["spend"]}):
        run = coterie.segment(pd.DataFrame({"spend": spend, name: ids}), id=name, k=2, **options)
        assert run.assignments()["id"].tolist() == [str(i) for i in ids]


def test_the_row_that_repeats_an_id_is_named() -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c", "b"], "x": range(4)})
    with pytest.raises(errors.InputError) as caught:
        opened(frame, id="id")
    assert "2" in str(caught.value)
    assert "4" in str(caught.value)
    allowed = opened(frame, id="id", allow_duplicate_ids=True)
    assert allowed.id == "id"
    (counted,) = [f for f in allowed.findings if f.code == "COT012"]
    assert (counted.level, counted.count, counted.column) == ("warning", 1, "id")


@pytest.mark.parametrize(
    ("column", "told"),
    [([1.5, 2.0, 3.0], "fractions"), ([None, "a", "b"], "empty in 1 row"), ([["a"], ["b"], ["c"]], "nested")],
)
def test_what_cannot_be_an_id_is_refused(column: list[Any], told: str) -> None:
    with pytest.raises(errors.InputError, match=told):
        opened(pd.DataFrame({"id": column, "x": range(3)}), id="id")


def test_an_id_is_the_same_text_however_it_is_kept(tmp_path: Path) -> None:
    numbers = [17_000 + 3 * i for i in range(40)]
    kept = {
        "whole": pd.Series(numbers),
        "floats": pd.Series(numbers, dtype=float),
        "texts": pd.Series([f"{n}.0" if n % 2 else str(n) for n in numbers]),
    }
    for name, ids in kept.items():
        frame = pd.DataFrame({"customer_id": ids, "x": range(0, 80, 2)})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        for source in (frame, tmp_path / f"{name}.csv"):
            table = opened(source)
            got = table.engine.fetch(sql.select([sql.column(ID)], sql.table(table.relation)))[ID]
            assert sorted(got) == sorted(map(str, numbers))
    twice = pd.DataFrame({"customer_id": ["17101", "17101.0", *map(str, range(198))], **{"x": range(200)}})
    assert [f.count for f in found(twice)["COT012"]] == [1]


def test_ids_that_fractions_no_longer_keep_have_all_their_digits_and_are_said(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": [1e17, *(float(i) for i in range(39))], "x": range(40)})
    frame.to_parquet(tmp_path / "t.parquet")
    for source in (frame, tmp_path / "t.parquet"):
        table = opened(source)
        first = table.engine.fetch(sql.select([sql.column(ID)], sql.table(table.relation), limit=1))
        assert first[ID].tolist() == ["100000000000000000"]
        assert [(f.column, f.count) for f in table.findings if f.code == "COT023"] == [("customer_id", 1)]
    whole = frame.astype({"customer_id": "int64"})
    assert "COT023" not in {f.code for f in opened(whole).findings}


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame"])
@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({0: 5_001}, "COT012", "1 row with an id that another row has"),
        ({7: None}, "COT013", "1 row without an id"),
    ],
)
def test_one_wrong_id_is_said_and_makes_no_feature_of_the_others(
    kind: str, change: dict[int, Any], code: str, text: str, tmp_path: Path
) -> None:
    ids = [change.get(i, 5_000 + i) for i in range(200)]
    frame = pd.DataFrame({**plain(), "customer_id": pd.Series(ids, dtype="float" if None in ids else "int")})
    path = tmp_path / f"customers.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path, index=False)
    seen = found(frame if kind == "frame" else path)
    assert [(f.level, f.text) for f in seen[code]] == [("warning", text)]
    assert [f.column for f in seen["COT101"]] == ["customer_id"]
    assert "COT105" not in seen


@pytest.mark.parametrize("named", [{}, {"id": "customer_id"}])
def test_ids_that_differ_by_capitals_or_blanks_are_counted(named: dict[str, str]) -> None:
    frame = pd.DataFrame({**plain(), "customer_id": ["C7", " c9", *(f"c{i}" for i in range(198))]})
    (told,) = found(frame, **named)["COT011"]
    assert (told.count, told.text) == (2, "2 ids differ from another one by capitals or blanks alone")


@pytest.mark.parametrize("named", [{}, {"id": "customer_id"}])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("kind", ["frame", "csv", "parquet"])
def test_ids_that_differ_by_zeros_in_front_are_counted(
    named: dict[str, str], exact: bool, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exact:
        monkeypatch.setattr("coterie.table.ids.EXACT_IDS", 100)
    rows = 300 if exact else 4_000
    ids = [*(str(i) for i in range(1, rows // 2)), *(f"{i:06d}" for i in range(1, rows // 2))]
    ids += ["0", "00"]
    frame = pd.DataFrame({"customer_id": ids, "x": [i % 50 for i in range(len(ids))]})
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path, index=False)
    (told,) = [f for f in opened(frame if kind == "frame" else path, **named).findings if f.code == "COT011"]
    assert (told.level, told.column) == ("warning", "customer_id")
    assert told.text.endswith("from another one by zeros in front alone")
    assert told.count == rows // 2 if exact else 0.7 < told.count / (rows // 2) < 1.3
    assert told.text.startswith("about ") is not exact


@pytest.mark.parametrize(
    "ids",
    [
        [f"{i:05d}" for i in range(200)],  # of one length
        [*(f"{i:04d}" for i in range(100)), *(f"{i}" for i in range(100, 200))],  # no number in two forms
        [*(f"0{i}/1" for i in range(10, 110)), *(f"{i}" for i in range(10, 110))],
        [f"C{i:0{3 + i % 2}d}" for i in range(200)],
    ],
)
def test_ids_with_zeros_in_front_that_are_no_other_ones_are_not_doubted(ids: list[str]) -> None:
    assert "COT011" not in found(pd.DataFrame({**plain(), "customer_id": ids}))


def test_zeros_and_capitals_are_told_each() -> None:
    frame = pd.DataFrame({**plain(), "customer_id": ["C7", "007", "7", *(f"c{i}" for i in range(197))]})
    told = found(frame)["COT011"]
    assert sorted((f.count, f.text.split(" by ")[1]) for f in told) == [
        (1, "capitals or blanks alone"),
        (1, "zeros in front alone"),
    ]


def test_a_column_that_cannot_be_read_is_no_id_whatever_its_name() -> None:
    frame = pd.DataFrame({**plain(), "customer_id": [complex(i, 1) for i in range(200)]})
    assert read(frame, connect(), Options(), Reading(), strict_ids=False).id is None


@pytest.mark.parametrize("sign", [".", ","])
def test_ids_that_a_spreadsheet_has_cut_are_told_in_tables_and_logs(sign: str, tmp_path: Path) -> None:
    cut = [f"4{sign}{10_000 + 7 * i}E+12" for i in range(200)]
    path = tmp_path / "customers.csv"
    pd.DataFrame({**plain(), "customer_id": cut}).to_csv(path, index=False, sep=";")
    (seen,) = found(path)["COT023"]
    assert (seen.level, seen.column, seen.count) == ("warning", "customer_id", 200)
    log = pd.DataFrame({"customer_id": cut[:100] * 2, "date": "2026-01-01", "amount": np.arange(200) % 90 + 1.5})
    run = coterie.segment(log, purchases={}, k=2, effort="quick")
    assert [(f.code, f.column) for f in run.findings if f.code == "COT023"] == [("COT023", "customer_id")]
    assert "COT023" not in found(pd.DataFrame(plain()))
    late = pd.DataFrame({"customer_id": [*(f"C{i}" for i in range(1_500)), *cut[:20]], "age": np.arange(1_520) % 70})
    assert [f.count for f in found(late)["COT023"]] == [20]
