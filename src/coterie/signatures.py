"""Signatures that name every argument, where a function takes options by name, and of which types arguments are."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from coterie import errors

F = TypeVar("F", bound=Callable[..., Any])
MISSING: Any = ...  # shown where leaving an argument out means what no value says


def written_out(options: type, defaults: type | None = None) -> Callable[[F], F]:
    """Return a decorator that writes out the options which a function takes as ``**named: Unpack[options]``.

    Type checkers see them anyway; ``help`` and the pop-ups of notebooks show what is written here.

    Parameters
    ----------
    options : a TypedDict of the options.
    defaults : a dataclass that has fields of these names, with defaults.
    """

    def write(function: F) -> F:
        known = {f.name: f.default for f in fields(defaults)} if defaults and is_dataclass(defaults) else {}
        signature = inspect.signature(function)
        *own, last = signature.parameters.values()
        assert last.kind is last.VAR_KEYWORD
        named = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=known.get(name, MISSING), annotation=_said(written, kind)
            )
            for (name, written), kind in zip(
                options.__annotations__.items(), get_type_hints(options).values(), strict=True
            )
        ]
        setattr(function, "__signature__", signature.replace(parameters=[*own, *named]))  # noqa: B010 - no function declares it
        return function

    return write


def expect(name: str, value: object, kinds: tuple[type, ...], wanted: str, *, secret: bool = False) -> None:
    """Refuse an argument of another type; None is what was left out.

    Parameters
    ----------
    name : of the flag or the argument.
    wanted : what it must be, in words.
    secret : do not show it.

    Raises
    ------
    InputError : it is of another type.
    """
    if value is not None and not isinstance(value, kinds):
        plain = isinstance(value, str | int | float) and not secret
        raise errors.bad_option(name, value if plain else type(value).__name__, wanted)


def expect_text(name: str, value: object, wanted: str = "the name of a column") -> None:
    """Refuse an argument that is no text; a name of a column is one."""
    expect(name, value, (str,), wanted)


def expect_switch(name: str, value: object) -> None:
    """Refuse an argument that is neither True nor False."""
    expect(name, value, (bool,), "true or false")


def _said(written: Any, kind: Any) -> Any:
    """Return a type as it was written; where words are to choose from, these words."""
    return kind if "Literal[" in str(kind) else getattr(written, "__forward_arg__", kind)
