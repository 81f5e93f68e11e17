"""Rocks are installed over what a Debian 13 has, as root and as a user, all of them or none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from integration.machines.machine import INSIDE, RUN_MAIN, Machine, Outcome
from integration.machines.rocks import published
from integration.machines.roots import Layer, RootError, with_packages

LUA = "5.4"
SERVER = "/srv/rocks"
HOME = "/home/me"
NOTES = (
    "/var/log/",
    "/var/cache/",
    "/var/lib/apt/",
    "/root/.cache",
    f"{HOME}/.cache",
    f"{HOME}/.local",
    INSIDE,
)
# Versions of rocks with what they need; lpeg and luasocket are there as packages, too.
ROCKS = {
    "app 1.0": ["lua >= 5.1", "lpeg >= 1.0", "luasocket >= 3", "leaf >= 2"],
    "leaf 1.0": [],
    "leaf 2.0": [],
    "lpeg 1.0.2": [],
    "luasocket 3.0.0": [],
    "old 1.0": ["leaf < 2"],
    "moda 1.0": [],
    "moda 2.0": [],
    "modb 1.0": ["moda < 2"],
    "modc 1.0": ["moda >= 2", "modb"],
    "modd 0.9": [],
    "modd 1.0": ["moda < 2"],
    "mode 1.0": ["moda >= 2", "modd"],
    "ping 1.0": ["pong"],
    "pong 1.0": ["ping"],
    "aleaf 1.0": [],
    "trap 1.0": ["leaf >= 2", "pong", "bad", "app", "aleaf"],
    "bad 1.0": [],
    "slow 1.0": ["leaf"],
    "luarocks-build-copy 1.0": [],
    "copied 1.0": [],
    "tool 1.0": ["leaf"],
    "zipped 1.0": ["leaf"],
    "settled 1.0": [],
}
# What is built in another way than one module of the rock's own name. aleaf comes before leaf in
# the alphabet, so it takes the plain name of leaf's module; bad leaves a mess and fails.
BUILDS = {
    "aleaf": 'type = "builtin", modules = { leaf = "SOURCE" }',
    "bad": 'type = "command", build_command = "mkdir -p $(LUADIR) && touch $(LUADIR)/stray.lua '
    '&& echo NO COMPILER && false"',
    "slow": 'type = "command", '
    'build_command = "cp /usr/bin/tail builder-of-slow && exec ./builder-of-slow -f /dev/null"',
    "luarocks-build-copy": 'type = "builtin", modules = { ["luarocks.build.copy"] = "SOURCE" }',
    "copied": 'type = "copy"',
    "settled": """type = "command", install_command = "cp settled.lua $(LUADIR) && "
        .. "echo data of $(PREFIX) is in $(CONFDIR) >$(CONFDIR)/where" """,
    "tool": 'type = "none", install = { bin = { tool = "SOURCE" } }',
}
EXTERNALS = {"zipped": 'external_dependencies = { ZLIB = { header = "zlib.h", library = "z" } }\n'}
SOURCES = {
    "luarocks-build-copy": """return { run = function(rockspec)
        local path = require("luarocks.path")
        local to = path.lua_dir(rockspec.name, rockspec.version) .. "/copied.lua"
        return require("luarocks.fs").copy("/srv/rocks/src/copied-1.0/copied.lua", to)
    end }""",
    "tool": "print('tool of ' .. require('leaf'))",
}


def write_server(machine: Machine) -> None:
    """Make a rocks server of small rocks: each is one file, and most are one module."""
    for rock, needs in ROCKS.items():
        name, version = rock.split()
        source = f"{SERVER}/src/{name}-{version}/{name}.lua"
        machine.write(source, SOURCES.get(name, f"return '{name} {version}'\n"))
        build = BUILDS.get(name, f'type = "builtin", modules = {{ {name} = "SOURCE" }}')
        build = build.replace("SOURCE", f"{name}.lua")
        listed = ", ".join(f'"{need}"' for need in needs)
        machine.write(
            f"{SERVER}/{name}-{version}-1.rockspec",
            f'package = "{name}"\nversion = "{version}-1"\n'
            f'source = {{ url = "file://{source}", dir = "." }}\n'
            f"dependencies = {{ {listed} }}\nbuild = {{ {build} }}\n" + EXTERNALS.get(name, ""),
        )
    machine.distrorocks_inside("make-manifest", SERVER)


@pytest.fixture(scope="module")
def stage() -> Iterator[Layer]:
    """Debian 13 with lua-lpeg as a rock, apt's lists, a rocks server, and a user."""
    with with_packages("trixie", ("lua-lpeg",)).clone() as machine:
        for path in ("/etc/resolv.conf", "/etc/hosts"):
            shutil.copy(path, machine.path(path))
        machine.run("apt-get", "update", "-qq", online=True)
        machine.run("useradd", "--create-home", "me")
        machine.distrorocks("refresh")
        machine.distrorocks("config-snippet", "--apply")
        write_server(machine)
        yield machine.freeze()


