"""Whether the parts of a record fit together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from coterie.record import Record
from coterie.record.soundness import first_fault
from records import explained, simulated, with_part, with_segment


def with_nodes(record: Record, **changes: object) -> Record:
    """The record with other values in the root of its tree."""
    tree = record.model.tree
    assert tree is not None
    root, *rest = tree.nodes
    return with_part(record, "model", tree=replace(tree, nodes=(replace(root, **changes), *rest)))  # type: ignore[arg-type]


def with_typical(record: Record, **changes: object) -> Record:
    typical = record.segments[0].typical
    assert typical is not None
    return with_segment(record, "A", typical=replace(typical, **changes))  # type: ignore[arg-type]


def with_flow(record: Record, **changes: int) -> Record:
    first, *rest = record.choice.flow
    return with_part(record, "choice", flow=(replace(first, **changes), *rest))


BROKEN: list[tuple[str, Callable[[Record], Record]]] = [
    ("two of its columns have one name", lambda r: replace(r, columns=(*r.columns, r.columns[1]))),
    ("its features do not fit its columns", lambda r: replace(r, features=())),
    ("its centers and features do not fit together", lambda r: with_part(r, "model", centers=((0.5,),) * 5)),
    ("its segments and centers do not fit together", lambda r: with_part(r, "model", segment_of=(1, 2, 3, 4, 4))),
    ("an id of its segments would be used again", lambda r: with_part(r, "lineage", next_id=5)),
    ("a share lies outside 0 to 1", lambda r: with_segment(r, "B", share=1.2)),
    ("its counts do not add up", lambda r: with_segment(r, "B", size=40)),
    ("its profile tells of other", lambda r: replace(r, profile=(replace(r.profile[0], segment=9), *r.profile))),
    ("its profile tells of other", lambda r: replace(r, profile=(replace(r.profile[-1], level="x"), *r.profile[:-1]))),
    ("its numbers of segments do not flow", lambda r: with_flow(r, to=-1)),
    ("its numbers of segments do not flow", lambda r: with_flow(r, from_=99)),
    ("its tree, columns and segments", lambda r: with_nodes(r, yes=0)),  # a question that leads back to itself
    ("its tree, columns and segments", lambda r: with_nodes(r, no=3)),
    ("its tree, columns and segments", lambda r: with_nodes(r, yes=None)),
    ("its tree, columns and segments", lambda r: with_nodes(r, segment=9)),
    ("its typical customers, columns and segments", lambda r: with_typical(r, towards=9)),
    ("its refits and centers do not fit together", lambda r: with_part(r, "stability", refits=(((0.5,),),))),
    ("its distances are beyond all measure", lambda r: with_segment(r, "B", spread=1e200)),
    ("its distances are beyond all measure", lambda r: with_segment(r, "B", spread=-1.0)),
]


def test_a_record_that_was_made_is_sound() -> None:
    assert first_fault(simulated()[0]) is None
    assert first_fault(explained()[0]) is None


@pytest.mark.parametrize(("fault", "broken"), BROKEN)
def test_parts_that_do_not_fit_are_found(fault: str, broken: Callable[[Record], Record]) -> None:
    assert (first_fault(broken(explained()[0])) or "").startswith(fault)
