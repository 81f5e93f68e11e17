"""Build types that only LuaRocks knows: it runs in the sandbox, on a tree of the build alone.

Such a type is a Lua module ``luarocks.build.TYPE`` of a rock ``luarocks-build-TYPE``, which is on
Lua's search path of the build.
"""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.install.build.commands import Runner
from distrorocks.install.build.request import BuildError, BuildRequest
from distrorocks.install.build.rock_folder import MANIFEST, Made, Relocation, RockFolder
from distrorocks.install.build.source_folder import SourceFolder
from distrorocks.install.build.variables import values_of
from distrorocks.lua.write import persist
from distrorocks.luarocks.environment import luarocks_environment
from distrorocks.luarocks.program import find_luarocks
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.system.files.scratch import make_folder, write_new
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.trees.layout import Layout, tree_layout
from distrorocks.values import NamedTuple


class LuaRocksBuild(NamedTuple):
    """A build by LuaRocks; ``externals`` are variables that were found, ``target`` the tree."""

    request: BuildRequest
    externals: Mapping[str, str]
    target: Layout


def build_by_luarocks(build: LuaRocksBuild, runner: Runner, environment: Mapping[str, str]) -> Made:
    """Build a rock into its empty ``places.rock``, and return what it is; raise ``BuildError``."""
    request, places = build.request, build.request.places
    name, version = request.rockspec.name, request.rockspec.version
    private = f"{places.logs}/luarocks"
    make_folder(private)
    layout = tree_layout(places.output, request.lua.version)
    config = persist(
        {
            "rocks_trees": {1: {"name": "build", "root": places.output}},
            "rocks_servers": {},
            "local_cache": f"{places.output}/cache",
        }
    )
    settings = write_new(f"{private}/config.lua", config)
    rockspec = write_new(f"{private}/{name}-{version}.rockspec", request.text)
    short = request.lua.version.replace(".", "_")
    own = {"LUAROCKS_CONFIG": settings, f"LUAROCKS_CONFIG_{short}": settings}
    probing = {**luarocks_environment(build.target, private), **own}
    program = find_luarocks(request.lua.version, probing)
    given = {**request.variables, **build.externals}
    if request.settings.hardening:
        values = values_of(request)
        given |= {name: values[name] for name in ("CFLAGS", "LIBFLAG")}
    words = (
        *program.strict_words,
        *("make", "--tree=build", "--deps-mode=none", rockspec),
        *(f"{key}={value}" for key, value in sorted(given.items()) if key.isidentifier()),
    )
    ran = runner.run(
        words,
        cwd=places.build_directory,
        env={**environment, **own},
        writable=(places.sources, places.output),
        log=f"{places.logs}/luarocks.log",
    )
    if ran.status:
        raise BuildError(
            f"{name} {version} cannot be built: LuaRocks failed (status {ran.status})",
            detail="\n".join(f"  {line}" for line in ran.last_lines),
            hint=f"its type needs the rock luarocks-build-{request.build_type}",
        )
    relocation = Relocation(layout.rock_dir(name, version), places.final)
    with SourceFolder(places.output) as output, RockFolder(places.rock, relocation) as rock:
        _gather(output, rock, layout, request)
        return rock.made


def _gather(output: SourceFolder, rock: RockFolder, layout: Layout, request: BuildRequest) -> None:
    """Make the built rock of what LuaRocks deployed to its tree."""
    root = f"{layout.root}/"
    name, version = request.rockspec.name, request.rockspec.version
    above = layout.rock_dir(name, version).removeprefix(root)
    found = output.find(f"{above}/{MANIFEST}")
    if found is None or found.is_directory:
        raise BuildError(f"LuaRocks reported success, but did not install {name} {version}")
    listed = RockManifest.parse(output.read(found, ROCK_MANIFEST_LIMIT))
    for part, files, place in (
        ("lua", listed.lua, layout.lua_dir),
        ("lib", listed.lib, layout.lib_dir),
    ):
        for path in files:
            entry = output.find(f"{place.removeprefix(root)}/{path}")
            if entry is None or entry.is_directory:
                raise BuildError(f"LuaRocks did not install {part}/{path} of {name} {version}")
            rock.add(f"{part}/{path}", output.read(entry), is_executable=part == "lib")
    top = output.find(above)
    for entry in output.walk(top) if top else ():
        if entry.is_directory:
            rock.add_directory(entry.path)
        elif entry.path != MANIFEST:
            rock.add(entry.path, output.read(entry), is_executable=entry.is_executable)
    rock.add(MANIFEST, rock.manifest(), is_executable=False)
