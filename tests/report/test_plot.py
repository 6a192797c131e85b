"""Every chart: from the record alone, well formed, stating what it finds, with the numbers behind it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coterie
from coterie.record import clean
from coterie.report import Plot, page
from coterie.report.charts import CHARTS, Chart
from coterie.report.charts.profiles import choose_measures, draw_panel
from purchases.shop import customers
from records import simulated

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["value", "map", "profile", "averages", "ranges", "gains", "choice", "flow", "stability", "drivers"]


def drawn(**how: Any) -> dict[str, Chart]:
    return Plot(*simulated(**how)).all()


def test_a_full_record_gives_every_chart() -> None:
    made = drawn()
    assert list(made) == NAMES
    assert [chart.name for chart in made.values()] == NAMES


def test_the_page_a_folder_and_a_notebook_have_the_same_pictures(tmp_path: Path) -> None:
    run = coterie.segment(customers(), value="Monetary", effort="quick", k=3)
    run.save(tmp_path / "run")
    made, html = run.plot.all(), run.report()
    assert {"map", "profile", "averages", "ranges", "gains", "drivers", "rfm"} <= made.keys()
    assert {path.stem for path in (tmp_path / "run" / "charts").iterdir()} == made.keys()
    for entry in CHARTS:
        chart = getattr(run.plot, entry.name)()
        assert chart == made.get(entry.name)
        if entry.on_page and chart is not None:
            assert chart.inline() in html


def test_the_page_shows_a_profile_a_segment_and_the_averages_as_a_table() -> None:
    record, points = simulated()
    html = page.render(record, points)
    measures = choose_measures(clean(record))
    for segment in record.segments:
        assert draw_panel(segment, measures).inline() in html
    assert {entry.name for entry in CHARTS if not entry.on_page} == {"profile", "averages", "ranges"}
    assert "Table: segments side by side" in html


def test_every_chart_is_named_in_the_docs() -> None:
    docs = Path(__file__).parents[2] / "docs" / "reference"
    table = re.findall(r"^\| `(\w+)` \|", (docs / "python.md").read_text().split("| chart |")[1], re.MULTILINE)
    line = next(x for x in (docs / "run-folder.md").read_text().splitlines() if "charts/*.svg" in x)
    assert table == [entry.name for entry in CHARTS]
    assert re.findall(r"`(\w+)`", line) == table


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_a_chart_is_one_well_formed_picture_that_states_its_finding(name: str, theme: Any) -> None:
    chart = drawn()[name]
    root = ET.fromstring(chart.svg(theme))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby", "").split()
    assert [root.find(f"{SVG}{t}").get("id") for t in ("title", "desc")] == labels  # type: ignore[union-attr]
    assert len(chart.desc) > 20
    assert chart.data
    assert all(isinstance(row, dict) for row in chart.data)
    assert ("var(--" in chart.svg(theme)) == (theme == "auto")


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_stays_inside_its_box(name: str) -> None:
    chart = drawn()[name]
    places = [float(v) for v in re.findall(r'<(?:rect|text|circle)[^>]* (?:x|cx)="(-?[\d.]+)"', chart.body)]
    assert places
    assert all(-1 <= v <= chart.width + 1 for v in places)


@pytest.mark.parametrize("verdict", [None, "none", "natural"])
def test_what_was_not_measured_is_not_drawn(verdict: str | None) -> None:
    found = drawn(verdict=verdict, value=False)
    assert "value" not in found
    assert "gains" not in found
    assert "map" in found


HOSTILE = st.text(min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(HOSTILE, min_size=5, max_size=5))
def test_any_name_leaves_every_chart_well_formed(names: list[str]) -> None:
    for chart in drawn(names=names).values():
        ET.fromstring(chart.svg("light"))


@pytest.mark.parametrize("k", [1, 2, 9, 17])
def test_any_number_of_segments_is_drawn(k: int) -> None:
    found = drawn(centers=[(10.0 + 7 * i, 90.0 - 4 * i) for i in range(k)], sizes=[40 + i for i in range(k)])
    for chart in found.values():
        ET.fromstring(chart.svg("light"))
    assert ("flow" in found) == (1 < k < 10)


def test_the_same_record_draws_the_same_bytes_and_marks_are_namespaced() -> None:
    first, again = drawn(), drawn()
    assert [c.svg("dark") for c in first.values()] == [c.svg("dark") for c in again.values()]
    ids = [i for c in first.values() for i in re.findall(r' id="([^"]+)"', c.svg())]
    assert len(ids) == len(set(ids))
