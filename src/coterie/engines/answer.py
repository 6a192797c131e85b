"""An answer as the kind of table that came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from coterie import sql
from coterie.engines.engine import Engine
from coterie.engines.frame import array_of, library_of
from coterie.engines.source import Source
from coterie.reading import Reading
from coterie.sql import Node

ANSWER = "answer"


def as_kind_of(source: Source | None, engine: Engine, query: Node, *, rowwise: bool = False) -> Any:
    """Return a query's result as a source's kind of table.

    A table of pandas, polars, Arrow or numpy (a record array), or a dict of arrays, for one of these, else the engine's
    own kind of table.

    Parameters
    ----------
    rowwise : the result has one row a row of the source, in its order: the index of a pandas frame comes back.
    """
    frame: Any = None if source is None else source.frame
    library = library_of(frame)
    if library in ("pandas", "polars", "pyarrow"):
        import narwhals.stable.v2 as nw

        answer = nw.from_dict(engine.fetch(query), backend=library).to_native()
        if library == "pandas" and rowwise:
            answer.index = frame.index
        return answer.lazy() if library == "polars" and hasattr(frame, "collect") else answer
    if library == "columns":
        return engine.fetch(query)
    if library == "numpy":
        columns = engine.fetch(query)
        kinds = np.dtype([(name, values.dtype) for name, values in columns.items()])
        return np.rec.fromarrays(list(columns.values()), dtype=kinds)
    return engine.relation(query)


def columns_as(source: Source | None, columns: Mapping[str, Sequence[Any]], make_engine: Callable[[], Engine]) -> Any:
    """Return columns as a source's kind of table: that of an engine where it was no frame."""
    frame: Any = None if source is None else source.frame
    library = library_of(frame)
    if library in ("pandas", "polars", "pyarrow"):
        import narwhals.stable.v2 as nw

        answer = nw.from_dict(columns, backend=library).to_native()
        return answer.lazy() if library == "polars" and hasattr(frame, "collect") else answer
    arrays = {name: array_of(values) for name, values in columns.items()}
    if library == "columns":
        return arrays
    if library == "numpy":
        return np.rec.fromarrays(list(arrays.values()), dtype=np.dtype([(n, a.dtype) for n, a in arrays.items()]))
    engine = make_engine()
    engine.read(Source.of(arrays), ANSWER, Reading(), lambda name: True)
    return engine.relation(sql.select([sql.column(name) for name in columns], sql.table(ANSWER)))
