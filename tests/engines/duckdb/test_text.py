"""A counted text is loaded strictly; where that fails, cell by cell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coterie import errors, options, segment
from coterie.engines import Reading
from coterie.engines.duckdb.engine import DuckDB
from coterie.segmentation import checking
from reading.files import HEADER, ROWS, days, read, run, write


@pytest.mark.parametrize(
    ("dates", "options", "wanted"),
    [
        (["03-04-2013", "25-12-2012"], {}, ["2013-04-03", "2012-12-25"]),
        (["03/04/2013", "12/25/2012"], {}, ["2013-03-04", "2012-12-25"]),
        (["3/4/2013", "4/3/2013"], {}, ["2013-04-03", "2013-03-04"]),
        (["3/4/2013", "4/3/2013"], {"date_order": "mdy"}, ["2013-03-04", "2013-04-03"]),
        (["2013-04-03", "2012-12-25"], {}, ["2013-04-03", "2012-12-25"]),
        (["2013/04/03", "2012/12/25"], {}, ["2013-04-03", "2012-12-25"]),
        (["3 Apr 2013", "25 Dec 2012"], {}, ["2013-04-03", "2012-12-25"]),
        (["3.4.13", "25.12.12"], {}, ["2013-04-03", "2012-12-25"]),
    ],
)
def test_the_whole_column_decides_the_order_of_day_and_month(
    dates: list[str], options: dict[str, str], wanted: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,since\n" + "".join(f"c{i},{d}\n" for i, d in enumerate(dates)))
    assert read(path, **options)["since"] == [days(d) for d in wanted]


def test_one_late_date_decides_the_order_of_a_long_column(tmp_path: Path) -> None:
    """The rows that are looked at first all read both ways; the one that does not stands far behind."""
    path = tmp_path / "t.csv"
    lines = [f"c{i},{1 + i % 12:02d}/{1 + i % 11:02d}/2020,{'x' * 40}\n" for i in range(60_000)]
    lines[31_007] = "c31007,02/28/2020,x\n"
    path.write_text("id,since,note\n" + "".join(lines))
    assert read(path)["since"][31_007] == days("2020-02-28")


def test_a_row_of_a_source_without_lines_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps([dict(zip(HEADER, [*r[:2], "old" if i == 33 else int(r[2]), int(r[3])], strict=True))
                                for i, r in enumerate(ROWS)]))  # fmt: skip
    out = tmp_path / "out"
    assert run("segment", path, "-k", 2, "--effort", "quick", "-q", "--on-bad-rows", "skip", "--out", out) == 0
    assert (out / "rejected.csv").read_text().splitlines()[1:] == [',"row 34, column age: not a number",False']


def test_an_error_shows_the_first_cell_of_each_column_that_cannot_be_read_and_what_is_expected(tmp_path: Path) -> None:
    rows = [[*r] for r in ROWS]
    rows[40][2], rows[41][2], rows[7][3] = "many", "few", "12 or 13"
    with pytest.raises(errors.InputError) as refused:
        segment(write(tmp_path / "t.csv", rows))
    assert str(refused.value).splitlines() == [
        "A value of column 'spend' of 't.csv' cannot be read as a number such as 1234.5.",
        "Where: row 8 holds '12 or 13'. Also: 'age' (2, first 'many' in row 41).",
        'Correct or empty what is wrong, or leave such rows out with reading=Reading(on_bad_rows="skip").',
    ]


def test_no_finding_holds_a_cell_that_nobody_asked_for(tmp_path: Path) -> None:
    secret = "Zebedee"
    rows = [[r[0], secret, *r[2:]] for r in ROWS]
    rows[40][2] = secret
    path = write(tmp_path / "t.csv", rows)
    engine = DuckDB()
    try:
        seen = checking.check(path, options.Options(), reading=Reading(on_bad_rows="skip"), engine=engine)
    finally:
        engine.close()
    assert secret not in str(seen)


def test_a_wrong_value_is_named_by_its_row_and_left_out_where_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,v\n" + "".join(f"c{i},{'much' if i == 70 else i}\n" for i in range(100)))
    with pytest.raises(errors.InputError, match="row 71"):
        read(path)
    assert len(read(path, on_bad_rows="skip")["v"]) == 99


def test_a_column_whose_wrong_values_are_codes_is_text(tmp_path: Path) -> None:
    """The sample saw numbers alone; the codes stand where it does not look."""
    path = tmp_path / "t.csv"
    path.write_text("id,v\n" + "".join(f"c{i},{'C' if i == 2_777 else ''}{i}\n" for i in range(30_000)))
    assert read(path)["v"][2_776:2_778] == ["2776", "C2777"]


@pytest.mark.parametrize("rows", [300, 30_000])
@pytest.mark.parametrize("size", ["59k", "5 Mio", "7pcs"])
def test_sizes_among_numbers_are_no_codes(rows: int, size: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,v\n" + "".join(f"c{i},{size if i % 290 == 277 else i}\n" for i in range(rows)))
    with pytest.raises(errors.InputError, match="row 278") as stopped:
        read(path)
    assert size in str(stopped.value)


@pytest.mark.parametrize("cell", ["1_000", "+-5", "infinity", "0x1F", "1 000", "12,5", "1e5x"])
def test_what_only_duckdb_takes_for_a_number_is_unread(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"c{i},a_b,{i}.25\n" for i in range(30_000)]
    lines[21_113] = f'c21113,a_b,"{cell}"\n'
    path.write_text("id,plan,v\n" + "".join(lines))
    with pytest.raises(errors.InputError, match="row 21,114"):
        read(path)
    assert len(read(path, on_bad_rows="skip")["v"]) == 29_999


def test_a_point_among_decimal_commas_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f"c{i};{i % 1_000},25\n" for i in range(30_000)]
    lines[21_113] = "c21113;12.5\n"
    path.write_text("id;v\n" + "".join(lines))
    with pytest.raises(errors.InputError, match="row 21,114"):
        read(path)
    lines[21_113] = "c21113;1.234,5-\n"
    path.write_text("id;v\n" + "".join(lines))
    assert read(path)["v"][21_113] == -1234.5


def test_underscores_elsewhere_leave_numbers_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,plan,v\n" + "".join(f"c_{i},a_b,{'NA' if i % 2 else -i}\n" for i in range(50)))
    assert read(path)["v"][::2] == [-float(i) for i in range(0, 50, 2)]


ISO = [f"2025-{1 + i % 9:02d}-{1 + i % 28:02d}" for i in range(6_000)]


def written(path: Path, dates: list[str]) -> Path:
    path.write_text("id,since,note\n" + "".join(f"c{i},{d},{'x' * 40}\n" for i, d in enumerate(dates)))
    return path


@pytest.mark.parametrize(
    ("others", "day"),
    [
        ([f"{1 + i % 28:02d}/10/2025" for i in range(400)], "2025-10-04"),
        ([f"10/{1 + i % 28:02d}/2025" for i in range(400)], "2025-10-04"),
        ([f"{1 + i % 28} Oct 2025" for i in range(400)], "2025-10-04"),
    ],
)
def test_two_forms_of_dates_are_read_together_where_both_are_sure(others: list[str], day: str, tmp_path: Path) -> None:
    """They are, whether or not the sample sees the second one."""
    for dates in ([*ISO, *others], [*ISO[:3_000], *others[3:4], *others[20:21], *ISO[3_000:]]):
        got = read(written(tmp_path / "t.csv", dates))["since"]
        assert got[0] == days(ISO[0])
        assert days(day) in got


@pytest.mark.parametrize(
    ("dates", "seen"),
    [
        ([*ISO, *(f"{1 + i % 12:02d}/10/2025" for i in range(400))], "first in row 6,001"),
        (["13/02/2025", "02/13/2025"] * 100, "month/day/year in 100 .first in row 2"),
        (["2025-01-05", "2025-02-12", "13.03.2025", "28.03.2025"] * 9, "switched day and month"),
    ],
)
def test_forms_that_could_be_misread_stop_with_their_counts(dates: list[str], seen: str, tmp_path: Path) -> None:
    with pytest.raises(errors.InputError) as stopped:
        read(written(tmp_path / "t.csv", dates))
    assert re.search(seen, str(stopped.value))
    assert ("date_order" in str(stopped.value)) == ("switched" not in seen)


def test_the_rarer_form_is_left_out_only_where_that_is_asked_for(tmp_path: Path) -> None:
    dates = [*(["13/02/2025"] * 100), "02/13/2025", *(["14/02/2025"] * 100)]
    path = written(tmp_path / "t.csv", dates)
    assert len(read(path, on_bad_rows="skip")["since"]) == 200
    with pytest.raises(errors.InputError, match="2 forms"):
        read(path)


def test_a_date_that_no_form_reads_stops(tmp_path: Path) -> None:
    for wrong in ("2025-01-05 garbage", "0044-03-15 (BC)", "epoch", "2025117", "infinity", "2025-02-30"):
        with pytest.raises(errors.InputError, match="row 2,346"):
            read(written(tmp_path / "t.csv", [*ISO[:2_345], wrong, *ISO[2_345:]]))
