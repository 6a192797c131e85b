"""The kinds of errors: who must act, and the exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from coterie.errors.in_python import in_python


class CoterieError(Exception):
    """What happened, where, and what to do: at most three lines.

    ``what``, ``where`` and ``do`` speak of flags, as a shell does; ``str()`` of it speaks of arguments, as Python does.
    """

    exit_code = 1

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.do = what, where, do
        self.called: dict[str, str] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that a shell shows."""
        return tuple(line for text in (self.what, self.where, self.do) for line in text.splitlines())

    def __str__(self) -> str:
        return in_python("\n".join(self.lines), self.called)

    def rename(self, flags: Mapping[str, str]) -> None:
        """Speak of other flags."""
        for flag, other in flags.items():
            told = (re.sub(rf"--{flag}(?![\w-])", f"--{other}", text) for text in (self.what, self.where, self.do))
            self.what, self.where, self.do = told


@contextmanager
def calling(*, flags: bool = False, **arguments: str) -> Iterator[None]:
    """Let errors speak of arguments that a function calls otherwise than flags are called: ``out="path"``.

    ``flags``: the verb's flags are called so too.
    """
    try:
        yield
    except CoterieError as error:
        if flags:
            error.rename({flag: other.replace("_", "-") for flag, other in arguments.items()})
        else:
            error.called |= arguments
        raise


class InputError(CoterieError, ValueError):
    """The data or an option must be changed."""

    exit_code = 2


class FormatError(InputError):
    """A file is no run, or another version's."""


class MissingExtra(CoterieError, ImportError):  # noqa: N818 - the contract names it so
    """An optional package is needed and not installed."""

    exit_code = 2


class LimitError(CoterieError, MemoryError):
    """Memory, time or size ran out."""

    exit_code = 3


class AccessError(CoterieError, OSError):
    """A file or folder cannot be read or written."""

    exit_code = 4


class EngineError(CoterieError, RuntimeError):
    """The engine refused a query; ``sql`` holds what was sent."""

    exit_code = 4

    def __init__(self, what: str, where: str = "", do: str = "", sql: str = "") -> None:
        super().__init__(what, where, do)
        self.sql = sql


class BusyError(CoterieError, RuntimeError):
    """Another run of coterie holds the output folder."""

    exit_code = 5
