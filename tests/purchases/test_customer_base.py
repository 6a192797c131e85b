"""Purchases become customers: against a plain computation, on odd logs, in any order, from any frame."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie import errors
from coterie.__main__ import _run
from coterie.engines import Reading, connect
from coterie.purchases import Purchases, customers_sql, read_log
from coterie.purchases.findings import findings
from coterie.purchases.roles import choose
from coterie.record import json as record
from coterie.report import story

DAY = pd.Timedelta(days=1)


def log(seed: int = 0, rows: int = 600) -> pd.DataFrame:
    """A shop's log with everything in it: orders of several lines, returns, gifts, gaps in the ids."""
    random = np.random.default_rng(seed)
    customer = random.integers(0, 60, rows)
    visit = random.integers(0, 12, rows)
    day = (customer * 37 + visit * visit * 7 + visit) % 500
    frame = pd.DataFrame(
        {
            "customer_id": [f"{c:04d}" for c in customer],
            "order_id": [f"{c}-{v}" for c, v in zip(customer, visit, strict=True)],
            "ordered_at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(day, unit="D")
            + pd.to_timedelta(visit, unit="h"),
            "quantity": random.choice([1, 2, 3, -1], rows, p=[0.6, 0.2, 0.1, 0.1]),
            "price": random.choice([0.1, 0.2, 0.3, 9.99, 19.95, 0.0], rows),
            "category": random.choice(["tea", "cups", None], rows),
        }
    )
    frame.loc[random.random(rows) < 0.03, "customer_id"] = None
    return frame


def plainly(frame: pd.DataFrame, as_of: str, *, order: bool = True, net: bool = False) -> pd.DataFrame:
    """The same customers, one at a time, by the words of the documentation."""
    now = pd.Timestamp(as_of)
    rows = []
    frame = frame[frame.customer_id.notna()].assign(day=lambda f: f.ordered_at.dt.normalize())
    frame = frame[frame.day <= now].assign(cents=lambda f: (f.quantity * f.price * 100).round().astype(int))
    for customer, all_lines in frame.groupby("customer_id"):
        lines, back = all_lines[all_lines.quantity > 0], all_lines[all_lines.quantity < 0]
        if lines.empty:
            continue
        keys = lines.order_id if order else pd.Series(np.arange(len(lines)), index=lines.index)
        days = lines.groupby(keys).day.min()
        apart = np.sort(days.unique())
        bought, returned = lines.cents.sum(), -back.cents.sum()
        money = (bought - returned if net else bought) / 100
        first = lines[lines.groupby(keys).day.transform("min") == apart[0]].cents.sum()
        rows.append(
            {
                "customer_id": customer,
                "recency": (now - days.max()).days,
                "frequency": len(days),
                "monetary": money,
                "average_order": money / len(days),
                "average_repeat": (bought - first) / 100 / (len(apart) - 1) if len(apart) > 1 else np.nan,
                "order_days": len(apart),
                "tenure": (now - days.min()).days,
                "median_gap": np.median(np.diff(apart) / DAY) if len(apart) > 1 else np.nan,
                **{f"orders_{n}": int((days >= now - n * DAY).sum()) for n in (30, 90, 365)},
                "returned": returned / 100,
                "returns_share": 1.0 if returned >= bought > 0 or (returned and not bought) else
                (returned / bought if bought else 0.0),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values("customer_id", ignore_index=True)


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("net", [False, True])
def test_customers_are_what_the_documentation_says(seed: int, net: bool) -> None:
    frame = log(seed)
    same(coterie.customers(frame, as_of="2025-03-01", net=net), plainly(frame, "2025-03-01", net=net))


def test_without_a_column_of_orders_every_row_is_an_order() -> None:
    frame = log()
    found = coterie.customers(frame.drop(columns="order_id"), as_of="2025-12-31")
    same(found, plainly(frame, "2025-12-31", order=False))


def test_a_day_can_be_made_one_order() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 4, "date": ["2026-01-01"] * 3 + ["2026-01-05"], "amount": [1, 2, 3, 4]})
    apart, together = (coterie.customers(frame, same_day=how).iloc[0] for how in ("separate", "together"))
    assert (apart.frequency, apart.order_days, apart.median_gap) == (4, 2, 4)
    assert (together.frequency, together.order_days, together.average_order) == (2, 2, 5)


