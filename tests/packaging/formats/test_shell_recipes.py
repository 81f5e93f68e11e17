"""PKGBUILD and APKBUILD have one package for each Lua, named after that Lua's own package."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.families.version_range import ALL, NOTHING, Span, Spans
from distrorocks.packaging.formats.shell_recipes import ALPINE, ARCH, written_need
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.source.facts import Facts
from tests.packaging.scaffolding import rock_facts

ROCKSPEC = """package = "foo"
version = "1-1"
source = { url = "https://example.org/foo-1.tar.gz" }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""


def facts(*, is_cmake: bool = False) -> Facts:
    """Return the facts of a rock without sources."""
    return rock_facts(ROCKSPEC)._replace(runs_cmake=is_cmake)


def finished(
    form: Format,
    more: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    *,
    version: str = "1.2",
    luas: tuple[str, ...] = ("5.4", "5.1"),
    is_cmake: bool = False,
) -> Draft:
    """Return the draft of the package lua-foo with what the format adds to it."""
    draft = Draft({})
    draft.put(Fields.package, "lua-foo")
    draft.put(Fields.version, version)
    draft.put(Fields.lua_versions, luas)
    draft.put(Fields.homepage, "")
    draft.put(Fields.source_place, "")
    for name in (
        *("requires", "build_requires", "external_requires", "modules", "unloadable"),
        *("upstream_tests_luas", "upstream_tests_requires"),
    ):
        draft.put(getattr(Fields, name), more.get(name, ()))
    form.finish(facts(is_cmake=is_cmake), draft, read_tables(form))
    return draft


@pytest.mark.parametrize(
    ("form", "luas", "packages", "interpreters"),
    [
        (ARCH, ("5.5", "5.1"), ("lua-foo", "lua51-foo"), ("lua", "lua51")),
        (ALPINE, ("5.4", "5.1"), ("lua5.4-foo", "lua5.1-foo"), ("lua5.4", "lua5.1")),
    ],
)
def test_a_package_is_named_after_the_package_of_its_lua(
    form: Format, luas: tuple[str, ...], packages: tuple[str, ...], interpreters: tuple[str, ...]
) -> None:
    """Arch's newest Lua is just lua; Alpine names each by its version."""
    draft = finished(form, luas=luas)
    assert draft.lua_packages == packages
    assert draft.interpreters == interpreters
    assert draft.release == "1"


def test_dependencies_on_rocks_are_those_of_the_same_lua() -> None:
    """Others stay; Arch lists linked libraries as dependencies, and Alpine's tools find them."""
    needs = {"requires": ("lua-a>=1, tool", "lua-b"), "external_requires": ("zlib", "tool")}
    arch = finished(ARCH, luas=("5.4", "5.5"), more=needs)
    assert arch.requires_by_lua == ("lua54-a>=1 tool lua54-b zlib", "lua-a>=1 tool lua-b zlib")
    alpine = finished(ALPINE, luas=("5.4",), more=needs)
    assert alpine.requires_by_lua == ("lua5.4-a>=1 tool lua5.4-b",)


def test_builds_need_the_tools_of_each_lua_once() -> None:
    """LuaRocks and headers, CMake if upstream uses it, libraries, and rocks of each Lua."""
    more = {"external_requires": ("zlib",), "build_requires": ("lua-x", "m4")}
    assert finished(ARCH, luas=("5.4", "5.5"), is_cmake=True, more=more).build_needs == (
        *("luarocks", "lua54", "lua", "cmake", "zlib", "lua54-x", "m4", "lua-x"),
    )
    assert finished(ALPINE, luas=("5.4", "5.1"), more=more).build_needs == (
        *("luarocks5.4", "lua5.4-dev", "luarocks5.1", "lua5.1-dev"),
        *("zlib", "lua5.4-x", "m4", "lua5.1-x"),
    )


def test_checks_need_interpreters_dependencies_and_what_tests_need() -> None:
    """Upstream's tests only for the Luas for which they run."""
    draft = finished(
        ALPINE,
        {
            "requires": ("lua-a", "tool"),
            "upstream_tests_luas": ("5.1",),
            "upstream_tests_requires": ("lua-busted", "git"),
        },
    )
    assert draft.check_needs == (
        *("lua5.4", "lua5.1", "lua5.4-a", "tool", "lua5.1-a", "lua5.1-busted", "git"),
    )


def test_modules_that_do_not_load_alone_are_left_out_of_the_check() -> None:
    """Each line of the reasons begins with the module's name."""
    more = {"modules": ("foo", "foo.a", "bar"), "unloadable": ("foo.a needs a terminal",)}
    assert finished(ARCH, more).loadable == ("foo", "bar")


@pytest.mark.parametrize(
    ("version", "arch", "alpine"),
    [
        ("1.2", "1.2", "1.2"),
        ("1.2~rc1", "1.2rc1", "1.2_rc1"),
        ("0~20200102", "0_20200102", "0_20200102"),
    ],
)
def test_a_pre_release_is_written_as_the_distribution_orders_it(
    version: str, arch: str, alpine: str
) -> None:
    """A date behind the tilde is no word, and gets an underscore in both."""
    assert finished(ARCH, version=version).shell_version == arch
    assert finished(ALPINE, version=version).shell_version == alpine


@pytest.mark.parametrize(
    ("spans", "need"),
    [
        (ALL, "a"),
        (NOTHING, "a"),
        ((Span("", "2"),), "a"),
        ((Span("1.0~~", "2"), Span("3", "")), "a>=1.0"),
    ],
)
def test_only_the_lowest_version_of_a_need_is_written(spans: Spans, need: str) -> None:
    """These formats have no "or", and an upper bound would forbid what may work."""
    assert written_need("a", spans) == need
