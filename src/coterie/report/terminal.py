"""Terminal: what a run shows when it is done: the verdict, the segments as bars, where things were written.

A pure function of the record: no clock, no width of its own, no color unless told. Every text of the data was made
harmless before it is shown, so a name can neither move the cursor nor color the screen.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from coterie import words
from coterie.report import story, terminal_rfm
from coterie.report.charts import view_of_json as view
from coterie.report.charts.view_of_json import shown_name

_SIGNS = {"green": "✓", "green-amber": "✓", "amber": "≈", "red": "✕", "grey": "?"}
_INKS = {"green": "32", "green-amber": "32", "amber": "33", "red": "31", "grey": "2"}
_SEGMENT_INKS = (33, 208, 37, 133, 178, 141, 168, 71)
_PAIR = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[=<])|(?<=[=<]) (?=[\d<.])")  # a number and what belongs to it
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_NARROW, _BARE, _LEAST, _MARKERS = 76, 46, 30, 34


def show(
    record: Mapping[str, Any],
    *,
    source: str,
    written: Mapping[str, str],
    seconds: float,
    width: int = 100,
    color: bool = False,
) -> str:
    """Return the result as lines of text, ready to print.

    Parameters
    ----------
    record
        The content of `run.json`.
    source
        What was segmented, for the first line.
    written
        What was written and where: `{"report": "customers-segments/report.html", …}`.
    seconds
        How long it took.
    width
        Columns of the terminal; where it is narrow the markers go to their own lines, then the bars go.
    color
        Whether the terminal shows color (false under `NO_COLOR`).
    """
    record = view.clean(record)
    width = max(width, _LEAST)
    paint = _Paint(color)
    lines = [*_head(record, view.plain(source), width, paint), "", *_verdict(record, width, paint), ""]
    lines += [*_table(record, width, paint), ""]
    lines += [*(paint(line, "2") for line in _wrapped(" ".join(story.notes(record)), width)), ""]
    scored = terminal_rfm.beside(record, width=width)
    lines += [*(paint(line, "2") for line in scored), ""] if scored else []
    lines += _written({view.plain(k): view.plain(v) for k, v in written.items()}, seconds, width, paint)
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Paint:
    """Colors a text, or leaves it as it is."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text

    def segment(self, text: str, segment: int) -> str:
        return self(text, f"38;5;{_SEGMENT_INKS[view.slot(segment) - 1]}")


def _head(record: Mapping[str, Any], source: str, width: int, paint: _Paint) -> list[str]:
    n, columns = view.customers(record), len(record["columns"])
    counts = f"{n:,} customer{'s' if n != 1 else ''}, {columns:,} column{'s' if columns != 1 else ''}"
    room = width - 11 - len(counts)
    if room >= 12:
        return [f"{paint('coterie', '1')}  {_cut(source, room)}  {paint(counts, '36')}"]
    return [f"{paint('coterie', '1')}  {_cut(source, width - 9)}", paint(_cut(counts, width), "36")]


def _verdict(record: Mapping[str, Any], width: int, paint: _Paint) -> list[str]:
    """Return the sign, the words and the numbers behind them."""
    face, label = view.face(record)
    said = [f"{words.sentence(label)}."]
    said += [f"{story.headline(record)}."] if record["verdict"]["code"] is not None else []
    silhouette, ari = record["model"]["silhouette"], view.repeatability(record)
    numbers = [] if silhouette is None else [f"separation {words.rounded(silhouette)}"]
    numbers += [] if ari is None else [f"repeatability {words.rounded(ari)}"]
    p = record["verdict"]["p_structure"]
    numbers += [] if p is None else [words.p_value(p)]
    tail = words.sentence(", ".join(numbers))
    lines = _wrapped(" ".join([*said, tail]).strip(), width - 2)
    sign = paint(_SIGNS.get(face, "?"), _INKS.get(face, "2"))
    first = lines[0]
    if tail and first.endswith(tail):
        first = first[: -len(tail)] + paint(tail, "2")
    return [f"{sign} {first}", *(f"  {paint(line, '2') if line in tail else line}" for line in lines[1:])]


