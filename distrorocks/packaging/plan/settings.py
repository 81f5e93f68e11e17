"""Read ``distrorocks.toml`` beside a packaging: fields of the plan that the packager sets.

Keys at the top apply to all formats, those in a table such as ``[deb]`` to that format. A file of
the same form in the user's configuration has what a team sets for all of its packagings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.config_file import home
from distrorocks.packaging.plan.draft import NO_TEAM, Team
from distrorocks.packaging.plan.field import SETTINGS, Value
from distrorocks.packaging.plan.fields import settable_keys
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.toml_text import TomlError, parse_toml
from distrorocks.system.files.trust import read_steering

LIMIT = 1024 * 1024


class SettingsError(DistrorocksError):
    """The file cannot be read, or has faults; the detail lists them."""


def read_settings(directory: str, form: str) -> Mapping[str, Value]:
    """Return the settings of ``distrorocks.toml`` for a format, {} if there is no file."""
    path = os.path.join(directory, SETTINGS)
    if os.path.lexists(directory) and not os.path.isdir(directory):
        raise SettingsError(
            f"{directory} is not a directory", hint="-o names the directory of the packaging"
        )
    return _read(path, form)


def team_settings_path() -> str:
    """Return where the team's settings are, by the XDG Base Directory Specification.

    An XDG_CONFIG_HOME that is not absolute is ignored, as the specification says. For root, HOME
    says whose they are: under sudo those of root, unless sudo keeps HOME.
    """
    above = os.environ.get("XDG_CONFIG_HOME", "")
    if not above.startswith("/"):
        above = f"{home('/')}/.config"
    return f"{above.rstrip('/')}/distrorocks/packaging.toml"


def read_team(path: str, form: str) -> Team:
    """Return the team's settings for a format; none if there is no such file, or no ``path``."""
    if not os.path.lexists(path):  # before root asks who could make it in a home of others
        return NO_TEAM
    return Team(path, _read(path, form))


def _read(path: str, form: str) -> Mapping[str, Value]:
    """Return the settings of a file for a format, {} if there is no file."""
    try:
        content = read_steering("/", os.path.abspath(path), LIMIT)
    except FileReadError as error:
        if error.is_missing:
            return {}
        raise SettingsError(f"{path} cannot be read", detail=error.brief) from None
    try:  # needed only if there is such a file
        from distrorocks.packaging.plan.settings_model import (
            NO_KEY,
            SettingsFaults,
            checked_settings,
        )
    except ImportError as error:
        raise SettingsError(
            f"{path} cannot be checked; nothing was done",
            detail=str(error),
            hint="install pydantic 2: python3-pydantic in Debian 13, only with pip in Debian 12",
        ) from None
    try:
        return checked_settings(parse_toml(content), form)
    except SettingsFaults as faults:
        raise SettingsError(
            f"{path} has invalid settings",
            detail=str(faults),
            hint=f"keys are {', '.join(settable_keys())}"
            if NO_KEY in str(faults)
            else "packaging-fields.md of the documentation says what each key takes",
        ) from None
    except TomlError as error:
        raise SettingsError(f"{path} is not TOML", detail=error.brief) from None
