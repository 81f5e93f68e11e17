"""Build types ``make``, ``cmake`` and ``command``: LuaRocks' command lines."""

from __future__ import annotations

from distrorocks.families.build_flags import BuildFlags
from distrorocks.install.build.request import Settings
from distrorocks.install.build.step import RunCommand, Warn
from tests.install.build.requests import steps, told

TAKEN = "TakeInstalled"


def ran(build: str, **fields: object) -> list[str]:
    """Return the commands of a build."""
    return [step.command for step in steps(build, **fields) if isinstance(step, RunCommand)]


def test_make_builds_and_installs() -> None:
    """Assignments are quoted and sorted; `variables` are in both passes; CC is always passed."""
    build = """{ type = "make", variables = { A = "$(LUADIR)" }, install_variables = { N = 1 },
        build_variables = { A = "old", CFLAGS = "$(CFLAGS)" } }"""
    assert ran(build) == [
        "make  'A=/o/lua' 'CC=gcc' 'CFLAGS=-O2 -fPIC'",
        "make install 'A=/o/lua' 'CC=gcc' 'N=1'",
    ]
    assert TAKEN in told(steps(build))


def test_targets_makefile_and_passes_of_make_are_followed() -> None:
    """A target may have several words; a pass that is false is left out."""
    build = """{ type = "make", makefile = "M.unix", build_target = "all docs",
        install_pass = false, variables = { CC = "cc" } }"""
    assert ran(build) == ["make -f M.unix all docs 'CC=cc'"]
    settings = Settings.from_table({"makefile": "GNUmakefile"})
    only = '{ type = "make", build_pass = false }'
    assert ran(only, settings=settings, variables={"MAKE": "gmake"}) == [
        "gmake -f GNUmakefile install 'CC=gcc'"
    ]


def test_cflags_that_make_does_not_get_are_told() -> None:
    """As LuaRocks does, if no variable of the build pass uses them."""
    silent = '{ type = "make", build_variables = { X = "a $(CFLAGS)" } }'
    assert not any(isinstance(step, Warn) for step in steps(silent))
    told_of = steps('{ type = "make", install_variables = { X = "$(CFLAGS)" } }')
    assert any(isinstance(step, Warn) and "CFLAGS" in step.message for step in told_of)


def test_cmake_configures_builds_and_installs() -> None:
    """Only `build.variables` are passed, in double quotes, with the paths of the environment."""
    build = '{ type = "cmake", variables = { P = "$(PREFIX)" }, cmake = "project(x)" }'
    found = steps(build, environment={"CMAKE_MODULE_PATH": "/m", "OTHER": "x"})
    written, *commands, taken = told(found)[:5]
    assert written == "WriteSource | CMakeLists.txt | b'project(x)'"
    assert taken == TAKEN
    given = '-G"Unix Makefiles" -DCMAKE_MODULE_PATH="/m" -DP="/o"'
    assert commands == [
        f"RunCommand | cmake -H. -Bbuild.luarocks  {given} | configuring",
        "RunCommand | cmake --build build.luarocks --config Release | building",
        "RunCommand | cmake --build build.luarocks --target install --config Release | installing",
    ]


def test_cmake_gets_three_paths_of_the_environment() -> None:
    """As in LuaRocks, before variables of the rockspec; an empty generator is left to CMake."""
    names = ("CMAKE_INCLUDE_PATH", "CMAKE_LIBRARY_PATH", "CMAKE_MODULE_PATH")
    build = '{ type = "cmake", variables = { CMAKE_LIBRARY_PATH = "old", A = 1 } }'
    environment = {**{name: f"/{name}" for name in names}, "CMAKE_PREFIX_PATH": "/x"}
    first = ran(build, environment=environment, settings=Settings(cmake_generator=""))[0]
    given = " ".join(f'-D{name}="/{name}"' for name in names)
    assert first == f'cmake -H. -Bbuild.luarocks  -DA="1" {given}'


def test_passes_of_cmake_count_from_format_3_on() -> None:
    """Older formats always build and install."""
    build = '{ type = "cmake", build_pass = false, install_pass = false }'
    assert len(ran(build)) == 3
    assert len(ran(build, rockspec_format="3.0")) == 1
    assert len(ran('{ type = "cmake" }', rockspec_format="3.0")) == 3
    one = '{ type = "cmake", build_pass = false, install_pass = true }'
    assert ran(one, rockspec_format="3.0")[1:] == ran(one)[2:]


def test_commands_are_run_as_they_are() -> None:
    """Variables are replaced; CC is in the environment and nothing else of LuaRocks."""
    build = (
        '{ type = "command", build_command = "a $(CC) $(X)", install_command = "b > $(LUADIR)" }'
    )
    found = [step for step in steps(build) if isinstance(step, RunCommand)]
    assert [step.command for step in found] == ["a gcc $(X)", "b > /o/lua"]
    assert [dict(step.environment) for step in found] == [{"CC": "gcc"}] * 2
    assert ran('{ type = "command" }') == []


def test_programs_get_the_flags_of_the_distribution() -> None:
    """They are in the environment, where configure and CMake read them, and in LIBFLAG."""
    hardening = BuildFlags(cflags="-g", ldflags="-Wl,-z,now")
    build = '{ type = "make", variables = { L = "$(LIBFLAG)", C = "$(CFLAGS)" } }'
    found = steps(build, settings=Settings(hardening=hardening))
    first = next(step for step in found if isinstance(step, RunCommand))
    assert first.command == "make  'C=-O2 -fPIC -g' 'CC=gcc' 'L=-shared -Wl,-z,now'"
    assert first.environment == {"CFLAGS": "-g", "LDFLAGS": "-Wl,-z,now"}
