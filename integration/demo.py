"""The story of distrorocks in a minute: what LuaRocks sees of packages, before and after."""

from __future__ import annotations

import hashlib
import os
import sys
import textwrap
import time

from integration.machines.machine import CommandError, Machine, Outcome
from integration.machines.rocks import OWN_TREE, published, write_local_rock
from integration.machines.roots import LUA_PACKAGES, RootError, with_packages
from integration.machines.scratch import ScratchError

SUITE = "bookworm"
LUA_VERSIONS = ("5.3", "5.4")


def chapter(title: str) -> None:
    """Print the heading of a part of the story."""
    print(f"\n== {title}\n", flush=True)


def told(prompt: str, outcome: Outcome) -> str:
    """Print a command and what it said, and return what it said."""
    said = (outcome.out + outcome.err).strip("\n")
    print(f"$ {prompt}")
    print(textwrap.indent(said or "(nothing)", "  "), flush=True)
    return said


def luarocks(machine: Machine, lua_version: str, words: str) -> str:
    """Run the machine's LuaRocks, print what it said and return it."""
    prompt = f"luarocks --lua-version={lua_version} {words}"
    return told(prompt, machine.luarocks(lua_version, *words.split()))


def distrorocks(machine: Machine, words: str) -> str:
    """Run distrorocks on the host for the machine's root, print what it said and return it."""
    verb, *options = words.split()
    said = machine.distrorocks(verb, *options)
    place = str(machine.root)
    told(f"distrorocks {words} --root ROOT", said._replace(err=said.err.replace(place, "ROOT")))
    return said.out + said.err


def fingerprint(folder: str) -> str:
    """Return a digest of every name, size and time below a folder of the host."""
    digest = hashlib.sha256()
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            state = os.lstat(os.path.join(here, name))
            digest.update(
                f"{here}/{name} {state.st_size} {state.st_mtime_ns}\n".encode(
                    "utf-8", "surrogateescape"
                )
            )
    return digest.hexdigest()[:16]


def expect(holds: bool, what: str) -> None:
    """Stop the story where it is not true."""
    if not holds:
        raise SystemExit(f"\nerror: the story went wrong: {what}")


def tell(machine: Machine) -> None:
    """Tell the story on a machine with the five packages."""
    chapter(f"A scratch Debian ({SUITE}) with five Lua packages, as apt installed them")
    query = ("dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *LUA_PACKAGES)
    told("dpkg-query -W", machine.run(*query))

    chapter("LuaRocks sees none of them")
    for version in LUA_VERSIONS:
        said = luarocks(machine, version, "list --porcelain")
        expect(not said, "LuaRocks saw rocks before the refresh")

    chapter("distrorocks publishes them as rocks, and shows LuaRocks where they are")
    distrorocks(machine, "refresh")
    both = " ".join(f"--lua-version {version}" for version in LUA_VERSIONS)
    distrorocks(machine, f"config-snippet --apply {both}")

    chapter("Now the same LuaRocks sees each, for each Lua version")
    for version in LUA_VERSIONS:
        said = luarocks(machine, version, "list --porcelain")
        for rock in ("lpeg", "luafilesystem", "luasocket", "lua-cjson", "penlight"):
            expect(f"{rock}\t" in said, f"{rock} is not listed for Lua {version}")
    said = luarocks(machine, "5.4", "show lpeg")
    expect("/lua/5.4/lpeg.so" in said, "show does not name the module's file")

    chapter("A rock that depends on lpeg: the package is enough, nothing else is built")
    folder = write_local_rock(machine, "hello", ["lua >= 5.1", "lpeg >= 1.0", "luafilesystem"])
    for version in LUA_VERSIONS:
        said = luarocks(machine, version, f"install --deps-mode=all {folder}/hello-1.0-1.rockspec")
        expect("lpeg" in said and "installed" in said, "lpeg was not found to be installed")
        alone = published(machine, version, OWN_TREE) == {("hello", "1.0-1")}
        expect(alone, "something else was installed")
        if "Couldn't load rockspec" in said:
            print("  (LuaRocks before 3.11 looks for other trees' rockspecs in its own: harmless)")

    chapter("Nothing that packages own was touched")
    verified = machine.run("dpkg", "--verify", status=None)
    told("dpkg --verify", verified)
    edited = [f"/etc/luarocks/config-{version}.lua" for version in LUA_VERSIONS]
    print(
        "  (c: configuration files, which administrators edit. `config-snippet --apply` added the"
        "\n  tree to these; `config-snippet --remove` takes it out again.)"
    )
    faults = [
        line for line in verified.lines if line.split()[1:] not in [["c", it] for it in edited]
    ]
    expect(not faults, "dpkg finds other files changed")
    expect(len(verified.lines) == len(edited), "dpkg does not list the edited files")


def main() -> int:
    """Make the root, tell the story, compare the host's /usr before and after."""
    started = time.monotonic()
    before = fingerprint("/usr")
    try:
        with with_packages(SUITE, LUA_PACKAGES).clone() as machine:
            tell(machine)
    except (RootError, ScratchError, CommandError) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 1
    after = fingerprint("/usr")
    print(f"\nthe host's /usr: {before} before, {after} after")
    expect(before == after, "the host's /usr changed")
    print(f"told in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
