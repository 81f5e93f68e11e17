"""Rocks of packages, those of package files and those of a root, as refresh describes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution, read_distribution
from distrorocks.families.installed import Licenses
from distrorocks.families.lua_files import METADATA, classify
from distrorocks.families.names import NameTable
from distrorocks.families.names_file import read_name_table
from distrorocks.families.package import Package
from distrorocks.families.package_file import PackageFile
from distrorocks.md5 import md5
from distrorocks.progress import Work
from distrorocks.serve.pack.installed import listed_rock, read_installed_rock
from distrorocks.serve.pack.rock import RockFiles, Room
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout, distro_layout
from distrorocks.values import NamedTuple
from distrorocks.world.metadata_mode import COMPLETE
from distrorocks.world.provided import (
    INDEPENDENT,
    ProvidedRock,
    package_offers,
    without_rivals,
)
from distrorocks.world.rock_metadata import by_package, rock_files, rock_needs
from distrorocks.world.survey import System, survey

MOST_BYTES = 256 << 20
"""Bytes of the largest file of a package that is packed."""

Contents = Callable[[str], bytes]
ReadRock = Callable[[Layout, str, str], RockFiles]


class Refused(NamedTuple):
    """A package that is not packed for a Lua version, and why."""

    package: Package
    lua_version: str
    rock: str
    why: str

    def __str__(self) -> str:
        rock = f" as {self.rock}" if self.rock else ""
        lua = f" for Lua {self.lua_version}" if self.lua_version else ""
        return f"{self.package.name} is not packed{rock}{lua}: {self.why}"


class Found(NamedTuple):
    """The rocks to pack, and what is left out."""

    rocks: tuple[RockFiles, ...]
    refused: tuple[Refused, ...]
    warnings: tuple[str, ...] = ()


def rocks_of_files(files: Sequence[PackageFile], system: System) -> Found:
    """Return the rocks of package files, for the Lua versions of ``system``.

    Names are those of ``system.distribution``, else of the distribution that the package names,
    else of the root's. Dependencies on packages that are not among ``files`` follow the
    distribution's table of names.
    """
    offers: list[ProvidedRock] = []
    shipped: list[RockFiles] = []
    complete: set[tuple[str, str]] = set()
    sources = {file.package[:4]: file for file in files}
    table = {key: _names(file, system) for key, file in sources.items()}
    for key, file in sources.items():
        layouts = {
            str(version): distro_layout(str(version), library_dir=file.library_dir)
            for version in system.lua_versions
        }
        native = frozenset({file.package.architecture})
        offers += package_offers(file.package, table[key], layouts, native=native)
        read = partial(listed_rock, content=file.contents.get)
        own, versions = _shipped(file.package, layouts, read)
        shipped += own
        complete |= {(file.package.name, version) for version in versions}
    offers = _without_rivals(offers)
    published = by_package(offers)
    rocks: list[RockFiles] = []
    refused: list[Refused] = []
    for rock in offers:
        key = rock.package[:4]
        file = sources[key]
        described = _Described(
            rock,
            file.contents.__getitem__,
            file.license,
            _Assumed(published, rock.package, table[key]),
        )
        _add(described, rocks, refused)
    left = (*_without_rocks(files, offers), *_without(refused, complete))
    return Found((*rocks, *shipped), left)


def _without_rivals(offers: Sequence[ProvidedRock]) -> list[ProvidedRock]:
    """Return the offers with one published per rock and Lua version on each architecture.

    No machine has packages of two architectures, but a rocks server has rocks for several.
    """
    settled = list(offers)
    kinds = {offer.package.architecture for offer in offers}
    for kind in sorted(kinds - INDEPENDENT) or sorted(kinds):
        here = [
            at
            for at, offer in enumerate(settled)
            if offer.package.architecture in INDEPENDENT | {kind}
        ]
        for at, offer in zip(here, without_rivals(settled[at] for at in here), strict=True):
            settled[at] = offer
    return settled


def rocks_of_root(system: System) -> Found:
    """Return every rock that the packages of a root provide, those with own metadata included.

    Raise ``DistrorocksError`` for package databases that cannot be read.
    """
    with Work("reading the package databases"):
        found, view = survey(system), RootView(system.root)
    licenses, published = Licenses(system.root, Cache()), by_package(found.rocks)
    rocks: list[RockFiles] = []
    refused: list[Refused] = []
    with Beneath(system.root) as below:

        def content(path: str) -> bytes:
            real = view.find(path)
            if real is None:
                raise DistrorocksError(f"{path} is a link to a file that does not exist")
            try:
                return below.read(real.path, MOST_BYTES)
            except OSError as error:
                raise DistrorocksError(f"cannot read {path}: {error.strerror}") from None

        with Work("reading", total=len(found.rocks), unit="rocks") as reading:
            for rock in found.rocks:
                reading.at(rock.name.rock)
                name = "" if rock.why_not else licenses.of(rock.package)
                _add(_Described(rock, content, name, published), rocks, refused)
                reading.advance()

    def read(layout: Layout, name: str, version: str) -> RockFiles:
        return read_installed_rock(layout, name, version, system.root).rock

    complete: set[tuple[str, str]] = set()
    for package in found.packages:
        shipped, versions = _shipped(package, found.layouts, read)
        rocks += shipped
        complete |= {(package.name, version) for version in versions}
    warnings = (*found.warnings, *licenses.warnings)
    return Found(tuple(rocks), tuple(_without(refused, complete)), warnings)


def _shipped(
    package: Package, layouts: Mapping[str, Layout], read: ReadRock
) -> tuple[list[RockFiles], set[str]]:
    """Return the rocks whose metadata a package ships whole, and their Lua versions.

    One whose rock_manifest does not list its files is left out.
    """
    rocks, versions = [], set()
    for path in package.files:
        file = classify(path)
        layout = layouts.get(file.lua_version) if file and file.kind == METADATA else None
        if not file or not layout or file.directory != layout.rocks_dir:
            continue
        name, version, inside = file.relative.split("/", 2)
        if inside != "rock_manifest":
            continue
        try:
            rock = read(layout, name, version)
        except DistrorocksError:
            continue  # the survey has said that the package ships its own
        rocks.append(rock._replace(origin=f"{package.name} {package.version}"))
        versions.add(layout.lua_version)
    return rocks, versions


def _without(refused: list[Refused], complete: set[tuple[str, str]]) -> list[Refused]:
    """Return the refusals without those of packages, by name and Lua version."""
    return [each for each in refused if (each.package.name, each.lua_version) not in complete]


class _Described(NamedTuple):
    """A package's answer for one Lua version, and what is needed to describe it."""

    rock: ProvidedRock
    content: Contents
    license: str
    published: Mapping[tuple[str, str], Sequence[ProvidedRock]]


