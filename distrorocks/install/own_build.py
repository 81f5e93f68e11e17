"""Build rocks without changing a tree: ``--pack-binary-rock`` and ``--no-install``.

Missing dependencies are built too, since a build may use them, and are gone afterwards.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.install.building import USUAL, BuildChoice, Built, built_rocks
from distrorocks.install.install import Consent, refuse_plan
from distrorocks.install.plan import Planned, planned
from distrorocks.install.plan_request import Request
from distrorocks.install.produce import Progress
from distrorocks.install.steps import RockPlan
from distrorocks.rocks.quotation import plain
from distrorocks.servers.choice import file_name
from distrorocks.servers.server_manifest import ALL
from distrorocks.sources.pack import pack_rock
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.trees.tree_rights import refuse_unwritable_directory
from distrorocks.values import NamedTuple


class OwnBuilt(NamedTuple):
    """The outcome: the plan, whether it was carried out, and the paths of the packed rocks."""

    plan: RockPlan
    is_done: bool
    packed: tuple[str, ...] = ()


def build_rocks(
    request: Request,
    *,
    consent: Consent,
    progress: Progress,
    choice: BuildChoice = USUAL,
    pack_into: str = "",
) -> OwnBuilt:
    """Build the requested rocks if ``consent`` agrees to the plan.

    With ``pack_into``, an absolute path of a directory, write them there as binary rocks, over
    earlier ones of the same names. Raise as ``install_rocks``.
    """
    with planned(request) as found:
        agreed = consent(found)
        refuse_plan(found)
        if not agreed:
            return OwnBuilt(found.plan, is_done=False)
        if pack_into:
            refuse_unwritable_directory(pack_into)
        with interruptible(), Jail() as jail, built_rocks(found, jail, choice, progress) as built:
            own = [each for each in built if each.rock.step.candidate.name in found.requested]
            packed = [_packed(each, found, pack_into) for each in own if pack_into]
        return OwnBuilt(found.plan, is_done=True, packed=tuple(packed))


def _packed(built: Built, found: Planned, folder: str) -> str:
    """Write a binary rock, and return its path."""
    rock = built.rock.rockspec
    packed = pack_rock(built.directory)
    arch = ALL if packed.is_portable else str(found.site.installed.config.get("arch", ""))
    name = file_name(rock.name, rock.version, arch)
    path = f"{folder.rstrip('/')}/{name}"
    try:
        with NamedFolder(folder) as below:
            below.write(f"/{name}", packed.content)
    except OSError as error:
        raise DistrorocksError(
            f"cannot write {plain(path)}: {error.strerror}", hint="run it in a folder of your own"
        ) from None
    return path
