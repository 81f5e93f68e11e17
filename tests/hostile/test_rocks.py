"""Hostile rocks are refused before anything of them is unpacked, and honest ones are not."""

from __future__ import annotations

import bz2
import gzip
import os
import resource
import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install import rock_input
from distrorocks.install.install import install_rocks
from distrorocks.servers.rock_check import (
    CheckedRockspec,
    FetchedRock,
    RockCheckError,
    check_rock_file,
)
from distrorocks.system.files.archive_member import MOST_MEMBERS, MOST_UNPACKED
from distrorocks.system.lua.jail import Jail
from tests.effort import HASTE
from tests.hostile.rock_writer import (
    NAME,
    ROCKSPEC_NAME,
    VERSION,
    Tarred,
    Zipped,
    digest,
    honest,
    manifest,
    pax,
    rockspec,
    tar_of,
    zip_of,
)
from tests.install.asking import Place

SPEC = Zipped(ROCKSPEC_NAME, rockspec())
EOCD = b"PK\5\6" + bytes(18)


def with_member(*members: Zipped) -> bytes:
    """Return an honest built rock with more members, which its rock_manifest does not know."""
    return zip_of([*honest(), *members])


def listing(entry: str, *members: Zipped) -> bytes:
    """Return a built rock whose rock_manifest has an entry more."""
    return zip_of([*honest(more=entry), *members])


def named(name: str) -> bytes:
    """Return a built rock with a member of that name."""
    return with_member(Zipped(name, b"x"))


def changed(**fields: object) -> bytes:
    """Return a built rock of which one member has a list entry that says otherwise."""
    return with_member(Zipped("doc/a", b"content" * 99, listed=fields))


def unicode_path(name: bytes) -> bytes:
    """Return an extra field that gives a member another name."""
    return struct.pack("<2HBL", 0x7075, 5 + len(name), 1, 0) + name


def bomb(size: int) -> bytes:
    """Return the deflated form of many zeros, as a member that owns up to it."""
    return zip_of([SPEC, Zipped("bomb", bytes(size))])


