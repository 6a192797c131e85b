"""Customers that nobody knows: the tutorial's table, and a shop.

The shop's purchases hold planted behaviors.
The shop is one query: every random number is a hash of the seed and of what it is for, so the same shop comes out
whatever the threads, and any number of customers streams to disk without being held in memory.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from coterie import sql, words
from coterie.doors import frozen
from coterie.engines import Engine, Target
from coterie.options import SHOP_CUSTOMERS
from coterie.sql import Node

TUTORIAL_SEED = 42
TUTORIAL_ROWS = 300

SHOP_SEED = 42
LAST_DAY = (datetime.date(2025, 12, 31) - words.DAY_ZERO).days
OPEN_DAYS = 730.0
MISSING_IDS = 0.01  # orders whose customer the till did not note
LATEST_RETURN = 14.0  # days
LOGISTIC = 0.5513  # a logistic number times this has the standard deviation 1
SECONDS_PER_DAY, MICROS = 86_400.0, 1e6
PRIME, SLOPE, STEPS = 2_147_483_647, 1_299_709, (15_485_863, 32_452_843)
CATEGORIES = ("books", "garden", "kitchen", "office", "sports", "toys")


@frozen
class Behavior:
    """How one kind of customer buys.

    A pair is a median and how far the middle two thirds reach, as a factor.
    ``share`` of all customers; ``orders``; ``newest`` and ``oldest``: days before the shop's last day of the last and
    of the first order; ``price`` of a piece; ``lines`` of an order; ``returned``: share of lines that come back;
    ``favorite``: the category of most lines; ``separable``: whether the others leave room around it.
    """

    name: str
    share: float
    orders: tuple[float, float]
    newest: tuple[float, float]
    oldest: tuple[float, float]
    price: tuple[float, float]
    lines: tuple[float, float]
    returned: float
    favorite: str
    separable: bool = True


BEHAVIORS = (
    Behavior("regulars", 0.08, (60, 1.1), (4, 1.5), (700, 1.02), (9, 1.1), (2, 1.2), 0.01, "kitchen"),
    Behavior("one small order long ago", 0.10, (1, 1.0), (600, 1.1), (600, 1.1), (9, 1.15), (1, 1.0), 0.0, "books"),
    Behavior("lapsed big spenders", 0.06, (18, 1.15), (420, 1.06), (700, 1.02), (110, 1.1), (3, 1.2), 0.01, "garden"),
    Behavior("new and keen", 0.04, (8, 1.2), (3, 1.5), (40, 1.1), (16, 1.1), (2, 1.2), 0.01, "sports"),
    Behavior("rare but large", 0.05, (2, 1.1), (110, 1.2), (500, 1.1), (450, 1.1), (2, 1.1), 0.0, "office"),
    Behavior("serial returners", 0.07, (26, 1.15), (14, 1.4), (600, 1.05), (35, 1.1), (2, 1.2), 0.6, "toys"),
    Behavior("everybody else", 0.60, (6, 1.6), (90, 1.8), (560, 1.15), (22, 1.35), (2, 1.3), 0.02, "kitchen", False),
)


# ── the tutorial ──────────────────────────────────────────────────────────────────────────────────────────────────


def tutorial() -> dict[str, list[int]]:
    """Return the table that the tutorials segment.

    It has 300 customers with an income and a spending score.
    Both columns are uniform random numbers, so there are no groups in it.

    Returns
    -------
    columns ``customer_id`` (1…300), ``annual_income`` (20,000–119,999) and ``spending_score`` (1–99).

    >>> table = tutorial()
    >>> table["annual_income"][0], table["spending_score"][0]
    (35795, 38)
    """
    random = np.random.RandomState(TUTORIAL_SEED)
    income = random.randint(20_000, 120_000, TUTORIAL_ROWS)
    score = random.randint(1, 100, TUTORIAL_ROWS)
    return {
        "customer_id": list(range(1, TUTORIAL_ROWS + 1)),
        "annual_income": [int(v) for v in income],
        "spending_score": [int(v) for v in score],
    }


def as_csv(table: dict[str, list[int]]) -> str:
    """Return a table of columns as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return out.getvalue()


# ── the shop ──────────────────────────────────────────────────────────────────────────────────────────────────────


def shop(
    engine: Engine, purchases: Path, truth: Path, *, customers: int = SHOP_CUSTOMERS, seed: int = SHOP_SEED
) -> None:
    """Write a shop's purchases, and the truth about its customers.

    They are two Parquet files.

    Parameters
    ----------
    purchases : gets one row a line of an order: ``customer_id`` (some are missing), ``order_id``, ``ordered_at``,
        ``category``, ``quantity`` (negative where something came back) and ``price``.
    truth : gets one row a customer: ``customer_id``, ``behavior``, ``separable``.

    Notes
    -----
    Cost: about 36 rows a customer, streamed: memory does not grow with the number of customers.
    """
    engine.deliver(truth_sql(customers, seed), Target(truth))
    engine.deliver(shop_sql(customers, seed), Target(purchases))


