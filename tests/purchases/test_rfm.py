"""R-F-M: cuts, scores, named segments, the grid, and what is said where scores are too few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

import coterie
from coterie import errors
from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.purchases import rfm
from coterie.purchases.customer_base import score
from coterie.purchases.rfm.counts import agreement
from coterie.purchases.rfm.scores import quantiles, scores
from coterie.report import charts, terminal_rfm
from coterie.table.table import read


def customers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "Recency": random.integers(1, 300, n),
            "Frequency": random.geometric(0.3, n),
            "Monetary": random.lognormal(4, 1, n).round(2),
        }
    )


def scored(frame: pd.DataFrame, rules: rfm.Rules | None = None) -> tuple[rfm.Scale, rfm.RfmFacts, pd.DataFrame]:
    """The scale, the record, and every customer with scores and name as SQL gives them."""
    table = read(frame, connect(), Options(), Reading())
    found = score(table, rules or rfm.rules())
    assert found is not None
    names = ["Recency", "Frequency", "Monetary"]
    query = rfm.scored_sql(table.relation, found[0], names)
    return *found, pd.DataFrame(table.engine.fetch(query))


# ── cuts and scores ───────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(2, 10))
def test_cuts_are_quantiles_of_type_seven(values: list[float], bins: int) -> None:
    found = quantiles(np.array(values), bins)
    wanted = np.quantile(values, [i / bins for i in range(1, bins)])
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def test_a_quantile_that_is_one_of_the_values_is_exactly_that_value() -> None:
    for n in range(1, 400):
        values = np.arange(n) * 0.1
        for i, cut in enumerate(quantiles(values, 5), start=1):
            if i * (n - 1) % 5 == 0:
                assert cut == values[i * (n - 1) // 5]


@pytest.mark.parametrize("cuts", ["closed", "plus-one"])
def test_sql_and_arrays_give_the_same_scores(cuts: str) -> None:
    frame = customers()
    scale, _, found = scored(frame, rfm.rules(cuts=cuts))
    for measure, name in scale.columns.items():
        wanted = scores(scale, measure, frame[name].to_numpy(float))
        assert found[f"rfm_{measure}"].tolist() == wanted.tolist()


def test_five_is_best_and_a_tie_falls_below_its_cut() -> None:
    frame = pd.DataFrame({"customer_id": [*"abcdef"], **dict.fromkeys(["Recency", "Frequency", "Monetary"], range(6))})
    _, _, found = scored(frame)  # cuts 1, 2, 3, 4
    assert found.rfm_recency.tolist() == [5, 5, 4, 3, 2, 1]
    assert found.rfm_frequency.tolist() == found.rfm_monetary.tolist() == [1, 1, 2, 3, 4, 5]
    _, _, found = scored(frame, rfm.rules(cuts="plus-one"))  # cuts 2, 3, 4, 5, the bin above begins at them
    assert found.rfm_monetary.tolist() == [1, 1, 2, 3, 4, 5]
    whole = frame.assign(Monetary=[0.0, 1.5, 2.5, 3.5, 4.5, 5.5])
    closed, plus = (scored(whole, rfm.rules(cuts=cuts))[2].rfm_monetary.tolist() for cuts in ("closed", "plus-one"))
    assert closed == [1, 1, 2, 3, 4, 5]
    assert plus == [1, 1, 2, 3, 4, 5]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(0, 20)), min_size=2, max_size=40))
def test_equal_customers_always_get_equal_scores_and_better_ones_no_worse(rows: list[tuple[int, int, int]]) -> None:
    values = np.array(rows, dtype=float)
    named = dict(zip(rfm.MEASURES, "rfm", strict=True))
    scale = rfm.scale(named, dict(zip("rfm", values.T, strict=True)), rfm.rules())
    assert scale is not None
    for measure, column in zip(rfm.MEASURES, values.T, strict=True):
        found = scores(scale, measure, column)
        order = np.argsort(-column if measure == "recency" else column, kind="stable")
        assert np.all(np.diff(found[order]) >= 0)
        assert all(len(set(found[column == value])) == 1 for value in column)


def test_a_missing_measure_has_no_score_and_no_segment() -> None:
    frame = customers().astype({"Recency": float})
    frame.loc[:9, "Recency"] = np.nan
    _, record, found = scored(frame)
    assert found.rfm_segment.isna().sum() == record.unscored == 10
    assert record.customers == 390


def test_too_few_different_values_give_fewer_scores_and_say_so() -> None:
    _, record, found = scored(customers().assign(Frequency=[1] * 330 + [2] * 70))
    assert sorted(set(found.rfm_frequency)) == [1, 5]
    assert record.notes == ("Frequency has only 2 scores: its most common values fill more than one part.",)
    _, record, found = scored(customers().assign(Frequency=1))
    assert set(found.rfm_frequency) == {1}
    assert "1 score:" in record.notes[0]


# ── named segments ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_segment_whose_bounds_hold_wins(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        'bins = 3\nother = "Rest"\n[[segment]]\nname = "Lately"\nrecency = [3, 3]\n'
        '[[segment]]\nname = "Often"\nfrequency = [2, 3]\n'
    )
    _, record, found = scored(customers(), rfm.rules(path))
    wanted = np.where(found.rfm_recency == 3, "Lately", np.where(found.rfm_frequency >= 2, "Often", "Rest"))
    assert found.rfm_segment.tolist() == wanted.tolist()
    assert [s.name for s in record.segments] == ["Lately", "Often", "Rest"]
    assert [s.n for s in record.segments] == [int((wanted == n).sum()) for n in ("Lately", "Often", "Rest")]
    assert "thirds" in record.text


def test_the_ten_segments_hold_every_pair_of_recency_and_money_that_they_promise() -> None:
    rules = rfm.rules()
    assert len(rules.segments) == 10
    assert rules.segments[0] == rfm.Rule("Champions", (5, 5), (5, 5), (5, 5))
    assert rules.segments[-1] == rfm.Rule("Lost", (1, 1), (1, 5), (1, 5))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bins = 1", "bins"),
        ("bins = 'five'", "bins"),
        ("cuts = 'open'", "closed, plus-one"),
        ("bnis = 5", "Did you mean 'bins'"),
        ("[[segment]]\nrecency = [1, 5]", "name"),
        ("[[segment]]\nname = 'A'\nrecency = [5, 1]", "the lower first"),
        ("[[segment]]\nname = 'A'\nrecency = [0, 5]", "from 1 to 5"),
        ("[[segment]]\nname = 'A'\nrecncy = [1, 5]", "recency"),
        ("[[segment]]\nname = 'A'\n[[segment]]\nname = 'A'", "no other segment"),
        ("bins =", "not valid TOML"),
    ],
)
def test_a_wrong_file_of_rules_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(errors.InputError) as caught:
        rfm.rules(path)
    assert told in str(caught.value)
    with pytest.raises(errors.InputError, match="no file"):
        rfm.rules(tmp_path / "nowhere.toml")


# ── what they come to ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_grid_and_the_segments_add_up_to_the_customers() -> None:
    frame = customers()
    _, record, found = scored(frame)
    assert sum(c.n for c in record.grid) == sum(s.n for s in record.segments) == len(frame)
    assert sum(s.monetary_share or 0 for s in record.segments) == pytest.approx(1)
    assert [(c.recency, c.frequency) for c in record.grid[:2]] == [(5, 5), (5, 4)]
    frame = frame.assign(name=found.rfm_segment)
    for s in record.segments:
        mine = frame[frame.name == s.name]
        if s.n:
            assert s.mean_monetary == pytest.approx(mine.Monetary.mean())
            assert s.mean_recency == pytest.approx(mine.Recency.mean())


def test_a_table_with_the_three_measures_is_scored_and_crossed_with_its_segments() -> None:
    frame = customers()
    run = coterie.segment(frame, effort="quick", k=3)
    found = run.record["sample"]["rfm"]
    assert found["columns"] == {"recency": "Recency", "frequency": "Frequency", "monetary": "Monetary"}
    joined = run.assignments().assign(name=scored(frame)[2].rfm_segment)
    wanted = joined.groupby(["segment", "name"]).size()
    assert {(c["segment"], c["name"]): c["n"] for c in found["cross"]} == wanted.to_dict()
    assert found["agreement"] == pytest.approx(adjusted_rand_score(joined.segment, joined.name))
    assert coterie.segment(frame.drop(columns="Recency"), effort="quick", k=3).record["sample"]["rfm"] is None


def test_agreement_is_the_adjusted_rand_index() -> None:
    random = np.random.default_rng(1)
    a, b = random.integers(0, 4, 300), random.integers(0, 3, 300)
    crossed = {(int(i), str(j)): int(n) for (i, j), n in pd.Series(zip(a, b, strict=True)).value_counts().items()}
    assert agreement(crossed) == pytest.approx(adjusted_rand_score(a, b))
    assert agreement({(1, "a"): 1}) is None


# ── shown ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def run() -> coterie.Segmentation:
    return coterie.segment(customers(), effort="quick", k=3)


def test_the_chart_and_the_table_print_no_count_below_ten(run: coterie.Segmentation) -> None:
    drawn, section = charts.rfm_grid(run.record), charts.rfm_section(run.record)
    assert drawn is not None
    assert section is not None
    small = [c for c in drawn.data if 0 < c["n"] < 10]
    assert small
    assert drawn.svg("light").count("&lt;10") == len(small)
    assert not [cell for row in section["rows"] for cell in row if cell.isdigit() and 0 < int(cell) < 10]
    assert section["head"][:2] == ["RFM segment", "Customers"]
    assert 'id="rfm"' in run.report()


def test_the_terminal_shows_the_named_segments_across_the_runs_own(run: coterie.Segmentation) -> None:
    found, ordered = run.record["sample"]["rfm"], sorted(run.record["segments"], key=lambda s: -(s["value"] or 0))
    lines = terminal_rfm.beside(run.record, width=80)
    start = next(i for i, line in enumerate(lines) if line.startswith("RFM segment"))
    assert set(lines[start].split()[3:]) == {str(s["letter"]) for s in ordered}
    shown = {line[:18].strip(): line.split()[-3:] for line in lines[start + 1 :] if line.strip()}
    crossed = {(c["name"], c["segment"]): c["n"] for c in found["cross"]}
    by_letter = {s["letter"]: s["id"] for s in run.record["segments"]}
    for named in (s["name"] for s in found["segments"] if s["n"]):
        for letter, text in zip(lines[start].split()[3:], shown[named], strict=True):
            n = crossed.get((named, by_letter[letter]), 0)
            assert text == ("·" if n == 0 else "<10" if n < 10 else f"{n:,}")
    assert all(len(line) <= 30 for line in terminal_rfm.across(found, {i: "A" for i in by_letter.values()}, width=30))


def test_the_terminal_shows_the_grid(run: coterie.Segmentation) -> None:
    found = run.record["sample"]["rfm"]
    lines = terminal_rfm.beside(run.record, width=60)
    assert lines[0] == "RFM: customers by scores, 5 is best"
    assert "<10" in "\n".join(lines)
    exact = "\n".join(terminal_rfm.grid(found, exact=True)).split()
    assert sum(int(word) for word in exact[8:] if word.isdigit()) >= found["customers"]
    table = terminal_rfm.table(found, width=40)
    assert all(len(line) <= 40 for line in table)
    assert terminal_rfm.beside({**run.record, "sample": {**run.record["sample"], "rfm": None}}) == []
