"""The parts of a workbook: which members of its archive they are."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from coterie import errors
from coterie.doors import frozen
from coterie.reading.packed import MOST_RATIO

PIECE = 1 << 18
LARGEST_MEMBER = 100_000_000
USUAL = "xl/workbook.xml"

OnStart = Callable[[str, dict[str, str]], None]
OnText = Callable[[str], None]


class EnoughSeenError(Exception):
    """What was looked for in a member was seen."""


class Book:
    """The members of a workbook, each parsed within its budget.

    Some programs write backslashes in the names, or capitals.
    """

    def __init__(self, path: Path, name: str, archive: zipfile.ZipFile) -> None:
        self.name, self._archive = name, archive
        self._packed = path.stat().st_size
        self._members = {_plain_name(member): member for member in archive.namelist()}

    def parse(self, member: str, start: OnStart, end: OnText, text: OnText) -> None:
        """Parse a member; names come without their namespace.

        ``EnoughSeenError`` from one of the functions ends it.

        Raises
        ------
        InputError : far too large, not XML, or with entities or a document type, which no workbook needs.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition("}")[2], attributes)
        parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            self._feed(parser, member)
        except EnoughSeenError:
            return
        except expat.ExpatError as error:
            raise errors.damaged(self.name, f"{member} is not valid XML (line {error.lineno:,})") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise errors.damaged(self.name, f"{member} cannot be unpacked") from error
        except KeyError as error:
            raise errors.damaged(self.name, f"{member} is missing") from error

    def _feed(self, parser: expat.XMLParserType, member: str) -> None:
        info = self._archive.getinfo(self._members[_plain_name(member)])
        size, packed = 0, max(1, info.compress_size)
        with self._archive.open(info) as content:
            while piece := content.read(PIECE):
                size += len(piece)
                if size > LARGEST_MEMBER and size > MOST_RATIO * packed:
                    raise errors.too_large_unpacked(self.name, self._packed, size)
                parser.Parse(piece, False)
            parser.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise errors.damaged(self.name, "its XML declares entities", "Do not trust this workbook; save it anew.")

    def has(self, member: str) -> bool:
        """Whether the workbook has a member."""
        return _plain_name(member) in self._members


def _plain_name(member: str) -> str:
    return member.replace("\\", "/").lstrip("/").lower()


def take_no_notice(*_: object) -> None:
    """Take no notice."""


@frozen
class Parts:
    """The members that are the visible sheets, the texts and the styles."""

    sheets: dict[str, str]
    texts: str | None
    styles: str | None
    dates_from_1904: bool


class _Relation(NamedTuple):
    kind: str  # the last part of its type, such as worksheet; empty where it has none
    target: str


def parts_of(book: Book) -> Parts:
    """Return a workbook's parts, as its relationships name them."""
    start = next((r.target for r in _relations(book, "").values() if r.kind == "officeDocument"), USUAL)
    found: list[tuple[str, str]] = []
    old_dates = [False]

    def workbook(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((v for k, v in attributes.items() if k.endswith("}id")), "")
            found.append((attributes.get("name", ""), key))
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            old_dates[0] = True

    book.parse(start, workbook, take_no_notice, take_no_notice)
    related = _relations(book, start)
    sheets = {name: related[key].target for name, key in found if key in related and _is_sheet(related[key])}
    folder = posixpath.dirname(start)

    def named(kind: str) -> str | None:
        targets = [r.target for r in related.values() if r.kind == kind]
        target = targets[0] if targets else posixpath.join(folder, f"{kind}.xml")
        return target if book.has(target) else None

    return Parts(sheets, named("sharedStrings"), named("styles"), old_dates[0])


def _is_sheet(relation: _Relation) -> bool:
    return relation.kind == "worksheet" if relation.kind else "worksheets/" in relation.target


def _relations(book: Book, member: str) -> dict[str, _Relation]:
    """Return what a member is related to, by its key there."""
    folder, name = posixpath.split(member)
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, _Relation] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/")
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = _Relation(kind, full)

    if member or book.has(where):
        book.parse(where, relation, take_no_notice, take_no_notice)
    return found


def texts_of(book: Book, parts: Parts) -> list[str]:
    """Return the workbook's shared texts; readings of characters (ruby) are left out."""
    if parts.texts is None:
        return []
    found: list[str] = []
    pieces: list[str] = []
    state = {"in": False, "ruby": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        state["ruby"] += tag == "rPh"
        state["in"] = tag == "t" and not state["ruby"]

    def end(tag: str) -> None:
        state["in"] = False
        state["ruby"] -= tag == "rPh"
        if tag == "si":
            found.append("".join(pieces))
            pieces.clear()

    book.parse(parts.texts, start, end, lambda text: pieces.append(text) if state["in"] else None)
    return found
