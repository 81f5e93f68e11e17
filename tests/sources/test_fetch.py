"""Sources are fetched, verified, unpacked and found, several at once."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path

import pytest

from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles
from distrorocks.sources.fetch import Progress, SourceRequest, Stage, fetch_sources
from distrorocks.sources.source import SourceError
from tests.hostile.rock_writer import Tarred, Zipped, tar_of, zip_of
from tests.loopback import Loopback, running
from tests.sources.fetching import fetched, files, rockspec, tree

PACKED = gzip.compress(tar_of([Tarred("a-1/x.lua", b"return 1")]))
MD5 = md5(PACKED).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server with one archive."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        found.serve("/a-1.tar.gz", PACKED)
        found.serve("/archive/v1?raw=%20", PACKED)
        yield found


def local(tmp_path: Path, content: bytes = PACKED, name: str = "a-1.tar.gz") -> str:
    """Write a file and return the field that names it."""
    (tmp_path / name).write_bytes(content)
    return f'url = "file://{tmp_path}/{name}"'


def test_a_download_is_unpacked(tmp_path: Path, server: Loopback) -> None:
    """The folder to build in is that of the archive, and its digest is known."""
    found = fetched(rockspec(f'url = "{server.url}/a-1.tar.gz", md5 = "{MD5}"'), tmp_path)
    assert found.directory == f"{tmp_path}/new/a-1"
    assert found.digest == sha256(PACKED).hexdigest()
    assert tree(found.directory) == {"x.lua": "644 return 1"}


def test_a_url_is_asked_for_as_it_is(tmp_path: Path, server: Loopback) -> None:
    """Query and escapes are not quoted again; source.file names the file."""
    url = f"{server.url}/archive/v1?raw=%20"
    fetched(rockspec(f'url = "{url}", file = "a-1.tar.gz"'), tmp_path)
    assert server.paths() == ["/archive/v1?raw=%20"]


def test_a_file_is_not_unpacked_beside_itself(tmp_path: Path) -> None:
    """LuaRocks leaves the tar and its folder there."""
    fetched(rockspec(local(tmp_path)), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-1.tar.gz", "new"]


@pytest.mark.parametrize(
    "digest",
    [MD5[:-1], MD5[:-1] + "g", "." * 32, "0" * 32],
    ids=["short", "other", "pattern", "zeros"],
)
def test_an_md5_is_compared_whole(tmp_path: Path, digest: str) -> None:
    """LuaRocks takes it for the beginning of a pattern, so that a dot passes."""
    with pytest.raises(SourceError, match="MD5"):
        fetched(rockspec(f'{local(tmp_path)}, md5 = "{digest}"'), tmp_path)


def test_an_md5_may_be_in_capitals(tmp_path: Path) -> None:
    """They are the same digits."""
    fetched(rockspec(f'{local(tmp_path)}, md5 = "{MD5.upper()}"'), tmp_path)


@pytest.mark.parametrize(
    ("names", "field", "expected"),
    [
        (["a-1/x"], "", "a-1"),
        (["other/x"], "", "other"),
        (["other/x", "note"], "", "other"),
        (["a-1/x", "other/x"], "", "a-1"),
        (["one/x", "two/x"], 'dir = "two"', "two"),
        (["one/in/x"], 'dir = "./one//in/"', "one/in"),
        (["x"], 'dir = "."', ""),
    ],
)
def test_the_folder_is_found_as_luarocks_finds_it(
    tmp_path: Path, names: list[str], field: str, expected: str
) -> None:
    """The one named, the one that the file's name suggests, or the only one."""
    packed = tar_of([Tarred(name, b"1") for name in names])
    found = fetched(rockspec(f"{local(tmp_path, packed, 'a-1.tar')}, {field}"), tmp_path)
    assert found.directory == f"{tmp_path}/new/{expected}".rstrip("/")


@pytest.mark.parametrize(
    ("names", "field"), [(["a/x", "b/x"], ""), (["x"], ""), (["a-1/x"], 'dir = "b"')]
)
def test_without_a_folder_the_error_lists_what_is_there(
    tmp_path: Path, names: list[str], field: str
) -> None:
    """And asks for source.dir."""
    packed = tar_of([Tarred(name, b"1") for name in names])
    with pytest.raises(SourceError, match="folder") as caught:
        fetched(rockspec(f"{local(tmp_path, packed, 'a-1.tar')}, {field}"), tmp_path)
    assert names[0].partition("/")[0] in caught.value.detail
    assert "source.dir" in caught.value.hint


