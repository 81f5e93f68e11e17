"""Binary rocks, unpacked and packed, and one tree to which LuaRocks or distrorocks deploys them."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import md5
from pathlib import Path
from typing import NamedTuple

from distrorocks.install.deploy.built_rock import read_built_rock
from distrorocks.install.deploy.deploy import Deployed, deploy, rocks_of
from distrorocks.install.deploy.observe import Install
from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.lua.write import persist
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import Layout, tree_layout
from integration.faults.content import Content, content
from integration.machines.machine import Outcome, run

LUA = "5.4"
PROGRAM = f"/usr/bin/lua{LUA}"
PARTS = ("lua", "lib", "bin")


class BinaryRock(NamedTuple):
    """A rock in two forms: a directory, and a file that LuaRocks installs."""

    name: str
    version: str
    directory: Path
    file: Path


def write_rock(
    place: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    *,
    needs: Sequence[str] = (),
    more: str = "",
) -> BinaryRock:
    """Write a binary rock with these files; those of ``bin`` and ``lib`` can be run."""
    directory = place / f"{name}-{version}"
    quoted = ", ".join(f'"{need}"' for need in needs)
    rockspec = (
        f'{more}package = "{name}"\nversion = "{version}"\nsource = {{ url = "file:///nowhere" }}\n'
        f'dependencies = {{ {quoted} }}\nbuild = {{ type = "none" }}\n'
    )
    listed: dict[str, dict[str, str]] = {part: {} for part in (*PARTS, "rest")}
    for path, text in {**files, f"{name}-{version}.rockspec": rockspec}.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(0o755 if path.startswith(("bin/", "lib/")) else 0o644)
        top, _, below = path.partition("/")
        digest = md5(text.encode()).hexdigest()
        listed[top if below and top in PARTS else "rest"][below if top in PARTS else path] = digest
    manifest = directory / "rock_manifest"
    manifest.write_bytes(persist(RockManifest(**listed).to_table()))
    manifest.chmod(0o644)
    packed = place / f"{name}-{version}.all.rock"
    with zipfile.ZipFile(packed, "w") as archive:
        for each in sorted(directory.rglob("*")):
            archive.write(each, each.relative_to(directory))
    return BinaryRock(name, version, directory, packed)


class Tree:
    """A tree at ``place``, which both programs can change; a configuration of LuaRocks' own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.layout: Layout = tree_layout(str(place), LUA)
        self._config = place.with_name(f"{place.name}.lua")
        self._config.write_text(
            f'rocks_trees = {{ {{ name = "here", root = "{place}" }} }}\nrocks_servers = {{}}\n'
        )

    def luarocks(self, *words: str | Path, status: int | None = 0) -> Outcome:
        """Run LuaRocks on the tree alone."""
        home = str(self.place.parent)
        config = str(self._config)
        return run(f"luarocks-{LUA}", *words, status=status, LUAROCKS_CONFIG=config, HOME=home)

    def luarocks_install(self, rock: BinaryRock, *, keep: bool = False) -> None:
        """Have LuaRocks install a rock."""
        kept = ("--keep",) if keep else ()
        self.luarocks("install", rock.file, "--deps-mode=none", "--force", *kept)

    def luarocks_remove(self, name: str, version: str) -> None:
        """Have LuaRocks remove a rock."""
        self.luarocks("remove", name, version, "--force")

    def install(self, *rocks: BinaryRock, keep: bool = False) -> Deployed:
        """Install rocks by distrorocks."""
        with Jail(backends=(("program", PROGRAM),)) as jail:
            built = [read_built_rock(str(rock.directory), jail) for rock in rocks]
        return self._deploy([Install(it, () if keep else self._others(it.rock)) for it in built])

    def remove(self, *rocks: tuple[str, str]) -> Deployed:
        """Remove rocks by distrorocks."""
        return self._deploy([], rocks)

    def _others(self, rock: tuple[str, str]) -> tuple[str, ...]:
        found = rocks_of(self.layout)
        return tuple(sorted(it[1] for it in found if it[0] == rock[0] and it != rock))

    def _deploy(
        self, installs: Sequence[Install], removals: Sequence[tuple[str, str]] = ()
    ) -> Deployed:
        return deploy(
            self.layout,
            installs,
            removals,
            WrapperSettings(PROGRAM, trees=(self.layout,)),
            before=rocks_of(self.layout),
            progress=lambda _: None,
        )

    def content(self, *, shown_as: str = "") -> Content:
        """Return all files of the tree; its own path in them is replaced by ``shown_as``."""
        found = {path: held for path, held in content(self.place).items() if path}
        if not shown_as:
            return found
        old, new = os.fsencode(str(self.place)), os.fsencode(shown_as)
        return {
            path: (mode, text.replace(old, new), when) for path, (mode, text, when) in found.items()
        }

    def clear(self) -> None:
        """Remove the whole tree."""
        shutil.rmtree(self.place, ignore_errors=True)
