"""Two runs side by side as a page of the report's family, and as lines."""

from __future__ import annotations

from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.record import ColumnDrift, ComparedRuns, Criterion, Move, Party, clean_value
from coterie.report import view
from coterie.report.charts import draw_migration
from coterie.report.charts.drawing import trace_glyph
from coterie.report.compilation import template
from coterie.report.explanations import Mark
from coterie.report.html_file import assets, markup, policy
from coterie.report.page import icon, show_chart

FACES = {"assign": "green", "review": "amber", "refit": "red"}
ADVICE = {
    "assign": "Go on with these segments",
    "review": "Look before you go on",
    "refit": "Form the segments again",
}
SAYS = {"assign": "go on", "review": "look", "refit": "form again"}
COLUMNS = (("from", "Before"), ("to", "Now"), ("n", "Customers"), ("share", "Share"))
STRONG = (0.02, 0.05, 0.10)


@frozen
class Cell:
    """A cell of the table of who went where: text, a second line, its tint."""

    text: str
    more: str
    tint: str


def render(facts: ComparedRuns) -> str:
    """Return the comparison as one self-contained HTML page."""
    seen: ComparedRuns = clean_value(facts)
    style, script = assets()
    return template("comparison.html").render(
        style=markup(style),
        script=markup(script),
        policy=policy(style, script),
        face=FACES[seen.advice],
        icon=icon(FACES[seen.advice]),
        advice=ADVICE[seen.advice],
        line=[f"{seen.old.rows:,} customers before", f"{seen.new.rows:,} now"],
        headline=headline(seen),
        reasons=seen.reasons,
        facts=_facts(seen),
        alluvial=show_chart(draw_migration(seen), COLUMNS),
        now=[_mark(s) for s in seen.new.segments],
        matrix=_matrix(seen),
        unassigned=None in _ends(seen),
        migration_words=migration_words(seen),
        speaking=[_criterion(c) for c in seen.criteria if c.says != "assign"],
        silent=[_criterion(c) for c in seen.criteria if c.says == "assign"],
        moved=_columns([c for c in seen.columns if c.corrected >= STRONG[2]]),
        still=_columns([c for c in seen.columns if c.corrected < STRONG[2]]),
        lacking=seen.lacking,
        segments=tell_segments(seen),
        follows=seen.follows,
    )


def lines(facts: ComparedRuns) -> list[str]:
    """Return the comparison as lines of a terminal."""
    seen: ComparedRuns = clean_value(facts)
    told = [f"{ADVICE[seen.advice]} (advice: {seen.advice}). {headline(seen)}", ""]
    told += [f"  {reason}" for reason in seen.reasons]
    if seen.migration is not None:
        told += ["", migration_words(seen)]
        gone = sorted((m for m in seen.migration.moves if not m.stays), key=lambda m: -m.n)
        told += [
            f"  {words.count(m.n):>9}  {seen.old.called(m.before)} → {seen.new.called(m.now)}"
            f"{'  (became one)' if m.merged else '  (as many would by chance)' if m.inside else ''}"
            for m in gone[:12]
        ]
    drifted = [c for c in seen.columns if c.corrected >= STRONG[2]]
    told += ["", *(f"  {c.label}: stability index {words.rounded(c.corrected)} beyond chance" for c in drifted)]
    return [*told, *([""] if drifted and seen.lacking else []), *seen.lacking]


def headline(facts: ComparedRuns) -> str:
    """Return the finding in one line."""
    found = facts.migration
    if found is None:
        return "Nobody can be followed from one run to the other."
    if not found.shared:
        return "No customer is in both runs."
    if not found.changed:
        return "Nobody is in another segment."
    others = found.changed - found.merged
    said = f"{words.percent(others)} of the customers are in another segment"
    said = f"{said}; {words.percent(found.floor)} would be by chance." if others else "Nobody moved."
    return " ".join([said, *_say_merged(facts)])


def _say_merged(facts: ComparedRuns) -> list[str]:
    """Return which segments of before are one now, a sentence each; nobody moved for that."""
    found = facts.migration
    merged = [] if found is None else [m for m in found.moves if m.merged]
    said = []
    for now in dict.fromkeys(m.now for m in merged):
        parts = [m for m in found.moves if m.now == now and (m.merged or m.stays)] if found is not None else []
        names = words.joined([facts.old.called(m.before) for m in parts])
        said.append(f"{names} are one segment now, {words.percent(sum(m.share for m in parts))} of the customers.")
    return said


