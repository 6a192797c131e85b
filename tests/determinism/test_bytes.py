"""Same customers, options and version: the same bytes, whatever the threads, row order, file format or surroundings."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same 1,500 customers in other orders and formats: skewed money, a category, holes."""
    folder = tmp_path_factory.mktemp("sources")
    r = np.random.default_rng(5)
    n = 1_500
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:06d}" for i in range(n)],
            "revenue": np.round(np.exp(r.normal(4, 1, n)), 2),
            "orders": r.poisson(4, n),
            "age": np.where(r.random(n) < 0.05, np.nan, r.integers(18, 90, n)),
            "channel": r.choice(["shop", "web", "phone"], n, p=[0.5, 0.4, 0.1]),
        }
    )
    order = list(range(n))
    random.Random(1).shuffle(order)
    shuffled, turned = frame.iloc[order], frame.iloc[::-1]
    frame.to_csv(folder / "customers.csv", index=False)
    frame.to_csv(folder / "customers.tsv", index=False, sep="\t")
    frame.to_parquet(folder / "customers.parquet", index=False)
    frame.to_json(folder / "customers.jsonl", orient="records", lines=True)
    shuffled.to_csv(folder / "shuffled.csv", index=False)
    shuffled.to_parquet(folder / "shuffled.parquet", index=False)
    turned[frame.columns[::-1]].to_csv(folder / "turned.csv", index=False)
    return {path.name: path for path in folder.iterdir()}


def run(source: Path, out: Path, *flags: str, **environment: str) -> tuple[bytes, bytes]:
    """Segment in a process of its own, and return the bytes of the record and of the assignments."""
    command = [sys.executable, "-m", "coterie", "segment", str(source), "--out", str(out), "--effort", "quick", "-q"]
    subprocess.run([*command, "--max-k", "5", *flags], check=True, env={**os.environ, **environment}, cwd=out.parent)
    return (out / "run.json").read_bytes(), (out / "segments.parquet").read_bytes()


SURROUNDINGS = [
    ("customers.csv", ["--threads", "2"], {}),
    ("customers.csv", ["--memory", "500MB"], {"OPENBLAS_NUM_THREADS": "1"}),
    ("customers.csv", [], {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
    ("customers.csv", [], {"LC_ALL": "C", "PYTHONUTF8": "0"}),
    ("customers.csv", [], {"PYTHONHASHSEED": "1"}),
    ("customers.csv", [], {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}),
    ("customers.csv", [], {"TZ": "America/New_York"}),
    ("customers.tsv", [], {}),
    ("customers.parquet", [], {}),
    ("customers.parquet", ["--threads", "2"], {}),
    ("customers.jsonl", [], {}),
]
ORDERS = ["shuffled.csv", "shuffled.parquet"]


@pytest.fixture(scope="module")
def reference(sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    return run(sources["customers.csv"], tmp_path_factory.mktemp("reference") / "out", "--threads", "1")


@pytest.mark.parametrize(("source", "flags", "environment"), SURROUNDINGS)
def test_every_byte_is_the_same_in_other_surroundings(
    source: str, flags: list[str], environment: dict[str, str], sources: dict[str, Path],
    reference: tuple[bytes, bytes], tmp_path: Path,
) -> None:  # fmt: skip
    record, assignments = run(sources[source], tmp_path / "out", *flags, **environment)
    assert record == reference[0]
    assert assignments == reference[1]


@pytest.mark.parametrize("source", ORDERS)
def test_the_record_is_the_same_in_any_order_of_rows(
    source: str, sources: dict[str, Path], reference: tuple[bytes, bytes], tmp_path: Path
) -> None:
    record, assignments = run(sources[source], tmp_path / "out")
    assert record == reference[0]
    # the assignments follow the order of the rows: the same customers, each with the same answer
    (tmp_path / "reference.parquet").write_bytes(reference[1])
    (tmp_path / "shuffled.parquet").write_bytes(assignments)
    left, right = (pd.read_parquet(tmp_path / f"{n}.parquet").sort_values("id") for n in ("reference", "shuffled"))
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def test_the_order_of_columns_does_not_matter_to_anybody(
    sources: dict[str, Path], reference: tuple[bytes, bytes], tmp_path: Path
) -> None:
    run(sources["turned.csv"], tmp_path / "out")
    (tmp_path / "reference.parquet").write_bytes(reference[1])
    right = pd.read_parquet(tmp_path / "out" / "segments.parquet").sort_values("id").reset_index(drop=True)
    left = pd.read_parquet(tmp_path / "reference.parquet").sort_values("id").reset_index(drop=True)
    pd.testing.assert_series_equal(left["segment"], right["segment"])
