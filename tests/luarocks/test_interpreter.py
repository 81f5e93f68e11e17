"""Where an interpreter looks is asked of it, or known from its distribution's packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from distrorocks.families.distribution import Distribution
from distrorocks.luarocks.interpreter import Interpreter, interpreters
from distrorocks.rocks.lua_version import LuaVersion
from distrorocks.system.files.root_path import RootView

DEBIAN, FEDORA = Distribution("debian"), Distribution("rocky", ("rhel", "fedora"))
INSTALLED = [version for version in ("5.1", "5.2", "5.3", "5.4") if shutil.which(f"lua{version}")]


def of_root(root: Path, lua_version: str, distribution: Distribution) -> tuple[Interpreter, ...]:
    """Return the interpreters of a root."""
    return interpreters(RootView(str(root)), LuaVersion(lua_version), distribution, "lib64")


def program(root: Path, name: str) -> None:
    """Put a program into a root that would leave a trace if it ran."""
    place = root / "usr/bin" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\ntouch {root}/ran\n")
    place.chmod(0o755)


@pytest.mark.skipif(not INSTALLED, reason="no Lua is installed")
def test_the_programs_of_this_system_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variables that would change the answer."""
    monkeypatch.setenv("LUA_PATH", "/x/?.lua")
    monkeypatch.setenv("LUA_INIT", "os.exit(1)")
    for version in INSTALLED:
        code = "print(package.path) print(package.cpath)"
        real = subprocess.run(
            [f"lua{version}", "-e", code], env={}, capture_output=True, check=True, text=True
        )
        found, *_ = interpreters(RootView("/"), LuaVersion(version), DEBIAN, "lib")
        assert found.is_asked
        assert f"{found.path}\n{found.cpath}\n" == real.stdout


def test_programs_of_another_root_are_not_run(tmp_path: Path) -> None:
    """PUC Lua comes first, LuaJIT beside it."""
    program(tmp_path, "lua5.1")
    program(tmp_path, "luajit")
    found = of_root(tmp_path, "5.1", DEBIAN)
    assert [(it.name, it.is_asked) for it in found] == [("lua5.1", False), ("luajit", False)]
    assert not (tmp_path / "ran").exists()


def test_the_directories_are_those_of_the_distributions_packages(tmp_path: Path) -> None:
    """Debian's Lua looks into /usr/local first, Fedora's only into /usr."""
    (debian,) = of_root(tmp_path, "5.4", DEBIAN)
    assert debian.path.startswith("/usr/local/share/lua/5.4/?.lua;")
    assert debian.path.endswith(";/usr/share/lua/5.4/?/init.lua;./?.lua;./?/init.lua")
    (fedora,) = of_root(tmp_path, "5.4", FEDORA)
    assert "/usr/local" not in f"{fedora.path};{fedora.cpath}"
    assert fedora.cpath == "/usr/lib64/lua/5.4/?.so;/usr/lib64/lua/5.4/loadall.so;./?.so"


@pytest.mark.parametrize(
    ("lua_version", "cpath"),
    [
        ("5.1", "./?.so;{local}/?.so;{multi}/?.so;{lib}/?.so;{local}/loadall.so"),
        ("5.4", "{local}/?.so;{multi}/?.so;{lib}/?.so;{local}/loadall.so;./?.so"),
    ],
)
def test_the_table_is_what_debians_programs_print(
    tmp_path: Path, lua_version: str, cpath: str
) -> None:
    """Recorded from lua5.1 and lua5.4 of Debian 12 for amd64."""
    tail, multiarch = f"lua/{lua_version}", "lib/x86_64-linux-gnu"
    words = {"local": f"/usr/local/lib/{tail}", "multi": f"/usr/{multiarch}/{tail}"}
    words["lib"] = f"/usr/lib/{tail}"
    (found,) = interpreters(RootView(str(tmp_path)), LuaVersion(lua_version), DEBIAN, multiarch)
    assert found.cpath == cpath.format(**words)


def test_lua_5_1_looks_into_the_working_directory_first(tmp_path: Path) -> None:
    """Later versions do so last."""
    (old,) = of_root(tmp_path, "5.1", DEBIAN)
    assert old.path.startswith("./?.lua;/usr/local/")
    assert old.cpath.startswith("./?.so;/usr/local/")
    (later,) = of_root(tmp_path, "5.2", DEBIAN)
    assert later.path.endswith(";./?.lua")
