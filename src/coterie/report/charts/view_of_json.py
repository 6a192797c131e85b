"""View, of a record as plain values: for the charts, until they read the typed record."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from coterie import words
from coterie.portrait import SHARE_AS_ONE, as_effect
from coterie.record import clean_text

FACES = {
    "natural": ("green", "natural groups"),
    "partly": ("green-amber", "some natural groups"),
    "overlapping": ("amber", "overlapping groups"),
    "shape": ("amber", "useful, not natural"),
    "none": ("amber", "useful, not natural"),
    None: ("grey", "structure not tested yet"),
}

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SPEND = (
    ("revenue", "turnover", "monetary"),
    ("spend", "spent", "spending", "expenditure"),
    ("amount", "sales", "mnt"),
    ("value", "clv", "ltv"),
    ("purchases", "basket"),
)


class _Clean(dict[str, Any]):
    """A record whose strings were made harmless; made only by :func:`clean`."""


class Measure(NamedTuple):
    """One line of the profile: a column, or one level of a category, over all segments."""

    column: str
    level: str | None
    label: str
    role: str
    overall: float | None
    rows: Mapping[int, Mapping[str, Any]]
    sizes: Mapping[int, int]
    strength: float

    @property
    def is_share(self) -> bool:
        """Whether the numbers are shares of customers (a level) and not means."""
        return self.level is not None

    def value(self, segment: int) -> float | None:
        """Return the mean of a number, or the share of a level, in one segment; None where unknown or too few."""
        row = self.rows.get(segment)
        if row is None or words.too_few(self.sizes.get(segment, 0) if self.is_share else row.get("n")):
            return None
        found = row.get("share" if self.is_share else "mean")
        return None if found is None else float(found)

    def effect(self, segment: int) -> float:
        """Return how far the segment stands from the others, 1 being clearly far (0 where unknown).

        Numbers: robust standard deviations (of segments merged by hand, what their superiority stands for). Levels: the
        difference of the shares, as large as a number's that earns a word where it earns one.
        """
        row = self.rows.get(segment) or {}
        if row.get("effect") is None and row.get("superiority") is not None:
            return as_effect(float(row["superiority"]))
        found = float(row.get("effect") or 0.0)
        return found / SHARE_AS_ONE if self.is_share else found

    def text(self, segment: int | None) -> str:
        """Return the value as people read it; `None` asks for the value over all customers."""
        if segment is None:
            return self.format(self.overall)
        value, size = self.value(segment), self.sizes.get(segment, 0)
        if value is not None and self.is_share and 0 < round(value * size) < words.SMALLEST_GROUP:
            return f"<{math.ceil(100 * words.SMALLEST_GROUP / size)}%"
        return self.format(value)

    def format(self, value: float | None) -> str:
        """Return a value of this measure with the digits that suit the whole column."""
        if value is None:
            return words.UNKNOWN
        if self.is_share:
            return words.percent(value)
        means = [abs(v) for s in self.rows if (v := self.value(s)) is not None]
        return words.short_number(value, scale=max([abs(self.overall or 0.0), *means]))


def clean(record: Mapping[str, Any]) -> Mapping[str, Any]:
    r"""Return the same record with every control or direction-changing character of its texts as a visible escape.

    Idempotent and cheap; the input is not changed.

    >>> clean({"name": "a\x1b[2J"})["name"]
    'a\\x1b[2J'
    """
    return record if isinstance(record, _Clean) else _Clean((plain(k), _clean(v)) for k, v in record.items())


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(k) if isinstance(k, str) else k: _clean(v) for k, v in value.items()}
    return [_clean(v) for v in value] if isinstance(value, (list, tuple)) else value


def plain(text: str) -> str:
    """Text in which every control or direction-changing character is a visible escape."""
    return clean_text(text)


def shown_name(segment: Mapping[str, Any]) -> str:
    """Return the name a segment goes by: the one given by hand, else the one made from its numbers."""
    return str(segment.get("given") or segment["name"])


def slot(segment: int) -> int:
    """Return the color of a segment, 1–8; tied to its identity, so it survives refreshes and renames."""
    return (segment - 1) % 8 + 1


def owners(record: Mapping[str, Any]) -> dict[int, int]:
    """Return the segment that each center belongs to; centers were numbered like segments before any were merged."""
    return {place: int(segment) for place, segment in enumerate(record["model"]["segment_of"], start=1)}


def is_merged(record: Mapping[str, Any]) -> bool:
    """Whether segments were merged by hand."""
    return len(record["segments"]) < len(record["model"]["segment_of"])


def by_value(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the segments, most valuable first; by size where the record has no value column."""
    return sorted(record["segments"], key=lambda s: (-(s["value_share"] or 0.0), -s["share"], s["id"]))


