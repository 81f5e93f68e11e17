"""Hostile package files are refused with an error that names the file, and nothing is written."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.package_file import read_package_file
from distrorocks.serve.pack.pack import PackJob
from distrorocks.world.survey import System
from tests.package_files import (
    CONTROL,
    ar,
    cpio,
    cpio_member,
    deb,
    header,
    rpm,
    rpm_of,
    rpm_tags,
    tar,
)

MODULE = "/usr/share/lua/5.4/foo.lua"
PLAIN = {MODULE: b"return {}\n"}


def member(name: str, kind: bytes, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    """Return a member without content."""
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode = kind, target, mode
    return found


@cache
def bomb(mebibytes: int = 257) -> bytes:
    """Return zeros, compressed with gzip."""
    packer = zlib.compressobj(1, wbits=31)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(mebibytes)]
    return b"".join([*parts, packer.flush()])


def deb_of(control: bytes, data: bytes, name: str = "data.tar.xz") -> bytes:
    """Return a Debian package of compressed parts."""
    return ar([("debian-binary", b"2.0\n"), ("control.tar.xz", control), (name, data)])


def control(text: str = CONTROL) -> bytes:
    """Return a compressed control part."""
    return lzma.compress(tar({"/control": text.encode()}))


def data(*members: tarfile.TarInfo) -> bytes:
    """Return a package's data with a module and more members."""
    return tar(PLAIN, members)


def damaged(content: bytes) -> bytes:
    """Return a text with a byte in the middle changed."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


def long_names() -> bytes:
    """Return a tar whose PAX record is larger than any name."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as archive:
        found = tarfile.TarInfo("x")
        found.pax_headers = {"comment": "x" * (1 << 20)}
        archive.addfile(found)
    return written.getvalue()


DEBS: dict[str, Callable[[], bytes]] = {
    "no archive": lambda: b"MZ" * 100,
    "an empty file": lambda: b"",
    "an ar member of negative size": lambda: (
        b"!<arch>\n" + b"debian-binary   0           0     0     100644  -60       `\n" * 4
    ),
    "an ar member past the end": lambda: deb(PLAIN)[:-40],
    "a thousand ar members": lambda: ar([(f"m{number}", b"") for number in range(1000)]),
    "two data parts": lambda: ar(
        [
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", control()),
            *[(f"data.tar.{end}", lzma.compress(data())) for end in ("xz", "gz")],
        ]
    ),
    "no data part": lambda: ar([("debian-binary", b"2.0\n"), ("control.tar.xz", control())]),
    "a part of an unknown form": lambda: deb_of(control(), b"x", "data.tar.lz"),
    "a damaged part": lambda: deb_of(control(), damaged(lzma.compress(data()))),
    "a bomb": lambda: deb_of(control(), bomb(), "data.tar.gz"),
    "a bomb as control": lambda: ar(
        [
            ("debian-binary", b"2.0\n"),
            ("control.tar.gz", bomb(17)),
            ("data.tar.xz", lzma.compress(data())),
        ]
    ),
    "a name that leads out": lambda: deb(data=data(member("./../../etc/x", tarfile.REGTYPE))),
    "an absolute name": lambda: deb(data=data(member("/etc/x", tarfile.REGTYPE))),
    "a device": lambda: deb(data=data(member("./dev/sda", tarfile.BLKTYPE))),
    "a FIFO": lambda: deb(data=data(member("./usr/pipe", tarfile.FIFOTYPE))),
    "a set-id program": lambda: deb(data=data(member("./usr/bin/x", tarfile.REGTYPE, "", 0o4755))),
    "a hard link out": lambda: deb(
        data=data(member("./usr/bin/x", tarfile.LNKTYPE, "../../../etc/shadow"))
    ),
    "a member below a link": lambda: deb(
        data=data(
            member("./usr/share/lua/5.3", tarfile.SYMTYPE, "/etc"),
            member("./usr/share/lua/5.3/passwd.lua", tarfile.REGTYPE),
        )
    ),
    "a duplicate name": lambda: deb(data=data(member(f".{MODULE}", tarfile.REGTYPE))),
    "a module that is a link out": lambda: deb({MODULE: "/etc/shadow"}),
    "a module that is a link upwards": lambda: deb({MODULE: "../" * 30 + "etc/shadow"}),
    "a module that is a loop": lambda: deb({MODULE: "foo.lua"}),
    "a huge PAX record": lambda: deb(data=long_names()),
    "no control file": lambda: deb_of(lzma.compress(tar({"/x": b""})), lzma.compress(data())),
    "a name that is a path": lambda: deb(PLAIN, CONTROL.replace("lua-foo", "../../etc/x")),
    "a version with a line": lambda: deb(PLAIN, CONTROL.replace("1.2-1", "1.2;rm -rf")),
    "an architecture that is a path": lambda: deb(PLAIN, CONTROL.replace(": all", ": ../../x")),
    "a control file of one line": lambda: deb(PLAIN, f"{CONTROL}X: {'y' * 100_000}\n"),
}


