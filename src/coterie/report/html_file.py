"""The file around a page: style, script, what it may do."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from coterie.report.charts import drawing

if TYPE_CHECKING:
    from markupsafe import Markup

NARROW, NARROWEST, GROWTH = 640, 130, 1.03
"""Pixels from which the words of charts grow, down to which they do, and by how much at a time."""
LEAST_SIZE = 10.15
"""Pixels that words of charts have on a screen at least."""

_TEMPLATES = Path(__file__).parent / "templates"


def policy(style: str, script: str) -> str:
    """Return what the page may do: its style and script."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in (style, script)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def assets() -> tuple[str, str]:
    """Return the page's style, with charts' palette, and script."""
    light, dark = drawing.declare_colors(drawing.LIGHT), drawing.declare_colors(drawing.DARK)
    palette = (
        f":root{{color-scheme:light dark;--font:{drawing.FONT};{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
        ":root[data-theme=light]{color-scheme:light}"
    )
    page = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    widths = "".join(f".w{w}{{--w:{w}}}" for w in range(200, 961, drawing.WIDTH_STEP))
    style = f"\n{palette}\n{drawing.STYLE}\n{widths}\n{page}\n{_grown_words()}"
    return style, "\n" + (_TEMPLATES / "report.js").read_text(encoding="utf-8")


def _grown_words() -> str:
    """Return how much the words of charts grow where these are narrow: on the screen they stay as small as may be read.

    In small steps, for a step that is too high makes words too wide for their places.
    """
    steps, width = [], float(NARROW)
    while width > NARROWEST:
        below = width / GROWTH
        steps.append(f"@container (max-width:{width:.0f}px){{.ct{{--grow:{LEAST_SIZE / round(below):.4f}px}}}}")
        width = below
    return "\n".join(steps)


def markup(text: str) -> Markup:
    """Return a text that is markup already.

    That is our own style and script, and pictures whose words were escaped when drawn.
    """
    from markupsafe import Markup

    return Markup(text)
