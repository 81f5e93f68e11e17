"""No value of a wrong type reaches a consumer, whatever a file says."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.config.configuration import Circumstances, Places
from distrorocks.config.defaults import defaults
from distrorocks.config.draft import begun, finished, with_file
from distrorocks.config.layers import Layered, Path, layer
from distrorocks.config.shape import SHAPES, fitting, is_server, is_tree, shown, sifted
from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue, json_form, sequence, table_of
from distrorocks.lua.write import persist
from tests.effort import little_time

FACTS = Circumstances("5.4", "/home/me", {})
KNOWN = [*SHAPES, "rocks_trees", "rocks_servers", "new"]
PLAIN: st.SearchStrategy[LuaValue] = st.sampled_from(
    [True, False, 0, -1, 1.5, float("inf"), float("nan"), "", "x", "\x1b[1m", FUNCTION, 2**62]
)
VALUES: st.SearchStrategy[LuaValue] = st.recursive(
    PLAIN,
    lambda below: st.dictionaries(
        st.sampled_from([1, 2, 4, "root", "name", "lib", "bin", "prefix", "CC", "LUA_DIR", "LUA"]),
        below,
        max_size=3,
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KNOWN), VALUES, max_size=8), st.integers(1, 3))
def test_any_file_gives_a_table_of_the_right_types(given: LuaTable, times: int) -> None:
    """Each key fits its shape, trees are trees, servers are servers, and all can be printed."""
    draft = begun(FACTS)
    for number in range(times):
        draft = with_file(draft, str(number), {**draft.sandbox(), **given})
    found = finished(draft, Places())
    for key, shape in SHAPES.items():
        value = found.table.get(key)
        assert value is None or shape.fits(value), (key, value)
    for key in defaults(FACTS, ("unix", "linux")).table:
        assert key in found.table
    trees, servers = found.table["rocks_trees"], found.table["rocks_servers"]
    assert isinstance(trees, dict)
    assert isinstance(servers, dict)
    assert trees
    assert all(map(is_tree, sequence(trees)))
    assert all(map(is_server, sequence(servers)))
    variables = found.table["variables"]
    assert isinstance(variables, dict)
    assert all(isinstance(value, str) for value in variables.values())
    persist(found.table)
    json_form(found.table)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("deps_mode", "every", 'deps_mode is "every", not "one", "all", "order" or "none"'),
        ("cache_timeout", "soon", 'cache_timeout is "soon", not a number from 0'),
        ("gcc_rpath", "no", 'gcc_rpath is "no", not true or false'),
        ("external_deps_dirs", "/opt", 'external_deps_dirs is "/opt", not a list of directories'),
        ("variables", 5, "variables is 5, not a table"),
        ("arch", {}, "arch is a table, not a string"),
        ("rocks_provided", {"foo": 1}, "rocks_provided is a table, not a table of rock = version"),
    ],
)
def test_what_does_not_fit_is_told_and_has_its_default(
    key: str, value: LuaValue, told: str
) -> None:
    """The message names the key, what it is and what it should be."""
    draft = begun(FACTS)
    found = finished(with_file(draft, "f", {**draft.sandbox(), key: value}), Places())
    assert found.warnings == (f"{told}; it is ignored",)
    assert found.table.get(key) == finished(begun(FACTS), Places()).table.get(key)


def test_a_long_value_is_told_in_short() -> None:
    """Nobody wants a megabyte in a warning."""
    draft = begun(FACTS)
    left: LuaTable = {**draft.sandbox(), "cache_timeout": "x" * 100_000}
    (told,) = finished(with_file(draft, "f", left), Places()).warnings
    assert len(told) < 200


A_TEXT: LuaValue = "x"
TEXTS: LuaValue = table_of(("a", "b"))
GAPS: LuaValue = {1: "a", 3: "b"}
KINDS: LuaValue = {"bin": "b", "lib": table_of(("l",))}
DIRECTORY: LuaValue = {"prefix": "/opt", "lib": table_of(("l",))}


@pytest.mark.parametrize(
    ("key", "wanted", "right", "wrong"),
    [
        ("arch", "a string", ["", "x"], [1, True, {}, FUNCTION]),
        ("gcc_rpath", "true or false", [True, False], [0, "true", {}]),
        (
            "cache_timeout",
            "a number from 0",
            [0, 1.5, 999_999_999_999_999],
            [-1, 1e15, True, "1", float("nan"), {}],
        ),
        ("upload", "a table", [{}, {"a": 1}], ["x", False]),
        ("accepted_build_types", "a list of strings", [{}, TEXTS], [GAPS, A_TEXT, {1: 1}]),
        (
            "deps_mode",
            '"one", "all", "order" or "none"',
            ["one", "all", "order", "none"],
            ["ONE", "", True],
        ),
        ("rocks_provided", "a table of rock = version", [{"a": "1-1"}], [{"a": 1}, A_TEXT]),
        (
            "external_deps_dirs",
            "a list of directories",
            [{}, TEXTS, {1: DIRECTORY, 2: "/"}],
            [
                A_TEXT,
                GAPS,
                {1: 1},
                {1: {"lib": "l"}},
                {1: {"prefix": 1}},
                {1: {"prefix": "/", 1: 1}},
            ],
        ),
        (
            "external_deps_patterns",
            "a table of lists of patterns",
            [{}, {"lib": TEXTS}],
            [{"lib": "l"}, {"lib": GAPS}, A_TEXT],
        ),
        (
            "external_deps_subdirs",
            "a table of directories",
            [{}, KINDS],
            [{"lib": 1}, {"lib": GAPS}, A_TEXT],
        ),
    ],
)
def test_a_key_takes_values_of_its_shape_alone(
    key: str, wanted: str, right: list[LuaValue], wrong: list[LuaValue]
) -> None:
    """Others are told with what they should be, at the edges of each shape."""
    assert SHAPES[key].wanted == wanted
    assert [value for value in right if not SHAPES[key].fits(value)] == []
    assert [value for value in wrong if SHAPES[key].fits(value)] == []


def test_every_key_that_luarocks_knows_has_a_shape() -> None:
    """Texts, truths, numbers and tables, by the names of the reference page."""
    by_shape: dict[str, str] = {}
    for key, shape in SHAPES.items():
        by_shape[shape.wanted] = f"{by_shape.get(shape.wanted, '')} {key}".strip()
    assert by_shape["a string"].split() == [
        *("home", "home_tree", "lua_version", "lua_interpreter", "target_cpu", "arch"),
        *("lib_extension", "static_lib_extension", "external_lib_extension", "obj_extension"),
        *("lua_extension", "cmake_generator", "makefile", "make", "local_cache", "web_browser"),
        *("export_path_separator", "wrapper_suffix", "lua_modules_path", "lib_modules_path"),
        *("rocks_subdir", "only_sources_from", "upload_server", "upload_user"),
        *("upload_password", "sysconfdir", "homeconfdir", "project_dir"),
    ]
    assert by_shape["true or false"].split() == [
        *("local_by_default", "accept_unknown_fields", "fs_use_modules", "hooks_enabled"),
        *("no_manifest", "check_certificates", "wrap_bin_scripts", "keep_other_versions"),
        *("aggressive_cache", "show_downloads", "verbose", "gcc_rpath", "link_lua_explicitly"),
    ]
    assert by_shape["a number from 0"] == "cache_timeout cache_fail_timeout connection_timeout"
    assert by_shape["a table"] == "disabled_servers upload upload_servers variables"
    assert by_shape["a table of lists of patterns"] == (
        "external_deps_patterns runtime_external_deps_patterns"
    )
    assert by_shape["a table of directories"] == (
        "external_deps_subdirs runtime_external_deps_subdirs"
    )


@pytest.mark.parametrize("key", ["name", "root", "lua_dir", "lib_dir", "bin_dir", "rocks_dir"])
def test_a_tree_has_a_root_and_texts_alone_in_its_fields(key: str) -> None:
    """A path of its own is one, too; an empty one is none."""
    assert is_tree({"root": "/r", key: "/x"})
    assert not is_tree({"root": "/r", key: 1})
    assert is_tree({"root": "/r", "other": 1})
    values: list[LuaValue] = ["/r", "", 1, {}, {"root": ""}, {"name": "n"}]
    assert [value for value in values if is_tree(value)] == ["/r"]


def test_a_server_is_an_address_or_a_list_of_mirrors() -> None:
    """Not an empty one of either."""
    values: list[LuaValue] = ["http://x", TEXTS, "", {}, GAPS, {1: 1}, 1]
    assert [value for value in values if is_server(value)] == ["http://x", TEXTS]


def test_variables_are_texts() -> None:
    """A number is the text that Lua makes of it; what is dropped leaves no origin."""
    table: LuaTable = {"A": "a", "N": 2, "F": 1.5, "T": True, "E": False, "X": {"y": 1}, 1: "one"}
    found, warnings = fitting(layer({"variables": table}, "f"))
    assert found.table == {"variables": {"A": "a", "N": "2", "F": "1.5"}}
    assert set(found.origins) == {("variables", name) for name in "ANF"}
    assert warnings == [
        "variables.T is true, not a string; it is ignored",
        "variables.X is a table, not a string; it is ignored",
        'variables.1 is "one", not a string; it is ignored',
    ]


@pytest.mark.parametrize(
    ("value", "kept", "warnings"),
    [
        (None, None, []),
        (table_of(("a", "b")), {1: "a", 2: "b"}, []),
        ("a", {1: "a"}, ['k is "a", not a list']),
        (5, {}, ["k is 5, not a list"]),
        (
            {1: "a", 2: 5, 3: "c"},
            {1: "a", 2: "c"},
            ["k[2] is 5, which LuaRocks cannot use; it is left out"],
        ),
        (
            {1: "a", "x": "b"},
            {1: "a"},
            ["k is a list, and its entries not at 1, 2, 3 ... are ignored"],
        ),
    ],
)
def test_a_list_is_sifted_by_its_entries(
    value: LuaValue, kept: LuaValue, warnings: list[str]
) -> None:
    """What is kept has the origin of the list; an unchanged one keeps each entry's own."""
    table: LuaTable = {"other": 1} if value is None else {"other": 1, "k": value}
    before = layer(table, "f")
    found, told = sifted(before, "k", lambda each: isinstance(each, str))
    assert (found.table.get("k"), told) == (kept, warnings)
    assert set(found.origins.values()) == {"f"}
    assert isinstance(found, Layered)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "a table"),
        (FUNCTION, "a function"),
        (None, "a function"),
        (True, "true"),
        (1.5, "1.5"),
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 59}...'),
    ],
)
def test_a_value_is_shown_in_sixty_characters(value: LuaValue, text: str) -> None:
    """Longer ones are cut."""
    assert shown(value) == text


def test_many_variables_of_wrong_types_take_no_time() -> None:
    """Their origins go with them in one pass."""
    wrong: LuaTable = {f"V{number}": {1: "x"} for number in range(20_000)}
    origins: dict[Path, str] = {("variables", name): "file" for name in wrong}
    with little_time(0.5):
        found, warnings = fitting(
            Layered({"variables": wrong}, {**origins, ("variables",): "file"})
        )
    assert found.table["variables"] == {}
    assert found.origins == {("variables",): "file"}
    assert len(warnings) == 20_000
