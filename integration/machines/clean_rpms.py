"""RPM packages of rocks as Fedora's builders build them: declared BuildRequires, checks on.

The systems are Debian's smallest with rpm. What a spec file asks for is looked up among Debian's
packages: those are installed with apt, and rpm's database has a package in their place that
provides what Fedora's would. So rpmbuild and rpm look at every relation, as on Fedora: nothing is
built with ``--nodeps``. A build has no network. What it made is installed by rpm in another clean
root, where each Lua of the package requires its modules.

That a rock's package in Fedora provides ``lua5.4dist(NAME)`` is taken for granted: ours do, those
of others do not yet.
"""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.families.external_library import read_external_libraries
from distrorocks.families.name_entry import plain_name
from distrorocks.families.names_file import read_shipped_names
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.scaffold.scaffold import Scaffold
from distrorocks.system.lua.jail import Jail
from integration.facts import debian_facts
from integration.machines.clean_builds import (
    FAIL,
    RAN,
    SECONDS,
    loading_faults,
    telling_line,
    tests_line,
    told,
)
from integration.machines.clean_roots import KEPT, installed, needed, with_tools
from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_packages import Verdict, lack_of, planned_versions, source_tree
from integration.machines.rock_specs import TOP, with_our_macros
from integration.machines.roots import Clone, Layer
from integration.machines.rpm_rocks import REPRODUCIBLE

SUITE = "trixie"
NO_STAND_IN = "Debian has no stand-in: "
"""What stands before a requirement that Fedora has, and that cannot be measured here."""
# What every builder of Fedora has: rpm-build and the programs that it needs.
TOOLS = ("rpm", "cpio", "unzip", "bzip2", "xz-utils", "patch", "file", "zstd")
_LUA = re.compile(r"lua(?P<version>5\.[1-9])?-(?P<stem>.+)")
_ROCK = re.compile(r"lua(?P<version>5\.[1-9])dist\((?P<rock>[^()]+)\)")
_LIBRARY = re.compile(r"(?P<file>[^()\s]+\.so[^()\s]*)\([^()]*\)(?:\(64bit\))?")
_TESTS = "+ upstream_tests"  # as rpmbuild shows the call of a shell function
_ALWAYS = re.compile(r"rpmlib\(|rtld\(|lib(?:c|m|dl|pthread)\.so|/bin/|/usr/bin/env")


class Provided(NamedTuple):
    """What is installed for one requirement: Debian's packages, and what rpm's provides."""

    packages: tuple[str, ...]
    provides: tuple[str, ...] = ()


_LUAS = {
    lua: Provided((f"lua{lua}", headers), (f"lua(abi) = {lua}",))
    for lua, headers in (("5.4", "liblua5.4-dev"), ("5.1", "liblua5.1-0-dev"))
}
_NAMED = {
    "luarocks-rpm-macros": Provided(("luarocks", "zip", "python3")),
    "lua-devel": _LUAS["5.4"],
    "compat-lua-devel": _LUAS["5.1"],
    "gcc": Provided(("gcc", "libc6-dev")),
    "gcc-c++": Provided(("g++",)),
    "make": Provided(("make",)),
    "cmake": Provided(("cmake", "make")),
    "lua(abi) = 5.4": Provided(("lua5.4",)),
    "lua(abi) = 5.1": Provided(("lua5.1",)),
    # What a command's first line names: LuaRocks in Fedora knows compat-lua's as lua-5.1.
    "/usr/bin/lua5.4": Provided(("lua5.4",)),
    "/usr/bin/lua5.1": Provided(("lua5.1",)),
    "perl-Test-Harness": Provided(("perl",)),
}


def provided(need: str) -> Provided | None:
    """Return what is installed for a requirement of a spec file or a package, None for nothing."""
    name = need if need in _NAMED else need.strip("( ").split(" ")[0]
    if name in _NAMED:
        return _NAMED[name]
    if found := re.fullmatch(r"pkgconfig\((.+)\)", name):
        libraries = read_external_libraries().all
        having = (each.packages.get("debian") for each in libraries if found[1] in each.pkg_config)
        package = next(filter(None, having), "")
        return Provided((package, "pkg-config")) if package else None
    for library in read_external_libraries().all:
        named = library.packages
        if named.get("fedora") == name and "debian" in named:
            return Provided((named["debian"],))
    rock, lua = "", ""
    if found := _ROCK.fullmatch(name):
        rock, lua = found["rock"], found["version"]
    elif found := _LUA.fullmatch(name):
        rock, lua = _rocks().get(f"lua-{found['stem']}", ""), found["version"] or "5.4"
    fact = next((it for it in debian_facts(SUITE) if it.rock == rock), None) if rock else None
    if fact is None or lua not in fact.lua_versions:
        return None
    more = read_tables(DEB).names.needs_of(fact.package)  # which Debian's only recommends
    return Provided((fact.package, *more), (name, f"lua{lua}dist({rock})"))


