"""Trees in which dependencies lie in every way, and what LuaRocks makes of them."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deps_mode import DepsMode
from distrorocks.trees.target import User, Wish, target
from distrorocks.world.installed import look
from integration.machines.machine import Machine

LUA = "5.4"
TREES = "/srv/t"
PROBE = "/srv/probe"
CONFIG = f"/etc/luarocks/config-{LUA}.lua"
PLACES = ("user", "distro", "system", "other")
MODES = ("one", "all", "order")
# Two orders of named trees, and Debian's plain texts, which leave the distribution's tree out.
CONFIGS = {
    "page": ("user", "distro", "system"),
    "reversed": ("system", "distro", "user"),
    "texts": ("user", "system"),
}
_LISTED = re.compile(r"^Missing dependencies for probe 1\.0-1:\n((?:   .*\n)*)", re.MULTILINE)
EMPTY_SERVER = "commands = {}\nmodules = {}\nrepository = {}\n"


class Lying(NamedTuple):
    """A need of the probe, and the versions of its rock in each place.

    ``namespace`` is what the file rock_namespace of each version holds, None for no such file.
    """

    need: str
    versions: Mapping[str, tuple[str, ...]]
    namespace: str | None = None
    is_packed: bool = False

    @property
    def name(self) -> str:
        """The rock's name as trees have it."""
        return re.split(r"[ /]", self.need.removeprefix("me/"))[0].lower()


def lyings() -> Iterator[Lying]:
    """Yield every need: in each set of places, and each thing that can be wrong in one place."""
    for count in range(len(PLACES) + 1):
        for places in itertools.combinations(PLACES, count):
            name = "in-" + "".join(place[0] for place in places) if places else "nowhere"
            yield Lying(f"{name} >= 1.0", dict.fromkeys(places, ("1.0-1",)))
    for place in PLACES:
        only = {place: ("1.0-1",)}
        yield Lying(f"old-{place} > 1.0", only)
        yield Lying(f"two-{place} == 1.0", {place: ("0.9-1", "1.0-2")})
        yield Lying(f"me/right-{place}", only, namespace="me")
        yield Lying(f"me/wrong-{place}", only, namespace="you")
        yield Lying(f"me/none-{place}", only)
        yield Lying(f"any-{place} ~> 1", only, namespace="you")
    everywhere = dict.fromkeys(PLACES, ("2.0-1",))
    yield Lying("lua >= 5.1", {})
    yield Lying("lua < 5.1", {})
    yield Lying("utf8", {})
    yield Lying("bit32", {})
    yield Lying("given >= 1.0", everywhere)
    yield Lying("me/lent >= 0.1", {})
    yield Lying("In-UDSO", {})
    yield Lying("packed >= 1.0", everywhere, is_packed=True)
    yield Lying("me/broken", everywhere, namespace="me\n")


def config_text(name: str) -> str:
    """Return one of the configurations as LuaRocks reads it."""
    entries = [
        f'"{TREES}/{place}"' if name == "texts" else f'{{name="{place}", root="{TREES}/{place}"}}'
        for place in CONFIGS[name]
    ]
    return (
        f"rocks_trees = {{ {', '.join(entries)} }}\n"
        'rocks_servers = { "/srv/empty" }\n'
        'rocks_provided = { given = "0.5-1", lent = "0.5-1", lua = "4.0-1" }\n'
    )


