"""Which packages a package needs: by its rockspec, by its code, and by libraries of others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from distrorocks.families.external_library import ExternalLibraries
from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.naming_rules import short_name
from distrorocks.families.package_names import (
    NO_LISTS,
    PackageLists,
    PackageNames,
)
from distrorocks.families.rock_modules import RockModules
from distrorocks.packaging.code.module_tables import NO_TABLES, ModuleTable, ModuleTables
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA
from distrorocks.packaging.plan.dependencies import build_dependencies_of, dependency_fields
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, LOW, MEDIUM
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Format, Tables
from distrorocks.packaging.source.facts import Facts, Sources
from tests.packaging.scaffolding import rock_facts

ENTRIES = {
    "lua-socket": NameEntry((HeldRock("luasocket"),)),
    "lua-json": NameEntry((HeldRock("luajson"),)),
    "lua-penlight": NameEntry((HeldRock("penlight"),), needs=("lua-filesystem",)),
    "lua-filesystem": NameEntry((HeldRock("luafilesystem"),)),
    "lua-bitop": NameEntry((HeldRock("bit32"),)),
}
CONTENTS = {
    "lua-socket": frozenset({"socket", "socket.core"}),
    "lua-filesystem": frozenset({"lfs"}),
    "lua-penlight": frozenset({"pl"}),
    "lua-tls": frozenset({"tls"}),
}
KNOWN = RockModules("luajson\t1-1\tjson\npenlight\t1-1\tpl pl.new\n")


def facts(
    *needs: str,
    code: Mapping[str, str] = MappingProxyType({}),
    more: str = "",
    build: str = 'type = "builtin"',
) -> Facts:
    """Return the facts of the rock foo; ``code`` are its files, whose modules are their names."""
    modules = ", ".join(f'["{path[:-4].replace("/", ".")}"] = "{path}"' for path in code)
    text = f"""package = "foo"
version = "1.0-1"
source = {{ url = "https://example.org/foo-1.0.tar.gz" }}
dependencies = {{ {", ".join(f'"{each}"' for each in needs)} }}
build = {{ {build}, modules = {{ {modules} }} }}
{more}
"""
    return rock_facts(text, Sources(files=tuple(sorted(code)), texts=dict(code)))


def planned(
    given: Facts,
    *,
    form: Format = DEB,
    luas: tuple[str, ...] = ("5.3", "5.4"),
    lists: PackageLists = NO_LISTS,
    package: str = "lua-foo",
    entries: Mapping[str, NameEntry] = MappingProxyType({}),
    contents: Mapping[str, frozenset[str]] = MappingProxyType({}),
    packaged: ModuleTables = NO_TABLES,
) -> Draft:
    """Return the draft of a package with its dependencies."""
    draft = Draft({})
    draft.put(Fields.package, package)
    draft.put(Fields.lua_versions, luas)
    names = PackageNames(
        entries={**ENTRIES, **entries},
        contents={**CONTENTS, **contents},
        rule=short_name,
        rock_modules=lambda: KNOWN,
        lists=lists,
    )
    tables = Tables(names, ExternalLibraries(()), modules=packaged)
    dependency_fields(given, form, draft, tables, given.lua_code.needs(packaged))
    return draft


def told(draft: Draft, key: str) -> tuple[str, str]:
    """Return how sure a field is, and its gap."""
    return draft.fields[key].confidence, draft.fields[key].gap


def test_a_rock_that_is_named_twice_is_one_dependency() -> None:
    """With all that is asked of its version; lintian reports a package that is listed twice."""
    draft = planned(facts("luasocket >= 2.0", "luajson", "luasocket >= 3.0", "luasocket"))
    assert draft.requires == ("lua-socket (>= 3.0)", "lua-json")


def test_packages_that_are_there_and_those_that_are_missing_are_two_fields() -> None:
    """A guessed name stands in the second, and is a gap; Lua and the rock itself need nothing."""
    draft = planned(facts("lua >= 5.1", "luasocket >= 3.1", "unheard_of", "foo", "utf8"))
    assert draft.requires == ("lua-socket (>= 3.1)",)
    assert draft.requires_missing == ("lua-unheard-of",)
    assert told(draft, "requires") == (HIGH, "")
    assert told(draft, "requires_missing") == (
        LOW,
        "no package is known for unheard_of (as lua-unheard-of)",
    )


def test_what_only_some_luas_have_is_needed() -> None:
    """What all of them have is not."""
    assert planned(facts("bit32"), luas=("5.1", "5.2")).requires == ("lua-bitop",)
    assert planned(facts("bit32"), luas=("5.2",)).requires == ()


def test_a_package_in_a_version_that_does_not_do_is_a_gap() -> None:
    """The need stays: the distribution may be updated."""
    lists = PackageLists(versions=dict.fromkeys(ENTRIES, "2.0-1"))
    draft = planned(facts("luasocket >= 3.1"), lists=lists)
    assert draft.requires == ("lua-socket (>= 3.1)",)
    assert told(draft, "requires") == (
        MEDIUM,
        "the distribution has no luasocket >= 3.1 (lua-socket has 2.0-1)",
    )


@pytest.mark.parametrize("form", [DEB, FEDORA])
def test_a_package_for_other_luas_is_a_gap(form: Format) -> None:
    """Where a package's name tells its Lua there is no such package; elsewhere the need stays."""
    luas = {"lua-socket": frozenset(("5.4",))}
    lists = PackageLists(versions={"lua-socket": "3.1"}, lua_versions=luas)
    draft = planned(facts("luasocket"), form=form, luas=("5.1",), lists=lists)
    why = "luasocket for Lua 5.1 (lua-socket is for 5.4)"
    if form is DEB:
        assert draft.requires == ("lua-socket",)
        assert told(draft, "requires") == (MEDIUM, f"the distribution has no {why}")
    else:
        assert draft.requires == ()
        assert draft.requires_missing == ("lua-socket",)
        assert told(draft, "requires_missing") == (LOW, f"no package is known for {why}")
    served = planned(facts("luasocket"), form=form, luas=("5.4",), lists=lists)
    assert (served.requires, told(served, "requires")[1]) == (("lua-socket",), "")