def test_rows_without_an_orders_number_are_an_order_a_day() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["a"] * 4,
            "order": ["x", "x", None, None],
            "date": ["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-03"],
            "amount": [1.0] * 4,
        }
    )
    assert coterie.customers(frame).frequency.tolist() == [3]


def test_the_order_of_the_rows_and_the_threads_change_nothing(tmp_path: Path) -> None:
    frame = log()
    made = []
    for i, (shuffle, threads) in enumerate([(0, 1), (1, 2), (2, 2)]):
        path, out, engine = tmp_path / f"{i}.parquet", tmp_path / f"{i}-customers.parquet", connect(threads=threads)
        frame.sample(frac=1, random_state=shuffle).to_parquet(path)
        engine.write(customers_sql(read_log(path, engine, Purchases(), Reading())), out)
        made.append(out.read_bytes())
    assert made[0] == made[1] == made[2]


def test_equal_purchases_make_equal_customers_to_the_last_bit() -> None:
    cents = [10, 20, 30, 40, 50, 60, 70]
    frame = pd.DataFrame(
        {
            "customer": ["a"] * 7 + ["b"] * 7 + ["c"],
            "date": "2026-01-01",
            "amount": [c / 100 for c in cents] + [c / 100 for c in reversed(cents)] + [2.8],
        }
    )
    assert coterie.customers(frame).monetary.tolist() == [2.8, 2.8, 2.8]


@pytest.mark.parametrize(
    "kind", [pd.DataFrame, pl.from_pandas, pa.Table.from_pandas], ids=["pandas", "polars", "arrow"]
)
def test_the_same_kind_of_frame_comes_back(kind: Any) -> None:
    source = kind(log())
    found = coterie.customers(source)
    assert type(found) is type(source)
    assert len(found) == len(coterie.customers(log()))


def test_a_path_gives_a_relation_and_ids_stay_text(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(
        "customer_id,order_date,amount\n0007,2026-01-01,5\n7,2026-01-02,6\n007,2026-01-02,6\n"
    )
    found = coterie.customers(tmp_path / "o.csv")
    assert [row[0] for row in found.fetchall()] == ["0007", "007", "7"]


def test_numbers_with_gaps_are_whole_ids() -> None:
    frame = pd.DataFrame({"customer": [12583.0, np.nan, 99.0], "date": "2026-01-01", "amount": 1.0})
    assert coterie.customers(frame).customer_id.tolist() == ["12583", "99"]
    with pytest.raises(errors.InputError, match="fractions"):
        coterie.customers(frame.assign(customer=[1.5, 2.0, 3.0]))


# ── days ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def recencies(dates: Any, **more: Any) -> list[int]:
    frame = pd.DataFrame({"customer": [f"c{i}" for i in range(len(dates))], "date": dates, "amount": 1.0})
    return coterie.customers(frame, as_of="2026-02-01", **more).recency.tolist()


def test_recency_counts_to_the_day_after_the_last_purchase() -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], "date": ["2026-01-01", "2026-01-11"], "amount": [1.0, 2.0]})
    assert coterie.customers(frame).recency.tolist() == [11, 1]


@pytest.mark.parametrize(
    "dates",
    [
        ["2026-01-02", "2026-01-31"],
        ["2026-01-02 23:59:59", "2026-01-31 00:00:00"],
        ["1/2/2026 8:45", "1/31/2026 18:05"],
        ["2/1/26", "31/1/26"],
        ["02.01.2026", "31.01.2026"],
        ["Jan 2, 2026", "Jan 31, 2026"],
        [20260102, 20260131],
        [20260102.0, 20260131.0],
        pd.to_datetime(["2026-01-02 23:59:59", "2026-01-31 00:00:01"]),
        pd.to_datetime(["2026-01-02", "2026-01-31"]).date,
        pd.to_datetime(["2026-01-02 23:00", "2026-01-31 01:00"]).tz_localize("UTC"),
        pd.to_datetime(["2026-01-01 20:00", "2026-01-30 20:00"]).tz_localize("America/New_York"),
    ],
    ids=lambda dates: str(dates[0]),
)
def test_dates_times_and_texts_are_days(dates: Any) -> None:
    assert recencies(dates) == [30, 1]


