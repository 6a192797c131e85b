"""Flows: from customers to value, and from number to number of segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, Flow
from coterie.report import view
from coterie.report.charts import drawing
from coterie.report.charts.drawing import Chart, Row, Scale, tag, write

_MERGED_BELOW = 0.03
_WHOLE = 0.8  # of a segment's customers: fewer are most of it
_WIDTH, _BLOCK, _FALL = 440.0, 36.0, 136.0  # of the ribbons
_BOLD = 1.25  # bold letters of a wide font, grown a little on the narrowest pages


_Span = tuple[float, float]


class _Beside(NamedTuple):
    """A label beside its block.

    Where it stands, the room it takes, and the middle of the block.
    """

    text: str
    at: float
    width: float
    middle: float = 0.0


@frozen
class _Band:
    """A segment's shares; the small ones together are segment 0."""

    segment: int
    letter: str
    name: str
    share: float
    value: float


def draw_value(record: CleanRecord) -> Chart | None:
    """Return share of customers flowing into share of value.

    Each segment is a ribbon. None where the record has no value column.
    """
    if not view.has_value(record):
        return None
    bands = _gather_small(_bands(record))
    top, bottom = _blocks([b.share for b in bands]), _blocks([b.value for b in bands])
    (inside, above), (within, below) = _label(bands, top, 0), _label(bands, bottom, 1)
    value = view.label(record, record.options.value)
    y = 42.0 if above else 20.0
    parts = [write(0, 11, "Share of customers"), _write_beside(above, y - 12, y)]
    end = y + _BLOCK + _FALL
    for band, upper, lower, texts in zip(bands, top, bottom, zip(inside, within, strict=True), strict=True):
        parts.append(_draw_ribbon(band, upper, lower, (y, end), texts))
    parts.append(_write_beside(below, end + _BLOCK + 28, end + _BLOCK))
    lines = drawing.wrap(f"Share of {value}", _WIDTH / drawing.GROWN)
    foot = end + _BLOCK + (48 if below else 18)
    parts.append(drawing.write_lines(0, foot, lines))
    best = max(bands, key=lambda b: b.value - b.share)
    desc = f"{best.name} are {words.percent(best.share)} of customers and {words.percent(best.value)} of {value}."
    rows: tuple[Row, ...] = tuple(
        {"segment": b.segment, "name": b.name, "share": b.share, "value_share": b.value} for b in bands
    )
    height = foot + 15 * (len(lines) - 1) + 4
    return Chart("value", "Share of customers and share of value", desc, _WIDTH, height, "".join(parts), rows)


def _draw_ribbon(band: _Band, upper: _Span, lower: _Span, tops: _Span, texts: tuple[list[str], list[str]]) -> str:
    """Return a segment's two blocks with their texts, and their ribbon."""
    (a, b), (c, d), (y, end) = upper, lower, tops
    mid, color = (y + _BLOCK + end) / 2, f"s{view.slot(band.segment)}" if band.segment else ""
    path = f"M{a:.1f} {y + _BLOCK:.0f}C{a:.1f} {mid:.0f} {c:.1f} {mid:.0f} {c:.1f} {end:.0f}"
    path += f"H{d:.1f}C{d:.1f} {mid:.0f} {b:.1f} {mid:.0f} {b:.1f} {y + _BLOCK:.0f}z"
    shapes = tag("path", class_="bar rib" if color else "node rib", d=path)
    for (left, right), at, lines in zip((upper, lower), tops, texts, strict=True):
        kind, wide = "bar" if color else "node", max(right - left, 1)
        shapes += tag("rect", class_=kind, x=left, y=at, width=wide, height=_BLOCK, rx=1.5)
        first, kind = at + 23 - 7.5 * (len(lines) - 1), "onbar mid" if color else "ink mid"
        shapes += drawing.write_lines((left + right) / 2, first, lines, kind)
    tip = f"{band.name}: {words.percent(band.share)} of customers, {words.percent(band.value)} of value"
    return tag("g", shapes, class_=f"mark {color}".strip(), data_s=band.segment or None, data_t=tip)


def _bands(record: CleanRecord) -> list[_Band]:
    """Return a band for each segment, most valuable first."""
    return [_Band(s.id, s.letter, s.called, s.share, s.value_share or 0.0) for s in view.by_value(record)]


def _gather_small(bands: Sequence[_Band]) -> list[_Band]:
    """Return the bands, of more than eight the small ones as one."""
    rest = [b for b in bands if len(bands) > 8 and b.share < _MERGED_BELOW and b.value < _MERGED_BELOW]
    if not rest:
        return list(bands)
    name = f"{words.in_words(len(rest), capital=True)} small segments"
    together = _Band(0, "", name, sum(b.share for b in rest), sum(b.value for b in rest))
    return [*(b for b in bands if b not in rest), together]


