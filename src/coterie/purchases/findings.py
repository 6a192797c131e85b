"""What was found in a log: kinds of rows, and their rules."""

from __future__ import annotations

import numpy as np

from coterie import words
from coterie.engines import UNREAD
from coterie.findings import Finding, Level
from coterie.purchases.log import ADDED, Log
from coterie.purchases.roles import NAMES

NOTED_SHARE = 0.01  # more rows than this left out are a warning, not a note


def findings(log: Log) -> tuple[Finding, ...]:
    """Return how many rows of each kind, and what becomes of them."""
    chosen, counts, counted = log.chosen, log.counts, log.counted
    total = {key: int(counts[key][counted].sum()) for key in ("returns", "canceled", "zero")}
    read_as = {getattr(chosen, role) for role in (*NAMES, "category")}
    money = chosen.amount or chosen.price
    found = [f for f in log.found.findings if f.column is None or f.column in read_as or f.code == UNREAD]
    if log.guessed:
        found.append(Finding("COT401", "note", None, log.rows, _told(log), "name a column to choose another"))
    gone = [
        ("COT402", chosen.customer, int(counts["no_customer"].sum()), "no customer"),
        ("COT403", chosen.date, int(counts["n"][np.isnan(counts["d"])].sum()), "no date that can be read"),
        ("COT404", money, int(counts["no_amount"].sum()), "no amount"),
        ("COT414", money, int(counts["beyond"].sum()), f"an amount of {ADDED:g} or more"),
    ]
    for code, column, n, what in gone:
        if n:
            level: Level = "warning" if n > NOTED_SHARE * log.rows or code == "COT414" else "note"
            found.append(Finding(code, level, column, n, f"{words.plural(n, 'row')} with {what}", "left out"))
    later = int(counts["used"][~counted & ~np.isnan(counts["d"])].sum())
    if later:
        done = "kept apart, to judge the segments" if chosen.holdout_from is not None else "left out"
        text = f"{words.plural(later, 'row')} dated after {words.day(log.last)}"
        found.append(Finding("COT405", "note", chosen.date, later, text, done))
    found += _return_findings(log, total)
    if log.sums.coarse is not None:
        most = float(np.nan_to_num(counts["most"]).max())
        text = f"amounts up to {words.number(most)} beside far smaller ones"
        done = "added exactly; a sum that holds such an amount shows no cents"
        found.append(Finding("COT414", "warning", money, 0, text, done))
    if chosen.same_day == "together":
        found.append(
            Finding("COT408", "note", chosen.date, 0, "asked for with --same-day", "a day's orders are one order")
        )
    elif chosen.order is None:
        found.append(Finding("COT408", "note", None, 0, "no column of orders", "every row is an order"))
    elif log.unnumbered:
        n = log.unnumbered
        text = f"{words.plural(n, 'row')} without an order's number"
        done = "what a customer buys without a number on one day is one order"
        found.append(Finding("COT409", "note", chosen.order, n, text, done))
    return (*found, *_far_days(log))


def _return_findings(log: Log, total: dict[str, int]) -> list[Finding]:
    found = []
    if total["returns"]:
        n, of = total["returns"], log.chosen.amount or log.chosen.quantity
        canceled = f", {total['canceled']:,} of them on canceled orders (C…)" if total["canceled"] else ""
        money = "taken off the money" if log.chosen.net else "the money is not reduced"
        done = f"counted as returns: no order, no purchase day; {money}"
        found.append(Finding("COT406", "note", of, n, f"{words.plural(n, 'negative row')}{canceled}", done))
    if total["zero"]:
        n, of = total["zero"], log.chosen.amount or log.chosen.price
        text = f"{words.plural(n, 'row')} with an amount of zero"
        found.append(Finding("COT407", "note", of, n, text, "counted as purchases of zero"))
    return found


def _far_days(log: Log) -> list[Finding]:
    """Return warnings of days far from all others.

    As of such a slip everybody would be long gone.
    """
    found, date = [], log.chosen.date
    if (far := log.unknown) is not None:
        days = words.joined([words.day(day) for day in dict.fromkeys((far.first, far.last))])
        text = f"{words.plural(far.rows, 'row')} dated {days}, {far.gap:,} days from all others: unknown dates"
        found.append(Finding("COT418", "warning", date, far.rows, text, "left out: correct the dates to count them"))
    if (far := log.lone) is not None:
        text = f"{words.plural(far.rows, 'row')} dated {far.gap:,} days after all others (last {words.day(far.last)})"
        done = "left out as a slip: give --as-of to count them"
        done = done if far.left_out else "recency counts from there: give --as-of if it is a slip"
        found.append(Finding("COT410", "warning", date, far.rows, text, done))
    return found


def _told(log: Log) -> str:
    """Return the guessed columns as a phrase."""
    roles = [r for r in log.guessed if r not in ("quantity", "price")]
    said = [f"{role}: {getattr(log.chosen, role)}" for role in roles]
    if log.chosen.amount is None:
        said.append(f"amount: {log.chosen.quantity} × {log.chosen.price}")
    return f"columns found by their names: {', '.join(said)}"
