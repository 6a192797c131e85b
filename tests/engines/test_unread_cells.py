"""A value that is there and cannot be read stops what uses its column; where nothing does it is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coterie import check, errors, segment
from coterie.purchases import customers

FEATURES = ["spend", "visits"]


def customer_rows() -> pd.DataFrame:
    """Return customers with one cell that is no number, and one that is no date, in columns of such."""
    n = range(60)
    extra, since = [str(i * 1.5) for i in n], [f"2024-01-{1 + i % 28:02d}" for i in n]
    extra[33], since[40] = "Zebedee", "soon"
    spend = [[10.5, 80.5][i % 2] + i / 100 for i in n]
    visits = [[3.25, 40.25][i % 2] + i % 5 for i in n]
    return pd.DataFrame({"id": [f"c{i}" for i in n], "spend": spend, "visits": visits, "extra": extra, "since": since})


def write_sqlite(frame: pd.DataFrame, path: Path) -> None:
    connection = sqlite3.connect(path)
    frame.to_sql("customers", connection, index=False)
    connection.close()


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "t.csv": lambda frame, path: frame.to_csv(path, index=False),
    "t.xlsx": lambda frame, path: frame.to_excel(path, index=False),
    "t.json": lambda frame, path: frame.to_json(path, orient="records"),
    "t.parquet": lambda frame, path: frame.to_parquet(path, index=False),
    "t.sqlite": write_sqlite,
}


@pytest.mark.parametrize("name", [*WRITERS, "frame"])
def test_every_kind_of_source_says_what_nobody_uses_and_stops_where_somebody_does(name: str, tmp_path: Path) -> None:
    frame: pd.DataFrame | Path = customer_rows()
    if name != "frame":
        if name == "t.xlsx":
            pytest.importorskip("openpyxl")
        WRITERS[name](customer_rows(), tmp_path / name)
        frame = tmp_path / name
    seen = {f.column: f for f in check(frame, features=FEATURES).findings if f.code == "COT129"}
    assert {c: (f.level, f.count) for c, f in seen.items()} == {"extra": ("warning", 1), "since": ("warning", 1)}
    assert seen["extra"].text == "1 value cannot be read as a number such as 1234.5, the first in row 34"
    used = {f.column: f.level for f in check(frame).findings if f.code == "COT129"}
    assert used == {"extra": "error", "since": "error"}
    with pytest.raises(errors.InputError, match="'extra'") as refused:
        segment(frame, max_k=2, effort="quick")
    assert "row 34 holds 'Zebedee'" in refused.value.where


def test_a_column_that_is_excluded_does_not_stop_and_its_value_is_in_no_finding() -> None:
    made = segment(customer_rows(), exclude=["extra", "since"], k=2, effort="quick")
    assert [f.column for f in made.findings if f.code == "COT129"] == ["extra", "since"]
    assert "Zebedee" not in "".join(f.text + f.done for f in made.findings)


def test_dates_stop_although_they_form_no_segment_for_nobody_has_left_them_out() -> None:
    frame = customer_rows().drop(columns=["extra"])
    with pytest.raises(errors.InputError, match="'since'") as refused:
        segment(frame, k=2, effort="quick")
    assert "row 41 holds 'soon'" in refused.value.where


def test_a_column_that_is_described_or_is_the_value_stops() -> None:
    for used in ({"describe": ["extra"]}, {"value": "extra"}):
        with pytest.raises(errors.InputError, match="cannot be read as a number"):
            segment(customer_rows(), features=FEATURES, k=2, effort="quick", **used)


def test_two_forms_of_dates_stop_where_the_dates_are_used_only() -> None:
    frame = customer_rows().drop(columns=["extra"])
    frame["since"] = [
        f"{1 + i % 12:02d}/{1 + i % 11:02d}/2024" if i < 20 else f"2024-01-{1 + i % 28:02d}" for i in range(60)
    ]
    found = check(frame, features=FEATURES).findings
    assert [(f.level, f.count) for f in found if f.code == "COT129"] == [("warning", 20)]
    with pytest.raises(errors.InputError, match="in 2 forms"):
        segment(frame, features=[*FEATURES, "since"], k=2, effort="quick")


def test_new_customers_stop_by_the_columns_that_formed_the_segments_alone() -> None:
    clean = customer_rows().assign(extra=1.5, since="2024-01-01")
    made = segment(clean, features=FEATURES, k=2, effort="quick")
    assert len(made.assign(customer_rows())) == 60
    wrong = clean.astype({"spend": str})
    wrong.loc[7, "spend"] = "much"
    with pytest.raises(errors.InputError, match="row 8 holds 'much'"):
        made.assign(wrong)


def purchase_rows() -> pd.DataFrame:
    n = range(80)
    weight = [str(i / 2) for i in n]
    weight[11] = "a lot"
    return pd.DataFrame(
        {
            "customer": [f"c{i % 9}" for i in n],
            "date": [f"2024-02-{1 + i % 28:02d}" for i in n],
            "amount": [str(i + 0.5) for i in n],
            "weight": weight,
        }
    )


@pytest.mark.parametrize(("role", "wrong"), [("amount", "free"), ("date", "soon")])
def test_a_log_stops_by_its_roles_alone(role: str, wrong: str) -> None:
    log = purchase_rows()
    assert customers(log)["frequency"].sum() == 80
    log.loc[5, role] = wrong
    with pytest.raises(errors.InputError, match=f"row 6 holds '{wrong}'"):
        customers(log)
