"""A run written in one notation and new files in others: the same segments, or a stop; never others."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.engines import Reading
from coterie.errors import InputError
from coterie.segmentation import Segmentation

N = 240
r = np.random.default_rng(4)
SPEND = np.round(np.where(np.arange(N) % 2, r.normal(6_000, 900, N), r.normal(900, 90, N)), 3)
RATE = np.round(r.uniform(1, 9, N), 3)
SINCE = [f"2024-{1 + i % 12:02d}-{1 + i * 7 % 12:02d}" for i in range(N)]  # each day reads as a month too
NEWS = [i % 3 == 0 for i in range(N)]
FEATURES = ["spend", "rate", "since", "news"]


class Way(NamedTuple):
    """How a file is written."""

    decimal: str = "."
    grouping: str = ""
    date: str = "{y}-{m}-{d}"
    yes: str = "true"
    no: str = "false"

    def number(self, x: float) -> str:
        return f"{x:,.3f}".translate({44: self.grouping, 46: self.decimal})

    def write(self, path: Path, rows: range = range(N)) -> Path:
        lines = ["customer_id;spend;rate;since;news"]
        for i in rows:
            y, m, d = SINCE[i].split("-")
            said = self.yes if NEWS[i] else self.no
            day = self.date.format(y=y, m=m, d=d)
            lines.append(f"c{i:04d};{self.number(SPEND[i])};{self.number(RATE[i])};{day};{said}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


WAYS = {
    "plain": Way(),
    "german": Way(",", ".", "{d}.{m}.{y}", "ja", "nein"),
    "american": Way(".", ",", "{m}/{d}/{y}", "Yes", "No"),
    "french": Way(",", "\u202f", "{d}/{m}/{y}", "Oui", "Non"),
    "swiss": Way(".", "'", "{d}.{m}.{y}", "wahr", "falsch"),
    "commas only": Way(",", "", "{y}-{m}-{d}", "1", "0"),
    "compact": Way(".", "", "{y}{m}{d}", "TRUE", "FALSE"),
    "points in days": Way(".", "", "{m}.{d}.{y}", "y", "n"),
    "slashes": Way(".", ",", "{y}/{m}/{d}", " True", "False "),
}  # fmt: skip


def as_types(path: Path) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": [f"c{i:04d}" for i in range(N)], "spend": SPEND, "rate": RATE})
    return frame.assign(since=pd.to_datetime(SINCE), news=NEWS)


def as_json(path: Path) -> Path:
    frame = as_types(path).assign(since=SINCE)
    target = path.with_suffix(".json")
    target.write_text(json.dumps(frame.to_dict("records")))
    return target


TYPED: dict[str, Callable[[Path], object]] = {"a frame": as_types, "JSON": as_json}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Segmentation]:
    folder, made = tmp_path_factory.mktemp("runs"), {}
    for name in ("plain", "german", "american"):
        order = {"german": "dmy", "american": "mdy"}.get(name)
        path = WAYS[name].write(folder / f"{name}.csv")
        asked = {"k": 2, "effort": "quick", "max_k": 3, "features": FEATURES}
        made[name] = coterie.segment(path, reading=Reading(date_order=order), **asked)
    return made


Places = list[tuple[int, float]]


def places(table: Any) -> Places:
    """Return each customer's segment and margin, in which every column tells."""
    frame = table if isinstance(table, pd.DataFrame) else table.df()
    return [(int(s), round(float(m), 9)) for s, m in zip(frame["segment"], frame["margin"], strict=True)]


def segments(run: Segmentation, source: object, **reading: str) -> Places:
    return places(run.assign(source, reading=Reading(**reading)))  # type: ignore[arg-type]


@pytest.mark.parametrize("trained", ["plain", "german", "american"])
def test_new_files_in_other_notations_give_the_same_segments_or_stop(
    trained: str, runs: dict[str, Segmentation], tmp_path: Path
) -> None:
    run, read = runs[trained], []
    right = places(run.assignments())
    for name, way in WAYS.items():
        path = way.write(tmp_path / f"{name}.csv")
        with contextlib.suppress(InputError):
            assert segments(run, path) == right, name
            read.append(name)
    assert trained in read
    assert len(read) >= 2, read


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("trained", ["plain", "german", "american"])
def test_values_that_have_types_are_in_nobodys_notation(
    trained: str, kind: str, runs: dict[str, Segmentation], tmp_path: Path
) -> None:
    run = runs[trained]
    assert segments(run, TYPED[kind](tmp_path / "t")) == places(run.assignments())


def test_a_few_rows_that_read_both_ways_are_read_as_the_run_was(runs: dict[str, Segmentation], tmp_path: Path) -> None:
    rows = range(1, 40, 2)  # all of them above a thousand, with three decimals
    path = WAYS["german"].write(tmp_path / "few.csv", rows)
    expected = places(runs["german"].assignments())
    assert segments(runs["german"], path) == [expected[i] for i in rows]


def test_short_years_first_are_in_the_record_and_no_other_run_takes_them(
    runs: dict[str, Segmentation], tmp_path: Path
) -> None:
    short = WAYS["plain"].write(tmp_path / "short.csv")
    short.write_text(short.read_text().replace(";2024-", ";24-"))
    asked = {"k": 2, "effort": "quick", "max_k": 3, "features": FEATURES}
    run = coterie.segment(short, reading=Reading(date_order="ymd"), **asked)
    assert segments(run, short) == places(run.assignments()) == places(runs["plain"].assignments())
    for other in runs.values():
        with pytest.raises(InputError):
            segments(other, short)


def test_flags_win_over_what_the_run_says(runs: dict[str, Segmentation], tmp_path: Path) -> None:
    path = WAYS["german"].write(tmp_path / "german.csv")
    with pytest.raises(InputError, match="pass `decimal` or `date_order`"):
        segments(runs["plain"], path)
    expected = places(runs["plain"].assignments())
    assert segments(runs["plain"], path, decimal=",", date_order="dmy") == expected


def test_a_levels_case_blanks_and_word_for_yes_do_not_matter_and_a_column_of_unknown_ones_stops(
    runs: dict[str, Segmentation], tmp_path: Path
) -> None:
    path = Way(yes="maybe", no="perhaps").write(tmp_path / "unknown.csv")
    with pytest.raises(InputError, match="There: 'maybe', 'perhaps'"):
        segments(runs["plain"], path)
