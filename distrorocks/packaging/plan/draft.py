"""The plan of a package with its typed fields, and the draft in which they are gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from distrorocks.packaging.plan.field import (
    HIGH,
    SETTINGS,
    TEAM_SETTINGS,
    Field,
    FieldDefinition,
    V,
    Value,
)
from distrorocks.packaging.plan.fields import Fields
from distrorocks.values import NamedTuple


class Gap(NamedTuple):
    """What a plan leaves open: the field, and what to know about it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class PackagingPlan(Fields):
    """The plan of one format: its fields by their key, in the order in which they were decided."""

    format: str
    fields: Mapping[str, Field]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What a person should look at."""
        return tuple(Gap(each.key, each.gap) for each in self.fields.values() if each.gap)

    def with_default(self, definition: FieldDefinition[V], value: V, source: str) -> PackagingPlan:
        """Return the plan with another value of a field, if it has it and no packager set it."""
        field = self.fields.get(definition.key)
        if field is None or field.is_set:
            return self
        changed = Field(definition.key, definition.checked(value), source, HIGH)
        return replace(self, fields={**self.fields, definition.key: changed})


class Team(NamedTuple):
    """What a team sets for all of its packagings, and the path of the file that says so."""

    path: str = ""
    settings: Mapping[str, Value] = MappingProxyType({})


NO_TEAM = Team()


class Draft(Fields):
    """The fields of a plan while they are decided.

    ``settings`` of the packager come first, then those of the team.
    """

    def __init__(self, settings: Mapping[str, Value], team: Team = NO_TEAM) -> None:
        self._layers = (
            (SETTINGS, settings),
            (f"{TEAM_SETTINGS}{team.path}", team.settings),
        )
        self.fields: dict[str, Field] = {}

    def put(
        self,
        definition: FieldDefinition[V],
        value: V,
        source: str = "",
        confidence: str = HIGH,
        gap: str = "",
    ) -> None:
        """Add a field, or what packager or team set; ``source`` is by default the field's."""
        key, decided = definition.key, definition.checked(value)
        for place, settings in self._layers:
            if key in settings:
                decided, source, confidence, gap = (
                    definition.checked(settings[key]),
                    place,
                    HIGH,
                    "",
                )
                break
        source = source or definition.source
        self.fields[key] = Field(key, _printable(decided), source, confidence, gap)

    def fill(self, definition: FieldDefinition[str], word: str, value: str) -> None:
        """Replace a word in the text of a field, which the packager set for several rocks."""
        field = self.fields[definition.key]
        text = str(field.value).replace(word, value)
        self.fields[definition.key] = field._replace(value=text)

    def doubt(self, key: str, gap: str) -> None:
        """Make a gap of a field, also of one that the packager set."""
        self.fields[key] = self.fields[key]._replace(gap=gap)


def _printable(value: Value) -> Value:
    """Return a value with each text on one printable line: rocks are untrusted input.

    Items of lists may be indented, as lines of a description are.
    """
    if isinstance(value, str):
        return _line(value).strip()
    if isinstance(value, tuple):
        return tuple(_line(each).rstrip() for each in value)
    return value


def _line(text: str) -> str:
    return "".join(_printable_characters(text))


def _printable_characters(text: str) -> Iterator[str]:
    for character in text:
        if character.isprintable():
            yield character
        elif character.isspace():
            yield " "
