"""Terminal: what a run shows when it is done.

The verdict, the segments as bars, where things were written. A pure function of the record: no clock, no width of its
own, no color unless told. Every text of the data was made harmless before it is shown, so a name can neither move the
cursor nor color the screen.
"""

from __future__ import annotations

from collections.abc import Mapping

from coterie import words
from coterie.record import CleanRecord, Record, Segment, clean, clean_text
from coterie.report import first_lines, story, terminal_rfm, view
from coterie.report.cells import beside, draw_bar, named, width_of, wrap

_SIGNS = {"green": "✓", "green-amber": "✓", "amber": "≈", "red": "✕", "grey": "?"}
_INKS = {"green": "32", "green-amber": "32", "amber": "33", "red": "31", "grey": "2"}
_SEGMENT_INKS = (33, 208, 37, 133, 178, 141, 168, 71)
_NARROW, _BARE, _LEAST, _MARKERS = 76, 46, 30, 34


def show(
    record: Record,
    *,
    source: str,
    written: Mapping[str, str],
    seconds: float,
    changed: Mapping[str, int] | None = None,
    width: int = 100,
    color: bool = False,
) -> str:
    """Return the result as lines of text, ready to print.

    Parameters
    ----------
    source : what was segmented, for the first line.
    written : what was written and where: ``{"report": "customers-segments/report.html", …}``.
    seconds : how long it took.
    changed : of a refreshed run, how many customers are in another segment, by kind; None where nobody is followed.
    width : columns of the terminal; where it is narrow the markers go to their own lines, then the bars go.
    color : whether the terminal shows color (false under ``NO_COLOR``).
    """
    shown = clean(record)
    width = max(width, _LEAST)
    paint = _Paint(color)
    lines = [*_head(shown, clean_text(source), width, paint), "", *_verdict(shown, width, paint), ""]
    lines += [*_table(shown, width, paint), ""]
    lines += [*(paint(line, "2") for line in wrap(" ".join(story.notes(shown)), width)), ""]
    if shown.lineage.renewal is not None:
        lines += [*wrap(" ".join([*story.renewed(shown), _changed(changed)]), width), ""]
    scored = terminal_rfm.beside(shown, width=width)
    lines += [*(paint(line, "2") for line in scored), ""] if scored else []
    lines += _written({clean_text(k): clean_text(v) for k, v in written.items()}, seconds, width, paint)
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Paint:
    """Colors a text, or leaves it as it is."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text

    def segment(self, text: str, segment: int) -> str:
        return self(text, f"38;5;{_SEGMENT_INKS[view.slot(segment) - 1]}")


def _head(record: CleanRecord, source: str, width: int, paint: _Paint) -> list[str]:
    n, columns = record.sample.rows, len(record.columns)
    counts = f"{n:,} customer{'s' if n != 1 else ''}, {columns:,} column{'s' if columns != 1 else ''}"
    if width_of(source) <= width - 11 - len(counts):
        return [f"{paint('coterie', '1')}  {source}  {paint(counts, '36')}"]
    first, *more = wrap(source, width - 9)
    lines = [f"{paint('coterie', '1')}  {first}", *(f"{'':9}{line}" for line in more)]
    return lines + [paint(line, "36") for line in wrap(counts, width)]


def _verdict(record: CleanRecord, width: int, paint: _Paint) -> list[str]:
    """Return the sign, the words and the numbers behind them."""
    face, label = view.face(record)
    said = [f"{lead}."] if (lead := first_lines.lead(record)) else []
    said += [f"{words.sentence(label)}."]
    told = (first_lines.headline(record), first_lines.advice(record)) if record.verdict.code is not None else ()
    said += [f"{text}." for text in told if text]
    silhouette, p = record.model.silhouette, record.verdict.p_structure
    numbers = [] if silhouette is None else [f"separation {words.rounded(silhouette)}"]
    numbers += [f"repeatability {words.rounded(record.stability.ari.median)}"]
    numbers += [] if p is None else [f"structure {words.p_value(p)}"]
    tail = words.sentence(", ".join(numbers))
    lines = wrap(" ".join([*said, tail]), width - 2)
    sign = paint(_SIGNS[face], _INKS[face])
    first = lines[0]
    if first.endswith(tail):
        first = first[: -len(tail)] + paint(tail, "2")
    return [f"{sign} {first}", *(f"  {paint(line, '2') if line in tail else line}" for line in lines[1:])]


def _table(record: CleanRecord, width: int, paint: _Paint) -> list[str]:
    """Return a line for each segment.

    Name, size, share, value, a bar, what differs: as many of them as there is room for.
    """
    ordered, worth = view.by_value(record), view.has_value(record)
    sizes = [words.short_count(s.size) for s in ordered]
    shares = [words.percent(s.share) for s in ordered]
    values = [words.percent(s.value_share) if worth else "" for s in ordered]
    head = ("Customers", "Value" if worth else "")
    n_size = max(len(head[0]) - 5, *(len(s) for s in sizes))
    fixed = n_size + 1 + 4 + (2 + 5 if worth else 0)
    bar = 0 if width < _BARE else 8 if width < _NARROW else min(18, width // 7)
    longest = max(width_of(f"{s.letter} {s.called}") for s in ordered)
    room = width - fixed - 2 - (bar + 2 if bar else 0)
    wide = width >= _NARROW and room - longest >= _MARKERS
    name_width = max(8, min(longest, room))
    left = width - name_width - 2 - fixed - (bar + 2 if bar else 0) - 2
    title = f"{'Segment':<{name_width}}  {head[0]:>{n_size + 5}}" + (f"  {head[1]:>5}" if worth else "")
    title += (" " * (bar + 2) + "  What differs") if wide else ""
    lines = [paint(title, "2")]
    parts = [(s.value_share if worth else s.share) or 0.0 for s in ordered]
    top = max(parts) or 1.0
    for segment, size, share, value, part in zip(ordered, sizes, shares, values, parts, strict=True):
        lead, differs = len(segment.letter), wrap(_differs(record, segment), left if wide else width - 2)
        named_as = named(f"{segment.letter} {segment.called}", name_width)
        numbers = f"{size:>{n_size}} {share:>4}" + (f"  {value:>5}" if worth else "")
        drawn = [(["\0"], bar)] if bar else []
        cells = [(named_as, name_width), ([numbers], len(numbers)), *drawn, *([(differs, left)] if wide else [])]
        first, *more = beside(cells)
        first = f"{paint.segment(first[:lead], segment.id)}{first[lead:]}"
        lines.append(first.replace("\0" + " " * (bar - 1), paint.segment(draw_bar(part / top, bar), segment.id)))
        lines += [*more, *(paint(f"  {line}", "2") for line in ([] if wide else differs))]
    return lines


def _changed(changed: Mapping[str, int] | None) -> str:
    """Return how many customers are in another segment: `10 moved, 2 over whom a line moved, 5 entered and 1 left`."""
    if changed is None:
        return "Nobody can be followed, so that nobody is said to have changed."
    kinds = {"moved": "moved", "line": "over whom only a line moved", "entered": "entered", "left": "left"}
    told = [f"{words.count(changed[kind])} {said}" for kind, said in kinds.items() if changed[kind]]
    return f"In another segment: {words.joined(told)}." if told else "Nobody is in another segment."


def _differs(record: CleanRecord, segment: Segment) -> str:
    """Return the markers in a line: `income 87 +43%, score 82 +64%`.

    The factual name comes before them where another was given.
    """
    said = ", ".join(_difference(d) for d in story.differences(record, segment)) or story.unmarked(record, segment)
    return f"{segment.name}; {said}" if segment.given else said


def _difference(found: story.Difference) -> str:
    return f"{found.what} {found.value} {f'({found.away})' if found.overall else found.away}".strip()


def _written(written: Mapping[str, str], seconds: float, width: int, paint: _Paint) -> list[str]:
    """Return where things are, and how long it took."""
    parts = [(what, where) for what, where in written.items()] + [("", f"{seconds:.1f} s")]
    lines: list[str] = []
    used = 0
    for what, where in parts:
        length = width_of(f"{what} {where}".strip())
        text = f"{paint(what, '2')} {where}".strip() if what else paint(where, "36")
        if lines and used + 3 + length <= width:
            lines[-1] += "   " + text
            used += 3 + length
        else:
            lines.append(text)
            used = length
    return lines
