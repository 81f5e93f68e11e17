"""Adding and removing over rsync, sftp and scp, by the real programs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder import remote_copy
from distrorocks.serve.folder.change import NewFile
from distrorocks.serve.folder.publish import publish
from distrorocks.serve.folder.remote_copy import RemoteCopy, UploadError
from distrorocks.serve.folder.upload_server import PROTOCOLS, RemoteFolder
from distrorocks.system.processes.command import find_program
from tests.serve.folder.folders import rock, rockspec
from tests.serve.folder.remote_hosts import SFTP_SERVERS, RemoteHost
from tests.serve.folder.test_publish import OUTPUTS, listed

HAS_SFTP_SERVER = any(os.access(path, os.X_OK) for path in SFTP_SERVERS)


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    """Return each protocol whose program is there."""
    name: str = request.param
    if find_program(name) is None or (name != "rsync" and not HAS_SFTP_SERVER):
        pytest.skip(f"there is no {name} here, or no sftp-server")
    return name


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RemoteHost:
    """Return another machine, with our caches beside it."""
    found = RemoteHost(tmp_path)
    monkeypatch.setattr(remote_copy, "run", found.run)
    monkeypatch.setattr(remote_copy, "own_cache_directory", lambda name: f"{tmp_path}/cache/{name}")
    real = find_program
    monkeypatch.setattr(
        remote_copy, "find_program", lambda name: real(name) or name == "ssh" or None
    )
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the published folder of the other machine, with a folder and a foreign file in it."""
    directory = tmp_path / "far"
    directory.mkdir()
    rockspec(directory, "old")
    rock(directory, "old")
    (directory / "inner").mkdir()
    (directory / "notes.txt").write_text("mine")
    publish(str(directory), url="https://rocks.example")
    return directory


def copy_of(folder: Path, protocol: str, *, is_fresh: bool = True) -> RemoteCopy:
    """Return the copy of the other machine's folder."""
    remote = RemoteFolder(protocol, "me", "rocks.example", str(folder))
    return RemoteCopy(remote, lambda _: None, is_fresh=is_fresh)


def new_file(tmp_path: Path, name: str) -> NewFile:
    """Return a rockspec to add."""
    path = rockspec(tmp_path, name)
    return NewFile(path.name, path.read_bytes())


def test_a_file_is_added_and_listed(
    protocol: str, host: RemoteHost, folder: Path, tmp_path: Path
) -> None:
    """What else is there stays, the address of the page too, and the manifest comes last."""
    copy_of(folder, protocol).add([new_file(tmp_path, "new")])
    assert listed(folder) == listed(folder, "manifest-5.4") == {"old", "new"}
    assert (folder / "new-1.0-1.rockspec").exists()
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "inner").is_dir()
    assert "--server=https://rocks.example</span> new" in (folder / "index.html").read_text()
    assert not list(folder.glob(".*"))
    assert publish(str(folder)).written == []
    last = host.programs[-1]
    assert f"/{folder.name}/manifest" not in " ".join(last) or last[-2].endswith("/manifest")


def test_the_log_in_asks_nothing(
    protocol: str, host: RemoteHost, folder: Path, tmp_path: Path
) -> None:
    """There is no terminal, so ssh must not wait for a password."""
    copy_of(folder, protocol).add([new_file(tmp_path, "new")])
    lines = host.log.read_text().splitlines()
    assert lines
    assert all("BatchMode=yes" in line or "BatchMode yes" in line for line in lines)


def test_a_refresh_changes_our_copy_alone(
    protocol: str, host: RemoteHost, folder: Path, tmp_path: Path
) -> None:
    """A run without a refresh then knows what others added."""
    del host
    rockspec(folder, "theirs")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    copy_of(folder, protocol).refresh()
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    copy_of(folder, protocol, is_fresh=False).add([new_file(tmp_path, "last")])
    assert listed(folder) == {"old", "theirs", "last"}


def test_what_others_added_meanwhile_is_kept(
    protocol: str, host: RemoteHost, folder: Path, tmp_path: Path
) -> None:
    """The copy is brought up to date first, unless that is not wanted."""
    del host
    copy_of(folder, protocol).add([new_file(tmp_path, "new")])
    rockspec(folder, "theirs")
    (folder / "old-1.0-1.src.rock").unlink()
    copy_of(folder, protocol).add([new_file(tmp_path, "more")])
    assert listed(folder) == {"old", "new", "theirs", "more"}
    assert '"src"' not in (folder / "manifest").read_text()
    rockspec(folder, "later")
    copy_of(folder, protocol, is_fresh=False).add([new_file(tmp_path, "last")])
    assert listed(folder) == {"old", "new", "theirs", "more", "last"}


def test_a_version_is_removed(protocol: str, host: RemoteHost, folder: Path) -> None:
    """After the manifests; scp cannot, and says so before anything is changed."""
    rockspec(folder, "stays")
    (folder / "old-1.0-1.rockspec.asc").write_text("")
    before = {path.name for path in folder.iterdir()}
    if protocol == "scp":
        with pytest.raises(DistrorocksError, match="scp cannot remove"):
            copy_of(folder, protocol).remove(["old", "1.0-1"])
        assert {path.name for path in folder.iterdir()} == before
        assert listed(folder) == {"old"}
        return
    copy_of(folder, protocol).remove(["old", "1.0-1"])
    assert listed(folder) == {"stays"}
    gone = {"old-1.0-1.rockspec", "old-1.0-1.rockspec.asc", "old-1.0-1.src.rock"}
    assert before - {path.name for path in folder.iterdir()} == gone
    assert host.programs[-1][0] == protocol


def test_a_refused_log_in_is_told_as_ssh_tells_it(
    protocol: str, host: RemoteHost, folder: Path, tmp_path: Path
) -> None:
    """With the command that a person can try, and nothing is changed."""
    before = {name: (folder / name).read_bytes() for name in OUTPUTS}
    host.refuse()
    with pytest.raises(UploadError) as caught:
        copy_of(folder, protocol).add([new_file(tmp_path, "new")])
    assert "Permission denied" in caught.value.detail
    assert "ssh me@rocks.example" in caught.value.hint
    assert before == {name: (folder / name).read_bytes() for name in OUTPUTS}


def test_a_missing_folder_is_an_error(protocol: str, host: RemoteHost, tmp_path: Path) -> None:
    """It is not made: a wrong path would go unnoticed."""
    del host
    with pytest.raises(UploadError):
        copy_of(tmp_path / "none", protocol).add([new_file(tmp_path, "new")])
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_missing_program_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is done, with what to install."""
    monkeypatch.setattr(remote_copy, "find_program", lambda _: None)
    with pytest.raises(UploadError, match=f"{name} is not installed") as caught:
        copy_of(Path("/far"), name)
    assert "install" in caught.value.hint
