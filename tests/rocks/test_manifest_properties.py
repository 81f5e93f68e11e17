"""A manifest joined from pieces is the manifest that the general writer would make."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings, strategies as st

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.lua.write import persist
from distrorocks.rocks.closure import Closures
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock, server_manifest, tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.version import Version

NAMES = st.sampled_from(["a", "b", "c-d", "end", "lua_x"])
VERSIONS = st.sampled_from(["1.0-1", "1.10-1", "2.0-1", "scm-1"])
ITEMS = st.dictionaries(
    st.text('ab.é\udcff"\\\t_-7', min_size=1, max_size=4),
    st.text('ab/é\udc80"\\', max_size=4),
    max_size=3,
)
CONSTRAINTS = st.sampled_from(["", " >= 1.0", " ~> 2", " < 2, > 1", " @== 1.0beta2-3", " scm"])
NEEDS = st.one_of(
    st.none(),
    st.lists(
        st.tuples(NAMES, CONSTRAINTS).map("".join),
        max_size=3,
    ).map(lambda texts: tuple(map(Dependency.parse, ["lua >= 5.1", "ns/b", *texts]))),
)
ROCKS = st.lists(
    st.builds(InstalledRock, NAMES, VERSIONS, ITEMS, ITEMS, NEEDS),
    max_size=6,
    unique_by=lambda rock: rock[:2],
)
PROVIDED = frozenset({"lua"})


def as_table(rocks: list[InstalledRock]) -> LuaTable:
    """Return the manifest as a table, built the slow and plain way."""
    versions: dict[str, set[str]] = {}
    for rock in rocks:
        versions.setdefault(rock.name, set()).add(rock.version)
    needs = {
        rock[:2]: tuple(map(str, rock.dependencies))
        for rock in rocks
        if rock.dependencies is not None
    }
    closures = Closures(versions, needs, provided=PROVIDED)
    commands: LuaTable = {}
    modules: LuaTable = {}
    dependencies: LuaTable = {}
    repository: LuaTable = {}
    newest_first = sorted(
        sorted(rocks, key=lambda rock: Version.parse(rock.version), reverse=True),
        key=lambda rock: rock.name,
    )
    for rock in newest_first:
        for index, items in ((modules, rock.modules), (commands, rock.commands)):
            for item in items:
                providers = index.setdefault(item, {})
                assert isinstance(providers, dict)
                providers[len(providers) + 1] = f"{rock.name}/{rock.version}"
        known = dependencies.setdefault(rock.name, {})
        assert isinstance(known, dict)
        if rock.dependencies is not None:
            known[rock.version] = table_of([each.to_table() for each in rock.dependencies])
        entry: LuaTable = {
            "arch": "installed",
            "commands": dict(rock.commands.items()),
            "dependencies": dict(closures.of(rock[:2]).items()),
            "modules": dict(rock.modules.items()),
        }
        told = repository.setdefault(rock.name, {})
        assert isinstance(told, dict)
        told[rock.version] = {1: entry}
    return {
        "commands": commands,
        "dependencies": dependencies,
        "modules": modules,
        "repository": repository,
    }


@settings(max_examples=150)
@given(ROCKS)
def test_the_pieces_join_to_what_the_general_writer_makes(rocks: list[InstalledRock]) -> None:
    """A tree's manifest is byte for byte the persisted table of the same rocks."""
    assert tree_manifest(map(entry_of, rocks), provided=PROVIDED) == persist(as_table(rocks))


@settings(max_examples=60)
@given(ROCKS, st.randoms())
def test_the_order_of_the_rocks_does_not_matter(rocks: list[InstalledRock], chance: object) -> None:
    """Equal trees give equal bytes, however the disk lists them."""
    shuffled = list(rocks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    manifests = {
        tree_manifest(map(entry_of, some), provided=PROVIDED) for some in (rocks, shuffled)
    }
    assert len(manifests) == 1


@settings(max_examples=60)
@given(
    st.lists(st.builds(PackedRock, NAMES, VERSIONS, st.sampled_from(["src", "all", "rockspec"])))
)
def test_a_server_manifest_reads_back_as_its_files(packed: list[PackedRock]) -> None:
    """Each file of a server is listed once for each time it is there, under name and version."""
    table = parse(server_manifest(packed)).globals
    assert set(table) == {"commands", "modules", "repository"}
    repository: Any = table["repository"]
    listed = [
        (name, version, entry["arch"])
        for name, versions in repository.items()
        for version, entries in versions.items()
        for entry in entries.values()
    ]
    assert sorted(listed) == sorted(map(tuple, packed))
