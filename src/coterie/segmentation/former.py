"""The customers of a run, as what comes after it needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from coterie import runs
from coterie.doors import frozen
from coterie.engines import Engine, Source, Target
from coterie.record import Record
from coterie.scoring import write_assignments
from coterie.segmentation.origin import Origin
from coterie.table import Table


@frozen
class FormerRun:
    """A run's record, and where its customers are.

    ``loaded`` is the folder that it was loaded from; ``customers`` gives the table of those that were segmented, None
    where the folder's own segments stand for them.
    """

    record: Record
    name: str
    loaded: runs.next_run.Before | None
    origin: Origin | None
    customers: Callable[[], Table] | None

    @property
    def folder(self) -> Path | None:
        """The run's folder, or the file of its customers: what must not be written over."""
        if self.loaded is not None:
            return self.loaded.folder
        return None if self.origin is None else self.origin.path

    def keep(self, engine: Engine, name: str, *, nobody: bool = False) -> None:
        """Make a relation of the customers: id, segment, confidence.

        Parameters
        ----------
        nobody : leave every customer out, where none can be followed.

        Raises
        ------
        InputError : the customers are not at hand, or several have one id.
        """
        if self.customers is None:
            assert self.loaded is not None
            runs.next_run.keep_segments(self.record, self.loaded, engine, name, nobody=nobody)
        else:
            table = self.customers()
            with TemporaryDirectory(dir=engine.temp_dir) as folder:
                path = Path(folder) / "segments.parquet"
                write_assignments(self.record, table, Target(path))
                runs.next_run.keep_file(path, engine, name, nobody=nobody)
        runs.changes.refuse_repeats(engine, name, self.name)

    def is_followed(self, table: Table, source: Source) -> bool:
        """Say whether the customers can be told again: by an id, or as the rows of the same source."""
        known = any(c.role == "id" for c in self.record.columns)
        if known or table.id is not None:
            return known and table.id is not None
        if self.loaded is not None:
            return runs.next_run.is_source(self.loaded, source)
        return self.origin is not None and self.origin.is_of(source)
