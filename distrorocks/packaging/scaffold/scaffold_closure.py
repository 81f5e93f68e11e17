"""Scaffold a rock and its dependencies that the distribution lacks, and write the build order.

Each format has a directory below the output directory: in it a directory for each package,
``order.txt``, ``order.json``, ``chain.txt`` for Koji, ``sbuild.txt`` if the format is Debian's, and
``obs`` with the metadata of an OBS project. The packages are built with sbuild, mock, OBS or Koji.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Protocol

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.known import FORMATS, format_at
from distrorocks.packaging.plan.field import HIGH
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.release import find_release
from distrorocks.packaging.scaffold.build_order import (
    Described,
    Project,
    list_texts,
    order_table,
)
from distrorocks.packaging.scaffold.closure import Closure, NeededRock, Packaged, closure_of
from distrorocks.packaging.scaffold.folder import write_texts
from distrorocks.packaging.scaffold.rock_index import needed_rock
from distrorocks.packaging.scaffold.scaffold import (
    Request,
    Scaffold,
    read_rock,
    release_asked,
    scaffold_below,
    write,
)
from distrorocks.packaging.source.rock_input import RockInput
from distrorocks.progress import Work
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


class RockIndex(Protocol):
    """A source of rocks for the closure."""

    def find(self, name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        """Return the best version that satisfies all dependencies, None if there is none."""

    def read(self, key: str) -> RockInput:
        """Return a rock that ``find`` returned."""


class ClosureScaffold(NamedTuple):
    """The closure for one format, with the packaging of each rock, in order."""

    form: str
    closure: Closure
    made: dict[str, Scaffold]

    @property
    def packages(self) -> dict[str, str]:
        """The package of each rock."""
        return {rock: one.plan.package for rock, one in self.made.items()}

    @property
    def table(self) -> dict[str, object]:
        """The order as JSON has it."""
        return order_table(self.closure, self.packages)


def closures(request: Request, index: RockIndex, jail: Jail) -> list[ClosureScaffold]:
    """Return the packaging of a rock and of all it needs, in each format; nothing is written."""
    start = read_rock(request, jail)
    return [_one(request, start, form, index) for form in request.formats]


def write_closures(
    found: list[ClosureScaffold], request: Request, *, is_dry: bool = False
) -> list[str]:
    """Write the packaging and the lists; return the paths that are written, or would be.

    Existing packaging is kept if it equals the new render.
    """
    written = []
    for one in found:
        folder = posixpath.join(request.directory, one.form)
        for rock, made in one.made.items():
            place = request._replace(directory=posixpath.join(folder, one.packages[rock]))
            paths = write([made], place, is_dry=is_dry)
            written += [posixpath.join(one.form, one.packages[rock], path) for path in paths]
        written += [
            posixpath.join(one.form, path) for path in _write_lists(one, folder, is_dry=is_dry)
        ]
    return written


def _one(request: Request, start: RockInput, form: str, index: RockIndex) -> ClosureScaffold:
    """Return one format's closure."""
    request = request._replace(release=release_asked(request, form))
    release = find_release(form, request.release)
    names = read_tables(FORMATS[form], root=request.root, release=release).names
    lua_versions = format_at(form, request.release).lua_versions

    def look(rock: str, needs: Sequence[Dependency], modules: Sequence[str]) -> Packaged | None:
        if all(rock in rocks_provided(version) for version in lua_versions):
            return Packaged(rock)
        package = names.of(rock, modules)
        is_proved = not modules or package.confidence == HIGH  # a single module proves nothing
        if not package.is_packaged or not is_proved:
            return None
        return Packaged(rock, package.name, package.version, package.lacks(needs))

    with Work("finding dependencies"):
        closure = closure_of(needed_rock(start, ""), index.find, look)
    made: dict[str, Scaffold] = {}
    owners: dict[str, str] = {}
    with Work("packaging", total=len(closure.rocks), unit="rocks") as packaging:
        for name, rock in closure.rocks.items():
            packaging.at(name)
            read = index.read(rock.key) if rock.key else start
            made[name] = scaffold_below(request, read, form)
            package = made[name].plan.package
            if owners.setdefault(package, name) != name:
                raise _one_package(package, owners[package], name)
            packaging.advance()
    return ClosureScaffold(form, closure, made)


def _one_package(package: str, one: str, other: str) -> DistrorocksError:
    return DistrorocksError(
        f"the rocks {one} and {other} would both become the package {package}",
        hint="scaffold one of them on its own, with another name in its distrorocks.toml",
    )


def _write_lists(one: ClosureScaffold, folder: str, *, is_dry: bool) -> list[str]:
    """Write the order and the metadata of the OBS project; return the changed paths."""
    described = {
        rock: Described(made.plan.package, made.plan.summary, made.plan.homepage)
        for rock, made in one.made.items()
    }
    first = next(reversed(described.values())).package
    project = Project(f"{one.form}-{first}", f"{first} and all it needs", one.form)
    texts = list_texts(one.closure, described, project)
    return write_texts(folder, texts, "the order", is_dry=is_dry)