def _blocks(shares: Sequence[float], width: float = _WIDTH, gap: float = 3.0) -> list[tuple[float, float]]:
    """Return left and right ends of blocks as wide as their shares."""
    total = sum(shares) or 1.0
    room, left, found = width - gap * (len(shares) - 1), 0.0, []
    for share in shares:
        right = left + room * share / total
        found.append((left, right))
        left = right + gap
    return found


def _fits(text: str, span: _Span) -> bool:
    return drawing.estimate_width(text, 13.5) * _BOLD < span[1] - span[0] - 4


def _label(
    bands: Sequence[_Band], spans: Sequence[_Span], side: Literal[0, 1]
) -> tuple[list[list[str]], list[_Beside]]:
    """Return the lines inside each block, and what stands beside its block because it has no room, moved apart.

    Letter and share are one line or two; else the letter alone stays inside if it can. Where all that stands beside has
    no room in one line, it is left out.
    """
    inside, found = [], []
    for band, span in zip(bands, spans, strict=True):
        share = words.percent((band.share, band.value)[side])
        both = f"{band.letter} {share}".strip()
        ways = [([both], ""), ([band.letter, share], ""), ([band.letter], share), ([], both)]
        lines, beside = next(way for way in ways if all(_fits(line, span) for line in way[0]))
        inside.append(lines)
        if beside:
            width = drawing.estimate_width(beside) * _BOLD * 1.2 + 6
            found.append(_Beside(beside, (span[0] + span[1]) / 2, width))
    return inside, _move_apart(found) if sum(b.width for b in found) <= _WIDTH else []


def _move_apart(labels: Sequence[_Beside]) -> list[_Beside]:
    """Return labels beside their blocks, none over another."""
    free, placed = 0.0, []
    for _, middle, width, _ in labels:
        at = max(middle, free + width / 2)
        placed.append(at)
        free = at + width / 2
    free = _WIDTH
    for i in reversed(range(len(labels))):
        placed[i] = min(placed[i], free - labels[i].width / 2)
        free = placed[i] - labels[i].width / 2
    return [b._replace(at=at, middle=b.at) for b, at in zip(labels, placed, strict=True)]


def _write_beside(labels: Sequence[_Beside], y: float, block: float) -> str:
    """Return labels beside blocks, with lines to these."""
    edge = y + 2 if y < block else y - 15
    parts = []
    for text, at, _, middle in labels:
        parts.append(write(at, y, text, "val mid"))
        parts.append(drawing.stroke(f"M{at:.1f} {edge:.0f}L{middle:.1f} {block:.0f}", "rng"))
    return "".join(parts)


def draw_gains(record: CleanRecord) -> Chart | None:
    """Return how concentrated the value is.

    Customers, the most valuable segments first, against value. Within a segment every customer counts the same, so the
    true curve lies on or above this one. None where the record has no value column.
    """
    if not view.has_value(record) or len(record.segments) < 2:
        return None
    bands = sorted((b for b in _bands(record) if b.share > 0), key=lambda b: (-b.value / b.share, b.segment))
    x, y = Scale(0, 1, 46, 392), Scale(0, 1, 290, 24)
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        text = words.percent(tick)
        parts.append(drawing.stroke(f"M46 {y(tick):.1f}H392M{x(tick):.1f} 24V290", "grid"))
        across = drawing.keep_inside(x(tick), text, 412)
        parts.append(write(39, y(tick) + 4, text, "tick end") + write(across, 307, text, "tick mid"))
    parts.append(drawing.stroke(f"M{x(0):.0f} {y(0):.0f}L{x(1):.0f} {y(1):.0f}", "dash"))
    at, worth = 0.0, 0.0
    rows: list[Row] = []
    for band in bands:
        ends = (1.0, 1.0) if band is bands[-1] else (at + band.share, worth + band.value)
        name, color = f"{band.letter} {band.name}", f"s{view.slot(band.segment)}"
        tip = f"Up to {name}: {words.percent(ends[0])} of customers, {words.percent(ends[1])} of value"
        path = f"M{x(at):.1f} {y(worth):.1f}L{x(ends[0]):.1f} {y(ends[1]):.1f}"
        marks = drawing.stroke(path, f"lin {color}") + drawing.draw_glyph(band.segment, x(ends[0]), y(ends[1]), color)
        marks += write((x(at) + x(ends[0])) / 2, max((y(worth) + y(ends[1])) / 2 - 8, 20), band.letter, "halo mid")
        parts.append(tag("g", marks, class_="mark", data_s=band.segment, data_t=tip))
        at, worth = ends
        rows.append({"segment": band.segment, "name": name, "customers": at, "value": worth})
    value = view.label(record, record.options.value)
    lines = drawing.wrap(f"↑ Share of {value}", 340, most=1)
    head = drawing.write_lines(0, 14, lines, "lab ink")
    head += write(392, 328, "Customers, most valuable segments first →", "lab ink end")
    first = bands[0]
    desc = f"The first {words.percent(first.share)} of customers, {first.letter} {first.name},"
    desc += f" hold {words.percent(first.value)} of {value}."
    return Chart("gains", "How concentrated the value is", desc, 412, 334, head + "".join(parts), tuple(rows))


