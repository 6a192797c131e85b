"""How the values of a column are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.errors import InputError
from coterie.reading.date_forms import DateForm
from coterie.reading.notation import Remark, judge
from coterie.segmentation import checking
from reading.files import ROWS, read, write


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,50", "99,10", "7"], [1234.5, 99.1, 7.0]),
        (["1,234.50", "99.10", "7"], [1234.5, 99.1, 7.0]),
        (["$1,234.50", "$99.10", "-$7"], [1234.5, 99.1, -7.0]),
        (["12 %", "7%", "0.5%"], [12.0, 7.0, 0.5]),
        (["1 234,50 €", "99,10 €", "7 €"], [1234.5, 99.1, 7.0]),
        (["1'234.50", "99.10", "7"], [1234.5, 99.1, 7.0]),
        (["10.50-", "99.10", "7"], [-10.5, 99.1, 7.0]),
        (["1.234,50-", "99,10", "7"], [-1234.5, 99.1, 7.0]),
        (["\u221210.50", "99.10", "7"], [-10.5, 99.1, 7.0]),
        (["1\u202f234,50\u00a0€", "99,10\u00a0€", "-7\u00a0€"], [1234.5, 99.1, -7.0]),
        (["Rs. 1,234.50", "Rs. 99.10", "Rs.7"], [1234.5, 99.1, 7.0]),
        (["1.234,50 zł", "99,10 zł", "7 zł"], [1234.5, 99.1, 7.0]),
        (["US$ 1,234.50", "A$99.10", "R$ 7"], [1234.5, 99.1, 7.0]),
        (["22 CR", "99 DR", "7"], [-22.0, 99.0, 7.0]),
        (["$22.50 CR", "$99.10", "$7"], [-22.5, 99.1, 7.0]),
        (["331,-", "€ 883,-", "7,50"], [331.0, 883.0, 7.5]),
        (["331,-", "1.200,--", "12,–"], [331.0, 1200.0, 12.0]),
        (["CHF 9.-", "CHF 1'200.-", "CHF 7.50"], [9.0, 1200.0, 7.5]),
        (["331.-", "12.—", "99"], [331.0, 12.0, 99.0]),
        (["-331,-", "12,- €", "(9,-)"], [-331.0, 12.0, -9.0]),
        (["99:-", "1 299:- kr", "45:-"], [99.0, 1299.0, 45.0]),
        (["331,-", "331-", "331,50-"], [331.0, -331.0, -331.5]),
    ],
)
def test_numbers_as_people_write_them(cells: list[str], values: list[float], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id;spend\n" + "".join(f"c{i};{c}\n" for i, c in enumerate(cells)), encoding="utf-8")
    assert read(path)["spend"] == values


def test_numbers_in_brackets_are_below_zero(tmp_path: Path) -> None:
    rows = [[*r[:3], "($1,234.50)" if i % 5 == 0 else "$12.25"] for i, r in enumerate(ROWS)]
    seen = checking.check(write(tmp_path / "t.csv", rows), examples=True)
    assert seen.examples["COT107", "spend"][0] == "-1234.5"
    assert "read as below zero" in str(seen)


def test_a_comma_and_a_point_that_could_both_be_decimal_are_refused(tmp_path: Path) -> None:
    assert judge("v", ["1.234", "1,234"]).remarks == {Remark.MIXED_SEPARATORS}
    path = tmp_path / "t.csv"
    path.write_text("id;v\na;1.234\nb;1,234\n")
    assert read(path, decimal=",")["v"] == [1234.0, 1.234]


def test_codes_stay_text(tmp_path: Path) -> None:
    """Leading zeros, letters before digits, more digits than a number holds."""
    assert judge("zip", ["01234", "99102"]).kind == "text"
    assert judge("invoice", [*(["536379"] * 95), *(["C536380"] * 5)]).kind == "text"
    assert judge("card", ["4556737586899855", "4916338506082832"]).kind == "text"


def test_words_for_missing_count_in_numbers_and_stay_in_categories(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    cells = ["NA", "5", "null", "7", "", "9", "n/a", "11"] * 4
    path.write_text(
        "id,country,age\n" + "".join(f"c{i},{'NA' if i % 2 else 'null'},{c}\n" for i, c in enumerate(cells))
    )
    got = read(path)
    assert got["country"][:3] == ["null", "NA", "null"]
    assert [str(v) for v in got["age"][:6]] == ["nan", "5.0", "nan", "7.0", "nan", "9.0"]


@pytest.mark.parametrize(
    ("name", "cells", "kind", "remarks"),
    [
        ("v", ["", "NA"], "text", {Remark.EMPTY}),
        ("v", ["1", "NA"], "number", {Remark.MISSING_WORDS}),
        ("v", ["1,234.50", "2"], "number", {Remark.SEPARATORS}),
        ("v", ["$1", "$2"], "number", {Remark.SIGNS}),
        ("v", ["$1", "€2"], "number", {Remark.SIGNS, Remark.CURRENCIES}),
        ("v", ["1%", "2%"], "number", {Remark.PERCENT}),
        ("v", ["(1.50)", "2.00"], "number", {Remark.BRACKETS}),
        ("v", ["1.50-", "2.00"], "number", {Remark.BEHIND}),
        ("v", ["22 CR", "7"], "number", {Remark.BEHIND}),
        ("v", ["infinity", "7"], "text", set()),
        ("zip", ["01234", "99102"], "text", {Remark.LEADING_ZEROS}),
        ("card", ["4556737586899855", "4916338506082832"], "text", {Remark.LONG_DIGITS}),
        ("d", ["3/4/2013", "4/3/2013"], "date", {Remark.DATES}),
        ("date", ["20130403", "20121225"], "date", {Remark.DATES}),
        ("joined", ["20130403", "20121225"], "date", {Remark.DATES}),
        ("d", ["2013-04-03", "0000-00-00"], "date", {Remark.MISSING_WORDS}),
        ("d", ["2013-04-03 10:00Z", "2013-04-03 10:00Z"], "date", {Remark.ZONES}),
        ("d", ["2013-04-03 10:00Z", "2013-04-03 10:00"], "date", {Remark.SOME_ZONES}),
        ("d", ["2013-04-03"], "date", set()),
        ("city", ["Bonn", "Ulm"], "text", set()),
    ],
)
def test_what_is_remarkable_is_remarked(name: str, cells: list[str], kind: str, remarks: set[Remark]) -> None:
    values = judge(name, cells)
    assert (values.kind, values.remarks) == (kind, remarks)


@pytest.mark.parametrize(
    ("cells", "order", "forms"),
    [
        (["3.4.13", "4.3.13"], None, ()),
        (["3.4.13", "4.3.13"], "mdy", (DateForm.MONTH_FIRST,)),
        (["3.4.13", "13.3.13"], None, (DateForm.DAY_FIRST,)),
        (["2013-04-03", "2013-04-13 10:00"], None, (DateForm.YEAR_FIRST,)),
        (["2013-04-03", "13.4.13"], None, ()),
        (["20130403", "20130430"], None, (DateForm.COMPACT,)),
        (["3 Apr 2013", "May 4, 2013"], None, (DateForm.NAMED,)),
    ],
)
def test_forms_that_a_sample_leaves_open_are_decided_by_the_whole_column(
    cells: list[str], order: str | None, forms: tuple[DateForm, ...]
) -> None:
    values = judge("since", cells, date_order=order)
    assert values.kind == "date"
    assert values.notation is not None
    assert values.notation.forms == forms


def test_numbers_that_are_no_calendar_days_are_numbers() -> None:
    assert judge("date", ["20130403", "20131403"]).kind == "number"
    assert judge("date", ["2025117", "2025118"]).kind == "number"


def test_nine_tenths_and_twenty_values_make_a_kind_or_all_where_there_are_fewer() -> None:
    assert judge("v", [*("12345678"), "many"]).kind == "text"
    assert judge("v", [*("12345678" * 3), "many"]).kind == "number"
    assert judge("v", [*("12345678" * 3), *(["many"] * 3)]).kind == "text"


def test_a_decimal_comma_is_proved_or_the_values_are_text_and_a_finding_says_so(tmp_path: Path) -> None:
    answers = [f"{1 + i % 4},{5 + i % 5}" for i in range(60)]
    assert judge("picked", answers).remarks == {Remark.MAYBE_DECIMAL}
    assert judge("picked", [*answers, "0,5"]).kind == "number"
    assert judge("picked", answers, decimal=",").kind == "number"
    text = "id{0}picked{0}age\n" + "".join(f'c{i}{{0}}"{a}"{{0}}{30 + i % 7}\n' for i, a in enumerate(answers))
    (tmp_path / "commas.csv").write_text(text.format(","))
    (tmp_path / "semicolons.csv").write_text(text.format(";"))
    seen = checking.check(tmp_path / "commas.csv")
    assert ("COT107", "picked") in [(f.code, f.column) for f in seen.findings]
    assert read(tmp_path / "commas.csv")["picked"] == answers
    assert read(tmp_path / "semicolons.csv")["picked"][:2] == [1.5, 2.6]


def test_several_answers_in_one_cell_are_no_numbers_with_signs_between_thousands(tmp_path: Path) -> None:
    answers = [("1,3", "1", "3,7", "1,3,7", "7", "2,4,5,6")[i % 6] for i in range(60)]
    assert judge("picked", answers).kind == judge("picked", [a.replace(",", ".") for a in answers]).kind == "text"
    assert judge("picked", ["1,3"] * 57 + ["1,3,7"] * 3).remarks == {Remark.MAYBE_DECIMAL}
    path = tmp_path / "t.csv"
    path.write_text("id,age,picked\n" + "".join(f'c{i},{20 + i % 30},"{a}"\n' for i, a in enumerate(answers)))
    assert ("COT142", "picked") in [(f.code, f.column) for f in checking.check(path).findings]
    assert judge("v", ["1,234,567", "12", "1,234.5"]).kind == judge("v", ["1.234.567,8", "12"]).kind == "number"


@pytest.mark.parametrize("sign", ["", "₹", "Rs. "])
def test_lakhs_and_crores_are_read_as_they_are_written_in_india(sign: str, tmp_path: Path) -> None:
    sizes = [12.5, 1_107.68, 99_999.0, 1_07_680.25, 19_18_229.5, 2_14_15_161.75]
    cells = ["12.50", "1,107.68", "99,999.00", "1,07,680.25", "19,18,229.50", "-2,14,15,161.75"]
    path = tmp_path / "t.csv"
    rows = (f'c{i},"{sign}{cells[i % 6]}"\n' for i in range(60))
    path.write_text("id,spend\n" + "".join(rows))
    assert read(path)["spend"][:6] == [*sizes[:5], -sizes[5]]
    assert judge("v", ["1.07.680,25", "12,50", "1.107,68"]).kind == "text"  # nobody writes so


def test_a_column_of_which_half_are_dates_is_text_and_a_finding_says_so(tmp_path: Path) -> None:
    cells = ["soon" if i % 3 == 0 else f"2024-01-{1 + i % 28:02d}" for i in range(90)]
    assert judge("since", cells).remarks == {Remark.HALF_DATES}


def test_year_first_named_leaves_no_other_form_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,since\n" + "".join(f"c{i},{1 + i % 28:02d}/01/2024\n" for i in range(60)))
    assert read(path)["since"][0] == read(path, date_order="dmy")["since"][0]
    with pytest.raises(InputError, match="cannot be read as a date such as 2026-01-31"):
        read(path, date_order="ymd")


def test_true_and_false_have_one_spelling_in_every_kind_of_file(tmp_path: Path) -> None:
    values = [i % 3 == 0 for i in range(60)]
    frame = pd.DataFrame({"id": [f"c{i}" for i in range(60)], "news": values})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_json(tmp_path / "t.json", orient="records")
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.assign(news=[str(v).upper() for v in values]).to_csv(tmp_path / "upper.csv", index=False)
    for name in ("t.parquet", "t.json", "t.csv", "upper.csv"):
        assert read(tmp_path / name)["news"] == ["true" if v else "false" for v in values]


@pytest.mark.parametrize(
    ("cells", "unit", "value"),
    [
        ([f"{n} cm" for n in range(150, 190)], "cm", "150"),
        ([f"{n}cm" for n in range(150, 190)], "cm", "150"),
        ([f"{n / 10} kg".replace(".", ",") for n in range(500, 540)], "kg", "50,0"),
        ([f"{n} Std." for n in range(10, 50)], "Std.", "10"),
        ([f"{n},50 m²" for n in range(40)], "m²", "0,50"),
        ([f"{n}GB" for n in range(40)], "GB", "0"),
    ],
)
def test_one_unit_behind_all_numbers_is_taken_off_and_noted(
    cells: list[str], unit: str, value: str, tmp_path: Path
) -> None:
    values = judge("v", cells)
    assert (values.kind, values.notation and values.notation.unit) == ("number", unit)
    assert Remark.UNIT in values.remarks
    path = tmp_path / "t.csv"
    path.write_text("id;v\n" + "".join(f"c{i};{c}\n" for i, c in enumerate(cells)), encoding="utf-8")
    assert read(path)["v"][0] == float(value.replace(",", "."))


def test_several_units_are_a_finding_and_codes_and_few_answers_are_no_units() -> None:
    mixed = judge("height", [f"{n} {'cm' if n % 3 else 'in'}" for n in range(100, 150)])
    assert (mixed.kind, mixed.remarks) == ("text", {Remark.UNITS})
    assert judge("seat", [f"{n}A" for n in range(50)]).kind == "text"
    assert judge("rating", [f"{n % 5} stars" for n in range(50)]).kind == "text"


@pytest.mark.parametrize("share", [2, 30, 50])
def test_fractions_beside_percents_are_no_numbers_of_one_size(share: int) -> None:
    mixed = judge("discount", [f"{n % 60 + 1}%" if n % share else f"0.{n % 60 + 10}" for n in range(300)])
    other_way = judge("discount", [f"0.{n % 60 + 10}" if n % share else f"{n % 60 + 1} %" for n in range(300)])
    assert [(v.kind, v.remarks) for v in (mixed, other_way)] == [("text", {Remark.MIXED_PERCENTS})] * 2


def test_one_odd_cell_does_not_make_the_others_unread() -> None:
    spaced = [f"{n} 234,50" for n in range(1, 41)]
    for odd in (".1 234,50", "1.234,50"):
        found = judge("amount", [*spaced, odd])
        assert found.notation is not None
        assert (found.notation.decimal, found.notation.grouping) == (",", " ")
    found = judge("amount", [f"{n}.234,50" for n in range(1, 41)] + ["1 234,50"])
    assert found.notation is not None
    assert found.notation.grouping == "."


@pytest.mark.parametrize("others", [["0", "12"], ["0.5%", "7"], ["0.00", "12"]])
def test_percents_beside_whole_numbers_are_numbers(others: list[str]) -> None:
    values = judge("discount", [f"{n % 60 + 1}%" if n % 10 else others[n % 20 // 10] for n in range(300)])
    assert (values.kind, values.remarks) == ("number", {Remark.PERCENT})


@pytest.mark.parametrize(
    ("kind", "of_it", "half"),
    [
        ("number", [f"{n}.5" for n in range(200)], Remark.HALF_NUMBERS),
        ("date", [f"2025-01-{n % 28 + 1:02d}" for n in range(200)], Remark.HALF_DATES),
        ("flag", [("true", "False")[n % 2] for n in range(200)], Remark.HALF_FLAGS),
    ],
)
def test_one_rule_says_what_so_many_values_make_of_a_column(kind: str, of_it: list[str], half: Remark) -> None:
    def judged(share: int) -> tuple[str, bool]:
        values = judge("v", of_it[: 2 * share] + ["soon", "later"] * (100 - share))
        return values.kind, half in values.remarks

    assert [judged(share) for share in (100, 90)] == [(kind, False)] * 2
    assert [judged(share) for share in (89, 50)] == [("text", True)] * 2
    assert judged(49) == ("text", False)


def test_no_day_in_digits_alone_is_missing_beside_such_days() -> None:
    days = [f"202401{i:02d}" for i in range(1, 29)]
    found = judge("last", [*days, "00000000", "00000000", "NA"])
    assert (found.kind, found.missing) == ("date", ("00000000", "NA"))
    assert judge("code", ["00000000", "00000417", "20240199"]).kind == "text"
    assert judge("code", ["00000000"] * 3).kind == "text"


BOOKED = [
    ("{}", "$({})"), ("{}", "(${})"), ("${}", "-${}"), ("${}", "$-{}"), ("$ {}", "$ ({})"), ("{}", "{}-"),
    ("{} DR", "{} CR"), ("{}", "{}CR"), ("{} Dr.", "{} Cr."), ("${}", "${}-"), ("${}", "${} CR"), ("{} €", "({}) €"),
    ("{} €", "({} €)"), ("€ {}", "€ ({})"), ("USD {}", "USD ({})"), ("{} USD", "({}) USD"), ("{} €", "{} €-"),
    ("{} €", "{}- €"), ("{}", "( {} )"), ("{}%", "({})%"), ("$ {}", "- $ {}"),
]  # fmt: skip


@pytest.mark.parametrize("german", [False, True])
@pytest.mark.parametrize(("above", "below"), BOOKED)
def test_whatever_a_bookkeeper_writes_for_less_than_zero_is_read(
    above: str, below: str, german: bool, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    amounts = np.round(random.normal(500, 2_000, 80), 2)
    signs = {44: ".", 46: ","} if german else {}
    cells = [(below if x < 0 else above).format(f"{abs(x):,.2f}".translate(signs)) for x in amounts]
    frame = pd.DataFrame({"id": [f"c{i}" for i in range(80)], "balance": cells})
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert read(tmp_path / "t.csv")["balance"] == amounts.tolist()
    log = frame.assign(customer=[f"k{i % 9}" for i in range(80)], date="2026-01-01", amount=frame["balance"])
    made = coterie.customers(log[["customer", "date", "amount"]], net=True).set_index("customer_id")
    wanted = pd.Series(amounts).groupby(log["customer"]).sum()
    assert made.monetary.round(2).to_dict() == wanted[made.index].round(2).to_dict()


@pytest.mark.parametrize("odd", ["$($5.00)", "((5.00))", "$(5.00", "5.00--", "(5.00) (6.00)", "$()"])
def test_brackets_that_are_no_bookkeepers_are_no_numbers(odd: str, tmp_path: Path) -> None:
    cells = [*(f"${i}.50" for i in range(60)), "$(7.00)", odd]
    (tmp_path / "t.csv").write_text("id,balance\n" + "".join(f"c{i},{c}\n" for i, c in enumerate(cells)))
    with pytest.raises(InputError, match="cannot be read as a number"):
        read(tmp_path / "t.csv")
