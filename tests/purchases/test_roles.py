"""Which column is which: found by its name, or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.engines import Kind
from coterie.purchases import Purchases, rfm
from coterie.purchases.roles import TAXED, TAXES, WITH, choose
from purchases.shop import log, regular


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ("customer_id=text order_date=date revenue=wide", "customer_id order_date revenue"),
        ("CustomerID=wide Ship_Date=date Order_Date=date Sales=fraction", "CustomerID Order_Date Sales"),
        ("user=text when=time price=decimal", "user when price"),
        ("e-mail=text date=text Amount=fraction Quantity=whole", "e-mail date Amount"),
    ],
)
def test_columns_are_found_by_their_names(schema: str, wanted: str) -> None:
    columns = [(name, Kind(kind)) for name, _, kind in (c.partition("=") for c in schema.split())]
    chosen, guessed = choose(Purchases(), columns)
    assert [chosen.customer, chosen.date, chosen.amount] == wanted.split()
    assert set(guessed) >= {"customer", "date", "amount"}


NAMES_OF_AMOUNTS = [
    "amount_btc", "total_usd", "umsatz_eur", "montant_ttc", "sales_gbp", "amount_sek", "totalAmountUSD", "usd_amount",
    "EUR Betrag", "value_in_eur", "order_total_pln", "betrag brutto", "importe con IVA", "prix_total_ht_eur",
    "total incl. VAT", "revenue_excl_tax", "Belopp SEK", "omzet ex btw", "USD", "btc", "Euro", "amount (kr)",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES_OF_AMOUNTS)
@pytest.mark.parametrize("sign", ["{:.2f}", "$ {:,.2f}"])
def test_an_amount_is_known_whatever_it_is_in(name: str, sign: str, tmp_path: Path) -> None:
    frame = regular()
    wanted = coterie.customers(frame)
    frame.assign(amount=[sign.format(x) for x in frame.amount]).rename(columns={"amount": name}).to_csv(
        tmp_path / "o.csv", index=False
    )
    found = coterie.customers(tmp_path / "o.csv").df()
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False)


@pytest.mark.parametrize("name", ["total_tax", "vat", "usd_rate", "tax_eur", "shipping_usd", "tip_gbp", "discount_ttc"])
def test_what_was_not_paid_for_goods_is_no_amount_whatever_it_is_in(name: str) -> None:
    with pytest.raises(errors.InputError, match="like the amount of a purchase"):
        coterie.customers(regular().rename(columns={"amount": name}))
    frame = regular()
    odd = frame.assign(**{name: 1.0})[["customer", "date", name, "amount"]]
    pd.testing.assert_frame_equal(coterie.customers(odd), coterie.customers(frame))


def test_of_two_currencies_none_is_taken_for_the_amount() -> None:
    with pytest.raises(errors.InputError, match="like the amount of a purchase"):
        coterie.customers(regular().rename(columns={"amount": "eur"}).assign(usd=1.0))


def test_the_words_of_roles_and_currencies_are_listed_once() -> None:
    assert not TAXED & TAXES
    assert not WITH & (TAXED | TAXES)
    assert all(word == word.lower() for word in (*TAXED, *TAXES, *WITH))


def test_quantity_times_price_is_the_amount_where_no_amount_is_there() -> None:
    kinds = {"InvoiceNo": Kind.TEXT, "Quantity": Kind.WIDE, "InvoiceDate": Kind.TIME, "UnitPrice": Kind.FRACTION}
    chosen, _ = choose(Purchases(), [*kinds.items(), ("CustomerID", Kind.WIDE)])
    assert (chosen.amount, chosen.quantity, chosen.price, chosen.order) == (None, "Quantity", "UnitPrice", "InvoiceNo")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"customer": "who"}, "There is no column 'who' \\(asked for by `customer`\\)"),
        ({"amount": "customer"}, "numbers, as `amount` must be"),
        ({"amount": "amount", "price": "amount"}, "left out when `quantity`"),
        ({"as_of": "yesterday"}, "a date such as"),
        ({"same_day": "maybe"}, "separate, together"),
        ({"as_of": "2026-01-01", "holdout_from": "2026-01-01"}, "with `holdout_from`"),
        ({"holdout_from": "2030-01-01"}, "from 2030-01-01 on"),
    ],
)
def test_wrong_options_are_named(options: dict[str, str], told: str) -> None:
    frame = pd.DataFrame({"customer": ["a"], "date": ["2026-01-01"], "amount": [1.0]})
    with pytest.raises(errors.InputError) as caught:
        coterie.segment(frame, purchases=options)
    assert caught.match(told) or told in str(caught.value)


@pytest.mark.parametrize("missing", ["customer", "date", "amount"])
def test_a_column_that_no_name_gives_away_is_asked_for(missing: str) -> None:
    frame = pd.DataFrame({"customer": ["a"], "date": ["2026-01-01"], "amount": [1.0]})
    with pytest.raises(errors.InputError, match=f"like the {missing} of a purchase") as caught:
        coterie.customers(frame.rename(columns={missing: "x"}).assign(x="no"))
    assert f"--{missing}" in "\n".join(caught.value.lines)
    assert f"`{missing}`" in str(caught.value)


def test_unknown_roles_are_refused() -> None:
    with pytest.raises(errors.InputError, match="Unknown option 'custmer'"):
        coterie.customers(log(), custmer="customer_id")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"purchases": {"amuont": "amount"}}, "'amuont'.*purchases.*'amount'"),
        ({"rfm": {"rfm_cut": "closed"}}, "'rfm_cut'.*rfm.*'rfm_cuts'"),
    ],
)
def test_segment_refuses_an_unknown_name_with_the_nearest_one(given: dict[str, Any], meant: str) -> None:
    with pytest.raises(errors.InputError, match=f"(?s)Unknown option {meant}"):
        coterie.segment(regular(), **given)


def test_segment_takes_options_as_values_too() -> None:
    frame = regular()
    by_name = coterie.segment(frame, purchases={"as_of": "2026-01-31"}, rfm={"rfm_cuts": "plus-one"}, k=2)
    values = coterie.segment(frame, purchases=Purchases(as_of="2026-01-31"), rfm=rfm.read_rules(cuts="plus-one"), k=2)
    assert values.record == by_name.record


@pytest.mark.parametrize("named", [{}, {"amount": "amount"}])
def test_amounts_that_cannot_be_read_are_named_with_a_cell(named: dict[str, str], tmp_path: Path) -> None:
    rows = "".join(f"c{i % 9},2026-01-{1 + i % 28:02d},{i}.50{' and more' if i > 20 else ''}\n" for i in range(40))
    (tmp_path / "o.csv").write_text(f"customer,date,amount\n{rows}")
    with pytest.raises(errors.InputError, match="Column 'amount' holds what cannot be read as numbers") as stopped:
        coterie.customers(tmp_path / "o.csv", **named)
    assert "row 22 holds '21.50 and more'" in str(stopped.value)
