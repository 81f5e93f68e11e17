"""Signatures of rock files by the real gpg."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.serve.download import Wish, download
from distrorocks.serve.folder.change import add_to_folder, read_new_files, signatures_of
from distrorocks.servers import signature as module
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.servers.signature import (
    LIMIT,
    SignatureError,
    is_signature,
    sign,
    verify,
    verify_local,
)
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import WorldRequest
from tests.serve.folder.folders import rockspec

pytestmark = pytest.mark.skipif(not shutil.which("gpg"), reason="there is no gpg here")


def gpg(home: Path, *words: str) -> bytes:
    """Run gpg with a keyring of the test."""
    command = ["gpg", "--homedir", str(home), "--batch", "--quiet", *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def keyring(place: Path, owner: str = "") -> Path:
    """Make a keyring, with a key without a passphrase if it has an owner."""
    place.mkdir(mode=0o700)
    if owner:
        words = ("--pinentry-mode", "loopback", "--passphrase", "")
        gpg(place, *words, "--quick-gen-key", owner, "ed25519", "sign", "never")
    return place


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A keyring with a key, and one without."""
    place = tmp_path_factory.mktemp("k")
    found = keyring(place / "a", "Me <me@rocks.example>"), keyring(place / "b")
    yield found
    for home in found:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


@pytest.fixture(autouse=True)
def _home(homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let gpg use the keyring with a key."""
    monkeypatch.setenv("GNUPGHOME", str(homes[0]))


def test_what_is_signed_is_verified() -> None:
    """By the name of who signed it; gpg itself agrees on the form."""
    signature = sign(b"content", "foo.rock")
    assert is_signature(signature)
    assert "Good signature" in verify(b"content", signature, "foo.rock")
    assert "me@rocks.example" in verify(b"content", signature, "foo.rock")


def test_a_file_without_a_signature_is_refused(tmp_path: Path) -> None:
    """The error names what is missing, and what to do."""
    with pytest.raises(SignatureError, match=r"foo\.rock has no signature") as caught:
        verify_local(str(tmp_path / "foo.rock"), b"content")
    assert "--verify" in caught.value.hint
    (tmp_path / "foo.rock.asc").write_bytes(sign(b"content", "foo.rock"))
    verify_local(str(tmp_path / "foo.rock"), b"content")


def test_another_content_is_not_signed() -> None:
    """One bit suffices."""
    signature = sign(b"content", "foo.rock")
    with pytest.raises(SignatureError, match=r"of foo\.rock is not good") as caught:
        verify(b"consent", signature, "foo.rock")
    assert "BAD signature" in caught.value.detail
    assert caught.value.exit_status == 1


def test_an_unknown_key_is_not_enough(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is imported; and without a key nothing is signed."""
    signature = sign(b"content", "foo.rock")
    exported = homes[0] / "public"
    exported.write_bytes(gpg(homes[0], "--armor", "--export"))
    monkeypatch.setenv("GNUPGHOME", str(homes[1]))
    with pytest.raises(SignatureError) as caught:
        verify(b"content", signature, "foo.rock")
    assert "No public key" in caught.value.detail
    with pytest.raises(DistrorocksError, match="could not sign"):
        sign(b"content", "foo.rock")
    gpg(homes[1], "--import", str(exported))
    assert "Good signature" in verify(b"content", signature, "foo.rock")


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"hello",
        b"-----BEGIN PGP MESSAGE-----",
        b"-----BEGIN PGP SIGNATURE-----" + b"x" * LIMIT,
    ],
)
def test_other_files_are_no_signatures(signature: bytes) -> None:
    """gpg is not even asked: it would take a signed message for one."""
    with pytest.raises(SignatureError, match="none that gpg makes"):
        verify(b"content", signature, "foo.rock")


def test_without_gpg_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a program that need not be installed."""
    monkeypatch.setattr(module, "run", lambda words, **more: run_missing(words, **more))
    with pytest.raises(DistrorocksError, match="is not installed"):
        sign(b"content", "foo.rock")


def run_missing(words: tuple[str, ...], **more: object) -> object:
    """Run a program that is not there in place of gpg."""
    from distrorocks.system.processes.command import run

    return run(["gpg-is-missing", *words[1:]], **more)  # type: ignore[arg-type]


def test_signatures_are_added_with_their_files(tmp_path: Path) -> None:
    """New ones, or those that are there; one that is not good is refused."""
    folder, path = tmp_path / "server", rockspec(tmp_path, "foo")
    folder.mkdir()
    with Jail() as jail:
        files = read_new_files([str(path)], jail)
    assert signatures_of(files, [str(path)], is_made=False) == []
    made = signatures_of(files, [str(path)], is_made=True)
    changed = add_to_folder(str(folder), [*files, *made])
    assert changed.names == ["foo-1.0-1.rockspec", "foo-1.0-1.rockspec.asc"]
    assert changed.published.unlisted == []
    beside = path.with_name(f"{path.name}.asc")
    beside.write_bytes(made[0].content)
    assert signatures_of(files, [str(path)], is_made=False) == made
    beside.write_bytes(sign(b"other", "other"))
    with pytest.raises(SignatureError):
        signatures_of(files, [str(path)], is_made=False)


def test_a_download_can_be_verified(tmp_path: Path) -> None:
    """Without a good signature nothing is written."""
    folder, root = tmp_path / "server", tmp_path / "root"
    folder.mkdir()
    root.mkdir()
    path = rockspec(folder, "foo")
    add_to_folder(str(folder), [])
    only = (Address("file", str(folder)),)
    request = WorldRequest("5.4", str(root), ServerOptions((), only))
    wish = Wish("foo", is_verified=True)
    here = tmp_path / "here"
    with pytest.raises(SignatureError, match="has no signature"):
        download(wish, request, str(here))
    beside = folder / f"{path.name}.asc"
    beside.write_bytes(sign(b"other", "other"))
    with pytest.raises(SignatureError):
        download(wish, request, str(here))
    assert not here.exists()
    beside.write_bytes(sign(path.read_bytes(), "foo"))
    assert [os.path.basename(each) for each in download(wish, request, str(here)).paths] == [
        path.name
    ]
