"""Where customers came from: enough to read them again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coterie import errors
from coterie.doors import frozen
from coterie.engines import Engine, Fingerprint, Reading, Source, engine_for
from coterie.options import Options
from coterie.purchases import recognition
from coterie.table import Table, read

if TYPE_CHECKING:
    from coterie.purchases import CustomerBase, Purchases


@frozen
class Origin:
    """Where customers came from: enough to read them again.

    ``purchases`` are the options of a log of purchases, None where the source has one row a customer; ``options`` are
    those that the user gave. ``state`` is the fingerprint of a file without a digest, which would be another pass over
    it; None of a frame.
    """

    source: Source
    reading: Reading
    options: Options
    purchases: Purchases | None = None
    state: Fingerprint | None = None

    @property
    def path(self) -> Path | None:
        """The file or folder that the customers are read from, None for a frame."""
        return self.source.path

    @classmethod
    def of(cls, source: Any, reading: Reading, options: Options, purchases: Purchases | None = None) -> Origin:
        """Return the origin of a source as it is now."""
        found = Source.of(source, options.features)
        return cls(found, reading, options, purchases, found.fingerprint(digest=False))

    def open(self, engine: Engine) -> tuple[Table, CustomerBase | None, Options]:
        """Return the customers, their log if any, and the options.

        The options are those that follow from the log.
        """
        if self.purchases is None:
            given = read(self.source, engine, self.options, self.reading)
            table, options = recognition.recognize(given, self.options)
            return table, None, options
        from coterie.purchases import customer_base

        base = customer_base.customers_of_log(self.source, engine, self.purchases, self.reading)
        return base.table, base, base.choose_options(self.options)

    def unchanged(self) -> Source:
        """Return the source, a file that is still the same."""
        if self.source.path is None or self.source.fingerprint(digest=False) != self.state:
            raise errors.other_source(self.source.name)
        return self.source

    def reopen(self) -> Table:
        """Return the customers of a file that is still the same."""
        self.unchanged()
        return self.open(engine_for(self.source))[0]

    @property
    def is_there(self) -> bool:
        """Whether the frame is at hand, or the file still as it was."""
        if self.source.path is None:
            return self.source.frame is not None
        return self.source.path.exists() and self.source.fingerprint(digest=False) == self.state

    def is_of(self, other: Source) -> bool:
        """Say whether another source is the same.

        It has the same rows in the same order: the file as it was, or the same frame.
        """
        if self.source.path is None:
            return self.source.frame is not None and self.source.frame is other.frame
        return self.source.path == other.path and other.fingerprint(digest=False) == self.state
