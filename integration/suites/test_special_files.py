"""Files that are no files, at every path that a verb opens: the run ends by itself, and says why.

Which paths a verb opens is not guessed: an honest run of it is watched, and each path below its
scratch folder has its turn, with those that the verb names in another way (``ELSEWHERE``).
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.exit_status import DONE, FAILED, FINDINGS, LOCKED
from tests.builders import debian
from tests.hostile.contained import Ended, run_contained

MOST_KILOBYTES = 300 * 1024
DOCUMENTED = (DONE, FINDINGS, FAILED, LOCKED)  # no file makes the words wrong
HUGE = 8 << 40

ROCKSPEC = """package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
description = { summary = "Foo", license = "MIT" }
dependencies = { "lua >= 5.1", "lpeg" }
external_dependencies = { FOO = { header = "foo.h" } }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""
ROCK_MANIFEST = 'rock_manifest = { lua = { ["foo.lua"] = "%s" } }\n'
CONTROL = """Source: lua-foo
Maintainer: A B <a@example.org>
Build-Depends: debhelper-compat (= 13), dh-lua

Package: lua-foo
Architecture: all
Description: foo
 It is foo.
"""
TEXTS = {
    "root/etc/distrorocks/names.toml": '["lua-foo"]\nrock = "foo"\n',
    "root/etc/luarocks/config-5.3.lua": "rocks_trees = { '/usr/local', '/usr' }\n",
    "root/root/.luarocks/config-5.3.lua": "verbose = false\n",
    "root/var/lib/dpkg/diversions": "",
    "root/var/lib/dpkg/updates/0001": "",
    "root/var/lib/dpkg/arch": "amd64\n",
    "root/usr/share/doc/lua-lpeg/copyright": "Format: https://www.debian.org/doc/packaging-"
    "manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: A\nLicense: MIT\n",
    "root/var/lib/apt/lists/a_Packages": "Package: lua-foo\nVersion: 1\nArchitecture: all\n\n",
    "root/var/lib/apt/lists/a_Contents-all": "usr/share/lua/5.3/foo.lua interpreters/lua-foo\n",
    "root/usr/local/share/lua/5.3/foo.lua": "return {}\n",
    "root/usr/local/lib/luarocks/rocks-5.3/foo/1.0-1/foo-1.0-1.rockspec": ROCKSPEC,
    "root/usr/local/lib/luarocks/rocks-5.3/foo/1.0-1/rock_manifest": ROCK_MANIFEST
    % "0a2c1a7cb5a0f5e5ad5c5a3ad1d5e1f1",
    "root/usr/local/lib/luarocks/rocks-5.3/foo/1.0-1/rock_namespace": "someone",
    "root/usr/local/lib/luarocks/rocks-5.3/bar/1.0-1/bar-1.0-1.rockspec": ROCKSPEC.replace(
        '"foo"\n', '"bar"\n', 1
    ).replace('"lpeg"', '"someone/foo"'),
    "root/usr/local/lib/luarocks/rocks-5.3/bar/1.0-1/rock_manifest": "rock_manifest = {}\n",
    "root/usr/include/foo.h": "#define FOO\n",
    "server/foo-1.0-1.rockspec": ROCKSPEC,
    "server/manifest": "",
    "server/manifest-5.3": "commands = {}\nmodules = {}\nrepository = { foo = { ['1.0-1'] = "
    "{ { arch = 'rockspec' } } } }\n",
    "work/foo-1.0-1.rockspec": ROCKSPEC,
    "work/luarocks.lock": 'return {\n   dependencies = {\n      lpeg = "1.0-1"\n   }\n}\n',
    "sources/foo-1.0-1.rockspec": ROCKSPEC,
    "sources/foo.lua": "return {}\n",
    "sources/LICENSE": "MIT License\n",
    "sources/README.md": "# Foo\n",
    "packaging/distrorocks.toml": "[deb]\n",
    "package/debian/control": CONTROL,
    "package/debian/rules": "#!/usr/bin/make -f\n%:\n\tdh $@ --with lua\n",
    "package/debian/changelog": "lua-foo (1.0-1) unstable; urgency=low\n\n  * It.\n\n"
    " -- A B <a@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n",
    "package/debian/lua5.3.dh-lua.conf": "PKG_NAME=foo\n",
    "package/foo-1.0-1.rockspec": ROCKSPEC,
    "staged/usr/share/lua/5.3/foo.lua": "return {}\n",
    "staged/usr/lib/luarocks/rocks-5.3/foo/1.0-1/foo-1.0-1.rockspec": ROCKSPEC,
    "staged/usr/lib/luarocks/rocks-5.3/foo/1.0-1/rock_manifest": ROCK_MANIFEST % ("0" * 32),
    "substvars": "misc:Depends=\n",
}

