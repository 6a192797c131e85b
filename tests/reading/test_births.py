"""Columns of births: nobody is born in the future."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import coterie
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.reading import births
from coterie.table import read

BORN = [pd.Timestamp("1931-02-28") + pd.Timedelta(days=311 * i) for i in range(80)]  # to 1998
WAYS = ["%d.%m.%y", "%m/%d/%y", "%d %b %y", "%y-%m-%d", "%d-%m-%y 00:00:00"]


def days(path: Path, name: str, **reading: str) -> tuple[list[str], set[str]]:
    """The days of a column as they are read, and the codes of what was found."""
    engine = connect()
    table = read(path, engine, Options(), Reading(**reading))  # type: ignore[arg-type]
    got = engine._connection.table(table.relation).df()
    made = pd.to_datetime(got[name], unit="D") if got[name].dtype.kind == "f" else pd.to_datetime(got[name])
    return [f"{day:%Y-%m-%d}" for day in made], {f.code for f in table.findings if f.column == name}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["DOB", "birth_date", "Geburtsdatum", "date_naissance", "fecha de nacimiento"])
def test_years_of_birth_in_two_digits_are_past_and_said(name: str, way: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,{name},x\n" + "".join(f"c{i},{day:{way}},{i}\n" for i, day in enumerate(BORN)))
    got, codes = days(path, name)
    assert got == [f"{day:%Y-%m-%d}" for day in BORN]
    assert "COT149" in codes


def test_what_is_born_in_this_century_stays_there(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,dob,x\n" + "".join(f"c{i},{1 + i % 28:02d}/07/{i % 30:02d},{i}\n" for i in range(60)))
    got, codes = days(path, "dob", date_order="dmy")
    assert {day[:2] for day in got} == {"20"}
    assert "COT149" not in codes


def test_other_dates_are_read_as_before(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,contract_end,x\n" + "".join(f"c{i},{1 + i % 28}.07.{40 + i % 20},{i}\n" for i in range(60)))
    got, codes = days(path, "contract_end")
    assert {day[:3] for day in got} == {"204", "205"}
    assert codes == {"COT110"}
    four = tmp_path / "four.csv"
    four.write_text("id,dob,x\n" + "".join(f"c{i},{1 + i % 28}.07.{1940 + i},{i}\n" for i in range(60)))
    assert "COT149" not in days(four, "dob")[1]


def test_the_record_keeps_it_and_new_customers_are_as_old(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    cells = [(f"c{i}", f"{BORN[i]:%d.%m.%y}", i % 7, 50 * (i % 2)) for i in range(80)]
    path.write_text("id,dob,x,y\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in cells))
    run = coterie.segment(path, features=["dob", "y"], k=2, effort="quick")
    column = next(c for c in run.record.columns if c.name == "dob")
    assert column.notation is not None
    assert column.notation.born
    new = tmp_path / "new.csv"
    new.write_text("id,dob,x,y\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in cells[:9]))
    got = run.assign(new).df().sort_values("id")["margin"].tolist()
    wanted = run.assignments().df() if hasattr(run.assignments(), "df") else run.assignments()
    assert got == wanted[wanted["id"].isin([f"c{i}" for i in range(9)])].sort_values("id")["margin"].tolist()


def test_the_words_are_small_letters_and_none_is_listed_twice() -> None:
    listed = tomllib.loads(Path(births.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for words in listed.values():
        assert len(words) == len(set(words))
        assert all(word == word.casefold() == unicodedata.normalize("NFC", word) for word in words)
    assert all(births.is_birth(word) for words in listed.values() for word in words)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("customer_dob", True),
        ("BirthDate", True),
        ("data_nascimento", True),
        ("Født", False),
        ("fødselsdato", True),
        ("doğum_tarihi", True),
        ("дата рождения", True),
        ("生年月日", True),
        ("signup_date", False),
        ("gebuehr", False),
        ("anniversary", False),
        ("nacl_share", False),
    ],
)
def test_a_name_says_that_days_are_of_births(name: str, is_one: bool) -> None:
    assert births.is_birth(name) is is_one
