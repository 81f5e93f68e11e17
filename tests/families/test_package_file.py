"""Package files are read as the package database would tell them once they are installed."""

from __future__ import annotations

import gzip
import lzma
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.package_file import (
    PackageFile,
    PackageFileError,
    Unpacked,
    contents_of,
    is_package_file,
    read_package_file,
    resolve,
)
from tests.package_files import ELF, cpio, cpio_member, deb, header, rpm, rpm_of, rpm_tags

LIB = "/usr/lib/x86_64-linux-gnu"
COPYRIGHT = (
    b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
    b"Files: *\nCopyright: x\nLicense: MIT\n"
)


def read(path: Path, content: bytes) -> PackageFile:
    """Write a package and read it."""
    path.write_bytes(content)
    return read_package_file(str(path))


def test_a_deb_is_described_as_dpkg_would(tmp_path: Path) -> None:
    """Fields, files of Lua and licence are those of the package; other files are left."""
    pytest.importorskip("debian")
    found = read(
        tmp_path / "lua-foo_1.2-1_all.deb",
        deb(
            {
                "/usr/share/lua/5.4/foo.lua": b"return 1",
                "/usr/share/lua/5.3/foo.lua": "../5.4/foo.lua",
                "/usr/share/doc/lua-foo/copyright": COPYRIGHT,
                "/usr/share/doc/lua-foo/README": "/etc/motd",
            }
        ),
    )
    package = found.package
    assert package[:5] == ("deb", "lua-foo", "1.2-1", "all", "lua-foo")
    assert (package.summary, package.description) == ("the foo thing", "It is long.")
    assert package.relations == ("lua-penlight (>= 1.3)", "bar")
    assert set(package.files) == set(found.contents)
    assert found.contents["/usr/share/lua/5.3/foo.lua"] == b"return 1"
    assert "/usr/share/doc/lua-foo/README" not in found.contents
    assert (found.library_dir, found.license) == ("lib", "MIT")


def test_the_architecture_of_a_deb_tells_its_library_directory(tmp_path: Path) -> None:
    """C modules lie in the multiarch directory of the package's architecture."""
    control = "Package: x\nVersion: 1\nArchitecture: arm64\n".replace("x", "lua-x", 1)
    found = read(tmp_path / "x.deb", deb({}, control))
    assert found.library_dir == "lib/aarch64-linux-gnu"


def test_an_rpm_is_described_as_rpm_would(tmp_path: Path) -> None:
    """Name, version with epoch and release, relations, licence, and where it is from."""
    files = {"/usr/share/lua/5.4/foo.lua": b"x", "/usr/lib64/lua/5.4/foo.so": ELF}
    found = read(tmp_path / "x.rpm", rpm(files, {1003: [2]}))
    assert found.package[:4] == ("rpm", "lua-foo", "2:1.2-1.fc42", "noarch")
    assert found.package.relations == ("lua-penlight >= 1.3",)
    assert (found.package.summary, found.license) == ("the foo thing", "MIT")
    assert (found.library_dir, found.distribution) == ("lib64", "fedora")
    assert found.contents == files


def test_a_ghost_of_an_rpm_is_no_file(tmp_path: Path) -> None:
    """What the header lists as a ghost, or not at all, rpm does not install."""
    files = {"/usr/share/lua/5.4/foo.lua": b"x", "/usr/share/lua/5.4/bar.lua": b"y"}
    assert list(read(tmp_path / "x.rpm", rpm(files, {1037: [0, 64]})).contents) == [
        "/usr/share/lua/5.4/foo.lua"
    ]


def test_hard_links_of_an_rpm_share_their_content(tmp_path: Path) -> None:
    """Only the last name has the content in the archive."""
    paths = [f"/usr/share/lua/5.{minor}/foo.lua" for minor in (3, 4)]
    first, last = (
        cpio_member(f".{path}", content, links=2)
        for path, content in zip(paths, (b"", b"return 1"), strict=True)
    )
    payload = cpio({}, first + last)
    found = read(tmp_path / "x.rpm", rpm(dict.fromkeys(paths, b""), payload=payload))
    assert found.contents == dict.fromkeys(paths, b"return 1")


