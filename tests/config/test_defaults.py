"""The defaults are those of LuaRocks 3.13 on each platform."""

from __future__ import annotations

from typing import Any

import pytest

from distrorocks.config.configuration import Circumstances
from distrorocks.config.defaults import PUBLIC_SERVERS, defaults
from distrorocks.config.layers import DEFAULT

LINUX = ("unix", "linux")


def table(
    *, platforms: tuple[str, ...] = LINUX, environ: dict[str, str] | None = None, **facts: Any
) -> Any:
    """Return the table of defaults."""
    given = Circumstances("5.3", "/home/me", environ or {}, **facts)
    return defaults(given, platforms).table


def test_plain_settings_have_luarocks_defaults() -> None:
    """``check_certificates`` and the second tree differ on purpose."""
    found = table()
    lists = {key: value for key, value in found.items() if isinstance(value, dict)}
    assert {key: value for key, value in found.items() if key not in lists} == {
        "local_by_default": False,
        "accept_unknown_fields": False,
        "fs_use_modules": True,
        "hooks_enabled": True,
        "deps_mode": "one",
        "no_manifest": False,
        "check_certificates": True,
        "wrap_bin_scripts": True,
        "cache_timeout": 60,
        "cache_fail_timeout": 86400,
        "connection_timeout": 30,
        "lua_extension": "lua",
        "lib_extension": "so",
        "static_lib_extension": "a",
        "external_lib_extension": "so",
        "obj_extension": "o",
        "link_lua_explicitly": False,
        "gcc_rpath": True,
        "cmake_generator": "Unix Makefiles",
        "export_path_separator": ":",
        "wrapper_suffix": "",
        "web_browser": "xdg-open",
        "lua_modules_path": "share/lua/5.3",
        "lib_modules_path": "lib/lua/5.3",
        "rocks_subdir": "lib/luarocks/rocks-5.3",
        "arch": "linux-x86_64",
        "local_cache": "/home/me/.cache/luarocks",
    }


def test_lists_have_luarocks_defaults() -> None:
    """Trees, servers, directories and patterns."""
    found = table()
    assert found["rocks_trees"] == {
        1: {"name": "user", "root": "/home/me/.luarocks"},
        2: {"name": "system", "root": "/usr/local"},
    }
    assert found["rocks_servers"] == {1: dict(enumerate(PUBLIC_SERVERS, 1))}
    assert PUBLIC_SERVERS == (
        "https://luarocks.org",
        "https://raw.githubusercontent.com/rocks-moonscript-org/moonrocks-mirror/master/",
        "https://loadk.com/luarocks/",
    )
    assert found["disabled_servers"] == {}
    assert found["upload"] == {
        "server": "https://luarocks.org",
        "tool_version": "1.0.0",
        "api_version": "1",
    }
    assert found["external_deps_dirs"] == {1: "/usr/local", 2: "/usr", 3: "/"}
    patterns = {"bin": {1: "?"}, "include": {1: "?.h"}}
    assert found["external_deps_patterns"] == {
        **patterns,
        "lib": {1: "lib?.a", 2: "lib?.so", 3: "lib?.so.*"},
    }
    assert found["runtime_external_deps_patterns"] == {
        **patterns,
        "lib": {1: "lib?.so", 2: "lib?.so.*"},
    }


def test_programs_are_called_by_their_names() -> None:
    """Those that differ are listed, all others are their variable's name in lower case."""
    variables = table()["variables"]
    others = {name: value for name, value in variables.items() if value != name.lower()}
    assert others == {
        "CC": "gcc",
        "LD": "gcc",
        "UNZIP": "unzip -n",
        "SEVENZ": "7z",
        "RSYNCFLAGS": "--exclude=.git -Oavz",
        "CURLNOCERTFLAG": "",
        "WGETNOCERTFLAG": "",
        "CFLAGS": "-O2 -fPIC",
        "LIBFLAG": "-shared",
        "LIB_EXTENSION": "so",
        "OBJ_EXTENSION": "o",
    }
    assert " ".join(sorted(set(variables) - set(others))) == (
        "AR BUNZIP2 CHMOD CMAKE CP CURL CVS FIND GIT GPG GUNZIP HG ICACLS LN LS MAKE MD5 MD5SUM "
        "MKDIR MKTEMP OPENSSL PWD RANLIB RM RMDIR RSYNC SCP SSCM SVN TAR TEST TOUCH WGET ZIP"
    )


