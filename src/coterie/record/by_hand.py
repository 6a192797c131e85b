"""Names and merges by hand: a record becomes the next one, and says where it came from.

Nothing is measured here. What the record cannot tell of a merged segment (medians, quantiles, effects, its silhouette)
is null in the next one, never a guess; counts, means, shares and superiorities of two parts combine exactly.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from coterie import errors, words
from coterie.portrait import ALL, WeakRule, choose_ideas, naming, rules_text
from coterie.purchases import agreement
from coterie.record import json
from coterie.record.json import Record

LONGEST_NAME = 80
JOINERS = "\u200c\u200d"  # without them neither Persian nor a family of emoji can be written


def segment_id(made: Record, key: int | str) -> int:
    """Return the id of the segment that an id or a letter names.

    Raises
    ------
    InputError : there is no such segment.
    """
    known = {s["id"]: s["letter"] for s in made["segments"]}
    asked = str(key).strip()
    for segment, its_letter in known.items():
        if asked == str(segment) or asked.upper() == its_letter.upper():
            return int(segment)
    raise errors.no_segment(asked, [f"{segment} ({its_letter})" for segment, its_letter in known.items()])


def _next(made: Record, said: str, **changed: Any) -> dict[str, Any]:
    """Return the record with parts changed, its parent's digest and one more sentence of history."""
    lineage = dict(made["lineage"])
    lineage["parent"] = hashlib.sha256(json.dumps(made).encode()).hexdigest()
    lineage["history"] = [*lineage["history"], said]
    lineage["next_id"] = changed.pop("next_id", lineage["next_id"])
    return {**made, **changed, "lineage": lineage}


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def named(made: Record, key: int | str, text: str | None) -> dict[str, Any]:
    """Return the next record, in which a segment has the name given; None takes a given name back.

    Raises
    ------
    InputError : there is no such segment, the name cannot be one, or another segment has it.
    """
    segment = segment_id(made, key)
    given = None if text is None else checked_name(text)
    taken = {(s["given"] or s["name"]).casefold(): s["letter"] for s in made["segments"] if s["id"] != segment}
    if given is not None and given.casefold() in taken:
        raise errors.name_taken(given, taken[given.casefold()])
    one = next(s for s in made["segments"] if s["id"] == segment)
    before = one["given"] or one["name"]
    after = given or one["name"]
    said = f"Segment {one['letter']} was called “{before}” and is “{after}” from here on."
    segments = [{**s, "given": given} if s["id"] == segment else s for s in made["segments"]]
    rows = [{**row, "name": after} if row["segment"] == segment else row for row in made["profile"]]
    return _next(made, said, segments=segments, profile=rows)


def checked_name(text: str) -> str:
    """Return a name given by hand in its usual form: composed letters, single spaces, none around it.

    Raises
    ------
    InputError : empty, too long, not printable, or what a spreadsheet takes for a formula.

    >>> checked_name("  Weekend   families ")
    'Weekend families'
    """
    if len(text) > 4 * LONGEST_NAME:
        raise errors.bad_name(text, f"it has {len(text):,} characters; {LONGEST_NAME} are the most")
    hidden = [c for c in text if unicodedata.category(c)[0] == "C" and c not in JOINERS]
    hidden += [c for c in text if unicodedata.category(c) in ("Zl", "Zp")]
    if hidden:
        raise errors.bad_name(text, f"it holds the character U+{ord(hidden[0]):04X}, which does not show")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name.strip(JOINERS):
        raise errors.bad_name(text, "it is empty")
    if len(name) > LONGEST_NAME:
        raise errors.bad_name(text, f"it has {len(name):,} characters; {LONGEST_NAME} are the most")
    if name.startswith(words.FORMULA_STARTS):
        raise errors.bad_name(text, f"a spreadsheet takes what begins with {name[0]} for a formula")
    return name


# ── merging ───────────────────────────────────────────────────────────────────────────────────────────────────────