def draw_flow(record: CleanRecord) -> Chart | None:
    """Return how segments split as their number grows.

    Colored by the chosen solution; up to two numbers of segments on either side of it. None where it was not measured.
    """
    chosen = record.choice.k
    flows = [f for f in record.choice.flow if chosen - 2 <= f.k <= chosen + 1 and f.n > 0]
    sizes: dict[int, dict[int, int]] = {}
    for flow in flows:
        column = sizes.setdefault(flow.k, {})
        column[flow.from_] = column.get(flow.from_, 0) + flow.n
    for flow in flows:
        if flow.k + 1 not in {f.k for f in flows}:
            column = sizes.setdefault(flow.k + 1, {})
            column[flow.to] = column.get(flow.to, 0) + flow.n
    if chosen not in sizes or len(sizes) < 2:
        return None
    order = _order(sizes, flows, chosen)
    colors = _inherit_colors(sizes, flows, chosen)
    nodes = _stack(sizes, order, sum(sizes[chosen].values()))
    body = _draw_streams(record, flows, nodes, order, colors) + _draw_columns(record, nodes, chosen, colors)
    rows: tuple[Row, ...] = tuple({"k": f.k, "from": f.from_, "to": f.to, "n": f.n} for f in flows)
    desc = _tell_splits(record, flows, sizes)
    return Chart("flow", "How segments split as their number grows", desc, 560, 330, body, rows)


Sizes = Mapping[int, Mapping[int, int]]
Nodes = dict[int, dict[int, tuple[float, float, float]]]


def _links(sizes: Sizes, flows: Sequence[Flow], chosen: int) -> list[tuple[int, int, list[tuple[int, int, int]]]]:
    """Return how each number of segments is linked toward the chosen one.

    Number, its neighbor on that side, and the links between the two, nearest to the chosen one first. A link is a
    segment of the neighbor, a segment, and the rows in both.
    """
    up = [(k, k - 1, [(f.from_, f.to, f.n) for f in flows if f.k == k - 1]) for k in range(chosen + 1, max(sizes) + 1)]
    down = [
        (k, k + 1, [(f.to, f.from_, f.n) for f in flows if f.k == k]) for k in range(chosen - 1, min(sizes) - 1, -1)
    ]
    return up + down


def _order(sizes: Sizes, flows: Sequence[Flow], chosen: int) -> dict[int, list[int]]:
    """Return the order of each column in which few ribbons cross."""
    order = {chosen: sorted(sizes[chosen])}
    for k, near, links in _links(sizes, flows, chosen):
        place = {node: i for i, node in enumerate(order[near])}
        pull = dict.fromkeys(sizes[k], 0)
        for other, node, n in links:
            pull[node] += place[other] * n
        order[k] = sorted(sizes[k], key=lambda node: (pull[node] / sizes[k][node], node))
    return order


def _inherit_colors(sizes: Sizes, flows: Sequence[Flow], chosen: int) -> dict[tuple[int, int], int]:
    """Return the chosen segment that most of each node belongs to.

    It is carried from each number of segments to the next.
    """
    color = {(chosen, node): node for node in sizes[chosen]}
    for k, near, links in _links(sizes, flows, chosen):
        for mine in sizes[k]:
            _, most = max((n, -other) for other, node, n in links if node == mine)
            color[k, mine] = color[near, -most]
    return color


def _stack(sizes: Sizes, order: Mapping[int, Sequence[int]], total: int) -> Nodes:
    """Return each node's left edge, top and height."""
    most = max(len(nodes) for nodes in sizes.values())
    gap = min(9.0, 90.0 / most)
    room = 292.0 - gap * (most - 1)
    nodes: Nodes = {}
    for i, k in enumerate(sorted(sizes)):
        x = 36 + i * (474 / (len(sizes) - 1))
        y = 30 + (most - len(order[k])) * gap / 2
        nodes[k] = {}
        for node in order[k]:
            height = room * sizes[k][node] / total
            nodes[k][node] = (x, y, height)
            y += height + gap
    return nodes


