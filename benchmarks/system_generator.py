"""Writes a Debian system of Lua packages, as dpkg would have left it; its files are small."""

from __future__ import annotations

import hashlib
import os
import random
from pathlib import Path

from benchmarks.tree_generator import DEPENDENCIES_PER_ROCK, MODULES_PER_ROCK, POPULARITY, rock_name

LUA_DIR = "/usr/share/lua/5.4"
LONG_AGO = 1_600_000_000
OPTIONS = "/etc/default/distrorocks-hooks"


class System:
    """A root with ``count`` packages, each a pure Lua rock with some modules."""

    def __init__(self, root: Path, count: int, *, seed: int = 1) -> None:
        self.root = root
        self._info = root / "var/lib/dpkg/info"
        self._info.mkdir(parents=True)
        (root / "etc/default").mkdir(parents=True)
        (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
        (root / OPTIONS.lstrip("/")).write_text("OPTIONS=--guess\n")
        self._releases = dict.fromkeys(range(count), 1)
        chosen = random.Random(seed)
        self._needs = {
            number: sorted(
                {int(number * chosen.random() ** POPULARITY) for _ in range(DEPENDENCIES_PER_ROCK)}
            )
            for number in range(1, count)
        }
        for number in range(count):
            self._unpack(number)
        self._write_status()

    def upgrade(self, number: int) -> str:
        """Give one package a new version, as dpkg does: its files, its list and its entry.

        Return the version without a revision.
        """
        self._releases[number] += 1
        self._unpack(number)
        self._write_status()
        return f"{self._releases[number]}.{number % 10}"

    def upgrade_another(self) -> None:
        """Write the list of a package that has nothing of Lua anew, as dpkg does."""
        self._replace("another.list", "/.\n/usr\n/usr/bin\n/usr/bin/another\n")
        self._write_status()

    def _unpack(self, number: int) -> None:
        name, release = rock_name(number), self._releases[number]
        paths = [f"{LUA_DIR}/{name}.lua"]
        paths += [f"{LUA_DIR}/{name}/part{part}.lua" for part in range(MODULES_PER_ROCK - 1)]
        sums = []
        for path in paths:
            place, content = self.root / path[1:], f"return '{path} {release}'\n"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
            os.utime(place, (LONG_AGO, LONG_AGO))
            sums.append(f"{hashlib.md5(content.encode()).hexdigest()}  {path[1:]}\n")
        listed = ["/.", "/usr", "/usr/share", "/usr/share/lua", LUA_DIR, f"{LUA_DIR}/{name}"]
        self._replace(f"lua-{name}.md5sums", "".join(sums))
        self._replace(f"lua-{name}.list", "\n".join([*listed, *paths, ""]))

    def _replace(self, name: str, text: str) -> None:
        fresh = self._info / f"{name}-new"
        fresh.write_text(text)
        fresh.rename(self._info / name)

    def _write_status(self) -> None:
        entries = [
            f"Package: lua-{rock_name(number)}\nStatus: install ok installed\nArchitecture: all\n"
            f"Version: {release}.{number % 10}-1\n"
            + "".join(
                f"{'Depends: ' if other == needs[0] else ' , '}lua-{rock_name(other)}\n"
                for needs in [self._needs.get(number, [])]
                for other in needs
            )
            + f"Homepage: https://example.org/{rock_name(number)}\n"
            f"Description: the rock with the number {number}\n It is made for a comparison.\n"
            for number, release in self._releases.items()
        ]
        dpkg = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n"
        (self._info.parent / "status").write_text("\n".join([dpkg, *entries, ""]))
