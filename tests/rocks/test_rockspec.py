"""A rockspec is accepted, refused and understood as LuaRocks does."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, sequence, table_of
from distrorocks.rocks.rockspec import (
    Rockspec,
    RockspecError,
    base_name,
    completed,
    for_platforms,
    merged,
    split_url,
)

SMALL = """
package = "Foo"
version = "1.0-2"
source = { url = "git+https://example.org/foo.git", tag = "v1.0" }
description = { summary = "does foo", license = "MIT" }
dependencies = { "lua >= 5.1", "lpeg ~> 1.0" }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""


def rockspec(
    text: str, *, file_name: str | None = None, strict: bool = True, quick: bool = False
) -> Rockspec:
    """Return the rockspec that ``text`` is on Linux."""
    chunk = parse(text.encode())
    return Rockspec.from_chunk(chunk, file_name=file_name, strict=strict, quick=quick)


def faults(text: str, *, file_name: str | None = None, strict: bool = True) -> list[str]:
    """Return the faults of ``text`` as lines; none for a sound rockspec."""
    try:
        rockspec(text, file_name=file_name, strict=strict)
    except RockspecError as error:
        return [str(fault) for fault in error.faults]
    return []


def test_a_sound_rockspec_says_who_it_is() -> None:
    """The name is in lower case, the dependencies are parsed, the table is at hand."""
    foo = rockspec(SMALL, file_name="foo-1.0-2.rockspec")
    assert (foo.package, foo.name, foo.version, foo.format) == ("Foo", "foo", "1.0-2", "1.0")
    assert [str(needed) for needed in foo.dependencies] == ["lua >= 5.1", "lpeg ~> 1.0"]
    assert foo.build_dependencies == foo.test_dependencies == ()
    assert foo.described("summary") == "does foo"
    assert foo.described("homepage") is None
    assert foo.table["build"] == {"type": "builtin", "modules": {"foo": "foo.lua"}}


def test_the_loaded_table_is_luarocks_own() -> None:
    """It has the name, the completed source and the dependencies as manifests hold them."""
    table = rockspec(SMALL).to_table()
    assert table["name"] == "foo"
    assert table["source"] == {
        "url": "git+https://example.org/foo.git",
        "tag": "v1.0",
        "protocol": "git+https",
        "pathname": "example.org/foo.git",
        "dir": "foo",
        "dir_set": False,
    }
    dependencies = table["dependencies"]
    assert isinstance(dependencies, dict)
    assert sequence(dependencies)[0] == {
        "name": "lua",
        "constraints": {1: {"op": ">=", "version": {1: 5, 2: 1, "string": "5.1"}}},
    }
    assert table["test_dependencies"] == {}


def test_reading_leaves_the_chunk_as_it_was() -> None:
    """The same chunk can be read for another platform."""
    text = SMALL + 'build.platforms = { linux = { type = "make" }, macosx = { type = "cmake" } }\n'
    chunk = parse(text.encode())
    for platforms, expected in ((("unix", "linux"), "make"), (("unix", "macosx"), "cmake")):
        build = Rockspec.from_chunk(chunk, platforms=platforms).table["build"]
        assert isinstance(build, dict)
        assert build["type"] == expected
        assert "platforms" not in build


def test_platform_overrides_reach_the_dependencies() -> None:
    """Lists merge by index before they are parsed."""
    text = SMALL + 'dependencies.platforms = { linux = { "luaposix", [3] = "lfs" } }\n'
    assert [str(each) for each in rockspec(text).dependencies] == ["luaposix", "lpeg ~> 1.0", "lfs"]


def test_every_fault_is_told_at_once() -> None:
    """Each has its dotted path, in one error."""
    text = """
        package = 5
        version = "1.0"
        source = { uri = "x" }
        description = { labels = { "a" } }
        dependencies = { "lua => 5.1", {} }
        build = { install = { luas = {} }, copy_directories = { 1 }, platforms = { linux = 3 } }
    """
    places = [fault.partition(":")[0] for fault in faults(text)]
    assert places == [
        "package",
        "version",
        "source.uri",
        "source.url",
        "description.labels",
        "dependencies[2]",
        "build.install.luas",
        "build.copy_directories[1]",
        "build.platforms.linux",
        "dependencies[1]",
    ]


