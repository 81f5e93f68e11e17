"""The closure of a rock: all it needs, each after what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from hypothesis import given, strategies as st

from distrorocks.families.package_names import PackageName
from distrorocks.packaging.scaffold.closure import Closure, NeededRock, Packaged, closure_of
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

World = dict[str, dict[str, list[str]]]


def closed(
    world: World,
    start: str,
    packaged: Sequence[str] = (),
    versions: Mapping[str, str | None] = MappingProxyType({}),
) -> Closure:
    """Return the closure of the first version of a rock in a world of name -> version -> needs.

    ``packaged`` are rocks of whose packages no version is known, ``versions`` others'.
    """
    known = {**dict.fromkeys(packaged), **versions}

    def rock(name: str, version: str) -> NeededRock:
        needs = tuple(Dependency.parse(text) for text in world[name][version])
        return NeededRock(name, version, needs, f"{name}-{version}")

    def find(name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        for version in sorted(world.get(name, {}), reverse=True):
            if all(need.satisfied_by(Version.parse(version)) for need in needs):
                return rock(name, version)
        return None

    def look(name: str, needs: Sequence[Dependency], _: Sequence[str]) -> Packaged | None:
        if name not in known:
            return None
        package = PackageName(f"lua-{name}", "map", "", "high", True, known[name])
        return Packaged(name, package.name, package.version, package.lacks(needs))

    return closure_of(rock(start, min(world[start])), find, look)


WORLD: World = {
    "app": {"1-1": ["web", "json >= 2"]},
    "web": {"3-1": ["socket", "tls"], "2-1": ["socket"]},
    "tls": {"1-1": ["web", "crypto"]},
    "json": {"2-1": [], "1-1": []},
    "crypto": {"1-1": ["nowhere ~> 4"]},
}


def test_rocks_are_in_build_order_and_cycles_are_groups() -> None:
    """A cycle is one group; packaged rocks end the search; missing ones name their dependents."""
    found = closed(WORLD, "app", ["socket"])
    assert set(found.rocks) == {"app", "web", "tls", "json", "crypto"}
    assert list(found.rocks)[-1] == "app"
    assert [set(group) for group in found.cycles] == [{"web", "tls"}]
    assert [each.rock for each in found.packaged] == ["socket"]
    assert [(gap.rock, gap.needs, gap.by) for gap in found.missing] == [
        ("nowhere", ("nowhere ~> 4",), ("crypto",))
    ]
    assert [set(level) for level in found.levels] == [{"json", "crypto"}, {"web", "tls"}, {"app"}]


def test_a_package_is_used_if_its_version_fits() -> None:
    """One that is too old is reported and packaged again; one of unknown version is used."""
    for version, is_new in (("2-1", False), ("1-1", True), (None, False)):
        found = closed(WORLD, "app", ["socket", "web"], {"json": version})
        assert ("json" in found.rocks) == is_new
        outgrown = [(each.rock, list(map(str, each.lacks))) for each in found.outgrown]
        assert outgrown == ([("json", ["json >= 2"])] if is_new else [])


def test_a_later_dependency_on_a_package_counts() -> None:
    """A package that satisfied the first dependency is packaged again for a stricter one."""
    world: World = {
        "app": {"1-1": ["json >= 1", "deep"]},
        "deep": {"1-1": ["json >= 2"]},
        "json": {"2-1": [], "1-1": []},
    }
    found = closed(world, "app", versions={"json": "1-1"})
    assert found.rocks["json"].version == "2-1"
    assert [each.rock for each in found.outgrown] == ["json"]
    assert found.packaged == ()


def test_all_dependencies_on_a_rock_count() -> None:
    """A dependency found after a rock was chosen selects another version of it."""
    world: World = {
        "app": {"1-1": ["a", "b"]},
        "a": {"1-1": ["c"]},
        "b": {"1-1": ["c < 2"]},
        "c": {"2-1": [], "1-1": []},
    }
    assert closed(world, "app").rocks["c"].version == "1-1"


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghz"), max_size=4), min_size=1
    )
)
def test_the_order_is_correct_for_any_graph(graph: dict[str, list[str]]) -> None:
    """Each reachable rock occurs once, after its dependencies but those of its cycle."""
    world: World = {name: {"1-1": needs} for name, needs in graph.items()}
    start = min(graph)
    found = closed(world, start)
    reached, waiting = {start}, [start]
    while waiting:
        for need in graph[waiting.pop()]:
            if need in graph and need not in reached:
                reached.add(need)
                waiting.append(need)
    assert sorted(found.rocks) == sorted(reached)
    assert [name for group in found.groups for name in group] == list(found.rocks)
    done: set[str] = set()
    for group in found.groups:
        done |= set(group)
        for name in group:
            assert {need for need in graph[name] if need in graph} <= done
    at = {name: number for number, level in enumerate(found.levels) for name in level}
    together = {name: group for group in found.groups for name in group}
    for name in found.rocks:
        for need in set(graph[name]) & set(graph) - set(together[name]):
            assert at[need] < at[name]


def test_a_rock_of_lua_itself_is_in_no_package() -> None:
    """It counts as packaged, in no version, and lacks nothing."""
    assert Packaged("utf8") == Packaged("utf8", "", None, ())