EVERY_KIND = os.environ.get("DISTROROCKS_THOROUGH") == "1"
"""Whether each path has every kind: some 5,000 runs. Else each has one, and each verb has all."""

ROOT = "--root=../root"
SERVER = "--only-server=../server"
VERBS: dict[str, list[str]] = {
    "adopt": ["adopt", "../package", "--apply"],
    "check": ["check", ROOT],
    "check-require": ["check-require", "../staged"],
    "config": ["config", "--lua-version=5.3"],
    "config-edit": ["config", "verbose", "true", "--scope=project", "--lua-version=5.3"],
    "config-snippet": ["config-snippet", ROOT, "--apply", "--lua-version=5.3"],
    "doctor": ["doctor", ROOT, "--lua-version=5.3"],
    "doctor-module": ["doctor", "lpeg", ROOT, "--lua-version=5.3"],
    "external-deps": ["external-deps", "foo-1.0-1.rockspec", ROOT, "--lua-version=5.3"],
    "lint": ["lint", "foo-1.0-1.rockspec"],
    "list": ["list", ROOT],
    "lua-versions": ["lua-versions", "foo-1.0-1.rockspec"],
    "make-manifest-tree": ["make-manifest", "--local-tree", ROOT, "--lua-version=5.3"],
    "make-manifest-server": ["make-manifest", "../server"],
    "outdated": ["outdated", ROOT, SERVER, "--lua-version=5.3"],
    "plan": ["plan", "foo", "--pin", ROOT, SERVER, "--lua-version=5.3"],
    "plan-file": ["plan", "./foo-1.0-1.rockspec", ROOT, SERVER, "--lua-version=5.3"],
    "refresh": ["refresh", ROOT],
    "refresh-hook": ["refresh", "--hook", ROOT],
    "refresh-remove": ["refresh", "--remove", ROOT],
    "rpm-relations": [
        *("rpm-relations", "build", "foo-1.0-1.rockspec", "--lua-version=5.3", "--run-time")
    ],
    "scaffold": ["scaffold", "foo-1.0-1.rockspec", "--format=deb", "-o", "../packaging"],
    "scaffold-sources": ["scaffold", "../sources", "--format=deb", "-o", "../packaging"],
    "scaffold-update": [
        *("scaffold", "../sources", "--format=deb", "-o", "../scaffolded", "--update")
    ],
    "scan": ["scan", ROOT],
    "search": ["search", "foo", SERVER, ROOT, "--lua-version=5.3"],
    "show": ["show", "foo", ROOT, "--lua-version=5.3"],
    "stage": [
        *("stage", "../staged", "--substvars=../substvars", "--package=lua-foo"),
        *("--documentation=/usr/share/doc/lua-foo", "--lua-version=5.3"),
    ],
    "verify": ["verify", ROOT, "--lua-version=5.3"],
    "verify-repair": ["verify", "--repair", ROOT, "--lua-version=5.3"],
    "verify-tree": ["verify", "--tree=/usr/local", ROOT, "--lua-version=5.3"],
    "which": ["which", "foo", "lpeg", ROOT, "--lua-version=5.3"],
    "why": ["why", "lpeg", ROOT, "--lua-version=5.3", SERVER],
}

WRITERS = {
    *("adopt", "config-edit", "config-snippet", "make-manifest-tree", "make-manifest-server"),
    *("refresh", "refresh-hook", "refresh-remove", "scaffold", "scaffold-sources"),
    *("scaffold-update", "stage", "verify-repair"),
}
"""What changes the folder: it has a fresh copy for each run."""

