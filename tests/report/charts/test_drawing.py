"""A drawing: themes and files, a notebook, pictures of points, round numbers."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coterie import errors
from coterie.record import clean
from coterie.report.charts import Chart, drawing
from coterie.report.charts.flows import draw_value
from records import simulated


def drawn() -> Chart:
    chart = draw_value(clean(simulated()[0]))
    assert chart is not None
    return chart


def test_the_shapes_of_sixteen_segments_differ() -> None:
    assert len({drawing.trace_glyph(s) for s in range(1, 17)}) == 16


def test_a_file_carries_literal_colors_and_an_opaque_page(tmp_path: Path) -> None:
    chart = drawn()
    text = chart.save(tmp_path / "value.svg", theme="dark").read_text()
    assert drawing.DARK["bg"] in text
    assert 'class="page"' in text
    assert "var(" not in text


def test_a_chart_knows_its_themes_and_its_file_types(tmp_path: Path) -> None:
    chart = drawn()
    with pytest.raises(errors.InputError, match="sepia"):
        chart.svg("sepia")  # type: ignore[arg-type]
    with pytest.raises(errors.InputError, match="pdf"):
        chart.save(tmp_path / "value.pdf")


def test_a_chart_replaces_no_file_that_nobody_gave_away(tmp_path: Path) -> None:
    chart, there = drawn(), tmp_path / "value.svg"
    there.write_text("mine")
    with pytest.raises(errors.InputError, match="exists"):
        chart.save(there)
    assert there.read_text() == "mine"
    assert chart.save(there, overwrite=True).read_text() == chart.svg()
    with pytest.raises(errors.AccessError, match=r"value\.svg"):
        chart.save(tmp_path / "nowhere" / "value.svg")


def test_a_notebook_gets_a_picture_and_a_plain_console_the_finding() -> None:
    chart = drawn()
    assert chart._repr_svg_().startswith("<svg")
    assert "<svg" in chart._repr_html_()
    assert "20% of customers and 46% of revenue" in repr(chart)


def test_without_the_extra_a_png_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(errors.MissingExtra, match="png"):
        drawn().png()


def test_png_text_appears_where_no_font_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="the extra coterie[png] is not installed")
    pytest.importorskip("font_roboto", reason="the extra coterie[png] is not installed")
    chart = drawn()
    bare = drawing.Chart("t", "t", "d" * 30, 200, 40, drawing.tag("rect", width=1, height=1))
    worded = drawing.Chart("t", "t", "d" * 30, 200, 40, drawing.write(5, 25, "Wörter", "val"))
    plain = drawing.Chart("t", "t", "d" * 30, 200, 40, "")
    assert len(worded.png()) > 1.3 * len(plain.png())
    assert len(bare.png()) < len(worded.png())
    image = chart.save(tmp_path / "value.png", scale=1).read_bytes()
    assert image.startswith(b"\x89PNG")
    width, height = (int.from_bytes(image[i : i + 4]) for i in (16, 20))
    assert (width, height) == (pytest.approx(chart.width + 24, abs=1), pytest.approx(chart.height + 24, abs=1))


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 9))
def test_round_values_are_inside_few_and_even(low: float, span: float, about: int) -> None:
    high = low + span
    found = drawing.pick_round_values(low, high, about)
    assert len(found) <= about * 2 + 2
    room = 1e-8 * span + 1e-9 * abs(low)
    assert all(low - room <= v <= high + room for v in found)


def test_a_jupyter_kernel_shows_the_picture() -> None:
    pytest.importorskip("ipykernel", reason="Jupyter's kernel is not installed")
    manager = pytest.importorskip("jupyter_client.manager", reason="Jupyter's client is not installed")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from coterie.record import clean; from records import simulated\n"
        "from coterie.report.charts.flows import draw_value\n"
        "draw_value(clean(simulated()[0]))"
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
