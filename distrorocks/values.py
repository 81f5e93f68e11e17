"""Named tuples that cost little to declare, and what keeps ``typing`` out of short runs.

Start-up is why. ``typing.NamedTuple`` compiles each annotation and a constructor for each class: a
fifth of a millisecond. `install` declares 178 of them, a fifth of its processor time for one rock.
``NamedTuple`` below does the same with one constructor for each number of fields, in a fortieth of
that time; to type checkers it is the one of ``typing``.

The import of ``typing`` itself takes 8 ms, as long as that of all our modules that `--help` needs,
and annotations alone need it. So modules of short runs have ``TYPE_CHECKING`` and ``Protocol`` from
here, and import the rest of ``typing`` for type checkers alone.

A named tuple compares as the tuple of its fields: a file to remove would be equal to a file to
keep. ``distinct`` makes the kind count too. It is for kinds that stand beside each other in a
union, where start-up or many small values count; elsewhere such kinds are dataclasses with
``frozen=True, slots=True``, whose module takes longer to import than ours altogether.
"""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]  # what reads a field, in C
from types import CodeType, FunctionType

TYPE_CHECKING = False
"""As that of ``typing``: type checkers take it for true, whatever it is set to."""

if TYPE_CHECKING:
    from typing import Any, NamedTuple as NamedTuple, Protocol as Protocol, TypeVar

    _Kind = TypeVar("_Kind", bound=type[tuple[object, ...]])
else:

    class Protocol:
        """The base of a class that says what others have to offer: to a run it says nothing."""


_constructors: dict[int, CodeType] = {}
"""The code of a constructor for each number of fields."""


class _Declaration(type):
    """Makes a class of the tuples that the annotations of a class body declare."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        """Return a class as ``typing.NamedTuple`` makes it, a plain subclass of tuple."""
        if not bases:
            return type.__new__(cls, name, bases, body)
        if len(bases) > 1:
            raise TypeError(f"{name}: a named tuple has no other base, as it would be lost")
        fields = tuple(body.get("__annotations__", ()))
        preset = {field: body[field] for field in fields if field in body}
        if tuple(preset) != fields[len(fields) - len(preset) :]:
            raise TypeError(f"{name}: a field without a default follows one with a default")
        getters = {field: _tuplegetter(at, "") for at, field in enumerate(fields)}
        own = {
            "__slots__": (),
            "__match_args__": fields,
            "__new__": _constructor(f"{body['__qualname__']}.__new__", fields, preset),
            "_fields": fields,
            "_field_defaults": preset,
        }
        return type(name, (tuple,), {**_SHARED, **body, **own, **getters})


def _constructor(name: str, fields: tuple[str, ...], preset: dict[str, Any]) -> FunctionType:
    """Return a function of a class and its fields, under their names."""
    code = _constructors.get(len(fields))
    if code is None:
        values = "".join(f"field{at}, " for at in range(len(fields)))
        text = f"lambda _cls, {values}: new(_cls, ({values}))"
        code = _constructors[len(fields)] = eval(text).__code__  # noqa: S307 - the text is ours
    code = code.replace(co_name="__new__", co_qualname=name, co_varnames=("_cls", *fields))
    return FunctionType(code, {"new": tuple.__new__}, "__new__", tuple(preset.values()))


def _make(cls: Any, iterable: Any) -> Any:
    """Return a named tuple of the values of all fields, in order."""
    made = tuple.__new__(cls, iterable)
    if len(made) != len(cls._fields):
        raise TypeError(f"expected {len(cls._fields)} fields, got {len(made)}")
    return made


def _replace(self: Any, /, **fields: Any) -> Any:
    """Return a named tuple with some fields replaced."""
    made = self._make(map(fields.pop, self._fields, self))
    if fields:
        raise ValueError(f"got unexpected field names: {list(fields)}")
    return made


def _asdict(self: Any) -> dict[str, Any]:
    """Return the values by the names of their fields."""
    return dict(zip(self._fields, self, strict=True))


def _repr(self: Any) -> str:
    """Return the text of the call that makes an equal value."""
    fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
    return f"{self.__class__.__name__}({fields})"


def _getnewargs(self: Any) -> tuple[Any, ...]:
    """Return what makes an equal value, for copies."""
    return tuple(self)


_SHARED = {
    "__getnewargs__": _getnewargs,
    "__repr__": _repr,
    "_asdict": _asdict,
    "_make": classmethod(_make),
    "_replace": _replace,
}

if not TYPE_CHECKING:

    class NamedTuple(metaclass=_Declaration):
        """The base of a class that declares fields with types, and defaults for the last ones."""


def distinct(kind: _Kind) -> _Kind:
    """Make values of a named tuple equal to values of exactly the same kind only.

    The hash stays that of a tuple, which depends on the fields alone: equal values have equal
    hashes. Order, patterns and ``_replace`` stay as they are.
    """
    named: Any = kind
    named.__eq__ = _is_equal
    named.__ne__ = _is_unequal
    return kind


def _is_equal(one: tuple[object, ...], other: object) -> bool:
    return one.__class__ is other.__class__ and tuple.__eq__(one, other)


def _is_unequal(one: tuple[object, ...], other: object) -> bool:
    return one.__class__ is not other.__class__ or tuple.__ne__(one, other)
