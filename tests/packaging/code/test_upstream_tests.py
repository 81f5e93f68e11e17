"""What upstream's tests require, and why they cannot be run, is read from their files."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.code.library_openers import openers
from distrorocks.packaging.code.upstream_tests import NONE, UpstreamTests, upstream_tests
from distrorocks.rocks.rockspec import Rockspec
from tests.effort import little_time

ROCKSPEC = Rockspec.from_chunk(
    parse(
        b'rockspec_format = "3.0" package = "foo" version = "1.0-1" '
        b'source = { url = "https://example.org/foo.tar.gz" }'
    )
)


def found(texts: dict[str, str], own: tuple[str, ...] = ()) -> UpstreamTests:
    """Return what is known of the tests among files; those of ``own`` are modules."""
    modules = {path: path.removesuffix(".lua").rpartition("/")[2] for path in own}
    return upstream_tests(ROCKSPEC, texts, texts, modules, {})


def test_a_rock_without_tests_has_none() -> None:
    """Nothing is told of it."""
    assert found({"foo.lua": ""}, ("foo.lua",)) == NONE


def test_what_tests_require_and_do_not_bring_is_found() -> None:
    """Files beside them are theirs; a module of the rock is what is tested."""
    texts = {
        "test.lua": "local foo = require 'foo'\nfunction f() require('lfs') end\nrequire 'helper'",
        "helper.lua": "require 'pl.utils'",
        "foo.lua": "",
    }
    tests = found(texts, ("foo.lua",))
    assert tests.requires == ("foo", "lfs", "pl.utils")
    assert tests.own == ("foo.lua",)


def test_a_module_that_the_rocks_own_library_opens_is_not_required() -> None:
    """Lua looks for ``luaopen_foo_safe`` in ``foo.so`` where there is no file of foo.safe."""
    source = (
        b'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo.tar.gz" }'
        b'build = { type = "builtin", modules = { foo = { "foo.c" } } }'
    )
    texts = {
        "test.lua": "require 'foo.safe' require 'foo.more' require 'bar.safe'",
        "foo.c": "int luaopen_foo_safe(lua_State *L)\nint luaopen_bar_safe(lua_State *L)",
        "bar.c": "int luaopen_foo_more(lua_State *L)",
    }
    rockspec = Rockspec.from_chunk(parse(source))
    tests = upstream_tests(rockspec, texts, texts, {}, openers(rockspec, texts))
    assert tests.requires == ("bar.safe", "foo.more")


def test_a_module_that_is_called_safely_is_not_required() -> None:
    """Tests do without it."""
    assert found({"test.lua": "pcall(require, 'lfs')"}).requires == ()


@pytest.mark.parametrize(
    ("script", "requires"),
    [("require 'util'", ("util",)), ("package.path = 't/?.lua'\nrequire 'util'", ())],
)
def test_a_file_elsewhere_counts_where_the_tests_set_the_path(
    script: str, requires: tuple[str, ...]
) -> None:
    """Lua would not look there otherwise."""
    assert found({"test.lua": script, "more/util.lua": ""}).requires == requires


@pytest.mark.parametrize(
    ("test", "place", "is_found"),
    [
        ("test.lua", "a/b.lua", True),
        ("test.lua", "a/b/init.lua", True),
        ("test.lua", "a/b/init.moon", False),
        ("test.lua", "src/a/b.lua", False),
        ("test.lua", "a/b.c", False),
        ("test.lua", "b.lua", False),
        ("spec/x_spec.lua", "a/b.lua", True),
        ("spec/x_spec.lua", "src/a/b.lua", True),
        ("spec/x_spec.lua", "spec/a/b.lua", True),
        ("spec/x_spec.lua", "spec/a/b/init.lua", True),
        ("spec/x_spec.lua", "lib/a/b.lua", False),
        ("spec/x_spec.lua", "a/b.moon", False),
        ("spec/x_spec.moon", "a/b.moon", True),
        ("spec/x_spec.moon", "a/b/init.moon", True),
        ("spec/x_spec.moon", "src/a/b.lua", True),
    ],
)
def test_the_sources_have_what_a_test_finds_below_its_folders(
    test: str, place: str, is_found: bool
) -> None:
    """As a file or a folder's ``init``; busted looks into ``src`` and ``spec`` as well."""
    texts = {test: "describe('x', function() end) require 'a.b'", place: "require 'brought'"}
    assert found(texts).requires == (("brought",) if is_found else ("a.b",))


