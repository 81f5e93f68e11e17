"""Stage a rock: add what the staged files of a package lack, and return its relations."""

from __future__ import annotations

from functools import partial

from distrorocks.families.deb.versions import Relations, relations
from distrorocks.families.known import FAMILIES
from distrorocks.families.name_entry import HIGH
from distrorocks.families.names_file import read_shipped_names
from distrorocks.families.rock_modules import parse_rock_versions
from distrorocks.families.versions import parse_upstream, real_version, rock_version
from distrorocks.packaging.build.packaged_text import fitted
from distrorocks.packaging.build.staged_files import (
    carry_out,
    files_below,
    real_files,
    staged_content,
    staged_digest,
    staged_paths,
    staged_rockspec,
    staged_text,
)
from distrorocks.packaging.build.staged_rock import StagedRock, refuse_without_modules
from distrorocks.packaging.build.staging_steps import Step, linked, tidied
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.shipped_files import read_shipped
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, chunk_of
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.layout import distro_layout
from distrorocks.values import NamedTuple


class Request(NamedTuple):
    """What to stage: ``destination`` is DESTDIR, ``rockspec`` a file, ``version`` a rock version.

    If ``version`` is "", it is derived from ``package_version`` as for installed packages, and if
    that is "" too, taken from the rockspec. ``library_dir`` is the distribution's directory of
    libraries below /usr. ``documentation`` is the directory for documentation, "" to drop it.
    ``is_shared`` is true of a package that is installed for several architectures at once;
    ``is_linked`` replaces equal Lua files by links.
    """

    destination: str
    rockspec: str
    version: str
    lua_versions: tuple[str, ...]
    library_dir: str = "lib"
    documentation: str = ""
    is_shared: bool = False
    is_linked: bool = False
    package: str = ""
    package_version: str = ""
    distribution: str = "debian"
    family: str = "deb"


class Staged(NamedTuple):
    """The steps taken, the staged rock, and the relations of its package."""

    steps: list[Step]
    rock: tuple[str, str]
    lua_versions: tuple[str, ...]
    relations: Relations


def stage(request: Request) -> Staged:
    """Add what the staged files lack; running it again changes nothing."""
    rock = _rock(request)
    destination = request.destination
    paths = staged_paths(destination)
    lua_versions = rock.lua_versions(paths, request.lua_versions)
    refuse_without_modules(lua_versions, destination)
    layouts = {v: distro_layout(v, library_dir=request.library_dir) for v in lua_versions}
    first = tidied(
        paths,
        layouts,
        rock=(rock.name, rock.version),
        documentation=request.documentation,
        content=partial(staged_content, destination),
    )
    carry_out(destination, first)
    first += _fit(destination, request.documentation)
    if request.is_linked:
        first += _link(destination)
    paths = staged_paths(destination)
    digest = partial(staged_digest, destination)
    last = [
        step
        for version in lua_versions
        for step in rock.metadata(
            paths, layouts[version], is_shared=request.is_shared, digest=digest
        )
    ]
    carry_out(destination, last)
    return Staged(
        [*first, *last], (rock.name, rock.version), lua_versions, _relations(request, rock, paths)
    )


def _rock(request: Request) -> StagedRock:
    """Return the rock that the rockspec names, in the version that the package has."""
    text, file = _rockspec_text(request)
    with Jail() as jail:
        chunk = chunk_of(text, file, jail=jail)
    rockspec = Rockspec.from_chunk(chunk)
    version = request.version or _packaged_version(request, rockspec)
    if version:
        Rockspec.from_chunk(chunk._replace(globals={**chunk.globals, "version": version}))
    return StagedRock(rockspec, text, version)


def _rockspec_text(request: Request) -> tuple[bytes, str]:
    """Return the text of the rockspec, read once, and its path for messages."""
    if request.rockspec:
        return read_named(request.rockspec, ROCKSPEC_LIMIT), request.rockspec
    path = staged_rockspec(request.destination, request.lua_versions)
    return staged_content(request.destination, path), f"{request.destination}{path}"


def _packaged_version(request: Request, rockspec: Rockspec) -> str:
    """Return the rock version for the package version, "" if it is that of the rockspec."""
    if not request.package_version:
        return ""
    upstream = FAMILIES[request.family].upstream_version(request.package_version)
    if real_version(parse_upstream(upstream).text, [rockspec.version]):
        return ""
    known = parse_rock_versions(read_shipped("rock_versions.tsv")).get(rockspec.name, ())
    return rock_version(upstream, known).text


def _fit(destination: str, documentation: str) -> list[Step]:
    """Adapt the files of the rock and the documents; return the steps."""
    staged = staged_paths(destination)
    modules = [path for path in staged if _is_lua(path)]
    others = [path for path in staged if path.startswith("/usr/lib/luarocks/rocks-")]
    documents = files_below(destination, documentation) if documentation else []
    steps = fitted(modules, others, documents, partial(staged_text, destination))
    carry_out(destination, steps)
    return steps


def _is_lua(path: str) -> bool:
    return path.startswith("/usr/share/lua/") and path.endswith(".lua")


def _link(destination: str) -> list[Step]:
    """Link equal Lua files, and return the links."""
    files = [path for path in staged_paths(destination) if path.startswith("/usr/share/lua/")]
    real = real_files(destination, files)
    steps = linked({path: staged_digest(destination, path) for path in real})
    carry_out(destination, steps)
    return steps


def _relations(request: Request, rock: StagedRock, paths: list[str]) -> Relations:
    """Return the relations of the package."""
    names = read_shipped_names(request.distribution)
    holders = {
        held.rock: package
        for package, entry in sorted(names.items(), reverse=True)
        if entry.publish and entry.confidence == HIGH
        for held in entry.rocks
    }
    dependencies = [each for each in rock.rockspec.dependencies if each.rock_name != "lua"]
    commands = [path for path in paths if path.startswith("/usr/bin/")]
    return relations(
        (rock.name, rock.version),
        dependencies,
        rock.lua_versions(paths, request.lua_versions),
        package=request.package,
        package_of=lambda name: holders.get(name, ""),
        interpreters=sorted(
            {
                found
                for path in commands
                if (found := _interpreter(staged_content(request.destination, path)))
            }
        ),
    )


def _interpreter(script: bytes) -> str:
    """Return the package of the Lua interpreter of a script, "" for other interpreters."""
    first = script.partition(b"\n")[0].decode(errors="replace")
    name = first.removeprefix("#!/usr/bin/").strip()
    return name if first.startswith("#!/usr/bin/lua5.") else ""
