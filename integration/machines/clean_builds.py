"""Debian packages of rocks as Debian builds them: a clean root, declared packages only, checks on.

A root of the build has build-essential, debhelper and ours; apt installs what Build-Depends names,
and the build itself has no network. What it made is installed by apt in another clean root, where
each Lua of the package requires all of its modules. Those of which the packaging says that they are
not tried make no package wrong, but are told: a strict count takes them for missing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from distrorocks.families.naming_rules import spelled
from distrorocks.packaging.scaffold.scaffold import Scaffold
from distrorocks.system.lua.jail import Jail
from integration.machines.autopkgtests import tested
from integration.machines.clean_roots import KEPT, bare_root, clean_roots, needed
from integration.machines.machine import CommandError, Machine, run
from integration.machines.rock_packages import (
    Verdict,
    failure_line,
    lack_of,
    planned_versions,
    source_tree,
)
from integration.machines.roots import Layer
from integration.machines.source_packages import modules

PLACE = "/srv/rock"
_RELATIONS = ("Depends", "Pre-Depends", "Recommends", "Conflicts", "Breaks", "Replaces")
SECONDS = "900"
TOLD = "told by a gap"
UPSTREAM = "debian/tests/upstream debian/.luarocks"
RAN = "upstream's tests ran at the build"
FAIL = "upstream's tests fail"
"""What a build says of them, and goes on."""
# The fields whose gaps say what no package has, and the words of these gaps that are no names.
_LACKS = (
    "modules",
    "external_requires",
    "build_requires_missing",
    "requires_missing",
    "requires",
)
_CONFLICT = re.compile(r"\d+\. \S+ (?:Depends|Breaks|Conflicts) ")  # as apt 3 tells what is wrong
_NAME = re.compile(r"\w[\w.+/-]*\w")
_WORDS = "and as distribution for has is known lack libraries lua modules no of package sources the"
_PLAIN_WORDS = frozenset(_WORDS.split())


def clean_deb_of(suite: str, rock: Path, jail: Jail) -> Verdict:
    """Build a rock's ``.deb`` in a clean root with its checks, install it in another and load it.

    The packaging is made for the suite, with the lists of its apt.

    The reason begins with what failed: ``build-dep``, ``build``, ``holds``, ``install``,
    ``require`` or ``autopkgtest``, after a word where a gap of the plan told of it. A rock that no
    Lua of the distribution will do for is excused.
    """
    lists = str(bare_root(suite).folders[-1])
    tree, made = source_tree(rock, "deb", jail, f'target = "{suite}"\n', root=lists)
    verdict = Verdict(rock.name, "", planned_versions(made))
    verdict = verdict._replace(upstream=made.plan.fields["upstream_tests"].gap)
    if gap := made.plan.fields["lua_versions"].gap:
        return verdict._replace(excuse=gap)
    bare, builder = clean_roots(suite)

    def put(machine: Machine) -> None:
        shutil.copytree(tree / "debian", machine.path(f"{PLACE}/tree/debian"), symlinks=True)

    stage = "build-dep"
    try:
        needs = needed(builder, _build_relations(tree), put, "build-dep", f"{PLACE}/tree")
        with KEPT.machine(builder, needs) as machine:
            place = machine.path(PLACE)
            shutil.copytree(tree, place / "tree", symlinks=True)
            stage = "build"
            build = f"cd {PLACE}/tree && dpkg-buildpackage -us -uc -b 2>&1"
            words = ("timeout", SECONDS, "nice", "-n", "10", "sh", "-c", build)
            log = machine.run(*words, ends=True).out
            packages = [Path(shutil.copy(path, tree.parent)) for path in place.glob("*.deb")]
    except CommandError as failure:
        said = failure.outcome.out + failure.outcome.err
        line = telling_line(said)
        return verdict._replace(reason=f"{told(made, line)}{stage}: {line}", log=said)
    packages = [path for path in packages if "-dbgsym" not in path.name]
    verdict = verdict._replace(log=log)
    if lack := lack_of(made, {file for path in packages for file in modules(path)}):
        return verdict._replace(reason=f"holds: {lack}")
    if UPSTREAM in log:
        tests, is_failure, _ = log.partition(f"{FAIL}\n")
        verdict = verdict._replace(upstream=f"{FAIL}: {tests_line(tests)}" if is_failure else RAN)
    return _installed(bare, packages, made, tree, verdict)


def _build_relations(tree: Path) -> str:
    """Return the first stanza of debian/control, but for what says no relation."""
    stanza = (tree / "debian/control").read_text().partition("\n\n")[0]
    fields = re.split(r"\n(?=\S)", stanza)
    return "\n".join(field for field in fields if field.startswith("Build-"))


def told(made: Scaffold, line: str) -> str:
    """Return the word for a failure of which a gap of the plan told before, "" for others.

    A gap told of it where ``line``, which says what failed, names a package or a rock that the
    package needs and that no package is known for, or a file that the sources lack.
    """
    gaps = (made.plan.fields[key].gap for key in _LACKS)
    named = {word.lower() for gap in gaps for word in _NAME.findall(gap)} - _PLAIN_WORDS
    words = {word.lower() for word in _NAME.findall(line)}
    words |= {word.partition("-rock-")[2] for word in words}  # as lua5.1-rock-lpeg has it
    words |= {word for word in named if spelled(word) in words}  # a_rock is lua5.1-rock-a-rock
    return f"{TOLD}, " if named & words else ""


def _installed(
    bare: Layer, packages: Sequence[Path], made: Scaffold, tree: Path, verdict: Verdict
) -> Verdict:
    """Return the verdict on packages that are installed and tested in a clean root.

    With it are the modules that the packaging leaves out and that do not load.
    """
    luas = tuple(f"lua{version}" for version in planned_versions(made))
    testbed = partial(_with_packages, bare, packages, luas)
    try:
        with testbed() as machine:
            fault, unloaded = loading_faults(machine, made)
    except CommandError as failure:
        said = telling_line(failure.outcome.out + failure.outcome.err)
        return verdict._replace(reason=f"{told(made, said)}install: {said}")
    verdict = verdict._replace(reason=fault, unloaded=unloaded)
    if fault:
        return verdict
    result = tested(tree, made.plan.package, testbed)
    if result.failed:
        fault = f"autopkgtest: {result.failed}: {tests_line(result.log)}"
        return verdict._replace(reason=fault, log=verdict.log + result.log)
    if "upstream" in result.flaky and verdict.upstream == RAN:
        return verdict._replace(upstream=f"{FAIL} of the installed package")
    where = f"{RAN} and installed" if "upstream" in result.passed else verdict.upstream
    return verdict._replace(upstream=where)


@contextmanager
def _with_packages(
    bare: Layer, packages: Sequence[Path], luas: Sequence[str], *more: str
) -> Iterator[Machine]:
    """Give a clean machine with packages that were built, Luas, and more packages."""
    inside = [f"/srv/{package.name}" for package in packages]
    relations = "".join(
        run("dpkg-deb", "--field", package, *_RELATIONS).out for package in packages
    )

    def put(machine: Machine) -> None:
        for package in packages:
            shutil.copy(package, machine.path("/srv"))

    needs = needed(bare, relations, put, "install", *luas, *inside, *more)
    with KEPT.machine(bare, needs) as machine:
        put(machine)
        machine.run("dpkg", "--force-unsafe-io", "-i", *inside)
        yield machine


def loading_faults(
    machine: Machine, made: Scaffold, libraries: str = ""
) -> tuple[str, tuple[str, ...]]:
    """Return the first module that does not load, "" if all do, and those that are left out.

    ``libraries`` is a directory of C modules, before the ``/lua/5.4`` of a Lua, that Debian's Lua
    does not look into and that of the distribution does.
    """
    values = made.plan.values
    left_out = {str(each).partition(" ")[0] for each in values.get("unloadable", ())}  # type: ignore[union-attr]
    faults = dict(_not_required(machine, made, libraries))
    wrong = (f"require: {why}" for module, why in faults.items() if module not in left_out)
    unloaded = [why for module, why in faults.items() if module in left_out]
    if not values["modules"]:  # these are commands, which do not start
        unloaded += [str(each) for each in values.get("unloadable", ())]  # type: ignore[union-attr]
    return next(wrong, ""), tuple(unloaded)


def _not_required(machine: Machine, made: Scaffold, libraries: str) -> Iterator[tuple[str, str]]:
    """Yield each module that a Lua of the package cannot require, and why."""
    values = made.plan.values
    left = (str(each).partition(" ")[0] for each in values.get("left_out", ()))  # type: ignore[union-attr]
    modules = (*values["modules"], *left)  # type: ignore[misc]
    for version in planned_versions(made):
        for module in modules:
            place = f"LUA_CPATH={libraries}/lua/{version}/?.so;;" if libraries else "LUA_INIT="
            words = ("timeout", "60", f"lua{version}", "-e", f"require({str(module)!r})")
            done = machine.run("env", place, *words, status=None)
            if done.status:
                why = (done.err.strip().splitlines() or [f"exit status {done.status}"])[0]
                yield str(module), f"{module} in Lua {version}: {why}"


def telling_line(log: str) -> str:
    """Return the line of a log that tells why it failed: that of the check first."""
    lines = [line.strip() for line in log.splitlines()]
    conflicts = [line for line in lines if _CONFLICT.match(line)]
    if conflicts:
        return conflicts[-1][:200]
    for word in ("does not load:", " is needed by ", " : Depends:", "E: ", "Error: "):
        for line in lines:
            if word in line:
                return line[:200]
    return failure_line(log)


def tests_line(log: str) -> str:
    """Return the lines of a log that tell which Lua failed upstream's tests, and how."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    at = max((at for at, line in enumerate(lines) if re.fullmatch(r"Lua 5\.\d", line)), default=0)
    said = [line for line in lines[at + 1 :] if not line.startswith(("make", "dh", "dpkg"))]
    is_error = re.compile(r"\.lua:\d+:|[Ee]rror|fail|not found", re.IGNORECASE)
    why = next(filter(is_error.search, said), said[-1] if said else "")
    return f"{lines[at] if lines else ''}: {why[:200]}"
