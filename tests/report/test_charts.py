"""Charts: from the record alone, well formed, stating what they find, with the numbers behind them."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coterie import errors
from coterie.record import Points, read_points
from coterie.report import charts
from coterie.report.charts import drawing
from records import simulated

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["ribbons", "map", "profile", "heat", "ranges", "gains", "choice", "alluvial", "jaccard", "drivers"]


def drawn(**how: Any) -> dict[str, charts.Chart]:
    record, points = simulated(**how)
    return {chart.name: chart for chart in charts.pictures(record, points)}


def test_a_full_record_gives_every_chart() -> None:
    assert list(drawn()) == NAMES


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
    assert "ribbons" not in found
    assert "gains" not in found
    assert ("jaccard" in found) == (verdict is not None)
    assert "map" in found


def test_negative_value_draws_no_shares() -> None:
    record, _ = simulated()
    record["segments"][0]["value_share"] = -0.2
    assert charts.ribbons(record) is None
    assert charts.gains(record) is None


def test_ribbons_are_as_wide_as_their_shares() -> None:
    record, _ = simulated()
    chart = charts.ribbons(record)
    assert chart is not None
    widths = [float(w) for w in re.findall(r'<rect class="bar"[^>]*? width="([\d.]+)"', chart.body)]
    shares = [v for row in chart.data for v in (row["share"], row["value_share"])]
    assert widths == pytest.approx([484 * s - 3 * 4 * s for s in shares], abs=0.2)


def test_more_than_eight_segments_merge_the_smallest_into_one_ribbon() -> None:
    sizes = [200, 180, 160, 140, 120, 100, 80, 60, 8, 6]
    chart = drawn(sizes=sizes, centers=[(10.0 + 9 * i, 10.0 + 9 * (9 - i)) for i in range(10)])["ribbons"]
    assert [row["segment"] for row in chart.data].count(0) == 1
    assert sum(row["share"] for row in chart.data) == pytest.approx(1)


def test_the_map_shows_every_customer_once_in_the_color_of_its_segment() -> None:
    record, points = simulated()
    chart = charts.map_chart(record, points)
    assert chart is not None
    for segment in record["segments"]:
        path = re.search(rf'<path class="mark pts bar s{segment["id"]}" d="([^"]*)"', chart.body)
        assert path is not None
        assert path[1].count("M") == segment["size"]


def test_five_thousand_points_are_small_and_one_path_a_segment() -> None:
    record, _ = simulated()
    n = 5000
    points = Points([i % 97 + 0.5 for i in range(n)], [(i * 7) % 89 for i in range(n)], [1 + i % 5 for i in range(n)])
    chart = charts.map_chart(record, points)
    assert chart is not None
    assert chart.body.count('class="mark dots') == 5
    assert len(chart.body) < 100_000


def test_an_outlier_does_not_squeeze_the_map() -> None:
    record, points = simulated()
    far = Points([*points.x, 1e6], [*points.y, 50.0], [*points.segment, 1])
    chart = charts.map_chart(record, far)
    assert chart is not None
    low, high = (float(v) for v in dict(chart.attributes)["data-x"].split()[:2])
    assert high - low < 500


def test_places_on_the_map_read_back_as_values() -> None:
    record, points = simulated()
    record["sample"]["map"]["x"]["transform"] = "log"
    record["features"][0]["unit"] = 0.1
    chart = charts.map_chart(record, points)
    assert chart is not None
    attributes = dict(chart.attributes)
    assert len(attributes["data-x"].split()) == 5
    assert len(attributes["data-y"].split()) == 4
    ticks = re.findall(r'<text class="tick mid"[^>]*>([^<]*)<', chart.body)
    assert [float(t.replace(",", "")) for t in ticks] == sorted(float(t.replace(",", "")) for t in ticks)


def test_without_points_the_map_shows_counts_of_ten_or_more() -> None:
    record, _ = simulated()
    assert charts.map_chart(record, None) is None
    edges = [0.0, 25.0, 50.0, 75.0, 100.0]
    counts = [
        {"i": 0, "j": 0, "segment": 4, "n": 12},
        {"i": 3, "j": 3, "segment": 2, "n": 30},
        {"i": 1, "j": 1, "segment": 1, "n": 9},
    ]
    record["sample"]["map"]["cells"] = {"x": edges, "y": edges, "counts": counts}
    chart = charts.map_chart(record, None)
    assert chart is not None
    assert [row["n"] for row in chart.data] == [12, 30]
    assert chart.body.count('class="mark bar') == 2


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "x,y,segment\n1,zwei,3\n", "x,y,segment\n1,2\n", ""])
def test_points_of_another_shape_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(errors.FormatError, match="points"):
        read_points(path)


def test_points_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,segment\n1.5,2.0,3\n-1,0.25,1\n")
    assert read_points(path) == Points([1.5, -1.0], [2.0, 0.25], [3, 1])


def test_the_alluvial_keeps_every_customer_at_every_number_of_segments() -> None:
    record, _ = simulated()
    chart = drawn()["alluvial"]
    n = record["sample"]["rows"]
    for k in {row["k"] for row in chart.data}:
        assert sum(row["n"] for row in chart.data if row["k"] == k) == n
    assert "With 4, D Low income, low spending and E Low income, high spending are one." in chart.desc
    assert "With 6, " in chart.desc


def test_what_stands_out_is_saturated_and_the_rest_is_pale() -> None:
    chart = drawn()["profile"]
    strong = [row for row in chart.data if row["stands_out"]]
    assert chart.body.count('class="mark mk') == len(strong)
    assert chart.body.count('class="mark nm') == len(chart.data) - len(strong)
    assert {row["column"] for row in strong} >= {"annual_income", "spending_score"}


def test_no_bar_starts_from_a_zero_that_is_not_there() -> None:
    record, _ = simulated()
    for row in record["profile"]:
        if row["column"] == "age":
            row["mean"] += 1950
            row["overall"] += 1950
    chart = charts.profile_panel(record, 1)
    assert chart is not None
    assert chart.body.count("<circle") == 1


def test_choice_says_whether_groupless_tables_reach_as_much() -> None:
    record, _ = simulated()
    above = charts.choice(record)
    record["choice"]["candidates"][3]["null_silhouette"] = [0.5, 0.55, 0.6]
    below = charts.choice(record)
    assert above is not None
    assert below is not None
    assert "more than tables without groups reach" in above.desc
    assert "no more than tables without groups reach" in below.desc


def test_the_same_record_draws_the_same_bytes_and_marks_are_namespaced() -> None:
    first, again = drawn(), drawn()
    assert [c.svg("dark") for c in first.values()] == [c.svg("dark") for c in again.values()]
    ids = [i for c in first.values() for i in re.findall(r' id="([^"]+)"', c.svg())]
    assert len(ids) == len(set(ids))


def test_a_file_carries_literal_colors_and_an_opaque_page(tmp_path: Path) -> None:
    chart = drawn()["choice"]
    text = chart.save(tmp_path / "choice.svg", theme="dark").read_text()
    assert drawing.DARK["bg"] in text
    assert 'class="page"' in text
    assert "var(" not in text


def test_a_chart_knows_its_themes_and_its_file_types(tmp_path: Path) -> None:
    chart = drawn()["heat"]
    with pytest.raises(errors.InputError, match="sepia"):
        chart.svg("sepia")  # type: ignore[arg-type]
    with pytest.raises(errors.InputError, match="pdf"):
        chart.save(tmp_path / "heat.pdf")


def test_a_notebook_gets_a_picture_and_a_plain_console_the_finding() -> None:
    chart = drawn()["ribbons"]
    assert chart._repr_svg_().startswith("<svg")
    assert "<svg" in chart._repr_html_()
    assert "20% of customers and 46% of revenue" in repr(chart)


def test_without_the_extra_a_png_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(errors.MissingExtra, match="png"):
        drawn()["heat"].png()


def test_png_text_appears_where_no_font_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra coterie[png] is not installed")
    pytest.importorskip("font_roboto", reason="the extra coterie[png] is not installed")
    chart = drawn()["heat"]
    bare = drawing.Chart("t", "t", "d" * 30, 200, 40, drawing.tag("rect", width=1, height=1))
    worded = drawing.Chart("t", "t", "d" * 30, 200, 40, drawing.write(5, 25, "Wörter", "val"))
    plain = drawing.Chart("t", "t", "d" * 30, 200, 40, "")
    assert len(worded.png()) > 1.3 * len(plain.png())
    assert len(bare.png()) < len(worded.png())
    image = chart.save(tmp_path / "heat.png", scale=1).read_bytes()
    assert image.startswith(b"\x89PNG")
    width, height = (int.from_bytes(image[i : i + 4]) for i in (16, 20))
    assert (width, height) == (pytest.approx(chart.width + 24, abs=1), pytest.approx(chart.height + 24, abs=1))


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 9))
def test_round_values_are_inside_few_and_even(low: float, span: float, about: int) -> None:
    high = low + span
    found = drawing.round_values(low, high, about)
    assert len(found) <= about * 2 + 2
    room = 1e-8 * span + 1e-9 * abs(low)
    assert all(low - room <= v <= high + room for v in found)


HOSTILE = st.text(min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(HOSTILE, min_size=5, max_size=5))
def test_any_name_leaves_every_chart_well_formed(names: list[str]) -> None:
    record, points = simulated(names=names)
    for chart in charts.pictures(record, points):
        ET.fromstring(chart.svg("light"))


@pytest.mark.parametrize("k", [1, 2, 9, 17])
def test_any_number_of_segments_is_drawn(k: int) -> None:
    found = drawn(centers=[(10.0 + 7 * i, 90.0 - 4 * i) for i in range(k)], sizes=[40 + i for i in range(k)])
    for chart in found.values():
        ET.fromstring(chart.svg("light"))
    assert ("alluvial" in found) == (1 < k < 10)
    shapes = {drawing.glyph(s) for s in range(1, 17)}
    assert len(shapes) == 16


def test_a_jupyter_kernel_shows_the_picture() -> None:
    pytest.importorskip("ipykernel", reason="Jupyter's kernel is not installed")
    manager = pytest.importorskip("jupyter_client.manager", reason="Jupyter's client is not installed")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "from coterie.report import charts; from records import simulated\n"
        "charts.ribbons(simulated()[0])"
    )
    kernel, client = manager.start_new_kernel(kernel_name="python3")
    shown: list[dict[str, Any]] = []
    try:
        reply = client.execute_interactive(code, timeout=60, output_hook=lambda m: shown.append(m["content"]))
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok"
    (data,) = [content["data"] for content in shown if "data" in content]
    assert set(data) >= {"image/svg+xml", "text/html", "text/plain"}
    assert "46% of revenue" in data["text/plain"]
    ET.fromstring(data["image/svg+xml"])
