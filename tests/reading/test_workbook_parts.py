"""A workbook's parts are found by its relationships, whatever a program calls them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.workbook_parts import Book, EnoughSeenError, parts_of, take_no_notice, texts_of

TYPES = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PARTS = {
    "_rels/.rels": f'<R><Relationship Id="a" Type="{TYPES}/officeDocument" Target="book/Main.xml"/></R>',
    "book/Main.xml": '<w><workbookPr date1904="1"/><s><sheet name="A" xmlns:r="r" r:id="1"/>'
    '<sheet name="B" state="hidden" xmlns:r="r" r:id="2"/><sheet name="Chart" xmlns:r="r" r:id="3"/></s></w>',
    "book/_rels/Main.xml.rels": f'<R><Relationship Id="1" Type="{TYPES}/worksheet" Target="/book/one.xml"/>'
    f'<Relationship Id="3" Type="{TYPES}/chartsheet" Target="chart.xml"/>'
    f'<Relationship Id="4" Type="{TYPES}/sharedStrings" Target="../texts.xml"/></R>',
    "book/one.xml": "<a><b/><b/><b/></a>",
    "texts.xml": "<sst><si><t>x</t></si><si><r><t>y</t></r><rPh><t>z</t></rPh></si></sst>",
}


def book_of(folder: Path, parts: dict[str, str] = PARTS) -> Book:
    with zipfile.ZipFile(folder / "t.xlsx", "w") as archive:
        for member, content in parts.items():
            archive.writestr(member, content)
    return Book(folder / "t.xlsx", "t.xlsx", zipfile.ZipFile(folder / "t.xlsx"))


def test_parts_are_where_the_relationships_say(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    parts = parts_of(book)
    assert (parts.sheets, parts.texts, parts.styles) == ({"A": "book/one.xml"}, "texts.xml", None)
    assert parts.dates_from_1904
    assert texts_of(book, parts) == ["x", "y"]


def test_backslashes_and_capitals_name_the_same_member(tmp_path: Path) -> None:
    book = book_of(tmp_path, {k.replace("/", "\\").upper(): v for k, v in PARTS.items()})
    assert parts_of(book).sheets == {"A": "book/one.xml"}
    assert book.has("BOOK/one.xml")


def test_a_member_is_left_when_enough_was_seen(tmp_path: Path) -> None:
    seen: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        seen.append(tag)
        if len(seen) == 2:
            raise EnoughSeenError

    book_of(tmp_path).parse("book/one.xml", start, take_no_notice, take_no_notice)
    assert seen == ["a", "b"]


def test_a_member_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match=r"book/Main\.xml is missing"):
        parts_of(book_of(tmp_path, {"_rels/.rels": PARTS["_rels/.rels"]}))