@pytest.mark.parametrize(
    ("start", "texts", "requires"),
    [
        ("cd t && lua run.lua", {"t/run.lua": "require 'a'", "t/a.lua": "require 'b'"}, ("b",)),
        ("cd t && lua run.lua", {"t/run.lua": "require 'a'", "a.lua": "require 'b'"}, ("a",)),
        ("lua t/run.lua", {"t/run.lua": "require 'a'", "t/a.lua": "require 'b'"}, ("a",)),
        ("cd t && lua run.lua", {"t/run.lua": "dofile 'a.lua'", "t/a.lua": "require 'b'"}, ("b",)),
        ("cd t && lua run.lua", {"t/run.lua": "dofile './a.lua'", "a.lua": "require 'b'"}, ()),
        ("lua t/run.lua", {"t/run.lua": "loadfile('./a.lua')", "a.lua": "require 'b'"}, ("b",)),
        (
            "lua t/run.lua",
            {
                "t/run.lua": "package.path = x require 'a'",
                "x/y/a.lua": "require 'c'",
                "x/a.lua": "",
            },
            (),
        ),
        (
            "lua t/run.lua",
            {
                "t/run.lua": "package.path = x require 'a'",
                "t/a.lua": "require 'd'",
                "d.lua": "require 'e'",
                "x/e.lua": "require 'f'",
            },
            ("f",),
        ),
    ],
)
def test_files_are_looked_for_where_tests_are_started(
    start: str, texts: dict[str, str], requires: tuple[str, ...]
) -> None:
    """Where the first test sets ``package.path``, in all folders, the shortest first."""
    assert found({"Makefile": f"test:\n\t{start}\n", **texts}).requires == requires


@pytest.mark.parametrize(
    ("script", "is_read"),
    [
        ("x = arg[1]", True),
        ("x = arg[2]", False),
        ("x = arg.n", False),
        ("function f() x = arg[1] end", False),
        ("local arg = {} x = arg[1]", False),
        ("x = y or arg[1]", False),
        ("x = y and arg[1]", False),
        ("x = arg[1] or y", False),
        ("x = arg[1] and y", False),
        ("if arg[1] then end", False),
        ("x = arg[1] == y", False),
        ("x = arg[1] ~= y", False),
        ("x = y == arg[1]", False),
        ("x = arg[1] .. arg[1] or y", True),
    ],
)
def test_a_script_that_needs_an_argument_is_told(script: str, is_read: bool) -> None:
    """Nothing says which; one that is guarded, or that a specification passes, is none."""
    said = "test.lua reads arguments, and nothing says which"
    assert found({"test.lua": script}).fault == (said if is_read else "")
    makefile = {"Makefile": "test:\n\tlua test.lua x\n", "test.lua": script}
    assert found(makefile).fault == ""


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("ngx.say('x')", "test.lua uses the global ngx"),
        ("ngx = {}\nngx.say('x')", ""),
        ("local s = server.connect('x')", "test.lua connects to a server"),
        ("require('socket.http').request('http://lua.org/')", "test.lua asks another machine"),
        ("require('socket.http').request('http://localhost/')", ""),
        ("print('http://lua.org/')", ""),
        ("local f = io.open(arg[1])", "test.lua reads arguments, and nothing says which"),
        ("local f = arg[1] or 'x'", ""),
        ("if arg and arg[1] then local n = tonumber(arg[1]) end", ""),
        ("print(function(arg) return arg[1] end)", ""),
        ("local q = queue.new('localhost', 11300)", "test.lua connects to a server"),
        ("require 'socket'\nsocket.bind('localhost', 11300)", ""),
        (
            "local db = require('geo').open('./Geo.dat')",
            "test.lua names ./Geo.dat, which the sources lack",
        ),
        ("local db = require('geo').open('./test.lua')", ""),
        ("f = io.open('gone', 'rb')", "test.lua names gone, which the sources lack"),
        ("f = io.open('test.lua')", ""),
        (
            "require 'copas'\nlocal s = socket.bind(x)",
            "test.lua uses the global socket, which nothing that it requires has",
        ),
        ("require 'socket'\nlocal s = socket.bind(x)", ""),
        ("f = io.open('./new.txt', 'w')", ""),
        (
            "os.execute('lua server.lua ' .. x .. ' &')",
            "test.lua starts a program in the background",
        ),
        ("os.execute('cd t && ' .. x)", ""),
        ("os.execute('kill ' .. pid)", "test.lua starts a program in the background"),
        ("if arg[1] == 'v' then end", ""),
    ],
)
def test_tests_that_need_more_than_a_build_has_are_told(script: str, fault: str) -> None:
    """A build has no network, no servers and no host programs."""
    assert found({"test.lua": script}).fault == fault


@pytest.mark.parametrize("name", ["assert_equal", "async"])
def test_specs_of_another_framework_are_told(name: str) -> None:
    """Telescope has the words of busted, and asserts by globals; async went with busted 2."""
    spec = f"describe('foo', function() {name}(1, 1) end)"
    fault = found({"spec/a_spec.lua": spec}).fault
    assert fault.endswith(f"calls {name}, which busted does not have")
    own = f"local function {name}() end\n{spec}"
    assert found({"spec/a_spec.lua": own}).fault == ""


@pytest.mark.parametrize(
    ("script", "versions"),
    [
        ("print(unpack(t))", {"5.3", "5.4", "5.5"}),
        ("local unpack = unpack or table.unpack\nprint(unpack(t))", set()),
        ("f(table.getn(t))", {"5.2", "5.3", "5.4", "5.5"}),
        ("f(table.unpack(t))", {"5.1"}),
        ("f(table.unpack or unpack)", set()),
        ("for w in string.gfind(s, 'x') do end", {"5.2", "5.3", "5.4", "5.5"}),
        ("local x <const> = 1", {"5.1", "5.2", "5.3"}),
    ],
)
def test_lua_versions_without_what_tests_call_are_left_out(script: str, versions: set[str]) -> None:
    """The rock may be for them: it is the tests that are older or newer."""
    assert set(found({"test.lua": script}).unfit) == versions


