"""The named RFM segments as lines of a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

import coterie
from coterie.record import clean
from coterie.report import terminal_rfm
from purchases.shop import customers


@pytest.fixture(scope="module")
def run() -> coterie.Segmentation:
    return coterie.segment(customers(), effort="quick", k=3)


def test_the_terminal_shows_the_named_segments_across_the_runs_own(run: coterie.Segmentation) -> None:
    found, ordered = run.record.sample.rfm, sorted(run.record.segments, key=lambda s: -(s.value or 0))
    lines = terminal_rfm.beside(clean(run.record), width=80)
    start = next(i for i, line in enumerate(lines) if line.startswith("RFM segment"))
    assert set(lines[start].split()[3:]) == {s.letter for s in ordered}
    shown = {line[:18].strip(): line.split()[-3:] for line in lines[start + 1 :] if line.strip()}
    crossed = {(c.name, c.segment): c.n for c in found.cross}
    by_letter = {s.letter: s.id for s in run.record.segments}
    for named in (s.name for s in found.segments if s.n):
        for letter, text in zip(lines[start].split()[3:], shown[named], strict=True):
            n = crossed.get((named, by_letter[letter]), 0)
            assert text == ("·" if n == 0 else "<10" if n < 10 else f"{n:,}")
    assert all(len(line) <= 30 for line in terminal_rfm.across(found, dict.fromkeys(by_letter.values(), "A"), width=30))


def test_the_terminal_shows_the_grid(run: coterie.Segmentation) -> None:
    found = run.record.sample.rfm
    lines = terminal_rfm.beside(clean(run.record), width=60)
    assert lines[0] == "RFM: customers by scores, 5 is best"
    assert "<10" in "\n".join(lines)
    exact = "\n".join(terminal_rfm.grid(found, exact=True)).split()
    assert sum(int(word) for word in exact[8:] if word.isdigit()) >= found.customers
    table = terminal_rfm.table(found, width=40)
    assert all(len(line) <= 40 for line in table)
    bare = replace(run.record, sample=replace(run.record.sample, rfm=None))
    assert terminal_rfm.beside(clean(bare)) == []