@pytest.mark.parametrize(
    ("line", "place", "fix"),
    [
        ('build_dependencies = { "a" }', "build_dependencies", 'add rockspec_format = "3.0"'),
        ("deploy = { wrap_bin_scripts = true }", "deploy", 'add rockspec_format = "1.1"'),
        ("hooks = { pre_install = 'x' }", "hooks.pre_install", "did you mean 'post_install'?"),
        ("dependancies = {}", "dependancies", "did you mean 'dependencies'?"),
        ("wholly_unknown = 1", "wholly_unknown", "remove it"),
        ("version = '1.0'", "version", "such as '1.0-1'"),
        ("build = 'make'", "build", "in braces"),
        ("source.tag = 1", "source.tag", "in quotes"),
        ("dependencies = { 'ns/foo' }", "dependencies[1]", 'rockspec_format = "3.0"'),
        ("external_dependencies = { X = { lib = 'x' } }", "external_dependencies.X.lib", "library"),
        ("source = nil", "source", "source = { url ="),
        ("summary = foo", "foo", "quotes"),
        ("package = 'a/b'", "package", "letters"),
        ("rockspec_format = '2.0'", "rockspec_format", "1.0, 1.1, 3.0, 3.1"),
        ("rockspec_format = '4.0'", "rockspec_format", '"3.0"'),
        ("rockspec_format = 3", "rockspec_format", "in quotes"),
        ("dependencies = { 'foo 1 => 2' }", "dependencies[1]", ">= 1.0, < 2.0"),
    ],
)
def test_a_fault_has_a_place_and_a_cure(line: str, place: str, fix: str) -> None:
    """The cure names the format that would take it, or the word that was meant."""
    with pytest.raises(RockspecError) as caught:
        rockspec(SMALL + line)
    fault = caught.value.faults[0]
    assert fault.path == place
    assert fix in fault.fix
    assert fault.fix in str(caught.value)


@pytest.mark.parametrize(
    ("line", "luarocks"),
    [
        (
            "version = '1.0'",
            (
                "Type mismatch on field version: invalid value '1.0' does not match "
                "'[%w.]+-[%d]+' (using rockspec format 1.0)"
            ),
        ),
        ("labels = 1", "Unknown field labels (using rockspec format 1.0)"),
        (
            "description.labels = {}",
            (
                "Unknown field labels (using rockspec format 1.0 -- adding "
                "'rockspec_format = \"3.0\"' to the rockspec will fix this)"
            ),
        ),
        ("source.url = nil", "Mandatory field source.url is missing. (using rockspec format 1.0)"),
        (
            "dependencies = 5",
            "Type mismatch on field dependencies: expected a table (using rockspec format 1.0)",
        ),
        (
            "dependencies[2] = 5",
            (
                "Type mismatch on field dependencies[2]: expected a string, got "
                "number (using rockspec format 1.0)"
            ),
        ),
        (
            "rockspec_format = '1.1' deploy = { wrap_bin_scripts = 1 }",
            (
                "Type mismatch on field "
                "deploy.wrap_bin_scripts: expected boolean (using rockspec format 1.1)"
            ),
        ),
        ("local x = foo", "Unknown variable: foo (using rockspec format 1.0)"),
        ("local x, y = foo, bar", "Unknown variables: foo, bar (using rockspec format 1.0)"),
        ("rockspec_format = '2.0'", "unknown rockspec format 2.0 (using rockspec format 2.0)"),
        (
            "rockspec_format = '9.0'",
            "Rockspec format 9.0 is not supported, please upgrade LuaRocks.",
        ),
        (
            "dependencies = { 'foo ~ 1' }",
            (
                "Parse error processing dependency 'foo ~ 1': Failed to parse constraint '~ 1' "
                "with error: Encountered bad constraint operator: '~' in '~ 1'"
            ),
        ),
    ],
)
def test_a_fault_knows_luarocks_words(line: str, luarocks: str) -> None:
    """They are those of LuaRocks 3.8, for whoever searches for them."""
    with pytest.raises(RockspecError) as caught:
        rockspec(SMALL + line)
    assert caught.value.faults[0].luarocks == luarocks


