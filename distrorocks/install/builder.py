"""Turn the input of one rock into a built rock, in a private directory.

A binary rock is unpacked. Anything else is built in the sandbox from its sources, where the rocks
that it needs can be used: those built before in the same run, then those of the installed trees.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.install.build.build import build_rock, prepare, steps_of
from distrorocks.install.build.commands import OUTPUT_IN, Ran
from distrorocks.install.build.request import BuildError, BuildRequest, Lua, Places, Settings
from distrorocks.install.build.rock_folder import Made
from distrorocks.install.build.step import (
    Compile,
    Link,
    NeedsLuaRocks,
    RunCommand,
    Step,
    uses_output,
)
from distrorocks.install.rock_input import RockInput
from distrorocks.install.workshop import Workshop
from distrorocks.sources.fetch import Fetched
from distrorocks.sources.unpack import unpack_rock
from distrorocks.system.files.scratch import kept_log, make_folder
from distrorocks.system.processes.command import PATH
from distrorocks.values import NamedTuple

ROCK = "rock"
_SOURCES, _OUTPUT, _LOGS = "sources", "output", "logs"


class Job(NamedTuple):
    """One rock to build; ``needs`` are the built rocks of this run that it may use.

    ``externals`` are the variables of its external dependencies and of Lua's headers; ``place`` is
    an existing private directory, empty or with the unpacked ``sources``.
    """

    rock: RockInput
    place: str
    sources: Fetched | None
    needs: Sequence[str]
    externals: Mapping[str, str]

    @property
    def built(self) -> str:
        """The directory of the built rock."""
        return f"{self.place}/{ROCK}"


def sources_folder(place: str) -> str:
    """Return where the sources of a job in ``place`` are unpacked."""
    return f"{place}/{_SOURCES}"


def produce(job: Job, workshop: Workshop) -> str:
    """Return the directory of the built rock.

    Raise ``BuildError`` if it cannot be built, and what the readers of archives raise. The output
    of a failed build is kept.
    """
    if job.rock.is_built:
        make_folder(job.built)
        unpack_rock(job.rock.file.content, job.built)
        return job.built
    if job.sources is None:
        raise AssertionError(job.rock)
    try:
        return _built(job, job.sources, workshop)
    except BuildError as error:
        if job.place not in error.hint:
            raise
        log = kept_log(f"{job.rock.file.name}-{job.rock.file.version}.log", f"{job.place}/{_LOGS}")
        hint = f"{error.hint.partition(OUTPUT_IN)[0]}{OUTPUT_IN} {log}"
        raise BuildError(error.brief, detail=error.detail, hint=hint) from error


def _built(job: Job, sources: Fetched, workshop: Workshop) -> str:
    """Build a rock from its sources."""
    make_folder(job.built)
    request = _request(job, sources, workshop)
    steps = steps_of(request)
    if uses_output(steps):
        make_folder(request.places.output)
        make_folder(request.places.logs)
    if not any(isinstance(step, _COMMANDS) for step in steps):
        environment = build_environment(workshop, job.needs)
        build_rock(request, steps, _Runner(workshop, ()), environment=environment, processors=1)
        return job.built
    from distrorocks.install.stored_rock import build_inputs

    inputs = build_inputs(
        request,
        steps,
        source=sources.digest,
        arch=str(workshop.config.get("arch", "")),
        needs=job.needs,
        layouts=workshop.layouts,
    )
    inputs = inputs._replace(flags=(*inputs.flags, *workshop.confinement))
    os.rmdir(job.built)
    if not job.rock.is_rebuilt and workshop.store.get(inputs, job.built):
        workshop.tell(f"{job.rock} was built before: the rock store has it")
        return job.built
    make_folder(job.built)
    try:
        made = _run_commands(job, request, steps, workshop)
        for path in made.astray:
            workshop.tell(_told_astray(job, path))
        if not job.rock.copied_from and not made.bound:
            workshop.store.put(inputs, job.built)
    except DistrorocksError as error:
        name = f"{job.rock.file.name} {job.rock.file.version}"
        if name in error.brief:
            raise
        brief = f"{name}: {error.brief}"
        raise BuildError(brief, detail=error.detail, hint=error.hint) from error
    return job.built


def _run_commands(
    job: Job, request: BuildRequest, steps: Sequence[Step], workshop: Workshop
) -> Made:
    """Build a rock whose build runs commands; return what it is."""
    environment = build_environment(workshop, job.needs)
    runner = _Runner(workshop, _readable(job, workshop, request.places))
    sandbox = workshop.sandbox.get()
    prepare(request.places)
    with (
        sandbox.handed_over(request.places.sources),
        sandbox.handed_over(request.places.output),
    ):
        if any(isinstance(step, NeedsLuaRocks) for step in steps):
            from distrorocks.install.luarocks_build import LuaRocksBuild, build_by_luarocks

            workshop.step("running LuaRocks")
            build = LuaRocksBuild(request, job.externals, workshop.layouts[0])
            return build_by_luarocks(build, runner, environment)
        return build_rock(
            request,
            steps,
            runner,
            environment=environment,
            processors=workshop.processors,
            step=workshop.step,
        )


def _told_astray(job: Job, path: str) -> str:
    return (
        f"warning: {path} of {job.rock.file.name} {job.rock.file.version} names the directory in "
        "which it was built, which will be gone: it may not find its other files"
    )


_COMMANDS = (Compile, Link, RunCommand, NeedsLuaRocks)


def _request(job: Job, sources: Fetched, workshop: Workshop) -> BuildRequest:
    known = workshop.known
    lua = Lua(workshop.lua_version, job.externals.get("LUA_INCDIR", ""), known.get("LUA", ""))
    below = os.path.relpath(sources.directory, sources.folder)
    places = Places(
        sources.folder,
        "" if below == "." else below,
        f"{job.place}/{_OUTPUT}",
        job.built,
        f"{job.place}/{_LOGS}",
        workshop.layouts[0].rock_dir(job.rock.rockspec.name, job.rock.rockspec.version),
    )
    return BuildRequest(
        job.rock.rockspec,
        job.rock.text,
        lua,
        places,
        known,
        job.externals,
        environment=os.environ,
        settings=Settings.from_table(workshop.config, workshop.hardening),
        lock=job.rock.lock,
    )


def build_environment(workshop: Workshop, needs: Sequence[str]) -> dict[str, str]:
    """Return the environment of a build: the modules and commands of built and installed rocks.

    ``LUA_PATH`` ends with Lua's default. The user's own variables for compilers are kept.
    """
    lua = [f"{rock}/lua" for rock in needs] + [each.lua_dir for each in workshop.layouts]
    lib = [f"{rock}/lib" for rock in needs] + [each.lib_dir for each in workshop.layouts]
    programs = [f"{rock}/bin" for rock in needs] + [each.bin_dir for each in workshop.layouts]
    files = [f"{each}/{file}" for each in lua for file in ("?.lua", "?/init.lua")]
    return {
        "PATH": ":".join([*programs, PATH]),
        "LUA_PATH": ";".join([*files, ";"]),
        "LUA_CPATH": ";".join([*(f"{each}/?.so" for each in lib), ";"]),
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
    }


_KEPT = ("AR", "CFLAGS", "CXXFLAGS", "LDFLAGS", "PKG_CONFIG_PATH", "SOURCE_DATE_EPOCH")


def _readable(job: Job, workshop: Workshop, places: Places) -> list[str]:
    """Return the existing directories that a build may read wherever they are.

    They are those of the rocks that it may use, and those that variables name: of Lua's headers, or
    of a library that the user has in a home directory.
    """
    trees = [
        directory
        for each in workshop.layouts
        for directory in (each.lua_dir, each.lib_dir, each.bin_dir, each.rocks_dir)
    ]
    named = [*job.externals.values(), *workshop.variables.values()]
    found = [*job.needs, places.logs, *trees, *(each for each in named if each.startswith("/"))]
    return [each for each in dict.fromkeys(found) if each.strip("/") and os.path.isdir(each)]


def shown_command(argv: Sequence[str]) -> str:
    """Return a command for messages: the text that a shell gets, or else its words."""
    if tuple(argv[:2]) == ("/bin/sh", "-c"):
        return "\n".join(argv[4:]) or argv[2]
    return " ".join(argv)


class _Runner:
    """Runs the commands of a build in the sandbox, which is imported for the first of them."""

    def __init__(self, workshop: Workshop, readable: Sequence[str]) -> None:
        self._workshop = workshop
        self._readable = tuple(readable)

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """See ``Runner``: what the sandbox prevented is the last line."""
        from distrorocks.system.processes.logged_command import CommandLog
        from distrorocks.system.sandbox.confined import Confined
        from distrorocks.system.sandbox.explanation import prevented

        command = Confined(
            tuple(argv),
            cwd,
            tuple(writable),
            self._readable,
            env,
            is_network_allowed=self._workshop.is_network_allowed,
        )
        self._workshop.echo(shown_command(argv))
        with CommandLog(log) as written:
            sandbox = self._workshop.sandbox.get()
            ended = sandbox.run(command, written)
        lines = ended.last_lines
        if ended.stopped:
            return Ran(ended.status or 1, (*lines, f"stopped: {ended.stopped}"))
        found = prevented(command, ended, has_namespaces=sandbox.has_namespaces)
        if found:
            who = "the sandbox" if sandbox.has_namespaces else "a right or limit of builds"
            seen = f"by its last lines {who} prevented it"
            lines = (*lines, f"{seen}: {found.what}; {found.hint}")
        return Ran(ended.status if ended.is_entered else ended.status or 1, lines)

    def stop(self) -> None:
        """See ``Runner``."""
        self._workshop.sandbox.stop()
