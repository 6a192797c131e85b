"""Which columns form segments or describe them, which are left out, why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import errors, words
from coterie.doors import frozen
from coterie.engines import judge_unread
from coterie.findings import Level
from coterie.options import Options
from coterie.reading import Notation, missing_of
from coterie.table import codes, rare
from coterie.table.identifiers import is_segment
from coterie.table.odd_cells import find_odd_cell
from coterie.table.recoding import CellKind
from coterie.table.sample import Sample
from coterie.table.summary import Summary, refuse_infinite
from coterie.table.table import BEYOND, Finding, Table
from coterie.table.unmeasured import Unmeasured, made_here, numbers_name, texts_name

MOSTLY_MISSING = 0.60
MOST_LEVELS = 50
DECILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LISTED_LEVELS = 20
DATE_TEXT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ T].*)?")
WRITTEN_NUMBER = re.compile(
    r" *[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)? *"
)  # what a database does not take for a number
LEAST_SPREAD = 1e-150  # squared, a smaller difference is nothing
LARGEST_CUBED = 1e90  # of larger differences the cubes, added, may be no numbers
CODES: dict[Unmeasured, tuple[str, Level]] = {
    Unmeasured.PERSONAL: ("COT116", "note"),
    Unmeasured.SEVERAL: ("COT142", "warning"),
    Unmeasured.ROWS: ("COT146", "note"),
    Unmeasured.OWN: ("COT144", "note"),
}
NAMED: tuple[str, Level] = ("COT101", "note")
CURRENCIES = "COT119"
ALIKE: tuple[str, Level] = ("COT147", "note")
HIDDEN = {"COT101", "COT116"}  # what such columns hold is nobody's business
NAMES = {why.value for why in Unmeasured if why not in (Unmeasured.SEVERAL, Unmeasured.ROWS)}
FORCED = {"COT018", "COT101", "COT102", "COT116", "COT142", "COT144", "COT146"}  # who names such a column gets it
WHEN_NAMED = "dates form segments only when named in --features"
BRING_BACK = "left out; --features brings it back"
DONE = {
    "COT018": "left out; --features or --describe brings it back",
    "COT101": "left out; name it with --id if it says who the customer is, with --features if it is a quantity",
    "COT102": BRING_BACK,
    "COT116": BRING_BACK,
    "COT147": "describes the segments and forms none; --scale z lets it form them",
    "COT142": "left out; give each answer a column of its own",
    "COT144": BRING_BACK,
    "COT146": BRING_BACK,
}


ColumnKind = Literal["number", "category", "flag", "date", "text", "other"]
FinerKind = ColumnKind | Literal["constant"]
Role = Literal["feature", "describe", "value", "id", "dropped"]


@frozen
class ColumnRecord:
    """One of the source's columns, as the record tells it.

    docs/reference/record.md has every field.
    """

    name: str
    label: str
    kind: ColumnKind
    role: Role
    reason: str | None
    missing: int
    distinct: int | None
    min: float | None
    max: float | None
    mean: float | None
    median: float | None
    p10: float | None
    p90: float | None
    skew: float | None
    levels: tuple[tuple[str, float], ...] | None
    notation: Notation | None = None
    deciles: tuple[tuple[float, float], ...] | None = None

    @property
    def names_something(self) -> bool:
        """Whether it was left out because its values are names of something, whatever they look like."""
        return self.role == "dropped" and self.reason in NAMES

    @property
    def is_scale(self) -> bool:
        """Whether its values are numbers or days, and more than two, so that people are told a rounded one."""
        return self.kind in ("number", "date") and (self.distinct is None or self.distinct > 2)


def wanted(table: Table, options: Options) -> tuple[str, ...]:
    """Return columns that may form, describe or value segments.

    Raises
    ------
    InputError : an option names a column that the table does not have.
    """
    names = [c.name for c in table.columns]
    asked = [("--features", n) for n in options.features or ()] + [("--describe", n) for n in options.describe]
    asked += [("--exclude", n) for n in options.exclude]
    asked += [("--missing", n) for n in missing_of(options.missing, names) if n]
    asked += [("--value", options.value)] if options.value is not None else []
    asked += [("--label", column) for column, _ in options.labels]
    for flag, name in asked:
        if name not in names:
            raise errors.unknown_column(name, names, flag)
    if options.value is not None and table.kind(options.value) != "number":
        odd = find_odd_cell(table, options.value)
        raise errors.value_without_numbers(options.value, table.kind(options.value), odd)
    return drawable(table)


def drawable(table: Table) -> tuple[str, ...]:
    """Return the columns that can be drawn."""
    return tuple(c.name for c in table.columns if c.kind != "other" and c.name != table.id)


def describe(
    table: Table, summary: Summary, sample: Sample, options: Options, *, strict: bool = True
) -> tuple[tuple[ColumnRecord, ...], tuple[Finding, ...]]:
    """Return every column with its role, and what was found.

    Parameters
    ----------
    strict : False: values of used columns that cannot be read are findings of level ``error``.

    Raises
    ------
    InputError : no column is left to form segments with; one that is used has values that cannot be read.
    """
    labels = words.labels([c.name for c in table.columns]) | dict(options.labels)
    told, own = {(f.code, f.column) for f in table.findings}, made_here([c.name for c in table.columns])
    records, findings = [], []
    for column in table.columns:
        role, reason, kind = _role(column.name, column.kind, table, summary, sample, options, own)
        role, reason = _reckoned(column.name, (role, reason), summary, sample, options)
        if role == "feature" and is_segment(column.name) is None:
            text, done = "named like segments that somebody has formed", "kept; --exclude leaves it out"
            findings.append(Finding("COT018", "warning", column.name, summary.rows, text, done))
        made = _record(column.name, labels[column.name], kind, (role, reason), summary, sample)
        records.append(replace(made, notation=table.notations.get(column.name)))
        said = role == "dropped" or (reason is not None and reason[1] == ALIKE)
        if said and reason is not None and reason[1] and (reason[1][0], column.name) not in told:
            code, level = reason[1]
            missing = summary.rows - summary.columns[column.name].present if column.name in summary.columns else 0
            done = DONE.get(code, "left out")
            findings.append(Finding(code, level, column.name, missing or summary.rows, reason[0], done))
    used = {r.name for r in records if r.role != "dropped" or r.reason == WHEN_NAMED}  # nobody said: leave it out
    unread = [u for u in table.unread if not any(r.name == u.column and r.names_something for r in records)]
    findings += judge_unread(table.name, unread, used, strict=strict)
    mixed = next((c for code, c in sorted(told, key=str) if code == CURRENCIES and is_summed(c, records)), None)
    if mixed is not None and strict:
        raise errors.several_currencies(table.name, mixed)
    if not any(r.role == "feature" for r in records):
        for name in options.features or ():
            if (odd := find_odd_cell(table, name)) is not None:
                raise errors.odd_cell(table.name, name, odd)
        raise errors.no_features([f"{r.name} ({r.reason})" for r in records if r.reason is not None])
    return tuple(records), tuple(findings)


def is_summed(name: str | None, columns: Sequence[ColumnRecord]) -> bool:
    """Say whether the numbers of a column matter, so that all must be of one kind."""
    return any(c.name == name and c.role in ("feature", "value") for c in columns)


def describe_again(
    before: Sequence[ColumnRecord], table: Table, summary: Summary, sample: Sample
) -> tuple[ColumnRecord, ...]:
    """Return earlier columns as they are now; roles and labels stay.

    A column that only describes and is of another kind now, or gone, is left out; so is one that was not there.
    """
    have = {c.name: c.kind for c in table.columns}
    records = []
    for c in before:
        same = have.get(c.name) == ("text" if c.kind in ("category", "flag", "text") else c.kind)
        if c.name not in have or (c.role in ("describe", "value") and not same):
            continue
        given = None if c.reason is None else (c.reason, None)
        if c.role in ("feature", "describe", "value"):
            refuse_infinite(summary, [c.name])
            made = _record(c.name, c.label, c.kind, (c.role, given), summary, sample)
            records.append(replace(made, notation=table.notations.get(c.name)))
        else:
            missing = summary.rows - summary.columns[c.name].present if c.name in summary.columns else 0
            records.append(ColumnRecord(c.name, c.label, c.kind, c.role, c.reason, missing, None, *(None,) * 7, None))
    return tuple(records)


Reason = tuple[str, tuple[str, Level] | None]  # words, and the rule code and level where it is a finding


def _role(
    name: str,
    kind: CellKind,
    table: Table,
    summary: Summary,
    sample: Sample,
    options: Options,
    own: Collection[str],
) -> tuple[Role, Reason | None, FinerKind]:
    """Return the role, the reason where there is one to give, and the finer kind."""
    if name == table.id:
        return "id", None, "text"  # an id is text from end to end, whatever the source keeps it as
    if kind == "other":
        nested: Reason = ("nested or of a type that cannot be compared", ("COT104", "warning"))
        return "dropped", ("named in --exclude", None) if name in options.exclude else nested, kind
    values = sample.values[name]
    finer: FinerKind = kind if kind in ("number", "date") else _text_kind(values)
    named = name in (options.features or ())
    if name == options.value and not named:
        return "value", None, finer
    reason = _uncast(finer, values, table) or _unusable(name, finer, values, summary)
    if reason is None and name in own:
        reason = Unmeasured.OWN.value, CODES[Unmeasured.OWN]
    few = finer in ("flag", "category") or (finer == "number" and codes.may_be_labels(values))
    if reason is None and few and is_segment(name):
        reason = "an older segment, or somebody else's", ("COT018", "warning")
    code = "" if reason is None or reason[1] is None else reason[1][0]
    if name in options.describe:
        return ("dropped" if reason and (finer == "text" or code == "COT116") else "describe"), reason, finer
    if reason is not None and not (named and code in FORCED and finer not in ("text", "constant")):
        return "dropped", reason, finer
    if options.features is not None and not named:
        return "dropped", ("not named in --features", None), finer
    if finer == "date" and not named:
        return "dropped", (WHEN_NAMED, None), finer
    alike = options.scale == "auto" and _nearly_alike(values)
    return ("describe", alike, finer) if alike else ("feature", None, finer)


def _nearly_alike(values: NDArray[Any]) -> Reason | None:
    """Return that so few values differ from the commonest one that they count nothing."""
    share = rare.share_apart(values)
    if rare.weight(share) > 0:
        return None
    return f"all but {words.fine_percent(share)} of the values are the same", ALIKE


def _reckoned(
    name: str, given: tuple[Role, Reason | None], summary: Summary, sample: Sample, options: Options
) -> tuple[Role, Reason | None]:
    """Return the role of a column that can be reckoned with, or that nobody uses.

    Whole numbers of which most are no doubles name something, unless somebody named them.
    """
    role, reason = given
    inexact = name in summary.columns and summary.columns[name].inexact
    unasked = role in ("feature", "dropped") and options.features is None
    if inexact and unasked and _mostly_beyond(sample.values[name]):
        return "dropped", ("whole numbers beyond 2^53: an identifier", ("COT101", "note"))
    if role in ("feature", "describe", "value") or (inexact and name in (options.features or ())):
        refuse_infinite(summary, [name])
    return role, reason


def _mostly_beyond(values: NDArray[Any]) -> bool:
    return bool(2 * np.sum(values == BEYOND) > np.sum(~np.isnan(values)))


def _unusable(name: str, kind: str, values: NDArray[Any], summary: Summary) -> Reason | None:
    """Return why a column cannot form segments, or None."""
    found = summary.columns[name]
    if found.present == 0:
        return "empty in every row", ("COT103", "warning")
    if kind in ("number", "date"):
        if found.high - found.low < LEAST_SPREAD:
            return "the same value in every row, or nearly", ("COT103", "warning")
        why = numbers_name(name, values[~np.isnan(values)], summary.rows) if kind == "number" else None
    else:
        why = texts_name(name, values, many=kind == "text")
    if why is not None:
        return why.value, CODES.get(why, NAMED)
    if kind in ("constant", "text"):
        return _unusable_text(kind, values)
    if found.present < (1 - MOSTLY_MISSING) * summary.rows:
        gone = words.percent(1 - found.present / summary.rows)
        return f"{gone} of the values are missing", ("COT102", "warning")
    return None


def _unusable_text(kind: str, values: NDArray[Any]) -> Reason:
    if kind == "constant":
        return "the same value in every row", ("COT103", "warning")
    if _written_dates(values):
        return "dates that are stored as text", ("COT105", "note")
    return "too many different texts to group by", ("COT105", "warning")


def _written_dates(values: NDArray[Any]) -> bool:
    seen = [v for v in values[:1_000] if v is not None]
    return bool(seen) and sum(1 for v in seen if DATE_TEXT.fullmatch(v)) > 0.9 * len(seen)


def _uncast(kind: str, values: NDArray[Any], table: Table) -> Reason | None:
    """Return that a database keeps numbers or dates as texts, which it does not take for these."""
    if kind != "text" or table.engine.caps.texts:
        return None
    if _written_dates(values):
        return "dates that are stored as text; --query can cast them", ("COT105", "warning")
    if all(v is None or WRITTEN_NUMBER.fullmatch(v) for v in values):
        return "numbers that are stored as text; --query can cast them", ("COT105", "warning")
    return None


def _text_kind(values: NDArray[Any]) -> FinerKind:
    """Return ``constant``, ``flag``, ``category`` or ``text`` by how many different texts the sample holds."""
    distinct = len(set(values) - {None})
    if distinct <= 2:
        return ("constant", "constant", "flag")[distinct]
    return "category" if distinct <= min(MOST_LEVELS, max(2, len(values) // 4)) else "text"


def _record(
    name: str, label: str, finer: FinerKind, role: tuple[Role, Reason | None], summary: Summary, sample: Sample
) -> ColumnRecord:
    found = summary.columns.get(name)
    missing = summary.rows - found.present if found else 0
    reason = role[1][0] if role[1] else None
    hidden = role[0] == "dropped" and role[1] is not None and role[1][1] is not None and role[1][1][0] in HIDDEN
    values = None if hidden else sample.values.get(name)
    kind: ColumnKind = "category" if finer == "constant" else finer
    none = (None,) * 7
    if values is None or found is None or found.beyond:
        return ColumnRecord(name, label, kind, role[0], reason, missing, None, *none, None)
    if kind not in ("number", "date"):
        counts = sorted(level_counts(values).items(), key=lambda item: (-item[1], item[0]))
        listed = tuple((level, count / max(1, sample.size)) for level, count in counts[:LISTED_LEVELS])
        levels = listed if kind in ("flag", "category") else None
        return ColumnRecord(name, label, kind, role[0], reason, missing, len(counts), *none, levels)
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return ColumnRecord(name, label, kind, role[0], reason, missing, 0, *none, None)
    deciles = [float(q) for q in np.quantile(present, DECILES)]
    ends = (found.low, found.high, None, deciles[4], deciles[0], deciles[8])
    distinct, skew = len(np.unique(present)), skewness(present)
    made = ColumnRecord(name, label, kind, role[0], reason, missing, distinct, *ends, skew, None)
    upto = np.searchsorted(np.sort(present), deciles, side="right") / len(present)
    return replace(made, deciles=tuple(zip(deciles, map(float, upto), strict=True)))


def level_counts(values: NDArray[Any]) -> dict[str, int]:
    """Return how often each text occurs, in their order, missing ones aside."""
    # Not by an array of texts: in that each takes the room of the longest.
    return dict(sorted(Counter(v for v in values if v is not None).items()))


def skewness(values: NDArray[np.float64]) -> float:
    """Return the third standardised moment; 0 for a constant."""
    centered = values - values.mean()
    largest = float(np.max(np.abs(centered), initial=0.0))
    if largest > LARGEST_CUBED:  # it is the same of smaller values
        centered /= largest
    spread = float(np.mean(centered**2))
    return float(np.mean(centered**3)) / spread**1.5 if spread > 0 else 0.0
