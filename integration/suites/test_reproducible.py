"""The packages of distrorocks are the same to the byte, wherever and whenever they are built."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from integration.machines.machine import run
from integration.machines.scratch import CHECKOUT

ELSEWHERE = "TZ=Pacific/Chatham LC_ALL=C LANGUAGE=de"


def sums(folder: Path, ending: str) -> dict[str, str]:
    """Return the digests of the packages in a folder, by name; there is at least one."""
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob(f"*{ending}")
    }
    assert found
    return found


@pytest.mark.parametrize(
    ("build", "endings"),
    [
        ("hooks/dpkg/build", (".deb", ".tar.xz", ".dsc")),
        ("hooks/rpm/build", (".noarch.rpm",)),
    ],
)
def test_a_second_build_gives_the_same_bytes(
    build: str, endings: tuple[str, ...], tmp_path: Path
) -> None:
    """In another time zone, temporary directory and umask. A .src.rpm names the directory."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run(CHECKOUT / build, tmp_path / "one")
    script = f'umask 077; exec env {ELSEWHERE} TMPDIR="$0" "$@"'
    run("sh", "-c", script, scratch, CHECKOUT / build, tmp_path / "other")
    for ending in endings:
        assert sums(tmp_path / "one", ending) == sums(tmp_path / "other", ending)
    assert not list(scratch.iterdir())
