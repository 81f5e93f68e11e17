"""Configurations to compare with LuaRocks: files, environment and words, told and generated."""

from __future__ import annotations

import random
from typing import NamedTuple

SYSTEM, USER, XDG, PROJECT = "etc", "home/.luarocks", "home/.config/luarocks", "work/.luarocks"
STOCK = "rocks_trees = { home..[[/.luarocks]], [[/usr/local]] }\n"
NAMED = (
    'rocks_trees = { { name = "user", root = home.."/.luarocks" }, '
    '{ name = "system", root = "/usr/local" } }\n'
)
GENERATED = 90


class Case(NamedTuple):
    """One configuration: texts by directory, variables, words; ``@`` stands for its own folder."""

    files: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    environment: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    words: tuple[str, ...] = ()
    in_project: bool = False
    version: str = "5.4"


TOLD = (
    Case(),
    Case({SYSTEM: STOCK}),
    Case({SYSTEM: NAMED}),
    Case(
        {
            SYSTEM: 'external_deps_dirs = {"/a", "/b", "/c", "/d"}',
            USER: 'external_deps_dirs = {"/u"}',
        }
    ),
    Case({USER: 'external_deps_dirs = { "/opt/x" }'}),
    Case({USER: 'external_deps_dirs = { { prefix = "/o", lib = "l" }, "/p", "/q", "/r" }'}),
    Case({USER: 'external_deps_patterns = { lib = { "?.z" } }'}),
    Case({USER: 'external_deps_subdirs = { lib = "mylib" }'}),
    Case(
        {
            SYSTEM: 'rocks_servers = { "https://a.example", "https://b.example" }',
            USER: 'rocks_servers = { "https://mine.example" }',
        }
    ),
    Case(
        {USER: 'rocks_servers = { "/srv/rocks", { "https://m1.example", "https://m2.example" } }'}
    ),
    Case({USER: 'rocks_servers = { { "https://mine.example" } }'}),
    Case({USER: "rocks_servers = {}"}),
    Case({USER: "check_certificates = true"}),
    Case({USER: "check_certificates = false"}),
    Case({SYSTEM: "check_certificates = true", USER: "check_certificates = false"}),
    Case({USER: 'variables = { CC = "clang", MINE = "yes" }'}),
    Case({USER: "variables = { MAKE = false, MINE = false }"}),
    Case({SYSTEM: 'variables.CC = "clang"', USER: "variables.CC = nil"}),
    Case(
        {SYSTEM: 'variables.CFLAGS = "-O3"', USER: 'variables.CFLAGS = variables.CFLAGS .. " -g"'}
    ),
    Case({USER: 'variables.LUA_DIR = "/opt/lua"'}),
    Case({USER: 'variables.SEEN = variables.LUA_BINDIR or "first"'}),
    Case({USER: 'variables.LUA_INCDIR = "/opt/lua/include"'}),
    Case(
        {SYSTEM: 'variables = { A = "1", B = "2" }', PROJECT: 'variables = { B = "3" }'},
        in_project=True,
    ),
    Case({PROJECT: 'deps_mode = "all"'}, in_project=True),
    Case(
        {SYSTEM: 'deps_mode = "all"', USER: 'deps_mode = "order"', PROJECT: 'deps_mode = "none"'},
        in_project=True,
    ),
    Case({XDG: 'web_browser = "xdg"', USER: 'web_browser = "old"'}),
    Case({XDG: 'web_browser = "xdg"'}, {"XDG_CONFIG_HOME": "@/elsewhere"}),
    Case({"elsewhere/luarocks": 'web_browser = "moved"'}, {"XDG_CONFIG_HOME": "@/elsewhere"}),
    Case(
        {"named": 'web_browser = "named"', USER: 'web_browser = "old"'},
        {"LUAROCKS_CONFIG": "@/named/config-5.4.lua"},
    ),
    Case(
        {"named": 'web_browser = "named"'},
        {"LUAROCKS_CONFIG": "@/named/config-5.4.lua", "LUAROCKS_CONFIG_5_4": "@/nowhere.lua"},
    ),
    Case(
        {"named": 'web_browser = "named"', USER: 'web_browser = "old"'},
        {"LUAROCKS_CONFIG_5_4": "@/named/config-5.4.lua"},
    ),
    Case({USER: 'web_browser = "old"'}, {"LUAROCKS_CONFIG": ""}),
    Case({USER: 'web_browser = "old"'}, {"LUAROCKS_CONFIG_5_3": "@/nowhere.lua"}),
    Case({}, {"CC": "clang", "AR": "llvm-ar", "RANLIB": "llvm-ranlib", "MAKE": "gmake"}),
    Case({USER: 'variables.CC = "tcc"'}, {"CC": "clang"}),
    Case({}, {"CFLAGS": "-O3", "LDFLAGS": "-Wl,-z,now"}),
    Case({}, {"CFLAGS": "-O3 -fPIC -g"}),
    Case({}, {"XDG_CACHE_HOME": "@/cache"}),
    Case({USER: 'local_cache = "/srv/cache"'}),
    Case({USER: 'web_browser = os_getenv("BROWSER") or "none"'}, {"BROWSER": 'w3m "x"\n-\xe9'}),
    Case({USER: 'web_browser = os_getenv("BROWSER") or "none"'}),
    Case(
        {
            USER: "for i = 1, 3 do disabled_servers = disabled_servers or {} "
            'disabled_servers["https://s" .. i] = true end'
        }
    ),
    Case({USER: 'helper = ("x"):rep(3):upper() web_browser = helper .. "y"'}),
    Case({USER: 'if platforms.linux and not platforms.windows then cmake_generator = "Ninja" end'}),
    Case({USER: 'local function name(x) return x .. "!" end web_browser = name(home)'}),
    Case({USER: "web_browser = processor .. target_cpu .. lua_version"}),
    Case({USER: "#!/usr/bin/lua\nweb_browser = os_getenv('HOME')\nreturn { cache_timeout = 1 }"}),
    Case({USER: 'platforms = { "unix", "bsd", "freebsd" }'}),
    Case({USER: 'platforms = { "unix" }'}),
    Case({USER: 'platforms = { "linux", "mine" }'}),
    Case(
        {
            SYSTEM: 'platforms = { "unix", "solaris" }',
            USER: "if platforms.solaris then cache_timeout = 7 end",
        }
    ),
    Case({USER: 'platforms = { "openbsd", "bsd" }'}, {"CC": "clang", "MAKE": "bmake"}),
    Case({SYSTEM: 'home = "/elsewhere"', "home/.config/luarocks": 'web_browser = "not read"'}),
    Case(
        {
            SYSTEM: 'if platforms.bsd then makefile = "late" else makefile = "early" end',
            USER: 'platforms = { "unix", "bsd", "netbsd" }',
        },
        version="5.1",
    ),
    Case({SYSTEM: 'home_tree = "/srv/tree"'}),
    Case({USER: 'target_cpu = "m68k"', PROJECT: "web_browser = target_cpu"}, in_project=True),
    Case({USER: "wrap_bin_scripts = false gcc_rpath = false hooks_enabled = false"}),
    Case({USER: "cache_timeout = 10 * 6 connection_timeout = 0 cache_fail_timeout = 2^3"}),
    Case({SYSTEM: NAMED, USER: "local_by_default = true"}),
    Case({USER: 'accepted_build_types = { "builtin", "none" } rocks_provided = { foo = "1.0-1" }'}),
    Case(
        {
            USER: 'lua_modules_path = "lua" lib_modules_path = "lib64/lua/"..lua_version '
            'rocks_subdir = "rocks"'
        }
    ),
    Case({USER: 'upload = { server = "https://up.example" }'}),
    Case({USER: 'lib_extension = "dll" arch = "linux-armv7l" obj_extension = "obj"'}),
    Case(
        {
            SYSTEM: NAMED
            + 'rocks_trees[3] = { name = "distro", root = "/usr", lib_dir = "/usr/lib/x/lua" }'
        }
    ),
    Case({}, words=("CC=clang", "FOO_DIR=/opt/foo")),
    Case({USER: 'variables.FOO_DIR = "/a"'}, words=("FOO_DIR=/b=c",)),
    Case({USER: "nothing = nil aggressive_cache = true only_sources_from = 'https://x'"}),
    Case({SYSTEM: "t = { 1, { 2, x = 3 } } u = 1", USER: "t = { [2] = { 5 } } u = { 4 }"}),
    Case({SYSTEM: "t = { x = 1 }", USER: "t = 5"}),
    Case({SYSTEM: STOCK}, version="5.1"),
    Case({"etc": 'variables.LUA_DIR = "/usr"', USER: "web_browser = lua_version"}, version="5.3"),
)

