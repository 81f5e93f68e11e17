"""``audit`` predicts what the loaders of real systems do with real binary rocks."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from integration.machines.machine import INSIDE, RUN_MAIN, Machine, run
from integration.machines.module_rocks import (
    MODULES,
    built_rocks,
    compiled,
    compilers,
    packed,
    really_loaded,
)
from integration.machines.roots import LUA_VERSIONS, Layer, base, with_every_lua_package
from integration.machines.scratch import live
from integration.machines.source_packages import fetched

HEADERS = "-idirafter /usr/include/x86_64-linux-gnu"
SUITES = {"bookworm": "debian:12", "trixie": "debian:13", "sid": "debian:sid"}
FEWEST = 60
_LUA_CORE = """
lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring
ltable ltm lundump lvm lzio lauxlib lbaselib lcorolib ldblib liolib lmathlib loadlib loslib
lstrlib ltablib lutf8lib linit lua
"""


class Rocks(NamedTuple):
    """The binary rocks of a suite for one Lua: those of Debian's packages, and some of our own."""

    suite: str
    lua_version: str
    paths: tuple[Path, ...]


@pytest.fixture(scope="module")
def rocks() -> tuple[Rocks, ...]:
    """Every binary rock that packages of Debian 12, 13 and sid provide, and oddly built ones."""
    found = []
    for suite, versions in LUA_VERSIONS.items():
        folder = live() / f"audit-{suite}"
        with full(suite).clone() as machine:
            machine.distrorocks("pack", "--all", "--to", str(folder))
        with compilers(suite).clone() as machine:
            list(built_rocks(machine, versions, folder))
        for version in versions:
            paths = tuple(sorted((folder / version).glob("*.linux-x86_64.rock")))
            found.append(Rocks(suite, version, paths))
    return tuple(found)


def full(suite: str) -> Layer:
    """Return a root with every Lua package, and so with the libraries that they need."""
    return with_every_lua_package(suite)[0]


def audits(root: Path, some: Rocks, *systems: str) -> dict[tuple[Path, str, str], str]:
    """Return the verdict on each file in ``lib`` of rocks: by rock, file and system."""
    words = ("--root", str(root), "--lua-version", some.lua_version, "--on", *systems)
    report = asked(some.paths, *words)
    found = {}
    for each in report:
        for verdict in each["verdicts"]:
            sure: dict[str, bool] = {}
            for reason in verdict["reasons"]:
                sure[reason["path"]] = sure.get(reason["path"], False) or reason["is_sure"]
            system = verdict["system"] if verdict["system"] in systems else "here"
            for path in each["files"]:
                state = {None: "loads", True: "fails", False: "unknown"}[sure.get(path)]
                if path.startswith("lib/"):
                    found[Path(each["path"]), path, system] = state
    return found


def asked(rocks: Sequence[Path], *words: str) -> list[dict[str, Any]]:
    """Return what ``distrorocks audit`` reports about rocks."""
    main = (sys.executable, "-c", RUN_MAIN, "audit")
    report: list[dict[str, Any]] = json.loads(run(*main, *rocks, "--json", *words, status=None).out)
    return report