@pytest.mark.parametrize(
    ("file_name", "is_sound"),
    [
        ("foo-1.0-2.rockspec", True),
        ("rockspec", True),
        (None, True),
        ("Foo-1.0-2.rockspec", False),
        ("foo-1.0-1.rockspec", False),
        ("foo.rockspec", False),
        ("foo-1.0-2.rockspec.bak", False),
    ],
)
def test_the_file_name_agrees_with_the_file(file_name: str | None, is_sound: bool) -> None:
    """It is the lower-case package and the version; ``rockspec`` says nothing, so it may stay."""
    told = faults(SMALL, file_name=file_name)
    assert (told == []) is is_sound
    assert all("file name" in line for line in told)


TOLERATED = [
    "supported_platforms = { 1 }",
    "build.copy_directories = { {} }",
    "rockspec_format = '3.0' description.labels = { 1 }",
    "rockspec_format = '3.0' dependencies.platforms = { windows = { 'ns/x' } }",
    "source.platforms = { windows = { tag = 'x' } }",
    "build.platforms = { linux = { type = 'make', install = { other = {} } } }",
    "rockspec_format = '3.1'",
]


@pytest.mark.parametrize("line", TOLERATED)
def test_what_a_later_luarocks_installed_can_be_read(line: str) -> None:
    """Tolerant reading takes what 3.8 or a later one takes; strict reading is 3.8's."""
    assert faults(SMALL + line, strict=True)
    assert not faults(SMALL + line, strict=False)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("source.platforms = { linux = { url = 5 } }", "source.url"),
        ("dependencies.platforms = { linux = { {} } }", "dependencies[1]"),
        ("build.platforms = { unix = { type = 5 } }", "build.type"),
    ],
)
def test_tolerance_ends_where_overrides_break_a_type(line: str, place: str) -> None:
    """What this platform would really use must have its type."""
    assert faults(SMALL + line, strict=False)[0].startswith(f"{place}: ")
    unused = line.replace("linux", "windows").replace("unix", "windows")
    assert not faults(SMALL + unused, strict=False)


def test_quick_loading_leaves_the_type_check_out() -> None:
    """Unknown fields and versions pass; what the loader itself needs must be there."""
    text = SMALL + "other = 1 version = 'any' local x = foo"
    assert rockspec(text, quick=True).version == "any"
    for line in ("source = nil", "package = nil", "rockspec_format = '9.0'", "dependencies = {{}}"):
        with pytest.raises(RockspecError):
            rockspec(SMALL + line, quick=True)


def test_the_rest_of_a_rockspec_is_at_hand() -> None:
    """Platforms are texts in order, external dependencies come by name."""
    foo = rockspec(
        SMALL
        + 'supported_platforms = { "linux", "!windows" }'
        + 'external_dependencies = { Z = { library = "z" }, A = { header = "a.h" } }'
    )
    assert foo.supported_platforms == ("linux", "!windows")
    assert [each.name for each in foo.external_dependencies] == ["A", "Z"]
    assert rockspec(SMALL).supported_platforms == ()


def test_lists_merge_by_index() -> None:
    """On Linux the unix list comes first, then linux replaces single entries."""
    table: LuaTable = {
        1: "lua >= 5.1",
        "platforms": {"unix": {1: "first", 2: "second"}, "linux": {1: "lin1", 3: "third"}},
    }
    assert for_platforms(table, ("unix", "linux")) == table_of(["lin1", "second", "third"])


def test_a_scalar_replaces_anything_and_a_table_replaces_a_scalar() -> None:
    """Only two tables are merged, to any depth."""
    below: LuaTable = {"a": {"x": 1}, "b": 2, "c": {"d": {"e": 1, "f": 2}}}
    over: LuaTable = {"a": "text", "b": {"y": 1}, "c": {"d": {"e": 3}}}
    assert merged(below, over) == {"a": "text", "b": {"y": 1}, "c": {"d": {"e": 3, "f": 2}}}


