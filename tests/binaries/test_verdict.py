"""What loads where is decided as the loaders decide it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from distrorocks.binaries.elf_file import Machine, Symbol, read_elf
from distrorocks.binaries.rock_needs import RockNeeds
from distrorocks.binaries.target_system import Library, System
from distrorocks.binaries.verdict import FAILS, LOADS, UNKNOWN, Verdict, judge, told
from tests.elf_files import Elf, elf, module

LUA = {
    "5.1": frozenset({"lua_pushnil", "luaL_register"}),
    "5.3": frozenset({"lua_pushnil", "luaL_checkversion_"}),
    "5.4": frozenset({"lua_pushnil", "luaL_checkversion_", "lua_newuserdatauv"}),
    "5.5": frozenset({"lua_pushnil", "luaL_checkversion_", "lua_newuserdatauv"}),
    "luajit": frozenset({"lua_pushnil", "luaL_register"}),
}
LIBC = Library(
    "libc.so.6",
    "libc6",
    frozenset({"GLIBC_2.2.5", "GLIBC_2.36"}),
    frozenset({Symbol("malloc", "GLIBC_2.2.5"), Symbol("malloc")}),
)
HERE = System(
    "here",
    "glibc",
    "2.36",
    Machine("x86_64", 64, is_little=True),
    {"libc.so.6": LIBC},
    is_complete=True,
    scope=frozenset({Symbol("readline")}),
)
TABLE = HERE._replace(
    name="debian:12",
    is_complete=False,
    scope=None,
    libraries={"libc.so.6": LIBC._replace(symbols=None)},
)
ALPINE = System(
    "alpine:3.22",
    "musl",
    "1.2.5",
    HERE.machine,
    {"musl": Library("musl", "musl", symbols=frozenset({Symbol("malloc")}))},
)


def needs(**files: bytes) -> RockNeeds:
    """Return a rock with modules by name."""
    return RockNeeds("x", "", {f"lib/{name}.so": read_elf(text) for name, text in files.items()})


def verdict(content: bytes, system: System = HERE, lua: str = "5.4") -> Verdict:
    """Return the verdict on one module."""
    return judge(needs(foo=content), system, lua, LUA)


def reasons(found: Verdict) -> str:
    """Return the reasons as one text."""
    return "; ".join(each.text for each in found.findings)


def test_the_states_are_the_words_of_reports() -> None:
    """Other programs read them in the JSON of `audit`."""
    assert (LOADS, FAILS, UNKNOWN) == ("loads", "fails", "unknown")


def test_a_module_loads_where_all_is_there() -> None:
    """Its libraries, their versions, and Lua's symbols; its package is known."""
    found = verdict(module("foo", "lua_pushnil", "readline"))
    assert (found.state, found.packages, found.notes) == (LOADS, ("libc6",), ())
    assert told(found) == "loads on here with Lua 5.4"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (module("foo", glibc="2.38"), "libc.so.6 of the package libc6 lacks GLIBC_2.38"),
        (module("foo", needed=("libc.so.6", "libx.so.1")), "libx.so.1 is missing"),
        (module("foo", "gone"), "nothing here has gone"),
        (module("foo", machine=183), "built for aarch64"),
        (module("foo", kind=1), "not a shared library"),
        (module("foo", flags_1=0x08000000), "is a program"),
        (module("foo", flags_1=0x40), "nodlopen"),
        (module("foo", "luaL_register"), "luaL_register, which Lua 5.4 lacks"),
        (elf(Elf(needed=("libc.musl-x86_64.so.1",))), "built for musl, and here has glibc"),
    ],
)
def test_what_the_loader_refuses_is_told(content: bytes, reason: str) -> None:
    """With the reason, in a verdict that is sure."""
    found = verdict(content)
    assert found.state == FAILS
    assert reason in reasons(found)


@pytest.mark.parametrize("stack", ["executable", "unsaid"])
def test_an_executable_stack_is_refused_from_glibc_2_41_on(stack: str) -> None:
    """Before, it is a note; a library that does not say counts as one that wants it."""
    content = module("foo", stack=stack)
    old, new = verdict(content), verdict(content, HERE._replace(libc_version="2.41"))
    assert (old.state, new.state) == (LOADS, FAILS)
    assert old.notes[0].text == "it wants an executable stack, which glibc from 2.41 on refuses"
    assert "executable stack" in reasons(new)


def test_a_library_without_versions_is_not_refused_for_one() -> None:
    """glibc warns only, and binds by the name."""
    bare = Library("libx.so.1", symbols=frozenset({Symbol("x")}))
    content = elf(
        Elf(
            needed=("libx.so.1",),
            undefined=("x@X_1",),
            defined=("luaopen_foo",),
            versions=(("libx.so.1", "X_1"),),
        )
    )
    here = HERE._replace(libraries={**HERE.libraries, "libx.so.1": bare})
    assert verdict(content, here).state == LOADS