_LOCAL = "root/usr/local/lib/luarocks/rocks-5.3"
_DISTRO = "root/usr/lib/luarocks/rocks-5.3"
_OF_TREES = (
    *(f"{tree}/{name}" for tree in (_LOCAL, _DISTRO) for name in ("manifest", "manifest-5.3")),
    *(f"{_LOCAL}/foo", f"{_LOCAL}/foo/1.0-1", f"{_LOCAL}/foo/1.0-1/rock_manifest"),
    *(f"{_LOCAL}/foo/1.0-1/foo-1.0-1.rockspec", f"{_LOCAL}/foo/1.0-1/rock_namespace"),
    *("root/usr/local/share/lua/5.3/foo.lua", "root/usr/share/lua/5.3/re.lua"),
)
_OF_SYSTEMS = (
    *("root/etc/distrorocks", "root/etc/distrorocks/names.toml", "root/var/lib/distrorocks"),
    *(
        "root/var/lib/distrorocks/ledger.json",
        "root/var/cache/distrorocks",
        "root/usr/lib/luarocks",
    ),
    *("root/usr/lockfile.lfs", "root/usr/lib/luarocks/rocks-5.3", f"{_DISTRO}/lpeg/1.0.2-1"),
    *("root/usr/lib/os-release", "root/var/lib/dpkg/updates/0002", "root/var/lib/rpm"),
    *("root/usr/lib/sysimage/rpm/rpmdb.sqlite", "root/var/cache/distrorocks/refresh.cache"),
    *("root/var/lib/distrorocks/ledger.copy.json", "root/var/lib/dpkg/info/lua-lpeg.md5sums"),
)
_PACKAGINGS = ("packaging/debian", "packaging/debian/control", "packaging/distrorocks.toml")
_SCAFFOLDED = (
    "scaffolded/debian/rules",
    "scaffolded/debian/control",
    "scaffolded/distrorocks.toml",
)
ELSEWHERE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("check", "list", "outdated", "show", "which", "why"), _OF_TREES),
    **dict.fromkeys(("plan", "make-manifest-tree", "verify-tree", "doctor-module"), _OF_TREES),
    **dict.fromkeys(
        ("refresh", "refresh-hook", "verify", "verify-repair", "doctor", "scan"),
        (*_OF_TREES, *_OF_SYSTEMS),
    ),
    "refresh-remove": _OF_SYSTEMS,
    "make-manifest-server": tuple(f"server/manifest-5.{minor}" for minor in (1, 2, 3, 4)),
    "check-require": ("staged/usr/share/lua/5.3/foo.lua",),
    "scaffold": _PACKAGINGS,
    "scaffold-sources": (*_PACKAGINGS, "sources/foo.lua", "sources/LICENSE", "sources/foo.c"),
    "scaffold-update": _SCAFFOLDED,
    "stage": ("staged/usr/share/lua/5.3/foo.lua",),
    "config-edit": ("work/.luarocks/config-5.3.lua",),
}
"""Paths that are opened by another name, such as one below an open directory, or made."""


def _make_fifo(place: Path) -> None:
    os.mkfifo(place)


def _make_socket(place: Path) -> None:
    os.mknod(place, stat.S_IFSOCK | 0o600)


def _make_zeros(place: Path) -> None:
    """Make the device of endless zeros; only root can, and only where devices are allowed."""
    os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    place.open("rb").close()


def _make_huge(place: Path) -> None:
    place.touch()
    os.truncate(place, HUGE)


def _make_loop(place: Path) -> None:
    place.symlink_to(place.name)


def _make_dangling(place: Path) -> None:
    place.symlink_to("nothing-of-that-name")


