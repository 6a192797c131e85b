"""Customers of whom one number tells who they are: what reports and examples must not give away."""

from __future__ import annotations

import numpy as np
import pandas as pd


def customers() -> pd.DataFrame:
    """Return customers like the tutorial's with a height so exact that it is theirs alone, and an address."""
    r = np.random.default_rng(4)
    made = pd.DataFrame(
        {"annual_income": r.integers(20_000, 120_000, 2_000), "spending_score": r.integers(1, 100, 2_000)}
    )
    made.insert(0, "email", [f"c{i}@example.org" for i in range(len(made))])
    made["height_mm"] = 1_500.123 + r.permutation(len(made)) * 0.25
    return made
