"""The packages that own Lua files, read from dpkg's own files: no program, any root."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from functools import partial

from distrorocks.families.deb.file_lists import PackageList, read_diversions, read_lists, read_sums
from distrorocks.families.deb.stanzas import Stanza, parse_stanza, read_entries, stanza_package
from distrorocks.families.lua_files import classify, has_lua
from distrorocks.families.package import Package, Packages
from distrorocks.md5 import md5
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class _Owner(NamedTuple):
    """A package that owns Lua files: path to link-free path, and the digests that still hold.

    ``has_loose_links`` tells that a link of it led nowhere, or over a link that is not its own:
    another package may bring the target, or an alternative change it.
    """

    stanza: Mapping[str, str]
    files: Mapping[str, str]
    sums: Mapping[str, str]
    has_loose_links: bool

    @property
    def reaches_out(self) -> bool:
        """Whether a file of it is, over links, one that it has recorded no digest of."""
        return self.has_loose_links or not self.sums.keys() >= set(self.files.values())


def read_packages(root: str, cache: Cache | None = None) -> Packages:
    """Return every unpacked package of ``root`` that owns an existing Lua file or rock metadata.

    A package that is unpacked but not yet configured counts: its files are there. All its
    architectures count; ``architecture`` tells them apart. A root without a dpkg database has no
    packages. What is malformed is left out with a warning; raise DistrorocksError if a database
    exists but cannot be read at all. What ``cache`` knows of a package whose entries in
    the database are the same is not looked up again.
    """
    view, warnings, cache = RootView(root), list[str](), cache or Cache()
    lists = read_lists(view, warnings, cache)
    if not lists:
        return Packages((), tuple(warnings))
    diverted = read_diversions(view)
    entries = read_entries(view, {each.package for each in lists})
    table = cache.table("packages")
    owners: list[tuple[PackageList, _Owner]] = []
    for each in lists:
        raws = entries.get(each.package, [])
        found = table.of(
            each.instance,
            (*each.signature, md5(b"\n\n".join(raws)).hexdigest()),
            partial(_owner, view, each, raws, diverted, warnings),
            lasts=lambda found: not (found and _Owner(*found).reaches_out),
        )
        if found and has_lua(_Owner(*found).files):
            owners.append((each, _Owner(*found)))
    sums = {path: digest for _, owner in owners for path, digest in owner.sums.items()}
    wanted = {real for _, one in owners if one.reaches_out for real in one.files.values()} - {*sums}
    for each in lists if wanted else ():
        sums.update(read_sums(view, each, wanted))
    packages = [_package(owner, sums, diverted) for _, owner in owners]
    return Packages(tuple(sorted(packages, key=lambda one: one[:4])), tuple(warnings))


def _owner(
    view: RootView,
    entry: PackageList,
    raws: list[bytes],
    diverted: Mapping[str, str],
    warnings: list[str],
) -> list[Any] | None:
    """Return what ``_Owner`` holds, or None where nothing is unpacked or nothing is of Lua."""
    stanza = _stanza_of(entry, raws, warnings)
    if not stanza:
        return None
    files, missing = _existing_files(view, entry, diverted)
    linked = [path for path, real in files.items() if path != real]
    own = frozenset(entry.paths if linked else ())
    has_loose_links = any(_is_link(view, path) for path in missing) or any(
        _leads_over_others(view, path, own) for path in linked
    )
    if not has_lua(files) and not has_loose_links:
        return None
    sums = read_sums(view, entry, {*files.values()}.difference(diverted))
    return [stanza.fields, files, sums, has_loose_links]


def _stanza_of(entry: PackageList, raws: list[bytes], warnings: list[str]) -> Stanza | None:
    """Return the unpacked package that NAME, or NAME:ARCH where Multi-Arch: same, stands for."""
    architecture = entry.instance.partition(":")[2]
    for raw in raws:
        stanza = parse_stanza(raw)
        if stanza is None:
            warnings.append(f"the entry of {entry.package} in dpkg's status is malformed")
        elif stanza.is_unpacked and architecture in ("", stanza.architecture):
            return stanza
    return None


def _existing_files(
    view: RootView, entry: PackageList, diverted: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return path -> link-free path of the files that matter and exist, and those that do not.

    A path diverted by another package, or by the administrator, holds somebody else's file.
    """
    files, missing, package = {}, [], entry.package
    for path in entry.paths:
        if not path.startswith("/usr/") or diverted.get(path, package) != package:
            continue
        if classify(path):
            found = view.find(path)
            if found and found.is_file:
                files[path] = found.path
            else:
                missing.append(path)
    return files, missing


def _is_link(view: RootView, path: str) -> bool:
    """Return whether a path is a link itself, or has no directory just now."""
    above, _, name = path.rpartition("/")
    directory = view.find(above)
    return directory is None or os.path.islink(view.host_path(f"{directory.path}/{name}"))


def _leads_over_others(view: RootView, path: str, own: Collection[str]) -> bool:
    """Return whether a path leads to its file over links that are not among its package's own."""
    found = view.entry(path)
    while found and stat.S_ISLNK(found.status.st_mode):
        try:
            target = os.readlink(view.host_path(found.path))
        except OSError:
            return True
        path = os.path.normpath(os.path.join(os.path.dirname(found.path), target))
        if path not in own:
            return True
        found = view.entry(path)
    return False


def _package(owner: _Owner, sums: Mapping[str, str], diverted: Mapping[str, str]) -> Package:
    """Return the package with the digests that still hold."""
    files = owner.files
    recorded = {
        path: sums[real]
        for path, real in sorted(files.items())
        if real in sums and path not in diverted
    }
    return stanza_package(owner.stanza)._replace(files=tuple(sorted(files)), recorded=recorded)
