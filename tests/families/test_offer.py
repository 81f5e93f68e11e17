"""A package that could be installed is the rock that a refresh would publish."""

from __future__ import annotations

import pytest

from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.names import NameTable
from distrorocks.families.offer import (
    MARKS,
    Offer,
    RockCapability,
    lua_versions_of,
    offers_of,
    parse_rock_capability,
)
from distrorocks.families.package import Package
from distrorocks.families.rock_modules import RockModules

MAP = {
    "lua-socket": NameEntry((HeldRock("luasocket"),), evidence="its source"),
    "lua-soap": NameEntry(
        (HeldRock("luasoap"), HeldRock("luasoap-https", modules=("soap.client.https",)))
    ),
    "lua-nginx-x": NameEntry((HeldRock("x"),), publish=False, reason="renamed"),
    "lua-mix": NameEntry((HeldRock("mix53", lua_versions=("5.3",)), HeldRock("mix"))),
}
NAMES = NameTable(
    administrator={},
    shipped=lambda _: MAP,
    rock_modules=lambda: RockModules("known\t1-1\tk\n"),
    rock_versions={"luasocket": ("3.1.0-1",)},
)


def deb(name: str, version: str = "3.1.0-2", luas: str = "5.3 5.4", **words: object) -> Package:
    """Return a package as apt's index has it."""
    package = Package("deb", name, version, "all", lua_versions=tuple(luas.split()))
    return package._replace(**words)  # type: ignore[arg-type]


def offers(package: Package, lua_version: str = "5.4") -> list[Offer]:
    """Return a package's offers."""
    return list(offers_of(package, NAMES, lua_version))


def test_the_map_is_read_backwards() -> None:
    """The rock's version is that which the package's means; the evidence is the map's."""
    (offer,) = offers(deb("lua-socket"))
    assert (offer.rock, offer.version, offer.confidence) == ("luasocket", "3.1.0-1", "high")
    assert offer.is_sure
    assert offer.evidence == "its source"
    assert offers(deb("lua-socket"), "5.1") == []


def test_a_package_may_be_several_rocks() -> None:
    """Its modules are not known; the map is believed."""
    assert [offer.rock for offer in offers(deb("lua-soap"))] == ["luasoap", "luasoap-https"]
    assert all(offer.is_sure for offer in offers(deb("lua-soap")))
    assert [offer.rock for offer in offers(deb("lua-mix"))] == ["mix"]


def test_what_would_not_be_published_is_not_sure() -> None:
    """Renamed modules, and names that only a rule suggests; the reason is told."""
    (renamed,) = offers(deb("lua-nginx-x"))
    assert not renamed.is_sure
    assert renamed.why_not == "renamed"
    (guessed,) = offers(deb("lua-known"))
    assert (guessed.rock, guessed.confidence, guessed.is_sure) == ("known", "low", False)


def test_a_rock_that_the_package_names_is_left_out_of_the_map_alone() -> None:
    """The rocks of the map after it are offered too."""
    says = deb("lua-soap", provides=("lua5.4-rock-luasoap (= 4.0-1)",))
    found = [(offer.rock, offer.version) for offer in offers(says)]
    assert found == [("luasoap", "4.0-1"), ("luasoap-https", "3.1.0-0")]


def test_packages_without_modules_are_no_rocks() -> None:
    """Headers, documentation and debugging symbols are named alike."""
    assert offers(deb("lua-known-dev")) == offers(deb("lua-known-doc")) == []


def test_a_package_that_is_for_no_known_lua_is_not_sure() -> None:
    """It may be for another."""
    (offer,) = offers(deb("lua-socket", luas=""))
    assert (offer.is_sure, offer.confidence) == (False, "low")
    assert "Lua versions" in offer.why_not


def test_what_a_package_says_itself_is_certain() -> None:
    """Whatever its name; a rock's version stands as it is, a package's is translated."""
    said = deb("odd", luas="", provides=("lua5.4-rock-luasocket (= 3.0-7)", "lua5.1-rock-other"))
    (offer,) = [each for each in offers(said) if each.is_sure]
    assert (offer.rock, offer.version, offer.confidence) == ("luasocket", "3.0-7", "high")
    rpm = Package("rpm", "odd", "1.2-alt3", "noarch", provides=("luarocks5.4(a) = 1.2-alt3",))
    assert [(each.rock, each.version) for each in offers(rpm) if each.is_sure] == [("a", "1.2-0")]


