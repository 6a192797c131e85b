"""A table of customers, and what a check finds in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coterie import options as config
from coterie.findings import Finding
from coterie.segmentation import checking


def found(frame: pd.DataFrame | Path, **options: Any) -> dict[str, list[Finding]]:
    by_code: dict[str, list[Finding]] = {}
    for finding in checking.check(frame, config.Options(**options)).findings:
        by_code.setdefault(finding.code, []).append(finding)
    return by_code


def plain(n: int = 200) -> dict[str, Any]:
    r = np.random.default_rng(0)
    return {
        "customer_id": [f"c{i}" for i in range(n)],
        "age": r.integers(18, 80, n).astype(float),
        "orders": r.integers(1, 30, n).astype(float),
        "spend": np.round(r.gamma(5, 30, n), 2),
    }
