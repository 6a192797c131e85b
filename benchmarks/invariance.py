"""Is the same said of a table whose values are rounded, whose rows are repeated, whose columns are turned over.

    python benchmarks/invariance.py [TABLES]    # writes results/invariance.json

Tables are those of the verdict's benchmark, 300 customers each, in turn of every shape. Each is segmented as it is, and

- ``rounded``: numbers to the fewest decimals that keep 200 different ones, where they have more;
- ``twice``: every row again under a new id;
- ``half twice``: half of the rows again under new ids;
- ``negated``: the numbers of a skewed column times -1.

Counted is where the verdict's code and the number of segments are the same, and where a verdict turns from natural to
none or shape, or the other way; and apart from these the number of segments where groups are seen in the table as it
is, for where there are none the data do not determine it.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from verdict import ALL

import coterie
from coterie.table.columns import skewness

RESULTS = Path(__file__).parent / "results" / "invariance.json"
ROWS, DIFFERENT, SKEWED = 300, 200, 1.0


def rounded(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the table with numbers to the fewest decimals that keep 200 different ones; None where there are none."""
    changed = {}
    for name in frame.select_dtypes("number"):
        for decimals in range(-6, 12):
            less = frame[name].round(decimals)
            if less.nunique() >= DIFFERENT:
                changed[name] = less
                break
    return frame.assign(**changed) if changed else None


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame], ignore_index=True)


def half_twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[::2]], ignore_index=True)


def negated(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the table with its skewed columns turned over; None where there are none."""
    numbers = {name: frame[name].to_numpy(float) for name in frame.select_dtypes("number")}
    skewed = [name for name, x in numbers.items() if abs(skewness(x[~np.isnan(x)])) >= SKEWED]
    return frame.assign(**{name: -frame[name] for name in skewed}) if skewed else None


CHANGES = {"rounded": rounded, "twice": twice, "half twice": half_twice, "negated": negated}


def answer(at: int) -> dict[str, tuple[str | None, int]]:
    """Return the code and the number of segments of one table, as it is and changed."""
    shape, seed = ALL[at % len(ALL)], at // len(ALL)
    frame = pd.DataFrame(shape.table(seed, ROWS)[0])
    said = {}
    for how, table in {"as it is": frame, **{how: change(frame) for how, change in CHANGES.items()}}.items():
        if table is not None:
            ids = [f"c{i}" for i in range(len(table))]
            record = coterie.segment(table.assign(customer_id=ids), id="customer_id", rows_are_customers=True).record
            said[how] = (record.verdict.code, record.choice.k)
    return said


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with ProcessPoolExecutor(int(sys.argv[2]) if len(sys.argv) > 2 else 2) as pool:
        told = list(pool.map(answer, islice(count(), tables)))
    result: dict[str, Any] = {"tables": tables, "rows": ROWS}
    for how in CHANGES:
        pairs = [(t["as it is"], t[how]) for t in told if how in t]
        grouped = [(a, b) for a, b in pairs if a[0] in ("partly", "natural")]
        result[how] = {
            "of": len(pairs),
            "same code and k": sum(a == b for a, b in pairs),
            "same code": sum(a[0] == b[0] for a, b in pairs),
            "natural and none or shape": sum(
                "natural" in (a[0], b[0]) and bool({"none", "shape"} & {a[0], b[0]}) for a, b in pairs
            ),
            "where groups are seen": {"of": len(grouped), "same k": sum(a[1] == b[1] for a, b in grouped)},
        }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
