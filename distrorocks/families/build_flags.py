"""The compiler flags with which a distribution builds its own packages: hardening, and others."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.command import CommandError, run
from distrorocks.values import NamedTuple

_MOST_OUTPUT = 64 * 1024
_MAPS = ("-ffile-prefix-map=", "-fdebug-prefix-map=", "-fmacro-prefix-map=")
"""Flags that name the directory in which a package is built."""


class NoFlagsError(DistrorocksError):
    """The flags of the distribution are not known."""


class BuildFlags(NamedTuple):
    """The flags for compilers, the preprocessor and the linker, as one text each."""

    cflags: str = ""
    cppflags: str = ""
    cxxflags: str = ""
    ldflags: str = ""

    @classmethod
    def parse(cls, text: str) -> BuildFlags:
        """Parse lines ``CFLAGS=...``; skip other names, and flags that name a directory."""
        lines = dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)
        return cls(*(_general(lines.get(name.upper(), "")) for name in cls._fields))

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that make, CMake and configure scripts read."""
        return {name.upper(): text for name, text in self._asdict().items() if text}


def _general(flags: str) -> str:
    return " ".join(flag for flag in flags.split() if not flag.startswith(_MAPS))


def output_of(*words: str, package: str) -> str:
    """Return what a program prints that tells flags; raise ``NoFlagsError`` if it cannot.

    ``package`` has the program.
    """
    try:
        done = run(words, timeout=30, most_output=_MOST_OUTPUT)
    except CommandError as error:
        raise NoFlagsError(
            f"the flags of the distribution are not known: {error.brief}",
            hint=f"install the package {package}",
        ) from error
    if done.status:
        raise NoFlagsError(
            f"the flags of the distribution are not known: {words[0]} failed",
            detail=done.stderr.decode("utf-8", "replace").strip(),
        )
    return done.stdout.decode("utf-8", "surrogateescape")