def test_a_day_and_a_month_are_never_swapped_on_a_guess(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="2 ways"):
        recencies(["1/2/2026", "2/1/2026"])
    assert recencies(["1/2/2026", "2/1/2026"], reading=Reading(date_order="dmy")) == [0, 30]
    (tmp_path / "o.csv").write_text("customer,date,amount\na,1/2/2026,5\nb,3/4/2026,5\n")
    with pytest.raises(errors.InputError, match="--date-order"):
        coterie.customers(tmp_path / "o.csv")


def test_dates_that_are_none_are_an_error() -> None:
    with pytest.raises(errors.InputError, match="no dates"):
        recencies(["soon", "later"])


def test_what_comes_after_the_day_that_counts_is_left_out() -> None:
    frame = pd.DataFrame(
        {"customer": ["a", "a", "b"], "date": ["2026-01-01", "2026-03-01", "2026-03-01"], "amount": 1.0}
    )
    found = coterie.customers(frame, as_of="2026-02-01")
    assert found[["customer_id", "recency", "frequency"]].to_numpy().tolist() == [["a", 31, 1]]
    assert coterie.customers(frame, as_of="2026-03-01").recency.tolist() == [0, 0]
    assert coterie.customers(frame, as_of="2027-03-01").recency.tolist() == [365, 365]
    with pytest.raises(errors.InputError, match="no row"):
        coterie.customers(frame, as_of="2020-01-01")


def said(frame: pd.DataFrame, **options: Any) -> dict[str, int]:
    """The codes of what was found, with how many rows each is about."""
    return {f.code: f.count for f in findings(read_log(frame, connect(), Purchases(**options), Reading()))}


def test_a_lonely_last_date_is_doubted() -> None:
    dates = ["2026-01-01"] * 3_000 + ["2062-01-01"]
    frame = pd.DataFrame({"customer": "a", "date": dates, "amount": 1.0})
    assert said(frame)["COT410"] == 1
    assert "COT410" not in said(frame, as_of="2026-02-01")
    assert "COT410" not in said(frame.iloc[-30:])


# ── one rule for each kind of row ─────────────────────────────────────────────────────────────────────────────────


def test_every_kind_of_row_is_counted_and_its_rule_said() -> None:
    frame = pd.DataFrame(
        {
            "CustomerID": ["1", "1", "1", "2", None, "3", "1", "2", "2"],
            "InvoiceNo": ["7", "7", "C8", "9", "10", "C11", "12", "13", None],
            "InvoiceDate": ["2026-01-01"] * 7 + [None, "2026-01-09"],
            "Quantity": [2, 1, -1, 3, 1, -1, 1, 1, 1],
            "UnitPrice": [5.0, 0.0, 5.0, 2.0, 1.0, 4.0, np.nan, 1.0, 1.0],
        }
    )
    counts = said(frame)
    assert counts == {
        "COT401": 9,  # found by their names
        "COT402": 1,  # no customer
        "COT403": 1,  # no date
        "COT404": 1,  # no amount
        "COT406": 2,  # returns
        "COT407": 1,  # zero
        "COT409": 1,  # no order number
    }
    found = coterie.customers(frame).set_index("customer_id")
    assert found.index.tolist() == ["1", "2"]  # 3 only returned
    assert found.loc["1", ["frequency", "monetary", "returned", "returns_share"]].tolist() == [1, 10.0, 5.0, 0.5]
    assert found.loc["2", ["frequency", "monetary", "returned"]].tolist() == [2, 7.0, 0.0]


def test_many_rows_without_a_customer_are_a_warning_few_a_note() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 199 + [None], "date": "2026-01-01", "amount": 1.0})
    level = {rows: read_log(frame.iloc[-rows:], connect(), Purchases(), Reading()) for rows in (200, 20)}
    assert [next(f.level for f in findings(level[n]) if f.code == "COT402") for n in (200, 20)] == ["note", "warning"]