def summed(payload: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a signature with the header's SHA-256, the header with the payload's, the payload."""
    sum_of_payload = {5092: [sha256(payload).hexdigest()], 5093: [8]}
    main = header({**rpm_tags(["/usr/share/lua/5.4/foo.lua"]), **sum_of_payload})
    return header({1000: [0], 273: sha256(main).hexdigest()}), main, payload


@pytest.mark.parametrize("damaged", ["header", "payload", ""])
def test_an_rpm_that_differs_from_its_sums_is_refused(tmp_path: Path, damaged: str) -> None:
    """One changed byte of the summary, or another payload that is sound by itself."""
    sources = [cpio({"/usr/share/lua/5.4/foo.lua": text}) for text in (b"return 1", b"return 2")]
    first, other = map(lzma.compress, sources)
    signature, main, payload = summed(first)
    if damaged == "header":
        main = main.replace(b"the foo thing", b"the fox thing")
    if damaged == "payload":
        payload = other
    content = rpm_of(main, payload, signature)
    if not damaged:
        assert read(tmp_path / "x.rpm", content).contents
        return
    with pytest.raises(PackageFileError, match=f"its {damaged} is damaged"):
        read(tmp_path / "x.rpm", content)


def test_the_payload_of_an_rpm_may_be_uncompressed(tmp_path: Path) -> None:
    """Then the header names no compression, which otherwise means gzip."""
    files = {"/usr/share/lua/5.4/foo.lua": b"return 1"}
    tags = rpm_tags(list(files))
    del tags[1125]
    for payload in (cpio(files), gzip.compress(cpio(files))):
        found = read(tmp_path / "x.rpm", rpm_of(header(tags), payload))
        assert list(found.contents.values()) == [b"return 1"]


def test_a_module_may_be_a_link_to_a_library_of_the_package() -> None:
    """Debian links modules to versioned libraries; the content is that of the library."""
    unpacked = Unpacked(
        {f"{LIB}/liblua5.4-foo.so.0.0.0": ELF},
        {
            f"{LIB}/lua/5.4/foo.so": "../../liblua5.4-foo.so.0",
            f"{LIB}/liblua5.4-foo.so.0": "liblua5.4-foo.so.0.0.0",
        },
    )
    assert contents_of(unpacked) == {f"{LIB}/lua/5.4/foo.so": ELF}


def test_a_link_to_a_directory_is_no_module() -> None:
    """It counts for nothing, as where the package is installed."""
    unpacked = Unpacked({"/usr/share/lua/5.4/x/y.lua": b""}, {"/usr/share/lua/5.3/x": "../5.4/x"})
    assert list(contents_of(unpacked)) == ["/usr/share/lua/5.4/x/y.lua"]


def test_a_module_that_leads_out_is_an_error() -> None:
    """Its content is on no system that is known, and this system's file is not taken for it."""
    with pytest.raises(PackageFileError, match="which the package does not have"):
        contents_of(Unpacked({}, {"/usr/share/lua/5.4/x.lua": "/etc/hostname"}))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b", "/a/b"),
        ("/l/x", "/t/x"),
        ("/up/x", "/x"),
        ("/loop", ""),
        ("/rel", "/a/b"),
        ("/chain", "/t/x"),
    ],
)
def test_links_lead_where_they_would_on_a_system(path: str, expected: str) -> None:
    """Absolute targets begin at the package's top, and ``..`` stops there."""
    links = {"/l": "/t", "/up": "../../..", "/loop": "loop", "/rel": "./a/../a/b", "/chain": "l/x"}
    assert resolve(Unpacked({}, links), path) == expected


def test_package_files_are_known_by_their_names() -> None:
    """Only what can be read is one."""
    assert [is_package_file(name) for name in ("a.deb", "b.rpm", "c.apk", "d.rockspec")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("library", ["debian.debfile", "rpmfile"])
def test_a_missing_library_is_told(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without python-debian or rpmfile the error says what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    files = {"/usr/share/lua/5.4/foo.lua": b""}
    end, content = ("deb", deb(files)) if library.startswith("debian") else ("rpm", rpm(files))
    with pytest.raises(DistrorocksError) as caught:
        read(tmp_path / f"x.{end}", content)
    assert "is not installed" in caught.value.brief
    assert "install" in caught.value.hint
