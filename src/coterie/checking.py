"""check(): what is odd about a table before anything is fitted, and the lines that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypedDict, Unpack

from coterie import errors, words
from coterie import options as config
from coterie.engines import Engine, Reading, connect
from coterie.findings import LEVELS, Finding, rules, worst_first
from coterie.model import propose
from coterie.table import columns as column_roles
from coterie.table import draw, finding_examples, odd_values, read, spread_rows, summarize

CHECKED_ROWS = 20_000


class CheckOptions(TypedDict, total=False):
    """Columns by what they are for, as ``check`` takes them."""

    id: str | None
    features: Sequence[str] | None
    describe: Sequence[str]
    value: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check saw: rows that were read and left out, the number of columns, and the findings, worst first.

    ``examples`` has some values for each finding, by code and column, where they were asked for; else it is empty.
    """

    rows: int
    left_out: int
    columns: int
    findings: tuple[Finding, ...]
    examples: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing was found that would stop a segmentation."""
        return not any(f.level == "error" for f in self.findings)

    def __str__(self) -> str:
        return "\n".join(lines(self))


def check(
    source: Any,
    options: config.Options | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    examples: bool = False,
    **named: Unpack[CheckOptions],
) -> Checked:
    """Return what is odd about a table of customers, worst first; nothing is fitted or written.

    Parameters
    ----------
    source : as for ``segment``.
    options : ``id``, ``features``, ``describe`` and ``value`` are heeded; each may be given by its name instead.
    reading : how to read a file where it should not be found out from the file.
    engine : where the data are worked on; None: DuckDB in this process.
    select, ignore : codes of rules, or beginnings of codes (``COT1``), to keep or to leave out.
    examples : show some of the values that each finding is about; without it no value of a cell is shown.

    Raises
    ------
    InputError : the source cannot be read as a table at all.

    Notes
    -----
    Cost: a text is parsed once; then the ids, the summary and a sample of 20,000 rows: three scans.

    >>> import pandas as pd
    >>> found = check(pd.DataFrame({"id": range(30), "age": [130, *range(20, 49)]}), id="id")
    >>> [(f.code, f.column) for f in found.findings if f.level == "warning"]
    [('COT111', 'age')]
    """
    reading = reading or Reading()
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in named.items()}
    options = replace(options or config.Options(), **given)
    own = engine is None
    engine = engine or connect()
    try:
        try:
            seen = _seen(source, engine, options, replace(reading, in_place=True))
        except (errors.EngineError, _OneLookError):
            if own:
                engine.close()
            engine, own = connect(), True
            seen = _seen(source, engine, options, reading)
        kept = [
            f for f in seen.findings if _chosen(f.code, select, ignore) and (f.column, f.code) != (options.id, "COT105")
        ]
        return replace(seen, findings=worst_first(kept), examples=seen.examples if examples else {})
    finally:
        if own:
            engine.close()


class _OneLookError(Exception):
    """One look at a large text was not enough."""


def _seen(source: Any, engine: Engine, options: config.Options, reading: Reading) -> Checked:
    table = read(source, engine, options, reading, strict_ids=False)
    try:
        summary = summarize(table)
    except errors.InputError:
        if table.some is not None:
            raise _OneLookError from None
        raise
    found = list(odd_values.with_ranges(table.findings, summary))
    if taken := column_roles.taken(table, options):
        done = "rename it, or name it with --features or --describe"
        found.append(Finding("COT018", "error", taken[0], table.rows, "the result adds a column of this name", done))
        options = replace(options, describe=(*options.describe, *taken))
    wanted = column_roles.wanted(table, options)
    drawn = draw(spread_rows(table, CHECKED_ROWS), wanted, CHECKED_ROWS, seed=options.seed, distinct_ids=False)
    sample = replace(drawn, rows=table.rows)
    try:
        columns, dropped = column_roles.describe(table, summary, sample, options)
        _, alike = propose(columns, sample.values, options.scale)
        found += [*dropped, *odd_values.about(columns, summary, sample), *alike]
    except errors.InputError as error:
        found.append(Finding("COT017", "error", None, table.rows, error.what.rstrip("."), "nothing can be segmented"))
    shown = finding_examples.of(found, table, sample)
    return Checked(table.rows, table.left_out, len(table.columns), tuple(found), shown)


def _chosen(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    return (not select or code.startswith(tuple(select))) and not (ignore and code.startswith(tuple(ignore)))


def codes(text: str, flag: str) -> tuple[str, ...]:
    """Return the rule codes of a list such as ``COT101,COT2``.

    Raises
    ------
    InputError : no rule begins like that.
    """
    listed = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    for code in listed:
        if not any(known.startswith(code) for known in rules()):
            raise errors.bad_option(flag, code, "rule codes or their beginnings, such as COT101,COT2")
    return listed


def lines(checked: Checked) -> list[str]:
    """Return a check as lines of text."""
    seen = [f"{words.plural(checked.rows, 'row')}, {words.plural(checked.columns, 'column')}"]
    if checked.left_out:
        seen[0] += f", {words.plural(checked.left_out, 'row')} left out"
    for (code, level, text, done), group in _alike(checked.findings):
        columns = [f.column for f in group if f.column is not None]
        # What is said of several columns together names them itself.
        named = errors.listed(columns) if columns and not text.startswith(columns[0]) else ""
        place = f"{level:<7} {named}:" if named else f"{level}:".ljust(8)
        seen.append(f"{code} {place} {errors.shown(f'{text}; {done}', 300)}")
        for column in columns:
            if given := checked.examples.get((code, column)):
                whose = f"{errors.quoted(column)} " if len(columns) > 1 else ""
                seen.append(f"        {whose}such as {', '.join(errors.shown(value, 60) for value in given)}")
    counts = [(level, sum(1 for f in checked.findings if f.level == level)) for level in LEVELS]
    told = [words.plural(n, level) for level, n in counts if n]
    return [*seen, f"{words.joined(told)}. `coterie rule CODE` explains a code." if told else "Nothing to remark."]


def _alike(findings: Iterable[Finding]) -> list[tuple[tuple[str, str, str, str], list[Finding]]]:
    """Return the findings in their order, those that say the same of several columns together."""
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for f in findings:
        groups.setdefault((f.code, f.level, f.text, f.done), []).append(f)
    return list(groups.items())


def as_json(checked: Checked) -> dict[str, Any]:
    """Return a check as plain values."""
    listed = []
    for f in checked.findings:
        given = checked.examples.get((f.code, f.column or ""))
        listed.append({**asdict(f), **({"examples": list(given)} if given else {})})
    return {"rows": checked.rows, "left_out": checked.left_out, "columns": checked.columns, "findings": listed}


def explained(code: str) -> list[str]:
    """Return what a rule's code means as lines of text.

    Raises
    ------
    InputError : there is no such rule.
    """
    rule = rules().get(code.upper())
    if rule is None:
        guess = errors.nearest(code, list(rules()))
        raise errors.bad_option("The code", code, f"a rule's code, such as {guess or 'COT101'}")
    return [f"{rule.code} {rule.title}", rule.why, f"What to do: {rule.do}"]
