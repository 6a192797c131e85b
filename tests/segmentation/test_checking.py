"""check(): every finding before anything is fitted, and the lines that say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from coterie.errors import InputError
from coterie.segmentation.checking import check


def plain(n: int = 200) -> dict[str, Any]:
    r = np.random.default_rng(0)
    return {
        "customer_id": [f"c{i}" for i in range(n)],
        "age": r.integers(18, 80, n).astype(float),
        "spend": np.round(r.gamma(5, 30, n), 2),
    }


def test_select_and_ignore_take_beginnings_of_codes() -> None:
    frame = pd.DataFrame({**plain(), "city": [f"city-{i}" for i in range(200)], "const": 1.0})
    codes = {f.code for f in check(frame, select=("COT10",)).findings}
    assert codes == {"COT103", "COT105"}
    assert "COT103" not in {f.code for f in check(frame, ignore=("COT103",)).findings}


@pytest.mark.parametrize("end", ["", " 09:30:00"])
@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("spend", ""), ("spend", "inf"), ("spend", "-Infinity"), ("spend", "nan"), ("spend", "1e200"),
        ("spend", "a lot"), ("since", ""), ("since", "NA"), ("since", "2024/01/05"), ("since", "2024-1-5"),
        ("since", "0024-01-05"), ("since", "2024-02-30"), ("since", "2024 01 05"), ("since", "2024-01-05 12:00"),
        ("since", "5 Jan 2024"), ("city", ""), ("city", "NA"), ("city", " "),
    ],
)  # fmt: skip
def test_a_large_text_is_checked_where_it_lies_as_if_it_had_been_read(
    column: str, cell: str, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The odd cell stands where no sample looks; whether ids repeat is not looked for."""
    n = 12_000
    days = pd.Series(pd.date_range("2020-01-01", periods=n, freq="97min")).dt.strftime(f"%Y-%m-%d{end}")
    table = pd.DataFrame({**plain(n), "since": days, "city": [("Bonn", "Nice", "Bath")[i % 3] for i in range(n)]})
    table = table.astype({column: object})
    table.loc[n // 3 + 100, column] = cell
    path = tmp_path / "customers.csv"
    table.to_csv(path, index=False)
    wanted = check(path, ignore=("COT001",))
    monkeypatch.setattr("coterie.engines.duckdb.engine.LEFT_IN_PLACE", 0)
    assert check(path, ignore=("COT001",)).findings == wanted.findings


def test_examples_are_shown_only_where_asked() -> None:
    frame = pd.DataFrame(
        {**plain(), "age": [130.0, -4.0] + [30.0, 40.0] * 99, "city": [f"town {i}" for i in range(200)]}
    )
    assert not check(frame).examples
    seen = check(frame, examples=True)
    assert seen.examples["COT111", "age"] == ("130", "-4")
    assert len(seen.examples["COT105", "city"]) == 3
    assert "town" in str(seen)
    assert "town" not in str(check(frame))


def test_findings_that_say_the_same_share_a_line() -> None:
    seen = check(pd.DataFrame({**plain(), "one": 1.0, "two": 2.0}))
    assert sum("'one', 'two': the same value in every row" in line for line in str(seen).splitlines()) == 1
    assert len([f for f in seen.findings if f.code == "COT103"]) == 2


def test_a_finding_about_several_columns_names_them_once() -> None:
    table = plain()
    seen = check(pd.DataFrame({**table, "spend_usd": table["spend"] * 1.1}))
    (line,) = [line for line in str(seen).splitlines() if line.startswith("COT201")]
    assert line.startswith("COT201 warning: 2 columns tell nearly the same story: spend and spend_usd;")


def test_a_finding_names_its_column_whatever_its_words_begin_with() -> None:
    table = {"id": [f"c{i}" for i in range(200)], "a": np.random.default_rng(0).lognormal(0, 2, 200)}
    lines = str(check(pd.DataFrame(table))).splitlines()
    assert any(line.startswith("COT117 note    'a': a few values are far larger") for line in lines)


def test_columns_are_asked_for_by_name_and_unknown_options_are_refused() -> None:
    seen = check(pd.DataFrame(plain()), features=["age", "spend"], id="customer_id")
    assert seen.sound
    with pytest.raises(InputError, match="Unknown option 'feature'"):
        check(pd.DataFrame(plain()), feature=["age"])  # type: ignore[call-arg]


def test_what_would_stop_a_segmentation_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("customer_id,spend\n" + "".join(f"c{i % 50},{i * 37 % 101}\n" for i in range(100)))
    seen = check(path, id="customer_id")
    assert not seen.sound
    assert str(seen).splitlines()[1].startswith("COT012 error   'customer_id': ")
    assert str(seen).splitlines()[-1].startswith("2 errors.")


# ── what people bring: every kind of file says the same of it ─────────────────────────────────────────────────────


def brought(kind: str, n: int = 240) -> pd.DataFrame:
    """A table of customers with one thing that is often odd; a log of purchases."""
    r = np.random.default_rng(4)
    people = pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(n)],
            "age": r.normal(45, 12, n).round(),
            "visits": r.poisson(9, n),
            "spend": r.normal(400, 90, n).round(2),
        }
    )
    if kind == "purchases":
        days = pd.date_range("2025-01-01", periods=n).strftime("%Y-%m-%d")
        log = {"customer_id": [f"c{i}" for i in r.integers(1, 40, n)], "order_date": days}
        return pd.DataFrame({**log, "amount": r.lognormal(3, 0.4, n).round(2)})
    added: dict[str, Any] = {
        "clean": people.age,
        "rare": np.where(np.arange(n) < 2, 1, 0),
        "phone": [f"+49 170 {1_000_000 + 7_919 * i}" for i in range(n)],
        "KundenNr": r.permutation(n) * 7 + 100_000,
        "ticked": np.where(r.random(n) < 0.4, "x", None),
        "satisfaction": r.choice(["disagree", "neutral", "agree"], n),
        "item": np.where(r.random(n) < 0.1, 99, r.integers(1, 6, n)),
        "signup": r.integers(1_600_000_000, 1_700_000_000, n),
        "pdays": np.where(r.random(n) < 0.7, -1, r.integers(1, 300, n)),
        "segment": r.choice(["Gold", "Silver"], n),
    }
    return people if kind == "clean" else people.assign(**{kind: added[kind]})


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "frame"])
@pytest.mark.parametrize(
    ("kind", "code", "level"),
    [
        ("purchases", "COT415", "error"),
        ("rare", "COT147", "note"),
        ("phone", "COT116", "note"),
        ("KundenNr", "COT101", "note"),
        ("ticked", "COT141", "note"),
        ("satisfaction", "COT121", "note"),
        ("item", "COT122", "warning"),
        ("signup", "COT145", "note"),
        ("pdays", "COT122", "warning"),
        ("segment", "COT018", "warning"),
        ("clean", None, None),
    ],
)
def test_what_people_bring_is_told(suffix: str, kind: str, code: str | None, level: str | None, tmp_path: Path) -> None:
    frame, path = brought(kind), tmp_path / f"people.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    if suffix == "parquet":
        duckdb.from_df(frame).write_parquet(str(path))
    if suffix == "json":
        path.write_text(frame.to_json(orient="records"))
    found = check(frame if suffix == "frame" else path)
    told = {(f.code, f.level) for f in found.findings if f.level != "note" or f.column == kind}
    assert ((code, level) in told) if code else not told
    assert found.sound == (level != "error")


def test_a_log_is_told_once() -> None:
    codes = {f.code for f in check(brought("purchases")).findings}
    assert "COT415" in codes
    assert not codes & {"COT002", "COT012", "COT017", "COT131"}