def test_a_file_above_the_sources_is_not_hidden_from_tests() -> None:
    """Nothing outside of the sources is removed."""
    assert found({"test.lua": "", "../foo.lua": ""}, ("../foo.lua",)).own == ()


@pytest.mark.parametrize(
    ("script", "hidden"),
    [
        ("require 'foo'", ("src/foo.lua",)),
        ("require 'src.foo'", ()),
        ("dofile 'src/foo.lua'", ()),
        ("import('./src/foo.lua')", ()),
        ("loadfile('../' .. name .. '.lua')", ()),
    ],
)
def test_files_that_tests_name_by_their_paths_stay_in_the_sources(
    script: str, hidden: tuple[str, ...]
) -> None:
    """Such tests know nothing of what is installed."""
    assert found({"test.lua": script, "src/foo.lua": ""}, ("src/foo.lua",)).own == hidden


def test_a_module_that_tests_require_by_its_path_is_one_that_they_require() -> None:
    """What it needs is what they need."""
    tests = found({"test.lua": "require 'src.foo'", "src/foo.lua": ""}, ("src/foo.lua",))
    assert tests.requires == ("foo",)


def test_specs_in_moonscript_find_their_own_files() -> None:
    """What they require is read from their text, and others of them bring it."""
    texts = {
        "spec/a_spec.moon": "import x from require 'foo.bar'\nhelp = require(\"spec.help\")",
        "spec/help.moon": "require 'lfs'",
    }
    tests = found(texts)
    assert tests.requires == ("foo.bar", "lfs")
    assert (tests.runners, tests.programs) == (("busted", "moonscript"), ())


@pytest.mark.parametrize(
    ("script", "module", "is_lacking"),
    [
        ("plan(1)", "return {}", True),
        ("plan(1)", "for k, v in pairs(m) do _G[k] = v end", False),
        ("plan(1)", "rawset(_G, k, v)", False),
        ("class 'Point'\nprint(Point.x)", "return {}", False),
        ("class(x)\nprint(Point.x)", "return {}", True),
    ],
)
def test_a_global_that_something_may_define_is_not_lacking(
    script: str, module: str, is_lacking: bool
) -> None:
    """A module that puts names into _G may, and a function that is given the name."""
    texts = {"test.lua": f"require 'foo'\nlocal class = foo\n{script}", "foo.lua": module}
    fault = found(texts, ("foo.lua",)).fault
    assert (" the global " in fault) is is_lacking


def test_a_file_that_a_shell_starts_is_one_of_the_tests() -> None:
    """What it does is what they do: a server in the background outlives a build."""
    client = "os.execute('lua server.lua ' .. name .. ' &')"
    for start in ("os.execute('lua ./client.lua ' .. x)", "io.popen [[lua5.3 client.lua]]"):
        tests = found({"test.lua": start, "client.lua": client})
        assert tests.fault == "client.lua starts a program in the background"
    assert found({"test.lua": "os.execute('sh client.lua')", "client.lua": client}).fault == ""


_MANY = 50_000
_SCRIPTS = [f"test/{number}.lua" for number in range(400)]
_BOMB = "".join(f"V{number}={f'$(V{number + 1})' * 500}\n" for number in range(9))


@pytest.mark.parametrize(
    "texts",
    [
        {"Makefile": f"test:\n\tlua a.lua{' ' * _MANY}x && b\n", "a.lua": ""},
        {"Makefile": f"{_BOMB}test:\n\tlua $(V0)\n", "a.lua": ""},
        {"test.lua": f"io.open{' ' * _MANY}x"},
        {"test.lua": "dofile x " * (_MANY // 9)},
        {"test.lua": f"os.execute [[{'[' * _MANY}]]"},
        {"test.lua": f"os.execute [[{'& ' * _MANY}x]]"},
        {"test.lua": f"local {'a,' * _MANY}b = getfenv"},
        {"test.lua": f"x{',a' * _MANY} = 1"},
        {"test.lua": "local a = getfenv," * (_MANY // 18)},
        {"Makefile": f"test:\n\tprove -e lua{' -v' * _MANY} $\n", "t/a.t": ""},
        {"Makefile": f"test:\n\tprove -e lua{' t/*' * 2000}\n", **dict.fromkeys(_SCRIPTS, "")},
        {"a_spec.lua": "context(" * (_MANY // 8)},
        {"a_spec.moon": f"require{' ' * _MANY}x"},
        dict.fromkeys(_SCRIPTS, "'a.lua' " * 2000),
    ],
    ids=lambda texts: next(iter(texts)) + str(len(texts)),
)
def test_hostile_tests_take_no_time(texts: dict[str, str]) -> None:
    """They are anybody's, and each part of them is looked at a few times at most."""
    with little_time(1):
        upstream_tests(ROCKSPEC, texts, texts, {}, {})
