"""Archives: one member of a zip, packed rocks, sources in zips and tars, packed files."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import md5
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.families.package_file import read_package_file
from distrorocks.packaging.source.archive import archive_members
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.servers.local_rock import read_local_rock
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.system.files.archive_member import Member, member_path
from distrorocks.system.files.packed_file import read_packed
from distrorocks.system.files.strict_tar import read_tar
from distrorocks.system.files.strict_zip import content_of, read_zip
from distrorocks.system.files.zip_archive import read_member
from distrorocks.system.lua.jail import Jail
from integration.fuzzing.archives import archive, tar_of, zip_of
from integration.fuzzing.target import Check, Target, plain
from integration.fuzzing.targets.rocks import ROCK_MANIFEST, ROCKSPECS
from tests.licensing.passages import MIT
from tests.package_files import deb, rpm

_LIMIT = 1 << 16
SOURCES = {
    "foo-1.0/LICENSE": MIT.encode(),
    "foo-1.0/README.md": b"# Foo\nLicensed under MIT.\n",
    "foo-1.0/src/foo.c": b"#include <lua.h>\nint luaopen_foo(lua_State *L) { return 1; }\n",
    "foo-1.0/foo.lua": b"return {}\n",
    "foo-1.0/doc/index.html": b"<html>" + b"x" * 600 + b"</html>\n",
}
PACKAGED: dict[str, bytes | str] = {
    "/usr/share/lua/5.4/foo.lua": b"return {}\n",
    "/usr/share/lua/5.3/foo.lua": "../5.4/foo.lua",
    "/usr/share/doc/lua-foo/copyright": b"Format: x/copyright-format/1.0/\n",
}
ROCK = {
    "foo-1.0-1.rockspec": ROCKSPECS[1],
    "rock_manifest": ROCK_MANIFEST,
    "lua/foo.lua": b"return {}\n",
    "foo-1.0.tar.gz": tar_of(SOURCES, "gz"),
}


def _member(data: bytes) -> None:
    assert len(read_member(data, "manifest", _LIMIT)) <= _LIMIT, "more than the limit"


def _sources(data: bytes) -> None:
    name = "foo-1.0.zip" if data.startswith(b"PK") else "foo-1.0.tar.gz"
    for path in archive_members(data, name).files:
        assert ".." not in path.split("/"), "a member leads out"
        assert not path.startswith("/"), "a member leads out"


def _rock(arch: str) -> Callable[[Path], Check]:
    def prepare(root: Path) -> Check:
        path, jail = root / f"foo-1.0-1.{arch}.rock", Jail(backends=())

        def run(data: bytes) -> None:
            path.write_bytes(data)
            with suppress(DistrorocksError):
                read_rock_input(str(path), jail=jail)
            read_local_rock(str(path), jail, arch="linux-x86_64")

        return run

    return prepare


def _package_file(ending: str) -> Callable[[Path], Check]:
    """Return a check that a package file gives regular files of its own, and no other's."""

    def prepare(root: Path) -> Check:
        path = root / f"foo.{ending}"

        def run(data: bytes) -> None:
            path.write_bytes(data)
            found = read_package_file(str(path))
            assert found.package.name, "a package without a name"
            assert set(found.package.files) == set(found.contents), "a file without content"

        return run

    return prepare


def _strict_zip(data: bytes) -> None:
    """What is accepted is what Python's own reader finds, and leads nowhere else."""
    entries = read_zip(data)
    for entry in entries:
        _inside(entry.member)
        assert sum(map(len, content_of(data, entry))) == entry.member.size, "another size"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as other:
            names = [member_path(each.filename) for each in other.infolist()]
    except (zipfile.BadZipFile, NotImplementedError):
        return  # it takes less than we do, which harms nobody
    assert names == [entry.member.path for entry in entries], "other programs see other members"


def _strict_tar(data: bytes) -> None:
    """What is accepted is what Python's own reader finds, and leads nowhere else."""
    members = read_tar(io.BytesIO(data))
    for member in members:
        _inside(member)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as other:
            paths = {member_path(each.name) for each in other.getmembers()}
    except tarfile.TarError:
        return  # it takes less than we do, which harms nobody
    known = {"", *(member.path for member in members)}
    assert paths <= known, "other programs see other members"


def _inside(member: Member) -> None:
    assert not member.path.startswith("/"), "a member leads out"
    assert ".." not in member.path.split("/"), "a member leads out"


def _checked(arch: str) -> Callable[[bytes], object]:
    jail = Jail(backends=())
    return lambda data: check_rock_file(FetchedRock("foo", "1.0-1", arch, data, "place"), jail)


def _packed(root: Path) -> Check:
    starts = ((b"\x1f\x8b", ".gz"), (b"BZh", ".bz2"))

    def run(data: bytes) -> None:
        ending = next((each for start, each in starts if data.startswith(start)), ".xz")
        path = root / f"index{ending}"
        path.write_bytes(data)
        assert sum(map(len, read_packed(str(path), limit=_LIMIT))) <= _LIMIT

    return run


def _zips() -> Sequence[bytes]:
    return (zip_of({"manifest": b"x = 1\n", "b/": b""}), zip_of({"manifest": b"x"}, stored=True))


def _built() -> bytes:
    """Return a rock whose rock_manifest is right."""
    files = {"foo-1.0-1.rockspec": ROCKSPECS[1], "lua/foo.lua": b"return {}\n"}
    sums = {path: md5(content).hexdigest() for path, content in files.items()}
    listed = f"""rock_manifest = {{
   lua = {{ ["foo.lua"] = "{sums["lua/foo.lua"]}" }},
   ["foo-1.0-1.rockspec"] = "{sums["foo-1.0-1.rockspec"]}"
}}
"""
    return zip_of({**files, "rock_manifest": listed.encode()})


def _source_seeds() -> list[bytes]:
    return [zip_of(SOURCES), *(tar_of(SOURCES, packer) for packer in ("", "gz", "bz2", "xz"))]


ARCHIVE_TARGETS = (
    Target(
        "zip-member",
        plain(_member),
        lambda: (
            zip_of({"manifest": b"x = 1\n", "b": b"y"}),
            zip_of({"manifest": b"x"}, stored=True),
        ),
        (archive,),
    ),
    Target("source-archive", plain(_sources), _source_seeds, (archive,) * 2, most_bytes=1 << 17),
    Target("rock-file", _rock("src"), lambda: (zip_of(ROCK),), (archive,) * 2),
    Target("rock-file-built", _rock("all"), lambda: (zip_of(ROCK),), (archive,) * 2),
    Target("strict-zip", plain(_strict_zip), lambda: (zip_of(ROCK), *_zips()), (archive,) * 2),
    Target("strict-tar", plain(_strict_tar), lambda: (tar_of(SOURCES),), (archive,) * 2),
    Target("checked-rock", plain(_checked("src")), lambda: (zip_of(ROCK),), (archive,) * 2),
    Target("checked-rock-built", plain(_checked("all")), lambda: (_built(),), (archive,) * 2),
    Target("deb-file", _package_file("deb"), lambda: (deb(PACKAGED),), (archive,)),
    Target("rpm-file", _package_file("rpm"), lambda: (rpm(PACKAGED),), (archive,)),
    Target(
        "packed-file",
        _packed,
        lambda: [pack(b"a line\n" * 100) for pack in (gzip.compress, bz2.compress, lzma.compress)],
    ),
)