@pytest.mark.parametrize(
    ("build", "named", "all_of_them"),
    [
        ('type = "builtin"', (), ()),
        ('type = "cmake"', ("cmake",), ("cmake",)),
        ('type = "rust-mlua"', (), ("luarocks-build-rust-mlua",)),
        (
            'type = "rust-mlua"',
            ("luarocks-build-rust-mlua >= 2",),
            ("luarocks-build-rust-mlua >= 2",),
        ),
    ],
)
def test_a_build_type_of_others_is_a_rock(
    build: str, named: tuple[str, ...], all_of_them: tuple[str, ...]
) -> None:
    """It is needed once, in the version that the rockspec names."""
    listed = ", ".join(f'"{each}"' for each in named)
    more = f'rockspec_format = "3.0"\nbuild_dependencies = {{ {listed} }}'
    assert tuple(map(str, build_dependencies_of(facts(build=build, more=more)))) == all_of_them


@pytest.mark.parametrize("kind", ["builtin", "cmake", "command", "make", "module", "none"])
def test_a_build_type_of_luarocks_is_no_rock(kind: str) -> None:
    """LuaRocks brings it along."""
    assert build_dependencies_of(facts(build=f'type = "{kind}"')) == ()


def test_what_all_code_requires_and_the_rockspec_does_not_name_is_needed() -> None:
    """What only a part of it requires, Lua's own, the rock's and the package's modules are not."""
    code = {"a.lua": "require 'lfs' require 'string' require 'tls'", "b.lua": "require 'lfs'"}
    draft = planned(facts(code=code))
    assert draft.undeclared == ("lua-filesystem",)
    assert told(draft, "undeclared") == (
        MEDIUM,
        "the code requires lfs of lua-filesystem, which the rockspec does not name",
    )
    assert planned(facts(code=code), package="lua-filesystem").undeclared == ()
    named = planned(facts("luafilesystem", code={"a.lua": "require 'lfs'"}))
    assert named.undeclared == ()
    assert told(named, "undeclared") == (HIGH, "")


