"""Segments in other words: rules, the tree, typical and borderline customers."""

from __future__ import annotations

from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, CustomerGroup, Node, Segment, UsualValue
from coterie.report import story, view
from coterie.report.charts import drawing

SHOWN_VALUES = 5
_LONGEST_NUMBER = 16


@frozen
class Mark:
    """What identifies a segment anywhere on the page: letter, name, color, shape."""

    id: int
    letter: str
    name: str
    slot: int
    glyph: str


@frozen
class Numbers:
    """A table of numbers: title, heads and rows of cells."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def wordy(self) -> list[bool]:
        """Which columns hold words, not numbers: some cell has more than any number."""
        return [any(len(row[i]) > _LONGEST_NUMBER for row in self.rows) for i in range(len(self.head))]


@frozen
class ShownRule:
    """A segment's rule, and what it is worth."""

    mark: Mark
    text: str
    precision: str
    recall: str


@frozen
class ShownNode:
    """A question with its answers and branches, or a leaf."""

    branches: Sequence[tuple[str, ShownNode]] = ()
    leaf: Mark | None = None
    right: str = ""


@frozen
class ShownTree:
    """The tree: a sentence, the root, and the leaves as a table."""

    text: str
    root: ShownNode
    numbers: Numbers


@frozen
class ShownPeople:
    """What typical customers are like, and those at the border.

    A text is empty where fewer than ten are known.
    """

    mark: Mark
    typical: str
    border: str
    edge: str


def mark(segment: Segment) -> Mark:
    """Return what identifies a segment anywhere: letter, name, color, shape."""
    place = segment.id
    return Mark(place, segment.letter, segment.called, view.slot(place), drawing.trace_glyph(place))


def rules(record: CleanRecord) -> list[ShownRule]:
    """Return the rules that are good enough to be shown."""
    found = [(s, s.rule) for s in record.segments if s.rule is not None]
    return [
        ShownRule(mark(s), rule.text, words.percent(rule.precision), words.percent(rule.recall)) for s, rule in found
    ]


# ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────────


def tree(record: CleanRecord) -> ShownTree | None:
    """Return the tree as it is shown, if any."""
    held = record.model.tree
    if held is None:
        return None
    leaves: list[list[str]] = []
    root = _below(record, held.nodes, 0, (), leaves)
    head = ["Customers with", "are taken for", "Measured", "Rightly"]
    return ShownTree(held.text, root, Numbers("leaves of the tree", head, leaves))


def _below(
    record: CleanRecord, nodes: Sequence[Node], place: int, path: Sequence[str], leaves: list[list[str]]
) -> ShownNode:
    """Return a node with all below it.

    Its leaves are added to the table's rows, each with the answers on its path.
    """
    node = nodes[place]
    if node.condition is None:
        leaf, few = mark(record.segment(node.segment)), words.too_few(node.rows)
        right = words.UNKNOWN if few else words.percent(node.right)
        leaves.append([" and ".join(path), f"{leaf.letter} {leaf.name}", words.count(node.rows), right])
        return ShownNode(leaf=leaf, right="" if right == words.UNKNOWN else right)
    lost = record.column(node.condition.column).missing > 0
    branches = []
    for side, text, below in node.answers:
        said = f"{text} or missing" if lost and node.missing == side else text
        branches.append((said, _below(record, nodes, below, [*path, said], leaves)))
    return ShownNode(branches)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def people(record: CleanRecord) -> list[ShownPeople]:
    """Return what typical and borderline customers are like; nothing where fewer than ten stand behind all of them."""
    shown = view.by_value(record)
    if all(s.typical is None and s.border is None for s in shown):
        return []
    return [
        ShownPeople(mark(s), _values(s.typical, record), _values(s.border, record), _edge(record, s.border))
        for s in shown
    ]


def _edge(record: CleanRecord, border: CustomerGroup | None) -> str:
    if border is None:
        return ""
    near = "" if border.towards is None else f", mostly towards {record.segment(border.towards).letter}"
    return f"{words.percent(border.share)} of the {story.noun(record)}{near}"


def _values(group: CustomerGroup | None, record: CleanRecord) -> str:
    """Return what is usual in a group's strongest columns.

    They stand in the order of the source, so that segments read alike.
    """
    if group is None:
        return ""
    order = [c.name for c in record.columns]
    shown = sorted(group.values[:SHOWN_VALUES], key=lambda v: order.index(v.column))
    return words.sentence(", ".join(_usual(v, record) for v in shown))


def _usual(value: UsualValue, record: CleanRecord) -> str:
    """Return a column and what is usual in it, counted in what the column is counted in."""
    column, text = record.column(value.column), value.text
    if not column.is_scale:
        yes_no = (column.kind, column.min, column.max, column.distinct) == ("number", 0.0, 1.0, 2)
        return f"{value.label}: {({'0': 'no', '1': 'yes'}.get(text, text)) if yes_no else text}"
    about, _, number = text.rpartition(" ")
    if column.kind == "number":
        number = words.with_unit(number, view.unit(record, column.name)) if "%" not in number else number
    return f"{value.label} {about} {number}".replace("  ", " ")