def merged(made: Record, first: int | str, second: int | str) -> dict[str, Any]:
    """Return the next record, in which two segments are one with an id of its own.

    Their centers stay, so that customers are assigned as before; an id is never used for another group of customers.

    Raises
    ------
    InputError : there are no such segments, they are the same, or there are only two.
    """
    a, b = sorted((segment_id(made, first), segment_id(made, second)))
    if a == b:
        raise errors.merge_with_itself(str(first))
    if len(made["segments"]) < 3:
        raise errors.last_two_segments()
    new = int(made["lineage"]["next_id"])
    pair = [next(s for s in made["segments"] if s["id"] == s_id) for s_id in (a, b)]
    letters = words.joined([s["letter"] for s in pair])
    rows = _profile(made["profile"], {s["id"]: s["size"] for s in pair}, new)
    one = _segment(made, pair, new, rows)
    for row in rows:
        row["name"] = one["name"] if row["segment"] == new else row["name"]
    rest = [_neighbor(s, (a, b), new) for s in made["segments"] if s["id"] not in (a, b)]
    called = words.joined([f"{s['letter']} “{s['given'] or s['name']}”" for s in pair])
    caveat = (
        f"Segments {letters} were merged by hand into {one['letter']}: the verdict, the votes and the repeatability are"
        " those of the segments before."
    )
    return _next(
        made,
        f"Segments {called} were merged into {one['letter']}.",
        next_id=new + 1,
        segments=[*rest, one],
        profile=rows,
        model=_model(made, (a, b), new),
        sample=_sample(made["sample"], (a, b), new),
        stability=_stability(made["stability"], (a, b)),
        verdict={**made["verdict"], "caveats": [*(made["verdict"]["caveats"] or []), caveat]},
        findings=[f for f in made["findings"] if not (f["code"] == "COT303" and f"segments {letters} " in f["text"])],
    )


def _model(made: Record, pair: tuple[int, int], new: int) -> dict[str, Any]:
    """Return the model with the two segments' centers belonging to one; what was measured of the others stays."""
    held = made["model"]
    rules = held.get("rules")
    if rules:
        weak = [w for w in rules["weak"] if w["segment"] not in pair]
        letters = {s["id"]: s["letter"] for s in made["segments"] if s["id"] not in pair}
        good = [s["id"] for s in made["segments"] if s["rule"] and s["id"] in letters]
        text = rules_text(good, [WeakRule(**w) for w in weak], rules["measured"], letters)
        text = f"{text} No rule was sought for {words.letter(new)}, which was merged by hand.".strip()
        rules = {**rules, "weak": weak, "text": text}
    return {
        **held,
        "segment_of": [new if s in pair else s for s in held["segment_of"]],
        **dict.fromkeys(("explained", "silhouette", "silhouette_error", "silhouette_rows", "tree")),
        "rules": rules,
    }


def _stability(held: Mapping[str, Any] | None, pair: tuple[int, int]) -> dict[str, Any] | None:
    """Return what is known of the segments that stay; no refit was looked at for the merged one."""
    if held is None:
        return None
    cuts = [c for c in held["margins"]["cuts"] if c["segment"] not in pair]
    return {
        **held,
        "segments": [s for s in held["segments"] if s["id"] not in pair],
        **dict.fromkeys(("core", "probable", "borderline")),
        "neighbors": [],
        "margins": {"cuts": cuts, "agreement": None},
    }


def _sample(held: Mapping[str, Any], pair: tuple[int, int], new: int) -> dict[str, Any]:
    """Return the map without its cells, whose most frequent segment may be another now, and RFM's crossing."""
    rfm = held.get("rfm")
    if rfm:
        crossed: dict[tuple[int, str], int] = {}
        for cell in rfm["cross"]:
            key = (new if cell["segment"] in pair else cell["segment"], cell["name"])
            crossed[key] = crossed.get(key, 0) + cell["n"]
        cross = [{"segment": s, "name": name, "n": n} for (s, name), n in sorted(crossed.items())]
        rfm = {**rfm, "cross": cross, "agreement": agreement(crossed)}
    return {**held, "map": {**held["map"], "cells": None}, "rfm": rfm}


