"""Several programs change one tree at once, from any offset: nobody's finished rock is lost.

LuaRocks 3.8 (Debian 13) takes no lock; 3.11 (sid) takes the same one as distrorocks, and does not
wait for it: it ends at once where another program has it, and has then begun nothing.
DISTROROCKS_EVERY_FAULT=1 tries five times as many offsets. Figures are printed (``-s``).
"""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from integration.faults.choice import is_every
from integration.machines.machine import INSIDE, RUN_MAIN, Machine
from integration.machines.roots import RootError, with_packages

LUA = "5.4"
SERVER = "/srv/rocks"
TREE = "/usr/local"
OFFSETS = 50 if is_every() else 10
NAMES = tuple(f"rock{number}" for number in range(6))
REFUSED = "requires exclusive write access"
"""What LuaRocks says where another program has the lock."""
FILES = 40
"""Modules of each rock, so that deploying takes a while."""


def write_server(machine: Machine) -> None:
    """Make rocks of many modules, each under its own name, and one that they share."""
    for name in NAMES:
        modules = {f"{name}.m{number}": f"{name}/m{number}.lua" for number in range(FILES)}
        modules |= {"shared": "shared.lua"}
        for path in modules.values():
            machine.write(f"{SERVER}/src/{name}/{path}", f"return '{name}'\n")
        listed = ", ".join(f'["{module}"] = "{path}"' for module, path in modules.items())
        machine.run("tar", "-C", f"{SERVER}/src", "-czf", f"{SERVER}/{name}.tar.gz", name)
        machine.write(
            f"{SERVER}/{name}-1.0-1.rockspec",
            f'package = "{name}"\nversion = "1.0-1"\n'
            f'source = {{ url = "file://{SERVER}/{name}.tar.gz", dir = "{name}" }}\n'
            f'build = {{ type = "builtin", modules = {{ {listed} }} }}\n',
        )
    machine.distrorocks_inside("make-manifest", SERVER)


@pytest.fixture(scope="module", params=["trixie", "sid"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A root with LuaRocks, and a server of rocks."""
    try:
        layer = with_packages(request.param, ("lua-lpeg",) if request.param == "trixie" else ())
    except RootError as refusal:
        pytest.skip(f"the mirror does not serve {request.param} now: {refusal}")
    with layer.clone() as machine:
        write_server(machine)
        yield machine


def ours(machine: Machine, name: str) -> subprocess.Popen[str]:
    """Start distrorocks in a machine."""
    program = f"import sys; sys.path.insert(0, {INSIDE!r}); {RUN_MAIN}"
    words = ("install", name, "--only-server", SERVER, "--lua-version", LUA, "--deps-mode=one")
    return _started(machine, "python3", "-I", "-S", "-B", "-c", program, *words, "--yes")


def theirs(machine: Machine, name: str) -> subprocess.Popen[str]:
    """Start LuaRocks in a machine."""
    words = (f"--lua-version={LUA}", "install", name, f"--only-server={SERVER}", f"--tree={TREE}")
    return _started(machine, "luarocks", *words)


def _started(machine: Machine, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        machine.words(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(*processes: subprocess.Popen[str]) -> list[str]:
    """Wait for processes and return what each printed.

    Fail unless all ended well, or are a LuaRocks that another program's lock kept out.
    """
    told = [process.communicate()[0] for process in processes]
    failed = [text for process, text in zip(processes, told, strict=True) if process.returncode]
    assert [text for text in failed if REFUSED not in text] == []
    return told


def clear(machine: Machine) -> None:
    """Make the tree empty."""
    machine.run("rm", "-rf", f"{TREE}/lib/luarocks", f"{TREE}/share/lua", f"{TREE}/lib/lua")


def lost(machine: Machine, names: Sequence[str]) -> Iterator[str]:
    """Yield what of some rocks is not there: a module of its own, or its directory."""
    rocks = machine.path(f"{TREE}/lib/luarocks/rocks-{LUA}")
    modules = machine.path(f"{TREE}/share/lua/{LUA}")
    for name in names:
        files = [f"{name}/1.0-1/{name}-1.0-1.rockspec", f"{name}/1.0-1/rock_manifest"]
        yield from (path for path in files if not Path(rocks, path).is_file())
        paths = [f"{name}/m{number}.lua" for number in range(FILES)]
        yield from (path for path in paths if not Path(modules, path).is_file())


@pytest.mark.parametrize("count", [2, 5])
def test_several_at_once_all_install(machine: Machine, count: int) -> None:
    """Each waits for the others and plans again; all rocks are there, and in the manifest."""
    clear(machine)
    names = NAMES[:count]
    told = ended(*(ours(machine, name) for name in names))
    assert list(lost(machine, names)) == []
    assert {name for name, _ in machine.rocks(LUA)} >= set(names), told


def test_beside_luarocks_no_finished_rock_is_lost(machine: Machine) -> None:
    """Ours starts at random offsets of a run of LuaRocks, which may forget to list it, as it does
    beside any other program; the next run of distrorocks lists all."""
    chance = random.Random(15)  # noqa: S311 - any offsets will do
    begun = time.monotonic()
    clear(machine)
    ended(theirs(machine, NAMES[0]))
    length = time.monotonic() - begun
    seen: Counter[str] = Counter()
    for _ in range(OFFSETS):
        clear(machine)
        runs = [(theirs, 0.0), (ours, chance.uniform(0, length))]
        if chance.random() < 0.5:
            runs = [(ours, 0.0), (theirs, chance.uniform(0, length))]
        processes = []
        for (start, offset), name in zip(runs, NAMES, strict=False):
            time.sleep(offset)
            processes.append(start(machine, name))
        told = ended(*processes)
        names = [it for it, text in zip(NAMES, told, strict=False) if REFUSED not in text]
        assert list(lost(machine, names)) == []
        listed = {name for name, _ in machine.rocks(LUA)}
        seen["all listed" if listed >= set(names) else "LuaRocks forgot one"] += 1
        seen["LuaRocks was kept out"] += 2 - len(names)
        ended(ours(machine, NAMES[2]))
        assert {name for name, _ in machine.rocks(LUA)} >= {*names, NAMES[2]}
    assert seen["LuaRocks was kept out"] < OFFSETS
    print(f"\nbeside LuaRocks: {dict(seen)} of {OFFSETS} offsets within {length:.2f} s")