def test_what_a_library_needs_has_to_be_there_too() -> None:
    """A missing library names the one that needs it; a fault of a library is one of the module."""
    content = module("foo", needed=("libc.so.6", "liby.so.1"))
    library = Library("liby.so.1", needed=("libz.so.1",), symbols=frozenset())
    here = HERE._replace(libraries={**HERE.libraries, "liby.so.1": library})
    assert "libz.so.1, which liby.so.1 needs, is missing" in reasons(verdict(content, here))
    broken = library._replace(needed=(), fault="cannot be loaded: it is truncated")
    here = HERE._replace(libraries={**HERE.libraries, "liby.so.1": broken})
    assert "liby.so.1 cannot be loaded" in reasons(verdict(content, here))


def test_a_library_of_the_rock_itself_is_found_by_its_origin() -> None:
    """Where $ORIGIN leads to it, but nowhere else."""
    inner = elf(Elf(soname="inner.so", defined=("inner",)))
    for runpath, state in (("$ORIGIN", LOADS), ("$ORIGIN/..", FAILS)):
        outer = module("foo", "inner", needed=("libc.so.6", "inner.so"), runpath=runpath)
        assert judge(needs(foo=outer, inner=inner), HERE, "5.4", LUA).state == state


def test_a_table_does_not_know_every_library() -> None:
    """Then nothing is sure, unless something else fails."""
    content = module("foo", needed=("libc.so.6", "libx.so.1"))
    assert verdict(content, TABLE).state == UNKNOWN
    assert told(verdict(content, TABLE)).startswith("may load on debian:12")
    assert verdict(module("foo", "luaL_register", needed=("libx.so.1",)), TABLE).state == FAILS


def test_a_symbol_without_a_version_is_not_of_glibc() -> None:
    """Linkers record glibc's versions, so only the Lua program can have it, or else no one has."""
    table = TABLE._replace(usual=frozenset({"pow"}))
    assert verdict(module("foo", "pow"), table).state == LOADS
    found = verdict(module("foo", "gone"), table)
    assert (found.state, reasons(found)) == (UNKNOWN, "it does not say which library has gone")
    assert verdict(module("foo", "gone"), ALPINE).state == UNKNOWN


def test_a_table_knows_which_symbols_are_too_young() -> None:
    """For libraries that have no versions of their symbols."""
    library = Library("libuv.so.1", "libuv1")
    table = TABLE._replace(
        libraries={**TABLE.libraries, "libuv.so.1": library},
        lacking={"libuv.so.1": frozenset({"uv_new"})},
    )
    content = module("foo", "uv_new", needed=("libc.so.6", "libuv.so.1"))
    assert "libuv.so.1 of the package libuv1 lacks uv_new" in reasons(verdict(content, table))
    assert (
        verdict(module("foo", "uv_old", needed=("libc.so.6", "libuv.so.1")), table).state == LOADS
    )


def test_musl_is_not_glibc() -> None:
    """musl takes libc.so.6 for itself and ignores versions, so what decides is every symbol."""
    assert verdict(module("foo", "lua_pushnil"), ALPINE).state == LOADS
    fortified = elf(
        Elf(
            needed=("libc.so.6",),
            undefined=("__sprintf_chk@GLIBC_2.3.4",),
            versions=(("libc.so.6", "GLIBC_2.3.4"),),
        )
    )
    assert "built for glibc, and alpine:3.22 has musl, which lacks __sprintf_chk" in reasons(
        verdict(fortified, ALPINE)
    )


@pytest.mark.parametrize(
    ("more", "note"),
    [
        (
            {"has_text_relocations": True},
            "it has text relocations, which SELinux and hardened kernels refuse",
        ),
        ({"runpath": "/home/builder/lib"}, "a directory of the machine that built it"),
        ({"defined": ()}, "it opens no module: it has no function luaopen_..."),
    ],
)
def test_what_is_unusual_is_noted(more: Mapping[str, Any], note: str) -> None:
    """Without a verdict against the rock."""
    found = verdict(module("foo", **more))
    assert found.state == LOADS
    text = found.notes[0].text
    assert text == note if note.startswith("it ") else note in text


def test_symbols_of_lua_and_of_lacking_versions_do_not_hide_others() -> None:
    """What follows them is looked for, too."""
    content = elf(
        Elf(
            needed=("libc.so.6",),
            undefined=("lua_pushnil", "memcpy@GLIBC_2.38", "gone"),
            defined=("luaopen_foo",),
            versions=(("libc.so.6", "GLIBC_2.38"),),
        )
    )
    assert reasons(verdict(content)) == (
        "libc.so.6 of the package libc6 lacks GLIBC_2.38; nothing here has gone"
    )


