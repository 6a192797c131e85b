"""A typing tool for people: text, worksheet, SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, Record, clean, clean_value
from coterie.report import view
from coterie.report.compilation import template
from coterie.scoring import Agreement, TypingFacts, Wanted, caution, write_rules


@frozen
class Typing(TypingFacts):
    """The few columns that tell the segments, and their tree.

    ``columns`` stand in the order in which they tell most; ``agreement`` is the share of customers, held out, that the
    tree gives their own segment, ``segments`` says it of each, ``all_columns`` of a tree that may ask for every column.

    ``str()`` of it is tree.txt.
    """

    record: Record = field(repr=False)

    @classmethod
    def of(cls, record: Record, facts: TypingFacts) -> Typing:
        """Return the facts with the words of their record."""
        return cls(**{f.name: getattr(facts, f.name) for f in fields(TypingFacts)}, record=record)

    def __str__(self) -> str:
        return "\n".join([*_summary(self), "", *_tree_lines(self)])

    @property
    def caution(self) -> str | None:
        """What nobody may miss: that the tree agrees too seldom."""
        return caution(self.tree)

    def sql(self, dialect: str, *, table: str = "customers", view: str | None = None, id: str | None = None) -> str:
        """Return the tree as one SELECT; see ``Segmentation.sql``."""
        return write_rules(self.record, Wanted(dialect, table, view, id), self.tree, self.features)

    def worksheet(self) -> str:
        """Return the tree as a page to print."""
        shown = template("worksheet.html").render(summary=_summary(self), steps=list(_questions(self)))
        return f"{shown}\n"

    def files(self, dialect: str = "duckdb", *, table: str = "customers") -> dict[str, str]:
        """Return tree.txt, rules.sql and worksheet.html by name."""
        return {
            "tree.txt": f"{self}\n",
            "rules.sql": self.sql(dialect, table=table),
            "worksheet.html": self.worksheet(),
        }

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


@frozen
class Question:
    """A numbered question: two answers, each with where it leads."""

    number: int
    answers: tuple[tuple[str, str], ...]


def _summary(typing: Typing) -> list[str]:
    """Return the columns, and how often the tree agrees."""
    record = clean(typing.record)
    names = words.joined([view.label(record, c) for c in clean_value(typing.columns)])
    few = words.plural(len(typing.columns), "column")
    lines = [
        f"{few} {'tells' if len(typing.columns) == 1 else 'tell'} the segments: {names}.",
        f"On {words.plural(typing.measured, 'customer')} that they were not chosen on, the questions give "
        f"{words.percent(typing.agreement)} their own segment; with all {typing.considered} columns "
        f"{words.percent(typing.all_columns)}.",
    ]
    if typing.caution is not None:
        lines.append(typing.caution)
    return [*lines, *(_agreement(record, a) for a in typing.segments)]


def _agreement(record: CleanRecord, one: Agreement) -> str:
    segment = record.segment(one.segment)
    found, right = ("too few to say" if v is None else words.percent(v) for v in (one.found, one.right))
    return (
        f"  {segment.letter} {segment.called}: {found} of its customers are found, {right} of those named are its own"
    )


def _tree_lines(typing: Typing) -> list[str]:
    """Return the tree, a line an answer."""
    nodes, record = clean_value(typing.tree.nodes), clean(typing.record)
    lines: list[str] = []

    def descend(place: int, depth: int) -> None:
        for side, text, below in nodes[place].answers:
            missing = " or missing" if _lost(record, nodes[place].condition) and nodes[place].missing == side else ""
            leads = "" if nodes[below].answers else f": {_leaf(typing, record, below)}"
            lines.append(f"{'  ' * depth}{text}{missing}{leads}")
            descend(below, depth + 1)

    descend(0, 0)
    return lines


def _questions(typing: Typing) -> Iterator[Question]:
    """Yield the questions of a worksheet, numbered."""
    nodes, record = clean_value(typing.tree.nodes), clean(typing.record)
    numbers: Mapping[int, int] = {
        place: i for i, place in enumerate((p for p, n in enumerate(nodes) if n.answers), start=1)
    }
    for place, number in numbers.items():
        node = nodes[place]
        answers = []
        for side, text, below in node.answers:
            unknown = " (also if nobody knows)" if node.missing == side else ""
            leads = f"go to question {numbers[below]}" if below in numbers else _leaf(typing, record, below)
            answers.append((f"{text}{unknown}", leads))
        yield Question(number, tuple(answers))


def _lost(record: CleanRecord, condition: object) -> bool:
    """Say whether a question's column has missing values."""
    name = getattr(condition, "column", None)
    return any(c.name == name and c.missing > 0 for c in record.columns)


def _leaf(typing: Typing, record: CleanRecord, place: int) -> str:
    node = typing.tree.nodes[place]
    segment = record.segment(node.segment)
    right = "" if words.too_few(node.rows) else f", right in {words.percent(node.right)}"
    return f"{segment.letter} {segment.called}{right}"
