"""The closure of a rock: all it needs, each after what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest
from hypothesis import given, strategies as st

from distrorocks.errors import DistrorocksError
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


def test_a_rock_is_decided_once() -> None:
    """One that is chosen, that is packaged, or that nothing has is not asked for again."""
    asked: list[str] = []
    needs = {"a": "b c d", "b": "c d", "c": "", "d": ""}

    def rock(name: str) -> NeededRock:
        return NeededRock(name, "1-1", tuple(map(Dependency.parse, needs[name].split())), name)

    def find(name: str, _: Sequence[Dependency]) -> NeededRock | None:
        asked.append(f"find {name}")
        return None if name == "d" else rock(name)

    def look(name: str, *_: Sequence[object]) -> Packaged | None:
        asked.append(f"look {name}")
        return Packaged(name) if name == "c" else None

    found = closure_of(rock("a"), find, look)
    one_round = ["look b", "find b", "look b", "look c", "look d", "find d"]
    assert asked == one_round * (len(asked) // len(one_round))
    assert [gap.by for gap in found.missing] == [("a", "b")]
    assert found.edges == {"b": (), "a": ("b",)}


def test_a_package_is_looked_for_by_the_modules_of_the_rock() -> None:
    """Where none has its name: a package of another name may have them."""
    needs = (Dependency.parse("b"),)
    start, other = NeededRock("a", "1-1", needs, "a"), NeededRock("b", "1-1", (), "b", ("m",))

    def look(name: str, _: Sequence[Dependency], modules: Sequence[str]) -> Packaged | None:
        return Packaged(name, "lua-m") if "m" in modules else None

    found = closure_of(start, lambda *_: other, look)
    assert [each.package for each in found.packaged] == ["lua-m"]
    assert list(found.rocks) == ["a"]


@pytest.mark.parametrize(("count", "is_settled"), [(1999, True), (2000, False)])
def test_a_rock_may_need_two_thousand_at_most(count: int, is_settled: bool) -> None:
    """Itself among them."""
    needs = tuple(Dependency.parse(f"r{number}") for number in range(count))
    start = NeededRock("a", "1-1", needs, "a")

    def find(name: str, _: Sequence[Dependency]) -> NeededRock:
        return NeededRock(name, "1-1", (), name)

    if is_settled:
        assert len(closure_of(start, find, lambda *_: None).rocks) == 2000
    else:
        with pytest.raises(DistrorocksError, match="a depends on more than 2000 rocks"):
            closure_of(start, find, lambda *_: None)