@pytest.mark.parametrize(
    ("platforms", "arch", "make", "compiler", "rpath"),
    [
        (LINUX, "linux-arm", "make", "gcc", True),
        (("unix",), "unknown", "make", "gcc", True),
        (("unix", "bsd", "freebsd"), "freebsd-arm", "gmake", "cc", False),
        (("unix", "bsd", "dragonfly"), "dragonfly-arm", "gmake", "cc", False),
        (("unix", "bsd", "openbsd"), "openbsd-arm", "gmake", "cc", False),
        (("unix", "bsd", "netbsd"), "netbsd-arm", "gmake", "cc", False),
        (("unix", "solaris"), "solaris-arm", "gmake", "gcc", True),
    ],
)
def test_platforms_differ(
    platforms: tuple[str, ...], arch: str, make: str, compiler: str, rpath: bool
) -> None:
    """The names of make and of the compiler, rpath and arch."""
    found = table(platforms=platforms, cpu="arm", environ={"MAKE": "mk"} if make == "gmake" else {})
    variables = found["variables"]
    assert (found["arch"], variables["MAKE"], found["gcc_rpath"]) == (arch, make, rpath)
    assert (variables["CC"], variables["LD"]) == (compiler, compiler)


@pytest.mark.parametrize(
    ("platforms", "multiarch", "lib"),
    [
        (LINUX, "", {1: "lib64", 2: "lib"}),
        (LINUX, "x-linux-gnu", {1: "lib/x-linux-gnu", 2: "lib64", 3: "lib"}),
        (("unix",), "x-linux-gnu", "lib"),
    ],
)
def test_libraries_are_searched_where_linux_has_them(
    platforms: tuple[str, ...], multiarch: str, lib: object
) -> None:
    """Debian's multiarch directory comes first."""
    found = table(platforms=platforms, multiarch=multiarch)
    for key in ("external_deps_subdirs", "runtime_external_deps_subdirs"):
        assert found[key] == {"bin": "bin", "include": "include", "lib": lib}


def test_the_environment_sets_variables() -> None:
    """CC sets the linker too, -fPIC is added, and the origin names the variable."""
    environ = {"CC": "clang", "CFLAGS": "-O3", "LDFLAGS": "-x", "AR": "a", "RANLIB": "r"}
    found = defaults(Circumstances("5.3", "/h", {**environ, "MAKE": "mk"}), LINUX)
    variables: Any = found.table["variables"]
    names = ("CC", "LD", "AR", "RANLIB", "MAKE", "CFLAGS", "LDFLAGS")
    assert [variables[name] for name in names] == [
        *("clang", "clang", "a", "r", "mk", "-O3 -fPIC", "-x"),
    ]
    assert found.origins[("variables", "LD")] == "environment CC"
    assert found.origins[("deps_mode",)] == DEFAULT
    assert table(environ={"CFLAGS": "-fPIC -g"})["variables"]["CFLAGS"] == "-fPIC -g"


def test_the_cache_is_the_users_or_the_systems() -> None:
    """XDG_CACHE_HOME counts unless it is empty; root has its own."""
    assert table(environ={"XDG_CACHE_HOME": "/c"})["local_cache"] == "/c/luarocks"
    assert table(environ={"XDG_CACHE_HOME": ""})["local_cache"] == "/home/me/.cache/luarocks"
    environ = {"XDG_CACHE_HOME": "/c"}
    assert table(environ=environ, is_superuser=True)["local_cache"] == "/var/cache/luarocks"


def test_a_file_can_name_the_users_tree() -> None:
    """The system's tree stays."""
    found: Any = defaults(Circumstances("5.3", "/h", {}), LINUX, home_tree="/t").table
    assert [tree["root"] for tree in found["rocks_trees"].values()] == ["/t", "/usr/local"]
