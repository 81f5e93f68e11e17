"""A server's manifest is found in whichever form it is there, and nothing in it is run."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from distrorocks.servers.address import Address
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles, Wanted
from distrorocks.servers.manifest_reader import read_mirrors, read_server_manifest
from distrorocks.servers.time_limit import ServerError
from tests.loopback import running


def lua(rock: str) -> bytes:
    """Return a manifest in Lua."""
    return b'commands={} modules={} repository={%s={["1-1"]={{arch="src"}}}}' % rock.encode()


def json(rock: str) -> bytes:
    """Return a manifest in JSON."""
    return b'{"repository": {"%s": {"1-1": [{"arch": "src"}]}}}' % rock.encode()


def zipped(name: str, content: bytes) -> bytes:
    """Return a manifest in a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def files() -> ServerFiles:
    """Return a run without a cache."""
    return ServerFiles(DownloadCache(), Policy())


def rocks(directory: Path, version: str = "5.4") -> list[str]:
    """Return the names of what a directory's manifest lists."""
    return list(read_server_manifest(files(), Address.parse(str(directory)), version).rocks)


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_json_lists_the_same_however_long_it_is(tmp_path: Path, count: int) -> None:
    """Short and long JSON is parsed in two ways, and both give names in lower case and archs."""
    listed = ", ".join(f'"Rock{at}": {{"1.0-1": [{{"arch": "src"}}]}}' for at in range(count))
    text = f'{{"commands": {{}}, "repository": {{{listed}, "../x": {{}}}}}}'.encode()
    (tmp_path / "manifest-5.4.json").write_bytes(text)
    found = read_server_manifest(files(), Address.parse(str(tmp_path)), "5.4")
    assert list(found.rocks) == [f"rock{at}" for at in range(count)]
    assert all(dict(each) == {"1.0-1": ("src",)} for each in found.rocks.values())
    assert found.left_out == 1


def test_json_comes_before_zip_before_lua(tmp_path: Path) -> None:
    """The first that is there is taken."""
    (tmp_path / "manifest-5.4").write_bytes(lua("plain"))
    assert rocks(tmp_path) == ["plain"]
    (tmp_path / "manifest-5.4.zip").write_bytes(zipped("manifest-5.4", lua("zip")))
    assert rocks(tmp_path) == ["zip"]
    (tmp_path / "manifest-5.4.json").write_bytes(json("json"))
    assert rocks(tmp_path) == ["json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "manifest-5.4",
        "manifest-5.4.json",
        "manifest-5.4.zip",
    ]


def test_a_zip_may_name_its_folder(tmp_path: Path) -> None:
    """As ``zip manifest-5.4.zip ./manifest-5.4`` does, in an odd archive too; not both names."""
    place = tmp_path / "manifest-5.4.zip"
    packed = zipped("./manifest-5.4", lua("zip"))
    for content in (packed, b"before it" + packed):
        place.write_bytes(content)
        assert rocks(tmp_path) == ["zip"]
    stream = io.BytesIO(packed)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("manifest-5.4", lua("other"))
    place.write_bytes(stream.getvalue())
    with pytest.raises(ServerError, match="twice"):
        rocks(tmp_path)


def test_mirrors_are_asked_in_order(tmp_path: Path) -> None:
    """Each one before the first that answers is told; its rocks come from those after it, too."""
    mirrors = tuple(Address.parse(str(tmp_path / name)) for name in "abc")
    for name in "bc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest-5.4").write_bytes(lua(name))
    (tmp_path / "c/b-1-1.src.rock").write_bytes(b"rock")
    run = files()
    found = read_mirrors(run, mirrors, "5.4")
    assert (found.address, list(found.manifest.rocks)) == (mirrors[1], ["b"])
    (warning,) = run.warnings
    assert f"{tmp_path}/a" in warning
    assert f"the mirror {tmp_path}/b is used instead" in warning
    assert run.content(Wanted(mirrors[1], "b-1-1.src.rock")) == b"rock"
    with pytest.raises(ServerError, match=f"{tmp_path}/a"):
        read_mirrors(files(), mirrors[:1], "5.4")


def test_a_namespace_that_a_mirror_lacks_is_no_news(tmp_path: Path) -> None:
    """Most servers have most namespaces not."""
    mirrors = tuple(Address.parse(str(tmp_path / name)) for name in "ab")
    there = tmp_path / "b/manifests/ns"
    there.mkdir(parents=True)
    (there / "manifest-5.4").write_bytes(lua("x"))
    run = files()
    assert list(read_mirrors(run, mirrors, "5.4", "ns").manifest.rocks) == ["x"]
    assert run.warnings == ()


