"""What amounts say that they are in, and whether that is one currency."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from coterie.reading import SIGNS, Remark, currencies_of, named_currency
from coterie.reading.currencies import read_signs
from coterie.reading.notation import judge


def test_every_sign_beside_a_number_is_of_a_currency() -> None:
    for sign in read_signs():
        shown = [s for s in (sign, sign.upper(), sign.capitalize(), sign.replace("m", "M")) if re.fullmatch(SIGNS, s)]
        assert shown, sign
        assert judge("v", [f"{shown[0]} {i}.50" for i in range(20, 60)]).kind == "number"


@pytest.mark.parametrize(
    ("signs", "many"),
    [
        (["€", "EUR", "Euro", "euros"], 1), (["$", "USD", "US$"], 1), (["$", "CAD"], 1), (["¥", "JPY"], 1),
        (["kr", "SEK", "kr."], 1), (["zł", "PLN"], 1), ([], 0), (["€", "$"], 2), (["USD", "CAD", "$"], 2),
        (["kr", "SEK", "NOK"], 2), (["£", "GBP", "€", "CHF"], 3), (["usd", "eur"], 2), (["XAU", "XAG"], 2),
    ],
)  # fmt: skip
def test_signs_of_one_currency_are_one(signs: list[str], many: int) -> None:
    assert len(currencies_of(signs)) == len(currencies_of(signs[::-1])) == many
    cells = [f"{sign} {i}.50" for i in range(20, 40) for sign in signs if re.fullmatch(SIGNS, sign)]
    assert not cells or (Remark.CURRENCIES in judge("v", cells).remarks) == (many > 1)


def test_a_sign_that_may_be_several_codes_is_none_more_beside_each() -> None:
    for sign, codes in read_signs().items():
        assert all(len(currencies_of([sign, code])) == 1 for code in codes)
        assert all(len(currencies_of([sign, *two])) == 2 for two in combinations(sorted(codes), 2))


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Currency", ""), ("currency_code", ""), ("ConvertedCurrency", "converted"), ("Währung", ""),
        ("amount currency", "amount"), ("spend", None), ("concurrency", None), ("valutato", None),
    ],
)  # fmt: skip
def test_columns_are_called_like_what_they_hold(name: str, rest: str | None) -> None:
    assert named_currency(name) == rest