IN_ARCHIVE = {
    "a link": (with_member(Zipped("lua/x.lua", b"/etc/shadow", 0o120777)), "is a link"),
    "a link as if of PKZIP": (
        with_member(Zipped("lua/x.lua", b"/etc/shadow", 0o120777, host=0)),
        "is a link",
    ),
    "a harmless link": (with_member(Zipped("doc/x", b"y", 0o120777)), "is a link"),
    "a FIFO": (with_member(Zipped("lua/x.lua", b"", 0o010644)), "special file"),
    "a character device": (with_member(Zipped("lua/x.lua", b"", 0o020644)), "special file"),
    "a block device": (with_member(Zipped("lua/x.lua", b"", 0o060644)), "special file"),
    "a socket": (with_member(Zipped("lua/x.lua", b"", 0o140644)), "special file"),
    "a directory by its mode alone": (with_member(Zipped("d", b"", 0o040755)), "special file"),
    "set-uid": (with_member(Zipped("bin/x", b"x", 0o104755)), "set-id"),
    "set-gid": (with_member(Zipped("bin/x", b"x", 0o102755)), "set-id"),
    "..": (named("../../x"), "'..'"),
    ".. in the middle": (named("doc/../../x"), "'..'"),
    ".. at the end": (named("doc/.."), "'..'"),
    "absolute": (named("/etc/cron.d/x"), "absolute"),
    "a drive": (named("C:/x"), "drive"),
    "backslashes": (named("..\\..\\x"), "backslash"),
    "no name": (named(""), "empty"),
    "a dot": (named("doc/./x"), "empty part"),
    "an empty part": (named("doc//x"), "empty part"),
    "NUL": (named("doc/a\0.lua"), "control"),
    "a line break": (named("doc/a\nb"), "control"),
    "too deep": (named("a/" * 70 + "b"), "parts"),
    "too long": (named("a" * 256), "bytes"),
    "a version of VMS": (named("lua/evil.lua;1"), "semicolon"),
    "a name twice": (with_member(Zipped("lua/evil.lua", b"other")), "duplicate name|twice"),
    "a file and a directory": (with_member(Zipped("doc", b"x"), Zipped("doc/a", b"x")), "below"),
    "a directory with content": (with_member(Zipped("doc/", b"x", 0o040755)), "directory"),
    "a volume label": (
        with_member(Zipped("doc/v", b"x", attributes=0x08, host=0)),
        "volume label",
    ),
    "another local name": (
        with_member(Zipped("doc/a", b"x", local={"name": b"../a"})),
        "unlike the central",
    ),
    "another local method": (
        with_member(Zipped("doc/a", b"x", local={"method": 0})),
        "unlike the central",
    ),
    "another local size": (
        with_member(Zipped("doc/a", b"x", local={"size": 9})),
        "unlike the central",
    ),
    "another local checksum": (
        with_member(Zipped("doc/a", b"x", local={"crc": 9})),
        "unlike the central",
    ),
    "another name in Unicode": (changed(extra=unicode_path(b"../../x")), "second name"),
    "another local name in Unicode": (
        with_member(Zipped("doc/a", b"x", local={"extra": unicode_path(b"../../x")})),
        "second name",
    ),
    "encrypted": (
        with_member(Zipped("doc/a", b"x", listed={"flags": 1}, local={"flags": 1})),
        "encrypted",
    ),
    "encrypted strongly": (
        with_member(Zipped("doc/a", b"x", listed={"flags": 0x41}, local={"flags": 0x41})),
        "encrypted",
    ),
    "packed by LZMA": (
        with_member(Zipped("doc/a", b"x", listed={"method": 14}, local={"method": 14})),
        "in an unknown way",
    ),
    "sizes that never follow": (
        with_member(
            Zipped(
                "doc/a",
                b"x",
                listed={"flags": 8},
                local={"flags": 8, "crc": 0, "size": 0, "packed_size": 0},
            )
        ),
        "sizes unlike",
    ),
    "zip64 sizes": (changed(extra=struct.pack("<2H2Q", 1, 16, 1, 1)), "zip64"),
    "a broken extra field": (changed(extra=b"\x01\x00\xff\xff"), "extra field|zip64"),
    "a wrong checksum": (
        with_member(Zipped("doc/a", b"x", listed={"crc": 7}, local={"crc": 7})),
        "damaged",
    ),
    "less than it says": (
        with_member(Zipped("doc/a", b"x", listed={"size": 2}, local={"size": 2})),
        "damaged",
    ),
    "more than it says": (
        with_member(Zipped("doc/a", b"x" * 9, listed={"size": 2}, local={"size": 2})),
        "damaged",
    ),
    "stored in another size": (
        with_member(Zipped("doc/a", b"xy", is_stored=True, listed={"size": 1}, local={"size": 1})),
        "two different sizes",
    ),
    "something before": (b"#!/bin/sh\n" + zip_of(honest()), "declared offset"),
    "something before, counted": (
        with_member(Zipped("doc/a", b"x", before=b"hidden")),
        "before or between",
    ),
    "something between": (with_member(Zipped("doc/a", b"x", after=b"PK\3\4")), "between"),
    "something after": (zip_of(honest()) + b"x", "after its end"),
    "two members of one content": (
        with_member(Zipped("doc/a", b"x"), Zipped("doc/a", b"x", listed={"offset": 0})),
        "unlike the central|share their content|between",
    ),
    "a second end in the comment": (
        zip_of(honest(), comment=EOCD),
        "after its end|declared offset",
    ),
    "a second list": (
        with_member(Zipped("doc/a", b"x", listed={"comment": EOCD})),
        "two end records",
    ),
    "zip64's end": (
        with_member(Zipped("doc/a", b"x", listed={"comment": b"PK\6\7" + bytes(16)})),
        "zip64",
    ),
    "one of several parts": (zip_of(honest(), end={"disk": 1}), "multi-part"),
    "fewer members than listed": (zip_of(honest(), end={"count": 2}), "longer than"),
    "more members than listed": (zip_of(honest(), end={"count": 9}), "damaged"),
    "no zip": (b"<html>no such rock</html>", "not a zip"),
    "a member past the end": (changed(offset=1 << 30), "not at the offset"),
}

