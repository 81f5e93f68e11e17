"""What meets a dependency is what LuaRocks matches."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.trees.deployed_rock import DeployedRock, match
from distrorocks.trees.layout import tree_layout

ROCKS = st.lists(
    st.builds(
        lambda version, root, namespace: DeployedRock(
            "x", Version.parse(version), tree_layout(root, "5.4"), namespace
        ),
        st.sampled_from(["0.9-1", "1.0-1", "1.0-2", "1.10-1", "scm-1"]),
        st.sampled_from(["/a", "/b"]),
        st.sampled_from(["", "me", "you"]),
    ),
    max_size=5,
)
NEEDS = st.sampled_from(["x", "x >= 1.0", "X < 2", "me/x", "me/x == 1.0", "you/x ~> 1"])


@given(ROCKS, NEEDS)
def test_the_greatest_that_fits_is_taken(rocks: list[DeployedRock], text: str) -> None:
    """Of the right namespace and version; of equal ones the last; all others are told."""
    need = Dependency.parse(text)
    found = match(need, {}, rocks)
    fitting = [
        it
        for it in rocks
        if need.namespace in (None, it.namespace) and need.satisfied_by(it.version)
    ]
    assert found.is_met == bool(fitting) == (found.rock is not None)
    assert list(found.others) == [it for it in rocks if it not in fitting]
    if found.rock:
        best = [it for it in fitting if it.version == found.rock.version]
        assert found.rock is best[-1]
        assert all(it.version <= found.rock.version for it in fitting)


def test_what_is_provided_hides_every_tree() -> None:
    """Also where its version is wrong; a namespace does not matter, and that is told."""
    rock = DeployedRock("x", Version.parse("2.0-1"), tree_layout("/a", "5.4"))
    provided = {"x": Version.parse("1.0-1")}
    bad = match(Dependency.parse("x >= 2"), provided, [rock])
    assert (bad.is_met, bad.rock, str(bad.provided)) == (False, None, "1.0-1")
    named = match(Dependency.parse("me/x"), provided, [rock])
    assert named.is_met
    assert named.is_by_name_alone
    assert not match(Dependency.parse("me/x"), {}, [rock]).is_by_name_alone
