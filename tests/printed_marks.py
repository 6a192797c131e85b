"""What a page prints, read back from its HTML: every mark with the two numbers beside it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_NUMBER = re.compile(r"^<?>?[^\d−-]{0,4}([−-]?[\d,.]+)\s*([TBMk]?)")
_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_DATE = re.compile(r"\d{4}(-\d{2}-\d{2})?")


@dataclass(frozen=True)
class Printed:
    """Two numbers side by side, and what the page makes of them: 1 above, −1 below, 0 nothing, None only marked."""

    where: str
    value: str
    overall: str
    marked: bool
    side: int | None

    @property
    def contradiction(self) -> str:
        """What is wrong with the mark, judged by the two printed numbers alone; empty where nothing is."""
        here, there = _read(self.value), _read(self.overall)
        if here is None or there is None:
            return f"{self.where}: marked beside nothing" if self.marked else ""
        share = self.value.endswith("%") and self.overall.endswith("%")
        away, least = round(here - there, 9), 10.0 if share else 0.1 * abs(there)
        if self.marked and not _DATE.fullmatch(self.overall):
            if abs(away) < round(least, 9) or away == 0:
                return f"{self.where}: {self.value} is marked beside {self.overall}"
            if self.side is not None and (away > 0) != (self.side > 0):
                return f"{self.where}: {self.value} is marked on the wrong side of {self.overall}"
        if not self.marked and share and abs(away) > least and not self.value.startswith("<"):
            return f"{self.where}: {self.value} is not marked beside {self.overall}"
        return ""


def _read(text: str) -> float | None:
    found = _NUMBER.match(text)
    return float(found[1].replace("−", "-").replace(",", "")) * _UNITS[found[2]] if found else None


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


def bars(page: str) -> list[Printed]:
    """Every bar, from the words that it says under the pointer."""
    found = []
    for kind, tip in re.findall(r'<g class="mark (mk|nm) s\d+" data-t="([^"]*)"', page):
        value, overall = re.search(r": ([^:]*) here, (.*?) over all", html.unescape(tip)).groups()  # type: ignore[union-attr]
        found.append(Printed(html.unescape(tip), value, overall, kind == "mk", None))
    return found


def cells(page: str) -> list[Printed]:
    """Every cell of the heat table, with its tint."""
    table = re.search(r'<table class="heat.*?</table>', page, re.S)
    if table is None:
        return []
    if " turned" in table[0][:40]:
        return _turned(table[0])
    foot = [_plain(c) for c in re.findall(r"<td>(.*?)</td>", re.search(r"<tfoot>(.*?)</tfoot>", table[0], re.S)[1])]  # type: ignore[index]
    found = []
    for row in re.findall(r"<tr data-s.*?</tr>", table[0], re.S):
        name = _plain(re.search(r"<th.*?</th>", row, re.S)[0])  # type: ignore[index]
        tinted = re.findall(r'<td><span(?: class="([pm])\d")?>(.*?)</span></td>', row)
        for (tint, value), overall in zip(tinted, foot, strict=True):
            side = {"p": 1, "m": -1}.get(tint)
            found.append(Printed(f"{name} in the table", html.unescape(value), overall, side is not None, side))
    return found


def _turned(table: str) -> list[Printed]:
    """The cells of a table with a row a measure."""
    found = []
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.S):
        label = _plain(re.search(r"<th.*?</th>", row, re.S)[0])  # type: ignore[index]
        overall = _plain(re.search(r'<td class="all">(.*?)</td>', row)[1])  # type: ignore[index]
        for tint, value in re.findall(r'<td data-s="\d+"><span(?: class="([pm])\d")?>(.*?)</span></td>', row):
            side = {"p": 1, "m": -1}.get(tint)
            found.append(Printed(f"{label} in the table", html.unescape(value), overall, side is not None, side))
    return found


def cards(page: str) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Every card: its segment, its name, and what it says differs: what, value, how far."""
    found = []
    for segment, body in re.findall(r'<li class="card" data-s="(\d+)">(.*?)</li>\n', page, re.S):
        lines = re.findall(r"<li><span>(.*?)</span><b>(.*?)(?: <em>(.*?)</em>)?</b></li>", body)
        flat = re.search(r'<li class="flat">(.*?)</li>', body)
        said = [tuple(_plain(part) for part in line) for line in lines]
        found.append((segment, _plain(flat[1]) if flat else "", said))
    return found  # type: ignore[return-value]


def contradictions(page: str) -> list[str]:
    """Every mark that the two numbers beside it do not bear out."""
    said = [p.contradiction for p in (*bars(page), *cells(page))]
    for segment, flat, lines in cards(page):
        for what, value, away in lines:
            if not away.startswith("all ") and away.startswith(("+", "−", "±")) and abs(_read(away[1:]) or 0.0) < 9.5:
                said.append(f"card {segment}: {what} {value} {away}")
            elif away.startswith("all "):
                said.append(Printed(f"card {segment}: {what}", value, away[4:], True, None).contradiction)
        if "lose to average" in flat:
            tinted = rf'data-s="{segment}"><span class="[pm]\d"|<tr data-s="{segment}"><th[^\n]*class="[pm]\d"'
            said += [f"card {segment}: {flat}"] if re.search(tinted, page) else []
    return [text for text in said if text]
