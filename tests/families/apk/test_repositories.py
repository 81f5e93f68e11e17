"""What apk could install, out of the indexes that it last fetched."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from distrorocks.families.apk.family import FAMILY
from distrorocks.families.package import Indexed

PLACE = "var/cache/apk/APKINDEX.066df28d.tar.gz"
ENTRY = "C:Q1AAAA=\nP:{0}\nV:{1}\nA:{2}\nS:1\nI:1\nT:t\nU:u\nL:MIT\nD:lua5.4\n\n"


def stream(name: str, text: str, *, is_last: bool) -> bytes:
    """Return a gzip stream with one member; only the last one has the end of a tar."""
    member = tarfile.TarInfo(name)
    member.size = len(text)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(member, io.BytesIO(text.encode()))
    raw = file.getvalue()
    blocks = 512 + (len(text) + 511) // 512 * 512
    return gzip.compress(raw if is_last else raw[:blocks])


def put(root: Path, *packages: tuple[str, str, str], place: str = PLACE) -> Path:
    """Put an index where apk does: the signature's stream, then that of the packages."""
    (root / "etc/apk").mkdir(parents=True, exist_ok=True)
    (root / "etc/apk/arch").write_text("x86_64\n")
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(ENTRY.format(*package) for package in packages)
    signed = stream(".SIGN.RSA.alpine-devel@lists.alpinelinux.org-616.rsa.pub", "x", is_last=False)
    path.write_bytes(signed + stream("APKINDEX", text, is_last=True))
    return path


def offered(root: Path, *names: str) -> list[tuple[str, str]]:
    """Return name and version of what could be installed."""
    found = FAMILY.read_offered(str(root), names)
    assert not found.warnings
    return [(package.name, package.version) for package in found.packages]


def test_packages_of_lua_and_named_ones_are_offered(tmp_path: Path) -> None:
    """The newest of all repositories, and none for another architecture."""
    put(tmp_path, ("lua5.4-lpeg", "1.1.0-r0", "x86_64"), ("lua-x", "1-r0", "armhf"))
    other = "etc/apk/cache/APKINDEX.1.tar.gz"
    put(
        tmp_path, ("lua5.4-lpeg", "1.1.0_rc1-r0", "x86_64"), ("zlib", "1-r0", "x86_64"), place=other
    )
    assert offered(tmp_path) == [("lua5.4-lpeg", "1.1.0-r0")]
    assert offered(tmp_path, "zlib") == [("lua5.4-lpeg", "1.1.0-r0"), ("zlib", "1-r0")]


def test_the_administrators_cache_may_be_the_other_one(tmp_path: Path) -> None:
    """``setup-apkcache`` makes a link to it; nothing is told twice."""
    put(tmp_path, ("lua5.4-lpeg", "1-r0", "x86_64"))
    (tmp_path / "etc/apk/cache").symlink_to("/var/cache/apk")
    assert offered(tmp_path) == [("lua5.4-lpeg", "1-r0")]
    (tmp_path / PLACE).write_bytes(b"\x1f\x8b\x08")
    assert len(FAMILY.read_offered(str(tmp_path), ()).warnings) == 1


@pytest.mark.parametrize("cut", [3, 60, 200])
def test_what_cannot_be_read_is_told_and_left_out(tmp_path: Path, cut: int) -> None:
    """The other repositories count."""
    put(tmp_path, ("lua5.4-lpeg", "1-r0", "x86_64"))
    path = put(tmp_path, ("lua5.4-x", "1-r0", "x86_64"), place="var/cache/apk/APKINDEX.2.tar.gz")
    path.write_bytes(path.read_bytes()[:cut])
    found = FAMILY.read_offered(str(tmp_path), ())
    assert [package.name for package in found.packages] == ["lua5.4-lpeg"]
    assert "APKINDEX.2" in found.warnings[0]


def test_pc_files_and_programs_are_found_by_what_packages_provide(tmp_path: Path) -> None:
    """apk's indexes list no other files; what has a directory in its name is none of the two."""
    path = put(tmp_path, ("bash", "5.2-r1", "x86_64"))
    entry = ENTRY.format("yajl-dev", "2.1.0-r9", "x86_64").strip()
    text = f"{entry}\np:pc:yajl=2.1.0 cmd:json_verify=2.1.0-r9 so:libyajl.so.2=2 cmd:../x\n\n"
    path.write_bytes(stream("APKINDEX", text, is_last=True))
    ends = ("/pkgconfig/yajl.pc", "/json_verify", "/libyajl.so.2", "/x")
    assert FAMILY.find_offered(str(tmp_path), ends) == (
        Indexed("/usr/bin/json_verify", "yajl-dev"),
        Indexed("/usr/lib/pkgconfig/yajl.pc", "yajl-dev"),
    )
