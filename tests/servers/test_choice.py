"""Of several files of a version the one that LuaRocks takes comes first, every time."""

from __future__ import annotations

import pytest

from distrorocks.servers.address import Address
from distrorocks.servers.choice import RockFile, best_arch, in_order

OWN = "linux-x86_64"


@pytest.mark.parametrize(
    ("archs", "taken"),
    [
        (("rockspec", "src", "all", OWN), OWN),
        (("rockspec", "src", "all"), "all"),
        (("rockspec", "src"), "src"),
        (("rockspec", "win32-x86"), "rockspec"),
        (("win32-x86",), None),
    ],
)
def test_built_beats_source_beats_rockspec(archs: tuple[str, ...], taken: str | None) -> None:
    """In whichever order a server lists them; what another machine's is counts for nothing."""
    assert best_arch(archs, OWN) == best_arch(archs[::-1], OWN) == taken


def test_what_is_to_be_built_is_no_built_rock() -> None:
    """As ``luarocks build`` asks."""
    assert best_arch(("all", "rockspec", OWN), OWN, unbuilt=True) == "rockspec"
    assert best_arch(("all",), OWN, unbuilt=True) is None


def test_the_last_built_rock_and_the_first_source_come_first() -> None:
    """That is LuaRocks' choice between servers with the same version."""
    servers = [Address.parse(f"https://{letter}") for letter in "abcdef"]
    archs = ["rockspec", "src", "all", "src", OWN, "rockspec"]
    files = [RockFile(at, "x", "1-1", arch) for at, arch in zip(servers, archs, strict=True)]
    order = [str(file.server)[-1] for file in in_order(files)]
    assert order == ["e", "c", "b", "d", "a", "f"]


def test_a_file_has_luarocks_name() -> None:
    """For a rockspec and for a rock."""
    server = Address.parse("https://a")
    assert RockFile(server, "x", "1-1", "rockspec").place == "https://a/x-1-1.rockspec"
    assert RockFile(server, "x", "1-1", "src").place == "https://a/x-1-1.src.rock"
