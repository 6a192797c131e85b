"""What the terminal shows: right at any width, silent without color, harmless whatever the data hold."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie.report import terminal
from records import VERDICTS, simulated, with_part, with_segment

WRITTEN = {"report": "customers-segments/report.html", "segments": "customers-segments/segments.parquet"}


def shown(*, width: int = 110, color: bool = False, **how: object) -> str:
    record, _ = simulated(**how)  # type: ignore[arg-type]
    return terminal.show(record, source="customers.csv", written=WRITTEN, seconds=3.14, width=width, color=color)


def cells(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in line)


def test_verdict_segments_places_and_time_are_there() -> None:
    text = shown()
    assert "✓ Natural groups. Five customer groups, clearly apart and repeatable." in text
    assert "repeatability 0.97" in text
    assert re.search(r"B High income, high spending +39  20% +46% +█+", text)
    assert "spending score 81 +62%, income 88 +47%" in text
    assert "report customers-segments/report.html" in text
    assert "3.1 s" in text


def test_a_number_that_the_customers_do_not_support_is_said_to_be_asked_for() -> None:
    record, _ = simulated(verdict="natural")
    record = with_part(record, "choice", asked=5, supported=7, words="All 5 criteria say 7.")
    text = " ".join(terminal.show(record, source="c.csv", written=WRITTEN, seconds=1.0).split())
    assert "as asked; seven are supported" in text
    assert "You asked for 5; 7 is supported." in text


@pytest.mark.parametrize(
    ("verdict", "sign"),
    [("natural", "✓"), ("none", "≈"), ("weak", "≈"), ("red", "✕"), (None, "? Structure not tested yet.")],
)
def test_the_sign_follows_the_verdict(verdict: str | None, sign: str) -> None:
    assert f"\n{sign}" in shown(verdict=verdict)


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 140, 250])
@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_no_line_is_wider_than_the_terminal(width: int, verdict: str | None) -> None:
    for line in shown(width=width, verdict=verdict).splitlines():
        assert cells(line) <= width or "customers-segments/" in line


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_nothing_is_cut_at_any_width(width: int, verdict: str | None) -> None:
    names = ["Recent, frequent, with very large orders and many returns", "High income", "C", "D", "E"]
    text = shown(width=width, verdict=verdict, names=names)
    assert "…" not in text
    for name in names:
        assert set(name.split()) <= set(text.split())


def test_narrower_than_thirty_columns_is_shown_as_thirty() -> None:
    assert shown(width=1) == shown(width=30)


def test_bars_are_as_long_as_the_shares() -> None:
    lines = [line for line in shown(value=False).splitlines() if re.match(r"[A-E] ", line)]
    lengths = [line.count("█") for line in lines]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 1.8 * lengths[1]


def test_color_only_when_told() -> None:
    assert "\x1b" not in shown()
    colored = shown(color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == shown()


def test_small_segments_are_not_counted_out() -> None:
    text = shown(sizes=(60, 50, 40, 30, 7))
    assert "<10" in text
    assert "too few to print averages" in text


def test_wide_characters_keep_the_columns_straight() -> None:
    text = shown(names=["顧客セグメント", "High income", "ملف", "e\u0301te\u0301", "😀 happy"])
    rows = [line for line in text.splitlines() if re.match(r"[A-E] ", line)]
    assert len({cells(line[: line.index("%")]) for line in rows}) == 1


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.integers(20, 200))
def test_nothing_in_the_data_reaches_the_terminal_raw(name: str, source: str, width: int) -> None:
    record, _ = simulated(names=[name] * 5, verdict=None)
    text = terminal.show(record, source=source, written={"report": source}, seconds=0, width=width, color=False)
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in text)
    assert "\u202e" not in text


def test_markup_in_names_is_only_text() -> None:
    text = shown(names=["[red]x[/red]", "\x1b[31mred", "b", "c", "d"])
    assert "[red]x[/red]" in text
    assert "\\x1b[31mred" in text


@pytest.mark.parametrize("width", range(40, 120, 7))
def test_a_number_stays_with_what_belongs_to_it(width: int) -> None:
    for line in shown(width=width, verdict="none").splitlines():
        assert not line.rstrip().endswith(("p =", " p"))
        assert not line.lstrip().startswith(("%", "= "))


def test_a_name_given_by_hand_stands_before_the_factual_one() -> None:
    record = with_segment(simulated()[0], "B", given="Weekend families")
    text = terminal.show(record, source="c.csv", written=WRITTEN, seconds=1.0, width=150)
    assert re.search(r"B Weekend families .*High income, high spending; spending score 81 \+62%", text)