def _add(it: _Described, rocks: list[RockFiles], refused: list[Refused]) -> None:
    """Add a rock to those to pack, or to those that are not."""
    why = it.rock.why_not
    if not why:
        try:
            rocks.append(_files(it))
            return
        except DistrorocksError as error:
            why = error.brief
    refused.append(Refused(it.rock.package, it.rock.lua_version, it.rock.name.rock, why))


def _files(it: _Described) -> RockFiles:
    """Return the files of a rock, with the rockspec and rock_manifest that refresh would write."""
    rock, room = it.rock, Room()
    content = cache(lambda path: room.take(it.content(path)))
    files = {
        f"{part}/{below}": content(path)
        for part, paths in (("lua", rock.lua), ("lib", rock.lib), ("bin", rock.bin))
        for below, path in paths.items()
    }
    files.update({inside: content(path) for inside, path in rock.shipped.items()})
    needs = rock_needs(rock, it.published) if not rock.shipped else ()
    metadata = rock_files(
        rock,
        COMPLETE,
        digest=lambda path: md5(content(path)).hexdigest(),
        license_name=it.license,
        needs=needs,
    )
    origin = f"{rock.package.name} {rock.package.version}"
    return RockFiles(*rock.rock, {**files, **metadata}, origin, rock.lua_version)


def _without_rocks(files: Sequence[PackageFile], offers: Sequence[ProvidedRock]) -> list[Refused]:
    """Return the packages that have no module for any of the Lua versions."""
    known = {offer.package[:4] for offer in offers}
    why = "it has no module for these versions of Lua"
    return [Refused(each.package, "", "", why) for each in files if each.package[:4] not in known]


def _names(file: PackageFile, system: System) -> NameTable:
    """Return the table of names of a package file's distribution, else of the root's."""
    told = system.distribution or file.distribution
    distribution = Distribution(id=told) if told else read_distribution(system.root)
    return read_name_table(system.root, distribution, guess=system.guess)


class _Assumed(dict[tuple[str, str], Sequence[ProvidedRock]]):
    """The rocks that a package name stands for, by Lua version, whether or not it is at hand.

    Packages that are not at hand are what the maps of names say that they are. Their version is not
    known, and is left empty, unless the maps give the rock one of its own.
    """

    def __init__(
        self,
        published: Mapping[tuple[str, str], Sequence[ProvidedRock]],
        package: Package,
        names: NameTable,
    ) -> None:
        super().__init__(published)
        self._package = package
        self._names = names

    def get(self, key: tuple[str, str], default: object = ()) -> Sequence[ProvidedRock]:  # noqa: ARG002
        """Return the rocks of a package name for a Lua version."""
        known = super().get(key)
        if known is None:
            known = self[key] = self._looked_up(*key)
        return known

    def _looked_up(self, lua_version: str, name: str) -> Sequence[ProvidedRock]:
        family = self._package.family
        if not self._names.is_mapped(family, name):
            return ()
        package = Package(family, name, "0", self._package.architecture)
        modules = self._names.claimed_modules(package)
        return [
            ProvidedRock(
                package, lua_version, (lua_version,), answer,
                self._names.version_of(package, answer)._replace(text=answer.version or ""),
                {}, {}, {}, (),
            )
            for answer in self._names.rocks_of(package, lua_version, modules)
            if answer.published and answer.rock
        ]  # fmt: skip
