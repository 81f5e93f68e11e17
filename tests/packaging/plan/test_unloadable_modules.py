"""Modules are looked for with each Lua version, beside the packages that are there."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.families.external_library import ExternalLibraries
from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.naming_rules import short_name
from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.code.module_tables import ModuleTable, ModuleTables
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.format import Tables
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.plan.unloadable_modules import main_module
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import rock_facts

CONTENTS = {"lua-bitop": {"bit"}, "lua-bit32": {"bit32"}, "lua-copas": {"copas"}}
LOADED = {"bit": ("5.1", "5.2"), "bit32": ("5.1",), "copas": ("5.1",)}
BITS = "local ok, bit = pcall(require, 'bit')\nif not ok then bit = bit32 end\nassert(bit)"


def tables_of(loaded: Mapping[str, tuple[str, ...]]) -> Tables:
    """Return tables of some packages, whose modules some Luas load."""
    names = PackageNames(
        entries={
            package: NameEntry(rocks=(HeldRock(rock),), evidence="e")
            for package, rock in (("lua-copas", "copas"), ("lua-bitop", "luabitop"))
        },
        contents={package: frozenset(modules) for package, modules in CONTENTS.items()},
        rule=short_name,
    )
    tables = {module: ModuleTable(luas) for module, luas in {**LOADED, **loaded}.items()}
    return Tables(names, ExternalLibraries(()), modules=ModuleTables("trixie", tables))


def plan_of(
    code: Mapping[str, str],
    needs: str = "",
    form: str = "deb",
    *,
    rock: str = "luafoo",
    more: str = "",
    loaded: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> PackagingPlan:
    """Return the plan of a rock whose files are ``code``, where some packages are known."""
    modules = ", ".join(f'["{path[:-4].replace("/", ".")}"] = "{path}"' for path in code)
    text = f"""package = "{rock}" version = "1.0-1"
source = {{ url = "https://example.org/foo-1.0.tar.gz" }}
dependencies = {{ {needs} }}
build = {{ type = "builtin", modules = {{ {modules} {more} }} }}"""
    texts = {
        **code,
        "core.c": "int luaopen_core(lua_State *L) {}\nint luaopen_core_safe(lua_State *L) {}",
    }
    known = tables_of(loaded)
    facts = rock_facts(text, Sources(files=tuple(sorted(texts)), texts=texts))
    return packaging_plan(facts, FORMATS[form], known, {})


def test_a_package_is_for_the_luas_that_load_its_main_module() -> None:
    """In Debian, where it is known which load a package; the reason names what does not load."""
    code = {"foo.lua": "require 'foo.net'", "foo/net.lua": "require 'copas'"}
    plan = plan_of(code, '"copas"')
    assert (plan.lua_versions, plan.unloadable) == (("5.1",), ())
    why = "foo requires copas, which Lua 5.2 does not load in Debian"
    assert why in plan.fields["lua_versions"].source
    assert plan_of(code, '"copas"', "fedora").lua_versions == ("5.1", "5.4")
    nowhere = plan_of(code, '"copas"', loaded={"copas": ()})
    assert nowhere.lua_versions == ("5.1", "5.2", "5.3", "5.4")
    assert nowhere.unloadable[1] == "foo.net requires copas, which Lua 5.1 does not load in Debian"


def test_other_modules_leave_a_package_its_luas() -> None:
    """They are left out of the check; a package may be good without them."""
    plan = plan_of({"foo.lua": "", "foo/net.lua": "require 'copas'"}, '"copas"')
    assert plan.lua_versions == ("5.1", "5.2", "5.3", "5.4")
    assert [each.partition(" ")[0] for each in plan.unloadable] == ["foo.net"]


def test_what_only_one_lua_asks_for_counts_for_that_one() -> None:
    """A module that no other Lua has is asked for under a condition."""
    text = "if _VERSION == 'Lua 5.1' then require 'copas' end"
    plan = plan_of({"foo.lua": text}, '"copas"')
    assert plan.lua_versions == ("5.1", "5.2", "5.3", "5.4")
    plan = plan_of({"foo.lua": BITS}, '"lua < 5.3"')
    assert plan.lua_versions == ("5.1", "5.2")


def test_one_of_several_modules_is_a_dependency_where_no_lua_has_any() -> None:
    """Of those that can be required: a package of bit32 makes no global of that name."""
    plan = plan_of({"foo.lua": BITS}, '"lua == 5.1"')
    assert plan.undeclared == ("lua-bitop",)
    assert "the code requires bit of lua-bitop" in plan.fields["undeclared"].gap
    assert plan.unloadable == ()
    assert plan_of({"foo.lua": BITS}, '"lua == 5.2"').undeclared == ()
    assert plan_of({"other.lua": BITS}, '"lua == 5.1"').undeclared == ()
    plan = plan_of({"foo.lua": BITS}, '"lua == 5.4"')
    assert (plan.undeclared, len(plan.unloadable)) == ((), 1)


def test_modules_of_the_package_itself_are_no_others() -> None:
    """The distribution has it already, and what that one does says nothing of this one."""
    plan = plan_of({"copas.lua": "require 'copas.core'"}, rock="copas", loaded={"copas.core": ()})
    assert plan.lua_versions == ("5.1", "5.2", "5.3", "5.4")


@pytest.mark.parametrize(("module", "is_opened"), [("core.safe", True), ("core.other", False)])
def test_a_library_may_open_a_module_below_its_own(module: str, is_opened: bool) -> None:
    """Lua looks for the function in the library of the root."""
    plan = plan_of({"foo.lua": f"require '{module}'"}, more=', core = "core.c"')
    assert (plan.unloadable == ()) is is_opened


@pytest.mark.parametrize(
    ("rock", "path", "main"),
    [
        ("luafoo", "foo.lua", "foo"),
        ("foo", "foo.lua", "foo"),
        ("lua-foo", "foo.lua", "foo"),
        ("foo-bar", "foo_bar.lua", "foo_bar"),
        ("foo", "bar.lua", ""),
        ("foo", "foo/bar.lua", ""),
    ],
)
def test_the_main_module_is_named_as_the_rock(rock: str, path: str, main: str) -> None:
    """But for the word lua, and signs."""
    module = path[:-4].replace("/", ".")
    text = f"""package = "{rock}" version = "1.0-1"
source = {{ url = "https://example.org/foo-1.0.tar.gz" }}
build = {{ type = "builtin", modules = {{ ["{module}"] = "{path}" }} }}"""
    assert main_module(rock_facts(text, Sources(files=(path,), texts={path: ""}))) == main


def test_commands_of_a_rock_without_modules_are_left_out_like_these() -> None:
    """Where they require what no dependency has as they start."""
    text = """package = "luafoo" version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" } dependencies = { "copas" }
build = { type = "builtin", modules = {}, install = { bin = { "foo", bar = "bar.lua" } } }"""
    texts = {"foo": "local x = require 'gone'\nrequire 'copas'", "bar.lua": "require 'copas'"}
    facts = rock_facts(text, Sources(files=tuple(texts), texts=texts))
    plan = packaging_plan(facts, FORMATS["deb"], tables_of({}), {})
    assert plan.unloadable == ("foo requires gone, which no dependency has",)
    assert plan.fields["unloadable"].gap == "the check does not start foo"
