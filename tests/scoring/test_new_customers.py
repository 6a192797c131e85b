"""New customers are read as those that formed the segments were, and what differs is said."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import sql
from coterie.engines import Reading, connect
from coterie.errors import InputError
from coterie.scoring.new_customers import read_new_customers
from coterie.segmentation import Segmentation
from coterie.table import Table


def known(n: int = 300) -> pd.DataFrame:
    r = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03d}" for i in range(n)],
            "income": r.integers(20_000, 120_000, n),
            "spend": r.integers(1, 100, n),
            "city": [("Oslo", "Rome", "Lima")[i % 3] for i in range(n)],
        }
    )


@pytest.fixture(scope="module")
def run() -> Segmentation:
    return coterie.segment(known(), k=3, effort="quick", max_k=4, features=["income", "spend", "city"])


def read(run: Segmentation, frame: pd.DataFrame | Path) -> Table:
    return read_new_customers(run.record, frame, connect())


def said(table: Table) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for finding in table.findings:
        if finding.level == "warning":
            found.setdefault(finding.code, []).append(finding.column)
    return found


def test_the_same_customers_again_are_nothing_new(run: Segmentation, tmp_path: Path) -> None:
    known().to_csv(tmp_path / "again.csv", index=False)
    for source in (known(), tmp_path / "again.csv"):
        table = read(run, source)
        assert (table.rows, table.id, said(table)) == (300, "customer_id", {})


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"height": 1.0}, {"COT014": [None]}),
        ({"spend": [None, *range(1, 30)]}, {"COT106": ["spend"]}),
        ({"income": [9_000_000, *range(20_000, 20_029)]}, {"COT302": ["income"]}),
        ({"city": ["Cairo"] + ["Rome"] * 29}, {"COT016": ["city"]}),
    ],
)
def test_what_is_new_about_them_is_said(run: Segmentation, change: dict[str, object], finding: object) -> None:
    assert said(read(run, known().head(30).assign(**change))) == finding


def test_a_missing_column_is_refused_with_those_that_are_there(run: Segmentation) -> None:
    with pytest.raises(InputError, match="'spend', 'city'"):
        read(run, known()[["customer_id", "income"]])


def test_a_header_in_other_capitals_is_refused_with_what_differs(run: Segmentation) -> None:
    with pytest.raises(InputError, match="'income', 'spend', 'city'") as loud:
        read(run, known().rename(columns=str.upper).rename(columns={"CUSTOMER_ID": "customer_id"}))
    assert loud.value.do == "Only capitals differ: rename them as they were when the segments were formed."
    with pytest.raises(InputError) as short:
        read(run, known()[["customer_id", "income"]].rename(columns={"income": "Income"}))
    assert short.value.do.startswith("Add the columns")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_days_that_are_all_written_otherwise_are_told_once(kind: str, tmp_path: Path) -> None:
    made = coterie.segment(
        known().assign(since=[f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(300)]),
        k=2, effort="quick", max_k=2, features=["income", "spend", "city"],
    )  # fmt: skip
    path, later = tmp_path / f"later.{kind}", known().assign(since=[f"{1 + i % 28:02d}.11.2024" for i in range(300)])
    later.to_csv(path, index=False) if kind == "csv" else later.to_parquet(path)
    told = read(made, path).findings
    assert [(f.code, f.count) for f in told if f.column == "since"] == [("COT129", 300)]


@pytest.mark.parametrize(("column", "values"), [("income", "rich"), ("city", 7.5)])
def test_a_column_of_another_kind_is_refused(run: Segmentation, column: str, values: object) -> None:
    with pytest.raises(InputError, match=f"'{column}'"):
        read(run, known().assign(**{column: values}))


def test_a_table_without_rows_has_a_result_without_rows(run: Segmentation) -> None:
    table = read(run, known().head(0))
    assert said(table) == {"COT015": [None]}
    assert len(run.assign(known().head(0))) == 0


@pytest.mark.parametrize("city", [None, "Cairo"])
def test_who_has_no_value_is_counted_and_not_assigned(run: Segmentation, city: str | None) -> None:
    frame = known(30).astype({"income": float, "spend": float})
    frame.loc[[3, 7], ["income", "spend"]], frame.loc[[3, 8], "city"] = None, city
    (found,) = [f for f in read(run, frame).findings if f.code == "COT106" and f.column is None]
    assert (found.count, found.level) == (1, "warning")
    assert run.assign(frame)["segment"].isna().sum() == 1
    frame.loc[3, "spend"] = 5.0
    assert None not in said(read(run, frame))["COT106"]


def test_a_repeated_id_stops_or_is_kept_as_it_is(run: Segmentation) -> None:
    found = coterie.segment(known(), k=3, effort="quick", max_k=4, features=["income", "spend", "city"])
    twice = known(40).assign(customer_id=lambda f: f["customer_id"].where(f.index != 1, "c000"))
    with pytest.raises(InputError, match="not unique"):
        found.assign(twice)
    kept = found.assign(twice, allow_duplicate_ids=True)
    assert kept["id"].tolist() == twice["customer_id"].tolist()
    one_without = known(40).assign(customer_id=lambda f: f["customer_id"].where(f.index != 1))
    with pytest.raises(InputError, match="empty in 1 row"):
        found.assign(one_without)


@pytest.mark.parametrize(("column", "times"), [("income", 0.001), ("spend", 1_000.0), ("spend", 0.001)])
def test_another_unit_is_doubted(run: Segmentation, column: str, times: float) -> None:
    told = [
        f for f in read(run, known(60).assign(**{column: known(60)[column] * times})).findings if f.code == "COT302"
    ]
    assert column in [f.column for f in told if "another unit?" in f.text]
    assert "COT302" not in said(read(run, known(60)))


def doubted(run: Segmentation, worth: object) -> list[str]:
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(400)], "worth": worth, "visits": VISITS})
    return [f.text for f in read(run, frame).findings if f.code == "COT302"]


def test_ids_among_many_rows_are_compared_where_they_are_drawn(
    run: Segmentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coterie.table.ids.EXACT_IDS", 100)
    many = pd.concat([known(), known().assign(customer_id=lambda f: f["customer_id"].str.replace("c", "d"))])
    assert "COT012" not in said(read(run, many))
    twice = pd.concat([many, known()])
    with pytest.raises(InputError, match=r"about \d+ rows repeat an id"):
        run.assign(twice)
    with pytest.raises(InputError, match="unique: 300 rows repeat an id"):
        run.assign(twice, check_ids=True)
    with pytest.raises(InputError, match="300 rows"):
        read_new_customers(run.record, twice, connect(), check_ids=True)
    kept = read_new_customers(run.record, twice, connect(), allow_duplicate_ids=True, check_ids=True)
    assert [f.count for f in kept.findings if f.code == "COT012"] == [300]


VISITS = np.random.default_rng(2).poisson(0.9, 400)
WORTH = np.random.default_rng(1).lognormal(4, 1.6, 400)


def test_a_median_ten_times_off_is_doubted_though_the_ranges_overlap() -> None:
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(400)], "worth": WORTH, "visits": VISITS})
    run = coterie.segment(frame, k=3, effort="quick", max_k=4)
    assert not [text for times in (1.0, 3.0, 0.3) for text in doubted(run, WORTH * times) if "unit?" in text]
    (cents,) = doubted(run, WORTH * 0.05)
    assert "half are a fifth of it or less: another unit?" in cents
    assert any("half are five times that or more: another unit?" in text for text in doubted(run, WORTH * 20))
    others = np.random.default_rng(8).permutation(WORTH)[:150]  # of another sample the median is another one
    for times in (10.0, 0.1):
        assert any("unit?" in text for text in doubted(run, np.resize(others, 400) * times))
    few = frame.assign(visits=np.minimum(VISITS, 1))  # a median of 0 beside 1 is no other unit
    assert "COT302" not in said(read(run, few))


def test_values_far_outside_are_counted(run: Segmentation) -> None:
    (found,) = [
        f for f in read(run, known().assign(spend=[5_000, 9_000, *range(1, 99)] * 3)).findings if f.code == "COT302"
    ]
    assert (found.count, found.column) == (6, "spend")


def test_new_customers_are_read_in_the_time_zone_of_the_run_and_a_flag_wins(tmp_path: Path) -> None:
    rows = [f"c{i},{20 + i % 2 * 200 + i % 7},{1 + i % 12:02d}" for i in range(120)]
    lines = [f"{row.rpartition(',')[0]},2024-{row[-2:]}-10T23:30:00Z" for row in rows]
    (tmp_path / "t.csv").write_text("customer_id,spend,seen\n" + "\n".join(lines) + "\n")
    run = coterie.segment(
        tmp_path / "t.csv",
        features=("spend", "seen"),
        k=2,
        effort="quick",
        reading=Reading(time_zone="Asia/Kolkata"),
    )
    assert run.record.time_zone == "Asia/Kolkata"
    days = []
    for zone in (None, "America/New_York"):
        reading = Reading(time_zone=zone)
        table = read_new_customers(run.record, tmp_path / "t.csv", connect(), reading)
        lowest = sql.named(sql.smallest(sql.column("seen")), "d")
        days.append(int(table.engine.fetch(sql.select([lowest], sql.table(table.relation)))["d"][0]))
    first = (datetime.date(2024, 1, 11) - datetime.date(1970, 1, 1)).days
    assert days == [first, first - 1]