@pytest.mark.parametrize("code", ["require 'socket'", "require 'socket.core'"])
def test_modules_below_the_name_of_a_named_rock_are_its_own(code: str) -> None:
    """Though another package has modules of that name, too; the word Lua does not count."""
    for rock in ("lua_socket", "socket-lua", "LuaSocket.lua"):
        entries = {"lua-other-socket": NameEntry((HeldRock(rock.lower()),))}
        named = planned(facts(rock, code={"a.lua": code}), entries=entries)
        assert (named.requires, named.undeclared) == (("lua-other-socket",), ())
        other = planned(facts("lua_core", code={"a.lua": code}), entries=entries)
        assert other.undeclared == ("lua-socket",)


def test_modules_that_a_named_rock_is_known_to_have_are_its_own() -> None:
    """Whatever their names are, and whoever else has them."""
    contents = {"lua-other": frozenset({"json"})}
    code = {"a.lua": "require 'json'"}
    assert planned(facts("luajson", code=code), contents=contents).undeclared == ()
    assert planned(facts("luasocket", code=code), contents=contents).undeclared == ("lua-other",)


@pytest.mark.parametrize(
    ("module", "having"), [("bit32", ("5.2", "5.3")), ("utf8", ("5.3", "5.4", "5.5"))]
)
def test_a_module_of_some_luas_is_there_in_those(module: str, having: tuple[str, ...]) -> None:
    """A module that requires it cannot load in any other."""
    for lua in ("5.1", "5.2", "5.3", "5.4", "5.5"):
        draft = planned(facts(code={"a.lua": f"require '{module}'", "b.lua": ""}), luas=(lua,))
        why = f"a requires {module}, which Lua {lua} does not have"
        assert draft.unloadable == (() if lua in having else (why,))


def test_what_a_package_only_recommends_is_needed() -> None:
    """Unless it is needed anyway."""
    draft = planned(facts("penlight"))
    assert draft.undeclared == ("lua-filesystem",)
    assert "lua-penlight only recommends lua-filesystem" in told(draft, "undeclared")[1]
    assert planned(facts("penlight", "luafilesystem")).undeclared == ()


@pytest.mark.parametrize(
    ("needs", "code", "why"),
    [
        ((), "require 'socket'", "requires socket of lua-socket, which no dependency has"),
        ((), "require 'far'", "requires far, which no dependency has"),
        (("luasocket",), "require 'socket.core'", ""),
        (("luasocket",), "require 'socket.new'", "requires socket.new, which lua-socket does not "),
        (("penlight",), "require 'pl.new'", "requires pl.new, which lua-penlight does not have"),
        (("luajson",), "require 'json'", ""),
        (("lua-far",), "require 'far.x'", "requires far.x of lua-far, which no package has"),
        ((), "require 'bit32'", "requires bit32, which Lua 5.4 does not have"),
        ((), "require 'utf8'", ""),
        ((), "require 'foo.c'", "requires foo.c, which no dependency has"),
        (("foo",), "require 'foo.c'", ""),
    ],
)
def test_modules_that_cannot_load_in_the_check_are_left_out(
    needs: tuple[str, ...], code: str, why: str
) -> None:
    """With the module that is not there, and who would have it."""
    draft = planned(facts(*needs, code={"a.lua": code, "b.lua": ""}))
    found = draft.unloadable[0] if draft.unloadable else ""
    assert found.removeprefix("a ").startswith(why) if why else not found
    assert told(draft, "unloadable")[1] == ("the check does not load a" if why else "")


@pytest.mark.parametrize(
    ("needs", "wanted", "luas", "why"),
    [
        (("luasocket",), "socket", ("5.3", "5.4"), ""),
        (("luasocket",), "socket", ("5.4",), "requires socket, which Lua 5.3 does not load"),
        (("luasocket",), "socket", (), "requires socket, which Lua 5.3 does not load in Debian"),
        (("luasocket",), "socket.core", (), ""),
        ((), "tls", ("5.3", "5.4"), "requires tls of lua-tls, which no dependency has"),
    ],
)
def test_a_module_whose_packaged_need_does_not_load_is_left_out(
    needs: tuple[str, ...], wanted: str, luas: tuple[str, ...], why: str
) -> None:
    """By what was seen of the release's packages, such as one that wants LuaJIT's ``ffi``."""
    packaged = ModuleTables("trixie", {wanted.partition(".")[0]: ModuleTable(luas)})
    draft = planned(
        facts(*needs, code={"a.lua": f"require '{wanted}'", "b.lua": ""}), packaged=packaged
    )
    found = draft.unloadable[0] if draft.unloadable else ""
    assert found.removeprefix("a ").startswith(why) if why else not found


