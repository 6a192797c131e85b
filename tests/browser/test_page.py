"""The report in a real browser: readable by everybody, silent, and deaf to hostile names."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from browser.chromium import Browser
from coterie import simulate
from coterie.engines import connect
from coterie.report import comparison_page, lift_page
from coterie.report import page as report
from records import VERDICTS, explained, simulated
from report.test_comparison_page import compared

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</script><script>alert(1)</script>",
    "'-alert(1)-' {{7*7}} ${7*7} \u202egpj.exe \x1b[2J",
)


def variants() -> dict[str, dict[str, Any]]:
    """The reports that differ in what they show."""
    found: dict[str, dict[str, Any]] = {str(code): {"verdict": code} for code in VERDICTS}
    found["no value"] = {"verdict": "none", "value": False}
    found["twelve"] = {
        "centers": [(20.0 + 30 * (i % 4), 20.0 + 35 * (i // 4)) for i in range(12)],
        "sizes": [60 - 4 * i for i in range(12)],
    }
    found["two, wide"] = {
        "centers": [[30.0] * 8, [70.0] * 8],
        "sizes": [90, 60],
        "columns": [(f"f{i}", f"visits in month {i}") for i in range(8)],
    }
    found["hostile"] = {"names": HOSTILE, "columns": [(HOSTILE[0], HOSTILE[0]), (HOSTILE[3], HOSTILE[1])]}
    found["long names"] = {"names": ["Weekend families who come by car and " * 6 + str(i) for i in range(5)]}
    return found


@pytest.fixture
def html(tmp_path: Path) -> Any:
    """Writes the report of a variant to a file."""

    def write(name: str, points: bool = True) -> Path:
        made = simulated if name == "two, wide" else explained
        record, places = made(**variants()[name])
        target = tmp_path / "report.html"
        target.write_text(report.render(record, places if points else None, source="customers.csv"), encoding="utf-8")
        return target

    return write


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", variants())
def test_nobody_is_kept_from_reading(page: Browser, axe: str, html: Any, name: str, dark: bool) -> None:
    target = html(name)
    page.open(target, dark=dark)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.run(f"{axe}; 1")
    found = json.loads(
        page.run("axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))")
    )
    told = [f"{v['id']}: {n['html'][:160]} {n.get('failureSummary', '')[:300]}" for v in found for n in v["nodes"][:2]]
    assert not told, "\n".join(told)


def test_a_highlighted_segment_keeps_nobody_from_reading(page: Browser, axe: str, html: Any) -> None:
    page.open(html("natural"))
    page.run("document.querySelector('.lg button[data-f=\"3\"]').click()")
    page.run(f"{axe}; 1")
    found = json.loads(page.run("axe.run(document).then((r) => JSON.stringify(r.violations.map((v) => v.id)))"))
    assert found == []


SMALLEST = """(() => { let least = [99, ""]; for (const el of document.querySelectorAll("body *")) {
  if (![...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
  if (el.closest(".vh, .skip, #tip, script, style, title, desc")) continue;
  const box = el.getBoundingClientRect(); if (!box.width || !box.height) continue;
  let size = parseFloat(getComputedStyle(el).fontSize);
  if (el.ownerSVGElement) { const m = el.getScreenCTM(); size *= Math.hypot(m.b, m.d); }
  if (size < least[0]) least = [size, el.textContent.slice(0, 60)]; } return least; })()"""
OUTSIDE = """[...document.querySelectorAll("svg.ct text")].filter((t) => { const a = t.getBoundingClientRect(),
  b = t.ownerSVGElement.getBoundingClientRect(); return a.width && (a.left < b.left - 2 || a.right > b.right + 2
  || a.top < b.top - 3 || a.bottom > b.bottom + 3); }).map((t) => t.textContent)"""


CROWDED = """[...document.querySelectorAll("svg.ct .onbar")].filter((t) => { const a = t.getBoundingClientRect();
  if (!a.width) return false; return ![...t.parentElement.querySelectorAll("rect")].some((r) => {
  const b = r.getBoundingClientRect(); return a.left > b.left && a.right < b.right && a.top > b.top - 3
  && a.bottom < b.bottom + 3; }); }).map((t) => t.textContent)"""
BEYOND = """[...document.querySelectorAll("body *")].filter((e) => { if (e.closest(".vh, .skip, #tip, .scroll, pre"))
  return false; const b = e.getBoundingClientRect(); return b.width && (b.left < -1
  || b.right > document.documentElement.clientWidth + 1); }).map((e) => `${e.tagName} ${e.textContent.slice(0, 40)}`)"""


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["natural", "twelve", "two, wide", "long names", "hostile"])
def test_nothing_sticks_out_of_the_page_and_no_word_out_of_its_block(
    page: Browser, html: Any, name: str, width: int
) -> None:
    page.open(html(name), width=width)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.run(BEYOND) == []
    assert page.run(CROWDED) == []


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024, 1280])
@pytest.mark.parametrize("name", ["natural", "no value", "twelve", "two, wide", "long names"])
def test_no_words_are_too_small_to_read_or_outside_of_their_chart(
    page: Browser, html: Any, name: str, width: int
) -> None:
    page.open(html(name), width=width)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    size, text = page.run(SMALLEST)
    assert size >= 10, text
    assert page.run(OUTSIDE) == []


@pytest.mark.parametrize("name", ["natural", "no value", "twelve", "long names"])
def test_no_words_on_paper_are_smaller_than_seven_points(page: Browser, html: Any, name: str) -> None:
    page.open(html(name), width=703)  # A4 between its margins
    page.call("Emulation.setEmulatedMedia", media="print")
    size, text = page.run(SMALLEST)
    wide = page.run("document.documentElement.scrollWidth")
    body = page.run("parseFloat(getComputedStyle(document.querySelector('.sub')).fontSize)")
    page.call("Emulation.setEmulatedMedia", media="")
    assert size * 0.75 >= 7, text
    assert body * 0.75 >= 9
    assert wide <= 703


@pytest.mark.parametrize("name", variants())
def test_the_page_is_silent_and_asks_for_nothing(page: Browser, html: Any, name: str) -> None:
    target = html(name)
    page.open(target)
    page.run("new Promise((done) => setTimeout(done, 60))")
    assert page.complaints() == []
    assert page.requests(target) == []


@pytest.mark.parametrize("name", variants())
def test_no_width_scrolls_sideways(page: Browser, html: Any, name: str) -> None:
    target = html(name)
    for width in (320, 390, 768, 1280):
        page.open(target, width=width)
        assert page.run("document.documentElement.scrollWidth") <= width


def test_hostile_names_never_run_and_are_shown_as_they_are(page: Browser, html: Any) -> None:
    target = html("hostile")
    page.open(target)
    page.run("window.alert = () => { window.ran = true; }")
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.run("document.querySelectorAll('.lg button').forEach((b) => b.click())")
    shown = page.run("document.body.innerText")
    assert page.run("window.ran === undefined && document.images.length === 0")
    assert page.run("document.querySelectorAll('script').length") == 1
    assert HOSTILE[0] in shown
    assert "{{7*7}} ${7*7} \\u202egpj.exe \\x1b[2J" in shown


def test_the_policy_stops_a_script_that_got_in(page: Browser, html: Any) -> None:
    target = html("natural")
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("<h1>", "<script>document.title = 'taken'</script><h1>"), encoding="utf-8")
    page.open(target)
    assert page.run("document.title") == "Customer segments: customers.csv"
    assert any("Content Security Policy" in said for said in page.complaints())


def test_without_scripts_everything_is_there(page: Browser, html: Any) -> None:
    target = html("natural")
    page.open(target, script=False)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    seen = page.run("document.body.innerText")
    assert "Five customer groups" in seen
    assert page.run("document.querySelectorAll('svg.ct[role=img]').length") >= 8
    assert page.run("[...document.querySelectorAll('button')].every((b) => b.offsetParent === null)")


def test_one_segment_is_highlighted_everywhere_and_let_go(page: Browser, html: Any) -> None:
    page.open(html("natural"))
    page.run("document.querySelector('.lg button[data-f=\"3\"]').click()")
    assert page.run("document.querySelectorAll('[data-s]:not(.lit)').length") > 20
    assert page.run("[...document.querySelectorAll('.lit')].every((m) => m.dataset.s === '3')")
    assert page.run("getComputedStyle(document.querySelector('.card[data-s=\"1\"]')).filter") == "grayscale(1)"
    page.press("Escape")
    assert page.run("document.querySelectorAll('.lit').length") == 0


def test_arrow_keys_read_the_marks_of_a_figure_aloud(page: Browser, html: Any) -> None:
    page.open(html("natural"))
    page.run("document.querySelector('#choice figure').focus()")
    page.press("ArrowRight")
    first = page.run("document.getElementById('live').textContent")
    page.press("ArrowRight")
    second = page.run("document.getElementById('live').textContent")
    page.press("ArrowLeft")
    assert first.startswith("2 segments: separation")
    assert second.startswith("3 segments: separation")
    assert page.run("document.getElementById('live').textContent") == first
    assert page.run("document.getElementById('live').getAttribute('aria-live')") == "polite"


def test_the_map_tells_a_customer_under_the_pointer(page: Browser, html: Any) -> None:
    page.open(html("no value"), height=900)
    x, y = page.run(
        "(() => { const m = document.querySelector('svg[data-map]'), b = m.getBoundingClientRect(),"
        " s = b.width / m.viewBox.baseVal.width,"
        " d = m.querySelector('path[data-n]').getAttribute('d').match(/M(\\d+) (\\d+)/);"
        " return [b.x + d[1] * s, b.y + d[2] * s]; })()"
    )
    page.move(x, y)
    said = page.run("document.getElementById('tip').textContent")
    assert said.startswith("A Average customers · income about ")


def test_prints_on_few_pages_with_the_folded_parts_open(page: Browser, html: Any, tmp_path: Path) -> None:
    page.open(html("natural"), dark=True)
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 5
    assert page.run("document.documentElement.dataset.theme === undefined")


# Cards that leave a column of their rows empty, code that sticks out of its box, and what is printed after the method.
UNFILLED = """(() => { const box = document.querySelector(".cards"), cards = [...box.children];
  const right = Math.max(...cards.map((c) => c.getBoundingClientRect().right));
  return Math.round(box.getBoundingClientRect().right - right); })()"""
STICKING = """[...document.querySelectorAll("pre")].filter((e) => e.scrollWidth > e.clientWidth + 1).length"""


@pytest.mark.parametrize("name", ["natural", "no value", "twelve", "long names"])
def test_on_paper_cards_fill_their_rows_and_no_code_sticks_out(page: Browser, html: Any, name: str) -> None:
    page.open(html(name), width=703)
    page.call("Emulation.setEmulatedMedia", media="print")
    empty, sticking = page.run(UNFILLED), page.run(STICKING)
    page.call("Emulation.setEmulatedMedia", media="")
    assert empty <= 1
    assert sticking == 0


# How many cards and panels stand in each row.
ROWS = """(() => { const rows = {};
  for (const e of document.querySelectorAll(".cards > li, #diff .panels:not(.few) > figure")) {
  const key = e.tagName + Math.round(e.getBoundingClientRect().top); rows[key] = (rows[key] || 0) + 1; }
  const of = (tag) => Object.entries(rows).filter(([k]) => k.startsWith(tag)).map(([, n]) => n);
  return [of("LI"), of("FIGURE")]; })()"""


@pytest.mark.parametrize(("n", "cards", "panels"), [(3, [3], [3]), (4, [4], [4]), (6, [3, 3], None), (7, [4, 3], None)])
def test_on_paper_no_row_is_left_half_empty(
    page: Browser, tmp_path: Path, n: int, cards: list[int], panels: list[int] | None
) -> None:
    record, points = simulated(
        centers=[(10.0 + 30 * (i % 3), 10.0 + 35 * (i // 3)) for i in range(n)], sizes=[60] * n, value=False
    )
    target = tmp_path / "report.html"
    target.write_text(report.render(record, points), encoding="utf-8")
    page.open(target, width=703)
    page.call("Emulation.setEmulatedMedia", media="print")
    found = page.run(ROWS)
    page.call("Emulation.setEmulatedMedia", media="")
    assert found[0] == cards
    assert panels is None or found[1] == panels


HIDDEN = """[...document.querySelectorAll(".scroll, pre")].filter((e) => e.scrollWidth > e.clientWidth)
  .map((e) => e.getAttribute("aria-label"))"""
LARGEST = """[...document.querySelectorAll("svg.ct text")].filter((t) => t.getBoundingClientRect().width)
  .map((t) => { const m = t.getScreenCTM();
  return [parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.b, m.d), t.textContent]; })
  .reduce((a, b) => a[0] < b[0] ? b : a)"""


@pytest.mark.parametrize("name", ["natural", "no value", "two, wide", "none"])
def test_on_a_wide_page_no_table_is_cut_and_no_chart_shouts(page: Browser, html: Any, name: str) -> None:
    page.open(html(name))
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.run(HIDDEN) == []
    size, text = page.run(LARGEST)
    assert size <= 15.5, text


def test_a_campaigns_result_has_no_page_for_a_few_lines(page: Browser, tmp_path: Path) -> None:
    target = tmp_path / "lift.html"
    target.write_text(lifted(), encoding="utf-8")
    page.open(target)
    pdf = page.pdf()
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") == 1


def test_a_hostile_file_is_harmless_from_end_to_end(page: Browser, tmp_path: Path) -> None:
    names = ["customer_id", HOSTILE[0], HOSTILE[3], "plan\x1b[2J", "__proto__", "constructor", "spend"]
    with (tmp_path / "bad.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(names)
        for i in range(120):
            high = 50 if i % 2 else 0
            rows.writerow(
                [f"C{i:03d}", i * 7 % 31 + high, i * 11 % 17 + high, HOSTILE[i % 5], i % 4, i % 6, i * 13 % 97]
            )
    run = coterie.segment(tmp_path / "bad.csv", k=3, effort="quick", value="spend")
    target = tmp_path / "report.html"
    target.write_text(run.report(), encoding="utf-8")
    page.open(target)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.complaints() == []
    assert page.requests(target) == []
    assert page.run("document.querySelectorAll('script').length") == 1
    assert page.run("document.querySelectorAll('img, svg[onload]').length") == 0
    assert HOSTILE[0] in page.run("document.body.textContent")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the simulated shop, as the demo makes it."""
    folder = tmp_path_factory.mktemp("shop")
    engine = connect()
    try:
        simulate.shop(engine, folder / "purchases.parquet", folder / "truth.parquet", customers=4_000)
    finally:
        engine.close()
    run = coterie.segment(folder / "purchases.parquet", purchases={})
    return run.report(folder / "report.html")


@pytest.mark.parametrize(("width", "most"), [(1280, 5_500), (390, 10_000)])
def test_a_shop_is_told_in_few_words_and_screens(page: Browser, shop: Path, width: int, most: int) -> None:
    page.open(shop, width=width)
    assert page.run("document.body.innerText.split(/\\s+/).filter(Boolean).length") <= 1_600
    assert page.run("document.documentElement.scrollHeight") <= most


def test_a_shop_is_four_or_five_pages_on_paper(page: Browser, shop: Path) -> None:
    page.open(shop)
    pdf = page.pdf()
    assert 4 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") <= 5


def lifted() -> str:
    """The page of a campaign whose audience has segments of hostile and of long names."""
    table = pd.DataFrame(simulate.tutorial())
    run = coterie.segment(table, k=4, max_k=5, effort="quick").name("A", HOSTILE[0])
    run = run.name("B", "Weekend families who come by car, with many returns and large orders")
    with tempfile.TemporaryDirectory() as folder:
        made = run.audience(Path(folder) / "a", holdout=0.3, key="spring")
        results = {"customer_id": table["customer_id"].to_numpy(), "revenue": np.arange(300.0) % 7}
        return lift_page.render(coterie.lift(made, results, outcome="revenue"))


OTHER_PAGES = {"compared": lambda: comparison_page.render(compared(HOSTILE[0])), "lifted": lifted}


@pytest.mark.parametrize("width", [1280, 900, 390, 320])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", OTHER_PAGES)
def test_nobody_is_kept_from_comparing(
    page: Browser, axe: str, tmp_path: Path, name: str, dark: bool, width: int
) -> None:
    target = tmp_path / "page.html"
    target.write_text(OTHER_PAGES[name](), encoding="utf-8")
    page.open(target, dark=dark, width=width)
    assert page.complaints() == []
    assert page.run("document.documentElement.scrollWidth") <= width
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.run(BEYOND) == []
    assert page.run(SMALLEST)[0] >= 10
    assert page.run(OUTSIDE) == []
    assert "…" not in page.run("[...document.querySelectorAll('svg.ct text')].map((t) => t.textContent).join()")
    page.run(f"{axe}; 1")
    found = page.run("axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))")
    assert json.loads(found) == []
