"""What all builds of a run share: the sandbox, Lua, the configuration, the trees, the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from distrorocks.externals.settings import configured_variables
from distrorocks.lua.value import LuaTable
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.processes.closing import Closing
from distrorocks.trees.layout import Layout
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.rock_store import RockStore

if TYPE_CHECKING:
    from distrorocks.families.build_flags import BuildFlags
    from distrorocks.system.sandbox.choice import Choice
    from distrorocks.system.sandbox.sandbox import Sandbox


class BuildSandbox(Closing):
    """The sandbox of a run, chosen when the first command has to run: few rocks need one.

    ``report`` gets the sentence that says which it is. ``scratch`` is what jobs have their places
    in: only without namespaces is it open to the user of the builds. Use it in a ``with`` block.
    """

    def __init__(
        self, choice: Choice, report: Callable[[str], None], scratch: ScratchDirectory
    ) -> None:
        self._choice = choice
        self._report = report
        self._scratch = scratch
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether one is to be used if there is any."""
        return self._choice != "off"

    def close(self) -> None:
        """End all commands."""
        if self._sandbox is not None:
            self._sandbox.close()

    def stop(self) -> None:
        """Let all commands end soon; another thread may call this."""
        if self._sandbox is not None:
            self._sandbox.stop()

    def get(self) -> Sandbox:
        """Return the sandbox; raise ``SandboxError`` if it is required and none works."""
        with self._lock:
            if self._sandbox is None:
                from distrorocks.system.sandbox.sandbox import chosen_sandbox

                self._sandbox = chosen_sandbox(self._choice)
                if not self._sandbox.has_namespaces:
                    self._scratch.let_others_pass()
                self._report(self._sandbox.sentence)
            return self._sandbox


class Workshop(NamedTuple):
    """What all builds of a run share.

    ``config`` is LuaRocks' configuration, ``variables`` are ``NAME=value`` of the command line as a
    mapping, ``layouts`` the trees whose rocks builds may use, in order. ``processors`` is for one
    build. ``only_sources_from`` replaces that of the configuration unless it is None. ``echo`` gets
    each command before it runs, ``step`` what it is for, ``tell`` what users should know.
    ``hardening`` are the flags of the distribution, if they are asked for.
    """

    sandbox: BuildSandbox
    lua_version: str
    config: LuaTable
    variables: Mapping[str, str]
    layouts: Sequence[Layout]
    processors: int
    store: RockStore
    is_network_allowed: bool = False
    only_sources_from: str | None = None
    echo: Callable[[str], None] = lambda _: None
    step: Callable[[str], None] = lambda _: None
    tell: Callable[[str], None] = lambda _: None
    hardening: BuildFlags | None = None

    @property
    def allowed_sources(self) -> str | None:
        """The beginning of the only addresses of sources to use, without protocol; None for all."""
        if self.only_sources_from is not None:
            return self.only_sources_from
        value = self.config.get("only_sources_from")
        return value if isinstance(value, str) else None

    @property
    def confinement(self) -> tuple[str, ...]:
        """What builds are allowed beyond the usual: their rocks are for runs that allow it, too."""
        network = ("network",) if self.is_network_allowed else ()
        return network if self.sandbox.is_wanted else (*network, "no sandbox")

    @property
    def known(self) -> dict[str, str]:
        """The configuration's variables with those of the command line over them."""
        return {**configured_variables(self.config), **self.variables}