IN_MANIFEST = {
    "..": (listing('lua = { [".."] = { x = "' + "0" * 32 + '" } }'), "wrong entr"),
    ".. in a name": (listing('lua = { ["../../x"] = "' + "0" * 32 + '" }'), "wrong entr"),
    "an absolute name": (listing('bin = { ["/x"] = "' + "0" * 32 + '" }'), "wrong entr"),
    "no name": (listing('bin = { [""] = "' + "0" * 32 + '" }'), "wrong entr"),
    "NUL": (listing('bin = { ["a\\0b"] = "' + "0" * 32 + '" }'), "wrong entr"),
    "a line break": (listing('bin = { ["a\\nb"] = "' + "0" * 32 + '" }'), "not a path"),
    "a backslash": (listing('bin = { ["a\\\\b"] = "' + "0" * 32 + '" }'), "not a path"),
    "a shell's words": (listing('bin = { ["$(id)"] = "' + "0" * 32 + '" }'), "not a path"),
    "a number": (listing("bin = { 7 }"), "wrong entr"),
    "a function": (listing("bin = { x = function() end }"), "."),
    "lua as a file": (listing(f'lua = "{"0" * 32}"'), "'lua' as a file"),
    "no MD5": (listing('doc = { a = "no" }', Zipped("doc/a", b"x")), "not a path and MD5"),
    "a wrong MD5": (listing(f'doc = {{ a = "{"0" * 32}" }}', Zipped("doc/a", b"x")), "has the MD5"),
    "a wrong MD5 of a command": (
        listing(f'bin = {{ a = "{"0" * 32}" }}', Zipped("bin/a", b"x")),
        "has the MD5",
    ),
    "a file that it lacks": (listing(f'bin = {{ a = "{"0" * 32}" }}'), "which it lacks"),
    "a file unlisted": (named("lua/hidden.lua"), "does not list"),
    "code": (
        zip_of([SPEC, Zipped("rock_manifest", b'rock_manifest = { lua = ("x"):rep(1e9) }')]),
        "computed",
    ),
    "no table": (zip_of([SPEC, Zipped("rock_manifest", b"x = 1")]), "no table"),
    "too large": (
        zip_of([SPEC, Zipped("rock_manifest", b"--" * (3 << 20))]),
        "more than|to grow",
    ),
    "a directory": (zip_of([SPEC, Zipped("rock_manifest/a", b"x")]), "is a directory"),
    "no manifest, lua as a file": (zip_of([SPEC, Zipped("lua", b"x")]), "not a directory"),
    "a command that a shell would run": (
        zip_of(honest({"bin/$(touch x)": b"x"})),
        "a shell would follow",
    ),
    "a command that Lua would run": (
        zip_of(honest({"bin/') os.exit(0) --": b"x"})),
        "a shell would follow",
    ),
}

IN_ROCKSPEC = {
    "none": (zip_of([manifest({})]), "one rockspec"),
    "two": (
        zip_of([*honest(), Zipped("other-1.0-1.rockspec", rockspec("other"))]),
        "one rockspec",
    ),
    "another rock's": (zip_of([Zipped(ROCKSPEC_NAME, rockspec("other"))]), "."),
    "another version's": (zip_of([Zipped(ROCKSPEC_NAME, rockspec(version="2.0-1"))]), "."),
    "no rockspec": (zip_of([Zipped(ROCKSPEC_NAME, b"return 7")]), "."),
    "for ever": (zip_of([Zipped(ROCKSPEC_NAME, rockspec(more="while true do end"))]), "."),
    "too large": (
        zip_of([Zipped(ROCKSPEC_NAME, rockspec(more="--" * (1 << 20)))]),
        "more than|to grow",
    ),
}


def source(name: str, content: bytes, *, more: str = "") -> bytes:
    """Return a source rock with an archive in it."""
    return zip_of([Zipped(ROCKSPEC_NAME, rockspec(more=more)), Zipped(name, content)])


def tarred(*members: Tarred, end: bytes = bytes(1024)) -> bytes:
    """Return a source rock with a tar of these members."""
    return source("evil.tar.gz", gzip.compress(tar_of(members, end=end)))