@pytest.fixture
def root(stage: Layer) -> Iterator[Machine]:
    """A fresh machine on that stage."""
    with stage.clone() as machine:
        yield machine


def told(machine: Machine, verb: str, *words: str, status: int | None = 0) -> Outcome:
    """Run a verb as root, with the server and the Lua version of the story."""
    server = () if verb == "remove" else ("--only-server", SERVER)
    return machine.distrorocks_inside(verb, *words, *server, "--lua-version", LUA, status=status)


def told_me(machine: Machine, verb: str, *words: str, status: int | None = 0) -> Outcome:
    """Run a verb as the user, in their home directory."""
    program = f"import sys; sys.path.insert(0, {INSIDE!r}); {RUN_MAIN}"
    server = () if verb == "remove" else ("--only-server", SERVER)
    return as_me(
        machine,
        *("python3", "-I", "-S", "-B", "-c", program, verb, *words, *server),
        *("--lua-version", LUA),
        status=status,
    )


def as_me(machine: Machine, *words: str, status: int | None = 0) -> Outcome:
    """Run a command as the user."""
    rights = ("setpriv", "--reuid=me", "--regid=me", "--clear-groups")
    return machine.run(
        *rights, "env", f"--chdir={HOME}", f"HOME={HOME}", "USER=me", *words, status=status
    )


