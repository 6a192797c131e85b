"""The tree that retells the segments, as one CASE.

For those who lack the columns, or want rules that people can read. It is no assignment: its head says how often it
agrees with one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coterie import errors, sql, words
from coterie.model import Feature
from coterie.portrait import GOOD, Condition, Node, Tree
from coterie.record import Record
from coterie.scoring.statement import ALL_NOTES, Wanted, begin_statement, end_statement, plain
from coterie.sql import column
from coterie.table import ID

NOTES = {**ALL_NOTES, "told": "the tree's questions, in order"}


def write_rules(
    record: Record, wanted: Wanted, tree: Tree | None = None, features: Sequence[Feature] | None = None
) -> str:
    """Return a tree as one SELECT.

    Parameters
    ----------
    tree : None: the record's own, which retells the segments by the columns that formed them.
    features : of the columns that the tree asks for; None: those of the record.

    Raises
    ------
    InputError : as ``write_statement``; the record has no tree.
    """
    tree = record.model.tree if tree is None else tree
    if tree is None:
        raise errors.no_tree()
    by_column = {f.column: f for f in (record.features if features is None else features)}
    asked = dict.fromkeys(n.condition.column for n in tree.nodes if n.condition is not None)
    begun = begin_statement(record, wanted, [by_column[c] for c in asked])
    case = _case(record, tree.nodes, 0, by_column)
    told = sql.select([column(ID), sql.named(case, "segment")], sql.table(begun.steps[-1][0]))
    names = [(sql.equal(column("segment"), sql.whole(s.id)), sql.text(s.called)) for s in record.segments]
    final = sql.select(
        [sql.named(column(ID), "id"), column("segment"), sql.named(sql.case(names), "name")], sql.table("told")
    )
    query = sql.steps([*begun.steps, ("told", told)], final, NOTES)
    return end_statement(query, wanted, [*_fidelity(tree), *begun.head])


def caution(tree: Tree) -> str | None:
    """Return the warning about a tree that agrees too seldom."""
    return None if tree.fidelity >= GOOD else words.sentence(f"{tree.words}.")


def _fidelity(tree: Tree) -> list[str]:
    warned = caution(tree)
    people, share = words.plural(tree.measured, "customer"), words.percent(tree.fidelity)
    said = f"Rules that retell the segments: on {people} that they were not found on they agree in {share}."
    return [said, *([warned] if warned else [])]


def _case(record: Record, nodes: Sequence[Node], place: int, features: Mapping[str, Feature]) -> sql.Node:
    """Return a node and all below it."""
    node = nodes[place]
    if node.condition is None or node.yes is None or node.no is None:
        segment = record.segment(node.segment)
        right = "" if words.too_few(node.rows) else f", {words.percent(node.right)} right"
        return sql.noted(sql.whole(node.segment), plain(f"{segment.letter} {segment.called}{right}"))
    holds = _holds(node.condition, features[node.condition.column], node.missing == "yes")
    return sql.case([(holds, _case(record, nodes, node.yes, features))], _case(record, nodes, node.no, features))


def _holds(condition: Condition, feature: Feature, or_missing: bool) -> sql.Node:
    """Return the question as SQL, true on the side of yes."""
    x, value = column(condition.column), condition.value
    if feature.kind == "ordinal" and feature.levels is not None:
        levels = list(feature.levels)
        yes = sql.among(x, levels[levels.index(str(value)) :])
        lost = sql.either(sql.is_null(x.copy()), sql.negate(sql.among(x.copy(), levels)))
    else:
        lost = sql.is_null(x.copy())
        if isinstance(value, str):
            yes = sql.equal(x, sql.text(value))
        else:
            yes = sql.at_most(sql.number(value), x) if condition.op == "at least" else sql.equal(x, sql.number(value))
    return sql.either(yes, lost) if or_missing else yes
