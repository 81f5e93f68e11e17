"""Which rock file a rock becomes, and where it goes."""

from __future__ import annotations

from hashlib import md5

import pytest

from distrorocks.lua.write import persist
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.serve.pack.rock import (
    PackedFile,
    PackError,
    RockFiles,
    arch_of,
    packed,
    placed,
    without_doubles,
)
from distrorocks.system.lua.jail import Jail
from tests.package_files import ELF

ROCKSPEC = (
    b'package = "foo"\nversion = "1.0-1"\nsource = { url = "https://example.org/x" }\n'
    b'build = { type = "none" }\n'
)
ARM = ELF[:18] + b"\xb7" + ELF[19:]
OWN = "linux-s390"


def rock(**parts: dict[str, bytes]) -> RockFiles:
    """Return a rock with files in lua, lib and bin, and its metadata."""
    digests = {
        part: {path: md5(content).hexdigest() for path, content in files.items()}
        for part, files in parts.items()
    }
    rest = {"foo-1.0-1.rockspec": md5(ROCKSPEC).hexdigest()}
    manifest = persist(RockManifest(**digests, rest=rest).to_table())
    files = {f"{part}/{path}": text for part, it in parts.items() for path, text in it.items()}
    files |= {"foo-1.0-1.rockspec": ROCKSPEC, "rock_manifest": manifest}
    return RockFiles("foo", "1.0-1", files, "a test", "5.4")


@pytest.mark.parametrize(
    ("parts", "arch"),
    [
        ({"lua": {"foo.lua": b"return 1"}}, "all"),
        ({"lua": {"foo.lua": b"return 1"}, "bin": {"foo": b"#!/usr/bin/lua\n"}}, "all"),
        ({"bin": {"foo": ELF}}, "linux-x86_64"),
        ({"lib": {"foo.so": ELF}}, "linux-x86_64"),
        ({"lib": {"foo.so": ARM}}, "linux-aarch64"),
        ({"lua": {"foo.so": ELF}}, "linux-x86_64"),
        ({"lib": {"foo.so": b"INPUT(-lfoo)"}}, OWN),
        ({"lua": {"foo.lua": b"\x7fELF"}}, "all"),
    ],
)
def test_elf_files_decide_the_arch(parts: dict[str, dict[str, bytes]], arch: str) -> None:
    """An ELF command makes a binary rock, a script none, a library that is no ELF is ours."""
    assert arch_of(rock(**parts), OWN) == arch


def test_documents_do_not_decide_the_arch() -> None:
    """An ELF file that is not deployed is an example or a test."""
    found = rock(lua={"foo.lua": b""})
    files = {**found.files, "doc/example.so": ELF}
    assert arch_of(found._replace(files=files), OWN) == "all"


def test_files_of_two_processors_are_no_rock() -> None:
    """Its name could not say where it runs."""
    with pytest.raises(PackError, match="several processors"):
        arch_of(rock(lib={"a.so": ELF, "b.so": ARM}), OWN)


def test_a_packed_rock_is_one_that_is_installed() -> None:
    """The file has its name, its bytes do not depend on the order of files."""
    one = rock(lua={"a.lua": b"1", "b.lua": b"2"})
    other = one._replace(files=dict(reversed(list(one.files.items()))))
    with Jail() as jail:
        files = [packed(each, jail, own_arch=OWN) for each in (one, other)]
    assert files[0] == files[1]
    assert files[0].file_name == "foo-1.0-1.all.rock"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("lua/b.lua", "does not list"),
        ("lua/$(id).lua", "shell"),
        ("other.rockspec", "one rockspec"),
        ("../x", "leads out"),
    ],
)
def test_what_would_be_refused_on_install_is_not_packed(path: str, why: str) -> None:
    """Each rock is checked as one of a server is before it is installed."""
    found = rock(lua={"a.lua": b"1"})
    with Jail() as jail, pytest.raises(Exception, match=why):
        packed(found._replace(files={**found.files, path: b""}), jail, own_arch=OWN)


def file(name: str, content: bytes, lua_version: str) -> PackedFile:
    """Return a rock file."""
    return PackedFile(name, content, "x", lua_version)


def test_equal_files_for_all_lua_versions_are_written_once() -> None:
    """They lie side by side."""
    files = [file("a-1-1.all.rock", b"a", version) for version in ("5.3", "5.4")]
    assert [each.path for each in placed(files)] == ["a-1-1.all.rock"]


@pytest.mark.parametrize("other", [(b"b", "a-1-1.all.rock"), (b"a", "b-1-1.all.rock")])
def test_different_files_have_a_folder_for_each_lua_version(other: tuple[bytes, str]) -> None:
    """A name does not tell the Lua version, and each folder is a server for one."""
    content, name = other
    files = [file("a-1-1.all.rock", b"a", "5.3"), file(name, content, "5.4")]
    assert [each.path for each in placed(files)] == ["5.3/a-1-1.all.rock", f"5.4/{name}"]


def test_one_of_two_files_of_a_name_is_left_out() -> None:
    """The first is kept, and the other is told; the same file twice is one."""
    first, other = file("a-1-1.all.rock", b"a", "5.4"), file("a-1-1.all.rock", b"b", "5.4")
    elsewhere = file("a-1-1.all.rock", b"b", "5.3")
    kept, left_out = without_doubles([first, other._replace(origin="y"), first, elsewhere])
    assert kept == [first, elsewhere]
    assert left_out == ["y is not packed: x gives another a-1-1.all.rock"]


def test_nothing_has_no_place() -> None:
    """A root without rocks gives no file."""
    assert placed([]) == []
