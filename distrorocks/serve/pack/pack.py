"""Pack rocks: read what is asked for, decide what each rock file is, and write all of them.

    job = PackJob(folder="/srv/rocks", root="/")
    job.installed(request, "lpeg", None)    # from a tree, as luarocks pack NAME
    job.rockspecs(["/src/x-1.0-1.rockspec"], above="/src") # rocks of sources
    job.package_files(["lua-lpeg_1.1.0-2_amd64.deb"], system)
    job.all_provided(system)                # every rock of a root's packages

Each returns ``Packed``. A package that is no rock, or none that can be packed, is left out, with
the reason; any other fault is an error, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.families.package_file import read_package_file
from distrorocks.luarocks.host_cpu import host_cpu
from distrorocks.progress import Work
from distrorocks.serve.pack.installed import find_rock, read_installed_rock
from distrorocks.serve.pack.provided import Found, rocks_of_files, rocks_of_root
from distrorocks.serve.pack.rock import PackedFile, PackError, packed, placed, without_doubles
from distrorocks.serve.pack.sources import pack_rockspec, usual_origin
from distrorocks.serve.pack.write import write_rocks
from distrorocks.system.files.named_file import read_named
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.target import Scope
from distrorocks.values import NamedTuple
from distrorocks.world.site import SiteRequest, site
from distrorocks.world.survey import System


class Packed(NamedTuple):
    """The files written, and what was left out, each with the reason."""

    paths: tuple[str, ...]
    files: tuple[PackedFile, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class PackJob(NamedTuple):
    """Where to write rock files to, and the root to work in."""

    folder: str
    root: str = "/"

    def installed(self, request: SiteRequest, name: str, version: str | None) -> Packed:
        """Pack an installed rock, of the tree that ``request`` names or else of any."""
        with Jail() as jail:
            found = site(request, jail)
            is_one = bool(request.wish.tree) or request.wish.scope is not Scope.ANY
            trees = (found.target_tree,) if is_one else found.trees
            rock = find_rock(trees, name, version)
            taken = read_installed_rock(rock.layout, rock.name, rock.version.string, self.root)
            file = packed(taken.rock, jail, own_arch=self._arch)
        return self._written([file._replace(lua_version="")], warnings=taken.warnings)

    def rockspecs(self, paths: Sequence[str], *, above: str) -> Packed:
        """Pack rockspecs with their sources; ``above`` is the working directory."""
        with Jail() as jail:
            origin = usual_origin(above, jail)
            files = [
                pack_rockspec(read_named(path, ROCKSPEC_LIMIT), path, jail, origin)
                for path in paths
            ]
        files, doubles = without_doubles(files)
        if doubles:
            raise PackError(doubles[0], hint="pack them one by one, each --to a folder of its own")
        return self._written(files, warnings=origin.files.warnings)

    def package_files(self, paths: Sequence[str], system: System) -> Packed:
        """Pack the rocks of package files, for each Lua version that they have modules for."""
        found = rocks_of_files([read_package_file(path) for path in paths], system)
        if not found.rocks:
            told = "\n".join(map(str, found.refused))
            raise PackError(
                "nothing is packed: no package provides a rock",
                detail=told,
                hint="--guess packs what is known by its name only; names.toml can name the rock",
            )
        return self._packed(found)

    def all_provided(self, system: System) -> Packed:
        """Pack every rock that the packages of a root provide."""
        return self._packed(rocks_of_root(system))

    def _packed(self, found: Found) -> Packed:
        """Write the rocks that can be packed; raise ``PackError`` if not one of them can."""
        files, left_out = [], [str(each) for each in found.refused]
        total = len(found.rocks)
        with Jail() as jail, Work("packing", total=total, unit="rocks") as packing:
            for rock in found.rocks:
                packing.at(f"{rock.name} {rock.version}")
                try:
                    files.append(packed(rock, jail, own_arch=self._arch))
                except DistrorocksError as error:
                    left_out.append(error.brief)
                packing.advance()
        if found.rocks and not files:
            raise PackError("nothing is packed: no rock is sound", detail="\n".join(left_out))
        files, doubles = without_doubles(files)
        return self._written(files, (*left_out, *doubles), found.warnings)

    def _written(
        self,
        files: Sequence[PackedFile],
        left_out: Sequence[str] = (),
        warnings: Sequence[str] = (),
    ) -> Packed:
        """Write the files and return the report."""
        places = placed(files)
        written = write_rocks(self.folder, places)
        kept = tuple(each.file for each in places)
        return Packed(written.paths, kept, tuple(left_out), (*warnings, *written.warnings))

    @property
    def _arch(self) -> str:
        return f"linux-{host_cpu(self.root)}"
