"""One fact told twice counts once, and makes no groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.model import Feature
from coterie.model.facts import find_facts

N = 400


def features(**values: np.ndarray) -> tuple[list[Feature], dict[str, np.ndarray]]:
    """Return features of 0/1 columns and of others."""
    kinds = {name: "binary" if set(np.unique(x)) <= {0.0, 1.0} else "number" for name, x in values.items()}
    return [Feature(name, kind) for name, kind in kinds.items()], values  # type: ignore[arg-type]


@pytest.mark.parametrize(("wrong", "told"), [(0, True), (0.015, True), (0.03, False)])
def test_a_column_tells_another_in_98_percent_of_rows(wrong: float, told: bool) -> None:
    r = np.random.default_rng(0)
    years = r.integers(18, 60, N).astype(float)
    band = np.digitize(years, [25, 35, 45]).astype(float)
    off = np.arange(N) < wrong * N
    found = find_facts(*features(years=years, band=np.where(off, (band + 1) % 4, band)))
    assert found.pairs == (((0, 1),) if told else ())


def test_what_nearly_everybody_has_is_told_by_nothing() -> None:
    r = np.random.default_rng(1)
    rare = (np.arange(N) < 0.03 * N).astype(float)
    assert find_facts(*features(city=r.integers(0, 50, N).astype(float), rare=rare)).pairs == ()


def test_answers_that_exclude_one_another_are_one_set() -> None:
    r = np.random.default_rng(2)
    kind = r.integers(0, 4, N)
    answers = {f"is_{j}": (kind == j).astype(float) for j in range(3)}
    other = (r.random(N) < 0.4).astype(float)
    assert find_facts(*features(**answers, other=other)).sets == ((0, 1, 2),)
    few = {f"few_{j}": (np.arange(N) // 8 == j).astype(float) for j in range(2)}  # of so few nobody need have both
    assert find_facts(*features(**few)).sets == ()


def hospital(n: int, seed: int) -> pd.DataFrame:
    """A cloud whose kind of admission is told twice."""
    r = np.random.default_rng(seed)
    z = r.standard_normal((n, 2))
    kind = np.digitize(0.5 * z[:, 0] + r.standard_normal(n), [-0.6, 0.6])
    names = np.array(["urgent", "planned", "emergency"])
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "admission": names[kind],
            **{f"is_{name}": (kind == j).astype(int) for j, name in enumerate(names)},
            "stay": np.round(np.exp(1.2 + 0.6 * z[:, 0])),
            "age_group": np.digitize(z[:, 1] + r.standard_normal(n), [-1, 0, 1]) + 1,
            "smoker": np.where(r.random(n) < 0.3, "yes", "no"),
            "insured": np.where(r.random(n) < 0.6, "yes", "no"),
        }
    )


def test_a_fact_that_is_told_twice_is_found_and_makes_no_groups() -> None:
    run = coterie.segment(hospital(500, 3), effort="quick")
    assert run.verdict.code in ("none", "shape")
    (found,) = (f for f in run.findings if f.code == "COT201")
    assert found.text == "4 columns tell one fact: admission, is_urgent, is_planned and is_emergency"
    weight = {f.column: f.weight for f in run.record.features}
    assert weight["admission"] == pytest.approx(0.5**0.5)
    dummies = [weight[f"is_{name}"] for name in ("urgent", "planned", "emergency")]
    assert sum(w**2 for w in dummies) == pytest.approx(0.5)  # together as much as the category
    assert weight["smoker"] == weight["stay"] == 1


def test_the_fact_may_be_told_in_any_order_of_columns() -> None:
    frame = hospital(500, 3)
    turned = frame[["customer_id", *reversed(frame.columns[1:])]]
    one, other = (coterie.segment(f, effort="quick").verdict for f in (frame, turned))
    assert (one.code, one.p_structure, one.k) == (other.code, other.p_structure, other.k)


def test_answers_of_which_one_holds_at_most_are_told_so() -> None:
    r = np.random.default_rng(2)
    which = r.integers(0, 4, 400)
    frame = pd.DataFrame({"age": r.integers(18, 80, 400), "spend": r.gamma(2, 30, 400).round(2)})
    frame = frame.assign(took_offer_1=(which == 0).astype(int), took_offer_2=(which == 1).astype(int))
    (found,) = (f for f in coterie.check(frame).findings if f.code == "COT201")
    assert found.text == "of took_offer_1 and took_offer_2 at most one holds"
