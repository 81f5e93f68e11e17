"""One answer of a packaging plan, with where it came from, and the draft that gathers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

HIGH, MEDIUM, LOW = "high", "medium", "low"
SETTINGS = "distrorocks.toml"

# What is read out of the rock and the tables: a packager changes it there.
READ_FIELDS = frozenset(
    (
        "rock",
        "rock_version",
        "rockspec_name",
        "build_type",
        "is_packaged",
        "packaged_version",
        "name_sources",
        "license_evidence",
        "requires_missing",
        "build_requires_missing",
    )
)

Value: TypeAlias = "str | tuple[str, ...] | bool"


class Field(NamedTuple):
    """One field of a plan.

    ``key`` is the name under which ``distrorocks.toml`` sets it. ``gap`` says what was not known
    and what stands there instead; "" where nothing is left open.
    """

    key: str
    value: Value
    source: str
    confidence: str
    gap: str = ""


class Draft:
    """The fields of a plan while it is made: what the packager set stands before all else."""

    def __init__(self, settings: Mapping[str, Value]) -> None:
        self._settings = settings
        self.fields: dict[str, Field] = {}

    def put(
        self, key: str, value: Value, source: str, confidence: str = HIGH, gap: str = ""
    ) -> None:
        """Add a field, or what the packager has set in its place."""
        if key in self._settings:
            value, source, confidence, gap = self._settings[key], SETTINGS, HIGH, ""
        self.fields[key] = Field(key, _plain(value), source, confidence, gap)

    def text(self, key: str) -> str:
        """Return a field that is one text."""
        value = self.fields[key].value
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a field that is several texts."""
        value = self.fields[key].value
        return value if isinstance(value, tuple) else ()

    def is_true(self, key: str) -> bool:
        """Return a field that is yes or no."""
        return self.fields[key].value is True


def _plain(value: Value) -> Value:
    """Return a value whose texts are one printable line each: they come from strangers."""
    if isinstance(value, str):
        return _line(value)
    if isinstance(value, tuple):
        return tuple(_line(each) for each in value)
    return value


def _line(text: str) -> str:
    shown = "".join(_printable(text))
    return shown if shown[:1] == " " else shown.strip()


def _printable(text: str) -> Iterator[str]:
    for character in text:
        if character.isprintable():
            yield character
        elif character.isspace():
            yield " "
