"""rock_manifests: what they list, and the names they are refused for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue
from distrorocks.lua.write import persist
from distrorocks.rocks.rock_manifest import (
    RockManifest,
    RockManifestError,
    module_name,
    persisted_files,
)
from tests.effort import little_time

SAMPLE = b"""rock_manifest = {
   bin = {
      tool = "0"
   },
   doc = {},
   lib = {
      a = {
         ["core.so"] = "1"
      }
   },
   lua = {
      a = {
         ["init.lua"] = "2"
      },
      ["core.so"] = "3"
   },
   ["a-1-1.rockspec"] = "4"
}
"""

REFUSED = {
    "the way up": 'lua={[".."]={["x.lua"]="0"}}',
    "the way up as a file": 'lua={[".."]="0"}',
    "here": 'lua={["."]="0"}',
    "an absolute path": 'lua={["/etc/passwd"]="0"}',
    "a way up inside a name": 'lua={["../../etc/passwd"]="0"}',
    "a path as a name": 'lua={["a/b.lua"]="0"}',
    "a NUL": 'lua={["a\\0b"]="0"}',
    "an empty name": 'lua={[""]="0"}',
    "a way up at the top": '[".."]={x="0"}',
    "an absolute name in a part that is not deployed": 'doc={["/etc/passwd"]="0"}',
    "a number where an MD5 belongs": "lua={x=5}",
    "a truth where an MD5 belongs": "lua={x=true}",
    "items without names": 'lua={"0"}',
    "a number for a name": 'lua={[7]="0"}',
}


def test_files_are_listed_by_where_they_are_deployed() -> None:
    """Paths are relative to the deploy directory; what is not deployed keeps its directory."""
    found = RockManifest.parse(SAMPLE)
    assert found.lua == {"a/init.lua": "2", "core.so": "3"}
    assert found.lib == {"a/core.so": "1"}
    assert found.bin == {"tool": "0"}
    assert found.rest == {"a-1-1.rockspec": "4"}


def test_modules_have_their_lua_names_and_lua_wins_over_c() -> None:
    """Where both give a module of one name, LuaRocks lists the Lua file."""
    found = RockManifest(lua={"x.lua": "0", "p/init.lua": "0"}, lib={"x.so": "1", "y.so": "1"})
    assert found.modules() == {"x": "x.lua", "p.init": "p/init.lua", "y": "y.so"}


@pytest.mark.parametrize("case", REFUSED)
def test_a_name_that_could_leave_the_rock_is_refused(case: str) -> None:
    """No entry is taken whose name could become a path elsewhere, in either form of the text."""
    for text in (f"rock_manifest = {{{REFUSED[case]}}}", _persisted_form(REFUSED[case])):
        with pytest.raises(DistrorocksError):
            RockManifest.parse(text.encode())


def _persisted_form(text: str) -> str:
    """Return a rock_manifest with one entry laid out as LuaRocks does."""
    laid = text.replace("={", " = {\n      ", 1).replace('="', '" = "'[1:])
    return f"rock_manifest = {{\n   {laid.rstrip('}')}\n   }}\n}}\n"


def test_all_faults_are_told_with_their_places() -> None:
    """One error names every wrong entry by its dotted path."""
    table = parse(b'rock_manifest = {lua={x=5, p={[".."]="0"}}, lib={y=true}}').globals
    with pytest.raises(RockManifestError) as caught:
        RockManifest.from_table(table)
    for place in ("rock_manifest.lua.x", "rock_manifest.lua.p", "rock_manifest.lib.y"):
        assert place in caught.value.detail


@pytest.mark.parametrize(
    "text", ["", "other = {}", "rock_manifest = 5", "rock_manifest = ", "\x1bLua"]
)
def test_what_is_no_rock_manifest_is_refused(text: str) -> None:
    """An empty file, another variable, another type, broken Lua and bytecode are errors."""
    with pytest.raises(DistrorocksError):
        RockManifest.parse(text.encode())


FILES = st.recursive(
    st.text("0123456789abcdef", max_size=4),
    lambda inner: st.dictionaries(st.text("ab.-_é end", min_size=1, max_size=5), inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(
    st.sampled_from(["lua", "lib", "bin", "doc", "x-1.rockspec", "while"]), FILES, max_size=4
)


@settings(max_examples=200)
@given(TREES)
def test_the_quick_reading_of_luarocks_own_text_is_that_of_the_parser(
    tree: dict[str, object],
) -> None:
    """Where the text is in LuaRocks' form, both readings agree, or the quick one declines."""
    text = persist({"rock_manifest": tree})  # type: ignore[dict-item]  # nested texts and tables
    quick = persisted_files(text.decode())
    try:
        slow = RockManifest.from_table(parse(text).globals)
    except RockManifestError:
        assert quick is None
    else:
        assert quick is None or RockManifest(**quick) == slow


