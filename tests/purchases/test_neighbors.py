"""What other columns say of the amounts: several currencies are never added up as one, and what was undone is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.engines import Kind
from coterie.purchases.neighbors import find_currency, is_undone

N = 120
R = np.random.default_rng(4)
MONEY = np.round(R.gamma(2, 30, N), 2)


def log(**columns: Any) -> pd.DataFrame:
    days = pd.date_range("2025-01-01", periods=N).strftime("%Y-%m-%d")
    return pd.DataFrame({"customer_id": [f"c{i % 17}" for i in range(N)], "order_date": days, **columns})


def written(*signs: str) -> list[str]:
    return [signs[i % len(signs)].format(f"{m:.2f}") for i, m in enumerate(MONEY)]


@pytest.mark.parametrize("signs", [("€{}", "${}"), ("{} EUR", "{} USD"), ("US${}", "A${}"), ("£{}", *["€{}"] * 40)])
@pytest.mark.parametrize("kind", ["csv", "frame", "parquet"])
def test_amounts_with_signs_of_several_currencies_stop(signs: tuple[str, ...], kind: str, tmp_path: Path) -> None:
    source: Any = log(amount=written(*signs))
    if kind != "frame":
        source, frame = tmp_path / f"log.{kind}", source
        frame.to_csv(source, index=False) if kind == "csv" else frame.to_parquet(source)
    with pytest.raises(errors.InputError, match=r"Amounts in column .amount. of .* are in several currencies"):
        coterie.customers(source)


@pytest.mark.parametrize("signs", [("€{}", "{} EUR", "{} Euro"), ("${}", "{} USD"), ("{} kr", "SEK {}")])
def test_signs_of_one_currency_are_taken_off(signs: tuple[str, ...]) -> None:
    plain, signed = (coterie.customers(log(amount=amount)) for amount in (MONEY, written(*signs)))
    assert plain.monetary.tolist() == signed.monetary.tolist()


def test_a_column_of_currencies_beside_the_amounts_stops_unless_they_are_one() -> None:
    mixed = log(amount=MONEY, currency=["EUR", "usd", "EUR"] * (N // 3))
    with pytest.raises(errors.InputError, match="column 'currency' holds EUR \\(80 rows\\), usd \\(40 rows\\)"):
        coterie.customers(mixed)
    one = log(amount=MONEY, currency=["EUR", "eur ", "€", ""] * (N // 4))
    assert coterie.customers(one).monetary.sum() == pytest.approx(MONEY.sum())


def test_who_names_the_amount_knows_and_is_told() -> None:
    run = coterie.segment(
        log(amount=MONEY, currency=["EUR", "USD"] * (N // 2)), purchases={"amount": "amount"}, k=2, effort="quick"
    )
    told = [f for f in run.record.findings if f.code == "COT119"]
    assert [(f.level, f.column, f.count) for f in told] == [("warning", "amount", N // 2)]


@pytest.mark.parametrize(
    ("amount", "columns", "found"),
    [
        ("Amount", ["Currency"], "Currency"), ("Converted Amount", ["Currency", "Converted Currency"], None),
        ("Amount", ["Currency", "Converted Currency"], "Currency"), ("Total (EUR)", ["Currency"], None),
        ("spend", ["spend_currency", "currency"], "spend_currency"), ("spend", ["country"], None),
    ],
)  # fmt: skip
def test_the_column_that_is_called_like_the_amount_speaks_for_it(
    amount: str, columns: list[str], found: str | None
) -> None:
    got = find_currency(amount, dict.fromkeys(columns, Kind.TEXT))
    assert got == ("Converted Currency" if "Converted" in amount else found)


def test_a_table_of_customers_with_such_a_column_stops_where_it_is_used() -> None:
    table = pd.DataFrame({"id": range(N), "spend": written("€{}", "£{}"), "age": R.integers(18, 80, N)})
    assert [(f.column, f.level) for f in coterie.check(table).findings if f.code == "COT119"] == [("spend", "error")]
    with pytest.raises(errors.InputError, match="in several currencies"):
        coterie.segment(table, k=2, effort="quick")
    run = coterie.segment(table, k=2, effort="quick", features=["age"])
    assert [f.level for f in run.record.findings if f.code == "COT119"] == ["warning"]


def test_a_table_with_a_column_of_currencies_is_warned_about() -> None:
    table = pd.DataFrame({"id": range(N), "spend": MONEY, "spend_currency": ["EUR", "GBP"] * (N // 2)})
    told = [f for f in coterie.check(table).findings if f.code == "COT119"]
    assert [(f.column, f.level) for f in told] == [("spend_currency", "warning")]


@pytest.mark.parametrize(
    ("status", "undone"),
    [
        ("Cancelled", True), ("wc-canceled", True), ("REFUNDED", True), ("Payment_Failed", True), ("annulée", True),
        ("partially_refunded", False), ("Nicht storniert", False), ("Complete", False), ("shipped", False), ("", False),
    ],
)  # fmt: skip
def test_a_status_says_that_a_purchase_was_undone(status: str, undone: bool) -> None:
    assert is_undone(status) == undone


@pytest.mark.parametrize("name", ["Order Status", "financial_status", "Statut", "orderStatus"])
def test_purchases_that_were_undone_are_counted_and_told(name: str) -> None:
    states = ["paid", "paid", "cancelled", "paid", "refunded", None]
    run = coterie.segment(
        log(amount=MONEY, **{name: [states[i % 6] for i in range(N)]}), purchases={}, k=2, effort="quick"
    )
    (told,) = (f for f in run.record.findings if f.code == "COT416")
    assert (told.level, told.count) == ("warning", N // 3)
    assert told.text == f"{N // 3} rows that '{name}' calls 'cancelled' and 'refunded'"
    run = coterie.segment(log(amount=MONEY, **{name: ["paid"] * N}), purchases={}, k=2, effort="quick")
    assert not [f for f in run.record.findings if f.code == "COT416"]


def test_a_column_ticked_now_and_then_shows_no_second_currency() -> None:
    table = pd.DataFrame({"id": range(N), "spend": MONEY, "currency": ["EUR", None] * (N // 2)})
    assert not [f for f in coterie.check(table).findings if f.code == "COT119"]


@pytest.mark.parametrize(
    ("columns", "amount"),
    [
        (["Cart Discount Amount", "Order Total Amount"], "Order Total Amount"), (["Fee", "Gross", "Net"], "Gross"),
        (["Grand Total (Base)", "Grand Total (Purchased)"], "Grand Total (Base)"),
        (["Tax Amount", "Shipping Amount", "Ticket revenue"], "Ticket revenue"),
    ],
)  # fmt: skip
def test_what_was_paid_is_found_beside_discounts_and_fees(columns: list[str], amount: str) -> None:
    frame = log(**{name: MONEY * (i + 1) for i, name in enumerate(columns)})
    with pytest.raises(errors.InputError, match="look like purchases") as refused:
        coterie.segment(frame)
    assert "--amount" not in refused.value.do or amount in refused.value.do
    assert refused.value.do.startswith("Add --transactions")


def lines(orders: int, *, total: str, most: int = 3) -> pd.DataFrame:
    """Orders of several lines, with a column of the order's total on each of them."""
    r = np.random.default_rng(8)
    many = r.integers(1, most + 1, orders)
    of = np.repeat(np.arange(orders), many)
    prices = np.round(r.gamma(2, 30, len(of)), 2)
    return pd.DataFrame(
        {
            "order_id": of + 1000,
            "customer_id": [f"c{i % 17}" for i in of],
            "order_date": [f"2025-0{1 + i % 9}-11" for i in of],
            "qty": 1,
            "price": prices,
            total: np.round(pd.Series(prices).groupby(of).transform("sum"), 2),
        }
    )


