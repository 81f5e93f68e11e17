"""``python -m integration.packaging_corpus ROCKS [WORD...]``: real rocks become real packages.

ROCKS is a folder of ``.src.rock`` files, or an archive of one. Each is scaffolded, its sources are
packed as upstream's archive, and dpkg-buildpackage (word ``deb``) and rpmbuild (word ``rpm``) build
it. A package is right when it holds every module that the rockspec declares, for every Lua version
of its plan, and lintian has neither error nor warning. Other words choose rocks by their names.
"""

from __future__ import annotations

import collections
import os
import re
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.scaffold import Request, Scaffold, scaffolds, write
from distrorocks.system.lua_jail import Jail
from integration.machine import CommandError, Machine, run
from integration.rock_specs import TOP, rpm_root, with_our_macros
from integration.scratch import live
from integration.source_packages import (
    Built,
    build_root,
    built,
    lintian_tags,
    modules,
    with_our_packages,
)

MAINTAINER = "Rock Packager <rocks@distrorocks.org>"
LIBRARIES = ("libssl-dev", "zlib1g-dev", "libexpat1-dev", "libsqlite3-dev", "cmake")
# What rpmlint has against every package where no distribution's configuration is installed.
BARE = {"no-signature", "no-packager-tag", "no-group-tag", "no-buildroot-tag", "no-dependency-on"}
_EXTENSIONS = (".lua", ".so")


class Verdict(NamedTuple):
    """What became of one rock: ``reason`` is "" where the package is right."""

    rock: str
    reason: str
    tags: tuple[str, ...] = ()
    seconds: float = 0
    log: str = ""


def unpacked(rock: Path, place: Path) -> Path:
    """Return the folder of a packed rock's sources, unpacked below ``place`` as upstream's are."""
    with zipfile.ZipFile(rock) as archive:
        archive.extractall(place)  # noqa: S202 - our own corpus
    for path in (*place.glob("*.tar.*"), *place.glob("*.tgz"), *place.glob("*.zip")):
        inner = place / "archive"
        inner.mkdir()
        shutil.unpack_archive(path, inner)
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


def source_tree(rock: Path, form: str, jail: Jail) -> tuple[Path, Scaffold]:
    """Return a source package's folder, with the packaging of ``form`` in it, and what it is."""
    place = Path(tempfile.mkdtemp(prefix="rock-", dir=live()))
    sources = unpacked(rock, place)
    os.chmod(sources, 0o755)  # noqa: S103 - as archives have it
    request = Request(str(rock), str(sources), formats=(form,), maintainer=MAINTAINER)
    (made,) = scaffolds(request, jail)
    if form == "deb":
        shutil.rmtree(sources / "debian", ignore_errors=True)
        package, version = made.plan.values["package"], made.plan.values["version"]
        tree = place / f"{package}-{version}"
        sources.rename(tree)
        orig = place / f"{package}_{version}.orig.tar.gz"
        run("tar", "-C", place, "--sort=name", "-czf", orig, tree.name)
        request = request._replace(directory=str(tree))
        sources = tree
    write([made], request)
    return sources, made


def source_package(tree: Path) -> Path:
    """Return the ``.dsc`` of a source package's folder."""
    run("sh", "-c", f"cd {tree.parent} && dpkg-source -b {tree.name}")
    (dsc,) = tree.parent.glob("*.dsc")
    return dsc


def missing_modules(made: Scaffold, package_files: set[str]) -> list[str]:
    """Return the modules of the plan that no file of the package is, by Lua version."""
    missing = []
    for version in made.plan.values["lua_versions"]:  # type: ignore[union-attr]
        for module in made.plan.values["modules"]:  # type: ignore[union-attr]
            path = str(module).replace(".", "/")
            names = [f"{path}{end}" for end in _EXTENSIONS] + [f"{path}/init.lua"]
            ends = tuple(f"/lua/{version}/{name}" for name in names)
            if not any(file.endswith(ends) for file in package_files):
                missing.append(f"{module} for {version}")
    return missing


def deb_of(
    machine: Machine, rock: Path, jail: Jail, *, check: bool = False
) -> tuple[Verdict, Built | None]:
    """Build a rock's ``.deb``, and return what became of it."""
    tree, made = source_tree(rock, "deb", jail)
    options = {} if check else {"DEB_BUILD_OPTIONS": "nocheck"}
    try:
        done = built(machine, tree, "/srv/rock", **options)
    except CommandError as failure:
        return Verdict(rock.name, _reason(str(failure)), log=str(failure)), None
    packages = tuple(path for path in done.packages if "-dbgsym" not in path.name)
    files = {file for path in packages for file in modules(path)}
    missing = missing_modules(made, files)
    tags = tuple(sorted(lintian_tags((*done.packages, source_package(tree)))))
    reason = f"modules missing: {', '.join(missing[:4])}" if missing else ""
    if not files:
        reason = "the package holds no module"
    return Verdict(rock.name, reason, tags, done.seconds, done.log), done


