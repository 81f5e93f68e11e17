"""The check of ``distrorocks.toml``, made from the table of fields."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field as ModelField, ValidationError, create_model

from distrorocks.packaging.plan.field import ALL_FORMATS, FieldDefinition, Value
from distrorocks.packaging.plan.fields import DEFINITIONS, settable_keys

# Messages for kinds of faults; others have the library's own.
_MESSAGES = {
    "string_type": "must be a text in quotes",
    "list_type": "must be a list of texts, in brackets",
    "bool_type": "must be true or false",
    "too_short": "must not be empty",
}


NO_KEY = "there is no such key"


class SettingsFaults(ValueError):  # noqa: N818 - several
    """Keys or values that are not allowed; the text has a line for each."""


class _Strict(BaseModel):
    """A table without conversions and unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _model_field(definition: FieldDefinition[Any]) -> tuple[Any, Any]:
    """Return the type and the rules of a key; None, the default, leaves the field to the plan."""
    pattern = definition.pattern or None
    if definition.kind is tuple:
        item = Annotated[str, ModelField(pattern=pattern)]
        least = 1 if pattern and not definition.may_be_empty else None
        return list[item] | None, ModelField(default=None, min_length=least)
    return definition.kind | None, ModelField(default=None, pattern=pattern)


_KEYS = settable_keys()
_definitions: dict[str, Any] = {key: _model_field(DEFINITIONS[key]) for key in _KEYS}
_Table = create_model("_Table", __base__=_Strict, **_definitions)
_formats: dict[str, Any] = {form: (_Table, _Table()) for form in ALL_FORMATS}
_Settings = create_model("_Settings", __base__=_Table, **_formats)


def checked_settings(table: Mapping[str, Any], form: str) -> dict[str, Value]:
    """Return what a file's table sets for a format; raise ``SettingsFaults`` with every fault."""
    try:
        settings = _Settings.model_validate(table)
    except ValidationError as error:
        faults = (_fault(each) for each in error.errors(include_url=False))
        raise SettingsFaults("\n".join(faults)) from None
    return {**_values(settings), **_values(getattr(settings, form))}


def _values(table: BaseModel) -> dict[str, Value]:
    """Return the fields that were set."""
    found = {key: getattr(table, key) for key in _KEYS}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in found.items()
        if value is not None
    }


def _fault(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        keys = ALL_FORMATS if isinstance(error["input"], dict) else _KEYS
        near = get_close_matches(str(error["loc"][-1]), sorted(keys))
        return f"{place}: {NO_KEY}" + (f", is {near[0]} meant?" if near else "")
    if error["type"] == "string_pattern_mismatch":
        return f"{place}: {error['input']!r} does not match {error['ctx']['pattern']}"
    return f"{place}: {_MESSAGES.get(error['type'], error['msg'])}"