def _table(record: Mapping[str, Any], width: int, paint: _Paint) -> list[str]:
    """One line a segment: name, size, share, value, a bar, what differs; as many of them as there is room for."""
    ordered, worth = view.by_value(record), view.has_value(record)
    sizes = [words.short_count(s["size"]) for s in ordered]
    shares = [words.percent(s["share"]) for s in ordered]
    values = [words.percent(s["value_share"]) if worth else "" for s in ordered]
    head = ("Customers", "Value" if worth else "")
    n_size = max(len(head[0]) - 5, *(len(s) for s in sizes)) if sizes else 4
    fixed = n_size + 1 + 4 + (2 + 5 if worth else 0)
    bar = 0 if width < _BARE else 8 if width < _NARROW else min(18, width // 7)
    named = [_width(f"{s['letter']} {shown_name(s)}") for s in ordered]
    room = width - fixed - 2 - (bar + 2 if bar else 0)
    wide = width >= _NARROW and room - max(named, default=8) >= _MARKERS
    name_width = max(8, min(max(named, default=8), room))
    left = width - name_width - 2 - fixed - (bar + 2 if bar else 0) - 2
    title = f"{'Segment':<{name_width}}  {head[0]:>{n_size + 5}}" + (f"  {head[1]:>5}" if worth else "")
    title += (" " * (bar + 2) + "  What differs") if wide else ""
    lines = [paint(_cut(title, width), "2")]
    top = max((s["value_share"] if worth else s["share"] for s in ordered), default=1.0) or 1.0
    for segment, size, share, value in zip(ordered, sizes, shares, values, strict=True):
        named_as = _pad(_cut(f"{segment['letter']} {shown_name(segment)}", name_width), name_width)
        lead = len(segment["letter"])
        line = f"{paint.segment(named_as[:lead], segment['id'])}{named_as[lead:]}  {size:>{n_size}} {share:>4}"
        line += f"  {value:>5}" if worth else ""
        if bar:
            part = (segment["value_share"] if worth else segment["share"]) / top
            line += "  " + paint.segment(_bar(part, bar), segment["id"])
        differs = _differs(segment)
        lines.append(f"{line}  {_cut(differs, left)}" if wide else line)
        if not wide:
            lines.append(paint("  " + _cut(differs, width - 2), "2"))
    return lines


def _differs(segment: Mapping[str, Any]) -> str:
    """Return the markers in a line: `income 87 +43%, score 82 +64%`; after the factual name where another was given."""
    if segment["given"]:
        return f"{segment['name']}; {_differs({**segment, 'given': None})}"
    if words.too_few(segment["size"]):
        return "too few to print averages"
    said = []
    for marker in segment["markers"][:3]:
        what, value, away = story.difference(marker)
        said.append(f"{what} {value} {f'({away})' if away.startswith('all') else away}".strip())
    return ", ".join(said) or "close to average"


def _bar(part: float, length: int) -> str:
    """Return a bar of eighths of a cell, padded to its full length."""
    eighths = math.ceil(max(min(part, 1.0), 0.0) * length * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(length)


def _written(written: Mapping[str, str], seconds: float, width: int, paint: _Paint) -> list[str]:
    """Where things are, as many to a line as fit, and how long it took."""
    parts = [(what, where) for what, where in written.items()] + [("", f"{seconds:.1f} s")]
    lines: list[str] = []
    used = 0
    for what, where in parts:
        length = _width(f"{what} {where}".strip())
        text = f"{paint(what, '2')} {where}".strip() if what else paint(where, "36")
        if lines and used + 3 + length <= width:
            lines[-1] += "   " + text
            used += 3 + length
        else:
            lines.append(text)
            used = length
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines; what a no-break space holds together stays so, and reads as a space in the end."""
    lines: list[str] = []
    for word in filter(None, _PAIR.sub("\u00a0", text).split(" ")):
        if lines and _width(lines[-1]) + 1 + _width(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def _width(text: str) -> int:
    """How many cells of the terminal a text takes."""
    return sum(0 if unicodedata.combining(c) or c in "\u200b\u200c\u200d\ufe0f" else _cells(c) for c in text)


def _cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _width(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…" if width > 0 else ""


def _pad(text: str, width: int) -> str:
    return text + " " * max(width - _width(text), 0)
