"""The compiler flags of rpm's macros: those of ``%build_cflags`` and others, or ``%optflags``."""

from __future__ import annotations

from distrorocks.families.build_flags import BuildFlags, NoFlagsError, output_of

_MACROS = {
    "CFLAGS": "%{?build_cflags}%{!?build_cflags:%{?optflags}}",
    "CXXFLAGS": "%{?build_cxxflags}%{!?build_cxxflags:%{?optflags}}",
    "LDFLAGS": "%{?build_ldflags}",
}


def read_build_flags() -> BuildFlags:
    """Return the flags of the running system; raise ``NoFlagsError`` if no macro has any."""
    words = [word for macro in _MACROS.values() for word in ("--eval", macro)]
    told = output_of("rpm", *words, package="rpm").splitlines()
    lines = (f"{name}={text}" for name, text in zip(_MACROS, told, strict=False))
    flags = BuildFlags.parse("\n".join(lines))
    if not flags.cflags:
        raise NoFlagsError(
            "the flags of the distribution are not known: rpm's macros have none",
            hint="install the package with rpm's macros, such as redhat-rpm-config",
        )
    return flags
