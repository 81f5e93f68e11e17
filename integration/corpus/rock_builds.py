"""Build a source rock twice in a sandbox: by our engine, and by an installed LuaRocks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.externals.lua_headers import find_lua_headers
from distrorocks.externals.needs import external_needs, needs_lua_headers
from distrorocks.externals.search import search
from distrorocks.externals.settings import BUILD, Settings as ExternalSettings, configured_variables
from distrorocks.install.build.build import build_rock, steps_of
from distrorocks.install.build.commands import Ran
from distrorocks.install.build.request import BuildRequest, Lua, Places, Settings
from distrorocks.lua.value import LuaTable, table_of, to_bytes
from distrorocks.luarocks.config import read_configuration
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.luarocks.probe import RootProbe
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.system.lua.jail import Jail

SECONDS = 300
USUAL_PREFIXES = ("/usr/local", "/usr", "/")
_LAST = 12
_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


class Result(NamedTuple):
    """What came of a build: its folder with ``lua``, ``lib`` and so on, or why there is none."""

    folder: Path | None
    fault: str = ""


def bubble(*shown: str) -> list[str]:
    """Return the start of bubblewrap's command; ``shown`` may be read although below /tmp."""
    words = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    return words + [word for each in shown if each for word in ("--ro-bind", each, each)]


class BubbleRunner:
    """Runs commands with bubblewrap: / is read-only, and there is no network.

    ``shown`` are directories that may be below /tmp.
    """

    def __init__(self, scratch: Path, shown: Sequence[str]) -> None:
        self.scratch = scratch
        self.shown = shown

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Run one command."""
        words = bubble(str(self.scratch), *self.shown)
        for each in writable:
            words += ["--bind", each, each]
        words += ["--unshare-net", "--unshare-pid", "--die-with-parent", "--chdir", cwd, *argv]
        with open(log, "wb") as file:
            done = subprocess.run(
                words,
                env={**env, "HOME": "/tmp"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
        return Ran(done.returncode, tuple(lines[-_LAST:]))

    def stop(self) -> None:
        """Do nothing: bubblewrap ends with us."""


class Machine(NamedTuple):
    """The Lua that is built for, and LuaRocks' configuration of it.

    ``prefix`` is a directory to search for libraries before LuaRocks' own, "" for none.
    """

    lua: Lua
    configuration: LuaTable
    probe: RootProbe
    prefix: str

    @classmethod
    def of(cls, version: str, include_dir: str, prefix: str, jail: Jail) -> Machine:
        """Return this machine's, with Lua's headers in ``include_dir`` if it is not ""."""
        found = read_configuration("/", version, jail).sound().table
        variables = found.get("variables")
        given = dict(variables) if isinstance(variables, dict) else {}
        if include_dir:
            given["LUA_INCDIR"] = include_dir
        probe = RootProbe("/")
        headers = find_lua_headers(version, configured_variables({"variables": given}), probe)
        lua = Lua(version, headers.directory, str(given.get("LUA", "")))
        table: LuaTable = {**found, "variables": given}
        if prefix:
            table["external_deps_dirs"] = table_of([prefix, *USUAL_PREFIXES])
        return cls(lua, table, probe, prefix)

    @property
    def shown(self) -> tuple[str, ...]:
        """The directories that a sandbox has to show."""
        return (self.lua.include_dir, self.prefix)

    @property
    def variables(self) -> dict[str, str]:
        """The configuration's variables."""
        return configured_variables(self.configuration)


def built_by_us(rock: Path, machine: Machine, scratch: Path, jail: Jail) -> Result:
    """Build a source rock with our steps; a fault is the error's text."""
    try:
        return Result(_built(rock, machine, scratch, jail))
    except (DistrorocksError, OSError, subprocess.SubprocessError, RuntimeError) as error:
        return Result(None, str(error))


def _built(rock: Path, machine: Machine, scratch: Path, jail: Jail) -> Path:
    rockspec, text, sources, directory = unpacked(rock, scratch / "sources", jail)
    places = Places(
        str(sources), directory, *(str(scratch / name) for name in ("output", "rock", "logs"))
    )
    for each in (places.output, places.rock, places.logs):
        os.mkdir(each)
    below = multiarch("/", host_cpu("/"))
    settings = ExternalSettings.from_table(
        machine.configuration, mode=BUILD, multiarch=below, like_3_8=True
    )
    verdict = search(external_needs(rockspec), settings, machine.variables, machine.probe)
    if verdict.missing:
        raise DistrorocksError("\n".join(m.as_luarocks(rockspec.name) for m in verdict.missing))
    if needs_lua_headers(rockspec) and not machine.lua.include_dir:
        raise DistrorocksError("Failed finding Lua header lua.h")
    request = BuildRequest(
        rockspec,
        text,
        machine.lua,
        places,
        machine.variables,
        {k: v for one in verdict.located for k, v in one.variables.items()},
        settings=Settings.from_table(machine.configuration),
    )
    built = build_rock(
        request,
        steps_of(request),
        BubbleRunner(scratch, machine.shown),
        environment=_PATH,
        processors=len(os.sched_getaffinity(0)),
    )
    return Path(built.path)


