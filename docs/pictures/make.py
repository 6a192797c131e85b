"""Make the pictures of the documentation from simulated customers: `python docs/pictures/make.py`.

Needs Chromium. Every number in the pictures is computed by coterie on data that this file or `coterie.simulate` makes.
"""

from __future__ import annotations

import html
import re
import sys
import tempfile
from pathlib import Path

import numpy as np

import coterie
from coterie import simulate
from coterie.report import terminal

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browser.chromium import Browser, browser  # noqa: E402

# Five kinds of customers: share, orders a year, spend an order, days since the last order, returns.
SHOP = (
    (0.38, 5.0, 42.0, 60.0, 0.08),
    (0.17, 17.0, 74.0, 18.0, 0.06),
    (0.20, 2.2, 120.0, 150.0, 0.05),
    (0.13, 12.0, 20.0, 25.0, 0.30),
    (0.12, 1.3, 18.0, 290.0, 0.04),
)
INKS = {"1": "b", "2": "dim", "31": "red", "32": "green", "33": "amber", "36": "cyan"}
PAGE = """<!doctype html><meta charset="utf-8"><style>body{{margin:0;padding:18px 22px;background:#16181d;
color:#d7dbe2;font:14px/1.5 "DejaVu Sans Mono",monospace;white-space:pre;width:max-content}}
.b{{font-weight:700;color:#fff}}.dim{{color:#8b93a1}}.red{{color:#ff8f86}}
.green{{color:#7fd8a2}}.amber{{color:#f0bd64}}.cyan{{color:#7cc7e8}}{colors}</style>{text}"""


def shop_csv(n: int = 1200, seed: int = 0) -> str:
    """A simulated shop's customers, one row each, as CSV text."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(SHOP), n, p=[s[0] for s in SHOP])
    middle = np.array([s[1:] for s in SHOP])[kind]
    made = middle * np.exp(rng.normal(0, [0.2, 0.18, 0.22, 0.25], (n, 4)))
    lines = ["customer_id,orders_per_year,spend_per_order,days_since_order,return_share,revenue,newsletter"]
    for i, (orders, spend, days, returns) in enumerate(made):
        letter = "yes" if rng.random() < 0.25 + 0.4 * (kind[i] in (1, 3)) else "no"
        numbers = f"{orders:.1f},{spend:.2f},{days:.0f},{returns:.3f},{orders * spend:.2f}"
        lines.append(f"S{i + 1:05d},{numbers},{letter}")
    return "\n".join(lines) + "\n"


def terminal_page(text: str) -> str:
    """Colored terminal text as a page."""
    colors = sorted(set(re.findall(r"38;5;(\d+)", text)))
    shown = {"33": "#5b8cff", "208": "#ff9a5c", "37": "#7fe0d8", "133": "#d65fae", "178": "#f6dc4a", "141": "#b9a8ff"}
    marked = re.sub(
        r"\x1b\[(?:38;5;)?(\d+)m(.*?)\x1b\[0m",
        lambda m: f'<span class="{INKS.get(m[1]) or "c" + m[1]}">{m[2]}</span>',
        html.escape(text),
    )
    rules = "".join(f".c{c}{{color:{shown.get(c, '#d7dbe2')}}}" for c in colors)
    return PAGE.format(colors=rules, text=marked)


def picture(page: Browser, source: Path, name: str, *, width: int, height: int, dark: bool = False) -> None:
    """Save what a window of that size shows."""
    page.open(source, width=width, height=height, dark=dark)
    (HERE / name).write_bytes(page.screenshot(whole=False))


def main() -> None:
    """Make every picture."""
    with tempfile.TemporaryDirectory() as folder, browser() as page:
        shop, demo = Path(folder, "shop.csv"), Path(folder, "customers.csv")
        shop.write_text(shop_csv(), encoding="utf-8")
        demo.write_text(simulate.as_csv(simulate.tutorial()), encoding="utf-8")
        runs = {
            "shop": coterie.segment(shop, id="customer_id", value="revenue", describe=["newsletter"]),
            "demo": coterie.segment(demo, k=4),
        }
        for name, run in runs.items():
            target = Path(folder, f"{name}.html")
            target.write_text(run.report(), encoding="utf-8")
            picture(page, target, f"{name}.png", width=1280, height=900)
            picture(page, target, f"{name}-dark.png", width=1280, height=900, dark=True)
            picture(page, target, f"{name}-phone.png", width=390, height=844)
        written = {"report": "shop-segments/report.html", "segments": "shop-segments/segments.parquet"}
        text = terminal.show(
            runs["shop"].record, source="shop.csv", written=written, seconds=1.0, width=118, color=True
        )
        text = "\n".join(line for line in text.splitlines() if not line.endswith("1.0 s\x1b[0m"))
        target = Path(folder, "terminal.html")
        target.write_text(terminal_page(text), encoding="utf-8")
        page.open(target, width=1000, height=260)
        (HERE / "terminal.png").write_bytes(page.screenshot())


if __name__ == "__main__":
    main()