def test_a_rock_that_a_package_says_it_is_is_told_once() -> None:
    """Its name says no more."""
    said = deb("lua-socket", provides=("lua5.4-rock-luasocket (= 3.0-7)",))
    assert [each.version for each in offers(said)] == ["3.0-7"]


def test_the_lua_versions_are_found_in_four_places() -> None:
    """A field, the name, virtual packages, the interpreter that is needed."""
    assert lua_versions_of(deb("lua-a", luas="5.1 5.4")) == ("5.1", "5.4")
    assert lua_versions_of(deb("lua5.4-a", luas="")) == ("5.4",)
    assert lua_versions_of(deb("lua53-a", luas="")) == ("5.3",)
    virtual = deb("lua-a", luas="", provides=("lua5.1-a", "lua5.2-a (= 1)"))
    assert lua_versions_of(virtual) == ("5.1", "5.2")
    rpm = Package("rpm", "lua-a", "1-1", "noarch", relations=("lua(abi) = 5.4",))
    assert lua_versions_of(rpm) == ("5.4",)
    assert lua_versions_of(deb("a", luas="")) == ()


def test_where_files_are_known_they_decide() -> None:
    """Which Luas a package is for, and by its modules which rock it is."""
    known = "full\t1-1\tfull full.a full.b\n"
    names = NameTable(
        administrator={},
        shipped=lambda _: {},
        rock_modules=lambda: RockModules(known),
        rock_versions={},
    )
    paths = tuple(f"/usr/share/lua/5.4/full{rest}.lua" for rest in ("", "/a", "/b"))
    package = deb("lua-whatever", luas="", files=paths)
    assert lua_versions_of(package) == ("5.4",)
    (offer,) = offers_of(package, names, "5.4")
    assert (offer.rock, offer.confidence, offer.is_sure) == ("full", "medium", True)
    assert list(offers_of(package, names, "5.3")) == []


def test_each_form_of_capability_has_its_mark() -> None:
    """Indexes are searched for the marks before they are parsed."""
    texts = ("luarocks5.4(lpeg)", "lua5.4dist(lpeg) = 1.0-1", "lua5.4-rock-lpeg (= 1.0-1)")
    assert all(parse_rock_capability(text) for text in texts)
    assert [[mark in text for mark in MARKS] for text in texts] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_a_rock_that_a_capability_names_does_not_hide_the_others_of_the_map() -> None:
    """It is offered once; the package's other rocks follow."""
    found = offers(deb("lua-soap", provides=("lua5.4-rock-luasoap (= 1.0-1)",)))
    assert [(offer.rock, offer.confidence) for offer in found] == [
        ("luasoap", "high"),
        ("luasoap-https", "high"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("luarocks5.4(lpeg) = 1.0.2-alt1", ("lpeg", "5.4", "1.0.2-alt1")),
        ("luarocks5.1(Basexx)", ("basexx", "5.1", "")),
        ("lua5.3dist(lua_cliargs) = 3.0-2", ("lua_cliargs", "5.3", "3.0-2")),
        ("lua5.4-rock-lpeg (= 1.0.2-1)", ("lpeg", "5.4", "1.0.2-1")),
        ("lua5.4-rock-lpeg", ("lpeg", "5.4", "")),
    ],
)
def test_a_rock_is_read(text: str, found: tuple[str, str, str]) -> None:
    """With its Lua version, and its own version where it is named."""
    assert parse_rock_capability(text) == RockCapability(*found)


@pytest.mark.parametrize(
    "text", ["lua5.4-lpeg", "lua(abi) = 5.4", "luarocks5.4", "lua5.4dist()", "x-rock-y", ""]
)
def test_other_capabilities_are_none(text: str) -> None:
    """Virtual packages of modules name no rock."""
    assert parse_rock_capability(text) is None
