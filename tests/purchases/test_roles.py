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
from coterie.purchases.roles import choose
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