def truth_sql(customers: int, seed: int) -> Node:
    """Return the SELECT of every customer's behavior."""
    nodes = {
        "customer_id": _customer_id(),
        "behavior": _of_behavior([sql.text(b.name) for b in BEHAVIORS]),
        "separable": sql.equal(_of_behavior([sql.whole(int(b.separable)) for b in BEHAVIORS]), sql.whole(1)),
    }
    return sql.steps([("people", _people(customers, _Draw(seed)))], _select(nodes, "people"))


def shop_sql(customers: int, seed: int) -> Node:
    """Return the SELECT of every line of every order.

    Its steps: people, their habits, orders, lines, and what came back.
    """
    draw = _Draw(seed)
    parts = [
        ("people", _people(customers, draw)),
        ("habits", _habits(draw)),
        ("orders", _orders(draw)),
        ("lines", _lines(draw)),
        ("pieces", _pieces(draw)),
        ("moves", _moves()),
    ]
    return sql.steps(parts, _rows(draw))


def _halves(text: str) -> tuple[str, str]:
    digits = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return digits[:16], digits[16:]


@frozen
class _Draw:
    """Random numbers as SQL.

    Each follows from the seed, from what it is for, and from the row's own numbers.
    """

    seed: int

    def uniform(self, what: str, *keys: str) -> Node:
        """Return a number in [0, 1).

        It is the customer's own number ``s``, scrambled with what it is for and the keys.
        """
        first, second = (int(part, 16) % PRIME for part in _halves(f"{self.seed}:{what}"))
        steps = [sql.multiply(sql.column(key), sql.whole(step)) for key, step in zip(keys, STEPS, strict=False)]
        v = sql.remainder(sql.add(sql.column("s"), *steps, sql.whole(first)), sql.whole(PRIME))
        for more in (second, first):
            # Squares scramble what sums only shift; a whole number below 2^31 times itself fits in 64 bits.
            v = sql.remainder(
                sql.add(sql.multiply(v, v), sql.multiply(v, sql.whole(SLOPE)), sql.whole(more)), sql.whole(PRIME)
            )
        return sql.multiply(self.real(v), sql.number(1 / PRIME))

    def about(self, field: str, *keys: str) -> Node:
        """Return a behavior's median times a random factor around 1."""
        pairs = [getattr(b, field) for b in BEHAVIORS]
        u = sql.add(sql.multiply(self.uniform(field, *keys), sql.number(0.98)), sql.number(0.01))
        odds = sql.natural_log(sql.divide(u, sql.subtract(sql.number(1.0), u)))
        spread = _of_behavior([sql.number(LOGISTIC * math.log(factor)) for _, factor in pairs])
        median = _of_behavior([sql.number(middle) for middle, _ in pairs])
        return sql.multiply(median, sql.exponential(sql.multiply(odds, spread)))

    def whole(self, x: Node) -> Node:
        """Return the nearest whole number."""
        return sql.nearest_whole(x)

    def real(self, x: Node) -> Node:
        """Return a whole number as a double."""
        return sql.cast(x, "double")


def _select(nodes: Mapping[str, Node], source: str, keep: Sequence[str] = ()) -> sql.Select:
    kept = [sql.column(name) for name in keep]
    return sql.select([*kept, *(sql.named(node, name) for name, node in nodes.items())], sql.table(source))


def _of_behavior(values: Sequence[Node]) -> Node:
    """Return the value that belongs to the row's behavior."""
    branches = [(sql.equal(sql.column("b"), sql.whole(i)), value) for i, value in enumerate(values[:-1])]
    return sql.case(branches, values[-1])


def _padded(name: str, digits: int) -> Node:
    return sql.left_padded(sql.cast(sql.column(name), "text"), digits, "0")


def _customer_id() -> Node:
    return sql.concat(sql.text("K"), _padded("i", 8))


def _people(customers: int, draw: _Draw) -> sql.Select:
    """Return the customers: number ``i``, random number ``s``, behavior ``b``."""
    own = sql.md5(sql.concat(sql.text(f"{draw.seed}:"), sql.cast(sql.column("i"), "text")))
    number = sql.hex_number(sql.substring(own, 1, 12))
    seeded = sql.select(
        [sql.column("i"), sql.named(sql.remainder(number, sql.whole(PRIME)), "s")], sql.whole_numbers(customers, "i")
    )
    u, reached, branches = draw.uniform("behavior"), 0.0, []
    for place, behavior in enumerate(BEHAVIORS[:-1]):
        reached += behavior.share
        branches.append((sql.less(u, sql.number(reached)), sql.whole(place)))
    nodes = {"b": sql.case(branches, sql.whole(len(BEHAVIORS) - 1))}
    return sql.steps([("seeded", seeded)], _select(nodes, "seeded", ("i", "s")))