KINDS: dict[str, Callable[[Path], None]] = {
    "fifo": _make_fifo,
    "socket": _make_socket,
    "zeros": _make_zeros,
    "directory": Path.mkdir,
    "loop": _make_loop,
    "dangling": _make_dangling,
    "huge": _make_huge,
}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of everything, in which every verb has something to do."""
    above = tmp_path_factory.mktemp("special")
    place = above / "pattern"
    place.mkdir()
    (place / "root").mkdir()
    debian(place / "root")
    for path, text in TEXTS.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (place / "home").mkdir()
    for words in (
        VERBS["refresh"],
        VERBS["make-manifest-tree"],
        ["scaffold", "../sources", "--format=deb", "-o", "../scaffolded"],
    ):
        ended = run_contained(words, place=place / "work")
        assert ended.status == 0, ended.said
    return place


def copied(pattern: Path, path: str = "", *, is_written: bool = True) -> Path:
    """Return a fresh copy of the folder; for a verb that only reads, one that was mended.

    The latter is copied for each ``path`` from scratch where the last one's cannot be put back.
    """
    place = pattern.parent / ("written" if is_written else "read")
    last = place.parent / "last"
    if not is_written and last.is_file():
        mended(place / last.read_text(), pattern / last.read_text())
    else:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(pattern, place, symlinks=True)
    if not is_written:
        last.write_text(path)
    return place


def mended(place: Path, model: Path) -> None:
    """Make what stands at a place a copy of the model, which may not be there."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    if model.is_dir() and not model.is_symlink():
        shutil.copytree(model, place, symlinks=True)
    elif os.path.lexists(model):
        shutil.copy2(model, place, follow_symlinks=False)


def opened_paths(verb: str, pattern: Path) -> Iterator[str]:
    """Yield the paths below the folder that an honest run of a verb opens or lists."""
    place = copied(pattern)
    ended = run_contained(VERBS[verb], place=place / "work", is_watched=True)
    assert not ended.fault
    assert "Traceback" not in ended.said, ended.said
    for path in ended.opened:
        below = os.path.relpath(os.path.join(place / "work", path), place)
        is_new = ".distrorocks-" in below or below in ("report", "watch")
        is_in_handle = "/" not in path and not os.path.lexists(pattern / "work" / path)
        if not (below.startswith("..") or below in (".", "work") or is_new or is_in_handle):
            yield below


def complaint(ended: Ended) -> str:
    """Return what is wrong with how a run ended, "" if nothing."""
    if ended.fault:
        return ended.fault
    if "Traceback" in ended.said:
        return f"a traceback: {ended.said.strip().splitlines()[-1]}"
    if ended.status not in DOCUMENTED:
        return f"status {ended.status}: {ended.said[-200:]}"
    if ended.kilobytes > MOST_KILOBYTES:
        return f"{ended.kilobytes} kB of memory"
    return ""


def put(make: Callable[[Path], None], place: Path, other: Path) -> Path | None:
    """Put a special file at a path; return ``other``, a further name of it, None for a folder."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    make(place)
    if stat.S_ISDIR(place.lstat().st_mode):
        return None
    other.unlink(missing_ok=True)
    os.link(place, other, follow_symlinks=False)
    return other


def trial(verb: str, path: str, kind: str, pattern: Path) -> str:
    """Run a verb with a special file at a path; return what is wrong then, "" if nothing."""
    place = copied(pattern, path, is_written=verb in WRITERS)
    try:
        other = put(KINDS[kind], place / path, pattern.parent / "other-name")
    except NotADirectoryError:
        return ""
    before = other.lstat() if other else None
    ended = run_contained(VERBS[verb], place=place / "work")
    told = complaint(ended)
    if other and before and not told:
        after = other.lstat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            told = "it was written to"
    return f"{kind} at {path}: {told}" if told else ""


@pytest.mark.parametrize("verb", VERBS)
def test_a_special_file_neither_hangs_nor_breaks_a_verb(
    verb: str, pattern: Path, tmp_path: Path
) -> None:
    """Whatever stands at a path that a verb opens, it ends with a documented status.

    It says no traceback, takes no more memory than any run, and writes nothing into the file.
    """
    kinds = [kind for kind in KINDS if can_be_made(kind, tmp_path / kind)]
    paths = dict.fromkeys((*opened_paths(verb, pattern), *ELSEWHERE.get(verb, ())))
    first = list(VERBS).index(verb)
    faults = [
        told
        for number, path in enumerate(paths)
        for kind in (kinds if EVERY_KIND else [kinds[(first + number) % len(kinds)]])
        if (told := trial(verb, path, kind, pattern))
    ]
    assert not faults, "\n".join(faults)


def can_be_made(kind: str, place: Path) -> bool:
    """Return whether this user, on this file system, can make a special file of a kind."""
    try:
        KINDS[kind](place)
    except OSError:
        return False
    return True
