"""What pkg-config of the running system says of packages, asked once for each name."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator

from distrorocks.externals.pkg_config import Package
from distrorocks.system.processes.command import CommandError, find_program, run

_SECONDS = 10
_MOST_OUTPUT = 64 * 1024
_MOST_ASKED = 64
_MOST_DIRECTORIES = 64
_PROGRAMS = ("pkg-config", "pkgconf")
_SYSTEM_TOO = ("--keep-system-cflags", "--keep-system-libs")
_PASSED_ON = ("PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR")


class PkgConfig:
    """Answers what pkg-config says of a name; at most ``_MOST_ASKED`` names are asked for."""

    def __init__(self) -> None:
        found = (find_program(each) for each in _PROGRAMS)
        self._program = next(filter(None, found), "")
        self._known: dict[str, Package | None] = {}

    def __call__(self, name: str) -> Package | None:
        """Return the package, None if there is none or pkg-config is not installed."""
        if not self._program:
            return None
        if name not in self._known:
            if len(self._known) >= _MOST_ASKED:
                return None
            self._known[name] = self._asked(name)
        return self._known[name]

    def _asked(self, name: str) -> Package | None:
        flags = self._said(*_SYSTEM_TOO, "--cflags-only-I", "--libs-only-L", "--", name)
        if flags is None:
            return None
        prefix = self._said("--variable=prefix", "--", name) or ""
        try:
            words = shlex.split(flags)
        except ValueError:
            return None
        return Package(
            name,
            prefix if _is_plain(prefix) else "",
            tuple(_directories(words, "-I")),
            tuple(_directories(words, "-L")),
        )

    def _said(self, *words: str) -> str | None:
        """Return the first line of output, None if pkg-config fails."""
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        try:
            done = run(
                (self._program, *words),
                timeout=_SECONDS,
                environment=environment,
                most_output=_MOST_OUTPUT,
            )
        except CommandError:
            return None
        return None if done.status else os.fsdecode(done.stdout).partition("\n")[0].strip()


def _directories(words: Iterable[str], flag: str) -> Iterator[str]:
    """Yield the absolute directories that flags of one kind name, a bounded number of them."""
    found = dict.fromkeys(word[len(flag) :] for word in words if word.startswith(flag))
    yield from [os.path.normpath(path) for path in found if _is_plain(path)][:_MOST_DIRECTORIES]


def _is_plain(path: str) -> bool:
    return path.startswith("/") and path.isprintable() and len(path) <= 4096
