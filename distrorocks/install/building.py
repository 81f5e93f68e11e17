"""Build the rocks of a plan in private directories, by the choices of the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.families.known import installed_families, leading_family
from distrorocks.install.plan import Planned
from distrorocks.install.produce import Progress, produce_all
from distrorocks.install.rock_input import RockInput, rock_inputs
from distrorocks.install.workshop import BuildSandbox, Workshop
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.parallel import processors
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.rock_store import RockStore, store_directory

if TYPE_CHECKING:
    from distrorocks.system.sandbox.choice import Choice

_DOCUMENTS = ("doc", "docs")


class BuildChoice(NamedTuple):
    """How rocks are built and deployed.

    ``only_sources_from`` is the beginning of the only addresses of sources to use, without their
    protocol; None means that of LuaRocks' configuration. With ``is_verbose`` each command is
    reported before it runs. Without ``has_documents`` the requested rocks lose their ``doc`` and
    ``docs``; without ``writes_manifest`` the manifest of the tree stays as it is. With
    ``is_hardened`` compilers get the flags of the distribution. With ``is_verified`` each file that
    is installed from must have a good signature.
    """

    sandbox: Choice = "auto"
    is_network_allowed: bool = False
    only_sources_from: str | None = None
    is_verbose: bool = False
    has_documents: bool = True
    writes_manifest: bool = True
    is_hardened: bool = False
    is_verified: bool = False


USUAL = BuildChoice()


class Built(NamedTuple):
    """A rock of a plan, and the directory of its built rock."""

    rock: RockInput
    directory: str


@contextmanager
def built_rocks(
    found: Planned, jail: Jail, choice: BuildChoice, progress: Progress
) -> Iterator[list[Built]]:
    """Yield all rocks that a plan installs, built; their directories last as long as the block.

    Raise what ``rock_inputs`` and ``produce_all`` raise.
    """
    with ScratchDirectory() as scratch:
        rocks = rock_inputs(found, jail, is_verified=choice.is_verified)
        with BuildSandbox(choice.sandbox, progress, scratch) as sandbox:
            workshop = _workshop(found, sandbox, choice, progress)
            directories = produce_all(found, rocks, scratch, workshop, progress)
        built = [Built(*each) for each in zip(rocks, directories, strict=True)]
        if not choice.has_documents:
            _leave_out_documents(found, built)
        yield built


def _workshop(
    found: Planned, sandbox: BuildSandbox, choice: BuildChoice, progress: Progress
) -> Workshop:
    site = found.site
    return Workshop(
        sandbox,
        site.installed.lua_version,
        site.installed.config,
        dict(each.split("=", 1) for each in found.request.operands.variables),
        site.layouts,
        processors(),
        RockStore(store_directory()),
        is_network_allowed=choice.is_network_allowed,
        only_sources_from=choice.only_sources_from,
        echo=progress if choice.is_verbose else lambda _: None,
        tell=progress,
        hardening=leading_family(installed_families("/")).build_flags()
        if choice.is_hardened
        else None,
    )


def _leave_out_documents(found: Planned, built: list[Built]) -> None:
    """Remove the documents of the requested rocks; as in LuaRocks, rock_manifests list them."""
    from distrorocks.sources.checked_folder import remove_inner

    for rock, directory in built:
        if rock.step.candidate.name in found.requested:
            for name in _DOCUMENTS:
                remove_inner(directory, name)