def migration_words(facts: ComparedRuns) -> str:
    """Return who was followed, and what the changes are made of."""
    found = facts.migration
    if found is None:
        return ""
    said = f"{words.plural(found.shared, 'customer')} of both runs; {found.entered:,} came and {found.left:,} left."
    if found.changed and found.moved is not None and found.line is not None:
        if found.moved:
            said += f" {words.percent(found.moved)} moved: the old segments would have them elsewhere too."
        if found.merged:
            said += f" {words.percent(found.merged)} stayed where they were: their segments became one."
        if found.line - found.merged > 0:
            share = words.percent(found.line - found.merged)
            said += f" {share} stayed where they were, but the lines moved over them."
    return said


def _facts(facts: ComparedRuns) -> list[tuple[str, str, str]]:
    found = facts.migration
    if found is None:
        return []
    parts = "customers and lines not told apart"
    if found.moved is not None and found.line is not None:
        parts = f"{words.percent(found.moved)} moved, {words.percent(found.line)} by lines alone"
    if found.merged:
        parts += f"; {words.percent(found.merged)} where segments became one"
    return [
        ("In both runs", words.count(found.shared), f"{found.entered:,} came, {found.left:,} left"),
        ("In another segment", words.percent(found.changed), parts),
        ("Beyond chance", words.percent(found.beyond), f"{words.percent(found.floor)} change if nothing does"),
    ]


def _points(change: float) -> str:
    text = f"{100 * change:+.1f} points".replace("-", "−")
    return f"±{text[1:]}" if text[1:].startswith("0.0 ") else text


def _mark(party: Party) -> Mark:
    return Mark(party.id, party.letter, party.name, view.slot(party.id), trace_glyph(party.id))


def _ends(facts: ComparedRuns) -> list[int | None]:
    """Return where customers are now: the segments, and not assigned where somebody is."""
    moves = () if facts.migration is None else facts.migration.moves
    return [*(s.id for s in facts.new.segments), *([None] if any(m.now is None for m in moves) else [])]


def _matrix(facts: ComparedRuns) -> list[tuple[Mark | None, list[Cell]]]:
    """Return a row a segment of before, with a cell a segment of now."""
    if facts.migration is None:
        return []
    held, ends = {(m.before, m.now): m for m in facts.migration.moves}, _ends(facts)
    rows: list[tuple[Mark | None, list[Cell]]] = [
        (_mark(s), [_cell(held.get((s.id, now))) for now in ends]) for s in facts.old.segments
    ]
    if any(m.before is None for m in facts.migration.moves):
        rows.append((None, [_cell(held.get((None, now))) for now in ends]))
    return rows


def _cell(move: Move | None) -> Cell:
    if move is None:
        return Cell("–", "", "noise")
    few = move.n < words.SMALLEST_GROUP
    n = "few" if few else f"{move.n:,}"
    more = "" if few or move.stays or move.moved is None else f"{move.moved:,} moved, {move.line:,} line"
    if move.stays:
        return Cell(n, "stayed", "stay")
    if move.merged:
        return Cell(n, "became one", "stay")
    if move.inside:
        return Cell(n, more, "noise")
    level = 1 + sum(move.share - move.floor >= least for least in STRONG)
    return Cell(n, more, f"p{level}")


def _criterion(found: Criterion) -> tuple[str, str, str, str, str]:
    p = "–" if found.adjusted is None else words.p_value(found.adjusted).removeprefix("p = ").removeprefix("p ")
    value = "–" if found.value is None else words.rounded(found.value)
    limit = "–" if found.limit is None else words.rounded(found.limit)
    return found.name, value, limit, p, SAYS[found.says]


def _columns(found: Sequence[ColumnDrift]) -> list[tuple[str, str, str, str]]:
    return [
        (
            c.label,
            words.rounded(c.size),
            words.rounded(c.corrected),
            "forms them" if c.forms else "describes them",
        )
        for c in sorted(found, key=lambda c: -c.corrected)
    ]


def tell_segments(facts: ComparedRuns) -> Sequence[tuple[Mark, str, str, str]]:
    """Return each segment of now with its share before and now."""
    was = {now: old for old, now in facts.same}
    shares = {s.id: s.share for s in facts.old.segments}
    told = []
    for s in facts.new.segments:
        before = shares.get(was.get(s.id, -1))
        change = words.UNKNOWN if before is None else _points(s.share - before)
        told.append(
            (_mark(s), words.UNKNOWN if before is None else words.percent(before), words.percent(s.share), change)
        )
    return told
