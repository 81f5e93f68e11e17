"""What packaged modules define, and what code that is older than them fails for."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.module_tables import (
    ModuleTable,
    ModuleTables,
    failing_call,
    parse_module_tables,
    read_module_tables,
)
from distrorocks.packaging.code.shared_tables import given_fields
from distrorocks.system.files.shipped_files import read_shipped

ALL = ("5.1", "5.4")
KNOWN = {
    "far": ModuleTable(ALL, frozenset(), {"f": "", "version": "string", "t": "table", "x": "any"}),
    "far.deep": ModuleTable(ALL),
    "old": ModuleTable(("5.1",), frozenset({"old"}), {"f": ""}, is_open=True),
}
FAR = "local far = require 'far'\n"


def test_a_table_has_a_module_on_each_line() -> None:
    """With the Luas that load it, the globals that it sets, and its fields."""
    text = "# a comment\nold\t5.1 5.4\told other\tf version:string *\nnew\t\t\t\n"
    fields = {"f": "", "version": "string"}
    assert parse_module_tables(text) == {
        "old": ModuleTable(ALL, frozenset({"old", "other"}), fields, is_open=True),
        "new": ModuleTable(),
    }
    with pytest.raises(DistrorocksError, match="invalid line in the table of modules: 'old'"):
        parse_module_tables("old\n")


@pytest.mark.parametrize("release", ["bookworm", "trixie", "sid"])
def test_each_release_has_a_table(release: str) -> None:
    """As observed: every Lua loads LPeg's match, and its version is no function since 1.1."""
    found = read_module_tables(release)
    lpeg = found.modules["lpeg"]
    assert found.release == release
    assert lpeg.fields["version"] == ("" if release == "bookworm" else "string")
    assert lpeg.fields["match"] == ""
    assert lpeg.luas[:1] == ("5.1",)


def test_another_release_has_the_usual_table() -> None:
    """Other distributions' as well."""
    assert read_module_tables("").release == read_module_tables("42").release == "trixie"


def test_what_no_lua_loads_is_known_where_its_package_is_not_there() -> None:
    """Debian's sid had no lua-ljsyscall when its modules were loaded; one in a table is itself."""
    usual, sid = read_module_tables(""), read_module_tables("sid")
    assert "syscall" not in parse_module_tables(read_shipped("module_tables/sid.tsv"))
    assert sid.modules["syscall"] == usual.modules["syscall"] == ModuleTable()
    assert sid.not_loading("lpeg", ("5.5",)) == ""
    absent = usual.modules.keys() - sid.modules.keys()
    assert absent
    assert all(usual.modules[module].luas for module in absent)


def test_a_lua_that_does_not_load_a_module_is_named() -> None:
    """The first of those asked for; nothing is said of what no package has."""
    found = ModuleTables("trixie", KNOWN | {"gone": ModuleTable()})
    assert found.not_loading("far", ("5.1", "5.4")) == ""
    assert found.not_loading("old", ("5.1", "5.4", "5.5")) == "5.4"
    assert found.not_loading("gone", ("5.1",)) == "5.1"
    assert found.not_loading("unknown", ("5.1",)) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{FAR}local v = tonumber(far.version():match('x'))", "far.version, which is a string"),
        (f"{FAR}far.gone 'x'", "far.gone, which is not there"),
        ("local old = require 'old'\nold.gone()", ""),
        ("local deep = require 'far.deep'\ndeep.gone()", ""),
        (f"{FAR}far.f() far.t() far.x()", ""),
        (f"{FAR}local function f() far.gone() end", ""),
        (f"{FAR}if far.gone then far.gone() end", ""),
        (f"{FAR}local v = far.gone and far.gone()", ""),
        (f"{FAR}local v = type(far.version) == 'string' or tonumber(far.version())", ""),
        (f"{FAR}far.gone = f\nfar.gone()", ""),
        (f"{FAR}function far.gone() end far.gone()", ""),
        (f"{FAR}local v = far.version", ""),
        (f"{FAR}local v = far.gone:match()", ""),
        (f"{FAR}a.far.gone()", ""),
        ("far.gone()", ""),
        ("local far = require 'unknown'\nfar.gone()", ""),
    ],
)
def test_a_call_of_what_is_no_function_fails(text: str, why: str) -> None:
    """If it is surely done when the file is loaded, and nothing gives the table that field."""
    found = failing_call(tokens_of(text), KNOWN, {*given_fields(tokens_of(text))})
    assert found == (f"calls {why} in Debian's package" if why else "")


def test_another_module_of_the_rock_may_give_a_table_its_field() -> None:
    """In any file, since it is not known which is loaded first."""
    text = f"{FAR}far.gone()"
    assert load_needs({"a": text}, known=KNOWN)["a"].fault.startswith("calls far.gone")
    others = {"b": f"{FAR}function far.gone() end"}
    assert load_needs({"a": text} | others, known=KNOWN)["a"].fault == ""


def test_what_a_rock_may_bring_itself_is_no_packages() -> None:
    """Its own modules, and what is below the same name; nor is what no Lua loads."""
    found = ModuleTables("", KNOWN | {"gone": ModuleTable()})
    assert {*found.of_others(("far.own", "new"))} == {"old"}
    assert found.of_others(()) == KNOWN


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"a": "require 'far.deep'\nlocal f = far.deep.f"}, "uses the global far"),
        ({"a": "require 'far'\nlocal f = far.f()"}, "uses the global far"),
        ({"a": "require 'far'\ngo()"}, "calls the global go"),
        ({"a": "require 'b' local f = far.f", "b": "require 'far'"}, "uses the global far"),
        ({"a": "require 'old'\nlocal f = old.f()"}, ""),
        ({"a": "require 'far' require 'old'\nlocal f = old.f()"}, ""),
        ({"a": "require 'far' f { x, far = 1 } local f = far.f"}, "uses the global far"),
        ({"a": "require 'far' t = { f = function() far = 1 end } local f = far.f"}, ""),
        ({"a": "require 'far' setmetatable(_G, { far = f }) local f = far.f"}, ""),
        ({"a": "require 'far' f { (1) } far = 1 local f = far.f"}, ""),
        ({"a": "require 'far' require 'unknown'\nlocal f = far.f()"}, ""),
        ({"a": "local far = require 'far'\nlocal f = far.f()"}, ""),
        ({"a": "far = require 'far'\nlocal f = far.f()"}, ""),
        ({"a": "require 'far'\nlocal f = far and far.f"}, ""),
        ({"a": "require 'far'\nfunction f() far.f() end"}, ""),
        ({"a": "require 'b' local f = far.f", "b": "far = require 'far'"}, ""),
        ({"a": "require 'b' local f = far.f", "b": "require 'far' setfenv(1, g)"}, ""),
        ({"a": "require 'far' local f = far.b.c", "far.b": "module('far.b')"}, "uses the global"),
        ({"a": "require 'far' require 'far.b' local f = far.b.c", "far.b": "module(...)"}, ""),
        ({"a": "local f = far.f()"}, "uses the global far"),
    ],
)
def test_a_global_that_no_packaged_module_sets_is_missing(texts: dict[str, str], why: str) -> None:
    """Where all that a module requires is known, and nothing else may define it."""
    fault = load_needs(texts, known=MappingProxyType(KNOWN))["a"].fault
    assert fault.startswith(why) if why else not fault
