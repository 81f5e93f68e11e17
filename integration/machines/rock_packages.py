"""Rocks as packages: scaffolded, built by dpkg-buildpackage, judged by lintian."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds, write
from distrorocks.system.lua.jail import Jail
from integration.machines.loading import not_loading
from integration.machines.machine import CommandError, Machine, run
from integration.machines.scratch import live
from integration.machines.source_packages import Built, built, digests, lintian_tags, modules

MAINTAINER = "Rock Packager <rocks@distrorocks.org>"
DATE = 1_767_268_800  # 2026-01-01 12:00 UTC, so that a second packaging is the same
_EXTENSIONS = (".lua", ".so")


class Verdict(NamedTuple):
    """What became of one rock: ``reason`` is "" where the package is right.

    ``versions`` are the Lua versions that the package was planned for. ``excuse`` is why there is
    no package at all: no Lua of the distribution will do. ``unloaded`` are modules of which the
    packaging says that they are not tried, and that indeed do not load, each with Lua's error.
    ``upstream`` says of upstream's tests where they ran, or why they do not; "" if there are none.
    """

    rock: str
    reason: str
    versions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    seconds: float = 0
    log: str = ""
    excuse: str = ""
    unloaded: tuple[str, ...] = ()
    upstream: str = ""


def unpacked(rock: Path, place: Path) -> Path:
    """Return the folder of a packed rock's sources, unpacked below ``place`` as upstream's are."""
    run("unzip", "-qq", rock, "-d", place)
    for path in (*place.glob("*.tar.*"), *place.glob("*.tgz"), *place.glob("*.zip")):
        inner = place / "archive"
        inner.mkdir()
        unpack = (
            ("unzip", "-qq", path, "-d")
            if path.suffix == ".zip"
            else ("tar", "--no-same-owner", "-xf", path, "-C")
        )
        run(*unpack, inner)
        tops = sorted(inner.iterdir())
        if len(tops) == 1 and tops[0].is_dir():
            return tops[0]
        return inner
    folders = [path for path in place.iterdir() if path.is_dir()]
    files = [path for path in place.iterdir() if path.is_file() and path.suffix != ".rockspec"]
    if len(folders) == 1 and not files:
        return folders[0]
    inner = place / "sources"
    inner.mkdir()
    for path in (*folders, *files):
        shutil.move(path, inner)
    return inner


def source_tree(
    rock: Path, form: str, jail: Jail, settings: str = "", root: str = "/"
) -> tuple[Path, Scaffold]:
    """Return a folder with a rock's packaging in one form, and what the packaging is.

    A Debian source package has its sources there; beside other forms is upstream's archive.
    ``settings`` are the packager's, as ``distrorocks.toml`` has them; ``root`` is the system whose
    lists of packages are used.
    """
    place = Path(tempfile.mkdtemp(prefix="rock-", dir=live()))
    sources = unpacked(rock, place)
    os.chmod(sources, 0o755)  # noqa: S103 - as archives have it
    (place / "distrorocks.toml").write_text(settings)
    request = Request(
        str(rock), str(place), formats=(form,), maintainer=MAINTAINER, root=root, date=DATE
    )
    (made,) = scaffolds(request, jail)
    values = made.plan.values
    if form == "deb":
        shutil.rmtree(sources / "debian", ignore_errors=True)
        tree = place / f"{values['package']}-{values['version']}"
        archive = place / f"{values['package']}_{values['version']}.orig.tar.gz"
        folder = tree
    else:
        tree = Path(os.path.normpath(place / "upstream" / str(values["source_directory"])))
        tree.parent.mkdir(parents=True, exist_ok=True)
        folder = place / "packaging"
        folder.mkdir()
        archive = folder / str(values["source_file"])
    sources.rename(tree)
    top = place if form == "deb" else place / "upstream"
    inside = (*tree.relative_to(top).parts, ".")[0]
    run("tar", "-C", top, "--sort=name", "-czf", archive, inside)
    write([made], request._replace(directory=str(folder)))
    return folder, made


def source_package(tree: Path) -> Path:
    """Return the ``.dsc`` of a source package's folder."""
    run("sh", "-c", f"cd {tree.parent} && dpkg-source -b {tree.name}")
    (dsc,) = tree.parent.glob("*.dsc")
    return dsc


