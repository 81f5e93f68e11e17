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


@pytest.mark.parametrize(
    ("arch", "is_built"), [("rockspec", False), ("src", False), ("all", True), (OWN, True)]
)
def test_a_file_says_whether_it_is_built(arch: str, is_built: bool) -> None:
    """Its text is its place without a password."""
    file = RockFile(Address.parse("https://me:hidden@a"), "x", "1-1", arch)
    assert file.is_built is is_built
    assert str(file) == f"https://a/{file.file_name}"
    assert "hidden" in file.place


def test_sources_are_preferred_to_a_rockspec_for_a_build() -> None:
    """They have all that it needs."""
    assert best_arch(("rockspec", "src", "all"), OWN, unbuilt=True) == "src"