@settings(max_examples=200)
@given(
    st.integers(0, len(SAMPLE) - 1),
    st.sampled_from(['"', ",", "{", "}", "\n", " ", "]", "--", "a", "\\"]),
)
def test_the_quick_reading_never_takes_what_the_parser_refuses(at: int, junk: str) -> None:
    """A text with something put in or taken out is read alike by both, or declined."""
    sample = SAMPLE.decode()
    for text in (sample[:at] + junk + sample[at:], sample[:at] + sample[at + 1 :]):
        quick = persisted_files(text)
        if quick is not None:
            assert RockManifest(**quick) == RockManifest.from_table(parse(text.encode()).globals)


@settings(max_examples=100)
@given(
    st.dictionaries(st.sampled_from(["a.lua", "b/c.lua", "b/d/e.lua"]), st.text("0af"), max_size=3)
)
def test_a_rock_manifest_survives_being_written(files: dict[str, str]) -> None:
    """What is made into a table and written reads back as it was."""
    given = RockManifest(lua=files, lib={"x.so": "1"}, rest={"r-1-1.rockspec": "2"})
    assert RockManifest.parse(persist(given.to_table())) == given


@pytest.mark.parametrize(
    "text", ["rock_manifest = {\n   a = {}}" + " " * 400_000, "x" + " " * 400_000]
)
def test_blanks_take_no_time(text: str) -> None:
    """A rock_manifest may have four megabytes of them: what each takes does not grow."""
    with little_time(1):
        assert persisted_files(text) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "a boolean"),
        (5, "a number"),
        (1.5, "a number"),
        (FUNCTION, "a function"),
    ],
)
def test_a_wrong_entry_is_named_by_its_type(value: LuaValue, kind: str) -> None:
    """Only digests and directories are entries."""
    with pytest.raises(RockManifestError) as caught:
        RockManifest.from_table({"rock_manifest": {"lua": {"x": value}}})
    assert f"rock_manifest.lua.x: expected an MD5 or a table, found {kind}" in caught.value.detail


def nested(levels: int) -> LuaTable:
    """Return a rock_manifest with one file in that many directories below ``lua``."""
    table: LuaTable = {"x": "0"}
    for _ in range(levels):
        table = {"d": table}
    return {"rock_manifest": {"lua": table}}


def test_directories_nest_up_to_a_limit() -> None:
    """64 levels below a deploy directory are read, one more is an error."""
    assert list(RockManifest.from_table(nested(64)).lua) == ["d/" * 64 + "x"]
    with pytest.raises(RockManifestError) as caught:
        RockManifest.from_table(nested(65))
    assert "in more than 64 others" in caught.value.detail


@pytest.mark.parametrize("text", ["rock_manifest = {\n}\n}\n", "rock_manifest = {\n   a = {\n}\n"])
def test_unbalanced_braces_are_left_to_the_parser(text: str) -> None:
    """A closing brace too many or too few is not LuaRocks' form."""
    assert persisted_files(text) is None


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("lpeg.so", "lpeg"),
        ("socket/core.so", "socket.core"),
        ("pl/init.lua", "pl.init"),
        ("a.b.lua", "a.b"),
        ("data.txt", "data.txt"),
        ("a/b/data.txt", "a/b/data.txt"),
        ("x/y.tl", "x/y.tl"),
        ("clib.so.1", "clib.so.1"),
        (".hidden.lua", "hidden"),
        ("..lua", ""),
        ("x.lua.so", "x.lua"),
    ],
)
def test_a_known_ending_makes_a_dotted_name(path: str, module: str) -> None:
    """A file with another ending keeps its path; dots at the ends go."""
    assert module_name(path) == module
