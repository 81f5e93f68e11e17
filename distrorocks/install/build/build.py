"""Build a rock: ``build_rock`` turns unpacked sources into a built rock.

    places = Places(sources, directory, output, rock, logs)  # directories that exist
    prepare(places)
    request = BuildRequest(rockspec, text, Lua("5.4", "/usr/include/lua5.4"), places, variables)
    steps = steps_of(request)
    made = build_rock(request, steps, runner, environment=environment, processors=2)

A runner whose commands run as another user gets the sources and the output as that user's, between
``prepare`` and the end of ``build_rock``; the rock is never theirs.

``steps_of`` only decides, for ``--dry-run`` and for rocks that need LuaRocks. The sources have
their patches applied and ``build.extra_files`` written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from distrorocks.install.build.apply import carry_out, prepare
from distrorocks.install.build.commands import Commands, Runner
from distrorocks.install.build.request import BuildError, BuildRequest
from distrorocks.install.build.rock_folder import Made
from distrorocks.install.build.step import Step
from distrorocks.install.build.steps import build_steps

__all__ = ["BuildError", "build_rock", "prepare", "steps_of"]


def steps_of(request: BuildRequest) -> tuple[Step, ...]:
    """Return the steps of a build; its sources are read if modules have to be detected.

    Raise ``BuildError`` for a rock that cannot be built.
    """
    if request.detects_modules:
        from distrorocks.install.build.observe import observed  # few rocks need it

        request = observed(request)
    return build_steps(request)


def build_rock(
    request: BuildRequest,
    steps: Sequence[Step],
    runner: Runner,
    *,
    environment: Mapping[str, str],
    processors: int,
    step: Callable[[str], object] = lambda _: None,
) -> Made:
    """Carry out the ``steps_of`` a request; return what they made.

    ``environment`` is that of all its commands; ``step`` gets what each is for. Raise
    ``BuildError``, which names the rock, or what the runner raises.
    """
    commands = Commands(request.places, runner, environment, processors, step=step)
    try:
        return carry_out(steps, request.places, commands)
    except BuildError as error:
        brief = f"{request.rockspec.name} {request.rockspec.version}: {error.brief}"
        raise BuildError(brief, detail=error.detail, hint=error.hint) from error