def changed(at: int, text: bytes) -> bytes:
    """Return a package with bytes of its main header changed."""
    main = bytearray(header(rpm_tags([MODULE])))
    main[at : at + len(text)] = text
    return rpm_of(bytes(main), lzma.compress(cpio(PLAIN)))


def tagged(tags: Mapping[int, Any]) -> bytes:
    """Return a package with other tags."""
    return rpm(PLAIN, tags)


RPMS: dict[str, Callable[[], bytes]] = {
    "no package": lambda: b"MZ" * 100,
    "a lead alone": lambda: rpm(PLAIN)[:96],
    "no header": lambda: rpm_of(b"x" * 100, b""),
    "more tags than there are": lambda: changed(8, struct.pack("!I", 1 << 30)),
    "a store past the end": lambda: changed(12, struct.pack("!I", (8 << 20) - 1)),
    "an offset outside": lambda: changed(24, struct.pack("!I", 1 << 30)),
    "a count of a billion": lambda: changed(28, struct.pack("!I", 1 << 30)),
    "a tag twice": lambda: changed(32, header(rpm_tags([MODULE]))[16:20]),
    "text between the headers": lambda: rpm_of(
        header(rpm_tags([MODULE])), b"", header({1000: "a" * 3})
    ).replace(b"aaa\0" + bytes(4), b"aaa\0" + b"\x8e" * 4, 1),
    "a name that is a path": lambda: tagged({1000: "../x"}),
    "a version with a blank": lambda: tagged({1001: "1 2"}),
    "an unknown compression": lambda: tagged({1125: "lzo"}),
    "an unknown format": lambda: tagged({1124: "drpm"}),
    "a list of files that is too short": lambda: tagged({1116: [0, 1, 2]}),
    "a directory that is not there": lambda: tagged({1116: [7]}),
    "a damaged payload": lambda: rpm_of(
        header(rpm_tags([MODULE])), damaged(lzma.compress(cpio(PLAIN)))
    ),
    "a bomb": lambda: rpm_of(header({**rpm_tags([MODULE]), 1125: "gzip"}), bomb()),
    "a payload of another kind": lambda: rpm(PLAIN, payload=b"070707" + b"0" * 200),
    "a payload without end": lambda: rpm(PLAIN, payload=cpio_member(f".{MODULE}", b"x")),
    "text after the payload": lambda: rpm(PLAIN, payload=cpio(PLAIN) + b"PK\x03\x04"),
    "a name that leads out": lambda: rpm(PLAIN, payload=cpio({}, cpio_member("../../x", b""))),
    "an absolute name": lambda: rpm(PLAIN, payload=cpio({}, cpio_member("/etc/x", b""))),
    "a device": lambda: rpm(PLAIN, payload=cpio({}, cpio_member("./dev/sda", b"", 0o060644))),
    "a set-id program": lambda: rpm(
        PLAIN, payload=cpio({}, cpio_member("./usr/bin/x", b"", 0o104755))
    ),
    "a member that is too long": lambda: rpm(
        PLAIN, payload=cpio_member("./x", b"abc").replace(b"00000003", b"0fffffff")
    ),
    "a member below a link": lambda: rpm(
        PLAIN, payload=cpio({"/usr/x": "/etc"}, cpio_member("./usr/x/y", b""))
    ),
    "a duplicate name": lambda: rpm(PLAIN, payload=cpio(PLAIN, cpio_member(f".{MODULE}", b""))),
    "a module that is a link out": lambda: rpm({MODULE: "/etc/shadow"}),
}
CASES = [
    *(pytest.param("x_1_all.deb", make, id=f"deb: {name}") for name, make in DEBS.items()),
    *(pytest.param("x-1.noarch.rpm", make, id=f"rpm: {name}") for name, make in RPMS.items()),
]


@pytest.mark.parametrize(("name", "make"), CASES)
def test_a_hostile_package_is_refused(name: str, make: Callable[[], bytes], tmp_path: Path) -> None:
    """It is an error that names the package, and no file is made anywhere near."""
    path = tmp_path / "packages" / name
    path.parent.mkdir()
    path.write_bytes(make())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DistrorocksError) as caught:
        PackJob(str(tmp_path / "out")).package_files([str(path)], System(str(tmp_path)))
    assert name in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "content"), [("x.deb", deb(PLAIN)), ("x.rpm", rpm(PLAIN))], ids=["deb", "rpm"]
)
def test_the_packages_of_the_tests_are_sound_otherwise(
    name: str, content: bytes, tmp_path: Path
) -> None:
    """What the cases above change is read, so that each is refused for its own fault."""
    path = tmp_path / name
    path.write_bytes(content)
    assert read_package_file(str(path)).contents == PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_each_compression_is_read(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A package may have its parts compressed in any usual way."""
    end = {gzip.compress: "gz", bz2.compress: "bz2"}.get(pack, "xz")
    path = tmp_path / "x.deb"
    path.write_bytes(deb_of(control(), pack(data()), f"data.tar.{end}"))
    assert read_package_file(str(path)).contents == PLAIN