_PARTS = (
    STOCK,
    NAMED,
    'rocks_trees = { home .. "/a", { root = "/b", name = "b" } }',
    'rocks_servers = { "https://a.example" }',
    'rocks_servers = { "https://a.example", { "https://b.example", "/c" } }',
    'deps_mode = "all"',
    'deps_mode = ({ "one", "order" })[2]',
    'external_deps_dirs = { "/opt/x" }',
    'external_deps_dirs = { "/1", "/2", "/3", "/4", "/5" }',
    'external_deps_subdirs = { lib = { "l1" }, include = "inc" }',
    'runtime_external_deps_subdirs = { lib = "l2" }',
    'external_deps_patterns = { bin = { "?.exe", "?.sh" } }',
    'runtime_external_deps_patterns = { lib = { "?.1", "?.2", "?.3" } }',
    'variables = { CC = "cc-" .. lua_version, A1 = "a" }',
    'variables.CFLAGS = (variables.CFLAGS or "-O0") .. " -g"',
    'variables.LD = variables.CC or "ld"',
    "variables.TAR = nil",
    'variables = { TAR = false, GIT = "git2" }',
    'web_browser = os_getenv("ONE") or os_getenv("TWO") or "w3m"',
    'for i = 1, 4 do variables["N" .. i] = tostring and "t" or "n" .. i end',
    "cache_timeout = 6 * 7",
    "connection_timeout = 5",
    "gcc_rpath = false",
    "hooks_enabled = false",
    "accept_unknown_fields = true",
    "check_certificates = true",
    "check_certificates = false",
    "link_lua_explicitly = true",
    'accepted_build_types = { "builtin" }',
    'accepted_build_types = { "none", "make", "cmake" }',
    'rocks_provided = { foo = "1.0-1", bar = "2-1" }',
    'disabled_servers = { ["https://s.example"] = true }',
    'platforms = { "unix", "netbsd", "bsd" }',
    'if platforms.unix then makefile = "UnixMakefile" else makefile = "Makefile.win" end',
    'cmake_generator = ("ninja"):gsub("^n", "N")',
    'arch = "linux-" .. target_cpu .. "v2"',
    'extra = { deep = { list = { 1, 2, 3 }, text = "x" } }',
    "extra = { deep = { list = { 9 } }, more = true }",
    'extra = "plain"',
    'wrapper_suffix = ".sh"',
    'home = home .. "/sub"',
)
_SETTINGS = (
    ("CC", ("clang", "gcc-13")),
    ("CFLAGS", ("-O3", "-Os -fPIC")),
    ("LDFLAGS", ("-s",)),
    ("MAKE", ("gmake",)),
    ("ONE", ("1",)),
    ("TWO", ("2 'two'",)),
    ("XDG_CACHE_HOME", ("@/cache",)),
    ("XDG_CONFIG_HOME", ("@/elsewhere",)),
    ("LUAROCKS_CONFIG", ("@/named/config-{version}.lua", "@/nowhere.lua")),
    ("LUAROCKS_CONFIG_{name}", ("@/named/config-{version}.lua", "@/nowhere.lua")),
)
_PLACES = (SYSTEM, USER, XDG, "elsewhere/luarocks", "named", PROJECT)


def generated(seed: int, versions: tuple[str, ...]) -> Case:
    """Return a configuration made of parts, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - the same each time is what is wanted
    version = chance.choice(versions)
    places = chance.sample(_PLACES, chance.randint(1, 4))
    files = {place: "\n".join(chance.sample(_PARTS, chance.randint(1, 7))) for place in places}
    known = {"version": version, "name": version.replace(".", "_")}
    environment = {
        name.format(**known): chance.choice(values).format(**known)
        for name, values in chance.sample(_SETTINGS, chance.randint(0, 4))
    }
    words = ("WORD=given",) if chance.random() < 0.2 else ()
    return Case(files, environment, words, chance.random() < 0.4, version)


def cases(versions: tuple[str, ...]) -> list[Case]:
    """Return all cases for a LuaRocks that knows these versions of Lua."""
    return [*TOLD, *(generated(seed, versions) for seed in range(GENERATED))]
