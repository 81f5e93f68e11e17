"""The merged configuration is LuaRocks' own, key by key, over generated configurations.

Where distrorocks says something else, ``DIFFERENCES`` has the key, the reason and the value that
it must have then. A row that nothing needs fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from distrorocks.config.defaults import PUBLIC_SERVERS
from integration.machines.roots import RootError
from integration.oracles.config_answers import NEW, OLD, SUITES, Answer, answers

LEAST = 80
PUBLIC = PUBLIC_SERVERS[0]

Translation = Callable[[Any, Answer], Any]


class Difference(NamedTuple):
    """A key at which distrorocks says something else, and why.

    ``ours`` makes of LuaRocks' value (None where it has none) what distrorocks must say; without
    it distrorocks must not have the key.
    """

    keys: str
    reason: str
    ours: Translation = lambda *_: None
    suites: tuple[str, ...] = (OLD, NEW)


def _checked(value: Any, answer: Answer) -> Any:
    return value if answer.says("check_certificates") else True


def _flag(value: Any, answer: Answer) -> Any:
    return value if answer.ours["check_certificates"] is False else ""


def _wrapped(value: Any, _answer: Answer) -> Any:
    return True if value is None else value


def _slashless(value: str, answer: Answer) -> str:
    return value.removeprefix("/") if answer.case.version in value else value


def _with_system_tree(value: Any, answer: Answer) -> Any:
    system = {"name": "system", "root": "/usr/local"}
    return [*value, system] if answer.has_default_trees else value


def _of_system_tree(value: str, answer: Answer) -> str:
    trees = answer.theirs["rocks_trees"]
    if answer.has_default_trees and len(trees) == 1:
        return value.replace(trees[0]["root"], "/usr/local", 1)
    return value


def _servers(value: Any, answer: Answer) -> Any:
    """Return the servers of the file where it sets them, else the public ones of 3.9 and later."""
    if value[0][0] == PUBLIC:
        return [] if answer.says("rocks_servers") else [list(PUBLIC_SERVERS)]
    return [value[0][:1]] if isinstance(value[0], list) else value


def _library_directories(value: Any, _answer: Answer) -> Any:
    """Return what joins with the default of 3.9 and later where it joined with that of 3.8."""
    old = ["lib", "lib/x86_64-linux-gnu", "lib64"]
    if not isinstance(value, list):
        return value
    return [old[(old.index(each) + 1) % 3] if each in old else each for each in value]


def _cache(_value: Any, answer: Answer) -> Any:
    return "/srv/cache" if answer.says("local_cache") else "/var/cache/luarocks"


def _absolute(value: Any, answer: Answer) -> Any:
    directory = answer.ours.get("project_dir", "")
    return value if value.startswith("/") else f"{directory}/{value.removeprefix('./')}"


def _from_environment(name: str, plain: str | None) -> Translation:
    """Return what the environment says where the value is 3.8's default, and that else."""

    def ours(value: Any, answer: Answer) -> Any:
        return answer.case.environment.get(name, value) if value == plain else value

    return ours


def _cflags(value: Any, answer: Answer) -> Any:
    given = answer.case.environment.get("CFLAGS", "-O2")
    ours = given if "-fPIC" in given else f"{given} -fPIC"
    return ours if value == "-O2 -fPIC" else value


def _is_bsd(answer: Answer) -> bool:
    make = answer.theirs["variables"]["MAKE"]
    return bool(make == "gmake" and not answer.says("solaris"))


def _compiler(value: Any, answer: Answer) -> Any:
    if value not in ("gcc", "cc"):
        return value
    return answer.case.environment.get("CC", "cc" if _is_bsd(answer) else value)


def _rpath(value: Any, answer: Answer) -> Any:
    return value and not _is_bsd(answer)


def _library(value: Any, answer: Answer) -> Any:
    return None if "l1" in answer.theirs["external_deps_subdirs"]["lib"] else value


