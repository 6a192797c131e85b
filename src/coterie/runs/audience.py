"""AUDIENCE: the members of segments as lists for a campaign, some customers held out.

It is made from a run's ``segments.parquet`` alone, joined by id to columns of a source where some are asked for. The
folder is published whole or not at all, as a run's is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from coterie import errors, options, sql, words
from coterie.doors import frozen
from coterie.engines import Engine, Reading, Source, Target, engine_for
from coterie.portrait import Segment
from coterie.record import Record, by_hand, digest, effects, from_json, to_json
from coterie.runs.audience_options import Format, Wanted
from coterie.runs.held_out import check_of
from coterie.runs.manifest import AUDIENCE, find_published, read_manifest
from coterie.runs.member_lists import PEOPLE, Divided, MemberLists, hash_text
from coterie.runs.run_folder import open_run
from coterie.sql import field as of
from coterie.table import ID, KeyedRows, read_keyed

BESIDE, HELD_OUT = "audience_source", "holdout.csv"
MET = 0.99  # of the run's customers must be in the source
LONGEST_NAME, LONGEST_ID = 60, 2**20
Keep = Callable[[Engine, str], None]


@frozen
class Detectable:
    """The smallest lift that is seen four times in five, at a 95% interval.

    ``rates`` has it for a rate of conversion of so much without the campaign (None: none is), ``spread`` for an amount,
    in standard deviations of it.
    """

    rates: tuple[tuple[float, float | None], ...]
    spread: float | None


@frozen
class AudienceSegment:
    """A segment's list: its file, how many are in it, and how many are not."""

    id: int
    letter: str
    name: str
    file: str
    members: int
    held_out: int
    borderline: int
    detectable: Detectable | None


@frozen
class AudienceFacts:
    """What a manifest says of an audience; no customer, and no key.

    ``run`` is the SHA-256 of the run's record, ``model`` that of its centers (they stay when segments get other names);
    ``id`` the column that identified a customer. ``key_check`` tells the key from another one. ``hash`` is the column
    that was hashed, and ``hashed_ids`` says whether that is the id.
    """

    run: str
    model: str
    id: str | None
    columns: tuple[str, ...]
    hash: str | None
    hashed_ids: bool
    holdout: float | None
    key_check: str | None
    without_borderline: bool
    format: Format
    segments: tuple[AudienceSegment, ...]


@frozen
class Audience:
    """An audience that was written, or is read again.

    ``notes`` say what must be known of it.
    """

    folder: Path
    facts: AudienceFacts
    notes: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[AudienceSegment, ...]:
        """The lists, by id of their segment."""
        return self.facts.segments


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def write(
    out: Path, record: Record, keep: Keep, wanted: Wanted, *, apart: Path | None, engine: Engine | None = None
) -> Audience:
    """Write an audience: a list a segment, the holdout and the manifest.

    Parameters
    ----------
    keep : makes a relation of the run's customers: id, segment, confidence, one row an id.
    apart : the run's folder or source, which the audience may not overlap.

    Raises
    ------
    InputError : no such segment, a list of fewer than ten; a source that holds other customers; OUT is not empty.
    AccessError, BusyError : OUT cannot be written; another process is writing there.

    Notes
    -----
    Cost: the segments once, the source once; one keyed hash a customer in Python where some are held out.
    """
    chosen = _choose(record, wanted.segment)
    source = None if wanted.source is None else Source.of(wanted.source)
    watched = source if source is not None and source.path is not None else None
    usual = next((c.name for c in record.columns if c.role == "id"), None)
    ids = ("id", usual, None if source is None else wanted.id)
    hashed_ids = wanted.hash is not None and wanted.hash in ids
    asked = _asked(wanted, hashed_ids)
    if wanted.hash is not None and not hashed_ids and source is None:
        raise errors.nothing_to_join("--hash")
    if source is not None and not asked and not hashed_ids:
        raise errors.no_columns()
    with open_run(out, overwrite=wanted.overwrite, source=watched, apart=apart, schema=AUDIENCE) as folder:
        opened = engine or engine_for(source)
        try:
            beside = None if source is None else _read_beside(source, opened, wanted, usual, asked)
            keep(opened, PEOPLE)
            met = None if beside is None else _count_met(opened, beside)
            lists = MemberLists(opened, tuple(s.id for s in chosen), wanted, hashed_ids)
            divided = lists.divide({s.id: s.letter for s in chosen})
            _refuse_small(chosen, divided, wanted)
            found = tuple(_describe(s, divided[s.id], wanted) for s in chosen)
            lists.join(beside, asked)
            for segment in found:
                opened.deliver(lists.list_sql(segment.id, asked), Target(folder.file(segment.file), wanted.format))
            if wanted.holdout is not None:
                opened.deliver(lists.holdout_sql(), Target(folder.file(HELD_OUT), "csv"))
        finally:
            if engine is None:
                opened.close()
        facts = AudienceFacts(
            run=digest(record),
            model=digest_model(record),
            id=usual,
            columns=asked,
            hash=wanted.hash,
            hashed_ids=hashed_ids,
            holdout=wanted.holdout,
            key_check=check_of(wanted.key) if wanted.holdout is not None and wanted.key else None,
            without_borderline=wanted.without_borderline,
            format=wanted.format,
            segments=found,
        )
        folder.commit({"coterie": record.coterie, "audience": to_json(facts)})
    return Audience(Path(out), facts, _notes(facts, met))


def digest_model(record: Record) -> str:
    """Return what tells the model of a record: its features and centers."""
    held = [to_json(record.features), to_json(record.model.centers)]
    return hashlib.sha256(repr(held).encode()).hexdigest()


