"""What a user should know about the rocks of a plan before they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.root_path import RootView
from distrorocks.world.candidates import World
from distrorocks.world.clashes import Declared, clashes, declared, may_clash
from distrorocks.world.site import Site


def remarks(
    coming: Sequence[Candidate],
    served: Sequence[Candidate],
    here: Site,
    world: World,
    rockspec_of: Callable[[Candidate], Rockspec],
) -> Iterator[str]:
    """Yield warnings about rocks to install.

    They tell which modules and commands others have already, which hooks are not run, and for which
    rocks the newest version is not for this Lua: of ``served``, for which servers are asked. What
    cannot be read is left out.
    """
    known: dict[Candidate, Declared] = {}
    for each in coming:
        with suppress(DistrorocksError):
            rockspec = rockspec_of(each)
            known[each] = declared(rockspec)
            if rockspec.post_install:
                yield f"{each} has a hook that is not run, post_install: {rockspec.post_install}"
    lua_version = here.installed.lua_version
    view = RootView(world.request.root)
    packages = here.packages if may_clash(view, known.values(), lua_version) else ()
    yield from clashes(known, here.trees, packages, lua_version)
    yield from world.newest_for_other_lua(served)