def steps(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Return what a plan does with each rock but lua, and in which tree."""
    plan: dict[str, Any] = json.loads(outcome.out)
    return {
        each["rock"]: (each["step"], each.get("tree", ""))
        for each in plan["steps"]
        if each["rock"] != "lua"
    }


def held(machine: Machine) -> dict[str, str]:
    """Return all that a machine holds but for logs, caches and our own program."""
    return {path: what for path, what in machine.contents().items() if not path.startswith(NOTES)}


def test_one_rock_stays_one_could_come_by_apt_the_rest_is_installed(root: Machine) -> None:
    """The plan says all three; the install does it, and LuaRocks and Lua agree afterwards."""
    shown = told(root, "plan", "app").out
    assert "keep     lpeg" in shown
    assert "/usr (lua-lpeg)" in shown
    assert "`apt install lua-socket && distrorocks refresh` would satisfy luasocket too" in shown
    before = root.rocks(LUA)
    done = told(root, "install", "app", "--yes")
    assert [line for line in done.err.splitlines() if line.startswith("[")] == [
        f"[1/3] building leaf 2.0-1 from {SERVER}",
        f"[2/3] building luasocket 3.0.0-1 from {SERVER}",
        f"[3/3] building app 1.0-1 from {SERVER}",
    ]
    installed = {("leaf", "2.0-1"), ("luasocket", "3.0.0-1"), ("app", "1.0-1")}
    assert root.rocks(LUA) == before | installed
    assert published(root, LUA, "/usr/local/lib/luarocks") == installed
    said = root.run(f"lua{LUA}", "-e", "print(require 'app', require 'lpeg'.version)").out
    assert said.startswith("app 1.0")
    again = told(root, "install", "app", "--yes")
    assert "nothing to install" in again.err
    why = told(root, "why", "lpeg").out
    assert "(package lua-lpeg)\n  app 1.0-1 in /usr/local needs 'lpeg >= 1.0'\n" in why


def test_packages_can_be_counted_on_and_are_never_installed_by_us(root: Machine) -> None:
    """With --distro=require the plan names the package, and the install waits for apt."""
    before = held(root)
    shown = told(root, "plan", "app", "--distro=require").out
    assert "`apt install lua-socket && distrorocks refresh` satisfies luasocket" in shown
    refused = told(root, "install", "app", "--distro=require", "--yes", status=1)
    assert "apt install lua-socket" in refused.err
    assert held(root) == before
    root.run("apt-get", "install", "-qq", "--yes", "lua-socket", online=True)
    root.distrorocks("refresh")
    told(root, "install", "app", "--distro=require", "--yes")
    assert published(root, LUA, "/usr/local/lib/luarocks") == {("leaf", "2.0-1"), ("app", "1.0-1")}


def test_a_missing_library_is_named_with_its_package_before_anything_is_built(
    root: Machine,
) -> None:
    """All that the rocks of a plan need from outside LuaRocks is looked for first."""
    before = held(root)
    refused = told(root, "install", "zipped", "--yes", status=1)
    assert "zipped 1.0-1 needs ZLIB" in refused.err
    assert "apt install zlib1g-dev" in refused.err
    assert "[1/" not in refused.err
    assert held(root) == before


@pytest.mark.parametrize(
    ("mode", "mine", "of_user"),
    [
        ("one", "/usr/local", f"{HOME}/.luarocks"),
        ("all", "/usr", "/usr"),
        ("order", "/usr/local", "/usr"),
        ("none", "", ""),
    ],
)
def test_the_four_modes(root: Machine, mode: str, mine: str, of_user: str) -> None:
    """Where lpeg is taken from by root and by a user; with none nothing is looked at."""
    as_root = steps(told(root, "plan", "app", "--json", "--deps-mode", mode))
    as_user = steps(told_me(root, "plan", "app", "--json", "--local", "--deps-mode", mode))
    for found, tree, target in (
        (as_root, mine, "/usr/local"),
        (as_user, of_user, f"{HOME}/.luarocks"),
    ):
        assert found["app"] == ("install", target)
        if not tree:
            assert list(found) == ["app"]
        else:
            assert found["lpeg"] == ("keep" if tree == "/usr" else "install", tree)
    told(root, "install", "app", "--yes", "--deps-mode", mode)
    placed = {name for name, _ in published(root, LUA, "/usr/local/lib/luarocks")}
    assert placed == {name for name, (step, _) in as_root.items() if step == "install"}


def test_a_user_installs_at_home(root: Machine) -> None:
    """Nothing outside of the user's tree changes, and the user's LuaRocks lists it."""
    before = {path: what for path, what in held(root).items() if not path.startswith(HOME)}
    told_me(root, "install", "app", "--local", "--yes")
    after = {path: what for path, what in held(root).items() if not path.startswith(HOME)}
    assert after == before
    listed = as_me(root, "luarocks", f"--lua-version={LUA}", "list", "--porcelain").out
    assert f"app\t1.0-1\tinstalled\t{HOME}/.luarocks/lib/luarocks/rocks-{LUA}" in listed
    denied = told_me(root, "install", "leaf", "--yes", "--deps-mode=one", status=None)
    assert denied.status != 0
    assert "this user cannot write to /usr/local" in denied.err
    assert "sudo" in denied.err


@pytest.mark.parametrize("who", ["root", "user"])
def test_a_failing_build_leaves_the_tree_as_it_was(root: Machine, who: str) -> None:
    """To the byte: an older leaf was replaced, its module renamed for another's, more installed."""
    run = told if who == "root" else told_me
    local = () if who == "root" else ("--local",)
    run(root, "install", "leaf", "1.0", "--yes", *local)
    before = held(root)
    failed = run(root, "install", "trap", "--yes", *local, status=3)
    assert "] building bad 1.0-1" in failed.err
    assert "bad 1.0-1: the build failed while building (status 1)" in failed.err
    assert "NO COMPILER" in failed.err
    assert held(root) == before


def test_a_run_that_is_killed_while_it_builds_leaves_nothing(root: Machine) -> None:
    """kill -9 of distrorocks alone during a build: no process is left, and no tree is changed."""
    before = held(root)
    program = f"import sys; sys.path.insert(0, {INSIDE!r}); {RUN_MAIN}"
    words = f"install slow --yes --only-server {SERVER} --lua-version {LUA}"
    building = "grep -lsx 'builder-of-slow' /proc/[0-9]*/comm"
    left = root.run(
        "sh",
        "-c",
        f'python3 -I -S -B -c "{program}" {words} & run=$!; '
        f"until {building} >/dev/null; do sleep 0.1; done; kill -9 $run; sleep 2; "
        f"{building} || echo none",
    )
    assert left.out.strip().endswith("none")
    assert held(root) == before
    told(root, "install", "moda", "--yes")
    assert ("moda", "2.0-1") in published(root, LUA, "/usr/local/lib/luarocks")


def test_commands_and_build_back_ends_find_their_modules(root: Machine) -> None:
    """In a tree that no configuration lists, where LuaRocks' commands would look nowhere."""
    told(root, "install", "tool", "copied", "--tree=/opt/rocks", "--yes")
    assert root.run("/opt/rocks/bin/tool").out == "tool of leaf 2.0\n"
    assert (
        root.path(f"/opt/rocks/share/lua/{LUA}/copied.lua").read_text() == "return 'copied 1.0'\n"
    )
    told(
        root,
        "remove",
        "tool",
        "leaf",
        "copied",
        "luarocks-build-copy",
        "--tree=/opt/rocks",
        "--yes",
    )
    left = [path.name for path in root.paths("/opt/rocks") if not path.is_dir()]
    assert left == ["manifest"]


def test_what_a_build_writes_of_its_directory_is_true_in_every_tree(root: Machine) -> None:
    """Its files name the rock's directory in the tree, as LuaRocks' do, also the second time."""
    trees = ("/opt/one", "/opt/two")
    for tree in trees:
        told(root, "install", "settled", f"--tree={tree}", "--yes")
    words = (f"--only-server={SERVER}", f"--lua-version={LUA}", "--tree=/opt/luarocks")
    root.run("luarocks", "install", *words, "settled", online=True)
    for tree in (*trees, "/opt/luarocks"):
        rock = f"{tree}/lib/luarocks/rocks-{LUA}/settled/1.0-1"
        text = root.path(f"{rock}/conf/where").read_text()
        assert text == f"data of {rock} is in {rock}/conf\n"
    found = root.distrorocks_inside("verify", "--tree=/opt/two", f"--lua-version={LUA}")
    assert "settled" not in found.out


def test_the_greedy_trap_is_seen_before(root: Machine) -> None:
    """Where LuaRocks ends with a broken rock and status 0, there is a proof or another way."""
    before = held(root)
    refused = told(root, "install", "modc", "--yes", status=1)
    assert "moda >= 2" in refused.err
    assert "moda < 2" in refused.err
    assert held(root) == before
    told(root, "install", "mode", "--yes")
    placed = published(root, LUA, "/usr/local/lib/luarocks")
    assert placed == {("moda", "2.0-1"), ("modd", "0.9-1"), ("mode", "1.0-1")}


def test_a_cycle_of_sources_ends(root: Machine) -> None:
    """LuaRocks alone would fetch the one for the other for ever."""
    done = told(root, "install", "ping", "--yes")
    assert "depend on each other" in done.out
    assert published(root, LUA, "/usr/local/lib/luarocks") == {("ping", "1.0-1"), ("pong", "1.0-1")}


def test_removing_looks_into_all_trees(root: Machine) -> None:
    """What a rock of any listed tree needs stays, what packages own is theirs, the rest goes."""
    told(root, "install", "leaf", "1.0", "--yes")
    told(root, "install", "old", "--tree=/root/.luarocks", "--yes")
    before = held(root)
    refused = told(root, "remove", "leaf", "--yes", status=1)
    assert "old 1.0-1 in /root/.luarocks needs 'leaf < 2'" in refused.err
    theirs = told(root, "remove", "lpeg", "--tree=/usr", "--yes", status=1)
    assert "lpeg 1.1.0-2 belongs to the package lua-lpeg" in theirs.err
    assert "hint: apt remove lua-lpeg" in theirs.err
    mine = told(root, "install", "moda", "--tree=/usr", "--yes", status=1)
    assert "the tree /usr belongs to packages: moda 2.0-1 cannot be installed there" in mine.err
    assert held(root) == before
    told(root, "remove", "old", "--tree=/root/.luarocks", "--yes")
    told(root, "remove", "leaf", "--yes")
    assert published(root, LUA, "/usr/local/lib/luarocks") == set()
    assert [fault for fault in root.faults() if " c " not in fault] == []


def test_a_newer_luarocks_agrees() -> None:
    """LuaRocks 3.11 lists what was deployed, builds for a plugin's type, and no lock stays."""
    try:
        layer = with_packages("sid", ())
    except RootError as refusal:
        pytest.skip(f"the mirror does not serve sid now: {refusal}")
    with layer.clone() as machine:
        write_server(machine)
        told(machine, "install", "leaf", "1.0", "--yes")
        before = held(machine)
        failed = told(machine, "install", "trap", "--yes", "--distro=never", status=3)
        assert "NO COMPILER" in failed.err
        assert held(machine) == before
        told(machine, "install", "app", "copied", "--yes", "--distro=never")
        assert ("copied", "1.0-1") in machine.rocks(LUA)
        assert ("app", "1.0-1") in machine.rocks(LUA)
        module = machine.path(f"/usr/local/share/lua/{LUA}/app.lua")
        module.write_text("spoiled")
        told(machine, "install", "app", "--yes", "--distro=never", "--force")
        assert module.read_text() == "return 'app 1.0'\n"
        assert not machine.path("/usr/local/lockfile.lfs").is_symlink()
