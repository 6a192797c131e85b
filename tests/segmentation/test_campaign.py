"""lift: who counts how, against a count by hand, and what is said where nothing can be."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import coterie
from coterie.errors import InputError

CUSTOMERS = 900


@pytest.fixture(scope="module")
def audience(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments, a fifth of each held out; ids that a spreadsheet would take for formulas."""
    folder = tmp_path_factory.mktemp("lift")
    table = {
        "customer_id": [f"{('=', '', '@')[i % 3]}{i}" for i in range(CUSTOMERS)],
        "income": [10.0 * (i * 7 % 3) + (i * 11 % 10) / 3 for i in range(CUSTOMERS)],
        "spend": [9.0 * (i * 7 % 3) + (i * 3 % 11) / 4 for i in range(CUSTOMERS)],
    }
    run = coterie.segment(table, k=3, max_k=4, effort="quick", id="customer_id")
    run.audience(folder / "a", holdout=0.2, key="spring")
    run.audience(folder / "hashed", holdout=0.2, key="spring", hash="customer_id")
    run.audience(folder / "plain")
    return folder


def held(folder: Path) -> set[str]:
    with (folder / "a" / "holdout.csv").open(newline="") as file:
        return {row["id"].removeprefix("'") for row in csv.DictReader(file)}


def results(folder: Path, raised: float = 0.3, usual: float = 0.1) -> list[tuple[str, float]]:
    """Amounts of who bought: members more often than held-out customers, some twice."""
    rng, nobody = random.Random(5), held(folder)
    found = []
    for i in range(CUSTOMERS):
        id = f"{('=', '', '@')[i % 3]}{i}"
        if rng.random() < (usual if id in nobody else raised):
            found += [(id, round(rng.expovariate(1 / 40), 2)) for _ in range(rng.choice((1, 1, 2)))]
    return found


def frame(rows: list[tuple[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "amount"])


def test_rows_are_added_and_who_is_not_there_has_0(audience: Path) -> None:
    rows, nobody = results(audience), held(audience)
    found = coterie.lift(audience / "a", frame([*rows, ("stranger", 7.0), ("stranger", 8.0)]), outcome="amount")
    members = sum(v for id, v in rows if id not in nobody) / (CUSTOMERS - len(nobody))
    without = sum(v for id, v in rows if id in nobody) / len(nobody)
    assert found.overall.lift == pytest.approx(members - without, rel=1e-9)
    assert found.overall.members.n + found.overall.held_out.n == CUSTOMERS
    bought = {id for id, _ in rows}
    assert found.counts.strangers == 1
    assert found.counts.unlisted == CUSTOMERS - len(bought)
    assert found.counts.customers == len(bought) + 1
    assert found.counts.several == sum(sum(a == id for a, _ in rows) > 1 for id in bought) + 1
    assert found.overall.clear
    assert sum(s.members.n for s in found.segments) == found.overall.members.n


def test_without_an_outcome_who_is_there_has_converted_once(audience: Path) -> None:
    rows = results(audience)
    found = coterie.lift(audience / "a", frame(rows))
    bought, nobody = {id for id, _ in rows}, held(audience)
    assert found.kind == "rate"
    assert found.overall.members.positive == len(bought - nobody)
    assert found.overall.held_out.positive == len(bought & nobody)


def test_only_listed_customers_count_where_that_is_asked_for(audience: Path) -> None:
    rows = [(f"{('=', '', '@')[i % 3]}{i}", float(i % 4 == 0)) for i in range(500)]
    found = coterie.lift(audience / "a", frame(rows), outcome="amount", only_listed=True)
    assert found.overall.members.n + found.overall.held_out.n == 500
    assert found.kind == "rate"
    with pytest.raises(InputError, match="`outcome`"):
        coterie.lift(audience / "a", frame(rows), only_listed=True)


def test_csv_frames_and_hashed_ids_give_the_same_lift(audience: Path, tmp_path: Path) -> None:
    rows = frame(results(audience))
    rows.to_csv(tmp_path / "results.csv", index=False)
    one = coterie.lift(audience / "a", rows, outcome="amount")
    assert coterie.lift(audience / "a", tmp_path / "results.csv", outcome="amount") == one
    assert coterie.lift(audience / "hashed", rows, outcome="amount") == one
    assert b"=3," not in (audience / "hashed" / "holdout.csv").read_bytes()


def test_too_few_customers_are_said_per_segment(audience: Path) -> None:
    rows = [(f"{i}", 5.0) for i in range(1, 40, 3)]
    found = coterie.lift(audience / "a", frame(rows), outcome="amount")
    assert all(s.lift is None and s.text.startswith("Not enough customers") for s in found.segments)


def test_results_of_members_alone_are_no_silent_lift(audience: Path) -> None:
    rows = [(id, v) for id, v in results(audience, usual=0.3) if id not in held(audience)]
    found = coterie.lift(audience / "a", frame(rows))
    assert any("No held-out customer is in the results" in c for c in found.cautions)


def test_a_value_that_is_missing_leaves_its_row_out(audience: Path) -> None:
    rows: list[Any] = [*results(audience), ("1", None), ("4", None)]
    found = coterie.lift(audience / "a", frame(rows), outcome="amount")
    assert found.counts.without_value == 2


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ({"customer_id": ["1"], "amount": ["much"]}, {"outcome": "amount"}, "not numbers"),
        ({"customer_id": ["1"], "amount": [float("inf")]}, {"outcome": "amount"}, "infinite"),
        ({"customer_id": ["1"]}, {"outcome": "amount"}, "amount"),
        ({"buyer": ["1"], "amount": [1.0]}, {"outcome": "amount"}, "lacks 'customer_id'"),
        ({"customer_id": ["nobody"], "amount": [1.0]}, {"outcome": "amount"}, "Nobody of the audience"),
    ],
)
def test_results_that_cannot_be_compared_are_refused(
    audience: Path, rows: dict[str, list[Any]], options: dict[str, str], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        coterie.lift(audience / "a", rows, **options)
    assert said.replace("'", "") in str(caught.value).replace("'", "").replace('"', "")


def test_an_audience_without_a_holdout_tells_no_lift(audience: Path) -> None:
    with pytest.raises(InputError, match="held out"):
        coterie.lift(audience / "plain", {"customer_id": ["1"]})
