"""The customers of a run, as the run after it needs them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from coterie.engines import Engine, Source, Target
from coterie.runs import changes, next_run
from coterie.scoring import write_assignments
from coterie.segmentation import Segmentation
from coterie.table import Table


def keep_former(run: Segmentation, engine: Engine, name: str, *, nobody: bool = False) -> None:
    """Make a relation of a run's customers: id, segment, confidence.

    Parameters
    ----------
    nobody : leave every customer out, where none can be followed.

    Raises
    ------
    InputError : the customers are not at hand, or several have one id.
    """
    if run._before is not None and run._table is None:
        next_run.keep_segments(run.record, run._before, engine, name, nobody=nobody)
    else:
        table = run._customers()
        with TemporaryDirectory(dir=engine.temp_dir) as folder:
            path = Path(folder) / "segments.parquet"
            write_assignments(run.record, table, Target(path))
            next_run.keep_file(path, engine, name, nobody=nobody)
    changes.refuse_repeats(engine, name, run.source_name or "the run")


def is_followed(run: Segmentation, table: Table, source: Source) -> bool:
    """Say whether a run's customers can be told again.

    They can by an id, or as the rows of the same source.
    """
    known = any(c.role == "id" for c in run.record.columns)
    if known or table.id is not None:
        return known and table.id is not None
    if run._before is not None:
        return next_run.is_source(run._before, source)
    return run.origin is not None and run.origin.is_of(source)