def _neighbor(segment: Mapping[str, Any], pair: tuple[int, int], new: int) -> dict[str, Any]:
    """Return another segment, whose border may now be one with the merged segment."""
    border = segment.get("border")
    if not border or border["towards"] is None:
        return dict(segment)
    # If most were near one of the two, most are near both together; else the two together may outnumber the others.
    towards = new if border["towards"] in pair else None
    return {**segment, "border": {**border, "towards": towards, "towards_share": None}}


# ── what two parts are together ───────────────────────────────────────────────────────────────────────────────────


def _profile(rows: Sequence[Mapping[str, Any]], sizes: Mapping[int, int], new: int) -> list[dict[str, Any]]:
    """Return the profile with one row for each two rows of the pair, after those that stay."""
    everybody = {(r["column"], r["level"]): r["n"] for r in rows if r["segment"] == ALL}
    parts: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {}
    for r in rows:
        if r["segment"] in sizes:
            parts.setdefault((r["column"], r["level"]), []).append(r)
    together = [_row(two, sizes, everybody[key], new) for key, two in parts.items()]
    return [*(dict(r) for r in rows if r["segment"] not in sizes), *together]


def _row(two: Sequence[Mapping[str, Any]], sizes: Mapping[int, int], everybody: int, new: int) -> dict[str, Any]:
    n, missing = sum(r["n"] for r in two), sum(r["missing"] for r in two)
    row = {**two[0], "segment": new, "n": n, "missing": missing}
    row |= dict.fromkeys(("mean", "median", "p10", "p90", "share", "effect", "superiority"))
    if two[0]["level"] is None:
        row["mean"] = math.fsum(r["mean"] * r["n"] for r in two if r["mean"] is not None) / n if n else None
        row["superiority"] = _superiority(two, everybody)
    elif known := sum(sizes[r["segment"]] for r in two) - missing:
        row["share"] = n / known
        row["effect"] = row["share"] - two[0]["overall"]
    return row


def _superiority(two: Sequence[Mapping[str, Any]], everybody: int) -> float | None:
    """Return P(member > other) + half P(equal) of both together, from that of each against all the others.

    Pairs of one part with the other are won by one of them, so that they can be taken out: exact where the sample is
    all customers, and as good as its parts elsewhere.
    """
    n, m = (r["n"] for r in two)
    others = everybody - n - m
    if any(r["superiority"] is None for r in two) or min(n, m, others) <= 0:
        return None
    won: float = math.fsum(r["superiority"] * r["n"] * (everybody - r["n"]) for r in two) - n * m
    chance: float = won / ((n + m) * others)
    return min(1.0, max(0.0, chance))


def _segment(
    made: Record, pair: Sequence[Mapping[str, Any]], new: int, rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    a, b = pair
    size = a["size"] + b["size"]
    facts = naming.markers(json.profile(rows), json.columns(made), new)
    taken = {s["given"] or s["name"] for s in made["segments"] if s not in (a, b)}
    tries = [naming.name_of(facts[:count], json.columns(made)) for count in (2, naming.FACTS)]
    last = f"{tries[0]}, {a['letter']} and {b['letter']} together"
    spread = None
    if a["spread"] is not None and b["spread"] is not None and size:
        spread = math.sqrt((a["size"] * a["spread"] ** 2 + b["size"] * b["spread"] ** 2) / size)
    return {
        **a,
        "id": new,
        "letter": words.letter(new),
        "name": next((name for name in tries if name not in taken), last),
        "given": None,
        "tentative": True,
        "size": size,
        **{key: _sum(a[key], b[key]) for key in ("share", "value", "value_share")},
        "spread": spread,
        "markers": json.plain(facts),
        "idea": choose_ideas({new: facts})[new],
        **dict.fromkeys(("depth", "rule", "name_returns", "typical", "border")),
    }


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b
