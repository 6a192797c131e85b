"""How often the interval of a lift holds the truth, on simulated campaigns: benchmarks/results/lift.json.

A campaign is 10 to 3,000 held-out customers, 4 or 9 times as many members, a rate of conversion from 0.5% to 30%, a
true lift from nothing to a doubling and, of amounts, a lognormal spend whose spread is .5 to 1.5. ``rare_and_small``
has at most 100 held-out customers and rates of at most 2%. Amounts are compared with unequal variances as well.
``python benchmarks/lift.py`` (CPU: about half a minute).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from coterie.record.effects import Side, compare_sides

CAMPAIGNS, SEED = 1000, 18
RESULTS = Path(__file__).parent / "results" / "lift.json"
HELD, RATIOS, RATES = (10, 30, 100, 300, 1000, 3000), (4, 9), (0.005, 0.02, 0.1, 0.3)
LIFTS, SPREADS = (1.0, 1.1, 1.3, 2.0), (0.5, 1.0, 1.5)


def side(x: NDArray[np.float64]) -> Side:
    n, away = len(x), x - x.mean()
    positive = int((x != 0).sum())
    return Side(n, n, positive, float(x.mean()), float(away @ away) / (n - 1), float((away**3).mean()), float(x.min()))


def rate(rng: np.random.Generator, few: int | None = None) -> tuple[bool | None, bool | None]:
    """Return whether a campaign's interval of conversions holds the truth; ``few`` holdouts, and the rarer rates."""
    n0, ratio, p, lift = (rng.choice(v) for v in (HELD[:few], RATIOS, RATES[: few and 2], LIFTS))
    n1 = int(n0 * ratio)
    x1, x0 = int(rng.binomial(n1, p * lift)), int(rng.binomial(n0, p))
    found = compare_sides(Side(n1, n1, x1, x1 / n1), Side(int(n0), int(n0), x0, x0 / n0), "rate")
    assert found is not None
    return bool(found.low <= p * (lift - 1) <= found.high), None


def amount(rng: np.random.Generator) -> tuple[bool | None, bool | None]:
    """Return whether a campaign's interval of amounts holds the truth, and Welch's; None: not enough customers.

    Half of the campaigns raise how many spend, half how much.
    """
    n0, ratio, p, lift, spread = (rng.choice(v) for v in (HELD, RATIOS, (*RATES, 1.0), LIFTS, SPREADS))
    more, larger = (min(1.0, p * lift), 1.0) if rng.random() < 0.5 else (p, lift)
    members = rng.lognormal(0, spread, n0 * ratio) * (rng.random(n0 * ratio) < more) * larger
    held = rng.lognormal(0, spread, n0) * (rng.random(n0) < p)
    a, b = side(members), side(held)
    found = compare_sides(a, b, "amount")
    if found is None:
        return None, None
    truth = (more * larger - p) * math.exp(spread**2 / 2)
    error = math.sqrt(a.variance / a.n + b.variance / b.n)
    wide = NormalDist().inv_cdf(0.975) * error
    return bool(found.low <= truth <= found.high), bool(abs(a.mean - b.mean - truth) <= wide)


def measure(simulate: Callable[[np.random.Generator], tuple[bool | None, bool | None]]) -> dict[str, float | int]:
    """Return how often the truth was held, over campaigns with enough customers."""
    rng = np.random.default_rng(SEED)
    held: list[bool] = []
    plain: list[bool] = []
    few = 0
    while len(held) < CAMPAIGNS:
        ours, theirs = simulate(rng)
        if ours is None:
            few += 1
            continue
        held.append(ours)
        plain += [] if theirs is None else [theirs]
    found: dict[str, float | int] = {"campaigns": CAMPAIGNS, "not_enough_customers": few}
    found["coverage"] = round(sum(held) / len(held), 4)
    if plain:
        found["coverage_of_unequal_variances"] = round(sum(plain) / len(plain), 4)
    return found


if __name__ == "__main__":
    results: dict[str, object] = {
        "seed": SEED,
        "rates": measure(rate),
        "rare_and_small": measure(partial(rate, few=3)),
        "amounts": measure(amount),
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))
