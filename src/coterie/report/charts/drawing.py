"""Drawing: what every chart is made of: text, palette, scales and marks.

A chart is drawn once, with colors as classes. Inside the report the page's own style gives the classes their colors, so
one drawing serves light, dark and highlighting; a file on its own carries literal colors and an opaque background.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Literal

from coterie import errors
from coterie.doors import frozen
from coterie.errors import InputError
from coterie.report.charts.attributes import as_attributes

Theme = Literal["auto", "light", "dark"]
Row = Mapping[str, str | int | float | None]
"""The numbers behind one mark, by name."""

LIGHT = {
    "bg": "#ffffff", "panel": "#f5f6f8", "panel2": "#eceef2", "ink": "#10161f", "mut": "#545e6e", "line": "#dfe3e9",
    "grid": "#e8ebf0", "track": "#e6e9ee", "node": "#bfc5ce", "band": "#dde0e5",
    "ok": "#17693f", "okbg": "#e4f4ea", "warn": "#855300", "warnbg": "#fdf1dc", "bad": "#a3201d", "badbg": "#fce6e4",
    "greybg": "#eceef2", "focus": "#1f3fae",
    "s1": "#2443b8", "s2": "#ee6c0c", "s3": "#3ba197", "s4": "#9a4f93",
    "s5": "#5c4300", "s6": "#8a76ea", "s7": "#d2506a", "s8": "#2f6b17",
    "on1": "#ffffff", "on2": "#1d0c00", "on3": "#001a17", "on4": "#ffffff",
    "on5": "#ffffff", "on6": "#0d0533", "on7": "#1c0006", "on8": "#ffffff",
    "p1": "#fde9dc", "p2": "#fbd2b6", "p3": "#f6b183", "p4": "#f09552",
    "m1": "#e3e9fb", "m2": "#c6d3f7", "m3": "#a5b9f1", "m4": "#88a2ea",
}  # fmt: skip
DARK = {
    "bg": "#0e1217", "panel": "#161c24", "panel2": "#1e2630", "ink": "#e9edf3", "mut": "#9ba7b7", "line": "#2a343f",
    "grid": "#212a34", "track": "#262f3a", "node": "#465260", "band": "#2a323c",
    "ok": "#6fd39b", "okbg": "#12301f", "warn": "#f0bd64", "warnbg": "#33260c", "bad": "#ff9d94", "badbg": "#3d1614",
    "greybg": "#1e2630", "focus": "#8fb0ff",
    "s1": "#5b8cff", "s2": "#ff9a5c", "s3": "#7fe0d8", "s4": "#d65fae",
    "s5": "#f6dc4a", "s6": "#b9a8ff", "s7": "#cc8583", "s8": "#3ba53a",
    "on1": "#03102e", "on2": "#2a1000", "on3": "#00211e", "on4": "#230018",
    "on5": "#2a2300", "on6": "#12073d", "on7": "#240607", "on8": "#001c00",
    "p1": "#33241a", "p2": "#4d3019", "p3": "#7a4519", "p4": "#9c571b",
    "m1": "#1b2440", "m2": "#21315f", "m3": "#2b4389", "m4": "#3554ad",
}  # fmt: skip

FONT = 'Inter,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",system-ui,sans-serif'

_ROBOTO_COVERS, _ROBOTO_SIGNS = 0x530, "–—−…“”‘’×±≈≥≤"
"""What the font of PNG pictures holds: Latin, Greek, Cyrillic; other scripts come from the system's fonts."""
_AS_ROBOTO = (("font-weight:650", "font-weight:700"), ("↑ ", ""), (" →", ""))
"""Roboto comes in whole weights and has no arrows."""

