"""The report: one self-contained page that says what was found, and how far to trust it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from coterie.findings import Finding
from coterie.record import Points, dumps, parse
from coterie.report import page as report
from records import VERDICTS, explained, simulated, with_part, with_segment

TEMPLATES = Path(report.__file__).parent / "templates"
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Structure(HTMLParser):
    """Whether tags nest, and what the page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(**how: Any) -> str:
    record, points = simulated(**how)
    return report.render(record, points, source="customers.csv")


def text_of(html: str) -> str:
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_the_page_is_well_formed_and_says_the_verdict(verdict: str | None) -> None:
    html = page(verdict=verdict)
    structure = Structure(html)
    assert structure.open == []
    assert [tag for tag, _ in structure.tags].count("h1") == 1
    label = VERDICTS[verdict].label
    assert label in text_of(html).lower().replace("verdict: ", "") or label in text_of(html)
    if VERDICTS[verdict].text:
        assert VERDICTS[verdict].text.split(".")[0] in text_of(html)


def test_its_policy_names_exactly_its_own_style_and_script() -> None:
    html = page()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    for name, pattern in (("style-src", r"<style>(.*?)</style>"), ("script-src", r"<script>(.*?)</script>")):
        (text,) = re.findall(pattern, html, flags=re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in allowed
    assert "default-src 'none'" in allowed
    assert "unsafe" not in allowed


def test_it_needs_nothing_from_anywhere() -> None:
    structure = Structure(page())
    names = {name for _, attributes in structure.tags for name in attributes}
    assert not names & {"style", "src", "srcset", "onclick", "onload", "action", "poster", "background"}
    links = [attributes["href"] for _, attributes in structure.tags if "href" in attributes]
    assert all(link is not None and link.startswith("#") for link in links)
    targets = {attributes.get("id") for _, attributes in structure.tags}
    assert {str(link)[1:] for link in links} <= targets


def test_no_template_trusts_a_value() -> None:
    for path in TEMPLATES.iterdir():
        assert "|safe" not in path.read_text().replace(" ", "")


def test_ids_are_unique() -> None:
    ids = [a["id"] for _, a in Structure(page()).tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_the_same_record_makes_the_same_page_and_is_not_changed() -> None:
    record, points = simulated()
    before = dumps(record)
    assert report.render(record, points) == report.render(parse(before.encode(), "run"), points)
    assert dumps(record) == before


def test_five_thousand_points_and_twelve_segments_stay_below_400_kilobytes() -> None:
    record, _ = simulated(
        centers=[[20.0 + 30 * (i % 4), 20.0 + 35 * (i // 4), *[50.0] * 8] for i in range(12)],
        sizes=[60 - 4 * i for i in range(12)], columns=[(f"column_{i}", f"column {i}") for i in range(10)],
    )  # fmt: skip
    n = 5000
    points = Points(
        [i * 0.37 % 97 for i in range(n)], [i * 0.61 % 89 for i in range(n)], [1 + i % 12 for i in range(n)]
    )
    assert len(report.render(record, points).encode()) < 400_000


def test_the_first_screen_speaks_of_money_and_people_without_statistics() -> None:
    text = text_of(page()).split("What makes each segment different", 1)[0]
    assert "The segment High income, high spending is 20% of customers and 46% of all revenue." in text
    assert "Total revenue" in text
    assert "How sure Very other samples give the same ones" in text
    for statistic in ("silhouette", "p =", "resample", "Rand"):
        assert statistic not in text
    bare = text_of(page(value=False)).split("What makes each segment different", 1)[0]
    assert "Customers 200 in five segments" in bare


def test_a_customer_of_each_segment_is_worth_what_is_printed() -> None:
    record, points = simulated()
    text = text_of(report.render(record, points))
    best = next(s for s in record.segments if s.letter == "B")
    assert best.value is not None
    assert f"average {best.value / best.size:,.0f}" in text


def test_many_numbers_are_a_table_with_a_row_a_measure_and_few_are_bars() -> None:
    eight = [(f"f{i}", f"visits in month {i}") for i in range(8)]
    wide = page(centers=[[30.0] * 8, [70.0] * 8, [50.0] * 8], sizes=[90, 60, 50], columns=eight)
    assert '<table class="heat turned">' in wide
    assert "<summary>As bars, segment by segment</summary>" in wide
    assert '<table class="heat turned">' not in page()


def test_thousands_of_columns_take_the_page_little_room() -> None:
    record, points = simulated()
    spare = [replace(record.columns[0], name=f"c{i:04}", label=f"c{i:04}", role="dropped") for i in range(5_000)]
    found = [replace(record.findings[0], level="warning", column=c.name) for c in spare]
    wide = replace(record, columns=(*spare, *record.columns), findings=tuple(found))
    html = report.render(wide, points)
    assert len(html) < len(report.render(record, points)) + 60_000
    text = text_of(html)
    assert "c0011 and 4,988 more" in text
    assert f"{4_700 + len(record.columns):,} more They stand in run.json." in text
    assert all(c.label in text for c in record.columns)


def test_what_is_found_alike_of_several_columns_is_said_once() -> None:
    record, points = simulated()
    alike = tuple(replace(record.findings[0], column=column) for column in ("age", "annual_income"))
    text = text_of(report.render(replace(record, findings=alike), points))
    assert text.count("3 of the cells are empty") == 1
    assert "age and annual_income" in text


def test_untested_structure_is_said_and_nothing_is_called_a_group() -> None:
    text = text_of(page(verdict=None))
    assert "Structure not tested yet" in text
    assert "Whether there are separate groups at all has not been tested." in text
    assert "clearly apart" not in text


@pytest.mark.parametrize("verdict", ["none", "shape", "weak", "red"])
def test_constructed_segments_are_never_sold_as_types(verdict: str) -> None:
    text = text_of(page(verdict=verdict)).lower()
    assert "what makes each zone different" in text
    for forbidden in ("distinct customer type", "natural groups exist", "optimal", "clearly apart"):
        assert forbidden not in text


def test_an_idea_stands_on_a_card_and_vanishes_when_the_cut_is_not_repeatable() -> None:
    idea = "Protect: early access"
    natural, none, red = (page(verdict=v) for v in ("natural", "none", "red"))
    assert natural.count(idea) == none.count(idea) == 1
    assert idea not in red
    assert '<div class="greyed">' in red


def test_small_segments_show_no_averages() -> None:
    record, points = simulated(sizes=(60, 50, 40, 30, 7))
    text = text_of(report.render(record, points))
    small = record.segments[4]
    assert "fewer than 10 customers" in text
    assert "Averages of segments with fewer than ten customers are not printed." in text
    income = next(r for r in record.profile if r.segment == small.id and r.column == "annual_income")
    cards = report.render(record, points).split('data-s="5"')
    assert all(f"<b>{income.mean:.0f}" not in part[:1500] for part in cards[1:])


def test_asking_for_another_number_than_is_supported_is_said() -> None:
    record, points = simulated()
    asked = with_part(record, "choice", asked=5, supported=4, rule="asked")
    assert "You asked for 5; 4 is supported." in text_of(report.render(asked, points))


def test_without_points_no_customer_is_on_the_page() -> None:
    record, points = simulated(value=False)
    with_points, without = report.render(record, points), report.render(record, None)
    assert 'data-map="points"' in with_points
    assert "<svg" in without
    assert "data-map=" not in without.split("<script>")[0]
    assert Structure(without).open == []


def test_names_given_by_hand_lead_and_the_descriptor_stays_beside_them() -> None:
    record, points = simulated()
    text = text_of(report.render(with_segment(record, "B", given="Weekend families"), points))
    assert "B Weekend families High income, high spending" in text


def test_hostile_text_is_text() -> None:
    bad = "</script><script>alert(1)</script>"
    record, points = simulated(names=[bad] * 5)
    findings = tuple(replace(f, text="<img src=x onerror=alert(1)> {{7*7}}") for f in record.findings)
    html = report.render(replace(record, findings=findings), points, source="<b>x</b>\x1b.csv")
    structure = Structure(html)
    assert [tag for tag, _ in structure.tags].count("script") == 1
    assert not any(tag in ("img", "b") and "x" in attributes for tag, attributes in structure.tags)
    assert "{{7*7}}" in html
    assert "\x1b" not in html


def test_every_chart_has_its_numbers_as_a_table() -> None:
    html = page()
    assert html.count("<summary>Show the numbers</summary>") >= 8


def test_two_segments_are_spoken_of_as_two() -> None:
    text = text_of(page(verdict="partly", centers=[(20, 20), (80, 80)], sizes=(60, 60)))
    assert "some of them" not in text
    assert "part of the segments" not in text
    assert "Two segments" in text


def test_the_method_says_of_whom_and_a_share_of_what() -> None:
    text = text_of(page())
    assert "k-means on all customers" in text
    assert "of all revenue" in text


def test_a_page_shows_rules_tree_and_people() -> None:
    text = text_of(report.render(*explained()))
    assert "No short rule describes C." in text
    assert "The tree gives 86% their own segment." in text
    assert "income ≥ 70" in text
    assert "90% rightly" in text
    assert "50% rightly" not in text  # of seven customers nothing is printed
    assert "Income about 88" in text
    assert "10% of the segment, mostly towards B" in text
    assert "Who is typical" not in text_of(page())


def test_flags_are_not_broken_at_their_hyphens() -> None:
    record, points = simulated()
    odd = Finding("COT122", "warning", "age", 50, "−1 stands apart", "where it means missing: --missing 'age=-1'")
    html = report.render(replace(record, findings=(odd,)), points)
    assert 'where it means missing: <span class="nb">--missing</span> &#39;age=-1&#39;' in html
    assert '<span class="nb">--no-points</span> leaves them out' in html


def test_few_words_say_what_numbers_are_and_what_only_describes() -> None:
    record, _ = simulated()
    assert "Only spending score and income form the segments." in text_of(report.render(record))
    rows = tuple(replace(r, printed="median") if r.column == "annual_income" else r for r in record.profile)
    assert "Numbers are averages; of income, medians." in text_of(report.render(replace(record, profile=rows)))
    rows = tuple(replace(r, printed="mean" if r.column == "age" else "median") if r.level is None else r for r in rows)
    assert "Numbers are medians; of age, averages." in text_of(report.render(replace(record, profile=rows)))


def test_the_fewer_are_named_of_columns_that_form_and_that_describe() -> None:
    record, _ = simulated(
        columns=[(f"f{i}", f"visits in month {i}") for i in range(8)],
        centers=[[30.0] * 8, [70.0] * 8],
        sizes=[90, 60],
        value=False,
    )
    assert "Age and member only describe the segments." in text_of(report.render(record))
