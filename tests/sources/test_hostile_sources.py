"""Hostile archives, rocks, patches and addresses are refused, and nothing is written outside."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.sources.source import SourceError, source_of
from distrorocks.sources.unpack import unpack_rock, unpack_source
from tests.hostile.rock_writer import Tarred, Zipped, pax, tar_of, zip_of
from tests.sources.fetching import fetched, rockspec

OUT = "/".join([".."] * 4)
HONEST = Tarred("a/x.lua", b"return 1")


def tarred(*members: Tarred) -> tuple[str, bytes]:
    """Return a tar with an honest member before others."""
    return "a.tar", tar_of([HONEST, *members])


def zipped(*members: Zipped) -> tuple[str, bytes]:
    """Return a zip with an honest member before others."""
    return "a.zip", zip_of([Zipped("a/x.lua", b"return 1"), *members])


def link(name: str, target: str) -> Tarred:
    """Return a symbolic link."""
    return Tarred(name, flag=b"2", target=target)


ARCHIVES = {
    "a tar that leads up": tarred(Tarred("a/../../out", b"x")),
    "an absolute tar": tarred(Tarred("/tmp/sources-out", b"x")),
    "a tar with a drive": tarred(Tarred("c:out", b"x")),
    "a tar with backslashes": tarred(Tarred("..\\out", b"x")),
    "a tar whose long name leads up": tarred(pax("path", "../out"), Tarred("a/y", b"x")),
    "a tar whose prefix leads up": tarred(Tarred("out", b"x", prefix="..")),
    "a tar with a link to an absolute path": tarred(link("a/l", "/etc/passwd")),
    "a tar with a link that leads out": tarred(link("a/l", "../../out")),
    "a tar with a file below a link": tarred(link("a/l", "."), Tarred("a/l/y", b"x")),
    "a tar with a link and a folder of one name": tarred(
        link("a/l", "x"), Tarred("a/l/", flag=b"5")
    ),
    "a tar with a link and a file of one name": tarred(link("a/l", "x.lua"), Tarred("a/l", b"x")),
    "a tar with a link that turns after another": tarred(link("a/l", "."), link("a/m", "l/../..")),
    "a tar with a hard link out": tarred(Tarred("a/h", flag=b"1", target="../out")),
    "a tar with a hard link to an absolute path": tarred(
        Tarred("a/h", flag=b"1", target="/etc/passwd")
    ),
    "a tar with a hard link to a link": tarred(
        link("a/b/c/l", "../../x"), Tarred("h", flag=b"1", target="a/b/c/l")
    ),
    "a tar with a hard link to nothing": tarred(Tarred("a/h", flag=b"1", target="a/none")),
    "a tar with a device": tarred(Tarred("a/d", flag=b"3")),
    "a tar with a block device": tarred(Tarred("a/d", flag=b"4")),
    "a tar with a FIFO": tarred(Tarred("a/f", flag=b"6")),
    "a tar with a sparse file": tarred(Tarred("a/s", flag=b"S")),
    "a tar with a set-user-id file": tarred(Tarred("a/s", b"x", mode=0o4755)),
    "a tar with a false checksum": tarred(Tarred("a/s", b"x", checksum=1)),
    "a tar with a size that is no number": tarred(Tarred("a/s", b"x", size=b"\x80" + bytes(11))),
    "a tar that is cut": ("a.tar", tar_of([Tarred("a/s", b"x" * 600)])[:700]),
    "a tar with a second archive": ("a.tar", tar_of([HONEST]) + tar_of([Tarred("a/y", b"x")])),
    "a bomb of gzip": ("a.tar.gz", gzip.compress(bytes(257 << 20), 1)),
    "a gzip that is cut": ("a.tar.gz", gzip.compress(tar_of([HONEST]))[:-20]),
    "a gzip with noise": ("a.tar.gz", b"\x1f\x8b" + b"noise" * 9),
    "a zip that leads up": zipped(Zipped("../out", b"x")),
    "a zip that leads up later": zipped(Zipped("a/../../out", b"x")),
    "an absolute zip": zipped(Zipped("/out", b"x")),
    "a zip with backslashes": zipped(Zipped("..\\out", b"x")),
    "a zip with a link out": zipped(Zipped("a/l", b"../../out", 0o120777)),
    "a zip with a file below a link": zipped(Zipped("a/l", b".", 0o120777), Zipped("a/l/y", b"x")),
    "a zip with a device": zipped(Zipped("a/d", b"", 0o020666)),
    "a zip with a set-id file": zipped(Zipped("a/d", b"", 0o106755)),
    "a zip with one name twice": zipped(Zipped("a/x.lua", b"2")),
    "a zip with two names for a member": zipped(
        Zipped("a/y", b"x", local={"name": b"../out"}),
    ),
    "a zip with a second name": zipped(
        Zipped("a/y", b"x", listed={"extra": struct.pack("<2HBL", 0x7075, 11, 1, 0) + b"../out"})
    ),
    "a zip whose content is damaged": zipped(Zipped("a/y", b"x", listed={"crc": 1})),
    "a zip that declares too much": zipped(Zipped("a/y", b"x", listed={"size": 1 << 31})),
    "a zip bomb": zipped(Zipped("a/y", bytes(32 << 20))),
    "no zip at all": ("a.zip", b"PK"),
}

ROCKS = {
    "a rock with a link": zip_of([Zipped("lua/x.lua", b"x.lua", 0o120777)]),
    "a rock that leads up": zip_of([Zipped("../out", b"x")]),
    "a rock with a FIFO": zip_of([Zipped("bin/x", b"", 0o010644)]),
}

URLS = {
    "an option for a URL": 'url = "--upload-pack=touch out"',
    "an option for a host": 'url = "git://-oProxyCommand=touch/a"',
    "an option for a host of ssh": 'url = "git+ssh://-oProxyCommand=touch/a"',
    "an option for a host after a name": 'url = "git+ssh://me@-oProxyCommand=touch/a"',
    "a local repository of svn in capitals": 'url = "svn://FILE:///srv/a"',
    "a transport of svn that a user configured": 'url = "svn://svn+own://h/a"',
    "a local bundle for hg": 'url = "hg://bundle:///srv/a.hg"',
    "two local repositories for hg": 'url = "hg://union:///srv/a+b"',
    "a local path for hg behind no transport": 'url = "hg://x://../../srv/a"',
    "an option in an escaped host": 'url = "svn://svn+ssh://%2DoProxyCommand=touch/a"',
    "an option for hg": 'url = "hg://--config=hooks.pre-clone=touch"',
    "an option for a host of svn": 'url = "svn://svn+ssh://-oProxyCommand=touch/a"',
    "a program for a transport": 'url = "git+ext://sh -c touch"',
    "a program for CVS": 'url = "cvs://:ext;CVS_RSH=touch:h:/a"',
    "a method of CVS that forks": 'url = "cvs://:fork:/a"',
    "an option for a host of CVS": 'url = "cvs://:ext:-oProxyCommand=touch:/a"',
    "an option for a tag": 'url = "git://h/a", tag = "--upload-pack=touch"',
    "an option for a branch": 'url = "git://h/a", branch = "-x"',
    "an option for a revision": 'url = "svn://h/a", tag = "--config-dir=x"',
    "a module that is an option": 'url = "cvs://h:/a", module = "-x"',
    "a module that leads up": 'url = "cvs://h:/a", module = "a/../../b"',
    "a repository called ..": 'url = "git://h/.."',
    "a line end": 'url = "git://h/a\\nb"',
    "a file that leads up": 'url = "https://h/a.zip", file = "../a.zip"',
    "a file that is absolute": 'url = "https://h/a.zip", file = "/a.zip"',
    "a folder that leads up": 'url = "https://h/a.zip", dir = "a/../.."',
    "a folder that is absolute": 'url = "https://h/a.zip", dir = "/etc"',
    "an address without end": f'url = "https://h/{"a" * 9000}.zip"',
}

FILE = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-return 1\n+x\n"
NEW = "--- /dev/null\n+++ b/{0}\n@@ -0,0 +1 @@\n+x\n"
PATCHES = {
    "a patch of a file outside": FILE.format("../../secret"),
    "a patch of an absolute path": FILE.format("/etc/passwd"),
    "a patch through a link": FILE.format("up/secret"),
    "a patch of a link": FILE.format("link"),
    "a patch that makes a file outside": NEW.format("../../out"),
    "a patch that makes a file through a link": NEW.format("up/out"),
    "a patch of a folder": FILE.format("inner"),
    "a patch that removes a file outside": (
        "--- a/../../secret\n+++ /dev/null\n@@ -1 +0,0 @@\n-return 1\n"
    ),
    "a patch with endless hunks": FILE.format("x.lua") + "@@ -1 +1 @@\n-a\n+b\n" * 10_001,
}

EXTRA = {
    "a file that leads up": "../../out",
    "an absolute file": "/tmp/sources-out",
    "a file below a link": "up/out",
    "a file without a name": "",
    "a file that is the folder": ".",
    "a file in place of a folder": "inner",
}


def surroundings(place: Path) -> tuple[Path, set[str]]:
    """Return a folder two levels down, and all that is outside it."""
    folder = place / "area" / "new"
    folder.mkdir(parents=True)
    (place / "secret").write_text("return 1\n")
    return folder, outside(place, folder)


def outside(place: Path, folder: Path) -> set[str]:
    """Return paths and contents of all that is not in ``folder``."""
    found = [path for path in place.rglob("*") if folder not in path.parents]
    return {f"{path} {path.read_text() if path.is_file() else ''}" for path in found}


def changed(place: Path, build: str) -> Path:
    """Return a folder of sources with hostile links, on which a build table was tried."""
    from distrorocks.sources.patches import apply_changes

    folder, before = surroundings(place)
    (folder / "x.lua").write_text("return 1\n")
    (folder / "inner").mkdir()
    (folder / "up").symlink_to("../..")
    (folder / "link").symlink_to("../../secret")
    with pytest.raises(SourceError) as caught:
        apply_changes(rockspec('url = "https://h/a.zip"', build=build), str(folder))
    assert "evil 1.0-1" in caught.value.brief
    assert outside(place, folder) == before
    assert not Path("/tmp/sources-out").exists()
    return folder


@pytest.mark.parametrize(("name", "content"), ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """The error names it, and nothing is written outside its folder."""
    folder, before = surroundings(tmp_path)
    with pytest.raises(SourceError, match=name):
        unpack_source(content, name, str(folder))
    assert outside(tmp_path, folder) == before
    links = [path for path in folder.rglob("*") if path.is_symlink()]
    assert all(path.resolve().is_relative_to(folder) for path in links)
    assert not [path for path in folder.rglob("*") if path.lstat().st_mode & 0o7000]


@pytest.mark.parametrize("content", ROCKS.values(), ids=ROCKS)
def test_a_rock_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing is written at all."""
    folder, before = surroundings(tmp_path)
    with pytest.raises(DistrorocksError):
        unpack_rock(content, str(folder))
    assert outside(tmp_path, folder) == before
    assert not os.listdir(folder)