_SLOTS = "".join(
    f".ct .s{i} .bar,.ct .bar.s{i}{{fill:var(--s{i})}}.ct .s{i} .onbar,.ct .onbar.s{i}{{fill:var(--on{i})}}"
    f".ct .dots.s{i},.ct .lin.s{i}{{stroke:var(--s{i})}}"
    for i in range(1, 9)
)
STYLE = (
    f".ct text{{font-family:{FONT};font-size:12.5px;fill:var(--mut)}}"
    ".ct .ink{fill:var(--ink)}.ct .val{fill:var(--ink);font-weight:650}.ct .tick{font-size:12px}"
    ".ct .strong{fill:var(--ink);font-weight:700}.ct .onbar{font-weight:650;font-size:13.5px}.ct .end{text-anchor:end}"
    ".ct .mid{text-anchor:middle}.ct .halo{fill:var(--ink);font-weight:650;font-size:13px}"
    ".ct .halo,.ct .over{paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}"
    ".ct .track{fill:var(--track)}.ct .nm .bar{opacity:.32}.ct .pale{opacity:.42}.ct .rib{opacity:.26}"
    ".ct .pts{opacity:.82;stroke:var(--bg);stroke-width:.7}.ct .many{opacity:.66;stroke:none}"
    ".ct .dots{opacity:.6;fill:none;stroke-linecap:round}.ct .lin{fill:none;stroke-width:2;stroke-linecap:round}"
    ".ct .ov{stroke:var(--ink);stroke-width:2;fill:none}.ct .ax{stroke:var(--line);fill:none}"
    ".ct .dash{stroke:var(--mut);fill:none;stroke-dasharray:2 3}.ct .grid{stroke:var(--grid);fill:none}"
    ".ct .node{fill:var(--node)}.ct .band{fill:var(--band)}.ct .hl{fill:var(--panel2)}"
    ".ct .clear{fill:none;pointer-events:all}"
    ".ct .ln{fill:none;stroke:var(--ink);stroke-width:1.8}.ct .dot{fill:var(--bg);stroke:var(--ink);stroke-width:1.8}"
    ".ct .dot.on{fill:var(--ink)}.ct .rng{stroke:var(--mut);stroke-width:2}"
    ".ct .rng.on{stroke:var(--ink);stroke-width:3}"
    ".ct .lead{fill:none;stroke:var(--ink);stroke-width:1.1}.ct .under{fill:none;stroke:var(--bg);stroke-width:3.5}"
    ".ct .narrow{display:none}"
    ".ct .cell{stroke:var(--bg);stroke-width:2}.ct .mk{fill:var(--mut)}"
    + "".join(f".ct .{s}{i}{{fill:var(--{s}{i})}}" for s in "pm" for i in range(1, 5))
    + _SLOTS
)

_NUMBER = re.compile(r"-?\d*\.?\d+")
_GLYPHS = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-3.6-3.6h7.2v7.2h-7.2z",
    "m0-4.8l4.5 8.2h-9z",
    "m0-5l4.6 5-4.6 5-4.6-5z",
    "m-1.5-4.6h3v3.1h3.1v3h-3.1v3.1h-3v-3.1h-3.1v-3h3.1z",
    "m0 4.8l4.5-8.2h-9z",
    "m-2.2-4.3l2.2 2.2 2.2-2.2 2.1 2.1-2.2 2.2 2.2 2.2-2.1 2.1-2.2-2.2-2.2 2.2-2.1-2.1 2.2-2.2-2.2-2.2z",
    "m0-5l1.5 3.4 3.6.4-2.7 2.4.8 3.6-3.2-1.9-3.2 1.9.8-3.6-2.7-2.4 3.6-.4z",
)
_COUNTERCLOCKWISE = (0, 5)
_FEWEST_TICKS = 3
GROWN = 1.6
"""How much the words of a chart may grow where the page is narrow; places for them leave so much room."""
WIDTH_STEP = 20
"""Charts of a page say in steps of so much how wide they are drawn: words grow by that where the page is narrow."""