def test_a_source_rock_has_its_archive_with_it(tmp_path: Path) -> None:
    """Nothing is fetched, and its MD5 is checked all the same."""
    rock = zip_of([Zipped("evil-1.0-1.rockspec", b""), Zipped("a-1.tar.gz", PACKED)])
    source = 'url = "https://unreachable.invalid/a-1.tar.gz"'
    found = fetched(rockspec(f'{source}, md5 = "{MD5}"'), tmp_path, packed=rock)
    assert tree(found.directory) == {"x.lua": "644 return 1"}
    with pytest.raises(SourceError, match="MD5"):
        fetched(rockspec(f'{source}, md5 = "{"0" * 32}"'), tmp_path / "new", packed=rock)


def test_a_source_rock_of_a_checkout_has_its_folder(tmp_path: Path) -> None:
    """LuaRocks packs it without the repository."""
    rock = zip_of([Zipped("evil-1.0-1.rockspec", b""), Zipped("a/x.lua", b"1")])
    found = fetched(rockspec('url = "git://unreachable.invalid/a.git"'), tmp_path, packed=rock)
    assert found.directory == f"{tmp_path}/new/a"


def test_a_source_rock_without_its_archive_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    rock = zip_of([Zipped("evil-1.0-1.rockspec", b"")])
    with pytest.raises(SourceError, match=r"'a-1\.tar\.gz'"):
        fetched(rockspec('url = "https://h/a-1.tar.gz"'), tmp_path, packed=rock)


def test_several_are_fetched_and_told(tmp_path: Path) -> None:
    """Results are in the order of the requests, and every stage is reported once for each."""
    spec = rockspec(local(tmp_path))
    requests = [SourceRequest(spec, f"{tmp_path}/{number}") for number in range(9)]
    told: list[Progress] = []
    found = fetch_sources(requests, files(), listener=told.append)
    assert [each.folder for each in found] == [each.folder for each in requests]
    stages = [each.stage for each in told]
    assert {stage: stages.count(stage) for stage in Stage} == {
        **dict.fromkeys(Stage, 9),
        Stage.FAILED: 0,
    }


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """The first in the order of the requests leads."""
    specs = [rockspec(f'url = "{tmp_path}/{name}.zip"') for name in ("first", "second")]
    requests = [SourceRequest(spec, f"{tmp_path}/{n}") for n, spec in enumerate(specs)]
    with pytest.raises(SourceError, match=r"first\.zip") as caught:
        fetch_sources(requests, files())
    assert "second.zip" in caught.value.detail


def test_a_folder_that_exists_is_not_filled(tmp_path: Path) -> None:
    """What is in it could be anybody's."""
    (tmp_path / "new").mkdir()
    with pytest.raises(SourceError):
        fetched(rockspec(local(tmp_path)), tmp_path)
    assert not list((tmp_path / "new").iterdir())


def test_offline_no_repository_is_asked(tmp_path: Path) -> None:
    """Nothing is fetched from another machine; a repository of this one may be."""
    offline = ServerFiles(DownloadCache(), Policy(is_offline=True))
    far = rockspec('url = "git://unreachable.invalid/a.git"')
    with pytest.raises(SourceError, match="nothing is fetched"):
        fetch_sources([SourceRequest(far, f"{tmp_path}/far")], offline)
    near = rockspec(f'url = "git+file://{tmp_path}/none"')
    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch_sources([SourceRequest(near, f"{tmp_path}/near")], offline)


@pytest.mark.parametrize("url", ["/a.zip", "git+file:///a", "hg:///a", "svn://file:///a"])
def test_a_rockspec_of_a_server_names_nothing_on_this_machine(tmp_path: Path, url: str) -> None:
    """Else it could have root's files built into a rock."""
    request = SourceRequest(rockspec(f'url = "{url}"'), f"{tmp_path}/new", may_be_local=False)
    with pytest.raises(SourceError, match="on this machine"):
        fetch_sources([request], files())


@pytest.mark.parametrize(
    ("only", "is_fetched"), [(None, True), ("", False), ("other", False), ("127.0.0.1", True)]
)
def test_only_sources_limits_where_sources_come_from(
    tmp_path: Path, server: Loopback, only: str | None, is_fetched: bool
) -> None:
    """It is the beginning of the address after the protocol, as in LuaRocks."""
    spec = rockspec(f'url = "{server.url}/a-1.tar.gz"')
    request = SourceRequest(spec, f"{tmp_path}/new", only_from=only)
    if is_fetched:
        fetch_sources([request], files())
        return
    with pytest.raises(SourceError, match="not fetched"):
        fetch_sources([request], files())
    assert not server.paths()


def test_an_interruption_ends_the_fetch(tmp_path: Path) -> None:
    """What the listener raises is passed on, and nothing more is begun."""

    def listener(news: Progress) -> None:
        raise KeyboardInterrupt(news.rock)

    requests = [SourceRequest(rockspec(local(tmp_path)), f"{tmp_path}/{n}") for n in range(3)]
    with pytest.raises(KeyboardInterrupt):
        fetch_sources(requests, files(), listener=listener)
