"""What ``distrorocks.toml`` may say, checked key by key."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field as ModelField, ValidationError

from distrorocks.packaging.plan.field import Value

_LuaVersion = Annotated[str, ModelField(pattern=r"^5\.[1-9]$")]
_WORDS = r"\S"
_ADDRESS = r"^(|(https?|ftp)://\S+)$"
# What each kind of fault means; the rest is told in the library's words.
_SAYINGS = {
    "string_type": "must be a text in quotes",
    "list_type": "must be a list of texts, in brackets",
    "bool_type": "must be true or false",
    "too_short": "must not be empty",
}


class SettingsFaults(ValueError):  # noqa: N818 - several
    """Keys or values that mean nothing; the text has a line for each."""


class _Fields(BaseModel):
    """The fields that a packager may set; what is left out is decided by the plan."""

    model_config = ConfigDict(extra="forbid", strict=True)

    architecture: str | None = ModelField(default=None, pattern=r"^(all|any)$")
    bug_closed: str | None = ModelField(default=None, pattern=r"^[0-9]*$")
    build_directory: str | None = ModelField(
        default=None, pattern=r"^([A-Za-z0-9_@+.~-]+(/[A-Za-z0-9_@+.~-]+)*)?$"
    )
    build_depends: list[str] | None = None
    build_needs: list[str] | None = None
    build_requires: list[str] | None = None
    changelog_date: str | None = ModelField(default=None, pattern=_WORDS)
    changes: list[str] | None = None
    check_needs: list[str] | None = None
    commands: list[str] | None = None
    copyright: list[str] | None = None
    copyright_lines: list[str] | None = None
    date: str | None = ModelField(default=None, pattern=r"^[0-9]+$")
    depends: list[str] | None = None
    description: list[str] | None = None
    description_lines: list[str] | None = None
    doc_files: list[str] | None = None
    documents: list[str] | None = None
    external_requires: list[str] | None = None
    has_autotools: bool | None = None
    homepage: str | None = ModelField(default=None, pattern=_ADDRESS)
    interpreters: list[str] | None = None
    is_compiled: bool | None = None
    is_noarch: bool | None = None
    issues: str | None = None
    license: str | None = ModelField(default=None, pattern=_WORDS)
    license_files: list[str] | None = None
    license_tag: str | None = ModelField(default=None, pattern=_WORDS)
    lua_packages: list[str] | None = None
    lua_versions: list[_LuaVersion] | None = ModelField(default=None, min_length=1)
    maintainer: str | None = ModelField(default=None, pattern=r"^[^<>]+ <[^<> ]+@[^<> ]+>$")
    modules: list[str] | None = None
    multi_arch: str | None = ModelField(default=None, pattern=r"^(|same|foreign|allowed)$")
    package: str | None = ModelField(default=None, pattern=r"^[a-z0-9][a-z0-9+.-]+$")
    release: str | None = ModelField(default=None, pattern=r"^[0-9][A-Za-z0-9.+~]*$")
    repository: str | None = None
    repository_page: str | None = None
    requires: list[str] | None = None
    requires_by_lua: list[str] | None = None
    salsa_ci: bool | None = None
    section: str | None = ModelField(default=None, pattern=r"^[a-z0-9/-]+$")
    shell_version: str | None = ModelField(default=None, pattern=r"^[A-Za-z0-9._]+$")
    source_address: str | None = None
    source_directory: str | None = None
    source_file: str | None = None
    source_overrides: list[str] | None = None
    source_place: str | None = None
    standards_version: str | None = None
    stem: str | None = ModelField(default=None, pattern=r"^[a-z0-9][a-z0-9+._-]*$")
    summary: str | None = ModelField(default=None, pattern=_WORDS)
    test_depends: list[str] | None = None
    version: str | None = ModelField(default=None, pattern=r"^[0-9][A-Za-z0-9.+~]*$")
    watch: list[str] | None = None


class _Settings(_Fields):
    """The whole file."""

    deb: _Fields = _Fields()
    fedora: _Fields = _Fields()
    opensuse: _Fields = _Fields()
    arch: _Fields = _Fields()
    alpine: _Fields = _Fields()


def setting_keys() -> tuple[str, ...]:
    """Return the keys that may be set."""
    return tuple(_Fields.model_fields)


def checked_settings(table: Mapping[str, Any], form: str) -> dict[str, Value]:
    """Return what a file's table sets for a format; raise ``SettingsFaults`` with every fault."""
    try:
        settings = _Settings.model_validate(table)
    except ValidationError as error:
        faults = (_fault(each) for each in error.errors(include_url=False))
        raise SettingsFaults("\n".join(faults)) from None
    own: _Fields = getattr(settings, form)
    return {**_values(settings), **_values(own)}


def _values(fields: _Fields) -> dict[str, Value]:
    """Return the fields that were set."""
    set_ones = {key: getattr(fields, key) for key in _Fields.model_fields}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in set_ones.items()
        if value is not None
    }


def _fault(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        is_table = isinstance(error["input"], dict)
        keys = set(_Settings.model_fields) - set(setting_keys()) if is_table else setting_keys()
        near = get_close_matches(str(error["loc"][-1]), sorted(keys))
        return f"{place}: there is no such key" + (f", is {near[0]} meant?" if near else "")
    if error["type"] == "string_pattern_mismatch":
        return f"{place}: {error['input']!r} does not match {error['ctx']['pattern']}"
    return f"{place}: {_SAYINGS.get(error['type'], error['msg'])}"