def test_returns_may_be_larger_than_purchases_and_totals_may_be_zero() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["more", "more", "all", "all", "gift", "gift", "none"],
            "date": "2026-01-01",
            "amount": [10.0, -25.0, 10.0, -10.0, 0.0, -5.0, 0.0],
        }
    )
    gross, net = (coterie.customers(frame, net=net).set_index("customer_id") for net in (False, True))
    assert gross.monetary.to_dict() == {"more": 10, "all": 10, "gift": 0, "none": 0}
    assert net.monetary.to_dict() == {"more": -15, "all": 0, "gift": -5, "none": 0}
    assert gross.returns_share.to_dict() == {"more": 1, "all": 1, "gift": 1, "none": 0}
    assert gross.frequency.tolist() == [1, 1, 1, 1]


def test_one_purchase_is_a_customer_without_gaps() -> None:
    frame = pd.DataFrame({"customer": ["a"], "date": ["2026-01-01"], "amount": [7.5]})
    row = coterie.customers(frame).iloc[0]
    assert (row.recency, row.frequency, row.monetary, row.tenure, row.orders_30) == (1, 1, 7.5, 1, 1)
    assert np.isnan(row.median_gap)
    assert np.isnan(row.average_repeat)


def test_all_on_one_day() -> None:
    frame = pd.DataFrame({"customer": ["a", "a", "b"], "date": "2026-01-01", "amount": [1.0, 2.0, 3.0]})
    found = coterie.customers(frame)
    assert found.recency.tolist() == [1, 1]
    assert found.order_days.tolist() == [1, 1]
    assert found.median_gap.isna().all()


def test_the_favorite_category_is_the_one_with_the_most_money() -> None:
    frame = pd.DataFrame(
        {
            "customer": ["a", "a", "a", "b", "b", "c"],
            "date": "2026-01-01",
            "amount": [5.0, 6.0, 9.0, 2.0, 2.0, 1.0],
            "kind": ["tea", "tea", "cups", "cups", "tea", None],
        }
    )
    found = coterie.customers(frame, category="kind")
    assert found.favorite_category.tolist()[:2] == ["tea", "cups"]  # of two that are equal the first by name
    assert found.favorite_category.isna().tolist() == [False, False, True]
    assert found.favorite_share.round(3).tolist()[:2] == [0.55, 0.5]


def test_huge_and_tiny_amounts_keep_their_sums() -> None:
    frame = pd.DataFrame({"customer": ["a"] * 3 + ["b"], "date": "2026-01-01", "amount": [1e12, 0.25, 1e12, 1e-4]})
    assert coterie.customers(frame).monetary.tolist() == [2e12 + 0.25, 1e-4]
    with pytest.raises(errors.InputError, match="infinite"):
        coterie.customers(frame.assign(amount=[1.0, np.inf, 1.0, 1.0]))


def test_an_id_that_stands_for_everybody_unknown_is_doubted() -> None:
    frame = regular()
    guest = pd.DataFrame({"customer": "guest", "date": pd.date_range("2025-01-01", periods=300), "amount": 5.0})
    run = coterie.segment(pd.concat([frame, guest]), purchases={}, effort="quick", k=2)
    assert [f.level for f in run.findings if f.code == "COT413"] == ["warning"]
    assert "COT413" not in {f.code for f in coterie.segment(frame, purchases={}, effort="quick", k=2).findings}


# ── from the log to segments ──────────────────────────────────────────────────────────────────────────────────────


def regular(seed: int = 0) -> pd.DataFrame:
    """A log of two kinds of customers: often and little, seldom and much."""
    random = np.random.default_rng(seed)
    often = np.arange(120) % 2 == 1
    customer = np.repeat(np.arange(120), np.where(often, 20, 3))
    before = random.integers(0, np.where(often, 60, 600)[customer])
    cents = random.integers(500, 1_500, len(customer)) * np.where(often, 1, 10)[customer]
    dates = pd.Timestamp("2025-12-31") - pd.to_timedelta(before, unit="D")
    return pd.DataFrame({"customer": [f"c{i:03d}" for i in customer], "date": dates, "amount": cents / 100})


def test_the_record_is_the_same_bytes_in_any_order_and_with_any_threads() -> None:
    frame, made = regular(), set()
    for shuffle, threads in ((0, 1), (1, 2)):
        shuffled = frame.sample(frac=1, random_state=shuffle)
        run = coterie.segment(shuffled, purchases={}, effort="quick", k=2, engine=connect(threads=threads))
        made.add(record.dumps(run.record))
    assert len(made) == 1


