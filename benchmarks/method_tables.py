"""Write the tables of docs/reference/method.md from the results of verdict.py and evidence.py.

Run: python benchmarks/method_tables.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "method.md"
RESULTS = ROOT / "benchmarks" / "results"
CODES = ("none", "shape", "overlapping", "partly", "natural")
KINDS = {
    "plain": "Clouds without groups",
    "dependence": "Clouds with curved or tail dependence",
    "bounded": "Curved or sharply bounded clouds",
    "open": "Kinds that the test is known to misread",
}


def percent(share: float) -> str:
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"


def row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(c) for c in cells)} |"


def rates(result: dict[str, Any]) -> list[str]:
    """Return how often each kind of table gets which verdict, and what the usual rules say."""
    summary = result["summary"]
    rules = list(summary["plain"]["rules"])
    head = ["tables", "n", *CODES[:2], "stronger than shape (bound)", "partly or natural", *rules]
    lines = [row(head), row("---" for _ in head)]
    for kind, name in KINDS.items():
        for part in ("", ", listed", ", added", ", after"):
            if kind + part not in summary:
                continue
            s = summary[kind + part]
            strong = s["stronger than shape"]
            lines.append(
                row(
                    [
                        name + part,
                        strong["of"],
                        percent(s["none"]),
                        percent(s["shape"]),
                        f"{percent(strong['share'])} ({percent(strong['bound'])})",
                        percent(s["partly or natural"]["share"]),
                        *(percent(s["rules"][r]) if r in s["rules"] else "–" for r in rules),
                    ]
                )
            )
    return lines


def power(result: dict[str, Any]) -> list[str]:
    """Return the verdicts on tables with groups, shape by shape."""
    head = ["groups", "n", *CODES, "right k"]
    lines = [row(head), row("---" for _ in head)]
    for cell in result["cells"]:
        if cell["kind"] in ("groups", "beside"):
            right = "–" if cell["shape"] == "crescents" else f"{cell['right k']['vote']} of {cell['tables']}"
            name = cell["shape"] + {"listed": "", "added": " *", "after": " **"}[cell["made"]]
            lines.append(row([name, cell["n"], *(cell["codes"][c] or "" for c in CODES), right]))
    return lines


def choices(result: dict[str, Any]) -> list[str]:
    """Return the rate of the right number of segments, of the vote and of each criterion."""
    names = {
        "groups": "all tables with groups",
        "groups, listed": "shapes the method was designed on",
        "groups, added": "shapes added afterwards",
        "groups, after": "shapes made when the method was frozen",
        "beside": "clear groups beside one unrelated column",
    }
    rules = list(result["summary"]["groups"]["right k"])
    lines = [row(["", *rules]), row("---" for _ in [0, *rules])]
    for part, name in names.items():
        right = result["summary"][part]["right k"]
        lines.append(row([name, *(percent(right[r]) for r in rules)]))
    return lines


def clouds(result: dict[str, Any]) -> list[str]:
    """Return the verdicts on tables without groups that are not plain, shape by shape."""
    head = ["shape", "n", *CODES]
    lines = [row(head), row("---" for _ in head)]
    for cell in result["cells"]:
        if cell["kind"] in ("dependence", "bounded", "open"):
            lines.append(row([cell["shape"], cell["n"], *(cell["codes"][c] or "" for c in CODES)]))
    return lines


def times(result: dict[str, Any]) -> list[str]:
    head = ["table", "verdict", "groupless tables", "seconds"]
    lines = [row(head), row("---" for _ in head)]
    for name, found in result["whole"].items():
        lines.append(row([name, found["verdict"], found["draws"], f"{found['seconds']:.2f}"]))
    lines += ["", row(["against scikit-learn in a loop", "seconds", "scikit-learn", "ratio"]), row(["---"] * 4)]
    for name, found in result["race"].items():
        cells = [
            name,
            f"{found['coterie seconds']:.2f}",
            f"{found['scikit-learn seconds']:.1f}",
            f"{found['ratio']:.0f}",
        ]
        lines.append(row(cells))
    return lines


def filled(text: str) -> str:
    """Return the page with every table as the results have it."""
    verdict = json.loads((RESULTS / "verdict.json").read_text())
    evidence = json.loads((RESULTS / "evidence.json").read_text())
    tables = {
        "rates": rates(verdict),
        "power": power(verdict),
        "clouds": clouds(verdict),
        "choices": choices(verdict),
        "times": times(evidence),
    }
    for name, lines in tables.items():
        block = "\n".join([f"<!-- {name} -->", *lines, "<!-- end -->"])
        text = re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _, block=block: block, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
