"""First lines: what must be known before anything else, and the finding in one line."""

from __future__ import annotations

from collections.abc import Iterable

from coterie import words
from coterie.findings import Finding
from coterie.record import CleanRecord, Split
from coterie.report import view
from coterie.report.command import inside_command

LEFT_OUT = "COT007"  # rows that did not fit, or hold what cannot be read


def lead(record: CleanRecord) -> str:
    """Return what must be known before anything else, if anything."""
    repeats, said = record.sample.repeats, list[str]()
    if repeats is not None:
        people = words.plural(repeats.different, "customer")
        taken = f"Each of {repeats.rows:,} rows was taken as a customer"
        said.append(f"{taken}, though they are of {people} ({repeats.column})")
    return ". ".join((*said, *tell_lost(record.findings)))


def tell_lost(findings: Iterable[Finding]) -> list[str]:
    """Return that rows were left out, where some were."""
    lost = sum(f.count for f in findings if f.code == LEFT_OUT)
    were = "was" if lost == 1 else "were"
    return [f"{words.plural(lost, 'row')} that could not be read {were} left out"] if lost else []


def headline(record: CleanRecord) -> str:
    """Return the finding in one line."""
    code, k = record.verdict.counts_as, len(record.segments)
    color, _ = view.face(record)
    if view.is_merged(record) and color != "red":
        return f"{words.in_words(k, capital=True)} segments, merged by hand from {words.in_words(record.choice.k)}"
    if record.verdict.set_aside:
        return f"The split is whether {_told(record, record.verdict.splits[0])}"
    return _say_groups(record, code, k) + _say_split(record)


def advice(record: CleanRecord) -> str:
    """Return the command that looks inside what single conditions split, where that shows more."""
    inside = inside_command(record)
    return f"`{inside}` looks inside" if inside else ""


def _told(record: CleanRecord, split: Split) -> str:
    return words.condition(view.label(record, split.column), split.value, split.level)


def _say_split(record: CleanRecord) -> str:
    """Return that segments shown are told apart by a single condition alone, where some are."""
    splits, ids = record.verdict.splits, {s.id for s in record.segments}
    borders = [border for split in splits[:1] for border in split.borders]
    cut = {segment for border in borders for segment in border} & ids
    if not cut:
        return ""
    who, whether = "each" if cut == ids else "some", f"by whether {_told(record, splits[0])}"
    if record.verdict.counts_as not in ("none", "shape"):
        return f", {who} split {whether}"
    if len(ids) == len(cut) == 2:
        return f", told apart {whether}"
    if any(all(segment in border for border in borders) for segment in cut) and len(borders) > 1:
        return f", one of them told apart {whether}"
    return f", {who} told apart from {'another' if who == 'each' else 'others'} {whether}"


def _say_groups(record: CleanRecord, code: str | None, k: int) -> str:
    color, _ = view.face(record)
    again, choice = record.stability.ari.median >= words.REPEATABLE, record.choice
    if code in ("overlapping", "partly", "natural") and choice.asked not in (None, choice.supported):
        how = "as asked" if record.lineage.renewal is None else "as before"
        asked = f"{words.in_words(k, capital=True)} segments, {how}"
        return f"{asked}; {words.in_words(choice.supported)} are supported"
    if color == "red":
        return f"No dependable groups: do not act on these {words.in_words(k)} cuts"
    if code in ("none", "shape"):
        return f"{words.in_words(k, capital=True)} {'useful ' if again else ''}cuts of one continuous crowd"
    if code == "overlapping":
        return f"{words.in_words(k, capital=True)} groups that blend at their borders"
    if record.verdict.kept_apart is False:
        return f"{words.in_words(k, capital=True)} segments that mix customers of different groups"
    if code == "partly":
        return _partly_apart(record)
    if code == "natural":
        return _clearly_apart(record, again)
    return f"{words.in_words(k, capital=True)} customer segments"


def _clearly_apart(record: CleanRecord, again: bool) -> str:
    groups, k, tail = record.verdict.k, len(record.segments), " and repeatable" if again else ""
    if groups is None or groups == k:
        return f"{words.in_words(k, capital=True)} customer groups, clearly apart{tail}"
    many = words.in_words(groups, capital=True)
    return f"{many} customer groups, clearly apart{tail}, described by {words.in_words(k)} segments"


def _partly_apart(record: CleanRecord) -> str:
    k, groups = len(record.segments), [s.group for s in record.segments]
    apart = [s for s in record.segments if (s.depth or 0.0) >= 0.5 and groups.count(s.group) == 1]
    if k == 2:  # one border: who is on which side of it is clear, what lies within the two is not
        return f"Two segments{', clearly apart' if apart else ''}; finer ones would shade into each other"
    if len(apart) == k:
        return f"{words.in_words(k, capital=True)} segments, each clearly apart from the others"
    some = words.in_words(len(apart)) if apart else "some"
    rest = "; the others change with the sample" if record.stability.ari.median < words.CHANCY else ""
    return f"{words.in_words(k, capital=True)} segments, {some} of them clearly apart{rest}"
