"""What a sandbox depends on."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path

import pytest

from distrorocks.system.sandbox.confined import Confined, Identity
from distrorocks.system.sandbox.observed import closed_above, machine_for, own_homes

USER = os.geteuid()


def homes_of(monkeypatch: pytest.MonkeyPatch, variable: str, database: str) -> list[str]:
    """Return the homes of this user with such a variable and such an entry."""
    monkeypatch.setenv("HOME", variable)
    entry = pwd.struct_passwd(("u", "x", USER, USER, "", database, "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: entry)
    return own_homes(USER)


def test_a_home_outside_of_home_is_hidden_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that builds has its keys in a directory such as /var/lib/jenkins."""
    service, other = tmp_path / "service", tmp_path / "other"
    service.mkdir()
    other.mkdir()
    (tmp_path / "link").symlink_to("other")
    found = homes_of(monkeypatch, str(tmp_path / "link"), str(service))
    assert found == [str(other), str(service)]
    hidden = machine_for(Confined(("true",), "/", ()), Identity(USER, USER, is_changed=False))
    assert {str(other), str(service)} <= set(hidden.hidden)


@pytest.mark.parametrize("home", ["/", "", "relative", "/no/such/home"])
def test_what_is_no_home_of_ones_own_stays_visible(
    home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Services have the root or a directory of the system for a home."""
    assert homes_of(monkeypatch, home, home) == []


@pytest.mark.skipif(USER != 0, reason="only root can give directories away")
def test_a_home_of_somebody_else_stays_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others own, this user can read as everybody can."""
    os.chown(tmp_path, 4321, 4321)
    assert homes_of(monkeypatch, str(tmp_path), str(tmp_path)) == []


def test_what_a_build_removed_is_not_closed() -> None:
    """It may remove the directory that its next command starts in."""
    with tempfile.TemporaryDirectory() as made:
        os.chmod(made, 0o711)  # noqa: S103 - as a directory of root's builds
        assert closed_above(f"{made}/none/none/none") == ""
        Path(made, "closed").mkdir(mode=0o700)
        assert closed_above(f"{made}/closed/inner/none") == f"{made}/closed"


def test_sockets_that_make_their_users_root_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network namespace does not keep a build of a member of group lxd from them."""
    monkeypatch.setattr(os.path, "isdir", lambda _: True)
    hidden = machine_for(Confined(("true",), "/", ()), Identity(1, 1, is_changed=False)).hidden
    assert {"/var/lib/incus", "/var/lib/lxd", "/var/snap"} <= set(hidden)