def rpm_of(machine: Machine, rock: Path, jail: Jail) -> Verdict:
    """Build a rock's ``.rpm`` for Lua 5.4 from its Fedora spec, and return what became of it."""
    place = Path(tempfile.mkdtemp(prefix="rock-", dir=live()))
    sources = unpacked(rock, place)
    request = Request(str(rock), str(place / "spec"), formats=("fedora",), maintainer=MAINTAINER)
    (made,) = scaffolds(request, jail)
    write([made], request)
    values = made.plan.values
    top = machine.path(TOP)
    shutil.rmtree(top, ignore_errors=True)
    (top / "SOURCES").mkdir(parents=True)
    directory = str(values["source_directory"])
    archive = top / "SOURCES" / str(values["source_file"])
    kind = {".zip": "zip"}.get(archive.suffix, "gztar")
    if directory == ".":
        packed = shutil.make_archive(str(place / "packed"), kind, sources)
    else:
        folder = sources.rename(place / directory.replace("/", "-"))
        packed = shutil.make_archive(str(place / "packed"), kind, place, folder.name)
    shutil.move(packed, archive)
    shutil.copy(place / "spec" / str(values["rockspec_name"]), top / "SOURCES")
    spec = f"{values['package']}.spec"
    shutil.copy(place / "spec" / spec, top / spec)
    words = f"rpmbuild -bb --nodeps --define '_topdir {TOP}' --define 'debug_package %{{nil}}'"
    lua = "--define 'lua_version 5.4' --define 'luarocks_incdir /usr/include/lua5.4'"
    start = time.monotonic()
    try:
        machine.run("sh", "-c", f"HOME=/root {words} {lua} {TOP}/{spec} 2>&1")
    except CommandError as failure:
        return Verdict(rock.name, _reason(str(failure)), log=str(failure))
    packages = sorted((top / "RPMS").rglob("*.rpm"))
    files = {line for path in packages for line in run("rpm", "-qlp", path).lines}
    missing = missing_modules(made, files)
    reason = f"modules missing: {', '.join(missing[:4])}" if missing else ""
    said = run("rpmlint", *packages, place / "spec" / spec, status=None).out
    tags = tuple(sorted(f"- {tag}" for tag in set(re.findall(r": E: (\S+)", said)) - BARE))
    return Verdict(rock.name, reason, tags, time.monotonic() - start)


def _reason(log: str) -> str:
    """Return the line of a build's log that tells why it failed."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [
        line for line in lines if re.search(r"(?i)\berror\b[: ]|not found|No such file", line)
    ]
    return (telling or lines or ["no output"])[0][:200]


def rocks_of(path: Path, scratch: Path, words: list[str]) -> list[Path]:
    """Return the source rocks of a folder or an archive, those whose name begins with a word."""
    folder = path
    if path.is_file():
        with tarfile.open(path) as archive:
            archive.extractall(scratch, filter="data")
        folder = scratch
    found = sorted(folder.rglob("*.src.rock"))
    return [each for each in found if not words or each.name.startswith(tuple(words))]


def deb_corpus(rocks: list[Path]) -> Iterator[Verdict]:
    """Yield what became of each rock."""
    with Jail() as jail, build_root("bookworm", LIBRARIES).clone() as machine:
        with_our_packages(machine)
        for rock in rocks:
            try:
                verdict, _ = deb_of(machine, rock, jail)
            except (DistrorocksError, OSError, shutil.ReadError, zipfile.BadZipFile) as error:
                verdict = Verdict(rock.name, f"not scaffolded: {str(error)[:160]}")
            yield verdict


def rpm_corpus(rocks: list[Path]) -> Iterator[Verdict]:
    """Yield what became of each rock whose rockspec is for Lua 5.4."""
    with Jail() as jail, rpm_root().clone() as machine:
        with_our_macros(machine)
        for rock in rocks:
            try:
                yield rpm_of(machine, rock, jail)
            except (DistrorocksError, OSError, shutil.ReadError, zipfile.BadZipFile) as error:
                yield Verdict(rock.name, f"not scaffolded: {str(error)[:160]}")


CORPORA = {"deb": deb_corpus, "rpm": rpm_corpus}


def main(words: list[str]) -> int:
    """Build the rocks, print what became of each and the sums; 1 where there was none to build."""
    names = [word for word in words[1:] if word not in CORPORA]
    with tempfile.TemporaryDirectory() as scratch:
        rocks = rocks_of(Path(words[0]), Path(scratch), names)
        for kind in [word for word in words[1:] if word in CORPORA] or list(CORPORA):
            _tell(kind, rocks)
    return 0 if rocks else 1


def _tell(kind: str, rocks: list[Path]) -> None:
    """Build the rocks in one way and print what became of them."""
    linter = {"deb": "error or warning of lintian", "rpm": "error of rpmlint"}[kind]
    if rocks:
        tags: collections.Counter[str] = collections.Counter()
        right = clean = 0
        for verdict in CORPORA[kind](rocks):
            right += not verdict.reason
            clean += not verdict.reason and not verdict.tags
            tags.update(tag.partition(" ")[2] for tag in verdict.tags)
            state = verdict.reason or "right"
            print(f"{verdict.rock}: {state} {' '.join(verdict.tags)}", flush=True)
        print(f"{right} of {len(rocks)} rocks are a .{kind} with all their modules")
        print(f"{clean} of {right} without any {linter}; {dict(tags)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
