"""Make the table and the picture of `docs/reference/speed.md` from what was measured: `python docs/pictures/job.py`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "benchmarks" / "results" / "job.json"
PAGE, PICTURE = HERE.parent / "reference" / "speed.md", HERE / "job.svg"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
TOOLS = ("coterie", "pandas + scikit-learn", "polars + scikit-learn", "scikit-learn-intelex", "faiss")
KINDS = {"groups": "six groups", "none": "no groups"}
INK, OURS, THEIRS = "#737a86", "#2f6fed", "#b6bcc6"  # to be read on white and on black
LEFT, WIDTH, STEP, BAR, LEAST = 170, 420, 18, 12, 0.3  # points; and the seconds at which a bar begins


def rows(results: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Give each size and kind of table with what was measured of the tools."""
    for size, kinds in sorted(results["sizes"].items(), key=lambda item: int(item[0])):
        for kind in KINDS:
            if kind in kinds:
                yield int(size), kind, kinds[kind]


def cell(found: object) -> str:
    """Return what a tool took, as the table says it."""
    if found is None:
        return "–"
    if isinstance(found, str):
        return found
    assert isinstance(found, dict)
    said = f"{found['cpu']:.1f} s, {found['peak_gb']:.1f} GB"
    return f"{said}: {found['cpu_over_coterie']:.1f} ×, {found['inertia']:.4f}" if "inertia" in found else said


def table(results: Mapping[str, Any]) -> str:
    """Return the table in Markdown."""
    lines = [f"| customers | | {' | '.join(TOOLS)} |", f"|---:|---|{'---|' * len(TOOLS)}"]
    for size, kind, found in rows(results):
        lines.append(f"| {size:,} | {KINDS[kind]} | {' | '.join(cell(found.get(tool)) for tool in TOOLS)} |")
    return "\n".join(lines)


def picture(results: Mapping[str, Any]) -> str:
    """Return the bars of CPU seconds as SVG; each power of ten is as long as the next."""
    measured = [(size, found) for size, kind, found in rows(results) if kind == "groups"]
    most = max(f["cpu"] for _, each in measured for f in each.values() if isinstance(f, dict))
    parts, y = [], 16
    for size, each in measured:
        parts.append(f'<text x="0" y="{y}" font-weight="600">{size:,} customers</text>')
        for tool in TOOLS:
            found, y = each.get(tool), y + STEP
            parts.append(f'<text x="{LEFT - 8}" y="{y}" text-anchor="end">{tool}</text>')
            if not isinstance(found, dict):
                parts.append(f'<text x="{LEFT}" y="{y}">{found or "–"}</text>')
                continue
            long = WIDTH * math.log(max(1.05, found["cpu"] / LEAST)) / math.log(most / LEAST)
            ink = OURS if tool == TOOLS[0] else THEIRS
            parts.append(f'<rect x="{LEFT}" y="{y - BAR + 2}" width="{long:.1f}" height="{BAR}" fill="{ink}"/>')
            parts.append(f'<text x="{LEFT + long + 6:.1f}" y="{y}">{found["cpu"]:.1f} s</text>')
        y += STEP + 10
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 60}" height="{y - 10}" role="img" '
    head += f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">'
    said = "CPU seconds of the whole job, coterie beside a script in four libraries, on a scale of powers"
    return "\n".join([head, f"<title>{said}</title>", *parts, "</svg>", ""])


def page(text: str, results: Mapping[str, Any]) -> str:
    """Return the page with the table as measured."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(results)}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    held = json.loads(RESULTS.read_text())
    PICTURE.write_text(picture(held))
    PAGE.write_text(page(PAGE.read_text(), held))