def _is_fedoras(name: str) -> bool:
    """Return whether Fedora has a package, or one of a rock."""
    if found := _ROCK.fullmatch(name):
        return read_tables(FEDORA).names.of(found["rock"]).is_packaged
    return plain_name(name) in read_shipped_names(FEDORA.distribution)


@functools.cache
def _rocks() -> dict[str, str]:
    """Return the rock of each of Fedora's packages that has one."""
    names = read_tables(FEDORA).names
    rocks = sorted({fact.rock for fact in debian_facts(SUITE) if fact.rock})
    found = {rock: names.of(rock) for rock in rocks}
    return {each.name: rock for rock, each in found.items() if each.is_packaged}


def clean_rpm_of(rock: Path, jail: Jail) -> Verdict:
    """Build a rock's ``.rpm`` files in a clean root, install them in another and load the modules.

    The reason begins with what failed, as that of ``clean_deb_of``.
    """
    folder, made = source_tree(rock, "fedora", jail)
    verdict = Verdict(rock.name, "", planned_versions(made))
    verdict = verdict._replace(upstream=made.plan.fields["upstream_tests"].gap)
    if gap := made.plan.fields["lua_versions"].gap:
        return verdict._replace(excuse=gap)
    _, builder = rpm_roots()
    stage = "build-dep"
    try:
        with builder.clone() as machine:
            spec = _put(machine, folder)
            asked = machine.run("rpmspec", "-q", "--buildrequires", spec).lines
        found = all_provided(asked)
        needs = _packages(builder, found)
        with KEPT.machine(builder, needs) as machine:
            spec = _put(machine, folder)
            _know(machine, found)
            stage = "build"
            log = machine.run(*_rpmbuild(spec), ends=True).out
            packages = [Path(shutil.copy(it, folder)) for it in machine.path(TOP).glob("RPMS/*/*")]
            libraries = _owners(machine, packages)
    except (CommandError, LookupError) as failure:
        said = _said(failure)
        line = telling_line(said)
        return verdict._replace(reason=f"{told(made, line)}{stage}: {line}", log=said)
    if made.plan.upstream_tests:
        tests, is_failure, _ = log.partition(_TESTS)[2].partition(f"\n{FAIL}\n")
        verdict = verdict._replace(upstream=f"{FAIL}: {tests_line(tests)}" if is_failure else RAN)
    files = {path for each in packages for path in run("rpm", "-qpl", each).lines}
    if lack := lack_of(made, files):
        return verdict._replace(reason=f"holds: {lack}", log=log)
    fault, unloaded = _installed(packages, libraries, made)
    return verdict._replace(reason=fault, unloaded=unloaded, log=log)


@functools.cache
def rpm_roots() -> tuple[Layer, Layer]:
    """Return Debian's smallest system with rpm, and one with our macros as well."""
    with_rpm = Clone(with_tools(SUITE, TOOLS))
    with_rpm.run("rpmdb", "--initdb")
    bare = with_rpm.freeze()
    builder = Clone(bare)
    installed(builder, "install", "lua5.4")  # %__luarocks_default asks it
    with_our_macros(builder)
    return bare, builder.freeze()


def _put(machine: Machine, folder: Path) -> str:
    """Put a spec file with its sources into a machine; return the spec file."""
    shutil.copytree(folder, machine.path(TOP) / "SOURCES")
    (spec,) = machine.path(TOP).glob("SOURCES/*.spec")
    return f"{TOP}/SOURCES/{spec.name}"


def _rpmbuild(spec: str) -> tuple[str, ...]:
    """Return the words that build a spec file with all checks."""
    defined = {"_topdir": TOP, **REPRODUCIBLE}
    words = [word for each in defined.items() for word in ("-D", " ".join(each))]
    build = f"rpmbuild -bb {' '.join(map(repr, words))} {spec} 2>&1"
    return ("timeout", SECONDS, "nice", "-n", "10", "sh", "-c", build)


def _said(failure: Exception) -> str:
    if isinstance(failure, CommandError):
        return failure.outcome.out + failure.outcome.err
    is_unmeasured = isinstance(failure, NoStandInError)
    return f"E: {NO_STAND_IN * is_unmeasured}{failure.args[0]}"


class NoStandInError(LookupError):
    """Fedora has what is required, and Debian has no package that could stand for it."""


