"""check(): what is odd about a table before anything is fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Unpack

from coterie import errors, report, words
from coterie.doors import frozen
from coterie.engines import Engine, Reading, choose_rows, engine_for
from coterie.findings import LEVELS, Finding, read_codes, told_once, worst_first
from coterie.model import propose
from coterie.options import CheckOptions, Options, with_changes
from coterie.purchases import buyer_in, recognition, tell_purchases
from coterie.signatures import written_out
from coterie.table import ColumnRecord, columns, draw, finding_examples, odd_values, read, spread_rows, summarize

CHECKED_ROWS = 20_000
LONGEST = 4_000  # characters of a finding: what is longer is no text of coterie's


@frozen
class Checked:
    """What a check saw; as text, line by line.

    Rows that were read and left out, the number of columns, and what was ``seen``, worst first. ``examples`` has some
    values for each finding, by code and column, where they were asked for; else it is empty.
    """

    rows: int
    left_out: int
    columns: int
    seen: tuple[Finding, ...]
    examples: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def findings(self) -> report.Findings:
        """What was seen, as a notebook shows it."""
        return report.Findings(self.seen)

    @property
    def sound(self) -> bool:
        """Whether nothing was found that would stop a segmentation."""
        return not any(f.level == "error" for f in self.seen)

    def __str__(self) -> str:
        return errors.in_python("\n".join(self.lines))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return self.findings._repr_html_()

    @property
    def lines(self) -> list[str]:
        """The lines that a shell shows."""
        return _lines(self)


@written_out(CheckOptions, Options)
def check(
    source: Any,
    options: Options | None = None,
    *,
    reading: Reading | None = None,
    engine: Engine | None = None,
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    examples: bool = False,
    **named: Unpack[CheckOptions],
) -> Checked:
    """Return what is odd about a table of customers, worst first.

    Nothing is fitted or written.

    Parameters
    ----------
    source : as for ``segment``.
    options : ``id``, ``features``, ``describe``, ``value`` and ``rows_are_customers`` are heeded; each may be given by
        its name instead.
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
    source, reading = choose_rows(source, reading, named)
    options = with_changes(named, "coterie.check", options)
    own = engine is None
    engine = engine or engine_for(source)
    try:
        try:
            look = _look(source, engine, options, replace(reading, in_place=True))
        except (errors.EngineError, _OneLookError):
            if own:
                engine.close()
            engine, own = engine_for(source), True
            look = _look(source, engine, options, reading)
        kept = [
            f for f in look.seen if _chosen(f.code, select, ignore) and (f.column, f.code) != (options.id, "COT105")
        ]
        return replace(look, seen=tuple(worst_first(kept)), examples=look.examples if examples else {})
    finally:
        if own:
            engine.close()


# what is odd about ids of customers goes without saying where rows are purchases
OF_CUSTOMERS = {"COT002", "COT012", "COT017", "COT131"}


class _OneLookError(Exception):
    """One look at a large text was not enough."""


def _look(source: Any, engine: Engine, options: Options, reading: Reading) -> Checked:
    given = options
    table, options = recognition.recognize(read(source, engine, given, reading, strict_ids=False), given)
    try:
        # a large text where it lies is not passed over once more for what an estimate can tell
        summary = summarize(table, buyer_in(table) if table.some is not None else None)
    except errors.InputError:
        if table.some is not None:
            raise _OneLookError from None
        raise
    if table.some is not None and not all(held.finite for held in summary.columns.values()):
        raise _OneLookError
    purchases, described = tell_purchases(table, options, summary.different), tuple[ColumnRecord, ...]()
    found = list(purchases)
    wanted = columns.wanted(table, options)
    drawn = draw(spread_rows(table, CHECKED_ROWS), wanted, CHECKED_ROWS, seed=options.seed, distinct_ids=False)
    sample = replace(drawn, rows=table.rows)
    try:
        described, dropped = columns.describe(table, summary, sample, options, strict=False)
        _, alike = propose(described, sample.values, options.scale)
        found += [*dropped, *odd_values.about(described, summary, sample), *alike]
    except errors.InputError as error:
        found.append(Finding("COT017", "error", None, table.rows, error.what.rstrip("."), "nothing can be segmented"))
    found = [*odd_values.retold(table.findings, summary, described), *found]
    found = [f for f in found if not purchases or f.code not in OF_CUSTOMERS]
    found = list(recognition.without_own_constants(found, options)) if options != given else found
    shown = finding_examples.examples_of(found, table, sample)
    return Checked(table.rows, table.left_out, len(table.columns), tuple(found), shown)


def _chosen(code: str, select: str | Sequence[str], ignore: str | Sequence[str]) -> bool:
    kept, left = (given if isinstance(given, str) else tuple(given) for given in (select, ignore))
    return (not kept or code.startswith(kept)) and not (left and code.startswith(left))


def _lines(checked: Checked) -> list[str]:
    seen = [f"{words.plural(checked.rows, 'row')}, {words.plural(checked.columns, 'column')}"]
    if checked.left_out:
        seen[0] += f", {words.plural(checked.left_out, 'row')} left out"
    listed = told_once(checked.seen)
    for told in listed:
        named = "" if read_codes()[told.code].several or not told.columns else errors.listed(told.columns)
        place = f"{told.level:<7} {named}:" if named else f"{told.level}:".ljust(8)
        seen.append(f"{told.code} {place} {errors.shown(f'{told.text}; {told.done}', LONGEST)}")
        for column in told.columns:
            if given := checked.examples.get((told.code, column)):
                whose = f"{errors.quoted(column)} " if len(told.columns) > 1 else ""
                seen.append(f"        {whose}such as {', '.join(errors.shown(value, 60) for value in given)}")
    counts = [(level, sum(told.level == level for told in listed)) for level in LEVELS]
    levels = [words.plural(n, level) for level, n in counts if n]
    return [*seen, f"{words.joined(levels)}. `coterie rule CODE` explains a code." if levels else "Nothing to remark."]