def test_segments_of_a_log_are_formed_described_and_valued() -> None:
    run = coterie.segment(regular(), purchases={"as_of": "2026-01-31", "customer": "customer"}, effort="quick", k=2)
    roles = {c["name"]: c["role"] for c in run.record["columns"]}
    assert {n for n, role in roles.items() if role == "feature"} == {"recency", "frequency", "average_order", "tenure"}
    assert (roles["monetary"], roles["customer_id"], roles["orders_365"]) == ("value", "id", "describe")
    assert sum(s.value_share for s in run.segments) == pytest.approx(1)
    assert sorted(s.size for s in run.segments) == [60, 60]
    command = story.command(run.record)
    assert command.split()[:6] == ["coterie", "segment", "SOURCE", "--transactions", "--customer", "customer"]
    assert "--as-of 2026-01-31" in command
    assert "--id" not in command
    assert len(run.assignments()) == 120
    new = coterie.customers(regular(1), as_of="2026-01-31")
    assert set(run.assign(new)["segment"]) == {1, 2}
    assert not [f for f in run.findings if f.code == "COT103"]  # columns of zeros that nobody asked for
    named = ["recency", "orders_30", "tenure"]
    asked = coterie.segment(regular(), purchases={"as_of": "2026-01-31"}, features=named, effort="quick", k=2)
    assert [f.column for f in asked.findings if f.code == "COT103"] == ["orders_30"]


def test_the_customers_of_a_run_are_gone_with_its_engine() -> None:
    engine = connect()
    run = coterie.segment(regular(), purchases={}, effort="quick", k=2, engine=engine)
    assert len(run.assignments()) == 120
    engine.close()


# ── the verb ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    log().to_csv("orders.csv", index=False)
    Path("customers.csv").write_text("id,recency,frequency,monetary\na,1,2,3\nb,2,3,4\n")
    return tmp_path


def test_the_verb_writes_customers_and_says_what_it_did(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["customers", "orders.csv", "--as-of", "2025-01-31"]) == 0
    said = capsys.readouterr().out
    assert "recency is the days since the last purchase as of 2025-01-31 (as given)" in " ".join(said.split())
    assert "columns found by their names" in said
    assert "RFM segment" in said
    assert said.rstrip().splitlines()[-1].startswith("customers orders-customers.parquet")
    found = pd.read_parquet(here / "orders-customers.parquet")
    assert found.dtypes["recency"] == np.int64
    same(found, plainly(log(), "2025-01-31"))
    assert _run(["customers", "orders.csv"]) == 2
    assert "exists" in capsys.readouterr().err
    assert not list(here.glob(".*"))


def test_a_segmentation_of_purchases_says_what_it_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "orders.csv", "--transactions", "--effort", "quick", "--out", "run"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "(the day after the last purchase)." in said
    assert "columns found by their names: customer: customer_id, date: ordered_at" in said