IN_SOURCES = {
    "..": (tarred(Tarred("evil/../../x", b"x")), "'..'"),
    "absolute": (tarred(Tarred("/etc/cron.d/x", b"x")), "absolute"),
    ".. by prefix": (tarred(Tarred("x", b"x", prefix="../..")), "'..'"),
    ".. by PAX": (tarred(pax("path", "../../x"), Tarred("x", b"x")), "'..'"),
    ".. in the name under PAX": (tarred(pax("path", "x"), Tarred("../../x", b"x")), "'..'"),
    ".. by GNU's long name": (tarred(Tarred("l", b"../x\0", b"L"), Tarred("x", b"x")), "'..'"),
    ".. by a long name for a link, of a file": (
        tarred(Tarred("l", b"../x\0", b"K"), Tarred("x", b"x")),
        "'..'",
    ),
    "many names": (
        tarred(*(Tarred("l", b"x%d" % number, b"L") for number in range(9)), Tarred("x")),
        "too many names",
    ),
    "a link out": (tarred(Tarred("evil/x", flag=b"2", target="../../x")), "outside the archive"),
    "an absolute link": (
        tarred(Tarred("evil/x", flag=b"2", target="/etc/shadow")),
        "outside the archive",
    ),
    "a link out through a link": (
        tarred(
            Tarred("a/b/up", flag=b"2", target="../.."),
            Tarred("x", flag=b"2", target="a/b/up/../etc/shadow"),
        ),
        "outside the archive",
    ),
    "a hard link out": (
        tarred(Tarred("x", flag=b"1", target="../etc/shadow")),
        "outside the archive",
    ),
    "a file below a link": (
        tarred(Tarred("a", flag=b"2", target="b"), Tarred("a/x", b"x")),
        "below",
    ),
    "a link with content": (tarred(Tarred("a", b"x", b"2", "b")), "with content"),
    "a device": (tarred(Tarred("a", flag=b"3")), "device"),
    "a FIFO": (tarred(Tarred("a", flag=b"6")), "device"),
    "a sparse file": (tarred(Tarred("a", flag=b"S")), "special"),
    "set-uid": (tarred(Tarred("a", b"x", mode=0o4755)), "set-id"),
    "a size by PAX": (tarred(pax("size", "1024"), Tarred("a", b"x")), "PAX record"),
    "a broken PAX record": (tarred(Tarred("p", b"99 path=x\n", b"x"), Tarred("a")), "PAX"),
    "a size in base 256": (
        tarred(Tarred("a", bytes(512), size=b"\x80" + bytes(9) + b"\2\0")),
        "octal",
    ),
    "a wrong checksum": (tarred(Tarred("a", b"x", checksum=1)), "checksum"),
    "a member behind the end": (
        tarred(Tarred("a", b"x"), end=bytes(1024) + tar_of([Tarred("../x", b"x")])),
        "after its end",
    ),
    "cut off": (tarred(Tarred("a", b"x", size=b"00000004000\0"), end=b""), "ends in the middle"),
    "a record past all reason": (tarred(Tarred("a", bytes(1 << 17), b"L"), Tarred("a")), "record"),
    "a damaged gzip": (source("evil.tar.gz", gzip.compress(bytes(4096))[:-9]), "damaged"),
    "a damaged bzip2": (source("evil.tar.bz2", bz2.compress(bytes(4096))[:-9]), "damaged|ends"),
    "a zip with ..": (source("evil.zip", zip_of([Zipped("../x", b"x")])), "'..'"),
    "a zip with a link out": (
        source("evil.zip", zip_of([Zipped("x", b"/etc/shadow", 0o120777)])),
        "outside the archive",
    ),
    "a zip with a wrong checksum": (
        source("evil.zip", zip_of([Zipped("x", b"x", listed={"crc": 1}, local={"crc": 1})])),
        "damaged",
    ),
    "a zip with backslashes": (source("evil.zip", zip_of([Zipped("..\\x", b"x")])), "backslash"),
    "more archives than sources need": (
        zip_of([SPEC, *(Zipped(f"{number}.zip", zip_of([])) for number in range(5))]),
        "archives at its top",
    ),
    "sources elsewhere": (
        source("evil.zip", zip_of([]), more='source.file = "../../tmp/x.zip"'),
        "outside the rock",
    ),
    "a link beside the archive": (
        zip_of([SPEC, Zipped("evil/x", b"/etc/shadow", 0o120777)]),
        "is a link",
    ),
    "a last block that is none": (
        source("evil.tar.gz", gzip.compress(tar_of([Tarred("a", b"x")], end=b"x"))),
        "middle of a block",
    ),
}

