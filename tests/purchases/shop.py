"""Logs and customers that the tests of this room share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coterie.engines import Reading, connect
from coterie.options import Options
from coterie.purchases import rfm
from coterie.purchases.scoring import rfm_scale
from coterie.table.table import read

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


def regular(seed: int = 0) -> pd.DataFrame:
    """A log of two kinds of customers: often and little, seldom and much."""
    random = np.random.default_rng(seed)
    often = np.arange(120) % 2 == 1
    customer = np.repeat(np.arange(120), np.where(often, 20, 3))
    before = random.integers(0, np.where(often, 60, 600)[customer])
    cents = random.integers(500, 1_500, len(customer)) * np.where(often, 1, 10)[customer]
    dates = pd.Timestamp("2025-12-31") - pd.to_timedelta(before, unit="D")
    return pd.DataFrame({"customer": [f"c{i:03d}" for i in customer], "date": dates, "amount": cents / 100})


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


def scored(frame: pd.DataFrame, rules: rfm.RfmRules | None = None) -> tuple[rfm.Scale, rfm.RfmFacts, pd.DataFrame]:
    """The scale, the record, and every customer with scores and name as SQL gives them."""
    table = read(frame, connect(), Options(), Reading())
    found = rfm_scale(table, rules or rfm.read_rules())
    assert found is not None
    names = ["Recency", "Frequency", "Monetary"]
    query = rfm.scored_sql(table.relation, found[0], names)
    return *found, pd.DataFrame(table.engine.fetch(query))