def unpacked(rock: Path, folder: Path, jail: Jail) -> tuple[Rockspec, bytes, Path, str]:
    """Unpack a source rock and the archive in it, apply its patches.

    Return its rockspec, that file's bytes, the folder and the build directory in it.
    """
    folder.mkdir()
    _unpack(rock, folder)  # with the times, which makefiles look at
    name = f"{rock.name.removesuffix('.src.rock')}.rockspec"
    text = (folder / name).read_bytes()
    rockspec = read_rockspec(text, name, file_name=name, jail=jail)
    source = rockspec.source
    packed = folder / str(source.get("file", ""))
    if packed.is_file():
        _unpack(packed, folder)
    directory = str(source.get("dir", "")).strip("/")
    if not (folder / directory).is_dir():
        inner = [each.name for each in folder.iterdir() if each.is_dir()]
        directory = inner[0] if len(inner) == 1 else ""
    directory = os.path.relpath(folder / directory, folder)
    directory = "" if directory == "." else directory
    _patch(rockspec, folder / directory)
    return rockspec, text, folder, directory


def _without_links(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Leave links out, as LuaRocks does when it unpacks."""
    is_link = member.issym() or member.islnk()
    return None if is_link else tarfile.data_filter(member, folder)


def _unpack(packed: Path, folder: Path) -> None:
    if zipfile.is_zipfile(packed):
        subprocess.run(["unzip", "-qn", packed, "-d", folder], check=True, timeout=SECONDS)
    elif tarfile.is_tarfile(packed):
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter=_without_links)  # noqa: S202 - it calls data_filter


def _patch(rockspec: Rockspec, directory: Path) -> None:
    """Write the extra files of a rockspec, and apply its patches."""
    build = rockspec.table.get("build")
    table = build if isinstance(build, dict) else {}
    extra, patches = table.get("extra_files"), table.get("patches")
    for name, text in extra.items() if isinstance(extra, dict) else ():
        (directory / str(name)).write_bytes(to_bytes(str(text)))
    listed = patches if isinstance(patches, dict) else {}
    for name in sorted(map(str, listed)):
        patch = to_bytes(str(listed[name]))
        (directory / name).write_bytes(patch)
        _apply(patch, directory)
    if listed or extra:
        (directory / ".luarocks.patches.applied").write_bytes(b"")


def _apply(patch: bytes, directory: Path) -> None:
    """Apply a patch, with the names in it as they are where shorter ones do not fit."""
    words = ["patch", "-f", "-s", "--no-backup-if-mismatch", "-r", "-"]
    for strip in ("-p1", "-p0"):
        done = subprocess.run(
            [*words, strip],
            input=patch,
            cwd=directory,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode == 0:
            return
    raise DistrorocksError("a patch cannot be applied")


def built_by_luarocks(
    rock: Path, machine: Machine, scratch: Path, program: str = "luarocks"
) -> Result:
    """Build a source rock with LuaRocks into a scratch tree, and gather the rock from it again."""
    lua, tree = machine.lua, scratch / "tree"
    config = scratch / "config.lua"
    tree.mkdir()
    prefixes = ", ".join(f'"{each}"' for each in (machine.prefix, *USUAL_PREFIXES) if each)
    config.write_text(
        f'rocks_servers = {{}}\nrocks_trees = {{ "{tree}" }}\n'
        f"external_deps_dirs = {{ {prefixes} }}\n"
        + (f'variables = {{ LUA_INCDIR = "{lua.include_dir}" }}\n' if lua.include_dir else "")
    )
    words = (*bubble(*machine.shown, str(rock)), "--bind", str(scratch), str(scratch))
    words += ("--unshare-net", "--unshare-pid", "--die-with-parent", "--chdir", str(scratch))
    words += (program, f"--lua-version={lua.version}", f"--tree={tree}")
    words += ("build", "--deps-mode=none", str(rock))
    version = lua.version.replace(".", "_")
    environment = {
        **_PATH,
        "HOME": str(scratch),
        "LUAROCKS_CONFIG": str(config),
        f"LUAROCKS_CONFIG_{version}": str(config),
    }
    try:
        done = subprocess.run(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(None, "timed out")
    output = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode:
        lines = [line for line in output.splitlines() if line.strip()]
        return Result(None, "\n".join(lines[-_LAST:]))
    return Result(_gathered(tree, lua.version))


def _gathered(tree: Path, version: str) -> Path:
    """Return the rock's directory, with its deployed modules moved back."""
    rock = next(iter((tree / f"lib/luarocks/rocks-{version}").glob("*/*/")))
    manifest = RockManifest.parse((rock / "rock_manifest").read_bytes())
    for kind, files, deployed in (
        ("lua", manifest.lua, f"share/lua/{version}"),
        ("lib", manifest.lib, f"lib/lua/{version}"),
    ):
        for path in files:
            target = rock / kind / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(tree / deployed / path, target)
    return rock
