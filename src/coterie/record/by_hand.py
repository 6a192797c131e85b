"""Names and merges by hand: a record becomes the next one, and says where it came from.

Nothing is measured here. What the record cannot tell of a merged segment (medians, quantiles, effects, its silhouette)
is null in the next one, never a guess; counts, means, shares and superiorities of two parts combine exactly.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from coterie import errors, words
from coterie.evidence import Caveat
from coterie.findings import Finding, worst_first
from coterie.portrait import ALL, ProfileRow, Segment, choose_ideas, naming, profile, rules_text
from coterie.purchases import Crossed, RfmFacts, agreement
from coterie.record.build import ALIKE, alike_finding
from coterie.record.lineage import follow_by_hand
from coterie.record.record import ModelFacts, Record, SampleFacts, StabilityFacts

LONGEST_NAME = 80
JOINERS = "\u200c\u200d"  # without them neither Persian nor a family of emoji can be written


def segment_id(record: Record, key: int | str) -> int:
    """Return the id of the segment that an id or a letter names.

    Raises
    ------
    InputError : there is no such segment.
    """
    asked = str(key).strip()
    for s in record.segments:
        if asked == str(s.id) or asked.upper() == s.letter.upper():
            return s.id
    raise errors.no_segment(asked, [f"{s.id} ({s.letter})" for s in record.segments])


def _inherit(record: Record, after: Record, said: str, next_id: int) -> Record:
    """Return what a record became, with its parent's digest and one more sentence of history."""
    return replace(after, lineage=follow_by_hand(record, said, next_id))


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def rename(record: Record, key: int | str, text: str | None) -> Record:
    """Return the next record, in which a segment has the name given.

    Parameters
    ----------
    text : None takes a given name back.

    Raises
    ------
    InputError : there is no such segment, the name cannot be one, or another segment has it.
    """
    one = record.segment(segment_id(record, key))
    given = None if text is None else checked_name(text)
    taken = {(s.called).casefold(): s.letter for s in record.segments if s.id != one.id}
    if given is not None and given.casefold() in taken:
        raise errors.name_taken(given, taken[given.casefold()])
    before, after = one.called, given or one.name
    said = f"Segment {one.letter} was called “{before}” and is “{after}” from here on."
    segments = tuple(replace(s, given=given) if s.id == one.id else s for s in record.segments)
    rows = tuple(replace(row, name=after) if row.segment == one.id else row for row in record.profile)
    return _inherit(record, replace(record, segments=segments, profile=rows), said, record.lineage.next_id)


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


def merge(record: Record, first: int | str, second: int | str) -> Record:
    """Return the next record, in which two segments are one with an id of its own.

    Their centers stay, so that customers are assigned as before; an id is never used for another group of customers.

    Raises
    ------
    InputError : there are no such segments, they are the same, or there are only two.
    """
    a, b = sorted((segment_id(record, first), segment_id(record, second)))
    if a == b:
        raise errors.merge_with_itself(str(first))
    if len(record.segments) < 3:
        raise errors.last_two_segments()
    new, ids, pair = record.lineage.next_id, (a, b), (record.segment(a), record.segment(b))
    letters = words.joined([s.letter for s in pair])
    rows = _merge_profile(record.profile, {s.id: s.size for s in pair}, new)
    one = _merge_segments(record, pair, new, rows)
    rest = [_neighbor(s, ids, new) for s in record.segments if s.id not in ids]
    called = words.joined([f"{s.letter} “{s.called}”" for s in pair])
    caveat = Caveat(
        "merged_by_hand",
        f"Segments {letters} were merged by hand into {one.letter}: the verdict, the votes and the repeatability are"
        " those of the segments before.",
    )
    after = replace(
        record,
        segments=(*rest, one),
        profile=tuple(replace(row, name=one.name) if row.segment == new else row for row in rows),
        model=_merge_model(record, ids, new),
        sample=_merge_sample(record.sample, ids, new),
        stability=_without(record.stability, ids),
        verdict=replace(record.verdict, caveats=(*record.verdict.caveats, caveat)),
        findings=worst_first(_findings_left(record, ids)),
    )
    return _inherit(record, after, f"Segments {called} were merged into {one.letter}.", new + 1)


def _findings_left(record: Record, pair: tuple[int, int]) -> Iterator[Finding]:
    """Give the findings that still hold: who cannot be told apart are those that stay, if two or more of them do."""
    for finding in record.findings:
        if finding.code != ALIKE or not set(pair) & set(finding.segments):
            yield finding
        elif len(left := [s for s in finding.segments if s not in pair]) > 1:
            yield alike_finding(left, len(record.segments) - 1)


def _merge_model(record: Record, pair: tuple[int, int], new: int) -> ModelFacts:
    """Return the model with the two segments' centers belonging to one; what was measured of the others stays."""
    held = record.model
    weak = tuple(w for w in held.rules.weak if w.segment not in pair)
    letters = {s.id: s.letter for s in record.segments if s.id not in pair}
    good = [s.id for s in record.segments if s.rule and s.id in letters]
    text = rules_text(good, weak, held.rules.measured, letters)
    text = f"{text} No rule was sought for {words.letter(new)}, which was merged by hand.".strip()
    return replace(
        held,
        segment_of=tuple(new if s in pair else s for s in held.segment_of),
        explained=None,
        silhouette=None,
        silhouette_error=None,
        silhouette_rows=None,
        tree=None,
        rules=replace(held.rules, weak=weak, text=text),
    )


