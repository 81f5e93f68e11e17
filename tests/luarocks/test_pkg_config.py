"""What pkg-config says is read with care."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.externals.pkg_config import Package
from distrorocks.luarocks import pkg_config
from distrorocks.luarocks.pkg_config import PkgConfig


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a program that goes for pkg-config; a test writes it."""
    path = tmp_path / "pkg-config"
    monkeypatch.setattr(pkg_config, "find_program", lambda _: str(path))
    return path


def write(program: Path, flags: str, more: str = "") -> None:
    """Write a program that answers with these flags and the prefix /opt/foo, and keeps a log."""
    log = program.with_name("log")
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {log}\n{more}\n'
        f"case \"$*\" in *variable*) echo /opt/foo;; *) cat <<'E'\n{flags}\nE\nesac\n"
    )
    program.chmod(0o755)


def test_flags_are_directories(program: Path) -> None:
    """Absolute ones, each once; quotes are those of a shell. A name is asked for once."""
    write(program, "-I/opt/foo/include/ -I'/a b' -L/opt/foo/lib -Lhere -I/a\\ b -lfoo -DX=1")
    known = PkgConfig()
    for _ in range(2):
        assert known("foo") == Package(
            "foo", "/opt/foo", ("/opt/foo/include", "/a b"), ("/opt/foo/lib",)
        )
    asked = program.with_name("log").read_text().splitlines()
    assert len(asked) == 2
    assert all(line.endswith(" -- foo") for line in asked)


@pytest.mark.parametrize(
    ("flags", "more"),
    [("", "exit 1"), ("-I'", ""), ("", "yes | head -c 100000; exit 0"), ("", "kill -9 $$")],
)
def test_nonsense_is_no_answer(program: Path, flags: str, more: str) -> None:
    """A failure, an open quote, a flood, a crash."""
    write(program, flags, more)
    assert PkgConfig()("foo") is None


def test_directories_and_names_are_bounded(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for a package that names thousands, or a rockspec that has so many dependencies."""
    write(program, " ".join(f"-I/{number}" for number in range(5000)))
    known = PkgConfig()
    found = known("foo")
    assert found is not None
    assert len(found.include_dirs) == 64
    monkeypatch.setattr(pkg_config, "_MOST_ASKED", 2)
    assert known("bar") is not None
    assert known("baz") is None


def test_without_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known."""
    monkeypatch.setattr(pkg_config, "find_program", lambda _: None)
    assert PkgConfig()("zlib") is None
