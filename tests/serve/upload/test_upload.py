"""A rockspec and the rock of its sources are sent as LuaRocks sends them."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.serve.upload import upload as job
from distrorocks.serve.upload.upload import Sending, parcel, send
from distrorocks.servers.account import Account, AccountError, Upload


@pytest.fixture
def rockspec(tmp_path: Path) -> Path:
    """A rockspec whose sources are an archive beside it."""
    (tmp_path / "a-1.0").mkdir()
    (tmp_path / "a-1.0/a.lua").write_text("return 1\n")
    with tarfile.open(tmp_path / "a-1.0.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "a-1.0", "a-1.0")
    return written(tmp_path, "1.0-1", f"file://{tmp_path}/a-1.0.tar.gz")


def written(folder: Path, version: str, url: str) -> Path:
    """Write a rockspec."""
    path = folder / f"a-{version}.rockspec"
    path.write_text(
        f'package = "a"\nversion = "{version}"\nsource = {{ url = "{url}" }}\n'
        'build = { type = "builtin", modules = { a = "a.lua" } }\n'
    )
    return path


class Server(Account):
    """A server with these answers; ``asked`` has each action, with its parameters or fields."""

    def __init__(self, known: dict[str, Any], uploaded: dict[str, Any]) -> None:
        super().__init__("https://x", "key")
        self.answers = {"check_rockspec": known, "upload": uploaded}
        self.asked: list[tuple[str, object]] = []

    def get(self, action: str, parameters: Any = None) -> dict[str, Any]:
        """Answer a question."""
        self.asked.append((action, parameters))
        return self.answers.get(action, {})

    def post(self, action: str, files: tuple[Upload, ...]) -> dict[str, Any]:
        """Take files."""
        self.asked.append((action, [each.field for each in files]))
        return self.answers.get(action, {})


NEW = {"is_new": True, "manifests": [1], "version": {"id": 7}, "module_url": "https://x/a"}


def sending(path: Path, **more: Any) -> Sending:
    """Return what is to be sent of a rockspec."""
    return Sending(str(path), str(path.parent), **more)


def test_the_rockspec_goes_first_then_its_rock(rockspec: Path) -> None:
    """The rock is left in the working directory, as ``pack`` leaves it."""
    wish, told = sending(rockspec), []  # type: ignore[var-annotated]
    server = Server({}, NEW)
    sent = send(server, parcel(wish), wish, told.append)
    names = ("a-1.0-1.rockspec", "a-1.0-1.src.rock")
    assert (sent.files, sent.page, sent.warnings) == (names, "https://x/a", ())
    assert server.asked == [
        ("check_rockspec", {"package": "a", "version": "1.0-1"}),
        ("upload", ["rockspec_file"]),
        ("upload_rock/7", ["rock_file"]),
    ]
    assert told == ["a is new on the server", *(f"sending {each}" for each in names)]
    assert (rockspec.parent / "a-1.0-1.src.rock").is_file()


def test_signatures_go_with_their_files(rockspec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are made before anything is sent."""
    monkeypatch.setattr(job, "sign", lambda _, name: name.encode())
    files = parcel(sending(rockspec, is_signed=True))
    assert [each.field for each in files.first] == ["rockspec_file", "rockspec_sig"]
    assert [each.field for each in files.second] == ["rock_file", "rock_sig"]
    assert files.second[1] == Upload("rock_sig", "a-1.0-1.src.rock.asc", b"a-1.0-1.src.rock")


@pytest.mark.parametrize("version", ["dev-1", "scm-2"])
def test_a_version_that_moves_has_no_rock(version: str, tmp_path: Path) -> None:
    """As in LuaRocks; its sources are not even looked at."""
    path = written(tmp_path, version, "git+https://example.org/a.git")
    assert parcel(sending(path)).second == ()


def test_sources_that_cannot_be_had_need_a_word(tmp_path: Path) -> None:
    """No rock is made of them; the hint says how to send the rockspec alone."""
    path = written(tmp_path, "1.0-1", "git+file:///nowhere/a.git")
    with pytest.raises(DistrorocksError, match="cannot be fetched") as caught:
        parcel(sending(path))
    assert "--skip-pack" in caught.value.hint
    assert parcel(sending(path, has_rock=False)).files == ("a-1.0-1.rockspec",)


def test_a_version_that_is_there_is_replaced_by_force_only(rockspec: Path) -> None:
    """Nothing is sent otherwise."""
    wish = sending(rockspec, has_rock=False)
    server = Server({"module": {}, "version": {"id": 3}}, NEW)
    with pytest.raises(NegativeError, match=r"has a 1\.0-1 already"):
        send(server, parcel(wish), wish, print)
    assert len(server.asked) == 1
    sent = send(server, parcel(wish), wish._replace(is_forced=True), lambda _: None)
    assert sent.files == ("a-1.0-1.rockspec",)


def test_a_name_that_somebody_has_is_a_warning(rockspec: Path) -> None:
    """The server then lists the rock under its owner's name alone."""
    wish = sending(rockspec, has_rock=False)
    sent = send(Server({}, {**NEW, "manifests": []}), parcel(wish), wish, lambda _: None)
    assert "another rock has the name a" in sent.warnings[0]


@pytest.mark.parametrize("version", [None, {}, {"id": "7/../x"}, {"id": True}])
def test_an_answer_without_a_number_is_an_error(version: object, rockspec: Path) -> None:
    """The rock would go to an address that the server's answer makes up."""
    wish = sending(rockspec)
    server = Server({}, {**NEW, "version": version})
    with pytest.raises(AccountError, match="does not say where"):
        send(server, parcel(wish), wish, lambda _: None)
    assert len(server.asked) == 2
