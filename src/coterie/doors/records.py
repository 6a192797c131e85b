"""Records that nothing changes, cheap to define.

``dataclass(frozen=True)`` writes and compiles seven methods for every class, and a short run imports hundreds of them.
Here the methods are written once, and ask a class for its fields; `fields`, `replace` and `asdict` work.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Made = TypeVar("Made")
put = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[Made]) -> type[Made]:
    """Make a class a frozen record: two are equal whose fields are."""
    cls = distinct(cls)
    values = attrgetter(*cls.__match_args__)  # type: ignore[attr-defined]

    def equals(self: Made, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return _given(cls, __eq__=equals, __hash__=lambda self: hash(values(self)))


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(dataclasses.field,))
def distinct(cls: type[Made]) -> type[Made]:
    """Make a class a frozen record that equals only itself: its fields are arrays, or can be read once."""
    inherited = getattr(cls, "__dataclass_fields__", {})
    defaults = {**inherited, **{name: vars(cls).get(name, MISSING) for name in cls.__annotations__}}
    made = _constructor(cls.__name__, defaults, getattr(cls, "__post_init__", None))
    methods = {"__init__": made, "__setattr__": _refuse, "__delattr__": _refuse, "__repr__": _shown}
    known = {"__dataclass_fields__": _Fields(cls), "__signature__": _Signature()}
    return _given(cls, __match_args__=tuple(defaults), **known, **methods)


class _Fields:
    """What `dataclasses` knows of a class, found out when it is first asked: of most classes nobody does."""

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls

    def __get__(self, record: object, cls: type[Any]) -> Any:
        return dataclasses.dataclass(init=False, repr=False, eq=False)(self._cls).__dataclass_fields__


class _Signature:
    """What `help` and notebooks show of a class: its fields, by name."""

    def __get__(self, record: object, cls: type[Any]) -> Any:
        from inspect import Parameter, Signature

        shown = []
        for field in dataclasses.fields(cls):
            made = Parameter.empty if field.default_factory is MISSING else ...
            default = made if field.default is MISSING else field.default
            shown.append(Parameter(field.name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=field.type))
        return Signature(shown, return_annotation=None)


def _given(cls: type[Made], **attributes: Any) -> type[Made]:
    """Give a class the attributes that it does not write itself."""
    for name, held in attributes.items():
        if name not in vars(cls):
            setattr(cls, name, held)
    return cls


def _constructor(of: str, defaults: Mapping[str, Any], check: Callable[[Any], None] | None) -> Callable[..., None]:
    """Return the ``__init__`` of a class: one argument a field, by place or by name."""
    names = tuple(defaults)

    def construct(self: object, *given: Any, **named: Any) -> None:
        for name, value in zip(names, given):  # noqa: B905 - what is left over is seen below
            put(self, name, value)
        for name in names[len(given) :]:
            value = named.pop(name, MISSING)
            put(self, name, _default(of, name, defaults[name]) if value is MISSING else value)
        if named or len(given) > len(names):
            raise TypeError(f"{of} takes {', '.join(names)}, each once")
        if check is not None:
            check(self)

    return construct


def _default(of: str, name: str, held: Any) -> Any:
    """Return what a field holds where nothing is given for it."""
    if isinstance(held, dataclasses.Field):
        held = held.default if held.default_factory is MISSING else held.default_factory()
    if held is MISSING:
        raise TypeError(f"{of} needs {name}")
    return held


def _refuse(self: object, name: str, _: object = None) -> None:
    raise dataclasses.FrozenInstanceError(f"{type(self).__name__} is frozen: its {name} stays as it is")


def _shown(self: Any) -> str:
    """Return a record as the call that makes it."""
    told = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(told)})"