def write_world(machine: Machine) -> None:
    """Write the four trees, an empty server, and a rock that needs everything."""
    every = list(lyings())
    for place in PLACES:
        rocks_dir = f"{TREES}/{place}/lib/luarocks/rocks-{LUA}"
        entries, packed = [], []
        for lying in every:
            for version in lying.versions.get(place, ()):
                if lying.is_packed:
                    packed.append(PackedRock(lying.name, version, "src"))
                    continue
                entries.append(entry_of(InstalledRock(lying.name, version, dependencies=())))
                if lying.namespace is not None:
                    path = f"{rocks_dir}/{lying.name}/{version}/rock_namespace"
                    machine.write(path, lying.namespace)
        manifest = machine.write(f"{rocks_dir}/manifest", "")
        manifest.write_bytes(tree_manifest(entries, packed=packed))
    machine.write(f"/srv/empty/manifest-{LUA}", EMPTY_SERVER)
    needs = ", ".join(f'"{lying.need}"' for lying in every)
    machine.write(
        f"{PROBE}/probe-1.0-1.rockspec",
        'rockspec_format = "3.0"\npackage = "probe"\nversion = "1.0-1"\n'
        f'source = {{ url = "file://{PROBE}/x.tar.gz", dir = "." }}\n'
        f'dependencies = {{ {needs} }}\nbuild = {{ type = "none" }}\n',
    )


def targets(config: str) -> Iterator[str]:
    """Yield the trees that may be asked for, "" for none in particular."""
    yield ""
    if config != "texts":
        yield from CONFIGS[config]
    yield from (f"{TREES}/{place}" for place in (*PLACES, "new"))


class Asked(NamedTuple):
    """One run of LuaRocks."""

    config: str
    tree: str
    mode: str


def questions() -> list[Asked]:
    """Return every run: a configuration, a target and a mode."""
    return [
        Asked(config, tree, mode)
        for config in CONFIGS
        for tree in targets(config)
        for mode in MODES
    ]


def luarocks_says(machine: Machine, asked: list[Asked]) -> dict[Asked, set[str]]:
    """Return the needs that LuaRocks calls missing in each run; all runs are one shell's."""
    script = [f"cd {PROBE}"]
    for number, (config, tree, mode) in enumerate(asked):
        words = [f"--lua-version={LUA}", "make", f"--deps-mode={mode}"]
        words += [f"--tree={tree}"] if tree else []
        path = machine.write(f"/srv/configs/{config}.lua", config_text(config))
        script += [
            f"cp {shlex.quote('/' + str(path.relative_to(machine.root)))} {CONFIG}",
            f"echo '=== {number}'",
            f"luarocks {shlex.join(words)} 2>&1",
            'echo "--- $?"',
        ]
    told = machine.run("sh", "-c", "\n".join(script)).out
    runs = re.findall(r"^=== (\d+)\n(.*?)^--- (\d+)$", told, re.MULTILINE | re.DOTALL)
    assert len(runs) == len(asked), told[-4000:]
    return {asked[int(number)]: _missing(text, status) for number, text, status in runs}


def _missing(text: str, status: str) -> set[str]:
    """Return the needs that one run's output lists as missing; it must have failed by them."""
    found = re.search(
        r"^Missing dependencies for probe 1\.0-1:\n((?:   .*\n)*)", text, re.MULTILINE
    )
    assert found, text
    assert status != "0", text
    assert "Could not satisfy dependency" in text or "No results matching" in text, text
    lines = found[1].splitlines()
    return {line.strip().removesuffix(" (not installed)").lower() for line in lines}


def we_say(machine: Machine, asked: list[Asked]) -> dict[Asked, set[str]]:
    """Return the needs that distrorocks calls missing in each run."""
    said = {}
    needs = [Dependency.parse(lying.need) for lying in lyings()]
    view = RootView(str(machine.root.resolve()))
    with Jail() as jail:
        for config in CONFIGS:
            machine.write(CONFIG, config_text(config))
            found = look(view, LUA, jail)
            for one in asked:
                if one.config != config:
                    continue
                wish = Wish(tree=one.tree, directory=PROBE)
                chosen = target(found.stack, found.config, wish, User("/root", is_superuser=True))
                trees = found.consulted(DepsMode.parse(one.mode), chosen.tree)
                matches = [found.match(need, trees) for need in needs]
                said[one] = {spelt(it.dependency) for it in matches if not it.is_met}
    return said


def spelt(dependency: Dependency) -> str:
    """Return a need as newer LuaRocks print it: in lower case."""
    return str(dependency).lower()
