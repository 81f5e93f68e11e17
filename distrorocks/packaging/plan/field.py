"""One field of a packaging plan: its definition, and what a plan decided for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, TypeAlias, TypeVar, cast, overload

from distrorocks.values import NamedTuple

HIGH, MEDIUM, LOW = "high", "medium", "low"
SETTINGS = "distrorocks.toml"
TEAM_SETTINGS = "settings of the team: "
"""How the source of a field begins that the team's file sets; the file's path follows."""
ALL_FORMATS = ("deb", "fedora", "opensuse", "arch", "alpine")
PLAIN, DH_LUA = "plain", "dh-lua"
HELPERS = ("dh-luarocks", "luarocks-rpm-macros", PLAIN, DH_LUA)
OTHER_HELPERS = (PLAIN, DH_LUA)
"""The helpers that are none of ours: a stored render names them."""

Value: TypeAlias = "str | tuple[str, ...] | bool"
V = TypeVar("V", str, tuple[str, ...], bool)

_KINDS = {str: "text", tuple: "list of texts", bool: "true or false"}


class MissingFieldError(AttributeError):
    """A field is read that the plan does not have, or not yet."""


class FieldTypeError(TypeError):
    """A field is given a value of another type than its own."""


class Field(NamedTuple):
    """What a plan decided for one field.

    ``key`` is the name under which ``distrorocks.toml`` sets it. ``gap`` says what was not known
    and which value was assumed instead; "" if nothing is left open.
    """

    key: str
    value: Value
    source: str
    confidence: str
    gap: str = ""

    @property
    def is_set(self) -> bool:
        """Whether a file of settings has the value: that of the packaging, or of the team."""
        return self.source == SETTINGS or self.source.startswith(TEAM_SETTINGS)


class HasFields(Protocol):
    """An object with decided fields: a plan, or the draft of one."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The decided fields by their key."""


class FieldDefinition(Generic[V]):
    """What a field is, independent of any rock. Its key is the name it has in ``Fields``.

    ``formats`` are those whose plans have it. ``source`` says where its value comes from by
    default. What ``distrorocks.toml`` sets must match ``pattern``; in a list, each item must, and
    there must be one unless it ``may_be_empty``. On a plan, the attribute is the field's value.
    """

    key: str

    def __init__(
        self,
        kind: type,
        description: str,
        source: str,
        *,
        formats: tuple[str, ...],
        is_settable: bool,
        pattern: str,
        may_be_empty: bool = False,
    ) -> None:
        self.kind = kind
        self.description = description
        self.source = source
        self.formats = formats
        self.is_settable = is_settable
        self.pattern = pattern
        self.may_be_empty = may_be_empty

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, plan: None, owner: type) -> FieldDefinition[V]: ...
    @overload
    def __get__(self, plan: HasFields, owner: type) -> V: ...
    def __get__(self, plan: HasFields | None, owner: type) -> FieldDefinition[V] | V:
        """Return the value that a plan has; raise ``MissingFieldError`` if it has none."""
        if plan is None:
            return self
        if self.key not in plan.fields:
            raise MissingFieldError(f"the plan has no field {self.key}")
        return self.checked(plan.fields[self.key].value)

    @property
    def kind_name(self) -> str:
        """The type of the value, for people."""
        return _KINDS[self.kind]

    def checked(self, value: object) -> V:
        """Return a value if it has the type of the field; raise ``FieldTypeError`` if not."""
        is_fit = isinstance(value, self.kind)
        if isinstance(value, tuple):
            is_fit = is_fit and all(isinstance(each, str) for each in value)
        if not is_fit:
            raise FieldTypeError(f"{self.key} is {value!r}, which is no {self.kind_name}")
        return cast("V", value)


def text(
    description: str,
    source: str,
    *,
    formats: tuple[str, ...] = ALL_FORMATS,
    is_settable: bool = True,
    pattern: str = "",
) -> FieldDefinition[str]:
    """Define a field that is one text."""
    return FieldDefinition(
        str, description, source, formats=formats, is_settable=is_settable, pattern=pattern
    )


def texts(
    description: str,
    source: str,
    *,
    formats: tuple[str, ...] = ALL_FORMATS,
    is_settable: bool = True,
    pattern: str = "",
    may_be_empty: bool = False,
) -> FieldDefinition[tuple[str, ...]]:
    """Define a field that is a list of texts."""
    return FieldDefinition(
        tuple,
        description,
        source,
        formats=formats,
        is_settable=is_settable,
        pattern=pattern,
        may_be_empty=may_be_empty,
    )


def flag(
    description: str,
    source: str,
    *,
    formats: tuple[str, ...] = ALL_FORMATS,
    is_settable: bool = True,
) -> FieldDefinition[bool]:
    """Define a field that is true or false."""
    return FieldDefinition(
        bool, description, source, formats=formats, is_settable=is_settable, pattern=""
    )
