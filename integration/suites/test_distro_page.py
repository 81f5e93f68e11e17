"""The example of LuaRocks' page on distro modules: its verdicts and ours agree in every mode."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from integration.machines.machine import Machine
from integration.machines.rocks import write_local_rock
from integration.machines.roots import LUA_PACKAGES, RootError, with_packages

LUA = "5.4"
MODES = ("one", "all", "order", "none")
# The page's own lines, with no server but an empty one.
PAGE = """
rocks_trees = {
   { name = "user", root = home.."/.luarocks" },
   { name = "distro-modules", root = "/usr" },
   { name = "system", root = "/usr/local" },
}
deps_mode = "all"
rocks_servers = { "/srv/empty" }
"""
ANN = "ann:x:1234:1234:Ann:/home/ann:/bin/sh\n"


class Who(NamedTuple):
    """Somebody who installs: how to become them, the words for their tree, what meets the need."""

    name: str
    become: str
    words: str
    meets: frozenset[str]


# The page puts the distribution before the system, so only a user sees it under "order".
WHO = (
    Who("root", "", "", frozenset({"all"})),
    Who(
        "ann",
        "setpriv --reuid=1234 --regid=1234 --clear-groups env HOME=/home/ann USER=ann ",
        "--local",
        frozenset({"all", "order"}),
    ),
)


@pytest.fixture(scope="module", params=["bookworm", "sid"])
def page(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """Debian with five Lua packages, configured as the page says, and a rock that needs two."""
    suite: str = request.param
    try:
        layer = with_packages(suite, LUA_PACKAGES)
    except RootError as refusal:
        if suite != "sid":
            raise
        pytest.skip(f"the mirror does not serve {suite} now: {refusal}")
    with layer.clone() as machine:
        machine.write(f"/etc/luarocks/config-{LUA}.lua", PAGE)
        empty = "commands = {}\nmodules = {}\nrepository = {}\n"
        machine.write(f"/srv/empty/manifest-{LUA}", empty)
        with machine.path("/etc/passwd").open("a") as passwd:
            passwd.write(ANN)
        machine.run("install", "-d", "-o", "1234", "-g", "1234", "/home/ann")
        write_local_rock(machine, "needy", ["lua >= 5.1", "lpeg >= 1.0", "luafilesystem >= 1.6"])
        machine.run("chmod", "-R", "a+rwX", "/srv")
        yield machine


def luarocks_says(machine: Machine, who: Who) -> dict[str, bool]:
    """Return for each mode whether LuaRocks has the needs met: it installs, or it fails."""
    said = {}
    for mode in MODES:
        make = f"luarocks --lua-version={LUA} make {who.words} --deps-mode={mode}"
        outcome = machine.run("sh", "-c", f"cd /srv/needy && {who.become}{make}", status=None)
        told = outcome.out + outcome.err
        assert ("Could not satisfy dependency" in told) == (outcome.status != 0), told
        said[mode] = outcome.status == 0
    return said


def we_say(machine: Machine, who: Who) -> dict[str, bool]:
    """Return for each mode whether ``check`` finds no need unsatisfied; run as that user."""
    machine.distrorocks_inside("list")
    program = (
        "import sys; sys.path.insert(0, '/opt/distrorocks');"
        "from distrorocks.cli.main import main; sys.exit(main())"
    )
    said = {}
    for mode in MODES:
        words = ["python3", "-I", "-S", "-B", "-c", program, "check", "needy", "--json"]
        words += ["--lua-version", LUA, "--deps-mode", mode]
        outcome = machine.run("sh", "-c", who.become + shlex.join(words), status=None)
        (found,) = json.loads(outcome.out)["lua_versions"]
        unmet = {it["told"] for it in found["findings"] if it["kind"] == "unsatisfied"}
        assert bool(unmet) == bool(outcome.status)
        assert unmet in (set(), {"needs lpeg >= 1.0", "needs luafilesystem >= 1.6"})
        said[mode] = not unmet
    return said


def put_down(machine: Machine, who: Who) -> None:
    """Install the rock without looking at what it needs, so that it stands to be checked."""
    make = f"luarocks --lua-version={LUA} make {who.words} --deps-mode=none"
    machine.run("sh", "-c", f"cd /srv/needy && {who.become}{make}")


def take_away(machine: Machine, who: Who) -> None:
    """Remove the rock again."""
    remove = f"luarocks --lua-version={LUA} remove {who.words} --force needy"
    machine.run("sh", "-c", f"cd / && {who.become}{remove}")


def test_before_and_after_a_refresh(page: Machine) -> None:
    """Before it nothing meets the needs; after it what the page promises does, and only that."""
    for is_refreshed in (False, True):
        if is_refreshed:
            page.distrorocks("refresh")
        for who in WHO:
            expected = {
                mode: mode == "none" or (is_refreshed and mode in who.meets) for mode in MODES
            }
            assert luarocks_says(page, who) == expected, who.name
            put_down(page, who)
            assert we_say(page, who) == expected, who.name
            take_away(page, who)
