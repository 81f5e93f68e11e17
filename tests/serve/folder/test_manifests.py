"""The texts of manifests beside the general writers."""

from __future__ import annotations

import json

from hypothesis import given, strategies as st

from distrorocks.rocks.manifest import PackedRock, server_manifest
from distrorocks.serve.folder.manifests import manifests
from distrorocks.serve.folder.served import ALL_LUAS, Facts, ServedFile, ServedRock, served_rocks
from distrorocks.servers.manifest_reader import server_manifest_of
from distrorocks.system.files.zip_archive import read_member

NAMES = st.sampled_from(["a", "b", "lua-x", "end", "x.y", "9p", "A_b+c"])
VERSIONS = st.sampled_from(["1-1", "1.0-1", "scm-2", "9.9.9-10"])
ARCHS = st.sampled_from(["rockspec", "src", "all", "linux-x86_64"])
LUAS = st.sets(st.sampled_from(ALL_LUAS)).map(lambda found: tuple(sorted(found)))
ROCKS = st.dictionaries(st.builds(PackedRock, NAMES, VERSIONS, ARCHS), LUAS)


def served(rocks: dict[PackedRock, tuple[str, ...]]) -> list[ServedRock]:
    """Return these rocks as a folder has them."""
    files = sorted(ServedFile(rock, "", 1, "", Facts(luas)) for rock, luas in rocks.items())
    return served_rocks(files)


@given(ROCKS)
def test_the_lua_texts_are_those_of_the_general_writer(
    rocks: dict[PackedRock, tuple[str, ...]],
) -> None:
    """Of all rocks, and for each Lua of those whose loose rockspec admits it."""
    texts = dict(manifests(served(rocks)))
    assert texts["manifest"] == server_manifest(sorted(rocks))
    for lua in ALL_LUAS:
        refused = {
            rock[:2] for rock, luas in rocks.items() if rock.arch == "rockspec" and lua not in luas
        }
        chosen = [rock for rock in sorted(rocks) if rock[:2] not in refused]
        assert texts[f"manifest-{lua}"] == server_manifest(chosen)


@given(ROCKS)
def test_all_forms_are_read_alike(rocks: dict[PackedRock, tuple[str, ...]]) -> None:
    """JSON, zip and Lua give a client the same rocks."""
    texts = dict(manifests(served(rocks)))
    for lua in ALL_LUAS:
        name = f"manifest-{lua}"
        plain = server_manifest_of(texts[name])
        of_json = server_manifest_of(texts[f"{name}.json"], is_json=True)
        zipped = read_member(texts[f"{name}.zip"], name, 1 << 20)
        found = {rock: dict(plain.rocks[rock]) for rock in plain.rocks}
        assert {rock: dict(of_json.rocks[rock]) for rock in of_json.rocks} == found
        assert zipped == texts[name]
        assert json.loads(texts[f"{name}.json"]).keys() == {"commands", "modules", "repository"}


@given(ROCKS)
def test_the_plain_manifest_is_the_last(rocks: dict[PackedRock, tuple[str, ...]]) -> None:
    """And a form that a client tries first is written before those that it tries later."""
    names = [name for name, _ in manifests(served(rocks))]
    assert names[-1] == "manifest"
    assert len(names) == len(set(names)) == 17
