"""The packages that own Lua files, read from dpkg's own files: no program, any root."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.distro.lua_files import classify, has_lua
from distrorocks.distro.package import Package, Packages
from distrorocks.system.dpkg_lists import PackageList, read_diversions, read_lists, read_sums
from distrorocks.system.dpkg_status import Stanza, read_native_architecture, read_stanzas
from distrorocks.system.root_path import RootView

__all__ = ["read_native_architecture", "read_packages"]


def read_packages(root: str) -> Packages:
    """Return every unpacked package of ``root`` that owns an existing Lua file or rock metadata.

    A package that is unpacked but not yet configured counts: its files are there. All its
    architectures count; ``architecture`` tells them apart. A root without a dpkg database has no
    packages. What is malformed is left out with a warning; raises DistrorocksError if a database
    stands there but cannot be read at all.
    """
    view, warnings = RootView(root), list[str]()
    lists = read_lists(view, warnings)
    if not lists:
        return Packages((), tuple(warnings))
    diverted = read_diversions(view)
    stanzas = read_stanzas(view, {entry.package for entry in lists}, warnings)
    owned: list[tuple[PackageList, Stanza, dict[str, str]]] = []
    for entry in lists:
        stanza = _stanza_of(entry.instance, stanzas)
        if stanza and has_lua(files := _existing_files(view, entry, diverted)):
            owned.append((entry, stanza, files))
    wanted = {real for _, _, files in owned for real in files.values()}.difference(diverted)
    sums: dict[str, str] = {}
    for entry, _, _ in owned:
        sums.update(read_sums(view, entry, wanted))
    packages = [_package(stanza, files, sums, diverted) for _, stanza, files in owned]
    return Packages(tuple(sorted(packages, key=lambda one: one[:4])), tuple(warnings))


def _stanza_of(instance: str, stanzas: list[Stanza]) -> Stanza | None:
    """Return the unpacked package that NAME, or NAME:ARCH where Multi-Arch: same, stands for."""
    name, _, architecture = instance.partition(":")
    for stanza in stanzas:
        fits = not architecture or stanza.architecture == architecture
        if stanza.name == name and fits and stanza.is_unpacked:
            return stanza
    return None


def _existing_files(
    view: RootView, entry: PackageList, diverted: Mapping[str, str]
) -> dict[str, str]:
    """Return path -> link-free path of the files that matter, exist, and are this package's.

    A path diverted by another package, or by the administrator, holds somebody else's file.
    """
    files, package = {}, entry.package
    for path in entry.paths:
        if not path.startswith("/usr/") or diverted.get(path, package) != package:
            continue
        if classify(path) and (found := view.find(path)) and found.is_file:
            files[path] = found.path
    return files


def _package(
    stanza: Stanza, files: Mapping[str, str], sums: Mapping[str, str], diverted: Mapping[str, str]
) -> Package:
    """Return the package with the digests that still hold."""
    fields = stanza.fields
    summary, _, rest = fields.get("Description", "").partition("\n")
    relations = f"{fields.get('Pre-Depends', '')},{fields.get('Depends', '')}"
    return Package(
        family="deb",
        name=stanza.name,
        version=fields["Version"],
        architecture=stanza.architecture,
        source=fields.get("Source", stanza.name).partition(" ")[0],
        summary=summary.strip(),
        description=_unfolded(rest),
        homepage=fields.get("Homepage", ""),
        relations=_entries(relations),
        provides=_entries(fields.get("Provides", "")),
        lua_versions=tuple(fields.get("Lua-Versions", "").split()),
        files=tuple(sorted(files)),
        recorded={
            path: sums[real]
            for path, real in sorted(files.items())
            if real in sums and path not in diverted
        },
    )


def _entries(text: str) -> tuple[str, ...]:
    """Return the entries of a relationship field, each on one line."""
    return tuple(entry for part in text.split(",") if (entry := " ".join(part.split())))


def _unfolded(text: str) -> str:
    """Return a long description without its folding: one leading blank, " ." for an empty line."""
    lines = (line[1:].rstrip() for line in text.split("\n"))
    return "\n".join("" if line == "." else line for line in lines).strip()
