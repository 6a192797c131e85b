"""What may not matter does not matter: the order of rows and columns, units, names, threads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coterie


def nothing(r, n):
    x = r.multivariate_normal(np.zeros(3), 0.5 + 0.5 * np.eye(3), n)
    return pd.DataFrame({"spend": np.exp(x[:, 0] + 3), "visits": np.round(10 + 3 * x[:, 1]), "age": x[:, 2]})


def groups(r, n):
    group = r.integers(0, 3, n)
    x = np.array([[0, 0], [8, 0], [4, 8]])[group] + r.standard_normal((n, 2))
    member = np.where(r.random(n) < 0.5, "yes", "no")
    channel = np.array(["shop", "web", "phone"])[np.where(r.random(n) < 0.8, group, r.integers(0, 3, n))]
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "member": member, "channel": channel})


def holes(r, n):
    frame = groups(r, n)[["a", "b"]]
    frame["c"] = r.standard_normal(n)
    return frame.mask(pd.DataFrame(r.random(frame.shape) < 0.1, columns=frame.columns))


TABLES = {"nothing": nothing, "groups": groups, "holes": holes}


def told(frame, **options):
    """Return what must not change, and each customer's segment by id."""
    run = coterie.segment(frame, id="id", effort="quick", **options)
    verdict, choice, stability = run.record.verdict, run.record.choice, run.record.stability
    facts = {
        "code": verdict.code,
        "p": (verdict.p_structure, verdict.p_gap, verdict.p_depth),
        "k": choice.k,
        "votes": [(v.rule, v.k) for v in choice.votes],
        "sizes": [s.size for s in run.record.segments],
        "ari": round(stability.ari.median, 9),
        "core": round(stability.core, 9),
    }
    labels = run.assignments()
    return facts, dict(zip(labels["id"].astype(str), labels["segment"].fillna(0), strict=True))


@pytest.fixture(scope="module", params=sorted(TABLES))
def table(request):
    r = np.random.default_rng(sum(map(ord, request.param)))
    frame = TABLES[request.param](r, 320)
    return frame.assign(id=[f"c{i:04d}" for i in range(len(frame))])


@pytest.fixture(scope="module")
def usual(table):
    return told(table)


def test_the_order_of_rows_does_not_matter(table, usual):
    shuffled = table.sample(frac=1.0, random_state=3).reset_index(drop=True)
    assert told(shuffled) == usual


def test_the_order_of_columns_does_not_matter(table, usual):
    assert told(table[table.columns[::-1]]) == usual


def test_units_do_not_matter(table, usual):
    numbers = table.select_dtypes("number").columns
    assert told(table.assign(**{c: table[c] * 4.0 for c in numbers})) == usual


def crowd(r, n):
    x = r.multivariate_normal(np.zeros(3), 0.5 + 0.5 * np.eye(3), n)
    return pd.DataFrame({"a": x[:, 0], "b": 10 + 3 * x[:, 1], "c": x[:, 2]})


def near_groups(r, n):
    group = r.integers(0, 3, n)
    x = np.array([[0, 0, 0], [3.2, 0, 0], [1.6, 3, 0]])[group] + r.standard_normal((n, 3))
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make", [crowd, near_groups])
def test_which_end_of_a_column_is_called_high_does_not_matter(make, seed):
    frame = make(np.random.default_rng(seed), 300).assign(id=[f"c{i:04d}" for i in range(300)])
    usual = told(frame)
    for turned in (["a"], ["a", "b"], ["a", "b", "c"]):
        assert told(frame.assign(**{c: -frame[c] for c in turned})) == usual
    hundredfold = frame.assign(**{c: 100 * frame[c] for c in ("a", "b", "c")})
    assert told(hundredfold) == usual


def skewed(r, n):
    group = r.integers(0, 2, n)
    return pd.DataFrame({"a": np.exp(r.normal(3 + 2 * group, 0.6)), "b": r.gamma(2, 30, n), "c": r.normal(0, 1, n)})


@pytest.mark.parametrize("seed", range(3))
def test_a_skewed_amount_below_zero_is_the_mirror_image_of_one_above(seed):
    frame = skewed(np.random.default_rng(seed), 300).assign(id=[f"c{i:04d}" for i in range(300)])
    assert told(frame.assign(a=-frame["a"], b=-frame["b"])) == told(frame)


def again(frame, rows, times=1):
    """Return the table with some of its rows so many times more, under later ids and in another order."""
    more = pd.concat([frame.iloc[rows]] * times)
    more["id"] = [f"c{i}" for i in range(10_000, 10_000 + len(more))]
    return pd.concat([frame, more]).sample(frac=1.0, random_state=1)


def without_sizes(facts):
    return {name: fact for name, fact in facts.items() if name != "sizes"}


@pytest.mark.parametrize("times", [1, 4])
def test_every_row_once_more_under_a_new_id_changes_nothing(table, usual, times):
    facts, labels = told(again(table, slice(None), times))
    assert without_sizes(facts) == without_sizes(usual[0])
    assert facts["sizes"] == [(1 + times) * n for n in usual[0]["sizes"]]
    assert {name: labels[name] for name in usual[1]} == usual[1]


def test_half_of_the_rows_once_more_under_new_ids_change_sizes_alone(table, usual):
    facts, labels = told(again(table, slice(None, None, 2)))
    assert without_sizes(facts) == without_sizes(usual[0])
    same = {(labels[name], segment) for name, segment in usual[1].items()}
    assert len(same) == len(set(labels.values())) == len(set(usual[1].values()))


def test_names_of_columns_do_not_matter(table, usual):
    renamed = table.rename(columns={c: f"z{i} of {c[::-1]}" for i, c in enumerate(table.columns) if c != "id"})
    assert told(renamed) == usual


def test_a_run_repeats_itself(table, usual):
    assert told(table) == usual


def test_another_seed_says_the_same_of_clear_tables(table, usual):
    code, k = usual[0]["code"], usual[0]["k"]
    other, _ = told(table, seed=5)
    if code == "natural":
        assert (other["code"], other["k"]) == (code, k)
    else:
        assert other["code"] in ("none", "shape")