def all_provided(needs: Iterable[str]) -> dict[str, Provided]:
    """Return what is installed for requirements.

    Raise ``LookupError`` if one has nothing, ``NoStandInError`` if that is for want of Debian's.
    """
    found = {}
    for need in dict.fromkeys(needs):
        given = provided(need)
        if given is None:
            kind = NoStandInError if _is_fedoras(need.strip("( ").split(" ")[0]) else LookupError
            raise kind(f"nothing provides {need}")
        found[need] = given
    return found


def _packages(layer: Layer, found: dict[str, Provided]) -> frozenset[str]:
    """Return Debian's packages that have to be installed for requirements."""
    packages = {package for given in found.values() for package in given.packages}
    if not packages:
        return frozenset()
    return needed(layer, "", lambda _: None, "install", *sorted(packages))


def _know(machine: Machine, found: dict[str, Provided]) -> None:
    """Put a package into rpm's database that provides what was asked for, with its versions."""
    lines: dict[str, None] = {}
    for need, given in found.items():
        version = _version(machine, given.packages[0]) if given.packages else "1"
        name = need if need in _NAMED else need.strip("( ").split(" ")[0]
        for each in (name, *given.provides):
            is_plain = " = " in each or each.startswith("/")  # rpm has no versions of files
            lines[f"Provides: {each}{'' if is_plain else f' = {version}'}"] = None
    spec = "Name: system-{n}\nVersion: 1\nRelease: 1\nSummary: system\nLicense: none\n"
    spec += "BuildArch: noarch\n{lines}\n%description\nSystem.\n%files\n"
    number = len(machine.run("rpm", "-qa", status=None).lines)
    text = spec.format(n=number, lines="\n".join(lines))
    machine.write("/srv/system/system.spec", text)
    top = ("-D", "_topdir /srv/system")
    machine.run("rpmbuild", "-bb", "--quiet", *top, "/srv/system/system.spec")
    made = f"/srv/system/RPMS/noarch/system-{number}-1-1.noarch.rpm"
    machine.run("rpm", "-i", "--nodeps", made)


def _version(machine: Machine, package: str) -> str:
    """Return the upstream version of one of Debian's packages that is installed."""
    shown = machine.run("dpkg-query", "-W", "-f", "${Version}", package).out
    upstream = shown.rpartition(":")[2].rpartition("-")[0] or shown
    return re.sub(r"[^A-Za-z0-9.].*", "", upstream)


def _owners(machine: Machine, packages: Iterable[Path]) -> dict[str, Provided]:
    """Return Debian's package of each library that built packages require."""
    found = {}
    for need in _requires(packages):
        if library := _LIBRARY.fullmatch(need):
            words = ("dpkg", "-S", f"*/{library['file']}")
            said = machine.run(*words, status=None).lines
            lines = [line for line in said if not line.startswith("diversion ")]
            if lines:
                found[need] = Provided((lines[0].partition(":")[0],))
    return found


def _requires(packages: Iterable[Path]) -> list[str]:
    """Return what packages require, but for what every system has."""
    lines = dict.fromkeys(it for each in packages for it in run("rpm", "-qpR", each).lines)
    return [line for line in lines if not _ALWAYS.match(line)]


def _installed(
    packages: Sequence[Path], libraries: dict[str, Provided], made: Scaffold
) -> tuple[str, tuple[str, ...]]:
    """Return what is wrong with packages that rpm installs in a clean root, "" if nothing.

    Beside it are the modules that the packaging leaves out and that do not load.
    """
    bare, _ = rpm_roots()
    needs = _requires(packages)
    own = {it.split(" ")[0] for each in packages for it in run("rpm", "-qpP", each).lines}
    needs = [need for need in needs if need.strip("( ").split(" ")[0] not in own]
    always = [it for it in run("rpm", "-qpR", *packages).lines if _is_provided_by_all(it)]
    try:
        found = all_provided(need for need in needs if need not in libraries)
        found |= {need: libraries[need] for need in needs if need in libraries}
        with KEPT.machine(bare, _packages(bare, found)) as machine:
            _know(machine, found | dict.fromkeys(always, Provided(())))
            for package in packages:
                shutil.copy(package, machine.path("/srv"))
            machine.run("rpm", "-i", *(f"/srv/{package.name}" for package in packages))
            return loading_faults(machine, made, "/usr/lib64")
    except (CommandError, LookupError) as failure:
        line = telling_line(_said(failure))
        return f"{told(made, line)}install: {line}", ()


def _is_provided_by_all(need: str) -> bool:
    return _ALWAYS.match(need) is not None and not need.startswith("rpmlib(")
