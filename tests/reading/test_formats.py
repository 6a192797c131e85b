"""Files as people have them, read by a user's commands: dialects, patterns, rows left out, ids in every output."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest

from coterie import checking, errors, options
from coterie.__main__ import _run
from coterie.engines import Reading
from coterie.engines.duckdb.engine import DuckDB
from coterie.reading.delimited import prepare
from coterie.reading.dialect import guess
from coterie.reading.line_numbers import lines_of

ROWS = [
    [f"{i + 1:04d}", f"Ann {i}", str((25, 45, 65)[i % 3] + i % 4), str((120, 900, 4300)[i % 3] + i)] for i in range(60)
]
HEADER = ["customer_id", "name", "age", "spend"]


def write(path: Path, rows: list[list[str]], **how: object) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, **{"lineterminator": "\n", **how}).writerows([HEADER, *rows])  # type: ignore[arg-type]
    return path


def run(*arguments: object) -> int:
    return _run([str(a) for a in arguments])


# ── dialects ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("first", ["", "# a comment\n", "Customers of May\n\n"])
def test_a_decimal_comma_in_every_row_is_no_delimiter(first: str) -> None:
    text = f"{first}id;name;spend\n1;Ann;1,5\n2;Bo;2,5\n3;Cy;x;2,5\n4;Di;2,75\n5;Ed\n6;Flo;0,5\n"
    assert guess(text).delimiter == ";"


def test_line_ends_inside_quotes_are_not_taken_for_those_of_the_rows(tmp_path: Path) -> None:
    rows = [[r[0], "two\r\nlines" if i == 0 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    for name, how in (("plain.csv", {}), ("apostrophes.csv", {"quotechar": "'", "quoting": csv.QUOTE_ALL})):
        seen = checking.check(write(tmp_path / name, rows, **how))
        assert (seen.rows, seen.columns) == (60, 4)


def test_a_line_that_tells_the_delimiter_may_come_after_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n\nsep=^\n" + "\n".join("^".join(r) for r in [HEADER, *ROWS]) + "\n")
    assert checking.check(path).rows == 60


def test_numbers_in_brackets_are_below_zero(tmp_path: Path) -> None:
    rows = [[*r[:3], "($1,234.50)" if i % 5 == 0 else "$12.25"] for i, r in enumerate(ROWS)]
    seen = checking.check(write(tmp_path / "t.csv", rows), examples=True)
    assert seen.examples["COT107", "spend"][0] == "-1234.5"
    assert "read as below zero" in str(seen)


@pytest.mark.parametrize("place", [3, 3_000])
def test_words_that_mean_missing_are_named(place: int, tmp_path: Path) -> None:
    """In the sample that judges a column, or far behind it."""
    rows = [[f"{i:05d}", "Ann", str(20 + i % 50), str(i % 90)] for i in range(30_000 if place > 100 else 60)]
    for i in range(place, place + 7):
        rows[i][2] = ("NA", "-")[i % 2]
    found = {f.code: f for f in checking.check(write(tmp_path / "t.csv", rows)).findings}
    assert found["COT106"].count == 7
    assert found["COT125"].column == "age"
    assert "NA" in found["COT125"].text
    assert "-" in found["COT125"].text


# ── rows left out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_left_out_are_listed_by_their_line_without_a_value(tmp_path: Path) -> None:
    rows = [[r[0], "two\nlines" if i < 5 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    rows[10][2], rows[40][2] = "elderly", "elderly"
    rows[20].append("more")
    path = write(tmp_path / "t.csv", rows)
    path.write_text("Customers of May\n\n" + path.read_text())
    out = tmp_path / "out"
    assert run("segment", path, "-k", 2, "--effort", "quick", "-q", "--on-bad-rows", "skip", "--out", out) == 0
    listed = list(csv.reader((out / "rejected.csv").read_text().splitlines()))
    text = path.read_text().splitlines()
    assert [row[0] for row in listed] == ["line", "19", "29", "49"]
    assert [("elderly" in text[int(row[0]) - 1], "more" in text[int(row[0]) - 1]) for row in listed[1:]] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip
    assert "elderly" not in (out / "rejected.csv").read_text()
    assert json.loads((out / "manifest.json").read_text())["rows"] == {"accepted": 57, "rejected": 3}


def test_a_row_of_a_source_without_lines_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps([dict(zip(HEADER, [*r[:2], "old" if i == 33 else int(r[2]), int(r[3])], strict=True))
                                for i, r in enumerate(ROWS)]))  # fmt: skip
    out = tmp_path / "out"
    assert run("segment", path, "-k", 2, "--effort", "quick", "-q", "--on-bad-rows", "skip", "--out", out) == 0
    assert (out / "rejected.csv").read_text().splitlines()[1:] == [',"row 34, column age: not a number",False']


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_is_found_whatever_ends_it(end: str, tmp_path: Path) -> None:
    rows = [[r[0], f"two{end}lines" if i % 7 == 0 else r[1], *r[2:]] for i, r in enumerate(ROWS)]
    path = write(tmp_path / "t.csv", rows, lineterminator=end)
    text = prepare(path, "t.csv", tmp_path, Reading(), lambda name: False)
    places = lines_of(text, range(60))
    all_lines = path.read_bytes().decode().split(end)
    assert [all_lines[int(place or 0) - 1][:4] for place in places] == [r[0] for r in ROWS]


# ── patterns, and ids in every output ─────────────────────────────────────────────────────────────────────────────


def test_a_pattern_of_parquet_files_is_segmented_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write(tmp_path / "whole.csv", ROWS)
    for i in range(2):
        duckdb.connect().execute(
            f"COPY (SELECT customer_id, name, age::INT AS age, spend::INT AS spend FROM read_csv('{whole}', "
            f"all_varchar=true) WHERE (age::INT > 40) = ({i} = 1)) TO '{tmp_path}/part-{i}.parquet'"
        )
    monkeypatch.chdir(tmp_path)
    assert run("segment", "part-*.parquet", "-k", 2, "--effort", "quick", "-q", "--out", "out") == 0
    assert run("verify", "out") == 0
    read = json.loads((tmp_path / "out" / "manifest.json").read_text())["fingerprint"]
    assert sorted(read["files"]) == ["part-0.parquet", "part-1.parquet"]
    assert run("segment", "other-*.parquet", "--out", "none") == 2


def test_zeros_in_front_of_ids_are_in_every_output(tmp_path: Path) -> None:
    path, out = write(tmp_path / "customers.csv", ROWS), tmp_path / "out"
    assert run("segment", path, "-k", 3, "--effort", "quick", "-q", "--csv", "--out", out) == 0
    for name in ("new.csv", "new.parquet"):
        assert run("assign", out, path, "-q", "--out", tmp_path / name) == 0
    wanted = [r[0] for r in ROWS]
    for stored in (out / "segments.parquet", tmp_path / "new.parquet"):
        ids = duckdb.connect().execute("SELECT id FROM read_parquet(?)", [str(stored)]).fetchall()
        assert [row[0] for row in ids] == wanted
    for written in (out / "segments.csv", tmp_path / "new.csv"):
        assert [row[0] for row in csv.reader(written.read_text().splitlines())][1:] == wanted


# ── one place for everything ──────────────────────────────────────────────────────────────────────────────────────


def test_no_message_holds_a_cell(tmp_path: Path) -> None:
    secret = "Zebedee"
    rows = [[r[0], secret, *r[2:]] for r in ROWS]
    rows[40][2] = secret
    path = write(tmp_path / "t.csv", rows)
    with pytest.raises(errors.InputError) as refused:
        checking.check(path)
    assert secret not in str(refused.value)
    engine = DuckDB()
    try:
        seen = checking.check(path, options.Options(), reading=Reading(on_bad_rows="skip"), engine=engine)
    finally:
        engine.close()
    assert secret not in str(seen)
    assert secret in str(checking.check(path, reading=Reading(on_bad_rows="skip"), examples=True))