@pytest.mark.parametrize(
    ("ending", "content", "told"),
    [
        (".json", b" \n<!DOCTYPE html>", "not JSON but an HTML page"),
        (".zip", b"<HTML>", "not a zip archive but an HTML page"),
        ("", b"<html lang=en>", "not a manifest but an HTML page"),
        ("", b"", "it is empty"),
    ],
)
def test_a_page_is_called_one(tmp_path: Path, ending: str, content: bytes, told: str) -> None:
    """The usual answer of what is not a rocks server, or wants a login."""
    (tmp_path / f"manifest-5.4{ending}").write_bytes(content)
    with pytest.raises(ServerError, match=told) as caught:
        rocks(tmp_path)
    assert "login" in caught.value.hint


def test_the_plain_manifest_is_not_a_servers(tmp_path: Path) -> None:
    """LuaRocks does not take it either; the hint says what makes the others."""
    (tmp_path / "manifest").write_bytes(lua("any"))
    with pytest.raises(ServerError) as caught:
        rocks(tmp_path)
    assert caught.value.is_missing
    assert f"make-manifest {tmp_path}" in caught.value.hint
    assert "manifest-5.4" in caught.value.brief


def test_a_broken_form_gives_way_to_the_next(tmp_path: Path) -> None:
    """It is told; where none is left, the first fault is the error."""
    (tmp_path / "manifest-5.4.json").write_bytes(b"<html>")
    with pytest.raises(ServerError) as caught:
        rocks(tmp_path)
    assert "manifest-5.4.json cannot be used: it is not JSON" in caught.value.brief
    (tmp_path / "manifest-5.4").write_bytes(lua("plain"))
    run = files()
    assert list(read_server_manifest(run, Address.parse(str(tmp_path)), "5.4").rocks) == ["plain"]
    assert "manifest-5.4 is used instead" in run.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        b'repository = {} os.execute("touch /tmp/evil")',
        b"while true do end",
        b"repository = ('x'):rep(1e9)",
        b"for i = 1, 1e9 do end repository = {}",
        b"\x1bLua compiled",
        b"repository = " + b"{" * 100_000,
        b"<html>not found</html>",
        b"",
        b"\x00" * 1000,
    ],
    ids=range(9),
)
def test_a_manifest_that_computes_is_refused(tmp_path: Path, text: bytes) -> None:
    """Nor is garbage taken; the error names server and file."""
    (tmp_path / "manifest-5.4").write_bytes(text)
    with pytest.raises(ServerError) as caught:
        rocks(tmp_path)
    assert f"{tmp_path}/manifest-5.4 cannot be used" in caught.value.brief
    assert caught.value.hint


def test_entries_without_sense_are_told(tmp_path: Path) -> None:
    """How many there are, and of which file."""
    (tmp_path / "manifest-5.4").write_bytes(b'repository={["../x"]={},b={["1"]={}}}')
    run = files()
    read_server_manifest(run, Address.parse(str(tmp_path)), "5.4")
    assert "2 entries are invalid" in run.warnings[0]


def test_the_first_mirror_that_answers_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is gone or broken gives way; if all are, the first one's fault is told."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "manifest-5.4").write_bytes(b"garbage")
    with running() as gone:
        pass
    with running() as server:
        server.serve("/manifest-5.4", lua("here"))
        names = (gone.url, str(tmp_path), server.url)
        mirrors = tuple(map(Address.parse, names))
        found = read_mirrors(files(), mirrors, "5.4")
        assert str(found.address) == server.url
        assert list(found.manifest.rocks) == ["here"]
        with pytest.raises(ServerError, match="refused"):
            read_mirrors(files(), mirrors[:2], "5.4")


def test_a_namespace_has_manifests_of_its_own(tmp_path: Path) -> None:
    """Its files lie beside them."""
    (tmp_path / "manifests/me").mkdir(parents=True)
    (tmp_path / "manifests/me/manifest-5.4").write_bytes(lua("mine"))
    found = read_mirrors(files(), (Address.parse(str(tmp_path)),), "5.4", "me")
    assert list(found.manifest.rocks) == ["mine"]
    assert found.address.place == f"{tmp_path}/manifests/me"


def test_a_huge_manifest_is_not_read(tmp_path: Path) -> None:
    """The limit is that of the file."""
    with (tmp_path / "manifest-5.4").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ServerError, match="more than"):
        rocks(tmp_path)