def test_the_written_table_stays_as_it_was() -> None:
    """Overrides make new tables all the way down."""
    table: LuaTable = {
        "modules": {"a": "a.lua"},
        "platforms": {"linux": {"modules": {"b": "b.c"}}},
    }
    effective = for_platforms(table, ("unix", "linux"))
    assert effective == {"modules": {"a": "a.lua", "b": "b.c"}}
    assert table["modules"] == {"a": "a.lua"}
    assert "platforms" in table


def test_other_platforms_are_left_out() -> None:
    """What is not active is dropped unread, whatever it is."""
    table: LuaTable = {"type": "builtin", "platforms": {"windows": {"type": "make"}, "linux": 5}}
    assert for_platforms(table, ("unix", "linux")) == {"type": "builtin"}


def test_a_platform_may_bring_an_override_for_the_next() -> None:
    """The merge goes into ``platforms`` too, before the more specific platform is read."""
    table: LuaTable = {"platforms": {"unix": {"platforms": {"linux": {"type": "make"}}}}}
    assert for_platforms(table, ("unix", "linux")) == {"type": "make"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/a.zip", ("https", "h/a.zip")),
        ("git+ssh://git@h/a.git", ("git+ssh", "git@h/a.git")),
        ("/srv/a.zip", ("file", "/srv/a.zip")),
        ("'http://h/a'", ("http", "h/a")),
        ("git@h:a/b", ("file", "git@h:a/b")),
        ("", ("file", "")),
    ],
)
def test_an_address_is_a_protocol_and_the_rest(url: str, expected: tuple[str, str]) -> None:
    """Without a protocol it is a file; quotes around it are taken off."""
    assert split_url(url) == expected


@pytest.mark.parametrize(
    ("path", "name"), [("a/b.c", "b.c"), ("a/b/", "b"), ("a\\b", "b"), ("b", "b"), ("b/", "b/")]
)
def test_the_base_name_is_what_follows_the_last_separator(path: str, name: str) -> None:
    """Separators at the end do not count, unless there is no other."""
    assert base_name(path) == name


@pytest.mark.parametrize(
    ("url", "file", "directory"),
    [
        ("https://h/foo-1.0.tar.gz", "foo-1.0.tar.gz", "foo-1.0"),
        ("https://h/foo.tgz", "foo.tgz", "foo"),
        ("https://h/foo.tar.xz", "foo.tar.xz", "foo.xz"),
        ("https://h/foo.lua", "foo.lua", "."),
        ("git+https://h/foo.git", None, "foo"),
        ("git://h/mini.doc", None, "mini.doc"),
        ("cvs://:pserver:anonymous@h:/cvs/x.lua", None, "x.lua"),
    ],
)
def test_a_source_is_completed(url: str, file: str | None, directory: str) -> None:
    """What is downloaded has a file, and the directory follows from it or from the address."""
    source = completed({"url": url}, since_3_0=True)
    assert source.get("file") == file
    assert source["dir"] == directory
    assert source["dir_set"] is False


def test_before_3_0_a_single_file_always_lies_in_the_current_directory() -> None:
    """The rule for what is not downloaded came with format 3.0."""
    assert completed({"url": "cvs://h/x.c"}, since_3_0=False)["dir"] == "."


def test_what_the_rockspec_says_comes_first() -> None:
    """A directory, a file or a module is taken as written, even an empty one."""
    said = completed({"url": "https://h/a.zip", "dir": "d", "file": "f.zip"}, since_3_0=True)
    assert (said["dir"], said["dir_set"], said["file"]) == ("d", True, "f.zip")
    old = completed({"url": "cvs://h", "cvs_module": "m", "cvs_tag": "t"}, since_3_0=False)
    assert (old["module"], old["tag"], old["dir"]) == ("m", "t", "m")
    assert completed({"url": "git://h/a", "module": ""}, since_3_0=True)["dir"] == ""