@pytest.mark.parametrize("total", ["grand_total", "Order Total Amount", "amount"])
def test_the_total_of_an_order_on_each_of_its_lines_stops_unless_somebody_names_it(total: str) -> None:
    log = lines(60, total=total)
    with pytest.raises(errors.InputError, match="seems to hold an order's total on each of its lines") as stopped:
        coterie.customers(log)
    assert "('qty', 'price')" in str(stopped.value)
    paid = coterie.customers(log, quantity="qty", price="price").monetary.sum()
    assert paid == pytest.approx(log.price.sum())
    run = coterie.segment(log, purchases={"amount": total}, k=2, effort="quick")
    (told,) = (f for f in run.record.findings if f.code == "COT417")
    assert (told.level, told.column) == ("warning", total)


def test_of_a_large_log_some_orders_are_looked_at_whatever_the_order_of_its_rows() -> None:
    log = lines(40_000, total="grand_total")
    for rows in (log, log.sort_values("price")):
        with pytest.raises(errors.InputError, match="an order's total"):
            coterie.customers(rows)
    single = log.assign(order_id=np.arange(len(log)))
    assert coterie.customers(single).monetary.sum() == pytest.approx(single.grand_total.sum())


def test_lines_that_cost_the_same_add_up() -> None:
    alike = lines(60, total="grand_total")
    tickets = alike.assign(grand_total=[8.0 + 2 * (i % 4) for i in alike.order_id])  # a few prices
    single = lines(60, total="grand_total", most=1)
    some = alike.assign(grand_total=np.where(alike.order_id % 5 > 0, alike.price, alike.grand_total))
    for log in (
        tickets,
        single,
        some,
        alike.drop(columns="order_id"),
        alike.rename(columns={"grand_total": "line_total"}),
    ):
        money = "line_total" if "line_total" in log else "grand_total"
        assert coterie.customers(log).monetary.sum() == pytest.approx(log[money].sum())