def planned_versions(made: Scaffold) -> tuple[str, ...]:
    """Return the Lua versions that a package is planned for."""
    versions = made.plan.values["lua_versions"]
    assert isinstance(versions, tuple)
    return tuple(map(str, versions))


def modules_of(rock: Path, jail: Jail) -> tuple[str, ...]:
    """Return the modules that the plan of a rock's package has."""
    _, made = source_tree(rock, "deb", jail)
    modules = made.plan.values["modules"]
    assert isinstance(modules, tuple)
    return modules


def missing_modules(made: Scaffold, package_files: set[str]) -> list[str]:
    """Return the modules of the plan that no file of the package is, by Lua version."""
    missing = []
    for version in planned_versions(made):
        for module in made.plan.values["modules"]:  # type: ignore[union-attr]
            path = str(module).replace(".", "/")
            names = [f"{path}{end}" for end in _EXTENSIONS] + [f"{path}/init.lua"]
            ends = tuple(f"/lua/{version}/{name}" for name in names)
            if not any(file.endswith(ends) for file in package_files):
                missing.append(f"{module} for {version}")
    return missing


def lack_of(made: Scaffold, package_files: set[str]) -> str:
    """Return which modules of the plan no file of the package is, "" if none is missing."""
    missing = missing_modules(made, package_files)
    return f"modules missing: {', '.join(missing[:4])}" if missing else ""


def built_elsewhere(machine: Machine, tree: Path) -> tuple[Path, ...]:
    """Return the packages of a source package's folder from another folder, locale and zone."""
    words = {"LC_ALL": "C", "TZ": "Asia/Tokyo", "DEB_BUILD_OPTIONS": "nocheck"}
    return built(machine, tree, "/srv/another/and/deeper", **words).packages


def deb_of(
    machine: Machine, rock: Path, jail: Jail, *, check: bool = False, twice: bool = False
) -> tuple[Verdict, Built | None]:
    """Build a rock's ``.deb``, and return what became of it.

    One that is built ``twice``, the second time elsewhere, is right where both are the same.
    """
    tree, made = source_tree(rock, "deb", jail)
    verdict = Verdict(rock.name, "", planned_versions(made))
    options = {} if check else {"DEB_BUILD_OPTIONS": "nocheck"}
    try:
        done = built(machine, tree, "/srv/rock", **options)
    except CommandError as failure:
        return verdict._replace(reason=failure_line(str(failure)), log=str(failure)), None
    packages = tuple(path for path in done.packages if "-dbgsym" not in path.name)
    files = {file for path in packages for file in modules(path)}
    tags = tuple(sorted(lintian_tags((*done.packages, source_package(tree)))))
    refused = not_loading(machine, packages)
    reason = refused[0] if refused else ""
    if lack := lack_of(made, files):
        reason = lack
    if not files and made.plan.values["modules"]:
        reason = "the package holds no module"
    if twice and not reason:
        sums = digests(done.packages)
        other = digests(built_elsewhere(machine, tree))
        differing = sorted(name for name in sums if sums[name] != other.get(name))
        reason = f"differs from place to place: {differing[0]}" if differing else ""
    return verdict._replace(reason=reason, tags=tags, seconds=done.seconds, log=done.log), done


def failure_line(log: str) -> str:
    """Return the line of a build's log that tells why it failed."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [
        line for line in lines if re.search(r"(?i)\berror\b[: ]|not found|No such file", line)
    ]
    return (telling or lines or ["no output"])[0][:200]