def test_a_csv_has_the_same_customers_with_their_scores(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["customers", "orders.csv", "--rfm", "--out", "c.csv", "--id", "customer_id", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    found = pd.read_csv("c.csv", dtype={"customer_id": str})
    assert said["schema"] == "coterie.customers/1"
    assert said["customers"] == len(found)
    assert found.rfm_segment.value_counts().to_dict() == {s["name"]: s["n"] for s in said["rfm"]["segments"] if s["n"]}
    assert {f["code"] for f in said["findings"]} >= {"COT401", "COT402", "COT406"}
    assert _run(["customers", "c.csv", "--rfm", "--out", "d.csv"]) == 2
    assert "already has" in capsys.readouterr().err


def test_a_table_of_customers_is_scored_as_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = coterie.customers(log()).rename(columns={"recency": "days_since_last_order", "monetary": "revenue"})
    table[["customer_id", "days_since_last_order", "frequency", "revenue"]].to_csv("customers.csv", index=False)
    assert _run(["customers", "customers.csv", "--rfm", "--out", "scored.parquet"]) == 0
    assert "RFM segment" in capsys.readouterr().out
    assert len(pd.read_parquet("scored.parquet")) == len(table)


def test_a_table_of_customers_is_scored_by_rules_of_ones_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    r = np.random.default_rng(3)
    frame = pd.DataFrame({"id": range(200), "recency": r.integers(1, 300, 200), "orders": r.integers(1, 40, 200)})
    frame.assign(revenue=r.integers(5, 900, 200)).to_csv("customers.csv", index=False)
    Path("mine.toml").write_text('bins = 4\n[[segment]]\nname = "Fans"\nfrequency = [4, 4]\n')
    scoring = ["--rfm-rules", "mine.toml", "--rfm-cuts", "plus-one"]
    assert _run(["segment", "customers.csv", "--effort", "quick", "--out", "run", *scoring]) == 0
    found = json.loads(Path("run/run.json").read_text())["sample"]["rfm"]
    assert (found["cuts_rule"], found["bins"], found["segments"][0]["name"]) == ("plus-one", 4, "Fans")
    assert "changes nothing" not in capsys.readouterr().err
    frame[["id", "recency", "orders"]].to_csv("customers.csv", index=False)
    assert _run(["segment", "customers.csv", "--effort", "quick", "--out", "other", *scoring[2:]]) == 0
    assert "--rfm-cuts changes nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["customers"], "No input was given"),
        (["customers", "nowhere.csv"], "no file"),
        (["customers", "orders.csv", "--out", "c.xlsx"], ".parquet or .csv"),
        (["customers", "orders.csv", "--date", "category"], "no dates"),
        (["customers", "orders.csv", "--rfm-rules", "none.toml"], "no file"),
        (["segment", "customers.csv", "--transactions"], "customers already"),
        (["segment", "orders.csv", "--as-of", "2026-01-01"], "Add --transactions"),
        (["segment", "orders.csv", "--transactions", "--holdout-from", "soon"], "a date such as"),
    ],
)
def test_wrong_usage_ends_with_two(
    arguments: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(arguments) == 2
    said = capsys.readouterr().err
    assert told in said
    assert len(said.strip().splitlines()) <= 3
    assert sorted(p.name for p in here.iterdir()) == ["customers.csv", "orders.csv"]


# ── which column is which ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ("customer_id=VARCHAR order_date=DATE revenue=BIGINT", "customer_id order_date revenue"),
        ("CustomerID=BIGINT Ship_Date=DATE Order_Date=DATE Sales=DOUBLE", "CustomerID Order_Date Sales"),
        ("user=VARCHAR when=TIMESTAMP price=DECIMAL(9,2)", "user when price"),
        ("e-mail=VARCHAR date=VARCHAR Amount=DOUBLE Quantity=BIGINT", "e-mail date Amount"),
    ],
)
def test_columns_are_found_by_their_names(schema: str, wanted: str) -> None:
    columns = [(name, kind) for name, _, kind in (c.partition("=") for c in schema.split())]
    chosen, guessed = choose(Purchases(), columns)
    assert [chosen.customer, chosen.date, chosen.amount] == wanted.split()
    assert set(guessed) >= {"customer", "date", "amount"}


def test_quantity_times_price_is_the_amount_where_no_amount_is_there() -> None:
    schema = [("InvoiceNo", "VARCHAR"), ("Quantity", "BIGINT"), ("InvoiceDate", "TIMESTAMP"), ("UnitPrice", "DOUBLE")]
    chosen, _ = choose(Purchases(), [*schema, ("CustomerID", "BIGINT")])
    assert (chosen.amount, chosen.quantity, chosen.price, chosen.order) == (None, "Quantity", "UnitPrice", "InvoiceNo")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"customer": "who"}, "There is no column 'who' \\(asked for by --customer\\)"),
        ({"amount": "customer"}, "numbers, as --amount must be"),
        ({"amount": "amount", "price": "amount"}, "left out when --quantity"),
        ({"as_of": "yesterday"}, "a date such as"),
        ({"same_day": "maybe"}, "separate, together"),
        ({"as_of": "2026-01-01", "holdout_from": "2026-01-01"}, "with --holdout-from"),
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
    assert f"--{missing}" in str(caught.value)


def test_unknown_roles_are_refused() -> None:
    with pytest.raises(errors.InputError, match="Unknown option 'custmer'"):
        coterie.customers(log(), custmer="customer_id")