@pytest.mark.parametrize("at", range(4))
def test_a_symbol_that_something_has_does_not_hide_others(at: int) -> None:
    """A library's, the program's, or one of a library that has no versions, in whatever order."""
    bare = Library("liby.so.1", "liby", frozenset(), frozenset({Symbol("y")}))
    here = HERE._replace(libraries={**HERE.libraries, "liby.so.1": bare})
    undefined = ["malloc@GLIBC_2.2.5", "readline", "y@Y_1"]
    undefined.insert(at, "gone")
    content = elf(
        Elf(
            needed=("libc.so.6", "liby.so.1"),
            undefined=tuple(undefined),
            defined=("luaopen_foo",),
            versions=(("libc.so.6", "GLIBC_2.2.5"), ("liby.so.1", "Y_1")),
        )
    )
    assert reasons(verdict(content, here)) == "nothing here has gone"


def test_every_file_of_a_rock_counts() -> None:
    """Its reasons, its packages and its notes, each with its path."""
    library = Library("libz.so.1", "zlib1g", symbols=frozenset())
    here = HERE._replace(libraries={**HERE.libraries, "libz.so.1": library})
    files = {
        "a": module("a", has_text_relocations=True),
        "b": elf(Elf(needed=("libz.so.1",), defined=("luaopen_b",), runpath="/x")),
    }
    found = judge(needs(**files), here, "5.4", LUA)
    assert (found.state, found.packages) == (LOADS, ("libc6", "zlib1g"))
    assert [each.path for each in found.notes] == ["lib/a.so", "lib/b.so"]
    files = {name: module(name, "gone") for name in "ab"}
    found = judge(needs(**files), here, "5.4", LUA)
    assert told(found) == (
        "does not load on here with Lua 5.4: lib/a.so: nothing here has gone (and 1 more)"
    )


def test_a_symbol_of_another_version_is_another_symbol() -> None:
    """glibc binds a version to the same version; musl looks at names only."""
    versions, symbols = frozenset({"X_1", "X_2"}), frozenset({Symbol("x", "X_2"), Symbol("x")})
    library = Library("libx.so.1", "libx", versions, symbols)
    content = elf(
        Elf(
            needed=("libx.so.1",),
            undefined=("x@X_1",),
            defined=("luaopen_foo",),
            versions=(("libx.so.1", "X_1"),),
        )
    )
    here = HERE._replace(libraries={"libx.so.1": library})
    assert reasons(verdict(content, here)) == "nothing here has x@X_1"
    musl = here._replace(libc="musl", libraries={**ALPINE.libraries, "libx.so.1": library})
    assert verdict(content, musl).state == LOADS


@pytest.mark.parametrize(
    ("names", "told_names"),
    [("abc", "a, b, c"), ("abcd", "a, b, c and 1 more"), ("aabbcc", "a, b, c")],
)
def test_at_most_three_names_are_told(names: str, told_names: str) -> None:
    """Each once."""
    assert reasons(verdict(module("foo", *names))) == f"nothing here has {told_names}"


def test_on_musl_a_library_of_unknown_symbols_may_have_what_musl_lacks() -> None:
    """Then the table cannot tell."""
    alpine = ALPINE._replace(libraries={**ALPINE.libraries, "libx.so.1": Library("libx.so.1")})
    content = elf(
        Elf(
            needed=("libc.so.6", "libx.so.1"),
            undefined=("__sprintf_chk@GLIBC_2.3.4",),
            defined=("luaopen_foo",),
            versions=(("libc.so.6", "GLIBC_2.3.4"),),
        )
    )
    assert verdict(content, alpine).state == LOADS


def test_a_library_that_is_needed_twice_is_followed_once() -> None:
    """And those after it are followed, too."""
    library = Library("liba.so", needed=("libc.so.6", "libgone.so"), symbols=frozenset())
    here = HERE._replace(libraries={**HERE.libraries, "liba.so": library})
    content = module("foo", needed=("libc.so.6", "liba.so"))
    assert reasons(verdict(content, here)) == "libgone.so, which liba.so needs, is missing"


def test_a_library_of_the_rock_may_be_in_another_of_its_folders() -> None:
    """$ORIGIN/x, in both of its forms."""
    inner = read_elf(elf(Elf(soname="inner.so", defined=("inner",))))
    for origin in ("$ORIGIN", "${ORIGIN}"):
        outer = module("foo", "inner", needed=("libc.so.6", "inner.so"), runpath=f"{origin}/x")
        files = {"lib/foo.so": read_elf(outer), "lib/x/inner.so": inner}
        assert judge(RockNeeds("x", "", files), HERE, "5.4", LUA).state == LOADS


@pytest.mark.parametrize("version", ["GLIBC_2.2.5", "GCC_3.0", "GLIBCXX_3.4"])
def test_all_symbols_of_glibc_and_gcc_have_versions(version: str) -> None:
    """So one without is of none of their libraries."""
    libraries = {"libx.so.1": Library("libx.so.1", "libx", frozenset({version}))}
    content = elf(Elf(needed=("libx.so.1",), undefined=("gone",), defined=("luaopen_foo",)))
    assert verdict(content, TABLE._replace(libraries=libraries)).state == UNKNOWN
    plain = {"libx.so.1": Library("libx.so.1", "libx", frozenset({"X_1"}))}
    assert verdict(content, TABLE._replace(libraries=plain)).state == LOADS
