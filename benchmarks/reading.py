"""What tells about rocks, on the files that LuaRocks reads as well.

``list``, ``which`` and ``show`` read a tree whose manifest is ours and LuaRocks' alike; ``search``
and ``plan`` a server's folder with a manifest of 5.5 MB, ``first`` without and ``again`` with what
an earlier run has kept. LuaRocks tells by ``install`` that a server has no such rock. ``--help``
and ``--version`` are those of each verb that both have.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import FLOOR, OURS, PEER, Case, contains, nothing, start
from benchmarks.tree_generator import MODULES_PER_ROCK, rock_name, write_tree

LUA_VERSION = "5.4"
LUA_VERSIONS = ("5.1", "5.2", "5.3", "5.4", "5.5")
LUAROCKS = f"luarocks-{LUA_VERSION}"
BYTES = 5_500_000
SIZES = (1000, 10000)
UNKNOWN = "no-such-rock"
PYTHON = ("/usr/bin/python3", "-E", "-S", "-c", "pass")
VERBS = ("list", "show", "which", "search", "install", "remove", "pack", "make")
READ_AIM, FIRST_AIM, AGAIN_AIM, HELP_AIM, PLAN_LIMIT = 1.5, 2, 6, 2, 0.5


def write_installed(root: Path, rocks: int) -> None:
    """Write a tree with its modules and its manifest."""
    write_tree(root, rocks, lua_version=LUA_VERSION)
    modules = root / "share/lua" / LUA_VERSION
    for number in range(rocks):
        folder = modules / rock_name(number)
        folder.mkdir(parents=True)
        folder.with_suffix(".lua").write_text("return 1\n")
        for part in range(MODULES_PER_ROCK - 1):
            (folder / f"part{part}.lua").write_text("return 1\n")
    command = start("make-manifest", "--local-tree", f"--tree={root}")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def write_served(folder: Path) -> str:
    """Write a server's manifests, as large as that of luarocks.org was; return a rock.

    That rock has a rockspec there, so that it can be planned.
    """
    chosen, size = random.Random(3), 0
    entries: list[str] = []
    rock, rockspecs = "", {}
    while size < BYTES:
        versions = {f"{chosen.randrange(9)}.{chosen.randrange(20)}-1" for _ in range(6)}
        listed = ",\n".join(
            f'      ["{version}"] = {{\n         {{\n            arch = "rockspec"\n         }},\n'
            '         {\n            arch = "src"\n         }\n      }'
            for version in sorted(versions)
        )
        rock = rock_name(len(entries))
        rockspecs[rock] = versions
        entries.append(f"   {rock} = {{\n{listed}\n   }}")
        size += len(entries[-1])
    text = "commands = {}\nmodules = {}\nrepository = {\n" + ",\n".join(entries) + "\n}\n"
    folder.mkdir()
    for name in ("manifest", *(f"manifest-{version}" for version in LUA_VERSIONS)):
        (folder / name).write_text(text)
    rock = rock_name(len(entries) // 2)
    for version in rockspecs[rock]:
        (folder / f"{rock}-{version}.rockspec").write_text(
            f'package = "{rock}"\nversion = "{version}"\n'
            f'source = {{ url = "https://example.org/{rock}.tar.gz" }}\n'
            f'build = {{ type = "builtin", modules = {{ {rock} = "{rock}.lua" }} }}\n'
        )
    return rock


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield the cases of a tree of each size, of a server, and of help."""
    for rocks in sizes or SIZES:
        tree = scratch / f"tree{rocks}"
        write_installed(tree, rocks)
        config = Path(os.environ["LUAROCKS_CONFIG"])
        config.write_text(f'rocks_trees = {{ {{ name = "user", root = "{tree}" }} }}\n')
        yield from _tree_cases(tree, rocks)
        config.write_text("")
    yield from _server_cases(scratch / "server")
    yield from _help_cases()


def _tree_cases(tree: Path, rocks: int) -> Iterator[Case]:
    rock = rock_name(rocks // 2)
    module = f"{rock}.part3"
    place = f"{tree}/share/lua/{LUA_VERSION}/{rock}/part3.lua"
    own, other = f"--tree={tree}", f"--lua-version={LUA_VERSION}"
    for verb, words, told in (
        ("list", ["list"], rock_name(rocks - 1)),
        ("which", ["which", module], place),
        ("show", ["show", rock], place),
    ):
        commands = {
            OURS: start(*words, own, other),
            PEER: [LUAROCKS, *words] if verb == "which" else [LUAROCKS, own, *words],
            FLOOR: PYTHON,
        }
        yield Case(verb, rocks, commands, contains(ours=told, peer=told), aim=READ_AIM)


def _server_cases(folder: Path) -> Iterator[Case]:
    rock = write_served(folder)
    server, lua = f"--only-server={folder}", f"--lua-version={LUA_VERSION}"
    tree, ours = f"--tree={folder.parent / 'empty'}", (server, lua, "--distro=never")
    cache = os.environ["XDG_CACHE_HOME"]

    def forget(_: str) -> None:
        shutil.rmtree(cache, ignore_errors=True)

    search = {OURS: start("search", rock, *ours), PEER: [LUAROCKS, server, "search", rock]}
    found = contains(ours=f"\n{rock}\n", peer=f"\n{rock}\n")
    yield Case("search in 5.5 MB, first", 0, search, found, before=forget, aim=FIRST_AIM)
    yield Case("search in 5.5 MB, again", 0, search, found, aim=AGAIN_AIM)
    for name, wanted, told in (
        ("plan of a rock of 5.5 MB", rock, rock),
        ("plan of no rock of 5.5 MB", UNKNOWN, UNKNOWN),
    ):
        commands = {OURS: _whatever(start("plan", wanted, *ours, tree))}
        if wanted == UNKNOWN:
            commands[PEER] = _whatever([LUAROCKS, server, tree, "install", wanted])
        for order, before in (("first", forget), ("again", nothing)):
            check = contains(ours=told, peer="No results")
            yield Case(f"{name}, {order}", 0, commands, check, before=before, limit=PLAN_LIMIT)


def _help_cases() -> Iterator[Case]:
    check = contains(ours="sage", peer="sage")
    for verb in VERBS:
        commands = {OURS: start(verb, "--help"), PEER: [LUAROCKS, "help", verb], FLOOR: PYTHON}
        if verb in ("install", "list"):
            commands[PEER] = [LUAROCKS, verb, "--help"]
        yield Case(f"{verb} --help", 0, commands, check, aim=HELP_AIM)
    commands = {OURS: start("--version"), PEER: [LUAROCKS, "--version"], FLOOR: PYTHON}
    yield Case("--version", 0, commands, contains(ours="0.", peer="3."), aim=HELP_AIM)


def _whatever(command: Sequence[str]) -> list[str]:
    """Return a command that may end with any exit status."""
    return ["sh", "-c", '"$@" || true', "sh", *command]