@pytest.mark.parametrize("table", URLS.values(), ids=URLS)
def test_an_address_is_refused(table: str) -> None:
    """No program gets it."""
    with pytest.raises(SourceError) as caught:
        source_of(rockspec(table))
    assert str(caught.value).replace("\n", "").isprintable()
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("text", PATCHES.values(), ids=PATCHES)
def test_a_patch_is_refused(tmp_path: Path, text: str) -> None:
    """Paths stay in the folder, and links are not followed."""
    changed(tmp_path, f"patches = {{ ['p.diff'] = [[\n{text}]] }}")


@pytest.mark.parametrize("name", EXTRA.values(), ids=EXTRA)
def test_an_extra_file_is_refused(tmp_path: Path, name: str) -> None:
    """LuaRocks writes it wherever the user may."""
    changed(tmp_path, f"extra_files = {{ ['{name}'] = 'x' }}")


def test_a_marker_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    """It counts as a marker, and is not followed."""
    from distrorocks.sources.patches import MARKER, apply_changes

    folder, before = surroundings(tmp_path)
    (folder / MARKER).symlink_to("../../out")
    build = "extra_files = { x = 'x' }"
    apply_changes(rockspec('url = "https://h/a.zip"', build=build), str(folder))
    assert outside(tmp_path, folder) == before
    assert os.listdir(folder) == [MARKER]


@pytest.mark.parametrize("name", ["a tar that leads up", "a zip with a link out", "a bomb of gzip"])
def test_the_whole_fetch_refuses_it_too(tmp_path: Path, name: str) -> None:
    """The error names the rock."""
    file, content = ARCHIVES[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(SourceError, match=r"evil 1\.0-1"):
        fetched(rockspec(f'url = "{tmp_path}/{file}"'), tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([file, "new"])