def has_value(record: Mapping[str, Any]) -> bool:
    """Whether shares of value can be shown: a value column was named and none of its shares is negative."""
    shares = [s["value_share"] for s in record["segments"]]
    return bool(shares) and all(v is not None and v >= 0 for v in shares)


def label(record: Mapping[str, Any], column: str | None) -> str:
    """Return the short words for people of a column."""
    return next((str(c["label"]) for c in record["columns"] if c["name"] == column), str(column))


def customers(record: Mapping[str, Any]) -> int:
    """How many customers the table has."""
    return int(record["sample"]["rows"])


def measures(record: Mapping[str, Any]) -> list[Measure]:
    """Return the profile, one :class:`Measure` a column or level: what formed the segments first, strongest first."""
    rows: dict[tuple[str, str | None], dict[int, Mapping[str, Any]]] = {}
    roles: dict[str, str] = {}
    for row in record["profile"]:
        rows.setdefault((row["column"], row["level"]), {})[row["segment"]] = row
        roles[row["column"]] = row["role"]
    hidden = _mirrored(rows)
    sizes = {s["id"]: s["size"] for s in record["segments"]}
    found = []
    for (column, level), cells in rows.items():
        if (column, level) in hidden or roles[column] == "id":
            continue
        everyone = cells.get(0) or {}
        overall = everyone.get("share" if level is not None else "mean")
        if overall is None:
            overall = next((r["overall"] for r in cells.values() if r.get("overall") is not None), None)
        name = label(record, column)
        answer = words.answers_yes_or_no(level for name, level in rows if name == column and level is not None)
        said = words.sentence(name if level is None or (level.lower() in words.YES and answer) else f"{name}: {level}")
        inside = {s: r for s, r in cells.items() if s}
        measure = Measure(column, level, said, roles[column], overall, inside, sizes, 0.0)
        found.append(measure._replace(strength=max((abs(measure.effect(s)) for s in inside), default=0.0)))
    order = {"feature": 0, "value": 1}
    return sorted(found, key=lambda m: (order.get(m.role, 2), -m.strength, m.column, m.level or ""))


def _mirrored(keys: Iterable[tuple[str, str | None]]) -> set[tuple[str, str | None]]:
    """Of two complementary levels of a yes/no column, the one that need not be shown."""
    levels: dict[str, list[str]] = {}
    for column, level in keys:
        if level is not None:
            levels.setdefault(column, []).append(level)
    hidden: set[tuple[str, str | None]] = set()
    for column, found in levels.items():
        if len(found) == 2:
            hidden.add((column, next((v for v in found if v.lower() in words.NO), sorted(found)[-1])))
    return hidden


def spend_measure(record: Mapping[str, Any]) -> Measure | None:
    """Return the number that says who spends: the value column if named, else the first that sounds like spending.

    Where several columns hold parts of the spending ("spend on wines", "spend on fish") it is their sum.
    """
    found = [m for m in measures(record) if m.level is None and m.overall is not None]
    named = record["options"]["value"]
    if named is not None:
        return next((m for m in found if m.column == named), None)
    for said in _SPEND:
        for measure in found:
            if any(w.lower() in said for w in _WORD.findall(f"{measure.column} {measure.label}")):
                return _together(measure, found) or measure
    return None


def _together(one: Measure, found: Sequence[Measure]) -> Measure | None:
    """Return the sum of all columns of "spend on" something; None where these are not two, or some values are missing.

    The average of a sum is the sum of the averages only where they are of the same customers.
    """
    what = {m.column: on for m in found if (on := words.spent_on(m.column)) is not None}
    parts = sorted((m for m in found if m.column in what), key=lambda m: m.column)
    if one.column not in what or len(parts) < 2:
        return None
    rows: dict[int, dict[str, Any]] = {}
    for s in one.rows:
        mine = [m.rows.get(s) or {} for m in parts]
        if len({row.get("n") for row in mine}) > 1 or any(row.get("mean") is None for row in mine):
            return None
        rows[s] = {"n": mine[0].get("n"), "mean": sum(float(row["mean"]) for row in mine)}
    label = words.sentence(f"{words.SPENT_ON} {words.joined([what[m.column] for m in parts])} together")
    return one._replace(label=label, overall=sum(m.overall or 0.0 for m in parts), rows=rows)


def face(record: Mapping[str, Any]) -> tuple[str, str]:
    """Color word and short label of the verdict: `("green", "natural groups")`."""
    verdict = record["verdict"]
    color, label = FACES.get(verdict["code"], FACES[None])
    if verdict["code"] is None:
        return color, label
    return str(verdict["face"] or color), str(verdict["label"] or label)


def repeatability(record: Mapping[str, Any]) -> float | None:
    """Median agreement (adjusted Rand index) of refits on resampled customers, None where not measured."""
    stability = record["stability"]
    return None if stability is None or stability.get("ari") is None else float(stability["ari"]["median"])
