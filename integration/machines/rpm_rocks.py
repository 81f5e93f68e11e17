"""Rocks as ``.rpm`` files: scaffolded, built by rpmbuild for each Lua, judged by rpmlint."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from distrorocks.packaging.scaffold.scaffold import Scaffold
from distrorocks.system.lua.jail import Jail
from integration.machines.loading import refused
from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_packages import (
    Verdict,
    failure_line,
    lack_of,
    planned_versions,
    source_tree,
)
from integration.machines.rock_specs import TOP, rpm_root, with_our_macros
from integration.machines.rpmlint import rpmlint_errors
from integration.machines.source_packages import digests

# What openSUSE's package lua-macros has for spec files, as far as ours ask for it.
OPENSUSE_MACROS = """%suse_version 1699
%lua_provides \\
%if "%{flavor}" == "lua54" \\
Provides: lua-%{mod_name} = %{version}-%{release} \\
Obsoletes: lua-%{mod_name} < %{version}-%{release} \\
%endif
"""
FLAVOR = "@BUILD_FLAVOR@"
# As Fedora and openSUSE have it, so that a build's time and its machine are in no package.
REPRODUCIBLE = {
    "source_date_epoch_from_changelog": "1",
    "use_source_date_epoch_as_buildtime": "1",
    "build_mtime_policy": "clamp_to_source_date_epoch",
    "_buildhost": "reproducible",
    # Their packages of debug information take the builder's folder out; here there are none.
    "debug_package": "%{nil}",
    "optflags": "-O2",
}
_ENTRY = re.compile(
    r"^-+\n(?P<date>.+?) - (?P<who>.+)\n\n(?P<items>(?:(?!---).*\n?)*)", re.MULTILINE
)
ELSEWHERE = ("/srv/another/and/deeper", {"LC_ALL": "C", "TZ": "Asia/Tokyo"})


@contextmanager
def rpm_builder(libraries: tuple[str, ...] = ()) -> Iterator[Machine]:
    """Have a machine that builds ``.rpm`` files with our macros."""
    with rpm_root(libraries).clone() as machine:
        with_our_macros(machine)
        yield machine


def rpm_of(
    machine: Machine,
    rock: Path,
    jail: Jail,
    *,
    form: str = "fedora",
    check: bool = False,
    twice: bool = False,
) -> tuple[Verdict, tuple[Path, ...]]:
    """Build a rock's ``.rpm`` files with its source package, and return what became of it.

    A rock that no Lua of the distribution will do for is not built. One that is built ``twice``,
    the second time elsewhere, is right where both are the same.
    """
    folder, made = source_tree(rock, form, jail)
    verdict = Verdict(rock.name, "", planned_versions(made))
    if gap := made.plan.fields["lua_versions"].gap:
        return verdict._replace(excuse=gap), ()
    start = time.monotonic()
    try:
        packages, log = _built(machine, folder, made, check=check)
        seconds = time.monotonic() - start
        again = _built(machine, folder, made, *ELSEWHERE)[0] if twice else ()
    except CommandError as failure:
        return verdict._replace(reason=failure_line(str(failure)), log=str(failure)), ()
    # A flavour's source package and spec file have names that only openSUSE's linter expects.
    sources = (*packages[0].parent.glob("*.src.rpm"), *folder.glob("*.spec"))
    tags = rpmlint_errors((*packages, *(sources if form == "fedora" else ())))
    reason = _wrong(made, packages) or next(_not_loading(machine, packages), "")
    if twice and not reason and digests(packages) != digests(again):
        reason = "differs from place to place"
    return verdict._replace(reason=reason, tags=tags, seconds=seconds, log=log), packages


def _built(
    machine: Machine,
    folder: Path,
    made: Scaffold,
    top: str = TOP,
    environment: Mapping[str, str] = MappingProxyType({}),
    *,
    check: bool = False,
) -> tuple[tuple[Path, ...], str]:
    """Build the packages of all flavours below ``top``, and return copies of them with the log."""
    kept = Path(tempfile.mkdtemp(prefix="rpms-", dir=folder))
    log = ""
    for flavor in _flavors(made):
        place = machine.path(top)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder, place / "SOURCES", ignore=shutil.ignore_patterns("rpms-*"))
        (spec,) = (place / "SOURCES").glob("*.spec")
        spec.write_text(spec.read_text().replace(FLAVOR, flavor) + _history(folder))
        shutil.copystat(folder / spec.name, spec)
        macros = machine.path("/usr/lib/rpm/macros.d/macros.lua")
        macros.write_text(OPENSUSE_MACROS if flavor else "")
        defined = {"_topdir": top, **REPRODUCIBLE}
        words = [word for each in defined.items() for word in ("-D", " ".join(each))]
        words += ["--nodeps", *(() if check else ("--nocheck",))]
        settings = [f"{name}={value}" for name, value in environment.items()]
        # Built together, each package has the source package's digest, and that one the folder.
        for what in ("-bb", "-bs"):
            rpmbuild = ("env", *settings, "rpmbuild", what, *words)
            done = machine.run(*rpmbuild, f"{top}/SOURCES/{spec.name}")
            log += done.out + done.err
        for path in place.glob("*RPMS/**/*.rpm"):
            shutil.copy(path, kept)
    return tuple(sorted(p for p in kept.glob("*.rpm") if not p.match("*.src.rpm"))), log


def _history(folder: Path) -> str:
    """Return the entries of a .changes file in the form of %changelog, as OBS adds them."""
    lines = ""
    for path in folder.glob("*.changes"):
        for entry in _ENTRY.finditer(path.read_text()):
            day, month, number, _, _, year = entry["date"].split()
            lines += f"* {day} {month} {number} {year} {entry['who']}\n{entry['items'].strip()}\n"
    return lines


def _flavors(made: Scaffold) -> tuple[str, ...]:
    """Return the flavours that openSUSE builds of a spec file, one without a name elsewhere."""
    if made.plan.format != "opensuse":
        return ("",)
    return tuple(f"lua{version.replace('.', '')}" for version in planned_versions(made))


def _wrong(made: Scaffold, packages: tuple[Path, ...]) -> str:
    """Return what the packages lack, "" for nothing: each Lua's modules are in one of them."""
    files = [set(run("rpm", "-qpl", package).lines) for package in packages]
    if len(files) != len(planned_versions(made)):
        return f"{len(files)} packages for {len(planned_versions(made))} Luas"
    if lack := lack_of(made, set().union(*files)):
        return lack
    if any(not any("/luarocks/rocks-" in path for path in each) for each in files):
        return "a package holds no rock"
    return ""


def _not_loading(machine: Machine, packages: tuple[Path, ...]) -> Iterator[str]:
    """Yield a line for each module in the packages that its Lua cannot load."""
    place = machine.path("/srv/loading")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for package in packages:
        run("sh", "-c", f"cd {place} && rpm2cpio {package} | cpio --quiet -idmu")
    yield from refused(machine, place)