def _habits(draw: _Draw) -> sql.Select:
    """Return a customer's number of orders (``n``), when, how dear."""
    orders = draw.whole(draw.about("orders"))
    nodes = {
        "n": sql.case([(sql.less(orders, sql.whole(1)), sql.whole(1))], orders),
        "newest": draw.about("newest"),
        "oldest": draw.about("oldest"),
        "price": draw.about("price"),
    }
    return _select(nodes, "people", ("i", "s", "b"))


def _orders(draw: _Draw) -> sql.Select:
    """Return each order (``k``), evenly spread but for a little chance."""
    k = sql.column("k")
    one, inner = sql.whole(1), sql.subtract(sql.column("n"), sql.whole(1))
    jitter = sql.multiply(sql.subtract(draw.uniform("day", "k"), sql.number(0.5)), sql.number(0.8))
    place = sql.divide(sql.add(draw.real(k), jitter), draw.real(inner))
    position = sql.case([(sql.equal(k, inner), sql.number(1.0)), (sql.less(k, one), sql.number(0.0))], place)
    newest, oldest = sql.column("newest"), sql.column("oldest")
    span = sql.case([(sql.less(newest, oldest), sql.subtract(oldest, newest))], sql.number(0.0))
    before = sql.add(newest, sql.multiply(span, sql.subtract(sql.number(1.0), position)))
    lines = draw.whole(draw.about("lines", "k"))
    nodes = {
        "before": sql.case([(sql.less(before, sql.number(OPEN_DAYS)), before)], sql.number(OPEN_DAYS)),
        "unknown": sql.less(draw.uniform("unknown", "k"), sql.number(MISSING_IDS)),
        "m": sql.case([(sql.less(lines, one), one)], lines),
    }
    numbered = sql.select([sql.star(), sql.named(sql.unnested(sql.column("n")), "k")], sql.table("habits"))
    kept = ("i", "s", "b", "k", "price")
    return sql.steps([("numbered", numbered)], _select(nodes, "numbered", kept))


def _lines(draw: _Draw) -> sql.Select:
    """Return each line (``l``) of the orders."""
    return sql.select([sql.star(), sql.named(sql.unnested(sql.column("m")), "l")], sql.table("orders"))


def _pieces(draw: _Draw) -> sql.Select:
    """Return what each line is about.

    Category, pieces, price in cents, and how many times it moves (returned: 2).
    """
    here = ("k", "l")
    u = draw.uniform("category", *here)
    steps = 0.4 / len(CATEGORIES)
    branches = [(sql.less(u, sql.number(steps * (j + 1))), sql.text(name)) for j, name in enumerate(CATEGORIES)]
    favorite = _of_behavior([sql.text(b.favorite) for b in BEHAVIORS])
    near = sql.add(sql.multiply(draw.uniform("price of line", *here), sql.number(0.4)), sql.number(0.8))
    back = _of_behavior([sql.number(b.returned) for b in BEHAVIORS])
    several = sql.less(draw.uniform("pieces", *here), sql.number(0.2))
    nodes = {
        "category": sql.case(branches, favorite),
        "pieces": sql.case([(several, sql.whole(2))], sql.whole(1)),
        "cents": draw.whole(sql.multiply(sql.multiply(sql.column("price"), near), sql.number(100.0))),
        "moves": sql.case([(sql.less(draw.uniform("back", *here), back), sql.whole(2))], sql.whole(1)),
        "clock": sql.add(sql.multiply(draw.uniform("clock", "k"), sql.number(50_400.0)), sql.number(28_800.0)),
        "later": sql.multiply(draw.uniform("later", *here), sql.number(LATEST_RETURN)),
    }
    return _select(nodes, "lines", ("i", "k", "before", "unknown"))


def _moves() -> sql.Select:
    """Return the lines, once more (``x`` 1) where pieces came back."""
    return sql.select([sql.star(), sql.named(sql.unnested(sql.column("moves")), "x")], sql.table("pieces"))


def _rows(draw: _Draw) -> sql.Select:
    """Return the lines as a till writes them."""
    bought = sql.equal(sql.column("x"), sql.whole(0))
    number = sql.concat(_padded("i", 8), sql.text("-"), _padded("k", 3))
    then = sql.subtract(sql.number(float(LAST_DAY)), sql.column("before"))
    back = sql.least([sql.add(then, sql.column("later")), sql.number(float(LAST_DAY))])
    day = sql.floor(sql.case([(bought, then)], back))
    seconds = sql.floor(sql.add(sql.multiply(day, sql.number(SECONDS_PER_DAY)), sql.column("clock")))
    pieces = sql.column("pieces")
    nodes = {
        "customer_id": sql.case([(sql.column("unknown"), sql.null())], _customer_id()),
        "order_id": sql.case([(bought, number)], sql.concat(sql.text("C"), number)),
        "ordered_at": sql.time_of_micros(sql.cast(sql.multiply(seconds, sql.number(MICROS)), "whole")),
        "category": sql.column("category"),
        "quantity": sql.case([(bought, pieces)], sql.subtract(sql.whole(0), pieces)),
        "price": sql.divide(draw.real(sql.column("cents")), sql.number(100.0)),
    }
    return _select(nodes, "moves")
