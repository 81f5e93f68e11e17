"""The command line: whatever its words are, it ends with a status and never with a traceback."""

from __future__ import annotations

import argparse
import ctypes
import importlib
import os
import pkgutil
import struct
from pathlib import Path

import distrorocks
from distrorocks.cli.main import main
from distrorocks.cli.verbs import SUMMARIES
from integration.fuzzing.target import Check, Target
from integration.fuzzing.targets.rocks import MANIFEST, ROCK_MANIFEST, ROCKSPECS
from tests.builders import debian

_NOBODY = 65534
_KEEP_CAPABILITIES = 8  # PR_SET_KEEPCAPS
_CAPABILITY_VERSION = 0x20080522
_MAY_READ = 1 << 2  # CAP_DAC_READ_SEARCH
_NOWHERE = "http://127.0.0.1:9/"
_OPTIONS = (
    *("--root=.", "--tree=tree", "--json", "--help", "--dry-run", "--lua-version=5.4", "--offline"),
    *("--deps-mode=all", "--server=server", "--verbose", "-o", "out", "foo", "foo 1.0-1", "5.4"),
    *("foo-1.0-1.rockspec", "tree", "server", ".", "/nonexistent", "--", "-", "--version", "²"),
)
_WORDS = tuple(word.encode() for word in (*_OPTIONS, *SUMMARIES))


def _prepare(root: Path) -> Check:
    """Make a small system and a home in the scratch directory, and stay there as nobody."""
    for module in pkgutil.walk_packages(distrorocks.__path__, "distrorocks."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    debian(root)
    rock = root / "tree/lib/luarocks/rocks-5.4/foo/1.0-1"
    rock.mkdir(parents=True)
    (rock / "rock_manifest").write_bytes(ROCK_MANIFEST)
    (rock / "foo-1.0-1.rockspec").write_bytes(ROCKSPECS[1])
    (rock.parent.parent / "manifest").write_bytes(MANIFEST)
    (root / "foo-1.0-1.rockspec").write_bytes(ROCKSPECS[1])
    (root / "server").mkdir()
    (root / "server/foo-1.0-1.rockspec").write_bytes(ROCKSPECS[1])
    os.environ.update(HOME=str(root), PATH="/usr/bin:/bin")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = _NOWHERE
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
        _become_nobody()
    os.chdir(root)
    return _run


def _become_nobody() -> None:
    """Give up root's rights but for reading, which Python needs where it lies in root's home."""
    library = ctypes.CDLL(None)
    library.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    header = struct.pack("=II", _CAPABILITY_VERSION, 0)
    library.capset(header, struct.pack("=6I", _MAY_READ, _MAY_READ, 0, 0, 0, 0))


def _run(data: bytes) -> None:
    """Run the command of the input's lines, a word each."""
    words = [os.fsdecode(line) for line in data.replace(b"\0", b"").split(b"\n")][:20]
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    assert status in range(256), f"exit status {status}"


def _seeds() -> list[bytes]:
    """Return each verb with each of its options, which have an argument where they take one."""
    found = [b"", b"--help", b"--version"]
    for verb in SUMMARIES:
        module = importlib.import_module(f"distrorocks.cli.verbs.{verb.replace('-', '_')}")
        parser = argparse.ArgumentParser(add_help=False)
        module.add_arguments(parser)
        words = [verb]
        for action in parser._actions:
            if action.option_strings:
                words.append(action.option_strings[-1])
            if action.nargs != 0:
                words.append(next(iter(action.choices or ("foo",))))
        found += [verb.encode(), "\n".join(map(str, words)).encode()]
        found += [f"{verb}\n{word}".encode() for word in ("foo-1.0-1.rockspec", "foo", "--root=.")]
    return found


COMMAND_TARGETS = (
    Target(
        "command-line",
        _prepare,
        _seeds,
        words=_WORDS,
        most_bytes=400,
        seconds=5.0,
        weight=6,
        cost=20,
    ),
)