@frozen
class Chart:
    """A picture of one finding, with the numbers behind it.

    It shows itself in a notebook, and saves itself as SVG or PNG. `title` heads it, `desc` states the finding in words,
    `data` has one tidy row a mark (`pandas.DataFrame(chart.data)` for those who draw their own); `name` is the stem of
    its file; `legend` is what files have below the picture, and its height: a page writes it as text.
    """

    name: str
    title: str
    desc: str
    width: float
    height: float
    body: str
    data: tuple[Row, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    legend: tuple[str, float] = ("", 0.0)

    def svg(self, theme: Theme = "auto") -> str:
        """Return the chart as one SVG document of its own.

        `"auto"` follows the reader's light or dark setting; `"light"` and `"dark"` hold literal colors, for programs
        that know no style variables. Each has an opaque background.
        """
        if theme not in ("auto", "light", "dark"):
            raise InputError(f"A chart has no theme {theme!r}.", do='Use "auto", "light" or "dark".')
        style = STYLE
        if theme == "auto":
            scope = f".ct{{{declare_colors(LIGHT)}}}@media (prefers-color-scheme:dark){{.ct{{{declare_colors(DARK)}}}}}"
            style = scope + style
        style += ".ct .page{fill:var(--bg)}"
        if theme != "auto":
            colors = LIGHT if theme == "light" else DARK
            style = re.sub(r"var\(--(\w+)\)", lambda m: colors[m[1]], style)
        pad, (legend, room) = 12, self.legend
        width, height = self.width + 2 * pad, self.height + room + 2 * pad
        page = tag("rect", class_="page", x=-pad, y=-pad, width=width, height=height)
        below = tag("g", legend, transform=f"translate(0 {_f(self.height)})") if legend else ""
        size = f' width="{_f(width)}" height="{_f(height)}"'
        box = f"{-pad} {-pad} {_f(width)} {_f(height)}"
        return self._element(box, size, f"<style>{escape(style, quote=False)}</style>{page}", below)

    def inline(self) -> str:
        """Return the chart as an element for a page with the style."""
        return self._element(f"0 0 {_f(self.width)} {_f(self.height)}", "", "")

    def png(self, scale: float = 2.0, *, theme: Literal["light", "dark"] = "light") -> bytes:
        """Return the chart as a PNG image, `scale` pixels to the point.

        It needs the extra `coterie[png]`.
        """
        try:
            import font_roboto
            import resvg_py
        except ImportError:
            raise errors.missing_extra("resvg-py", "png") from None
        fonts = [font_roboto.font_files[name] for name in ("Roboto", "RobotoMedium", "RobotoBold")]
        text = self.svg(theme).replace(escape(FONT, quote=False), 'Roboto,"Noto Sans",sans-serif')
        for ours, drawn in _AS_ROBOTO:
            text = text.replace(ours, drawn)
        covered = all(ord(c) < _ROBOTO_COVERS or c in _ROBOTO_SIGNS for c in text)
        image = resvg_py.svg_to_bytes(
            svg_string=text, zoom=scale, font_files=fonts, font_family="Roboto", skip_system_fonts=covered
        )
        return bytes(image)

    def save(
        self, path: str | Path, *, theme: Theme | None = None, scale: float = 2.0, overwrite: bool = False
    ) -> Path:
        """Write a file, and return its path.

        It ends in `.svg`, or in `.png` with the extra `coterie[png]`.

        Raises
        ------
        InputError : another ending, or the file exists and ``overwrite`` is not set.
        AccessError : the file cannot be written.
        """
        target = Path(path)
        kind = target.suffix.lower()
        if kind not in (".svg", ".png"):
            raise InputError(f"A chart cannot be saved as {target.suffix!r}.", do="End the file name in .svg or .png.")
        plain: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
        image = self.svg(theme or "auto").encode() if kind == ".svg" else self.png(scale, theme=plain)
        with errors.calling(out="path"):
            try:
                with target.open("wb" if overwrite else "xb") as file:
                    file.write(image)
            except FileExistsError:
                raise errors.file_exists(str(target)) from None
            except OSError as error:
                raise errors.cannot_write(str(target), error.strerror or str(error)) from error
        return target

    def _element(self, box: str, size: str, before: str, after: str = "") -> str:
        key = "c" + hashlib.sha256((self.title + self.body).encode()).hexdigest()[:8]
        more = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes)
        kind = f"ct w{WIDTH_STEP * math.ceil(self.width / WIDTH_STEP)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="{box}"{size} role="img" '
            f'aria-labelledby="{key}t {key}d"{more}><title id="{key}t">{escape(self.title)}</title>'
            f'<desc id="{key}d">{escape(self.desc)}</desc>{before}{self.body}{after}</svg>'
        )

    def _repr_svg_(self) -> str:
        return as_attributes(self.svg("light"))

    def _repr_html_(self) -> str:
        return self._repr_svg_()

    def __repr__(self) -> str:
        return f"{self.title}: {self.desc}"


def declare_colors(colors: Mapping[str, str]) -> str:
    """Return the palette as style variables."""
    return "".join(f"--{name}:{value};" for name, value in colors.items())


def tag(name: str, content: str = "", **attributes: object) -> str:
    """Return one element.

    `content` is markup, attribute values are escaped, `class_` and `text_anchor` read as in SVG.
    """
    inside = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_f(v) if isinstance(v, (int, float)) else escape(str(v))}"'
        for key, v in attributes.items()
        if v is not None
    )
    return f"<{name}{inside}>{content}</{name}>" if content else f"<{name}{inside}/>"


def write(x: float, y: float, text: str, class_: str = "lab") -> str:
    """Return a text element."""
    return tag("text", escape(text, quote=False), class_=class_, x=x, y=y) if text else ""


def stroke(path: str, class_: str) -> str:
    """Return a path element."""
    return tag("path", class_=class_, d=path)


