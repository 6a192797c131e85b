"""Whatever happens to a file, reading it ends in a table of as many rows as it has, or in a message; never in a bug."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from inputs import fuzz
from inputs.mutation import seeds

COUNT = int(os.environ.get("COTERIE_MUTATIONS", "160"))
SECONDS = 10  # of processors
# What once went wrong, by the seed of a table of our own: a comma in every amount for the delimiter; blank lines before
# `sep=`; line ends of another kind inside quotes; quotes in what follows a quote; more titles than rows.
MENDED = (1436, 2510, 4352, 4715, 5666, 6380, 13859)


@pytest.mark.parametrize("share", range(2))
def test_no_mutation_of_an_input_gets_past_the_reader(share: int, corpus: Path, tmp_path: Path) -> None:
    files = seeds(corpus)
    for seed in range(share, COUNT, 2):
        started = time.process_time()
        ended = fuzz.outcome(seed, files, tmp_path)
        assert ended.ended not in fuzz.FAILURES, f"mutation {seed}: {ended}"
        assert time.process_time() - started < SECONDS, f"mutation {seed}"


@pytest.mark.parametrize("seed", MENDED)
def test_what_was_mended_stays_so(seed: int, tmp_path: Path) -> None:
    ended = fuzz.outcome(seed, [tmp_path] * 3, tmp_path)  # of these seeds no file of the corpus is looked at
    assert ended.ended not in fuzz.FAILURES, ended


def test_a_worker_that_dies_or_hangs_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def outcome(seed: int, files: list[Path], folder: Path) -> fuzz.Outcome:
        if seed == 1:
            os._exit(9)
        if seed == 2:
            time.sleep(60)
        return fuzz.Outcome("ok")

    monkeypatch.setattr(fuzz, "outcome", outcome)
    monkeypatch.setattr(fuzz, "WAITED", 0.5)
    result = fuzz.run(0, 6, 2, [])
    assert (result["ok"], result["signal"], result["hang"]) == (4, 1, 1)
