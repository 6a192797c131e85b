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
from coterie.report import lift_page

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
    assert {(s.lift, s.p, s.clear, s.obstacle) for s in (found.overall, *found.segments)} == {
        (None, None, False, "one side")
    }
    page = lift_page.render(found)
    for told in (repr(found), page, found._repr_html_()):
        assert "othing can be compared" in told
        assert "lear lift:" not in told
        assert "the campaign brought" not in told
        assert "ot enough" not in told
    nobody = [(id, v) for id, v in results(audience, usual=0.9) if id in held(audience)]
    other = coterie.lift(audience / "a", frame(nobody), outcome="amount")
    assert other.overall.text == "Nothing can be compared: no member is in the results."
    assert other.overall.obstacle == "one side"


@pytest.mark.parametrize(("members", "held_out"), [(5.0, 5.0), (1 / 3, 1 / 3), (5.0, 3.0)])
def test_outcomes_that_are_all_alike_are_not_called_too_few(audience: Path, members: float, held_out: float) -> None:
    nobody = held(audience)
    ids = [f"{('=', '', '@')[i % 3]}{i}" for i in range(CUSTOMERS)]
    found = coterie.lift(
        audience / "a", frame([(id, held_out if id in nobody else members) for id in ids]), outcome="amount"
    )
    assert {s.obstacle for s in (found.overall, *found.segments)} == {"alike"}
    assert "same outcome" in found.overall.text
    for told in (repr(found), lift_page.render(found), found._repr_html_()):
        assert "ot enough" not in told
        assert "same outcome" in told


def test_a_campaign_that_harmed_is_a_loss_everywhere(audience: Path) -> None:
    found = coterie.lift(audience / "a", frame(results(audience, raised=0.1, usual=0.6)))
    assert found.overall.lift is not None
    assert found.overall.lift < 0
    assert found.overall.clear
    assert found.overall.text.startswith("A clear loss: −")
    assert "the campaign cost" in found.overall.text
    for told in (repr(found), lift_page.render(found), found._repr_html_()):
        assert "lear loss" in told
        assert "A clear lift" not in told


def test_a_value_that_is_missing_leaves_its_row_out(audience: Path) -> None:
    rows: list[Any] = [*results(audience), ("1", None), ("4", None)]
    found = coterie.lift(audience / "a", frame(rows), outcome="amount")
    assert found.counts.without_value == 2


def test_listed_customers_without_an_outcome_are_counted_apart(audience: Path) -> None:
    ids = [f"{('=', '', '@')[i % 3]}{i}" for i in range(CUSTOMERS)]
    rows: list[Any] = [(id, None if i < 60 else float(i % 2)) for i, id in enumerate(ids[:500])]
    rows += [(ids[0], None), (ids[100], None), ("stranger", None)]
    found = coterie.lift(audience / "a", frame(rows), outcome="amount")
    counts = found.counts
    assert (counts.unlisted, counts.without_outcome, counts.strangers) == (400, 60, 1)
    assert (counts.without_value, counts.customers, counts.several) == (63, 501, 0)
    assert found.overall.members.n + found.overall.held_out.n == CUSTOMERS
    assert "400 customers of the audience not in the results have outcome 0." in repr(found)
    assert "60 customers in the results, the outcome missing, have outcome 0." in repr(found)
    known = coterie.lift(audience / "a", frame(rows), outcome="amount", only_listed=True)
    assert known.counts == counts
    assert known.overall.members.n + known.overall.held_out.n == 440
    assert "60 customers in the results, the outcome missing, are left out." in repr(known)
    nobody = coterie.lift(audience / "a", frame([(ids[0], None), ("stranger", 1.0)]), outcome="amount")
    assert nobody.counts.without_outcome == 1


@pytest.mark.parametrize("pair", [("yes", "no"), ("Y ", "N"), ("Ja", "nein"), ("True", "FALSE"), (True, False)])
@pytest.mark.parametrize("blank", [None, "", "n/a"])
def test_yes_and_no_in_any_words_are_1_and_0(audience: Path, tmp_path: Path, pair: Any, blank: str | None) -> None:
    said = [pair[i % 3 > 0] for i in range(300)] + [blank] * 9
    table = pd.DataFrame({"customer_id": [f"{('=', '', '@')[i % 3]}{i}" for i in range(309)], "bought": said})
    table.to_csv(tmp_path / "results.csv", index=False)
    numbers = table.assign(bought=[float(i % 3 == 0) for i in range(300)] + [None] * 9)
    wanted = coterie.lift(audience / "a", numbers, outcome="bought")
    results = (table, tmp_path / "results.csv") if isinstance(pair[0], str) or blank is None else ()
    for result in results:
        assert coterie.lift(audience / "a", result, outcome="bought") == wanted


@pytest.mark.parametrize("blank", [None, "", " ", float("nan")])
def test_a_column_of_blanks_holds_nothing_and_no_text(audience: Path, tmp_path: Path, blank: Any) -> None:
    table = pd.DataFrame({"customer_id": ["1", "4"], "amount": [blank, blank]})
    table.to_csv(tmp_path / "results.csv", index=False)
    for result in (table, tmp_path / "results.csv"):
        with pytest.raises(InputError, match="nothing but empty cells, not numbers"):
            coterie.lift(audience / "a", result, outcome="amount")


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


@pytest.mark.parametrize(
    ("name", "value"), [("outcome", 3), ("outcome", ["amount"]), ("only_listed", "no"), ("id", 3), ("campaign", 3.5)]
)
def test_an_argument_of_another_type_is_refused_by_name(audience: Path, name: str, value: Any) -> None:
    given: dict[str, Any] = {"campaign": audience / "a", "results": frame([("1", 1.0)]), "outcome": "amount"}
    with pytest.raises(InputError, match="cannot be") as caught:
        coterie.lift(**{**given, name: value})
    assert name in str(caught.value)


def test_an_audience_without_a_holdout_tells_no_lift(audience: Path) -> None:
    with pytest.raises(InputError, match="held out"):
        coterie.lift(audience / "plain", {"customer_id": ["1"]})
