"""What is installed by apk and by pacman, and the archives of what they could install."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from distrorocks.families.apk.family import FAMILY as APK
from distrorocks.families.family import Family
from distrorocks.families.pacman.family import FAMILY as PACMAN
from distrorocks.system.files.root_path import RootView
from integration.fuzzing.archives import archive, tar_of
from integration.fuzzing.target import Check, Target, with_file
from tests.families.apk.alpine import AlpineRoot
from tests.families.pacman.arch import ArchRoot

_FILES = {
    "usr/share/lua/5.4/say/init.lua": "return {}\n",
    "usr/share/lua/5.4/of you.lua": "return 1\n",
}
_FOLDER = "var/lib/pacman/local/lua-say-1:1.4.1-3"
_WORDS = (b"F:", b"R:", b"Z:Q1", b"P:", b"V:", b"%FILES%", b"/lua/5.4/", b"../", b"sha256digest=")
_INDEX = b"P:lua5.4-lpeg\nV:1.1.0-r0\nA:x86_64\nD:lua5.4>=5.4 so:libc.so.1\np:lua-rock-lpeg=1-1\n\n"
_DESC = b"%NAME%\nlua-say\n\n%VERSION%\n1:1.4.1-3\n\n%ARCH%\nany\n\n%DEPENDS%\nlua>=5.4\n"


def _look(family: Family, root: Path) -> None:
    """Read all that a family tells of a root; what it names lies in the root."""
    found = family.read_installed(str(root))
    for package in found.packages:
        assert package.name, "a package without a name"
        assert package.version, "a package without a version"
        assert all((root / path.lstrip("/")).exists() for path in package.files)
        for relation in package.relations:
            family.parse_relation(relation)
        family.version_key(package.version)
        family.upstream_version(package.version)
    family.unkept_promises(RootView(str(root)), ("5.4",))
    family.find_installed(str(root), ("/init.lua", "/lib."))


def _alpine(root: Path) -> Check:
    alpine = AlpineRoot(root)
    alpine.install("lua5.4-say", _FILES)
    return with_file("lib/apk/db/installed", lambda root: _look(APK, root))(root)


def _alpine_seeds() -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        alpine = AlpineRoot(Path(folder))
        alpine.install("lua5.4-say", _FILES)
        plain = alpine.installed.read_bytes()
        alpine.install("lua5.4-say", _FILES, flags="S")
        return plain, alpine.installed.read_bytes()


def _arch(place: str) -> Callable[[Path], Check]:
    def prepare(root: Path) -> Check:
        arch = ArchRoot(root)
        arch.install("lua-say", _FILES)
        return with_file(f"{_FOLDER}/{place}", lambda root: _look(PACMAN, root))(root)

    return prepare


def _arch_seed(place: str) -> Callable[[], tuple[bytes, ...]]:
    def seeds() -> tuple[bytes, ...]:
        with TemporaryDirectory() as folder:
            arch = ArchRoot(Path(folder))
            arch.install("lua-say", _FILES)
            return ((arch.root / _FOLDER / place).read_bytes(),)

    return seeds


def _mtree(root: Path) -> Check:
    """Return the check of an mtree that is packed, whatever is in it."""
    run = _arch("mtree")(root)
    return lambda data: run(gzip.compress(data, 1))


def _mtree_seeds() -> tuple[bytes, ...]:
    return tuple(map(gzip.decompress, _arch_seed("mtree")()))


def _offered(family: Family) -> Callable[[Path], object]:
    def check(root: Path) -> None:
        for package in family.read_offered(str(root), {"other"}).packages:
            assert package.name, "a package without a name"
            assert package.version, "a package without a version"

    return check


DATABASE_TARGETS = (
    Target("apk-installed", _alpine, _alpine_seeds, words=_WORDS),
    Target(
        "apk-index",
        with_file("var/cache/apk/APKINDEX.1.tar.gz", _offered(APK)),
        lambda: [tar_of({"APKINDEX": _INDEX}, packer) for packer in ("gz", "")],
        (archive,) * 2,
    ),
    Target("pacman-desc", _arch("desc"), _arch_seed("desc"), words=_WORDS),
    Target("pacman-installed", _arch("files"), _arch_seed("files"), words=_WORDS),
    Target("pacman-mtree", _mtree, _mtree_seeds, words=_WORDS),
    Target("pacman-packed-mtree", _arch("mtree"), _arch_seed("mtree")),
    Target(
        "pacman-index",
        with_file("var/lib/pacman/sync/extra.db", _offered(PACMAN)),
        lambda: [tar_of({"lua-say-1:1.4.1-3/desc": _DESC}, packer) for packer in ("gz", "", "xz")],
        (archive,) * 2,
    ),
)