def compared(
    machine: Machine, some: Rocks, *systems: str
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rock, the file, the system, the verdict and the real reason against it, or ""."""
    real = really_loaded(machine, some.paths, some.lua_version)
    for (rock, file, system), state in audits(machine.root, some, *systems).items():
        yield rock.name, file, system, state, real[rock, file]


@pytest.mark.parametrize("target", SUITES)
@pytest.mark.parametrize("kind", ["every library", "only Lua"])
def test_verdicts_agree_with_the_loader(rocks: tuple[Rocks, ...], target: str, kind: str) -> None:
    """All rocks of the three suites on each, with the libraries that packages need and without.

    Where all libraries of the table are installed, the table's verdict is compared, too; it may
    leave open whether a library is there, but must not be wrong.
    """
    layer: Layer = base(target)
    systems: tuple[str, ...] = ("here",)
    if kind == "every library":
        layer, systems = full(target), ("here", SUITES[target])
    wrong: list[object] = []
    count: Counter[tuple[str, str, str]] = Counter()
    tried: set[tuple[str, ...]] = set()
    with layer.clone() as machine:
        for some in rocks:
            if some.lua_version not in LUA_VERSIONS[target]:
                continue
            tried.update((some.suite, some.lua_version, path.name) for path in some.paths)
            for rock, file, system, state, why in compared(machine, some, *systems):
                count[system, state, "fails" if why else "loads"] += 1
                is_right = state == "unknown" and system != "here"
                if not is_right and (state == "fails") != bool(why):
                    wrong.append((some.suite, some.lua_version, rock, file, system, state, why))
    print(f"{target} with {kind}: {len(tried)} rocks; {dict(sorted(count.items()))}")
    assert not wrong
    assert len(tried) >= FEWEST
    assert {key[1] for key in count if key[0] == "here"} == {"loads", "fails"}


@contextmanager
def with_musl() -> Iterator[Machine]:
    """Give a Debian 13 machine whose Lua 5.4 is built with musl."""
    source = fetched("trixie", "lua5.4") / "src"
    with compilers("trixie").clone() as machine:
        shutil.copytree(source, machine.path("/srv/lua"))
        files = " ".join(f"{name}.c" for name in _LUA_CORE.split())
        flags = f"-O1 -DLUA_USE_POSIX -DLUA_USE_DLOPEN -Wl,-E {HEADERS} -lm -ldl"
        machine.run("sh", "-c", f"cd /srv/lua && musl-gcc -o /usr/bin/lua5.4 {files} {flags}")
        yield machine


def test_musl_is_judged_as_its_loader_does(rocks: tuple[Rocks, ...]) -> None:
    """A Lua of musl opens what is built with musl, and of glibc's what it has all symbols for.

    Alpine's table knows libraries that the machine does not have; those are not compared.
    """
    wrong: list[tuple[str, ...]] = []
    count: Counter[tuple[str, str, str]] = Counter()
    with with_musl() as machine:
        assert machine.run("lua5.4", "-v").out.startswith("Lua 5.4")
        for some in rocks:
            if some.lua_version != "5.4":
                continue
            for rock, file, system, state, why in compared(machine, some, "here", "alpine:3.22"):
                count[system, state, "fails" if why else "loads"] += 1
                if system == "here" and (state == "fails") != bool(why):
                    wrong.append((some.suite, rock, file, state, why))
                is_open = state == "unknown" or "Error loading shared library" in why
                if system != "here" and not is_open and (state == "fails") != bool(why):
                    wrong.append((some.suite, rock, file, system, state, why))
    print(f"musl: {dict(sorted(count.items()))}")
    assert not wrong
    assert count["here", "loads", "loads"] > 3
    assert count["here", "fails", "fails"] > FEWEST


def test_rocks_for_another_lua_are_told(rocks: tuple[Rocks, ...]) -> None:
    """Every rock fits the Lua that it is for; Lua itself refuses those of another number."""
    for some in rocks:
        for each in asked(some.paths, "--on", SUITES[some.suite]):
            assert some.lua_version in each["luas"], each["path"]
    with full("trixie").clone() as machine:
        (older,) = (x for x in rocks if (x.suite, x.lua_version) == ("trixie", "5.3"))
        told = {
            (rock, file): state
            for (rock, file, _), state in audits(
                machine.root, older._replace(lua_version="5.4"), "here"
            ).items()
        }
        refused = Counter[str]()
        for rock in older.paths:
            for file, why in opened(machine, rock, "5.4").items():
                if "version mismatch" in why:
                    refused[told[rock, file]] += 1
    print(f"Lua 5.4 refuses modules of Lua 5.3 by their number: {dict(refused)}")
    assert set(refused) == {"fails"}
    assert refused["fails"] > 20


def opened(machine: Machine, rock: Path, lua_version: str) -> dict[str, str]:
    """Return why ``require`` of each module in ``lib`` of a rock fails, "" where it does not."""
    place = machine.path("/srv/opened")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.unpack_archive(rock, place, "zip")
    found = {}
    for path in sorted((place / "lib").rglob("*.so")) if (place / "lib").is_dir() else ():
        file = str(path.relative_to(place))
        name = file.removeprefix("lib/").removesuffix(".so").replace("/", ".")
        script = (
            "package.cpath = '/srv/opened/lib/?.so'; "
            f"local ok, why = pcall(require, '{name}'); "
            "io.write(ok and '' or tostring(why)) os.exit(true)"
        )
        done = machine.run("timeout", "10", f"lua{lua_version}", "-e", script, status=None)
        found[file] = done.out
    return found


ROCKSPEC = """package = "number"
version = "1.0-1"
source = { url = "file:///srv/src/number.c" }
build = { type = "builtin", modules = { number = "number.c" } }
"""


@pytest.mark.parametrize("has_record", [False, True], ids=["rock", "record"])
def test_install_builds_what_would_not_load(has_record: bool) -> None:
    """A rock of sid is passed over on Debian 12 for its sources; LuaRocks installs it in vain."""
    with compilers("sid").clone() as machine:
        content = compiled(machine, "number", MODULES["number"], "5.4")
        source = machine.path("/srv/c/number.c").read_text()
    with compilers("bookworm").clone() as machine:
        server = machine.path("/srv/server")
        server.mkdir(parents=True)
        rock = packed(server, "number", {"lib/number.so": content})
        (server / "number-1.0-1.rockspec").write_text(ROCKSPEC)
        machine.write("/srv/src/number.c", source)
        if has_record:
            run(sys.executable, "-c", RUN_MAIN, "audit", "--write", rock, status=None)
        run(sys.executable, "-c", RUN_MAIN, "make-manifest", server)
        if has_record:
            rock.write_bytes(b"not a rock, and not to be read")
        with_pyelftools(machine)
        words = ("--only-server=/srv/server",)
        tree = ("--tree=/srv/tree", "--lua-version=5.4")
        plan = machine.distrorocks_inside("plan", "number", *words, *tree).out
        assert "libc.so.6 of the package libc6 lacks GLIBC_2.38" in plan
        machine.distrorocks_inside("install", "number", *words, *tree, "--build-sandbox=off")
        loads = "package.cpath = '/srv/tree/lib/lua/5.4/?.so'; require 'number'"
        machine.run("lua5.4", "-e", loads)
        if not has_record:
            other = "--tree=/srv/other"
            machine.luarocks("5.4", "install", other, "--only-server=/srv/server", "number")
            failed = machine.run("lua5.4", "-e", loads.replace("tree", "other"), status=None)
            assert "GLIBC_2.38" in failed.err


def with_pyelftools(machine: Machine) -> None:
    """Put pyelftools beside the distrorocks in a machine."""
    import elftools

    machine.distrorocks_inside("--version")
    source = Path(elftools.__file__).parent
    shutil.copytree(source, machine.path(INSIDE) / "elftools", dirs_exist_ok=True)


def test_without_pyelftools_rocks_are_installed_unasked() -> None:
    """A warning says so; audit says what to install."""
    with base("bookworm").clone() as machine:
        server = machine.path("/srv/server")
        server.mkdir(parents=True)
        packed(server, "number", {"lib/number.so": b"\x7fELF nothing"})
        run(sys.executable, "-c", RUN_MAIN, "make-manifest", server)
        words = ("--only-server=/srv/server", "--tree=/srv/tree", "--lua-version=5.4")
        done = machine.distrorocks_inside("plan", "number", *words)
        assert "is not checked: pyelftools" in done.err
        rock = "/srv/server/number-1.0-1.linux-x86_64.rock"
        failed = machine.distrorocks_inside("audit", rock, status=3)
        assert "python3-pyelftools" in failed.err