DIFFERENCES = (
    Difference(
        "cache.luajit_version_checked program_version user_agent lua_found "
        "variables.LUA_LIBDIR_FILE",
        "the running LuaRocks tells of itself, it is no setting",
    ),
    Difference("program_series major_version", "3.8 tells of itself", suites=(OLD,)),
    Difference(
        "variables.LUA_INCDIR_OK variables.LUA_LIBDIR_OK", "a note to itself", suites=(NEW,)
    ),
    Difference("check_certificates", "certificates are checked unless a file says no", _checked),
    Difference("variables.CURLNOCERTFLAG variables.WGETNOCERTFLAG", "as check_certificates", _flag),
    Difference("wrap_bin_scripts", "3.13 has a default for it", _wrapped),
    Difference(
        "rocks_trees",
        "Debian's LuaRocks knows no prefix of its own; /usr/local is a tree all the same",
        _with_system_tree,
    ),
    Difference(
        "deploy_bin_dir deploy_lua_dir deploy_lib_dir rocks_dir variables.ROCKS_TREE "
        "variables.SCRIPTS_DIR",
        "as rocks_trees: the last tree is another one",
        _of_system_tree,
    ),
    Difference(
        "rocks_servers",
        "public mirrors are never added to a file's servers; 3.8 has mirrors that are gone",
        _servers,
    ),
    Difference(
        "local_cache", "root's cache is the system's, as in 3.9, and a file's is the file's", _cache
    ),
    Difference(
        "config_files.nearest config_files.project.file", "paths are told in full", _absolute
    ),
    Difference(
        "makefile",
        "LuaRocks reads files twice for its own Lua; the first knows the word of the last then",
        lambda value, _: "early" if value == "late" else value,
    ),
    Difference(
        "variables.MINE", "a variable that is false is none", lambda value, _: value or None
    ),
    Difference(
        "lua_modules_path lib_modules_path rocks_subdir", "3.9 has no slash", _slashless, (OLD,)
    ),
    Difference(
        "external_deps_subdirs.lib runtime_external_deps_subdirs.lib",
        "3.9 looks into the multiarch directory first",
        _library_directories,
        (OLD,),
    ),
    Difference(
        "variables.LUALIB variables.LUA_LIBDIR", "as external_deps_subdirs.lib", _library, (OLD,)
    ),
    Difference("lua_interpreter", "3.9 has variables.LUA instead", suites=(OLD,)),
    Difference("variables.LN", "3.9 has it", lambda *_: "ln", (OLD,)),
    Difference("variables.CC variables.LD", "3.9 heeds CC, BSD's is cc", _compiler, (OLD,)),
    Difference("variables.AR", "3.9 heeds AR", _from_environment("AR", "ar"), (OLD,)),
    Difference(
        "variables.RANLIB", "3.9 heeds RANLIB", _from_environment("RANLIB", "ranlib"), (OLD,)
    ),
    Difference("variables.MAKE", "3.9 heeds MAKE", _from_environment("MAKE", "make"), (OLD,)),
    Difference("variables.CFLAGS", "3.9 heeds CFLAGS", _cflags, (OLD,)),
    Difference("variables.LDFLAGS", "3.9 heeds it", _from_environment("LDFLAGS", None), (OLD,)),
    Difference(
        "variables.LIBFLAG", "3.8 puts LDFLAGS in it on FreeBSD", lambda *_: "-shared", (OLD,)
    ),
    Difference("gcc_rpath", "3.9 says no on every BSD", _rpath, (OLD,)),
)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value with its dotted key; lists stay whole."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else key)
    else:
        yield path, value or ([] if value in ({}, []) and value is not False else value)


@pytest.fixture(params=SUITES)
def suite(request: pytest.FixtureRequest) -> str:
    """A suite with a LuaRocks: 3.8, and 3.11 where the mirror serves it."""
    name: str = request.param
    try:
        answers(name)
    except RootError as refusal:
        if name == OLD:
            raise
        pytest.skip(f"the mirror does not serve {name} now: {refusal}")
    return name


def _translations(suite: str) -> dict[str, Translation]:
    """Return what each key that may differ becomes."""
    rows = [row for row in DIFFERENCES if suite in row.suites]
    return {key: row.ours for row in rows for key in row.keys.split()}


def test_every_key_is_as_luarocks_has_it(suite: str) -> None:
    """In each case each key has LuaRocks' value, or the one that a row of the table says."""
    known = _translations(suite)
    found = answers(suite)
    assert len(found) >= LEAST
    wrong = []
    for number, answer in enumerate(found):
        theirs, ours = dict(_flat(answer.theirs)), dict(_flat(answer.ours))
        for key in sorted({*theirs, *ours}):
            wanted = theirs.get(key)
            if key in known:
                wanted = known[key](wanted, answer)
            if ours.get(key) != wanted:
                wrong.append((number, key, theirs.get(key), wanted, ours.get(key)))
    assert not wrong, f"{len(wrong)} keys differ, the first: {wrong[:8]}"


def test_every_difference_is_needed(suite: str) -> None:
    """Each key of the table differs from LuaRocks in some case."""
    pairs = [(dict(_flat(it.theirs)), dict(_flat(it.ours))) for it in answers(suite)]
    idle = [
        key
        for key in _translations(suite)
        if all(theirs.get(key) == ours.get(key) for theirs, ours in pairs)
    ]
    assert not idle
