"""A server's manifest is read as LuaRocks would, and no entry of it can name another file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua.read import parse
from distrorocks.servers.server_manifest import ServerManifest, ServerManifestError

LUA = b"""
commands = {} modules = {}
repository = {
   foo = { ["1.0-1"] = { { arch = "rockspec" }, { arch = "src" } } },
   ["Bar.baz"] = { ["scm-2"] = { { arch = "all" } } }
}
"""


def test_lua_and_json_say_the_same() -> None:
    """Versions with their files, names in lower case."""
    manifest = ServerManifest.from_table(parse(LUA).globals)
    assert manifest.rocks == {
        "foo": {"1.0-1": ("rockspec", "src")},
        "bar.baz": {"scm-2": ("all",)},
    }
    text = json.dumps(
        {
            "repository": {
                "foo": {"1.0-1": [{"arch": "rockspec"}, {"arch": "src"}]},
                "Bar.baz": {"scm-2": [{"arch": "all"}]},
            }
        }
    )
    assert ServerManifest.from_table(json.loads(text)) == manifest


def test_an_empty_server_is_one() -> None:
    """Programs write an empty table of JSON as a list."""
    assert (
        ServerManifest.from_table({"repository": []})
        == ServerManifest.from_table({"repository": {}})
        == ServerManifest()
    )


@pytest.mark.parametrize("table", [{}, [], None, 1, {"repository": "x"}, {"repository": [1]}])
def test_what_is_no_manifest_is_refused(table: object) -> None:
    """The hint says who makes one."""
    with pytest.raises(ServerManifestError) as caught:
        ServerManifest.from_table(table)
    assert "make-manifest" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "version", "arch"),
    [
        ("../evil", "1-1", "src"),
        ("a b", "1-1", "src"),
        ("foo", "../../1-1", "src"),
        ("foo", "1-1", "../x"),
        ("foo", "1-1", "installed"),
        ("foo", "1-1", ""),
        ("foo", "1?-1", None),
        ("f\u00e9", "1-1", "src"),
        ("foo", "1-1\n", "src"),
        ("f" * 300, "1-1", "src"),
    ],
)
def test_entries_that_make_no_sense_are_left_out(name: str, version: str, arch: object) -> None:
    """And counted; the others stay."""
    table = {"repository": {name: {version: [{"arch": arch}]}, "ok": {"1-1": [{"arch": "src"}]}}}
    manifest = ServerManifest.from_table(table)
    assert manifest.rocks["ok"] == {"1-1": ("src",)}
    assert not any(manifest.rocks.get(each) for each in manifest.rocks if each != "ok")
    assert manifest.left_out == 1


def test_all_that_is_left_out_is_counted() -> None:
    """Rocks and versions alike, and a version once, however many of its files make no sense."""
    table = {
        "repository": {
            "../a": {"1-1": [{"arch": "src"}], "2-1": [{"arch": "src"}]},
            "b": "x",
            "c": {"../1": [{"arch": "src"}], "1-1": [{"arch": ""}, {}], "2-1": []},
            "d": {"1-1": [{"arch": "src"}, {"arch": "../x"}]},
        }
    }
    manifest = ServerManifest.from_table(table)
    assert manifest.left_out == 5
    assert manifest.rocks == {"c": {}, "d": {"1-1": ("src",)}}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(VALUES, VALUES)
def test_any_value_is_read_or_refused(inner: object, outer: object) -> None:
    """Nothing else is raised, whatever the shape."""
    for table in (outer, {"repository": outer}, {"repository": {"a": {"1-1": inner}, "b": outer}}):
        try:
            ServerManifest.from_table(table)
        except ServerManifestError:
            continue
