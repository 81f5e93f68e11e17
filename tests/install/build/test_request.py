"""What decides a build: its places, LuaRocks' settings, and what the rockspec says of its kind."""

from __future__ import annotations

from typing import Any, cast

import pytest

from distrorocks.families.build_flags import BuildFlags
from distrorocks.install.build.request import BuildError, Places, Settings
from distrorocks.lua.read import parse
from tests.install.build.requests import wanted


def test_the_build_directory_is_in_the_sources() -> None:
    """Or they are it, where the rockspec names none."""
    places = Places("/s", "foo/bar", "/o", "/r", "/l")
    assert places.build_directory == "/s/foo/bar"
    assert places._replace(directory="").build_directory == "/s"
    assert places.final == ""


DEFAULTS = Settings(
    has_rpath=True,
    links_lua=False,
    makefile="",
    cmake_generator="Unix Makefiles",
    accepted=(),
    hardening=None,
)


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        ("", {}),
        ("gcc_rpath = false", {"has_rpath": False}),
        ("gcc_rpath = true", {}),
        ("link_lua_explicitly = true", {"links_lua": True}),
        ("link_lua_explicitly = false", {}),
        ('makefile = "Makefile.mine"', {"makefile": "Makefile.mine"}),
        ("makefile = 1", {}),
        ('cmake_generator = "Ninja"', {"cmake_generator": "Ninja"}),
        ("cmake_generator = false", {}),
        ('accepted_build_types = { "make", "none" }', {"accepted": ("make", "none")}),
        ("accepted_build_types = {}", {}),
        ('accepted_build_types = "make"', {}),
        ('accepted_build_types = { "a", [3] = "c" }', {"accepted": ("a",)}),
    ],
)
def test_settings_are_those_of_the_configuration(config: str, changed: dict[str, Any]) -> None:
    """What it does not set, or sets to a value of another type, is as in LuaRocks."""
    assert Settings() == DEFAULTS
    assert Settings.from_table(parse(config.encode()).globals) == DEFAULTS._replace(**changed)


def test_flags_of_the_distribution_are_none_of_the_configuration() -> None:
    """They are there where they are asked for."""
    flags = cast("BuildFlags", object())
    assert Settings.from_table({}, flags) == DEFAULTS._replace(hardening=flags)


@pytest.mark.parametrize(
    ("own", "asked", "is_at_least"),
    [
        *(("1.0", "1.0", True), ("1.0", "3.0", False), ("3.0", "3.0", True)),
        *(("3.1", "3.0", True), ("3.0", "3.1", False), ("3.1", "3.1", True)),
    ],
)
def test_formats_are_compared_as_versions(own: str, asked: str, is_at_least: bool) -> None:
    """A format is at least itself."""
    assert wanted("{}", rockspec_format=own).is_at_least(asked) is is_at_least


@pytest.mark.parametrize(
    ("build", "rockspec_format", "kind", "detects"),
    [
        ('{ type = "make" }', "1.0", "make", False),
        ('{ type = "make" }', "3.0", "make", False),
        ('{ type = "builtin" }', "1.0", "builtin", False),
        ('{ type = "builtin" }', "3.0", "builtin", True),
        ('{ type = "module" }', "3.0", "module", True),
        ('{ type = "builtin", modules = {} }', "3.0", "builtin", False),
        ("{}", "3.0", "builtin", True),
        ("", "3.0", "builtin", True),
        ("{ modules = {} }", "3.1", "builtin", False),
    ],
)
def test_a_rock_is_built_as_it_says(
    build: str, rockspec_format: str, kind: str, detects: bool
) -> None:
    """From 3.0 on builtin is meant where nothing is said, and modules are found if not listed."""
    request = wanted(build, rockspec_format=rockspec_format)
    assert (request.build_type, request.detects_modules) == (kind, detects)


def test_a_rock_without_a_build_type_cannot_be_built() -> None:
    """Before 3.0 it must be there; the error names the rock."""
    request = wanted("{}")
    with pytest.raises(BuildError) as caught:
        request.build_type  # noqa: B018 -- it raises
    assert caught.value.brief == "foo 1.0-1 cannot be built: it has no build type"
    assert caught.value.hint == "add build.type to the rockspec"


def test_the_build_table_is_empty_where_there_is_none() -> None:
    """As from 3.0 on it may be."""
    assert wanted("", rockspec_format="3.0").build == wanted("{}").build == {}
    assert wanted("{ a = 1 }").build == {"a": 1}


def test_an_error_continues_the_name_of_the_rock() -> None:
    """With what else there is to say."""
    error = wanted("{}").error("is broken", detail="the log", hint="mend it")
    assert error.brief == "foo 1.0-1 cannot be built: it is broken"
    assert (error.detail, error.hint) == ("the log", "mend it")
    plain = wanted("{}").error("is broken")
    assert (plain.detail, plain.hint) == ("", "")
