"""The steps of build types ``make``, ``cmake`` and ``command``, which run programs of the rock.

The command lines are LuaRocks' (``luarocks.build.make``, ``cmake``, ``command``), with assignments
sorted by name; LuaRocks' order changes from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.step import RunCommand, Step, TakeInstalled, Warn, WriteSource
from distrorocks.install.build.variables import Substitution, shell_quoted
from distrorocks.lua.value import LuaTable, LuaValue, as_table, to_bytes

_CMAKE_PATHS = ("CMAKE_MODULE_PATH", "CMAKE_LIBRARY_PATH", "CMAKE_INCLUDE_PATH")
_TAKEN = TakeInstalled("what the commands installed below $(PREFIX)")


def make_steps(request: BuildRequest, substitution: Substitution) -> Iterator[Step]:
    """Yield the steps of ``make``: a build pass and an install pass."""
    build, values = request.build, substitution.values
    shared = as_table(build.get("variables"))
    building = {**as_table(build.get("build_variables")), **shared}
    installing = {**as_table(build.get("install_variables")), **shared}
    if not any(isinstance(value, str) and "$(CFLAGS)" in value for value in building.values()):
        yield Warn("variable CFLAGS was not passed in build_variables", "LuaRocks warns of it too")
    makefile = _text(build.get("makefile")) or request.settings.makefile
    start = f"{values['MAKE']} " + (f"-f {makefile} " if makefile else "")
    for kind, assigned, usual in (("build", building, ""), ("install", installing, "install")):
        words = _assignments(assigned, substitution)
        words.setdefault("CC", values["CC"])
        if build.get(f"{kind}_pass", True) is not False:
            target = _text(build.get(f"{kind}_target"), usual)
            given = [shell_quoted(f"{name}={words[name]}") for name in sorted(words)]
            command = " ".join([start + target, *given])
            yield RunCommand(command, _PURPOSES[kind], "build.type 'make'", _environment(request))
    yield _TAKEN


_PURPOSES = {"build": "building", "install": "installing"}


def cmake_steps(request: BuildRequest, substitution: Substitution) -> Iterator[Step]:
    """Yield the steps of ``cmake``: configure, build, install."""
    build, program = request.build, substitution.values["CMAKE"]
    given = as_table(build.get("variables")) | {
        name: request.environment[name] for name in _CMAKE_PATHS if name in request.environment
    }
    written = build.get("cmake")
    if isinstance(written, str):
        yield WriteSource("CMakeLists.txt", to_bytes(written), "build.cmake")
    words = [f"{program} -H. -Bbuild.luarocks "]
    if request.settings.cmake_generator:
        words.append(f'-G"{request.settings.cmake_generator}"')
    assigned = _assignments(given, substitution)
    words += [f'-D{name}="{assigned[name]}"' for name in sorted(assigned)]
    has_passes = request.is_at_least("3.0")
    started = f"{program} --build build.luarocks"
    commands = [(" ".join(words), "configuring", True)]
    for kind, target in (("build", ""), ("install", "--target install ")):
        is_wanted = not has_passes or build.get(f"{kind}_pass", True) is not False
        commands.append((f"{started} {target}--config Release", _PURPOSES[kind], is_wanted))
    for command, purpose, is_wanted in commands:
        if is_wanted:
            yield RunCommand(command, purpose, "build.type 'cmake'", _environment(request))
    yield _TAKEN


def command_steps(request: BuildRequest, substitution: Substitution) -> Iterator[Step]:
    """Yield the steps of ``command``: a build command and an install command."""
    environment = {"CC": substitution.values["CC"], **_environment(request)}
    for kind in ("build", "install"):
        command = request.build.get(f"{kind}_command")
        if isinstance(command, str):
            reason = f"build.{kind}_command"
            yield RunCommand(substitution(command), _PURPOSES[kind], reason, environment)
    yield _TAKEN


def _environment(request: BuildRequest) -> Mapping[str, str]:
    """Return the distribution's flags as environment variables, if they are asked for."""
    return request.settings.hardening.environment if request.settings.hardening else {}


def _assignments(table: LuaTable, substitution: Substitution) -> dict[str, str]:
    """Return names and values as text with variables replaced; skip what is no text or number."""
    replaced = ((str(name), substitution.of(value)) for name, value in table.items())
    return {name: text for name, text in replaced if text is not None}


def _text(value: LuaValue, usual: str = "") -> str:
    return value if isinstance(value, str) else usual