CASES = {
    **{f"archive: {why}": ("all", *what) for why, what in IN_ARCHIVE.items()},
    **{f"sources: {why}": ("src", *what) for why, what in IN_SOURCES.items()},
    **{f"manifest: {why}": ("all", *what) for why, what in IN_MANIFEST.items()},
    **{f"rockspec: {why}": ("all", *what) for why, what in IN_ROCKSPEC.items()},
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """This system with trees below a scratch directory."""
    place = Place(tmp_path, inside=str(tmp_path))
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    place.root = Path("/")
    return place


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """One jail for all."""
    with Jail(seconds=HASTE) as jail:
        yield jail


def check(content: bytes, jail: Jail, arch: str = "all") -> None:
    """Check a rock as if it came from a server."""
    check_rock_file(FetchedRock(NAME, VERSION, arch, content, "https://rocks.example"), jail)


def install(place: Place, *words: str) -> None:
    """Install, without a question."""
    install_rocks(place.request(*words), consent=lambda _: True, progress=lambda _: None)


@pytest.mark.parametrize(("arch", "content", "reason"), CASES.values(), ids=CASES)
def test_a_hostile_rock_is_refused(arch: str, content: bytes, reason: str, jail: Jail) -> None:
    """With the reason, on one line, which names the file and its place."""
    with pytest.raises(RockCheckError, match=reason) as caught:
        check(content, jail, arch)
    said = caught.value
    assert said.brief.startswith(f"https://rocks.example/evil-1.0-1.{arch}.rock ")
    assert said.brief.isprintable()
    assert said.hint
    assert len(str(said)) < 5000


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("number", range(len(CASES)), ids=CASES)
def test_nothing_of_it_is_deployed(number: int, place: Place) -> None:
    """Whether a server has it or, for every other one, a user names it; no tree is made."""
    arch, content, _ = list(CASES.values())[number]
    file = place.server.directory / f"evil-1.0-1.{arch}.rock"
    file.write_bytes(content)
    with pytest.raises(DistrorocksError):
        install(place, str(file) if number % 2 else NAME)
    assert not Path(place.above, "two").exists()


def test_a_rock_is_refused_before_those_before_it_are_installed(place: Place) -> None:
    """All files of a plan are checked before anything is built."""
    place.server.add("good 1.0-1", NAME)
    (place.server.directory / "evil-1.0-1.all.rock").write_bytes(named("../x"))
    request = place.request("good")
    place.server.publish_unchecked()
    with pytest.raises(RockCheckError, match="leads out"):
        install_rocks(request, consent=lambda _: True, progress=lambda _: None)
    assert not Path(place.above, "two").exists()


def test_what_was_checked_is_what_is_deployed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can write a named file changes it after it was read, and after the check, to no avail."""
    file = place.server.directory / "evil-1.0-1.all.rock"
    file.write_bytes(zip_of(honest()))
    bad = named("../../x")

    def swap(file_text: FetchedRock, jail: Jail) -> CheckedRockspec:
        file.write_bytes(bad)
        checked = check_rock_file(file_text, jail)
        file.write_bytes(bad)
        return checked

    monkeypatch.setattr(rock_input, "check_rock_file", swap)

    def consent(_: object) -> bool:
        file.write_bytes(bad)
        return True

    install_rocks(place.request(str(file)), consent=consent, progress=lambda _: None)
    kept = Path(place.above, f"two/lib/luarocks/rocks-5.4/evil/1.0-1/{ROCKSPEC_NAME}")
    assert kept.read_bytes() == rockspec()
    assert not list(Path(place.above).rglob("x"))


def test_a_file_that_never_ends_is_not_waited_for(place: Place) -> None:
    """A FIFO under a rock's name is an error at once."""
    for name in ("evil-1.0-1.all.rock", ROCKSPEC_NAME):
        os.mkfifo(place.server.directory / name)
        with pytest.raises(DistrorocksError, match="not a regular file"):
            install(place, str(place.server.directory / name))


def streamed(member: Zipped) -> Zipped:
    """Return a member as a program writes it that cannot go back."""
    sizes = (zlib.crc32(member.content), len(member.content), len(member.content))
    return member._replace(
        is_stored=True,
        listed={"flags": 8},
        local={"flags": 8, "crc": 0, "size": 0, "packed_size": 0},
        after=b"PK\7\10" + struct.pack("<3L", *sizes),
    )


HARMLESS = {
    "by LuaRocks 1, without a rock_manifest": ("all", zip_of([SPEC, Zipped("lua/a.lua", b"x")])),
    "with documents, commands and directories": (
        "all",
        zip_of(
            [
                *honest({"lua/a/b.lua": b"x", "bin/a-b": b"#!lua", "doc/a (1), b & c.md": b"x"}),
                Zipped("doc/", b"", 0o040755),
                Zipped("luarocks.lock", b"return {}"),
                Zipped("rock_namespace", b"me"),
            ]
        ),
    ),
    "whose documents were left out": (
        "all",
        listing(f'doc = {{ a = "{"0" * 32}" }}'),
    ),
    "with sizes behind each member": ("all", zip_of([streamed(each) for each in honest()])),
    "with names that only look odd": ("all", zip_of(honest({"lua/..a/b...lua": b"x"}))),
    "with a tar": (
        "src",
        tarred(
            Tarred("evil/", flag=b"5"),
            Tarred("./evil/a.lua", b"x"),
            Tarred("evil/b", flag=b"2", target="../evil/./a.lua"),
            Tarred("evil/c", flag=b"1", target="evil/a.lua"),
            pax("mtime", "1.5"),
            Tarred("evil/d", b"x" * 1000),
        ),
    ),
    "with a zip": ("src", source("evil.zip", zip_of([Zipped("a/b.lua", b"x")], comment=b"0f3a"))),
    "of a checkout": ("src", zip_of([SPEC, Zipped("evil/a.lua", b"x"), Zipped("evil/.x", b"")])),
    "of one file": ("src", source("evil.lua", b"return 1")),
}


@pytest.mark.parametrize(("arch", "content"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_rock_is_given_to_luarocks(arch: str, content: bytes, jail: Jail) -> None:
    """What LuaRocks' own packers write, and what they might."""
    check(content, jail, arch)


def test_a_rock_of_another_name_is_refused(jail: Jail) -> None:
    """The name of the file, the rockspec and the plan are one, and can be a rock's."""
    for name, version in (("other", VERSION), (NAME, "2.0-1"), ("-evil", VERSION), (NAME, "1.0")):
        with pytest.raises(RockCheckError):
            check_rock_file(FetchedRock(name, version, "all", zip_of(honest()), "/x"), jail)


def test_limits_are_kept(jail: Jail) -> None:
    """Too many members, too much content, and too much of it from too little."""
    many = zip_of([SPEC, *(Zipped(f"doc/{number}") for number in range(MOST_MEMBERS))])
    with pytest.raises(RockCheckError, match="members"):
        check(many, jail)
    with pytest.raises(RockCheckError, match="ratio"):
        check(bomb(64 << 20), jail)
    large = {"size": MOST_UNPACKED + 1, "packed_size": MOST_UNPACKED + 1}
    with pytest.raises(RockCheckError, match="unpacks to more"):
        check(with_member(Zipped("doc/a", b"x", listed=large, local=large)), jail)


def test_a_bomb_costs_little(jail: Jail) -> None:
    """A tar that unpacks for ever is read no further than the limit, and never held."""
    member = Tarred("a", size=b"%011o\0" % (MOST_UNPACKED * 2), content=b"")
    sources = gzip.compress(tar_of([member]) + bytes(2 * MOST_UNPACKED), 1)
    rock = zip_of([SPEC, Zipped("evil.tar.gz", sources, is_stored=True)])
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    tracemalloc.start()
    with pytest.raises(RockCheckError, match="unpacks to more"):
        check(rock, jail, "src")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(rock) + (8 << 20)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 20


def test_time_is_linear_in_the_number_of_members(jail: Jail) -> None:
    """As many members as there may be, as deep as they may be, take a few seconds at most."""
    path = "/".join("d" * 10 for _ in range(50))
    files = {f"lua/{path}/{number}.lua": b"" for number in range(5000)}
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    check(zip_of(honest(files)), jail)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 10


def test_digests_are_what_md5_says() -> None:
    """The writer of these rocks tells the truth where it should."""
    assert digest(b"") == "d41d8cd98f00b204e9800998ecf8427e"
