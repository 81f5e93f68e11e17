"""What a user asks to be installed or built, and how rocks for it are selected."""

from __future__ import annotations

from distrorocks.install.request import RockOperands
from distrorocks.resolve.preference import Preference
from distrorocks.servers.configured import NO_SERVER_OPTIONS, ServerOptions
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import DistroUse
from distrorocks.world.site import SiteRequest


class OwnBuild(NamedTuple):
    """What ``build`` and ``make`` ask for: the named rocks are built, installed or not.

    ``folder`` has the sources of the named rockspec, "" if they are fetched. ``ignores_pins``
    leaves lock files aside, since a new one is written. ``is_deployed`` is false for a build whose
    result is packed or looked at, and not installed.
    """

    folder: str = ""
    ignores_pins: bool = False
    is_deployed: bool = True


class Request(NamedTuple):
    """The rocks to install, and how to select them.

    ``pins_to`` is the directory whose luarocks.lock applies, "" for only those beside named
    rockspecs. ``own_build`` is None where rocks are taken as they are. ``branch`` replaces that of
    the sources of the named rocks, "" if it does not. With ``is_project`` the user names all of
    ``pins_to``, as ``make`` does.
    """

    site: SiteRequest
    operands: RockOperands
    servers: ServerOptions = NO_SERVER_OPTIONS
    preference: Preference = Preference.INSTALLED
    distro: DistroUse = DistroUse.SUGGEST
    is_offline: bool = False
    pins_to: str = ""
    keeps_versions: bool = False
    is_forced: bool = False
    only_dependencies: bool = False
    own_build: OwnBuild | None = None
    branch: str = ""
    is_project: bool = False


def is_deployed(request: Request) -> bool:
    """Return whether the tree changes, and the rocks are not only built."""
    return request.own_build is None or request.own_build.is_deployed


def uses(request: Request) -> tuple[DistroUse, ...]:
    """Return the uses of packages to try in turn: suggestions fall back to requirements."""
    if request.distro is DistroUse.NEVER:
        return (DistroUse.NEVER,)
    if request.distro is DistroUse.REQUIRE or request.preference is Preference.DISTRO:
        return (DistroUse.REQUIRE,)
    return DistroUse.SUGGEST, DistroUse.REQUIRE