def _draw_streams(
    record: CleanRecord,
    flows: Sequence[Flow],
    nodes: Nodes,
    order: Mapping[int, Sequence[int]],
    colors: Mapping[tuple[int, int], int],
) -> str:
    names = {s.id: s.called for s in record.segments}
    chosen, owner = record.choice.k, view.owners(record)
    used: dict[tuple[int, int, str], float] = {}
    parts = []
    rank = {k: {node: i for i, node in enumerate(nodes_)} for k, nodes_ in order.items()}
    for flow in sorted(flows, key=lambda f: (f.k, rank[f.k][f.from_], rank[f.k + 1][f.to])):
        k, a, b = flow.k, flow.from_, flow.to
        (x0, y0, h0), (x1, y1, h1) = nodes[k][a], nodes[k + 1][b]
        t0 = flow.n / sum(f.n for f in flows if f.k == k and f.from_ == a) * h0
        t1 = flow.n / sum(f.n for f in flows if f.k == k and f.to == b) * h1
        s0, s1 = used.get((k, a, "out"), 0.0), used.get((k + 1, b, "in"), 0.0)
        used[k, a, "out"], used[k + 1, b, "in"] = s0 + t0, s1 + t1
        left, right, top, end = x0 + 14, x1, y0 + s0, y1 + s1
        mid = (left + right) / 2
        d = (
            f"M{left:.1f} {top:.1f}C{mid:.1f} {top:.1f} {mid:.1f} {end:.1f} {right:.1f} {end:.1f}v{t1:.1f}"
            f"C{mid:.1f} {end + t1:.1f} {mid:.1f} {top + t0:.1f} {left:.1f} {top + t0:.1f}z"
        )
        color = colors[k + 1, b] if k >= chosen or colors[k, a] != colors[k + 1, b] else colors[k, a]
        color = owner.get(color, color)
        tip = f"{words.count(flow.n)} of the sample, mostly “{names.get(color, color)}”, from {k} to {k + 1}"
        parts.append(tag("path", class_=f"mark bar rib s{view.slot(color)}", data_s=color, data_t=tip, d=d))
    return "".join(parts)


def _draw_columns(record: CleanRecord, nodes: Nodes, chosen: int, colors: Mapping[tuple[int, int], int]) -> str:
    letters, owner = {s.id: s.letter for s in record.segments}, view.owners(record)
    parts = []
    for k, column in nodes.items():
        x = next(iter(column.values()))[0]
        head, kind = (f"{k} segments", "strong mid") if k == chosen else (str(k), "lab mid")
        parts.append(write(drawing.keep_inside(x + 7, head, 560, 13.5), 16, head, kind))
        for node, (left, top, height) in column.items():
            segment = owner.get(colors[k, node], colors[k, node])
            mine = f"bar s{view.slot(segment)}" if k == chosen else "node"
            parts.append(tag("rect", class_=mine, x=left, y=top, width=14, height=max(height, 0.8), rx=2))
            if k == chosen:
                parts.append(write(left + 19, top + height / 2 + 4.5, letters.get(segment, str(segment)), "halo"))
    return "".join(parts)


def _tell_splits(record: CleanRecord, flows: Sequence[Flow], sizes: Sizes) -> str:
    """Return what one more segment would split, and one fewer merge."""
    chosen = record.choice.k
    if view.is_merged(record):
        return f"The flows are those of the {chosen} segments before some were merged by hand."
    known = {s.id: f"{s.letter} {s.called}" for s in record.segments}
    names = {place: known[segment] for place, segment in view.owners(record).items()}
    before: dict[int, list[int]] = {}
    parts: dict[int, str] = {}
    after: dict[int, int] = {}
    for node, size in sizes[chosen].items():
        best = _largest(f for f in flows if f.k == chosen - 1 and f.to == node)
        if best is not None and best.n >= size / 2:
            before.setdefault(best.from_, []).append(node)
            parts[node] = names[node] if best.n >= _WHOLE * size else f"most of {names[node]}"
    for node, size in sizes.get(chosen + 1, {}).items():
        best = _largest(f for f in flows if f.k == chosen and f.to == node)
        if best is not None and best.n >= size / 2:
            after[best.from_] = after.get(best.from_, 0) + 1
    merged = [words.joined([parts[n] for n in sorted(nodes)]) for nodes in before.values() if len(nodes) > 1]
    split = [names[n] for n, count in sorted(after.items()) if count > 1]
    text = f"With {chosen - 1}, {' and '.join(merged)} are one. " if merged else ""
    if chosen + 1 in sizes:
        grown = f"{words.joined(split)} splits" if split else "one made of parts of several appears"
        text += f"With {chosen + 1}, {grown}."
    return text.strip()


def _largest(flows: Iterable[Flow]) -> Flow | None:
    return max(flows, key=lambda f: f.n, default=None)