def test_a_module_of_a_package_that_nothing_needs_names_it() -> None:
    """It is not added where only a part of the rock requires it."""
    draft = planned(facts(code={"a.lua": "require 'tls'", "b.lua": ""}))
    assert draft.unloadable == ("a requires tls of lua-tls, which no dependency has",)


def test_upstreams_own_build_may_install_what_the_rockspec_does_not_list() -> None:
    """A module like one of its files, or of nobody, is taken to be there."""
    code = {"a.lua": "require 'core.x' require 'far'", "core.lua": "", "b.lua": "require 'tls'"}
    draft = planned(facts(code=code, build='type = "make"'))
    assert [line.partition(" ")[0] for line in draft.unloadable] == ["b"]


def test_a_long_list_of_modules_is_shortened() -> None:
    """Four are listed, of five three."""
    four = {f"{name}.lua": "require 'far'" for name in "abcd"}
    five = four | {"e.lua": "require 'far'"}
    assert told(planned(facts(code=four)), "unloadable")[1].endswith("load a, b, c and d")
    assert told(planned(facts(code=five)), "unloadable")[1].endswith("load a, b, c and 2 more")


@pytest.mark.parametrize(
    ("need", "version", "relation"),
    [
        ("luasocket >= 2.0", "", "lua-socket (>= 2.0)"),
        ("luasocket >= 2.0", "3.1.0-1", "lua-socket (>= 2.0)"),
        (
            "luasocket >= 2.0",
            "2-1",
            "lua-socket (>= 2), lua-socket (<< 2.0~~) | lua-socket (>= 2.0)",
        ),
        ("luasocket >= 2", "", "lua-socket (>= 2)"),
        ("luasocket < 2.0", "", "lua-socket (<< 2)"),
        ("luasocket <= 2.0", "", "lua-socket (<< 2.0.0~~)"),
        ("luasocket >= 2.0, < 3.0", "", "lua-socket (>= 2.0), lua-socket (<< 3)"),
        ("luasocket == 2.0", "", "lua-socket (>= 2.0), lua-socket (<< 2.0.0~~)"),
        ("luasocket ~= 2.0", "", "lua-socket (<< 2.0) | lua-socket (>= 2.0.0~~)"),
    ],
)
def test_a_bound_is_written_as_the_rockspec_spells_it(
    need: str, version: str, relation: str
) -> None:
    """The same with fewer zeros is told apart only if the distribution's package is spelled so."""
    versions = {"lua-socket": version} if version else {}
    draft = planned(facts(*need.split("; ")), lists=PackageLists(versions=versions))
    assert draft.requires == (relation,)


@pytest.mark.parametrize(
    ("build", "file", "is_there"),
    [
        ("make", "lib/socket.c", True),
        ("make", "socket.lua.in", True),
        ("cmake", "socket", True),
        ("make", "lib/socket2.c", False),
        ("make", "socket/lib.c", False),
        ("builtin", "lib/socket.c", False),
        ("none", "lib/socket.c", False),
        ("module", "lib/socket.c", False),
    ],
)
def test_the_build_of_upstream_may_make_a_module_of_a_file_of_its_name(
    build: str, file: str, is_there: bool
) -> None:
    """Whatever is behind the name; LuaRocks' own builds install what the rockspec says alone."""
    known = facts(code={"a.lua": "require 'socket'", "b.lua": ""}, build=f'type = "{build}"')
    draft = planned(known._replace(files=(*known.files, file)))
    why = "a requires socket of lua-socket, which no dependency has"
    assert draft.unloadable == (() if is_there else (why,))
