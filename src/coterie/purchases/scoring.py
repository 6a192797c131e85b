"""RFM and the holdout of a run, beside its segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coterie import sql, words
from coterie.purchases import rfm
from coterie.purchases.facts import Holdout, RfmFacts
from coterie.table import ID, Sample, Summary, Table, draw, refuse_infinite, summarize

if TYPE_CHECKING:
    from coterie.purchases.customer_base import CustomerBase

LATER, BOTH = "purchases_later", "customers_and_later"
SAMPLED = 50_000


def measured(table: Table) -> set[str]:
    """Return the columns that customers are scored by; none where a measure is missing."""
    return set((rfm.columns(table) or {}).values())


def rfm_scale(table: Table, rules: rfm.RfmRules, *, seed: int = 0) -> tuple[rfm.Scale, RfmFacts] | None:
    """Return the scale of a table, and what it comes to.

    Notes
    -----
    None where a measure is missing. Cost: three scans of the customers; the cuts come from at most 50,000 of them,
    picked by their ids.
    """
    named = rfm.columns(table)
    if named is None:
        return None
    summary = summarize(replace(table, columns=tuple(c for c in table.columns if c.name in named.values())))
    refuse_infinite(summary, named.values())
    sample = draw(table, list(named.values()), SAMPLED, seed=seed)
    measured = rfm.scale(named, sample.values, rules)
    return None if measured is None else (measured, rfm.count(table, summary, measured))


def rfm_facts(
    table: Table, summary: Summary, sample: Sample, rules: rfm.RfmRules, grouped: rfm.Grouped
) -> RfmFacts | None:
    """Return what the scores come to, beside a segmentation's own segments.

    None where the table lacks one of the three measures, or one cannot be reckoned with.
    """
    named = rfm.columns(table)
    if named is None or any(summary.columns[name].beyond for name in named.values()):
        return None
    measured = rfm.scale(named, sample.values, rules)
    return None if measured is None else rfm.count(table, summary, measured, grouped)


def compare_holdout(base: CustomerBase, sample: Sample, label: NDArray[np.int32], seed: int) -> Holdout | None:
    """Return what the segments say of later purchases; None without a holdout.

    Parameters
    ----------
    label : the sample's segments; the same customers are drawn again, with what they bought later.
    """
    if base.log.chosen.holdout_from is None:
        return None
    from coterie.purchases import holdout
    from coterie.purchases.customers_query import later_sql

    table, engine = base.table, base.log.engine
    engine.define(LATER, later_sql(base.log))
    zero, key = sql.number(0.0), sql.field(table.relation, ID)
    nodes = [key, *(sql.named(sql.coalesce(sql.field(LATER, n), zero), n) for n in ("later_spend", "later_orders"))]
    beside = sql.left_join(sql.select(nodes, sql.table(table.relation)), LATER, key, sql.field(LATER, "later_id"))
    engine.define(BOTH, beside)
    drawn = sample.size + sample.repeated
    later = draw(replace(table, relation=BOTH), ("later_spend", "later_orders"), drawn, seed=seed, once=False)
    stay = slice(None) if sample.copies is None else ~sample.copies
    assert np.array_equal(later.key[stay], sample.key), "the same ids draw the same customers"
    measures = {m: sample.values[m] for m in rfm.MEASURES}
    days = holdout.Days(base.log.chosen.holdout_from, words.day(base.log.end), base.log.end - base.log.last)
    spend, orders = later.values["later_spend"][stay], later.values["later_orders"][stay]
    return holdout.compare(label.astype(np.int64), measures, spend, orders, days, seed=seed)