def trace_glyph(segment: int) -> str:
    """Return the shape of a segment as path commands around its center.

    They are relative; from the ninth segment on a shape has a hole.
    """
    shape = _GLYPHS[(segment - 1) % len(_GLYPHS)]
    if segment <= len(_GLYPHS):
        return shape
    x, y = (float(v) for v in _NUMBER.findall(shape)[:2])
    # overlapping marks of one path add up, so a hole must run against its shape
    turn = 1 if (segment - 1) % len(_GLYPHS) in _COUNTERCLOCKWISE else 0
    return f"{shape}m{_f(-1.7 - x)} {_f(-y)}a1.7 1.7 0 1 {turn} 3.4 0a1.7 1.7 0 1 {turn}-3.4 0z"


def draw_glyph(segment: int, x: float, y: float, color: str, *, size: float = 1.0) -> str:
    """Return the shape of a segment, drawn at a place."""
    place = f"translate({_f(x)} {_f(y)})" + (f" scale({_f(size)})" if size != 1 else "")
    return tag("path", class_=f"bar {color}", d=f"M0 0{trace_glyph(segment)}", transform=place)


def estimate_width(text: str, size: float = 12.5) -> float:
    """Return about how wide a text will be.

    A little generous, as the reader's font is not known.
    """
    wide = sum(
        2.0 if ord(c) > 0x2E80 else 0.34 if c in " .,:;'|!iljtfrI()[]-" else 0.92 if c in "MWmw%@" else 0.6
        for c in text
    )
    return wide * size


def keep_inside(at: float, text: str, width: float, size: float = 12.0) -> float:
    """Return the middle of a text, at a place or near it, where all of it is on a chart, also where it has grown."""
    half = estimate_width(text, size) * GROWN / 2
    return min(max(at, half), width - half)


def wrap(text: str, width: float, size: float = 12.5, *, most: int = 3) -> list[str]:
    """Return the text in lines of at most a width.

    Words are broken only where they are wider than a line, and the last of ``most`` lines ends in an ellipsis where
    even these do not suffice.
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if estimate_width(longer, size) <= width:
            lines[-1] = longer
            continue
        for piece in _pieces(word, width, size):
            lines = [*lines, piece] if lines[-1] else [piece]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and estimate_width(last, size) > width - size:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,:") + "…"]


def _pieces(word: str, width: float, size: float) -> list[str]:
    """Return a word in pieces that fit into a line."""
    found = [""]
    for letter in word:
        if found[-1] and estimate_width(found[-1] + letter, size) > width:
            found.append("")
        found[-1] += letter
    return found


def write_lines(x: float, y: float, lines: Sequence[str], class_: str = "lab", *, step: float = 15.0) -> str:
    """Return lines of text, one below another."""
    return "".join(write(x, y + step * i, line, class_) for i, line in enumerate(lines))


@frozen
class Scale:
    """From values to places on the page.

    With `unit` it is a ratio scale: place of ln(1 + value · unit).
    """

    low: float
    high: float
    start: float
    end: float
    unit: float | None = None

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        low, high = self._bend(self.low), self._bend(self.high)
        return self.start + (self._bend(value) - low) / ((high - low) or 1.0) * (self.end - self.start)

    def _bend(self, value: float) -> float:
        return value if self.unit is None else math.log1p(max(value * self.unit, -0.999))

    def ticks(self, about: int = 6) -> list[float]:
        """Return about so many round values inside, three at least."""
        if self.unit is None:
            return self._even_ticks(about)
        top = math.floor(math.log10(max(self.high, 1e-12)))
        steps = [m * 10.0**e for e in range(top - 7, top + 1) for m in (1, 2, 5)]
        found = [0.0] if self.low <= 0 else []
        for value in steps:
            near = min((abs(self(value) - self(f)) for f in found), default=math.inf)
            if self.low <= value <= self.high and near > abs(self.end - self.start) / (1.6 * about):
                found.append(value)
        return found if len(found) >= _FEWEST_TICKS else self._even_ticks(about)

    def _even_ticks(self, about: int) -> list[float]:
        tries = (pick_round_values(self.low, self.high, n) for n in range(about, about + 8))
        found = next(tries)
        while len(found) < _FEWEST_TICKS and (more := next(tries, None)) is not None:
            found = more
        return found

    def code(self) -> str:
        """Return the scale as four or five numbers.

        With them the page's script reads values back from places.
        """
        unit = "" if self.unit is None else f" {self.unit:.6g}"
        return f"{self._bend(self.low):.6g} {self._bend(self.high):.6g} {_f(self.start)} {_f(self.end)}{unit}"


def pick_round_values(low: float, high: float, about: int) -> list[float]:
    """Return about so many round values inside [low, high].

    They are multiples of 1, 2 or 5 times a power of ten.
    """
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    raw = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def connect(points: Sequence[tuple[float, float]]) -> str:
    """Return path commands through points."""
    return "M" + "L".join(f"{_f(x)} {_f(y)}" for x, y in points)


def _f(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