def _choose(record: Record, asked: int | str | Sequence[int | str] | None) -> tuple[Segment, ...]:
    if asked is None:
        return record.segments
    several = list(asked) if isinstance(asked, Iterable) and not isinstance(asked, str) else [asked]
    keys = [part for key in several for part in (options.split_names(key) if isinstance(key, str) else [key])]
    if not keys:
        raise errors.bad_option("--segment", "", "the number or the letter of a segment")
    ids = {by_hand.segment_id(record, key) for key in keys}
    return tuple(s for s in record.segments if s.id in ids)


def _refuse_small(chosen: Sequence[Segment], divided: Mapping[int, Divided], wanted: Wanted) -> None:
    """Refuse lists of fewer than ten people: what counts is who is written into each."""
    short = [f"{s.letter} {s.called}" for s in chosen if _is_short(divided[s.id].members)]
    if short and not wanted.allow_small:
        raise errors.small_segments(short, words.SMALLEST_GROUP)


def _is_short(members: int) -> bool:
    """Say whether a list of so many tells of single people."""
    return members < words.SMALLEST_GROUP


def _asked(wanted: Wanted, hashed_ids: bool) -> tuple[str, ...]:
    """Return the columns that stand beside the id; the hashed one is among them."""
    more = [wanted.hash] if wanted.hash is not None and not hashed_ids else []
    names = tuple(dict.fromkeys([*wanted.columns, *more]))
    for name in names:
        if name.casefold() == "id":
            raise errors.taken_name(name)
    return names


def _read_beside(
    source: Source, engine: Engine, wanted: Wanted, usual: str | None, asked: tuple[str, ...]
) -> KeyedRows:
    known = wanted.id or usual
    flags = {name: "--hash" if name == wanted.hash else "--columns" for name in asked}
    rows = read_keyed(
        source, engine, BESIDE, wanted.reading or Reading(), [known] if known else [], flags, verbatim=True
    )
    if rows.repeats:
        raise errors.duplicate_ids(rows.id or "id", rows.repeats, None)
    return rows


def _count_met(engine: Engine, beside: KeyedRows) -> tuple[str, int, int]:
    """Return the source's name, and how many of the run's customers it has of how many."""
    query = sql.select([sql.named(sql.count(), "n"), sql.named(sql.count(of(BESIDE, ID)), "met")], sql.table(PEOPLE))
    got = engine.fetch(sql.left_join(query, BESIDE, of(PEOPLE, "id"), of(BESIDE, ID)))
    met, customers = int(got["met"][0]), int(got["n"][0])
    if met < MET * customers:
        raise errors.other_customers(beside.name, met, customers)
    return beside.name, met, customers


def _notes(facts: AudienceFacts, met: tuple[str, int, int] | None) -> tuple[str, ...]:
    found = []
    if met is not None and met[1] < met[2]:
        lost = words.plural(met[2] - met[1], "customer")
        found.append(f"{lost} of the run not in {met[0]}: the columns taken from it are empty there.")
    if facts.id is None:
        found.append(
            "The run's customers have no id: the numbers of their rows stand for them, in this file only"
            f"{'' if facts.holdout is None else ', and no key holds the same customers out of another'}."
        )
    if small := [s.letter for s in facts.segments if _is_short(s.members)]:
        found.append(f"Fewer than ten members: {words.joined(small)}. Such a list tells of single people.")
    return tuple(found)


def _describe(segment: Segment, divided: Divided, wanted: Wanted) -> AudienceSegment:
    members, held, detectable = divided.members, divided.held_out, None
    if wanted.holdout is not None:
        rates = tuple((rate, effects.find_detectable(members, held, rate)) for rate in effects.BASE_RATES)
        detectable = Detectable(rates, effects.find_detectable_spread(members, held))
    file = f"{name_file(segment.letter, segment.called)}.{wanted.format}"
    return AudienceSegment(
        segment.id, segment.letter, segment.called, file, members, held, divided.borderline, detectable
    )


def name_file(letter: str, name: str) -> str:
    """Return the stem of a list's file: it is safe on every system, and the letter makes it unique.

    >>> name_file("A", "High income, low spending"), name_file("B", "../=Über uns/"), name_file("C", "…")
    ('A-high-income-low-spending', 'B-über-uns', 'C-segment')
    """
    text = unicodedata.normalize("NFC", name).lower()
    slug = re.sub(r"[\W_]+", "-", text).strip("-")[:LONGEST_NAME].strip("-")
    return f"{letter}-{slug or 'segment'}"


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read(folder: Path) -> Audience:
    """Return an audience that was written.

    Raises
    ------
    FormatError : not an audience of coterie's, or its manifest was changed.
    """
    held = read_manifest(folder, AUDIENCE).get("audience")
    try:
        return Audience(folder, from_json(AudienceFacts, held))
    except ValueError as error:
        raise errors.not_an_audience(str(folder), "its manifest is of another version") from error


def find_list(folder: Path, name: str) -> Path:
    """Return the path of a list, compared with the manifest; FormatError where it was changed."""
    return find_published(folder, name, AUDIENCE)


def hash_id(id: sql.Node) -> sql.Node:
    """Return the id that stands in a list whose ids are hashed."""
    return hash_text(id)


def written_id(id: sql.Node, format: str) -> sql.Node:
    """Return the id that a list's cell stands for: without the apostrophe that keeps it from being a formula."""
    if format != "csv":
        return id
    marked = sql.both(
        sql.equal(sql.substring(id, 1, 1), sql.text("'")),
        sql.among(sql.substring(id.copy(), 2, 1), words.FORMULA_STARTS),
    )
    rest = sql.substring(id.copy(), 2, LONGEST_ID)
    return sql.case([(marked, rest)], id.copy())