def _without(held: StabilityFacts, pair: tuple[int, int]) -> StabilityFacts:
    """Return what is known of the segments that stay; no refit was looked at for the merged one."""
    cuts = tuple(c for c in held.margins.cuts if c.segment not in pair)
    return replace(
        held,
        segments=tuple(s for s in held.segments if s.id not in pair),
        core=None,
        probable=None,
        borderline=None,
        neighbors=(),
        margins=replace(held.margins, cuts=cuts, agreement=None, doubt=None),
    )


def _merge_sample(held: SampleFacts, pair: tuple[int, int], new: int) -> SampleFacts:
    """Return the map without its cells, whose most frequent segment may be another now, and RFM's crossing."""
    rfm = held.rfm and _cross_again(held.rfm, pair, new)
    return replace(held, map=replace(held.map, cells=None), rfm=rfm)


def _cross_again(held: RfmFacts, pair: tuple[int, int], new: int) -> RfmFacts:
    crossed: dict[tuple[int, str], int] = {}
    for cell in held.cross:
        key = (new if cell.segment in pair else cell.segment, cell.name)
        crossed[key] = crossed.get(key, 0) + cell.n
    cross = tuple(Crossed(s, name, n) for (s, name), n in sorted(crossed.items()))
    return replace(held, cross=cross, agreement=agreement(crossed))


def _neighbor(segment: Segment, pair: tuple[int, int], new: int) -> Segment:
    """Return another segment, whose border may now be one with the merged segment."""
    border = segment.border
    if border is None or border.towards is None:
        return segment
    # If most were near one of the two, most are near both together; else the two together may outnumber the others.
    towards = new if border.towards in pair else None
    return replace(segment, border=replace(border, towards=towards, towards_share=None))


# ── what two parts are together ───────────────────────────────────────────────────────────────────────────────────


def _merge_profile(rows: Sequence[ProfileRow], sizes: Mapping[int, int], new: int) -> list[ProfileRow]:
    """Return the profile with one row for each two rows of the pair, after those that stay."""
    everybody = {(r.column, r.level): r.n for r in rows if r.segment == ALL}
    parts: dict[tuple[str, str | None], list[ProfileRow]] = {}
    for r in rows:
        if r.segment in sizes:
            parts.setdefault((r.column, r.level), []).append(r)
    together = [_merge_rows(two, sizes, everybody[key], new) for key, two in parts.items()]
    # The median of two parts is not known: where medians were printed it is the means, in every segment.
    return [
        replace(r, printed=profile.MEAN) if r.printed == profile.MEDIAN else r
        for r in (*(r for r in rows if r.segment not in sizes), *together)
    ]


def _merge_rows(two: Sequence[ProfileRow], sizes: Mapping[int, int], everybody: int, new: int) -> ProfileRow:
    n, missing, level = sum(r.n for r in two), sum(r.missing for r in two), two[0].level is not None
    known = sum(sizes[r.segment] for r in two) - missing if level else 0
    share, overall = n / known if known else _together([(r.share, r.n) for r in two]), two[0].overall
    mean = math.fsum(r.mean * r.n for r in two if r.mean is not None) / n if n and not level else None
    return replace(
        two[0],
        segment=new,
        n=n,
        missing=missing,
        mean=mean,
        median=None,
        p10=None,
        p90=None,
        share=share,
        effect=None if share is None or overall is None or not level else share - overall,
        positive=_together([(r.positive, r.n) for r in two]),
        superiority=None if level else _superiority(two, everybody),
    )


def _together(parts: Sequence[tuple[float | None, int]]) -> float | None:
    """Return the share in all parts together, or None where one is unknown."""
    n = sum(size for _, size in parts)
    known = [(share, size) for share, size in parts if share is not None]
    return math.fsum(share * size for share, size in known) / n if n and len(known) == len(parts) else None


def _superiority(two: Sequence[ProfileRow], everybody: int) -> float | None:
    """Return P(member > other) + half P(equal) of both together, from that of each against all the others.

    Pairs of one part with the other are won by one of them, so that they can be taken out: exact where the sample is
    all customers, and as good as its parts elsewhere.
    """
    n, m = (r.n for r in two)
    others, chances = everybody - n - m, [r.superiority for r in two if r.superiority is not None]
    if len(chances) < len(two) or min(n, m, others) <= 0:
        return None
    won = math.fsum(chance * r.n * (everybody - r.n) for chance, r in zip(chances, two, strict=True)) - n * m
    return min(1.0, max(0.0, won / ((n + m) * others)))


def _merge_segments(record: Record, pair: tuple[Segment, Segment], new: int, rows: Sequence[ProfileRow]) -> Segment:
    a, b = pair
    size = a.size + b.size
    facts = naming.markers(rows, record.columns, new)
    taken = {s.called for s in record.segments if s not in pair}
    tries = [naming.name_of(facts[:count], record.columns) for count in (2, naming.FACTS)]
    last = f"{tries[0]}, {a.letter} and {b.letter} together"
    spread = None
    if a.spread is not None and b.spread is not None and size:
        spread = math.sqrt((a.size * a.spread**2 + b.size * b.spread**2) / size)
    return replace(
        a,
        id=new,
        letter=words.letter(new),
        name=next((name for name in tries if name not in taken), last),
        given=None,
        tentative=True,
        size=size,
        share=a.share + b.share,
        value=_sum(a.value, b.value),
        value_share=None if a.value_share is None or b.value_share is None else min(1.0, a.value_share + b.value_share),
        spread=spread,
        markers=facts,
        idea=choose_ideas({new: facts}, naming.pace_of(record.columns))[new],
        depth=None,
        rule=None,
        name_returns=None,
        typical=None,
        border=None,
        group=None,
    )


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b
