"""From a log to segments: what forms them, describes them and values them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import coterie
from coterie.__main__ import _run
from coterie.engines import connect
from coterie.purchases.recognition import MADE
from coterie.record import clean, dumps
from coterie.report.command import write_command
from purchases.shop import regular


def test_an_id_that_stands_for_everybody_unknown_is_doubted() -> None:
    frame = regular()
    guest = pd.DataFrame({"customer": "guest", "date": pd.date_range("2025-01-01", periods=300), "amount": 5.0})
    run = coterie.segment(pd.concat([frame, guest]), purchases={}, effort="quick", k=2)
    assert [f.level for f in run.findings if f.code == "COT413"] == ["warning"]
    assert "COT413" not in {f.code for f in coterie.segment(frame, purchases={}, effort="quick", k=2).findings}


def test_the_record_is_the_same_bytes_in_any_order_and_with_any_threads() -> None:
    frame, made = regular(), set()
    for shuffle, threads in ((0, 1), (1, 2)):
        shuffled = frame.sample(frac=1, random_state=shuffle)
        run = coterie.segment(shuffled, purchases={}, effort="quick", k=2, engine=connect(threads=threads))
        made.add(dumps(run.record))
    assert len(made) == 1


def test_segments_of_a_log_are_formed_described_and_valued() -> None:
    run = coterie.segment(regular(), purchases={"as_of": "2026-01-31", "customer": "customer"}, effort="quick", k=2)
    roles = {c.name: c.role for c in run.record.columns}
    assert {n for n, role in roles.items() if role == "feature"} == {"recency", "frequency", "average_order", "tenure"}
    assert (roles["monetary"], roles["customer_id"], roles["orders_365"]) == ("value", "id", "describe")
    assert sum(s.value_share for s in run.segments) == pytest.approx(1)
    assert sorted(s.size for s in run.segments) == [60, 60]
    command = write_command(clean(run.record))
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


def test_a_segmentation_of_purchases_says_what_it_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["segment", "orders.csv", "--transactions", "--effort", "quick", "--out", "run"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "(the day after the last purchase)." in said
    assert "columns found by their names: customer: customer_id, date: ordered_at" in said


def test_customers_of_a_log_whose_ids_differ_by_zeros_in_front_are_told(tmp_path: Path) -> None:
    frame = regular().assign(customer=lambda f: f.groupby("customer").ngroup() + 1)
    odd = frame.assign(customer=[f"{c:05d}" if i % 2 else str(c) for i, c in enumerate(frame["customer"])])
    odd.to_csv(tmp_path / "log.csv", index=False)
    run = coterie.segment(tmp_path / "log.csv", purchases={}, k=2, effort="quick")
    (told,) = [f for f in run.findings if f.code == "COT011"]
    assert (told.level, told.column, told.count) == ("warning", "customer", len(run.assignments()) - 120)
    assert "COT011" not in {f.code for f in coterie.segment(frame, purchases={}, k=2, effort="quick").findings}


def test_an_id_written_in_two_ways_is_one_customer_or_is_counted(tmp_path: Path) -> None:
    frame = regular().assign(customer=lambda f: 17_000 + f.groupby("customer").ngroup())
    odd = frame.assign(customer=[f"{c}.0" if i % 2 else str(c) for i, c in enumerate(frame["customer"])])
    odd.to_csv(tmp_path / "log.csv", index=False)
    made = [coterie.customers(s) for s in (frame, odd, tmp_path / "log.csv")]
    whole, texts, file = (getattr(m, "df", lambda m=m: m)() for m in made)
    assert whole.equals(texts)
    assert whole["customer_id"].tolist() == file["customer_id"].tolist()
    mails = [f"{'A' if i % 5 == 0 else 'a'}{c}@x.org" for i, c in enumerate(frame["customer"])]
    run = coterie.segment(frame.assign(customer=mails), purchases={}, effort="quick", k=2)
    (told,) = [f for f in run.findings if f.code == "COT011"]
    assert told.column == "customer"
    assert told.count > 0


def test_customers_that_coterie_made_are_segmented_as_their_log_is(tmp_path: Path) -> None:
    regular().to_csv(tmp_path / "log.csv", index=False)
    made, log = tmp_path / "customers.csv", ["segment", str(tmp_path / "log.csv"), "--transactions"]
    assert _run(["customers", str(tmp_path / "log.csv"), "--rfm", "--out", str(made)]) == 0
    assert _run([*log, "--effort", "quick", "--out", str(tmp_path / "a")]) == 0
    assert _run(["segment", str(made), "--effort", "quick", "--out", str(tmp_path / "b")]) == 0
    assert (tmp_path / "a/segments.parquet").read_bytes() == (tmp_path / "b/segments.parquet").read_bytes()
    again = coterie.load(tmp_path / "b").record
    roles = {c.name: c.role for c in again.columns}
    assert (roles["monetary"], roles["rfm_recency"], roles["orders_30"]) == ("value", "dropped", "dropped")
    assert "COT144" in {f.code for f in again.findings}
    own = coterie.segment(made, features=["orders_90", "average_order"], k=2, effort="quick", max_k=2)
    assert {f.column for f in own.record.features} == {"orders_90", "average_order"}


def test_a_logs_customers_have_every_column_by_which_they_are_known_again() -> None:
    assert set(MADE) <= set(coterie.customers(regular()).columns)


def test_an_option_about_tables_of_customers_is_refused_for_purchases() -> None:
    with pytest.raises(coterie.CoterieError, match="`missing`"):
        coterie.segment(regular(), purchases={}, missing=[99])
    run = coterie.segment(regular(), purchases={}, exclude=["tenure"], k=2, effort="quick", max_k=2)
    assert {f.column for f in run.record.features} == {"recency", "frequency", "average_order"}
