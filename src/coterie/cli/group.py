"""The group of verbs, and how a function becomes one.

Wrong usage and interruptions end as the contract says.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from coterie import errors
from coterie.cli.console import Talk, tell, terminal_width
from coterie.cli.flags import COMMON, TALKING, Flags, heading_of
from coterie.doors import opened
from coterie.options import SETTINGS, read_settings

WIDEST_HELP = 100


def verb(example: str, *groups: Flags) -> Callable[[Callable[..., int]], click.Command]:
    """Make a verb of a function that returns its exit code.

    It has the flags of these groups and those that every verb has, and is told how to speak as ``talk``. A function
    that takes ``settings`` gets there what flags, environment and file set; its own flags reach it by their names.
    """

    def make(function: Callable[..., int]) -> click.Command:
        takes_settings = "settings" in inspect.signature(function).parameters

        @functools.wraps(function)
        def run(quiet: bool, verbose: bool, as_json: bool, config: str | None = None, **given: Any) -> int:
            talk = Talk(quiet=quiet, verbose=verbose, as_json=as_json)
            with closing(talk):
                if not takes_settings:
                    return function(**given, talk=talk)
                flags = {name: given.pop(name) for name in list(given) if name in SETTINGS}
                settings = read_settings(flags, os.environ, Path(config) if config else None)
                return function(**given, settings=settings, talk=talk)

        command = click.command(cls=Verb, epilog=f"Example: {example}")(run)
        command.params += [flag for group in (*groups, TALKING) for flag in group]
        return command

    return make


def fail(error: errors.CoterieError) -> int:
    """Print an error, at most three lines, and return its exit code."""
    tell("\n".join(error.lines[:3]))
    return error.exit_code


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C in a verb.

    It passes by click, which would print an empty line about it.
    """


class Verb(click.Command):
    """A verb whose help has its flags in groups: its own first, then purchases, reading and running."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the flags, group by group."""
        groups: dict[str, list[tuple[str, str]]] = {COMMON: [], "Purchases": [], "Reading": [], "Running": []}
        for flag in self.get_params(ctx):
            told = flag.get_help_record(ctx) if isinstance(flag, click.Option) else None
            if told is not None:
                groups[heading_of(flag)].append(told)
        for heading, flags in groups.items():
            if flags:
                with formatter.section(heading):
                    formatter.write_dl(flags, col_max=min(30, formatter.width // 3))


class Listed(Mapping[str, click.Command]):
    """Verbs by their names, each imported when it is asked for.

    Parameters
    ----------
    room : the package they are in.
    homes : the module of the room that has a verb.
    """

    def __init__(self, room: str, homes: Mapping[str, str]) -> None:
        self._homes, (self._get, _) = homes, opened(room, homes)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._homes:
            raise KeyError(name)
        verb: click.Command = self._get(name)
        return verb

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


class Verbs(click.Group):
    """The group of verbs.

    Wrong usage ends with exit code 2 and one line of help.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return a context whose help is as wide as the terminal, however narrow that is."""
        extra.setdefault("terminal_width", min(terminal_width(), WIDEST_HELP) - 2)
        return super().make_context(info_name, args, parent, **extra)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each verb does: the first line of its help, whole."""
        verbs = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Verbs"):
            formatter.write_dl([(name, (verb.help or "").partition("\n")[0]) for name, verb in verbs if verb])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a verb; click's own complaints become coterie's."""
        try:
            return super().main(*args, **kwargs)
        except click.exceptions.Exit as ended:
            return ended.exit_code
        except click.Abort as aborted:
            raise KeyboardInterrupt from aborted
        except click.NoSuchOption as wrong:
            guess = f" Did you mean {wrong.possibilities[0]}?" if wrong.possibilities else ""
            what = f"There is no option {errors.quoted(wrong.option_name)}.{guess}"
            return fail(errors.InputError(what, do=_help(wrong)))
        except click.UsageError as wrong:
            return fail(errors.InputError(errors.shown(wrong.format_message(), 200), do=_help(wrong)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an interruption passes by click."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interruption:
            raise Interrupted from interruption

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the verb, or say which one was probably meant."""
        if args and self.get_command(ctx, args[0]) is None:
            guess = errors.nearest(args[0], self.list_commands(ctx))
            meant = f" Did you mean {guess}?" if guess else ""
            raise click.UsageError(f"There is no verb {errors.quoted(args[0])}.{meant}", ctx)
        return super().resolve_command(ctx, args)


def _help(wrong: click.UsageError) -> str:
    path = wrong.ctx.command_path if wrong.ctx else "coterie"
    return f"See {path} --help."
