"""Roots like Alpine's and Arch's: a refresh, a hook's, what scan and verify say, and removal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from distrorocks.cli.main import main
from distrorocks.exit_status import DONE, FINDINGS
from tests.families.apk.alpine import AlpineRoot
from tests.families.pacman.arch import ArchRoot

TREE = "usr/lib/luarocks/rocks-5.4"


class Root(Protocol):
    """A root that packages can be installed into."""

    root: Path

    def install(self, name: str, files: Mapping[str, str], *, version: str) -> None:
        """Unpack a package and record it."""

    def remove(self, name: str, files: Mapping[str, str], *, version: str) -> None:
        """Take a package away again."""


class Alpine(AlpineRoot):
    """Alpine's lua5.4-lpeg and lua5.4-argparse."""

    names = ("lua5.4-lpeg", "lua5.4-argparse")
    fix = "apk fix lua5.4-lpeg"


class Arch(ArchRoot):
    """The same of Arch."""

    names = ("lua54-lpeg", "lua54-argparse")
    fix = "pacman -S lua54-lpeg"


LPEG = {"usr/lib/lua/5.4/lpeg.so": "elf\n", "usr/share/lua/5.4/re.lua": "return {}\n"}
ARGPARSE = {"usr/share/lua/5.4/argparse.lua": "return {}\n"}
VERSION = "1.1.0-r1"


@pytest.fixture(params=[Alpine, Arch], ids=["apk", "pacman"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Alpine | Arch:
    """Return a root with two packages of Lua."""
    make: Callable[[Path], Alpine | Arch] = request.param
    made = make(tmp_path / "root")
    made.install(made.names[0], LPEG, version=VERSION)
    made.install(made.names[1], ARGPARSE, version="0.7.1-r1")
    return made


def run(system: Root, *words: str) -> int:
    """Run distrorocks on a root."""
    return main([*words, "--root", str(system.root)])


def contents(root: Path) -> dict[str, bytes]:
    """Return the files below a root with their contents."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_a_refresh_publishes_and_a_removal_takes_all_back(system: Alpine | Arch) -> None:
    """The rocks of the packages stand in the distribution's tree; packages' files stay."""
    before = contents(system.root)
    assert run(system, "refresh") == DONE
    assert (system.root / TREE / "lpeg/1.1.0-2/rock_manifest").exists()
    assert (system.root / TREE / "argparse/0.7.1-1/argparse-0.7.1-1.rockspec").exists()
    assert b"lpeg" in (system.root / TREE / "manifest").read_bytes()
    again = contents(system.root)
    assert run(system, "refresh") == DONE
    assert contents(system.root) == again
    assert run(system, "refresh", "--remove") == DONE
    assert contents(system.root) == before


def test_a_hook_follows_what_the_package_manager_does(
    system: Alpine | Arch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes is published and what goes is taken back, without a word."""
    assert run(system, "refresh", "--hook") == DONE
    assert run(system, "refresh", "--hook") == DONE
    system.remove(system.names[0], LPEG, version=VERSION)
    assert run(system, "refresh", "--hook") == DONE
    assert not (system.root / TREE / "lpeg").exists()
    assert (system.root / TREE / "argparse").exists()
    system.install(system.names[0], LPEG, version="1.1.1-r0")
    assert run(system, "refresh", "--hook") == DONE
    assert [path.name for path in (system.root / TREE / "lpeg").iterdir()] == ["1.1.1-0"]
    assert not capsys.readouterr().err
    assert run(system, "refresh", "--hook", "--remove") == DONE
    assert not (system.root / TREE).exists()


def test_scan_says_which_rock_a_package_is(
    system: Alpine | Arch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the distribution's own map of names."""
    assert run(system, "scan") == DONE
    told = capsys.readouterr().out
    assert f"{system.names[0]} {VERSION}: lpeg 1.1.0-2 (Lua 5.4), published" in told


def test_verify_names_a_module_that_was_changed(
    system: Alpine | Arch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the package manager's own command to put it right."""
    assert run(system, "refresh") == DONE
    assert run(system, "verify") == DONE
    (system.root / "usr/share/lua/5.4/re.lua").write_text("return 1\n")
    capsys.readouterr()
    assert run(system, "verify") == FINDINGS
    told = capsys.readouterr().out
    assert "/usr/share/lua/5.4/re.lua" in told
    assert system.fix in told
    (system.root / "usr/share/lua/5.4/re.lua").unlink()
    assert run(system, "verify") == FINDINGS
