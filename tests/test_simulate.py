"""Simulated customers: the tutorial's numbers, and a shop whose planted behaviors are found again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from coterie import simulate
from coterie.__main__ import _run
from coterie.engines import connect


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, segmented end to end as the command line does it."""
    out = tmp_path_factory.mktemp("shop") / "demo"
    assert _run(["demo", "--shop", "--out", str(out), "-q"]) == 0
    return out


def parquet(path: Path) -> pd.DataFrame:
    return duckdb.sql(f"from '{path}'").df()


def test_the_tutorials_table_is_the_tutorials() -> None:
    table = simulate.tutorial()
    random = np.random.RandomState(42)  # as np.random.seed(42) seeds the tutorial's numbers
    assert table["annual_income"] == random.randint(20_000, 120_000, 300).tolist()
    assert table["spending_score"] == random.randint(1, 100, 300).tolist()
    assert simulate.as_csv(table).splitlines()[1] == "1,35795,38"


def test_the_shop_is_the_same_whatever_the_threads(tmp_path: Path) -> None:
    seen = set()
    for threads in (1, 2):
        paths = tmp_path / f"{threads}.parquet", tmp_path / f"{threads}-truth.parquet"
        simulate.shop(connect(threads=threads), *paths, customers=500)
        seen.add(tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths))
    assert len(seen) == 1
    simulate.shop(connect(), *paths, customers=500, seed=43)
    assert hashlib.sha256(paths[0].read_bytes()).hexdigest() not in next(iter(seen))


def test_six_behaviors_of_unequal_size_and_a_smooth_majority(shop: Path) -> None:
    truth = parquet(shop / "truth.parquet")
    shares = truth.behavior.value_counts(normalize=True)
    assert len(truth) == 4_000
    for behavior in simulate.BEHAVIORS:
        assert shares[behavior.name] == pytest.approx(behavior.share, abs=0.02)
    assert truth[truth.separable].behavior.nunique() == 6
    assert (~truth.separable).mean() > 0.55


def test_the_purchases_look_like_a_tills(shop: Path) -> None:
    log = parquet(shop / "purchases.parquet")
    assert list(log.columns) == ["customer_id", "order_id", "ordered_at", "category", "quantity", "price"]
    assert 0.005 < log.customer_id.isna().mean() < 0.02
    back = log[log.quantity < 0]
    assert len(back) > 1_000
    assert back.order_id.str.startswith("C").all()
    assert set(back.order_id.str[1:]) <= set(log.order_id)
    assert log.ordered_at.min() >= pd.Timestamp("2024-01-01")
    assert log.ordered_at.max() < pd.Timestamp("2026-01-01")
    assert (log.price > 0).all()
    assert np.allclose(log.price * 100, (log.price * 100).round())
    assert set(log.category) == set(simulate.CATEGORIES)


def test_the_planted_behaviors_are_found_and_named(shop: Path) -> None:
    found = parquet(shop / "segments.parquet").merge(
        parquet(shop / "truth.parquet"), left_on="id", right_on="customer_id"
    )
    planted = found[found.separable]
    assert adjusted_rand_score(planted.behavior, planted.segment) > 0.98
    assert adjusted_rand_score(found.behavior, found.segment) > 0.95
    record = json.loads((shop / "run.json").read_text())
    assert record["verdict"]["code"] in ("natural", "partly")
    name = planted.groupby("behavior").name.agg(lambda names: names.mode()[0])
    for behavior, words in {
        "regulars": ("recent", "very frequent"),
        "one small order long ago": ("lapsed", "very small orders"),
        "lapsed big spenders": ("lapsed", "very large orders"),
        "new and keen": ("recent", "new"),
        "rare but large": ("infrequent", "very large orders"),
        "serial returners": ("very many returns",),
    }.items():
        assert all(word in name[behavior].casefold() for word in words), (behavior, name[behavior])


def test_the_run_keeps_the_customers_it_was_made_of(shop: Path) -> None:
    customers = parquet(shop / "customers.parquet")
    segments = parquet(shop / "segments.parquet")
    assert customers.customer_id.tolist() == segments.id.tolist() == sorted(customers.customer_id)
    assert _run(["verify", str(shop)]) == 0
    record = json.loads((shop / "run.json").read_text())
    assert record["options"]["value"] == "monetary"
    assert record["sample"]["purchases"]["orders"] == customers.frequency.sum()
    assert record["sample"]["rfm"]["customers"] == len(customers)
