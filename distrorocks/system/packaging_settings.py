"""``distrorocks.toml`` beside a packaging: fields of the plan that the packager decides.

Keys at the top hold for all formats, those in a table such as ``[deb]`` for that format.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field as ModelField, ValidationError

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.field import SETTINGS, Value

_MOST_BYTES = 1 << 20


class SettingsError(DistrorocksError):
    """The file cannot be read, or says what means nothing; the detail has each fault."""


class _Fields(BaseModel):
    """The fields that a packager may set; what is left out is decided by the plan."""

    model_config = ConfigDict(extra="forbid", strict=True)

    architecture: str | None = ModelField(default=None, pattern=r"^(all|any)$")
    bug_closed: str | None = ModelField(default=None, pattern=r"^[0-9]*$")
    build_depends: list[str] | None = None
    build_needs: list[str] | None = None
    build_requires: list[str] | None = None
    changes: list[str] | None = None
    check_needs: list[str] | None = None
    commands: list[str] | None = None
    copyright: list[str] | None = None
    depends: list[str] | None = None
    description: list[str] | None = None
    doc_files: list[str] | None = None
    documents: list[str] | None = None
    external_requires: list[str] | None = None
    homepage: str | None = None
    is_compiled: bool | None = None
    issues: str | None = None
    license: str | None = None
    license_files: list[str] | None = None
    lua_versions: list[str] | None = None
    maintainer: str | None = ModelField(default=None, pattern=r"^[^<>]+ <[^<> ]+@[^<> ]+>$")
    modules: list[str] | None = None
    multi_arch: str | None = ModelField(default=None, pattern=r"^(|same|foreign|allowed)$")
    package: str | None = ModelField(default=None, pattern=r"^[a-z0-9][a-z0-9+.-]+$")
    release: str | None = ModelField(default=None, pattern=r"^[0-9][A-Za-z0-9.+~]*$")
    repository: str | None = None
    repository_page: str | None = None
    requires: list[str] | None = None
    section: str | None = None
    source_address: str | None = None
    source_directory: str | None = None
    source_file: str | None = None
    standards_version: str | None = None
    summary: str | None = None
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


def read_settings(directory: str, form: str) -> Mapping[str, Value]:
    """Return what ``distrorocks.toml`` in a directory sets for a format, {} if it is not there."""
    path = os.path.join(directory, SETTINGS)
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read", detail=error.strerror or "") from None
    if len(content) > _MOST_BYTES:
        raise SettingsError(f"{path} has more than {_MOST_BYTES} bytes")
    try:
        settings = _Settings.model_validate(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not TOML", detail=str(error)) from None
    except ValidationError as error:
        faults = (_fault(each) for each in error.errors(include_url=False))
        raise SettingsError(
            f"{path} says what means nothing here",
            detail="\n".join(faults),
            hint=f"keys are {', '.join(setting_keys())}",
        ) from None
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
    return f"{place}: {error['msg']}"
