"""A server's manifest costs what its bytes are worth, whatever stands in it.

Costs are processor time, beside that of splitting the same text into words, and peak memory of a
process of its own.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.write import persist
from distrorocks.servers.manifest_reader import MOST_BYTES, MOST_VALUES, server_manifest_of
from distrorocks.servers.plain_manifest import MOST_ROCKS, MOST_VERSIONS
from tests.hostile.reading_costs import HOSTILE, Cost, cost, read

MEGABYTE = 1024 * 1024
MOST_KILOBYTES = 80 * 1024
MOST_HOSTILE_KILOBYTES = 250 * 1024
OTHERS = ("5.1", "5.2", "5.3", "5.5")


def rock(number: int) -> dict[str, list[dict[str, str]]]:
    """Return one to three versions, with one or two files each."""
    files = [{"arch": "rockspec"}, {"arch": "src"}]
    return {f"{v}.{number % 9}-1": files[: 1 + number % 2] for v in range(1 + number % 3)}


def tables(value: object) -> object:
    """Return lists as the tables of Lua that they are."""
    if isinstance(value, list):
        return {place: tables(each) for place, each in enumerate(value, start=1)}
    return {k: tables(each) for k, each in value.items()} if isinstance(value, dict) else value


def written(rocks: int) -> bytes:
    """Return a manifest as LuaRocks writes it; 24,000 rocks are 5.6 MB."""
    repository = {f"rock-{number:06d}": tables(rock(number)) for number in range(rocks)}
    return persist({"commands": {}, "modules": {}, "repository": repository})  # type: ignore[dict-item]


def dense(rocks: int) -> bytes:
    """Return a manifest without a blank: 150,000 rocks are 4.9 MB."""
    listed = ",".join(f'r{number:06d}={{["1-1"]={{{{arch="src"}}}}}}' for number in range(rocks))
    return f"repository={{{listed}}}".encode()


def in_json(rocks: int) -> bytes:
    """Return a manifest as luarocks.org has it."""
    repository = {f"rock-{number:06d}": rock(number) for number in range(rocks)}
    return json.dumps({"repository": repository, "modules": [], "commands": []}).encode()


LARGE: dict[str, tuple[Callable[[int], bytes], int, str]] = {
    "as LuaRocks writes it": (written, 24_000, "manifest-5.4"),
    "a hundred and fifty thousand rocks": (dense, 150_000, "manifest-5.4"),
    "JSON": (in_json, 60_000, "manifest-5.4.json"),
}


def run(root: Path, *words: str) -> Cost:
    """Return the cost of a run."""
    common = ["--root", str(root), "--lua-version", "5.4", "--distro", "never"]
    return cost("run", *words, *common)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root whose configuration keeps its cache to itself."""
    (tmp_path / "root/etc/luarocks").mkdir(parents=True)
    config = f'local_cache = "{tmp_path}/cache"\n'
    (tmp_path / "root/etc/luarocks/config-5.4.lua").write_text(config)
    return tmp_path / "root"


def server(folder: Path, name: str, text: bytes) -> str:
    """Return a directory with one manifest."""
    folder.mkdir()
    (folder / name).write_bytes(text)
    return str(folder)


@pytest.mark.parametrize("words", [("search", "gone"), ("plan", "gone"), ("plan", "rock-000100")])
@pytest.mark.parametrize("kind", LARGE)
def test_a_large_manifest_costs_little(
    kind: str, words: tuple[str, ...], root: Path, tmp_path: Path
) -> None:
    """A run takes less than 80 MB, and beside a small one what 2.5 times splitting it takes."""
    make, rocks, name = LARGE[kind]
    text = make(rocks)
    small = server(tmp_path / "small", name, make(1))
    large = server(tmp_path / "large", name, text)
    least = run(root, *words, "--only-server", small)
    most = run(root, *words, "--only-server", large)
    assert most.status in (0, 1)
    assert most.kilobytes < MOST_KILOBYTES
    assert most.seconds - least.seconds < 2.5 * min(splitting(text) for _ in range(3))


def splitting(text: bytes) -> float:
    """Return the processor time of finding every word and sign of a text."""
    begun = time.process_time()
    re.findall(rb"[A-Za-z_0-9.-]+|\S", text)
    return time.process_time() - begun


def test_manifests_of_other_lua_versions_are_not_kept(root: Path, tmp_path: Path) -> None:
    """Where a rock is looked for in all of them, the peak is that of one and of the names."""
    place = server(tmp_path / "server", "manifest-5.4", written(24_000))
    for version in OTHERS:
        (tmp_path / f"server/manifest-{version}").write_bytes(written(24_000))
    most = run(root, "plan", "gone", "--only-server", place)
    assert most.status == 1
    assert most.kilobytes < MOST_KILOBYTES


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_manifest_costs_no_more_than_its_bytes(kind: str) -> None:
    """Twice the text takes about twice the time at most, and none takes more than 250 MB."""
    half = min(read(kind, MEGABYTE) for _ in range(2))
    assert min(read(kind, 2 * MEGABYTE) for _ in range(2)) < 4 * max(half, 0.01)
    for size in (MOST_BYTES - 100, 15 * MEGABYTE):
        most = cost("read", kind, str(size))
        assert most.kilobytes < MOST_HOSTILE_KILOBYTES
        assert most.seconds < 40 * max(half, 0.05)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (b"repository={%b}" % b"".join(b"a%d={}," % i for i in range(MOST_ROCKS + 1)), MOST_ROCKS),
        (
            b"repository={zz={%b}}"
            % b"".join(b'["%d"]={{arch="src"}},' % i for i in range(MOST_VERSIONS + 500)),
            MOST_VERSIONS,
        ),
        (b"repository = {} x = '%b'" % (b" " * MOST_BYTES), MOST_BYTES),
        (b"repository = {} x = {%b}" % (b"1," * MOST_VALUES), MOST_VALUES),
    ],
    ids=["rocks", "versions of a rock", "bytes", "values"],
)
def test_past_a_limit_there_is_one_clear_error(text: bytes, limit: int) -> None:
    """It says which limit that is."""
    with pytest.raises(DistrorocksError, match=f"more than {limit}"):
        server_manifest_of(text)


def test_what_luarocks_writes_is_read_past_the_limits_of_other_texts() -> None:
    """So no real server is refused for its size before it is downloaded."""
    text = written(24_000)
    assert len(text) > MOST_BYTES
    assert len(server_manifest_of(text).rocks) == 24_000
