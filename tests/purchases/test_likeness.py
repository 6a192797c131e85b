"""Purchases are not taken for customers, nor customers for purchases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.purchases import accept_rows, tell_purchases
from coterie.purchases.likeness import Repeats, find_repeats
from coterie.report import terminal
from coterie.table import read


def orders(rows: int = 300, customers: int = 40) -> pd.DataFrame:
    """Rows of a shop that nobody called in any special way."""
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "Order ID": [f"CA-{i // 2:05d}" for i in range(rows)],
            "Order Date": pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 300, rows), unit="D"),
            "Customer ID": [f"AB-{i:04d}" for i in random.integers(0, customers, rows)],
            "Sales": np.round(random.lognormal(3, 1, rows), 2),
            "Discount": random.random(rows),
        }
    )


def people(n: int = 200) -> pd.DataFrame:
    random = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(n)],
            "signup_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 300, n), unit="D"),
            "number_of_orders": random.integers(1, 9, n),
            "revenue": np.round(random.lognormal(5, 1, n), 2),
        }
    )


def repeats(frame: pd.DataFrame, **options: Any) -> Repeats | None:
    return find_repeats(read(frame, connect(), Options(**options), Reading()))


@pytest.mark.parametrize(
    ("names", "flags"),
    [
        ({}, "--transactions"),
        ({"Customer ID": "KundenNr", "Order Date": "Bestelldatum", "Sales": "Umsatz (EUR)"}, "--transactions"),
        ({"Customer ID": "n° client", "Order Date": "Date de commande", "Sales": "Montant TTC"}, "--transactions"),
        ({"Customer ID": "klient", "Order Date": "data zamówienia", "Sales": "kwota"}, "--transactions"),
        ({"Customer ID": "Kundnummer", "Order Date": "Orderdatum", "Sales": "Belopp"}, "--transactions"),
        ({"Customer ID": "Müşteri No", "Order Date": "Tarih", "Sales": "Tutar"}, "--transactions"),
        ({"Customer ID": "Номер клиента", "Order Date": "Дата", "Sales": "Сумма"}, "--transactions"),
        ({"Customer ID": "客户编号", "Order Date": "日期", "Sales": "金额"}, "--transactions"),
        ({"Customer ID": "顧客コード", "Order Date": "購入日", "Sales": "金額"}, "--transactions"),
        ({"Customer ID": "고객번호", "Order Date": "주문일", "Sales": "금액"}, "--transactions"),
        ({"Customer ID": "CardNo", "Order Date": "TransDate", "Sales": "Trx_Amt"}, "--transactions"),
        ({"Customer ID": "id_cliente", "Order Date": "Fecha", "Sales": "Importe"}, "--transactions"),
        ({"Customer ID": "customer", "Order Date": "when"}, "--transactions"),
        ({"Customer ID": "email", "Sales": "net_profit"}, "--transactions --amount net_profit"),
        ({"Customer ID": "client", "Sales": "total cost"}, "--transactions --amount 'total cost'"),
    ],
)
def test_rows_are_purchases_where_customers_repeat_beside_a_date_and_an_amount(
    names: dict[str, str], flags: str
) -> None:
    frame = orders().rename(columns=names)
    found = repeats(frame)
    assert found == Repeats(names.get("Customer ID", "Customer ID"), 40, 300, flags)


def test_one_id_that_is_written_in_two_ways_is_one_customer() -> None:
    frame = orders()
    numbers = frame["Customer ID"].str[3:].astype(int) + 17_000
    frame["Customer ID"] = [f"{n}.0" if i % 2 else str(n) for i, n in enumerate(numbers)]
    found = repeats(frame)
    assert found is not None
    assert found.different == 40


def test_quantity_times_price_is_an_amount() -> None:
    frame = orders().rename(columns={"Discount": "UnitPrice", "Sales": "Quantity"})
    assert repeats(frame) is not None


def test_columns_without_names_are_known_by_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    frame = orders(customers=80).assign(lines=1)[["Customer ID", "Order Date", "lines", "Sales"]]
    frame["Order Date"] = frame["Order Date"].dt.strftime("%Y%m%d")
    frame.to_csv(path, index=False, header=False)
    table = read(path, connect(), Options(), Reading(header=False))
    found = find_repeats(table)
    assert found is not None
    assert (found.column, found.different) == ("column1", frame["Customer ID"].nunique())
    assert found.flags == "--transactions --customer column1 --amount column4"  # the only date needs no name


@pytest.mark.parametrize(
    "frame",
    [
        people(),
        people().assign(account=lambda f: np.where(f.revenue > 100, "gold", "plain")),
        people().assign(household_key=lambda f: f.number_of_orders),
        people().rename(columns={"customer_id": "id"}).assign(store_id=lambda f: f.number_of_orders),
        people().rename(columns={"customer_id": "id", "number_of_orders": "account"}),
        orders().drop(columns="Order Date"),
        orders().drop(columns="Sales"),
        orders().drop(columns="Customer ID"),
        orders(rows=60, customers=4_000),
    ],
    ids=["unique", "kind", "household", "store", "levels", "no date", "no amount", "no customer", "few repeats"],
)
def test_customers_are_not_taken_for_purchases(frame: pd.DataFrame) -> None:
    assert repeats(frame) is None


def test_the_share_counts_from_a_fifth_of_the_rows() -> None:
    frame = orders()
    for times, stopped in ((59, False), (60, True)):
        frame["Customer ID"] = ["same"] * (times + 1) + [f"c{i}" for i in range(299 - times)]
        assert (repeats(frame) is not None) == stopped


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "frame"])
def test_segment_stops_with_what_to_add(suffix: str, tmp_path: Path) -> None:
    frame, source = orders(), tmp_path / f"log.{suffix}"
    if suffix == "csv":
        frame.to_csv(source, index=False)
    if suffix == "parquet":
        duckdb.from_df(frame).write_parquet(str(source))
    if suffix == "json":
        source.write_text(frame.to_json(orient="records", date_format="iso"))
    with pytest.raises(errors.InputError, match="look like purchases") as caught:
        coterie.segment(frame if suffix == "frame" else source)
    assert caught.value.exit_code == 2
    assert "--transactions" in caught.value.do
    assert "--rows-are-customers" in caught.value.do


def test_a_check_tells_what_would_stop() -> None:
    table = read(orders(), connect(), Options(), Reading())
    assert [(f.code, f.level, f.count) for f in tell_purchases(table, Options())] == [("COT415", "error", 260)]
    assert tell_purchases(table, Options(rows_are_customers=True)) == ()
    assert not coterie.check(orders()).sound


@pytest.mark.parametrize("fraction", ["", ".0"])
def test_a_large_text_is_counted_exactly_only_where_it_may_be_purchases(
    fraction: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coterie.engines.duckdb.engine.LEFT_IN_PLACE", 0)
    frame, path = orders(), tmp_path / "log.csv"
    numbers = frame["Customer ID"].str[3:].astype(int) + 17_000
    frame["Customer ID"] = [f"{n}{fraction if i % 2 else ''}" for i, n in enumerate(numbers)]
    frame.to_csv(path, index=False)
    assert [(f.code, f.count) for f in coterie.check(path).findings if f.code == "COT415"] == [("COT415", 260)]
    counted: list[object] = []
    monkeypatch.setattr("coterie.purchases.likeness._count", lambda *given: counted.append(given))
    people(2_000).to_csv(tmp_path / "customers.csv", index=False)
    assert coterie.check(tmp_path / "customers.csv").sound
    assert counted == []


def test_rows_are_customers_where_somebody_says_so_and_the_result_says_it_first() -> None:
    run = coterie.segment(orders(), k=2, effort="quick", rows_are_customers=True)
    said = "Each of 300 rows was taken as a customer, though they are of 40 customers (Customer ID)."
    assert run.record.sample.repeats == Repeats("Customer ID", 40, 300, "--transactions")
    shown = terminal.show(run.record, source="log.csv", written={}, seconds=1.0, width=300)
    assert said in shown.splitlines()[2]
    assert f"<h1>{said} " in run.report()
    assert accept_rows(read(people(), connect(), Options(), Reading()), Options(rows_are_customers=True)) is None


# ── the other way round ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("extra", [{}, {"order": 1}, {"Order ID": "alike"}], ids=["plain", "counts", "one order"])
def test_customers_stops_where_no_id_repeats(extra: dict[str, Any]) -> None:
    with pytest.raises(errors.InputError, match="looks like a table of customers: no value of 'customer_id' repeats"):
        coterie.customers(people().assign(**extra))


def test_a_few_rows_prove_nothing() -> None:
    assert len(coterie.customers(people(9))) == 9


@pytest.mark.parametrize(
    "named",
    [
        {"customer": "customer_id", "date": "signup_date", "amount": "revenue"},
        {"customer": "customer_id", "date": "signup_date", "quantity": "number_of_orders", "price": "revenue"},
        {"order": "number_of_orders"},
    ],
)
def test_what_was_named_is_meant(named: dict[str, str]) -> None:
    assert len(coterie.customers(people(), **named)) == 200


def test_orders_with_ids_are_purchases_even_of_customers_who_came_once() -> None:
    made = coterie.customers(people().assign(order_id=lambda f: "o" + f.customer_id))
    assert set(made.frequency) == {1}
