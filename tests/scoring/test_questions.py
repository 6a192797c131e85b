"""The typing tool: few columns, measured on customers that they were not chosen on, and as SQL the same answers."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from coterie import errors
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment

CITY = ["Oslo", "Rome", "Lima", "Quito"]


def shop(n: int, seed: int) -> pd.DataFrame:
    """Customers whose four ways of buying show in visits, basket and channel, with holes and columns of noise."""
    r = np.random.default_rng(seed)
    way = r.integers(0, 4, n)
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "visits": r.normal(np.array([5, 5, 30, 30])[way], 4),
            "basket": r.normal(np.array([20, 90, 20, 90])[way], 12),
            "channel": np.where(r.random(n) < np.array([0.9, 0.2, 0.8, 0.1])[way], "web", "store"),
            "height": r.normal(170, 9, n).round(),
            "city": np.array(CITY)[(way + (r.random(n) < 0.1)) % 4],
        }
    )
    return frame.mask(pd.DataFrame({c: (r.random(n) < 0.04) & (c != "customer_id") for c in frame}))


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return shop(3_000, 1)


@pytest.fixture(scope="module")
def run(customers: pd.DataFrame) -> Segmentation:
    formed = ["visits", "basket", "channel", "height"]
    return segment(customers, k=4, effort="quick", max_k=4, features=formed, describe=["city"], id="customer_id")


def answers(sql: str, customers: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as engine:
        engine.register("customers", customers)
        return engine.execute(sql).df().set_index("id")


def agreement(run: Segmentation, sql: str, customers: pd.DataFrame) -> float:
    own: Any = run.assign(customers).set_index("id")["segment"].dropna()
    return float((answers(sql, customers)["segment"].reindex(own.index) == own).mean())


def test_the_printed_agreement_is_that_of_a_fresh_sample(run: Segmentation) -> None:
    told = run.typing(most=2)
    assert len(told.columns) == 2
    fresh = shop(4_000, 2)
    assert abs(agreement(run, told.sql("duckdb"), fresh) - told.agreement) < 0.03
    own = run.assign(fresh).set_index("id")["segment"]
    given = answers(told.sql("duckdb"), fresh)["segment"]
    for one in told.segments:
        mine = own[own == one.segment].index
        assert one.found is not None
        assert abs((given.loc[mine] == one.segment).mean() - one.found) < 0.06


def test_more_columns_tell_more_and_the_best_of_them_are_chosen(run: Segmentation) -> None:
    found = [run.typing(most=n) for n in (1, 2, 3)]
    assert found[0].agreement < found[1].agreement <= found[2].agreement + 0.01
    assert "height" not in found[1].columns
    assert found[1].agreement <= found[1].all_columns + 0.02


def test_columns_that_only_describe_can_be_asked_for(run: Segmentation) -> None:
    told = run.typing("city")
    assert told.columns == ("city",)
    assert told.agreement > 0.6
    assert told.caution is not None
    assert told.caution in str(told)
    assert "do not use for assignment" in told.sql("duckdb").splitlines()[1]
    assert run.typing(["visits", "basket"]).caution is None


def test_the_sql_of_the_runs_own_tree_agrees_as_often_as_it_says(run: Segmentation, customers: pd.DataFrame) -> None:
    text = run.sql("duckdb", rules=True)
    tree = run.record.model.tree
    assert tree is not None
    assert abs(agreement(run, text, shop(4_000, 3)) - tree.fidelity) < 0.03
    assert text.startswith("-- Rules that retell the segments: on ")
    assert list(answers(text, customers).columns) == ["segment", "name"]


@pytest.mark.parametrize("dialect", ["mysql", "postgres", "spark", "sqlite"])
def test_rules_are_written_for_every_dialect(run: Segmentation, dialect: str) -> None:
    assert run.typing(["visits", "channel"]).sql(dialect, table="crm.people").count("\nSELECT\n") == 1


def test_what_cannot_be_asked_is_refused(run: Segmentation, customers: pd.DataFrame) -> None:
    with pytest.raises(errors.InputError, match="visitz"):
        run.typing(["visitz"])
    with pytest.raises(errors.InputError, match="cannot be asked for"):
        run.typing(["customer_id"])
    with pytest.raises(errors.InputError, match="too few"):
        run.typing(source=customers.head(99))
    nobody = customers.assign(**dict.fromkeys(["visits", "basket", "channel", "height"]))
    with pytest.raises(errors.InputError, match=r"^0 customers are too few"):
        run.typing(source=nobody)
    with pytest.raises(errors.InputError, match=r"columns.* cannot be"):
        run.typing([])


def test_the_worksheet_leads_from_question_one_to_every_segment(run: Segmentation) -> None:
    page = run.typing(["visits", "basket"]).worksheet()
    assert "Question 1" in page
    assert "<script" not in page
    for one in run.segments:
        assert f"{one.letter} {one.called}".replace("&", "&amp;") in page
